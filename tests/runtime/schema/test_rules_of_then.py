"""A publish does not reach what stands in the books: it is changed by the rules it was submitted by."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.active.sources import compile_sources
from engine_runtime.documents import effects, service
from engine_runtime.documents.errors import StateConflict
from engine_runtime.documents.explaining import explain
from engine_runtime.documents.previewing import preview
from engine_runtime.schema.apply import apply
from tests.language.programs import good

pytestmark = pytest.mark.usefixtures("empty_database")
D = Decimal
Row = dict[str, Any]

PROMISE = "to_deliver: row.quantity}}"
AMOUNT = "amount:   {type: money, formula: quantity * rate}"


def publish(*changes: tuple[str, str]) -> None:
    # Without its story, which speaks of fields by their names of today.
    text = good("amending").partition("---\ntest:")[0]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    compiled = compile_sources({"amending.yaml": text})
    assert compiled.catalog is not None, [str(problem) for problem in compiled.problems]
    apply(compiled.catalog, {"amending.yaml": text})


@pytest.fixture
def actor() -> Actor:
    publish()
    company = service.create(system_actor(), "Company", [{"code": "ONE"}])[0]["id"]
    return system_actor(company, user_id=5)


@pytest.fixture
def order(actor: Actor) -> Row:
    article = service.create(actor, "Article", [{"code": "SOAP", "price": 10}])[0]["id"]
    items = [{"article": article, "quantity": 3}, {"article": article, "quantity": 4}]
    return service.create(actor, "Order", [{"day": "2026-05-04", "items": items}], submit=True)[0]


def save(actor: Actor, row: Row, **fields: Any) -> Row:
    change = {"id": row["id"], "version": row["version"], **fields}
    return service.save(actor, "Order", [change])[0]


def promised(actor: Actor, row: Row) -> list[Decimal]:
    found = effects.effects(actor, "Order", row["id"]).ledgers.get("Promised", [])
    return [entry["to_deliver"] for entry in found]


def test_an_unrelated_change_posts_nothing(actor: Actor, order: Row) -> None:
    publish(
        (PROMISE, "to_deliver: row.quantity * 2}}"), (AMOUNT, AMOUNT.replace("rate}", "rate * 10}"))
    )
    saved = save(actor, order, note="urgent")
    assert (saved["note"], saved["total"]) == ("urgent", D(70))
    assert promised(actor, order) == [D(3), D(4)]


def test_a_change_follows_the_rules_of_then_and_is_explained_by_them(
    actor: Actor, order: Row
) -> None:
    publish(
        (PROMISE, "to_deliver: row.quantity * 2}}"), (AMOUNT, AMOUNT.replace("rate}", "rate * 10}"))
    )
    first, second = ({"id": line["id"]} for line in order["items"])
    saved = save(actor, order, items=[{**first, "quantity": 5}, second])
    assert [line["amount"] for line in saved["items"]] == [D(50), D(40)]
    assert promised(actor, order) == [D(3), D(4), D(2)]
    assert (
        explain(actor, "Order", order["id"], "items[0].amount").explanation.text
        == "quantity * rate"
    )
    again = save(actor, saved, items=[{**first, "quantity": 6}, second])
    assert again["total"] == D(100)
    assert promised(actor, order) == [D(3), D(4), D(2), D(1)]


def test_a_preview_of_a_change_follows_the_rules_of_then(actor: Actor, order: Row) -> None:
    publish((AMOUNT, AMOUNT.replace("rate}", "rate * 10}")))
    first, second = ({"id": line["id"]} for line in order["items"])
    change = {"id": order["id"], "version": 1, "items": [{**first, "quantity": 5}, second]}
    (shown,) = preview(actor, "Order", [change], explain="items[0].amount")
    assert [line["amount"] for line in shown.document["items"]] == [D(50), D(40)]
    assert shown.explained is not None
    assert shown.explained.explanation.text == "quantity * rate"
    assert save(actor, order, items=change["items"])["total"] == shown.document["total"]


def test_new_documents_follow_the_rules_of_today(actor: Actor, order: Row) -> None:
    publish((PROMISE, "to_deliver: row.quantity * 2}}"))
    items = [{"article": order["items"][0]["article"], "quantity": 3}]
    body = {"day": "2026-05-04", "items": items}
    made = service.create(actor, "Order", [body], submit=True)[0]
    assert promised(actor, made) == [D(6)]


def test_where_the_rules_of_then_cannot_be_run_todays_must_agree(actor: Actor, order: Row) -> None:
    renamed = (
        "note:  {type: text, length: 60}",
        "memo:  {type: text, length: 60, renamed_from: note}",
    )
    publish(renamed, (PROMISE, "to_deliver: row.quantity * 2}}"))
    with pytest.raises(StateConflict, match="today's rules would post something else"):
        save(actor, order, memo="urgent")
    publish(renamed)
    save(actor, order, memo="urgent")
    assert promised(actor, order) == [D(3), D(4)]
