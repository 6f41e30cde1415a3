"""Row sources asked of the database: ledgers, records and the rows below them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bench.counting import statements
from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.documents import service
from engine_runtime.documents.errors import DocumentInvalid
from engine_runtime.documents.read import get
from tests.company import rows_of
from tests.helpers import values

PROGRAM = "calculation"
D = Decimal
Row = dict[str, Any]
pytestmark = pytest.mark.usefixtures("module_database")


@pytest.fixture(scope="module")
def actor(module_database: None) -> Actor:
    """Who acts in a company with two items, three batches, terms, and some receipts."""
    system = system_actor()
    service.create(system, "Currency", [{"code": "INR"}, {"code": "USD"}])
    company, other = service.create(
        system, "Company", [{"code": "ONE", "currency": "INR"}, {"code": "TWO", "currency": "INR"}]
    )
    found = system_actor(company["id"], user_id=5)
    theirs = system_actor(other["id"], user_id=6)
    service.create(found, "Item", [{"code": "A", "weight": 2}, {"code": "B", "weight": 1}])
    service.create(found, "Batch", [
        {"code": "LATE", "item": "A", "expiry": "2026-08-01"},
        {"code": "SOON", "item": "A", "expiry": "2026-06-01"},
        {"code": "OVER", "item": "A", "expiry": "2026-05-06"},
    ])  # fmt: skip
    parts = [{"percent": 30, "after_days": 0}, {"percent": 70, "after_days": 30}]
    service.create(found, "Terms", [{"code": "T", "parts": parts}])
    for who in (found, theirs):
        service.create(who, "Warehouse", [{"code": "W"}])
    receive(found, "2026-04-02", ("A", "LATE", 5), ("A", "SOON", 3), ("B", None, 9))
    receive(found, "2026-04-20", ("A", "OVER", 50), ("B", None, -9), supplier="A", currency="USD")
    receive(found, "2026-06-01", ("A", "LATE", 99))
    receive(theirs, "2026-04-02", ("A", "SOON", 1000))
    return found


def receive(actor: Actor, day: str, *lines: tuple[str, str | None, int], **more: Any) -> Row:
    rows = [
        {"item": item, "batch": batch, "quantity": quantity, "value": quantity * 10}
        for item, batch, quantity in lines
    ]
    rate = {"rate": "83.5"} if "currency" in more else {"currency": "INR"}
    body = {"on_date": day, "warehouse": "W", "lines": rows, **rate, **more}
    return service.create(actor, "Receipt", [body], submit=True)[0]


def codes(doctype: str) -> dict[int, str]:
    """Id → code of all records."""
    return {row["id"]: row["code"] for row in rows_of(f"doc_{doctype.lower()}")}


def test_picks_terms_and_periods(actor: Actor) -> None:
    line = {"item": "A", "quantity": 6, "starts": "2026-05-15", "ends": "2026-07-14"}
    body = {"on_date": "2026-05-04", "warehouse": "W", "terms": "T", "items": [line]}
    sale = service.create(actor, "Sale", [body])[0]
    stored = get(actor, "Sale", [sale["id"]]).rows[0]
    batches = codes("Batch")
    picked = [(batches[b], q) for b, q in values(stored["items"][0]["picks"], "batch", "quantity")]
    assert picked == [("SOON", D(3)), ("LATE", D(3))]
    assert values(stored["schedule"], "due", "part") == [
        (date(2026, 5, 4), D(30)), (date(2026, 6, 3), D(70)),
    ]  # fmt: skip
    assert values(stored["items"][0]["months"], "month", "days") == [
        (date(2026, 5, 15), 17), (date(2026, 6, 1), 30), (date(2026, 7, 1), 14),
    ]  # fmt: skip


def test_rows_made_again_keep_their_ids_and_a_person_picks_otherwise(actor: Actor) -> None:
    body = {"on_date": "2026-05-04", "warehouse": "W", "items": [{"item": "A", "quantity": 6}]}
    sale = service.create(actor, "Sale", [body])[0]
    picks = sale["items"][0]["picks"]
    line = {"id": sale["items"][0]["id"], "item": "A", "quantity": 4}
    change = {"id": sale["id"], "version": 1, "items": [line]}
    saved = service.save(actor, "Sale", [change])[0]
    again = saved["items"][0]["picks"]
    assert values(again, "id", "quantity") == [(picks[0]["id"], D(3)), (picks[1]["id"], D(1))]
    own = {**line, "quantity": 5, "picks": [{"batch": "LATE", "quantity": 5}]}
    mine = service.save(actor, "Sale", [{"id": sale["id"], "version": 2, "items": [own]}])[0]
    assert len(mine["items"][0]["picks"]) == 1
    # A later save that does not speak of the picks leaves them alone.
    later = service.save(actor, "Sale", [{"id": sale["id"], "version": 3, "on_date": "2026-05-05"}])
    assert [p["quantity"] for p in later[0]["items"][0]["picks"]] == [D(5)]


def test_the_same_question_is_asked_once(actor: Actor) -> None:
    lines = [{"item": "A", "quantity": 1} for _ in range(3)]
    body = {"on_date": "2026-05-04", "warehouse": "W", "items": lines}
    one = statements(lambda: service.create(actor, "Sale", [{**body, "items": lines[:1]}]))
    assert statements(lambda: service.create(actor, "Sale", [body])) == one


def test_a_shortfall_is_refused(actor: Actor) -> None:
    body = {"on_date": "2026-05-04", "warehouse": "W", "items": [{"item": "A", "quantity": 60}]}
    with pytest.raises(DocumentInvalid) as refused:
        service.create(actor, "Sale", [body])
    assert [(p.code, p.path) for p in refused.value.problems] == [("rows.short", "items[0].picks")]


def test_balances_records_and_their_rows(actor: Actor) -> None:
    body = {"on_date": "2026-05-04", "since": "2026-04-05", "warehouse": "W"}
    count = service.create(actor, "Count", [body])[0]
    items = codes("Item")
    standing = [(items[i], q, v) for i, q, v in values(count["standing"], "item", "quantity", "value")]  # fmt: skip
    # 50 came in at 83.50 a dollar, 9 went at it; the other company's thousand is not there.
    assert standing == [("A", D(58), D("41830.00")), ("B", D(0), D("-7425.00"))]
    names = ("item", "opening", "inward", "outward", "closing", "net")
    moved = [(items[i], *rest) for i, *rest in values(count["moved"], *names)]
    assert moved == [
        ("A", D(8), D(50), D(0), D(58), D(50)),
        ("B", D(9), D(0), D(-9), D(0), D(-9)),
    ]
    assert values(count["owed"], "amount", "worth") == [(D(410), D("34235.00"))]
    assert [row["on_date"] for row in count["receipts"]] == [date(2026, 4, 2), date(2026, 4, 20)]
    assert [items[row["item"]] for row in count["lines"]] == ["A", "A", "A", "B", "B"]
