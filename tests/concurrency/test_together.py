"""Many people at once: nobody sells what is gone, no number is lost, nothing is done twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from engine_runtime.access.actor import Actor
from engine_runtime.documents import service
from engine_runtime.documents.errors import (
    DocumentError,
    DocumentInvalid,
    IdempotencyConflict,
    InUse,
    LimitExceeded,
    StateConflict,
    VersionConflict,
)
from engine_runtime.documents.models import IdempotencyKey, NumberSeries
from engine_runtime.documents.read import get
from engine_runtime.documents.service import Reference
from engine_runtime.ledgers import periods
from engine_runtime.ledgers.verify import verify
from tests.company import DAY, Company, line, moved, rows_of
from tests.concurrency.crowd import failures, together

D = Decimal
CLIENTS = 50


def counters(rows: list[dict[str, Any]]) -> list[int]:
    """The counters in the numbers of documents, sorted."""
    return sorted(int(row["number"].rpartition("/")[2]) for row in rows)


def last_number() -> int:
    """The number given last to a sales invoice."""
    series = NumberSeries.objects.filter(key__startswith="sales_invoice|").first()
    return series.last if series is not None else 0


@pytest.mark.parametrize("method", ["average", "fifo"])
def test_the_last_ten_pieces_are_sold_ten_times(company: Company, method: str) -> None:
    item = company.item(method)
    company.buy(line(item, 4, 100), line(item, 6, "133.33"))
    value = company.stock(item)[1]
    results = together([partial(company.sell, line(item, 1)) for _ in range(CLIENTS)])
    assert Counter(type(r) for r in results) == {dict: 10, LimitExceeded: CLIENTS - 10}
    assert {f.problems[0].path for f in failures(results)} == {"items[0]"}  # type: ignore[attr-defined]
    assert company.stock(item) == (0, 0)
    sold = [e["value"] for r in results if isinstance(r, dict) for e in company.entries("Stock", r)]
    assert -sum(sold) == value
    assert verify(None) == []


def test_a_refused_sale_leaves_no_row(company: Company) -> None:
    item = company.item()
    company.buy(line(item, 1, 100))
    before = {
        name: len(rows_of(name)) for name in ("doc_sales_invoice", "doc_sales_invoice__items")
    }
    results = together([partial(company.sell, line(item, 1)) for _ in range(8)])
    assert len(failures(results)) == 7
    after = {name: len(rows_of(name)) for name in before}
    assert after == {name: count + 1 for name, count in before.items()}


def test_a_hundred_submits_take_a_hundred_numbers_in_a_row(company: Company) -> None:
    item = company.item()
    company.buy(line(item, 1000, 7))
    draft = {"customer": "C1", "branch": "PUN", "posting_date": DAY, "items": [line(item, 1)]}
    drafts = service.create(company.actor, "Sales Invoice", [draft] * 100)
    first = last_number()

    def submit(mine: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            service.submit(company.actor, "Sales Invoice", [Reference(row["id"])])[0]
            for row in mine
        ]

    results = together([partial(submit, drafts[n::CLIENTS]) for n in range(CLIENTS)])
    assert failures(results) == []
    rows = [row for found in results for row in found]
    assert counters(rows) == list(range(first + 1, first + 101))
    assert verify(None) == []


def test_a_number_that_was_refused_is_taken_by_the_next(company: Company) -> None:
    """Half of the clients fail after everybody has begun: no gap is left."""
    item = company.item()
    company.buy(line(item, 12, 7))
    first = last_number()
    results = together([partial(company.sell, line(item, 1)) for _ in range(24)])
    rows = [row for row in results if isinstance(row, dict)]
    assert len(rows) == 12
    assert counters(rows) == list(range(first + 1, first + 13))
    assert last_number() == first + 12


def test_one_draft_is_submitted_once(company: Company) -> None:
    item = company.item()
    company.buy(line(item, 10, 7))
    draft = {"customer": "C1", "branch": "PUN", "posting_date": DAY, "items": [line(item, 1)]}
    [row] = service.create(company.actor, "Sales Invoice", [draft])
    submit = partial(service.submit, company.actor, "Sales Invoice", [Reference(row["id"])])
    results = together([submit] * 8)
    assert Counter(type(r) for r in results) == {list: 1, StateConflict: 7}
    assert company.stock(item) == (9, 63)


def test_one_document_is_cancelled_once(company: Company) -> None:
    item = company.item()
    company.buy(line(item, 10, 7))
    sale = company.sell(line(item, 4))
    results = together([partial(company.cancel, "Sales Invoice", sale)] * 8)
    assert Counter(type(r) for r in results) == {list: 1, StateConflict: 7}
    assert company.stock(item) == (10, 70)
    assert len(company.entries("Stock", sale)) == 2
    assert verify(None) == []


def test_of_two_that_save_one_version_one_wins(company: Company) -> None:
    row = company.make("Item Group", code="SAVE", name="Before")
    changes = [{"id": row["id"], "version": 1, "name": f"Name {n}"} for n in range(8)]
    results = together(
        [partial(service.save, company.actor, "Item Group", [change]) for change in changes]
    )
    assert Counter(type(r) for r in results) == {list: 1, VersionConflict: 7}
    [winner] = next(r for r in results if isinstance(r, list))
    stored = get(company.actor, "Item Group", [row["id"]]).rows[0]
    assert (stored["name"], stored["version"]) == (winner["name"], 2)


def test_one_idempotency_key_makes_one_document(company: Company) -> None:
    item = company.item()
    company.buy(line(item, 10, 7))
    body = {"customer": "C1", "branch": "PUN", "posting_date": DAY, "items": [line(item, 1)]}

    def sell(key: str, more: dict[str, Any]) -> dict[str, Any]:
        return service.create(
            company.actor, "Sales Invoice", [body | more], submit=True, idempotency_key=key
        )[0]

    results = together([partial(sell, "till-1", {})] * 8)
    assert failures(results) == []
    assert len({row["id"] for row in results}) == len({row["number"] for row in results}) == 1
    assert company.stock(item) == (9, 63)
    mixed = together([partial(sell, "till-2", {"remarks": f"Body {n % 2}"}) for n in range(8)])
    assert Counter(type(r) for r in mixed) == {dict: 4, IdempotencyConflict: 4}
    assert company.stock(item) == (8, 56)
    assert IdempotencyKey.objects.filter(key__startswith="till-").count() == 2


def test_an_idempotency_key_of_a_refused_request_is_free_again(company: Company) -> None:
    item = company.item()
    body = {"customer": "C1", "branch": "PUN", "posting_date": DAY, "items": [line(item, 1)]}
    sell = partial(
        service.create, company.actor, "Sales Invoice", [body], submit=True, idempotency_key="again"
    )
    assert {type(r) for r in together([sell] * 4)} == {LimitExceeded}
    company.buy(line(item, 1, 7))
    assert sell()[0]["state"] == "submitted"


def test_two_items_in_either_order_never_stand_in_each_others_way(company: Company) -> None:
    """Every client sells both items, in one order or the other, and transfers go both ways."""
    items = [company.item(), company.item("fifo"), company.item()]
    company.buy(*(line(item, 1000, 11) for item in items))
    company.move("transfer", *(moved(item, 200) for item in items), to_warehouse="X")

    def trade(number: int) -> None:
        order = items if number % 2 else items[::-1]
        company.sell(*(line(item, 1) for item in order))
        there, back = ("W", "X") if number % 3 else ("X", "W")
        company.move(
            "transfer", *(moved(item, 1) for item in order), warehouse=there, to_warehouse=back
        )
        sale = company.sell(*(line(item, 2) for item in reversed(order)))
        company.cancel("Sales Invoice", sale)

    assert failures(together([partial(trade, number) for number in range(24)])) == []
    for item in items:
        (left, value), (there, worth) = company.stock(item), company.stock(item, "X")
        assert (left + there, value + worth) == (1000 - 24, (1000 - 24) * 11)
    assert verify(None) == []


def test_lists_in_opposite_order_never_stand_in_each_others_way(company: Company) -> None:
    """The same codes in opposite order: one list is stored, the other is told so."""
    groups = [{"code": f"DEAD{n}", "name": f"Group {n}"} for n in range(400)]
    results = together(
        [
            partial(service.create, company.actor, "Item Group", order)
            for order in (groups, groups[::-1]) * 4
        ]
    )
    assert Counter(type(r) for r in results) == {list: 1, DocumentInvalid: 7}
    assert {f.problems[0].code for f in failures(results)} == {"field.not_unique"}  # type: ignore[attr-defined]


def test_an_invoice_is_not_paid_twice_at_once(company: Company) -> None:
    item = company.item()
    company.buy(line(item, 1, 7))
    sale = company.sell(line(item, 1))
    payments = [company.pay(100) for _ in range(8)]
    total = sale["grand_total"]

    def allocate(payment: dict[str, Any]) -> dict[str, Any]:
        return company.submit(
            "Allocation", payment=payment["id"], sales_invoice=sale["id"], amount=59
        )

    results = together([partial(allocate, payment) for payment in payments])
    assert total == 118
    assert Counter(type(r) for r in results) == {dict: 2, LimitExceeded: 6}
    assert get(company.actor, "Sales Invoice", [sale["id"]]).rows[0]["outstanding"] == 0
    assert verify(None) == []


@pytest.mark.parametrize("doctype", ["Sales Invoice", "Payment"])
def test_who_cancels_and_who_allocates_do_not_both_win(company: Company, doctype: str) -> None:
    """An allocation never refers to what was cancelled meanwhile."""
    item = company.item()
    company.buy(line(item, 100, 7))
    for _ in range(6):
        sale, payment = company.sell(line(item, 1)), company.pay(118)
        settled = sale if doctype == "Sales Invoice" else payment
        allocate = partial(
            company.submit,
            "Allocation",
            payment=payment["id"],
            sales_invoice=sale["id"],
            amount=118,
        )
        cancel: Callable[[], Any] = partial(company.cancel, doctype, settled)
        results = together([cancel, allocate])
        assert len(failures(results)) == 1, results
        assert isinstance(failures(results)[0], DocumentError)
        assert isinstance(failures(results)[0], InUse | DocumentInvalid)
    assert verify(None) == []


def test_a_period_closes_while_others_post(company: Company) -> None:
    """Whoever posts meanwhile is in as a whole or refused; afterwards nobody is in."""
    other = Company(company.actor, company._codes)
    item = other.item()
    day = DAY.replace(year=2020)
    other.buy(line(item, 100, 7), posting_date=day, bill_date=day)

    def close(actor: Actor) -> None:
        periods.lock(actor.company_id, "stock", day, user=0, reason="Month end")  # type: ignore[arg-type]

    sell = [partial(other.sell, line(item, 1), posting_date=day) for _ in range(10)]
    results = together([*sell, partial(close, other.actor)])
    refused = [r for r in results if isinstance(r, Exception)]
    assert all(isinstance(error, DocumentInvalid) for error in refused), refused
    assert company.stock(item)[0] == 100 - (10 - len(refused))
    with pytest.raises(DocumentInvalid, match="closed"):
        other.sell(line(item, 1), posting_date=day)
    assert verify(None) == []
