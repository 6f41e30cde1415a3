"""Row sources without a database: what each gives, in which order, and rows that stay what they were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from engine.catalog.whole import Catalog
from engine.kernel.books import answer
from engine.kernel.calculate import calculate
from engine.kernel.calculation import Calculation
from engine.kernel.finding import Finding
from engine.kernel.periods import SourceRefused, cut
from engine.kernel.rows import Row
from engine.kernel.sources import LedgerQuestion, Question
from tests.helpers import values
from tests.kernel.programs import document
from tests.language.programs import catalog_of, good

D = Decimal
DAY = date(2026, 5, 4)
ITEMS = {1: {"id": 1, "code": "A", "is_stocked": True}, 2: {"id": 2, "code": "B", "is_stocked": True}}  # fmt: skip
BATCHES = {
    11: {"id": 11, "expiry": date(2026, 8, 1)},
    12: {"id": 12, "expiry": date(2026, 6, 1)},
    13: {"id": 13, "expiry": date(2026, 5, 6)},
}


@cache
def catalog() -> Catalog:
    return catalog_of(good("calculation"))


def stock(item: int, batch: int | None, quantity: int, **more: Any) -> Row:
    """An entry of the ledger Stock."""
    return {
        "company": 1, "date": date(2026, 4, 10), "item": item, "warehouse": 5, "batch": batch,
        "side": None, "quantity": D(quantity), "value": D(quantity * 10), **more,
    }  # fmt: skip


class World:
    """Entries and records that answer questions as a database does."""

    def __init__(self, entries: dict[str, list[Row]], records: dict[str, list[Row]]) -> None:
        self.entries, self.records = entries, records
        self.asked: list[Question] = []

    def read(self, question: Question) -> Sequence[Row]:
        self.asked.append(question)
        if isinstance(question, LedgerQuestion):
            ledger = catalog().ledgers[question.ledger]
            return answer(question, ledger, self.entries.get(question.ledger, ()))
        key = f"{question.doctype}.{question.path}".rstrip(".")
        return [
            row
            for row in self.records.get(key, ())
            if all(
                row[n] in v if isinstance(v, list) else row[n] == v
                for n, v in question.match.items()
            )
        ]

    def work_out(self, doctype: str, fields: Row, row: Row | None = None) -> tuple[Row, list[Finding]]:  # fmt: skip
        made = row if row is not None else document(catalog(), doctype, fields)
        receipts = {row["id"]: row for row in self.records.get("Receipt", ())}
        facts = {"Item": ITEMS, "Batch": BATCHES, "Receipt": receipts}
        case = Calculation(catalog(), catalog().doctypes[doctype], made, facts, {})
        case.read = self.read
        return made, calculate(case)


SALE = {"on_date": DAY, "warehouse": 5}


def test_picks_take_what_expires_first_until_there_is_enough() -> None:
    world = World({"Stock": [stock(1, 11, 5), stock(1, 12, 3), stock(1, 13, 50), stock(2, 12, 9)]}, {})  # fmt: skip
    sale, found = world.work_out("Sale", {**SALE, "items": [{"item": 1, "quantity": D(6)}]})
    assert found == []
    # Batch 13 expires within ten days.
    assert values(sale["items"][0]["picks"], "batch", "quantity") == [(12, D(3)), (11, D(3))]


def test_a_shortfall_is_found_with_its_line() -> None:
    world = World({"Stock": [stock(1, 11, 5)]}, {})
    lines = [{"item": 1, "quantity": D(2)}, {"item": 1, "quantity": D(7)}]
    _, found = world.work_out("Sale", {**SALE, "items": lines})
    assert [(f.code, f.path) for f in found] == [("rows.short", "items[1].picks")]
    assert found[0].message == "Picks: 4 of 7 cannot be taken from anywhere."


def test_lines_take_one_after_the_other_what_those_before_left() -> None:
    world = World({"Stock": [stock(1, 12, 3), stock(1, 11, 5)]}, {})
    lines = [
        {"item": 1, "quantity": D(2)},
        {"item": 1, "quantity": D(4)},
        {"item": 1, "quantity": D(2)},
    ]
    sale, found = world.work_out("Sale", {**SALE, "items": lines})
    assert found == []
    picked = [values(line["picks"], "batch", "quantity") for line in sale["items"]]
    assert picked == [[(12, D(2))], [(12, D(1)), (11, D(3))], [(11, D(2))]]
    # What a person chose below counts above it too.
    last = sale["items"][2]["picks"][0]
    last["batch"], last["typed"] = 12, "batch"
    world.work_out("Sale", {}, sale)
    picked = [values(line["picks"], "batch", "quantity") for line in sale["items"]]
    assert picked == [[(12, D(1)), (11, D(1))], [(11, D(4))], [(12, D(2))]]


def test_what_a_row_was_it_stays() -> None:
    world = World({"Stock": [stock(1, 11, 5), stock(1, 12, 3)]}, {})
    sale, _ = world.work_out("Sale", {**SALE, "items": [{"item": 1, "quantity": D(6)}]})
    picks = sale["items"][0]["picks"]
    picks[0]["id"], picks[1]["id"] = 71, 72
    world.entries["Stock"] = [stock(1, 11, 5)]
    sale["items"][0]["quantity"] = D(4)
    world.work_out("Sale", {}, sale)
    assert values(sale["items"][0]["picks"], "id", "index", "batch", "quantity") == [
        (72, 1, 11, D(4))
    ]


def test_a_person_may_pick_otherwise() -> None:
    world = World({"Stock": [stock(1, 11, 5), stock(1, 12, 3)]}, {})
    sale, _ = world.work_out("Sale", {**SALE, "items": [{"item": 1, "quantity": D(2)}]})
    pick = sale["items"][0]["picks"][0]
    pick["batch"], pick["typed"] = 11, "batch"
    world.work_out("Sale", {}, sale)
    assert values(sale["items"][0]["picks"], "batch", "quantity") == [(11, D(2))]


def test_rows_that_no_longer_apply_go() -> None:
    world = World({"Stock": [stock(1, 11, 5)]}, {})
    line = {"item": 1, "starts": date(2026, 5, 15), "ends": date(2026, 7, 14)}
    sale, _ = world.work_out("Sale", {**SALE, "items": [line]})
    assert values(sale["items"][0]["months"], "month", "days") == [
        (date(2026, 5, 15), 17), (date(2026, 6, 1), 30), (date(2026, 7, 1), 14),
    ]  # fmt: skip
    sale["items"][0]["starts"] = None
    world.work_out("Sale", {}, sale)
    assert sale["items"][0]["months"] == []


def test_groups_have_keys_sums_and_rows() -> None:
    wanted = ((2, 3), (1, 1), (2, 4), (1, 0))
    lines = [{"item": item, "quantity": D(count), "price": D(10)} for item, count in wanted]
    world = World({"Stock": [stock(1, 11, 9), stock(2, 11, 9)]}, {})
    sale, _ = world.work_out("Sale", {**SALE, "items": lines})
    assert values(sale["groups"], "item", "amount", "lines") == [(1, D(10), 2), (2, D(70), 2)]


def test_rows_of_a_linked_record() -> None:
    parts = [
        {"id": 32, "parent": 3, "index": 2, "percent": D(70), "after_days": 30},
        {"id": 31, "parent": 3, "index": 1, "percent": D(30), "after_days": 0},
    ]
    sale, _ = World({}, {"Terms.parts": parts}).work_out("Sale", {**SALE, "terms": 3})
    assert values(sale["schedule"], "due", "part") == [
        (DAY, D(30)), (date(2026, 6, 3), D(70)),
    ]  # fmt: skip


COUNT = {"on_date": DAY, "since": date(2026, 4, 5), "warehouse": 5}


def test_balances_and_turnovers() -> None:
    before = date(2026, 4, 1)
    entries = [
        stock(1, 11, 5, date=before), stock(1, 12, 4), stock(1, 11, -2), stock(2, 12, 9),
        stock(2, 12, -9), stock(1, 11, 99, date=date(2026, 5, 5)), stock(1, 11, 7, side="gift"),
    ]  # fmt: skip
    count, _ = World({"Stock": entries}, {}).work_out("Count", COUNT)
    assert values(count["standing"], "item", "quantity", "value") == [(1, D(14), D(140))]
    assert values(count["moved"], "item", "opening", "inward", "outward", "closing", "net") == [
        (1, D(5), D(11), D(-2), D(14), D(9)),
        (2, D(0), D(9), D(-9), D(0), D(0)),
    ]
    # The condition reads what the rows are not kept by: it chose entries.
    assert values(count["gifts"], "item", "quantity") == [(1, D(7))]


def test_a_ledger_with_currencies_has_a_row_per_currency_and_keeps_its_worth() -> None:
    entry = {"company": 1, "date": DAY, "document": 1, "due": DAY, "party": 8}
    entries = [
        {**entry, "currency": 2, "amount": D(10), "amount_worth": D("830.00")},
        {**entry, "currency": 1, "amount": D(500), "amount_worth": D(500)},
        {**entry, "currency": 2, "amount": D(1), "amount_worth": D("84.50")},
    ]
    count, _ = World({"Owed": entries}, {}).work_out("Count", COUNT)
    assert values(count["owed"], "party", "currency", "amount", "worth") == [
        (8, 1, D(500), D(500)), (8, 2, D(11), D("914.50")),
    ]  # fmt: skip


def test_records_and_the_rows_below_them() -> None:
    receipts = [
        {"id": 22, "warehouse": 5, "on_date": date(2026, 4, 2), "state": "submitted"},
        {"id": 21, "warehouse": 5, "on_date": date(2026, 4, 3), "state": "submitted"},
        {"id": 23, "warehouse": 5, "on_date": date(2026, 4, 1), "state": "draft"},
        {"id": 24, "warehouse": 6, "on_date": date(2026, 4, 1), "state": "submitted"},
    ]
    lines = [
        {"id": 91, "parent": 21, "index": 1, "item": 2}, {"id": 92, "parent": 22, "index": 1, "item": 1},
        {"id": 93, "parent": 24, "index": 1, "item": 1},
    ]  # fmt: skip
    count, _ = World({}, {"Receipt": receipts, "Receipt.lines": lines}).work_out("Count", COUNT)
    assert values(count["receipts"], "receipt") == [(22,), (21,)]
    assert values(count["lines"], "item", "on_date") == [(1, date(2026, 4, 2)), (2, date(2026, 4, 3))]  # fmt: skip


@pytest.mark.parametrize(
    ("step", "start", "end", "expected"),
    [
        ("month", "2026-01-31", "2026-03-01", ["2026-01-31", "2026-02-01", "2026-03-01"]),
        ("quarter", "2026-02-10", "2026-07-01", ["2026-02-10", "2026-04-01", "2026-07-01"]),
        ("year", "2026-02-10", "2027-04-01", ["2026-02-10", "2026-04-01", "2027-04-01"]),
        ("week", "2026-05-06", "2026-05-18", ["2026-05-06", "2026-05-11", "2026-05-18"]),
        ("day", "2026-05-06", "2026-05-07", ["2026-05-06", "2026-05-07"]),
        ("month", "2026-05-06", "2026-05-05", []),
    ],
)
def test_periods_are_cut_at_the_calendar(
    step: str, start: str, end: str, expected: list[str]
) -> None:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    found = cut(first, last, step, 4)
    assert [period["start"].isoformat() for period in found] == expected
    assert sum(period["days"] for period in found) == max((last - first).days + 1, 0)
    assert not found or found[-1]["end"] == last


def test_periods_without_end_are_refused() -> None:
    with pytest.raises(SourceRefused, match="look at the years"):
        cut(date(2026, 1, 1), date(2206, 1, 1), "day", 4)
