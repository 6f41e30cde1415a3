"""What goods are worth while documents move them: layers, averages, cancellations, dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine_runtime.documents import service
from engine_runtime.documents.errors import DocumentInvalid, LimitExceeded
from engine_runtime.documents.read import get
from engine_runtime.ledgers.moment import is_backdated, moment_for, today
from engine_runtime.ledgers.verify import verify
from engine_runtime.tables.query import Condition
from tests.company import DAY, Company, Row, line, moved, rows_of

D = Decimal
LATER = DAY + timedelta(days=3)

TABLE = """
story                             | method  | steps                         | values                      | left
the oldest first                  | fifo    | +4@300 +4@360 -5 -3           | 1200 1440 -1560 -1080       | 0 0
parts of one layer                | fifo    | +3@33.335 -1 -1 -1            | 100.01 -33.34 -33.33 -33.34 | 0 0
an issue over three layers        | fifo    | +1@10 +1@20 +1@30 -2.5        | 10 20 30 -45                | 0.5 15
a layer used up, a new one        | fifo    | +2@10 -2 +2@15 -1             | 20 -20 30 -15               | 1 15
the average of what is there      | average | +10@100 +10@200 -5 -15        | 1000 2000 -750 -2250        | 0 0
a receipt moves it                | average | +10@100 -3 +5@60 -12          | 1000 -300 300 -1000         | 0 0
thirds add up                     | average | +3@33.335 -1 -1 -1            | 100.01 -33.34 -33.33 -33.34 | 0 0
nothing left, begin anew          | average | +2@10 -2 +2@15 -1             | 20 -20 30 -15               | 1 15
hardly worth anything             | average | +1000@0.00001 -500 -499 -1    | 0.01 -0.01 0 0              | 0 0
hardly worth anything, first in   | fifo    | +1000@0.00001 -500 -499 -1    | 0.01 -0.01 0 0              | 0 0
for nothing                       | average | +5@0 +5@10 -5 -5              | 0 50 -25 -25                | 0 0
for nothing, first in             | fifo    | +5@0 +5@10 -5 -5              | 0 50 0 -50                  | 0 0
"""


def table() -> list[Any]:
    """The rows of TABLE as parameters."""
    rows = [[part.strip() for part in text.split("|")] for text in TABLE.strip().splitlines()[1:]]
    return [pytest.param(*row[1:], id=row[0]) for row in rows]


def receive(company: Company, item: str, quantity: Any, rate: Any, **more: Any) -> Row:
    return company.move("adjustment", moved(item, quantity, rate), **more)


def issue(company: Company, item: str, quantity: Any, **more: Any) -> Row:
    return company.move("adjustment", moved(item, -D(quantity)), **more)


def value_of(company: Company, document: Row) -> Decimal:
    """The value of the (only) movement of a document."""
    return Decimal(company.entries("Stock", document)[0]["value"])


def layers(company: Company, item: str) -> list[tuple[Decimal, ...]]:
    """(in, worth, out, worth out, open) of every layer of an item, oldest first."""
    key = f"item,warehouse|{company.actor.company_id}|{company.id_of('Item', item)}|"
    rows = rows_of("led_stock__layer", order=["moment", "id"])
    names = ("quantity_in", "value_in", "quantity_out", "value_out", "is_open")
    return [tuple(row[n] for n in names) for row in rows if row["key"].startswith(key)]


@pytest.mark.parametrize(("method", "steps", "values", "left"), table())
def test_values(company: Company, method: str, steps: str, values: str, left: str) -> None:
    item = company.item(method)
    found = []
    for step in steps.split():
        quantity, _, rate = step.partition("@")
        document = company.move("adjustment", moved(item, quantity, rate or None))
        found.append(value_of(company, document))
    assert found == [D(value) for value in values.split()]
    assert company.stock(item) == tuple(D(part) for part in left.split())
    assert verify(None) == []


def test_an_issue_remembers_which_layers_it_took(company: Company) -> None:
    item = company.item("fifo")
    receive(company, item, 4, 300)
    receive(company, item, 4, 360)
    sale = company.sell(line(item, 5))
    assert layers(company, item) == [(4, 1200, 4, 1200, False), (4, 1440, 1, 360, True)]
    [entry] = company.entries("Stock", sale)
    rows = rows_of("led_stock__consumption", [Condition("entry_id", "=", entry["id"])])
    assert [(row["quantity"], row["value"]) for row in rows] == [(4, 1200), (1, 360)]
    brought = {r["id"]: r for r in rows_of("led_stock__layer")}
    sources = [company.entries("Stock")[0]["origin_type"] for _ in rows]
    assert sources == ["stock_entry"] * 2
    assert [brought[row["layer_id"]]["value_in"] for row in rows] == [1200, 1440]


def test_an_average_keeps_no_layers(company: Company) -> None:
    item = company.item()
    receive(company, item, 4, 300)
    issue(company, item, 3)
    assert layers(company, item) == []


def test_a_cancelled_issue_gives_its_layers_back(company: Company) -> None:
    item = company.item("fifo")
    receive(company, item, 4, 300)
    receive(company, item, 4, 360)
    before = layers(company, item)
    sale = company.sell(line(item, 5))
    company.cancel("Sales Invoice", sale)
    assert layers(company, item) == before
    assert company.stock(item) == (8, 2640)
    assert value_of(company, issue(company, item, 4)) == -1200
    assert verify(None) == []


def test_a_cancelled_issue_comes_back_at_the_cost_it_left_with(company: Company) -> None:
    item = company.item()
    receive(company, item, 10, 100)
    sale = company.sell(line(item, 4))
    receive(company, item, 6, 200)
    company.cancel("Sales Invoice", sale)
    assert company.stock(item) == (16, 600 + 1200 + 400)
    assert value_of(company, issue(company, item, 8)) == -1100
    assert verify(None) == []


def test_without_a_piece_in_between_the_others_are_worth_what_they_would_have_been(
    company: Company,
) -> None:
    item = company.item("fifo")
    receive(company, item, 10, "0.001")
    first, second = issue(company, item, 4), issue(company, item, 1)
    assert [value_of(company, row) for row in (first, second)] == [0, D("-0.01")]
    company.cancel("Stock Entry", first)
    assert [entry["value"] for entry in company.entries("Stock", second)] == [D("-0.01"), D("0.01")]
    values = [value_of(company, issue(company, item, 1)) for _ in range(9)]
    assert sum(values) == D("-0.01")
    assert max(values) <= 0
    assert company.stock(item) == (0, 0)
    assert verify(None) == []


@pytest.mark.parametrize("method", ["average", "fifo"])
def test_a_receipt_is_not_taken_back_from_under_what_left(company: Company, method: str) -> None:
    item = company.item(method)
    bill = company.buy(line(item, 10, 100))
    sale = company.sell(line(item, 1), posting_date=LATER)
    with pytest.raises(LimitExceeded) as refused:
        company.cancel("Purchase Invoice", bill)
    problem = refused.value.problems[0]
    assert problem.code == "limit.on_hand"
    assert problem.hint.startswith("Cancel Sales Invoice")
    company.buy(line(item, 10, 50), posting_date=LATER)
    with pytest.raises(LimitExceeded, match="1 would be missing for Sales Invoice") as refused:
        company.cancel("Purchase Invoice", bill)
    assert "07-05-2026" in refused.value.problems[0].message
    company.cancel("Sales Invoice", sale)
    [cancelled] = company.cancel("Purchase Invoice", bill)
    assert cancelled["state"] == "cancelled"
    assert company.stock(item) == (10, 500)
    assert verify(None) == []


@pytest.mark.parametrize("method", ["average", "fifo"])
def test_the_newest_receipt_may_go(company: Company, method: str) -> None:
    item = company.item(method)
    receive(company, item, 10, 100)
    issue(company, item, 3)
    last = receive(company, item, 5, 200)
    company.cancel("Stock Entry", last)
    assert company.stock(item) == (7, 700)
    assert value_of(company, issue(company, item, 7)) == -700
    assert verify(None) == []


def test_a_cancelled_movement_holds_nobody_up(company: Company) -> None:
    item = company.item()
    company.buy(line(item, 10, 100))
    sale = company.sell(line(item, 1), posting_date=LATER)
    company.cancel("Sales Invoice", sale)
    company.buy(line(item, 1, 90))
    assert company.stock(item) == (11, 1090)
    assert verify(None) == []


@pytest.mark.parametrize("method", ["average", "fifo"])
def test_a_transfer_takes_the_cost_along_and_back(company: Company, method: str) -> None:
    item = company.item(method)
    receive(company, item, 2, 300)
    receive(company, item, 2, 360)
    sent = company.move("transfer", moved(item, 3), to_warehouse="X")
    cost = {"average": 990, "fifo": 960}[method]
    assert company.stock(item, "X") == (3, cost)
    assert company.stock(item) == (1, 1320 - cost)
    early = receive(company, item, 2, 100, posting_date=DAY - timedelta(days=1))
    cost = {"average": 760, "fifo": 500}[method]
    assert company.stock(item, "X") == (3, cost)
    assert company.stock(item) == (3, 1520 - cost)
    company.cancel("Stock Entry", early)
    company.cancel("Stock Entry", sent)
    assert company.stock(item, "X") == (0, 0)
    assert company.stock(item) == (4, 1320)
    assert verify(None) == []


def test_what_a_document_brings_it_cannot_take(company: Company) -> None:
    item = company.item()
    with pytest.raises(LimitExceeded) as refused:
        company.move("adjustment", moved(item, 5, 10), moved(item, -3))
    assert [problem.path for problem in refused.value.problems] == ["items[1]"]
    receive(company, item, 3, 10)
    company.move("adjustment", moved(item, 5, 20), moved(item, -3))
    assert company.stock(item) == (5, 100)


def test_allowing_negative_stock_invents_no_cost(company: Company) -> None:
    item = company.item(allow_negative_stock=True)
    receive(company, item, 1, 10)
    with pytest.raises(LimitExceeded, match="1 is there, 2 is wanted"):
        issue(company, item, 2)


def test_batches_have_a_floor_of_their_own(company: Company) -> None:
    item = company.item(has_batches=True)
    for code in ("OLD", "NEW"):
        company.make("Batch", item=item, code=code)
    batches = {row["code"]: row["id"] for row in rows_of("doc_batch")}
    old, new = batches["OLD"], batches["NEW"]
    company.buy(line(item, 5, 10, batch=old), line(item, 5, 20, batch=new))
    company.sell(line(item, 5, batch=old))
    with pytest.raises(LimitExceeded):
        company.sell(line(item, 1, batch=old))
    company.sell(line(item, 5, batch=new))
    assert company.stock(item) == (0, 0)
    assert verify(None) == []


@pytest.mark.parametrize("methods", [("average", "fifo"), ("fifo", "average")])
def test_the_method_of_goods_that_moved_stays(company: Company, methods: tuple[str, str]) -> None:
    """What is carried by one method cannot be read by another (S6)."""
    first, second = methods
    item = company.item(first)
    _set(company, item, valuation_method=second)
    _set(company, item, valuation_method=first)
    receive(company, item, 4, 300)
    with pytest.raises(DocumentInvalid, match="Valuation method") as refused:
        _set(company, item, valuation_method=second)
    assert [(f.code, f.path) for f in refused.value.problems] == [
        ("field.fixed_once_used", "valuation_method")
    ]
    _set(company, item, standard_price=250, valuation_method=first)


def _set(company: Company, item: str, **fields: Any) -> None:
    row = get(company.actor, "Item", [company.id_of("Item", item)]).rows[0]
    service.save(company.actor, "Item", [{"id": row["id"], "version": row["version"], **fields}])


INDIA = ZoneInfo("Asia/Kolkata")


def test_a_day_is_a_day_of_the_business() -> None:
    late = datetime(2026, 5, 4, 19, 0, tzinfo=UTC)
    assert today(late, INDIA) == date(2026, 5, 5)
    noon = moment_for(date(2026, 5, 4), late, None, INDIA)
    assert noon == datetime(2026, 5, 4, 6, 30, tzinfo=UTC)
    assert moment_for(date(2026, 5, 4), late, noon, INDIA) == noon + timedelta(microseconds=1)
    assert moment_for(date(2026, 5, 5), late, noon, INDIA) == late
    assert is_backdated(date(2026, 5, 4), late, INDIA)
    assert not is_backdated(date(2026, 5, 5), late, INDIA)
    assert not is_backdated(date(2026, 5, 5), None, INDIA)
