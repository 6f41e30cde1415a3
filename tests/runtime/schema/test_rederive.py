"""A publish reaches what stands in the books by one action alone: it shows the difference first."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.active.catalog import active
from engine_runtime.active.sources import compile_sources
from engine_runtime.documents import effects, moving, service
from engine_runtime.documents.comparing import FieldChange
from engine_runtime.documents.errors import DifferenceMoved, DocumentInvalid
from engine_runtime.documents.explaining import explain
from engine_runtime.documents.read import get
from engine_runtime.documents.rederiving import Difference, look, rederive
from engine_runtime.documents.service import Reference
from engine_runtime.ledgers.verify import verify
from engine_runtime.schema.apply import apply
from tests.language.programs import good

pytestmark = pytest.mark.usefixtures("empty_database")
D = Decimal
Row = dict[str, Any]

PROMISE = ("to_deliver: row.quantity}}", "to_deliver: row.quantity * 2}}")
AMOUNT = ("formula: quantity * rate}", "formula: quantity * rate * 10}")
BILLED = "amount:  {type: money, required: true}"


def publish(*changes: tuple[str, str], program: str = "amending") -> None:
    text = good(program).partition("---\ntest:")[0]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    compiled = compile_sources({f"{program}.yaml": text})
    assert compiled.catalog is not None, [str(problem) for problem in compiled.problems]
    apply(compiled.catalog, {f"{program}.yaml": text})


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


@pytest.fixture
def bill(actor: Actor) -> Row:
    codes = [{"code": code} for code in ("DEBTORS", "SALES")]
    debtors, sales = (row["id"] for row in service.create(actor, "Account", codes))
    body = {"day": "2026-05-04", "account": debtors, "against": sales, "amount": 50}
    return service.create(actor, "Bill", [body], submit=True)[0]


def do(actor: Actor, doctype: str, row: Row, seen: Difference) -> Row:
    reference = Reference(row["id"], seen.version)
    return rederive(actor, doctype, reference, seen.seen).row


def fields(found: Difference) -> dict[str, tuple[Any, Any]]:
    changes = (change for change in found.changes if isinstance(change, FieldChange))
    return {change.place: (change.old, change.new) for change in changes}


def posted(actor: Actor, doctype: str, row: Row, ledger: str, measure: str) -> list[Decimal]:
    found = effects.effects(actor, doctype, row["id"]).ledgers.get(ledger, [])
    return [entry[measure] for entry in found]


def test_a_published_rule_reaches_an_old_document(actor: Actor, order: Row) -> None:
    publish(PROMISE, AMOUNT)
    found = look(actor, "Order", order["id"])
    assert fields(found) == {
        "total": (D(70), D(700)),
        "items[0].amount": (D(30), D(300)),
        "items[1].amount": (D(40), D(400)),
    }
    assert [entry.values["to_deliver"] for entry in found.entries["Promised"]] == [D(3), D(4)]
    changed = do(actor, "Order", order, found)
    assert (changed["total"], changed["catalog"]) == (D(700), active().version)
    assert posted(actor, "Order", order, "Promised", "to_deliver") == [D(3), D(4), D(3), D(4)]
    assert look(actor, "Order", order["id"]).is_nothing
    assert verify(actor.company_id) == []


def test_from_then_on_it_follows_the_rules_of_that_day(actor: Actor, order: Row) -> None:
    publish(AMOUNT)
    changed = do(actor, "Order", order, look(actor, "Order", order["id"]))
    publish()
    told = explain(actor, "Order", order["id"], "items[0].amount").explanation.text
    assert told == "quantity * rate * 10"
    first, second = ({"id": line["id"]} for line in order["items"])
    body = {
        "id": order["id"],
        "version": changed["version"],
        "items": [{**first, "quantity": 5}, second],
    }
    assert service.save(actor, "Order", [body])[0]["total"] == D(900)


def test_where_it_comes_to_nothing_it_stays_with_the_rules_of_then(
    actor: Actor, order: Row
) -> None:
    began = active().version
    publish(("note:  {type: text, length: 60}", "note:  {type: text, length: 80}"))
    assert do(actor, "Order", order, look(actor, "Order", order["id"]))["catalog"] == began


def test_what_is_not_amended_is_brought_under_the_rules_as_well(actor: Actor, bill: Row) -> None:
    publish(
        ("formula: amount * 2}", "formula: amount * 3}"),
        ('amount: "amount - ', 'amount: "amount * 2 - '),
        ('credit: "amount - ', 'credit: "amount * 2 - '),
    )
    found = look(actor, "Bill", bill["id"])
    assert fields(found) == {"doubled": (D(100), D(150))}
    do(actor, "Bill", bill, found)
    assert posted(actor, "Bill", bill, "Owed", "amount") == [D(50), D(50)]
    assert get(actor, "Bill", [bill["id"]]).rows[0]["number"] == bill["number"]
    assert verify(actor.company_id) == []


def test_what_a_person_said_stays_where_it_may_be_typed_over(actor: Actor, bill: Row) -> None:
    publish((BILLED, 'amount:  {type: money, formula: "70.00", editable: true}'))
    assert look(actor, "Bill", bill["id"]).is_nothing
    publish((BILLED, 'amount:  {type: money, formula: "70.00"}'))
    assert fields(look(actor, "Bill", bill["id"]))["amount"] == (D(50), D(70))


def test_a_field_that_is_no_more_does_not_stand_in_the_way(actor: Actor, order: Row) -> None:
    """Amending it in place is refused there: nobody can run the rules of then."""
    renamed = (
        "note:  {type: text, length: 60}",
        "memo:  {type: text, length: 60, renamed_from: note}",
    )
    publish(renamed, PROMISE)
    found = look(actor, "Order", order["id"])
    assert do(actor, "Order", order, found)["version"] == 2
    assert posted(actor, "Order", order, "Promised", "to_deliver") == [D(3), D(4), D(3), D(4)]


def test_a_publish_after_the_look_is_seen(actor: Actor, order: Row) -> None:
    publish(AMOUNT)
    found = look(actor, "Order", order["id"])
    publish(AMOUNT, PROMISE)
    with pytest.raises(DifferenceMoved) as raised:
        do(actor, "Order", order, found)
    now = raised.value.difference
    assert list(now.entries) == ["Promised"]
    publish(AMOUNT, PROMISE, ("note:  {type: text, length: 60}", "note:  {type: text, length: 80}"))
    assert do(actor, "Order", order, now)["catalog"] == active().version


def test_a_new_field_that_has_to_be_filled_in_is_told(actor: Actor, order: Row) -> None:
    publish(
        (
            "  note:  {type: text, length: 60}",
            "  note:  {type: text, length: 60}\n  place: {type: text, required: =total > 0}",
        )
    )
    found = look(actor, "Order", order["id"])
    assert [(problem.code, problem.path) for problem in found.problems] == [
        ("field.required", "place")
    ]
    with pytest.raises(DocumentInvalid):
        do(actor, "Order", order, found)


@pytest.fixture
def pledge() -> tuple[Actor, Row]:
    """One that was given and kept, which posted on its own."""
    publish(program="rederive")
    system = system_actor()
    codes = ("D", "L", "R", "T")
    debtors, left, right, third = (
        row["id"] for row in service.create(system, "Account", [{"code": code} for code in codes])
    )
    company = service.create(system, "Company", [{"code": "ONE"}])[0]["id"]
    actor = system_actor(company, user_id=5)
    levy = service.create(actor, "Levy", [{"code": "LOW", "percent": 5}])[0]["id"]
    body = {"day": "2026-05-04", "levy": levy, "debtors": debtors, "left": left, "right": right}
    (row,) = service.create(actor, "Pledge", [{**body, "third": third, "amount": 100}])
    for way in ("give", "keep"):
        moving.move(actor, "Pledge", Reference(row["id"]), way)
    return actor, get(actor, "Pledge", [row["id"]]).rows[0]


PAID = "  paid:     {ledger: Owed, on: keep, set: {document: this, account: debtors, amount: amount + fee}}\n"
OUT = "  out:      {ledger: Book, on: keep, set: {account: third, credit: amount + fee}}\n"


def test_what_another_transition_posted_is_not_taken_back(pledge: tuple[Actor, Row]) -> None:
    actor, row = pledge
    publish((PAID, ""), (OUT, ""), program="rederive")
    found = look(actor, "Pledge", row["id"])
    assert {problem.code for problem in found.problems} == {"amend.other_transition"}
    with pytest.raises(DocumentInvalid, match="stays as it stands"):
        do(actor, "Pledge", row, found)


def test_what_another_transition_would_have_posted_is_not_added(pledge: tuple[Actor, Row]) -> None:
    actor, row = pledge
    more = "".join(line.replace("paid:", "more:").replace("out: ", "gone:") for line in (PAID, OUT))
    publish((OUT, OUT + more), program="rederive")
    found = look(actor, "Pledge", row["id"])
    assert [problem.code for problem in found.problems] == ["amend.other_transition"]
