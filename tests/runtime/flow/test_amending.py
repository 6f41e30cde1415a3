"""Submitted documents that are changed: in place, with the difference in the books, or by another in their place."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine_runtime.access.actor import Actor
from engine_runtime.documents import effects as written
from engine_runtime.documents import replacing, service
from engine_runtime.documents.errors import DocumentError, InUse, LimitExceeded, StateConflict
from engine_runtime.documents.models import Version
from engine_runtime.documents.previewing import preview
from engine_runtime.documents.read import get
from engine_runtime.documents.service import Reference

PROGRAM = "amending"
DAY = "2026-05-04"
D = Decimal
Row = dict[str, Any]


@pytest.fixture(scope="module")
def actor(actors: tuple[Actor, Actor]) -> Actor:
    return actors[0]


@pytest.fixture(scope="module")
def article(actor: Actor) -> int:
    return int(service.create(actor, "Article", [{"code": "SOAP", "price": 10}])[0]["id"])


@pytest.fixture(scope="module")
def accounts(actor: Actor) -> list[int]:
    codes = [{"code": code} for code in ("DEBTORS", "SALES", "CASH", "OTHER")]
    return [row["id"] for row in service.create(actor, "Account", codes)]


def order(actor: Actor, article: int, *quantities: int) -> Row:
    items = [{"article": article, "quantity": each} for each in quantities]
    return service.create(actor, "Order", [{"day": DAY, "items": items}], submit=True)[0]


def bill(actor: Actor, accounts: list[int], amount: int) -> Row:
    body = {"day": DAY, "account": accounts[0], "against": accounts[1], "amount": amount}
    return service.create(actor, "Bill", [body], submit=True)[0]


def save(actor: Actor, doctype: str, row: Row, **fields: Any) -> Row:
    body = {"id": row["id"], "version": row["version"], **fields}
    return service.save(actor, doctype, [body])[0]


def lines(actor: Actor, doctype: str, row: Row, ledger: str, *names: str) -> list[tuple[Any, ...]]:
    """What the document wrote, in order."""
    entries = written.effects(actor, doctype, row["id"]).ledgers.get(ledger, [])
    return [tuple(entry[name] for name in names) for entry in entries]


def kept(row: Row, place: int, **fields: Any) -> Row:
    return {"id": row["items"][place]["id"], **fields}


# --- in place ------------------------------------------------------------------------------------


def test_a_change_in_place_writes_the_difference(actor: Actor, article: int) -> None:
    row = order(actor, article, 5, 2)
    first, second = (item["id"] for item in row["items"])
    items = [kept(row, 0, quantity=8), kept(row, 1), {"article": article, "quantity": 1}]
    changed = save(actor, "Order", row, items=items)
    third = changed["items"][2]["id"]
    assert [item["id"] for item in changed["items"]][:2] == [first, second]
    assert changed["total"] == D("110.00")
    assert lines(actor, "Order", row, "Promised", "order_line", "to_deliver") == [
        (first, D(5)),
        (second, D(2)),
        (first, D(3)),
        (third, D(1)),
    ]
    stored = get(actor, "Order", [row["id"]]).rows[0]
    assert (stored["version"], stored["stage"], stored["number"]) == (2, "submitted", row["number"])
    last = Version.objects.filter(document_id=row["id"]).latest("at", "id")
    assert last.action == "amend"
    assert last.changes["total"] == ["70.00", "110.00"]


def test_what_the_change_does_not_reach_stays_as_it_was(actor: Actor) -> None:
    """The price has changed since; a line that nobody touched keeps the price of then."""
    made = service.create(actor, "Article", [{"code": "OIL", "price": 10}])[0]
    row = order(actor, made["id"], 5, 2)
    service.save(actor, "Article", [{"id": made["id"], "version": 1, "price": 99}])
    items = [kept(row, 0, quantity=6), kept(row, 1)]
    (seen,) = preview(actor, "Order", [{"id": row["id"], "note": "soon", "items": items}])
    assert (seen.problems, seen.document["total"]) == ([], D("80.00"))
    changed = save(actor, "Order", row, note="soon", items=items)
    assert [item["rate"] for item in changed["items"]] == [D(10), D(10)]
    assert changed["total"] == D("80.00")


def test_a_row_that_goes_is_taken_back_unless_somebody_refers_to_it(
    actor: Actor, article: int
) -> None:
    row = order(actor, article, 5, 2)
    first, second = (item["id"] for item in row["items"])
    changed = save(actor, "Order", row, items=[kept(row, 0)])
    assert lines(actor, "Order", row, "Promised", "order_line", "to_deliver")[2:] == [
        (second, D(-2))
    ]
    body = {"day": DAY, "order_line": first, "quantity": 3}
    service.create(actor, "Delivery", [body], submit=True)
    with pytest.raises(InUse, match="Delivery"):
        save(actor, "Order", changed, items=[{"article": article, "quantity": 9}])
    with pytest.raises(LimitExceeded):
        save(actor, "Order", changed, items=[kept(changed, 0, quantity=2)])
    less = save(actor, "Order", changed, items=[kept(changed, 0, quantity=3)])
    assert less["version"] == 3


def test_a_draft_of_others_keeps_a_row_as_well(actor: Actor, article: int) -> None:
    row = order(actor, article, 5)
    body = {"day": DAY, "order_line": row["items"][0]["id"], "quantity": 3}
    service.create(actor, "Delivery", [body])
    with pytest.raises(InUse, match="taken out"):
        save(actor, "Order", row, items=[{"article": article, "quantity": 9}])


def test_another_day_is_another_document(actor: Actor, article: int) -> None:
    row = order(actor, article, 5)
    with pytest.raises(DocumentError) as raised:
        save(actor, "Order", row, day="2026-06-01")
    assert [problem.code for problem in raised.value.problems] == ["amend.other_day"]
    assert get(actor, "Order", [row["id"]]).rows[0]["version"] == 1


def test_what_was_changed_is_cancelled_whole(actor: Actor, article: int) -> None:
    row = order(actor, article, 5)
    changed = save(actor, "Order", row, items=[kept(row, 0, quantity=8)])
    service.cancel(actor, "Order", [Reference(row["id"], changed["version"])])
    found = lines(actor, "Order", row, "Promised", "to_deliver")
    assert sum(entry[0] for entry in found) == 0
    assert len(found) == 4
    with pytest.raises(StateConflict):
        save(actor, "Order", {**changed, "version": 3}, note="too late")


# --- fields that change after submit -------------------------------------------------------------


def test_a_late_field_that_is_posted_writes_the_difference(
    actor: Actor, accounts: list[int]
) -> None:
    row = bill(actor, accounts, 100)
    changed = save(actor, "Bill", row, shared=30)
    assert lines(actor, "Bill", row, "Owed", "amount") == [(D(100),), (D(-30),)]
    book = lines(actor, "Bill", row, "Book", "account", "debit", "credit")
    assert sorted(book[2:]) == sorted([(accounts[0], D(0), D(30)), (accounts[1], D(30), D(0))])
    again = save(actor, "Bill", changed, remark="nothing that is posted")
    assert len(lines(actor, "Bill", row, "Owed", "amount")) == 2
    body = {
        "day": DAY,
        "bill": row["id"],
        "account": accounts[0],
        "cash": accounts[2],
        "amount": 70,
    }
    service.create(actor, "Settlement", [body], submit=True)
    with pytest.raises(LimitExceeded):
        save(actor, "Bill", again, shared=31)


# --- another in its place ------------------------------------------------------------------------


def test_another_document_takes_the_place_of_one(actor: Actor, accounts: list[int]) -> None:
    row = bill(actor, accounts, 100)
    late = save(actor, "Bill", row, remark="of the old one")
    draft = replacing.amend(
        actor, "Bill", Reference(row["id"], late["version"]), reason="wrong amount"
    )
    assert (draft["amends"], draft["stage"], draft["number"]) == (row["id"], "draft", None)
    assert (draft["amount"], draft["doubled"], draft["remark"]) == (D(100), D(200), None)
    old = get(actor, "Bill", [row["id"]]).rows[0]
    assert (old["stage"], old["amends"], old["number"]) == ("cancelled", None, row["number"])
    assert sum(entry[0] for entry in lines(actor, "Bill", row, "Owed", "amount")) == 0
    changed = save(actor, "Bill", draft, amount=80)
    (sent,) = service.submit(actor, "Bill", [Reference(draft["id"], changed["version"])])
    assert sent["number"] != row["number"]
    assert lines(actor, "Bill", sent, "Owed", "amount") == [(D(80),)]
    assert get(actor, "Bill", [draft["id"]]).rows[0]["amends"] == row["id"]


def test_one_document_is_in_the_place_of_another(actor: Actor, accounts: list[int]) -> None:
    row = bill(actor, accounts, 100)
    replacing.amend(actor, "Bill", Reference(row["id"], None))
    with pytest.raises(StateConflict, match="already"):
        replacing.amend(actor, "Bill", Reference(row["id"], None))


def test_what_others_settle_is_not_amended(actor: Actor, accounts: list[int]) -> None:
    row = bill(actor, accounts, 100)
    body = {
        "day": DAY,
        "bill": row["id"],
        "account": accounts[0],
        "cash": accounts[2],
        "amount": 70,
    }
    service.create(actor, "Settlement", [body], submit=True)
    with pytest.raises(InUse, match="Settlement"):
        replacing.amend(actor, "Bill", Reference(row["id"], None))
    assert get(actor, "Bill", [row["id"]]).rows[0]["stage"] == "submitted"


def test_an_amended_draft_is_sent_once_under_one_key(actor: Actor, accounts: list[int]) -> None:
    row = bill(actor, accounts, 100)
    first, again = (
        replacing.amend(actor, "Bill", Reference(row["id"], 1), idempotency_key="amend-1")
        for _ in range(2)
    )
    assert again["id"] == first["id"]


def test_only_what_is_amended_so(actor: Actor, article: int, accounts: list[int]) -> None:
    with pytest.raises(StateConflict, match="not amended"):
        replacing.amend(actor, "Order", Reference(order(actor, article, 1)["id"], None))
    body = {"day": DAY, "account": accounts[0], "against": accounts[1], "amount": 5}
    (draft,) = service.create(actor, "Bill", [body])
    with pytest.raises(StateConflict, match="draft"):
        replacing.amend(actor, "Bill", Reference(draft["id"], None))
