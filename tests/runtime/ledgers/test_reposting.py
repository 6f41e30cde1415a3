"""What is entered late, or taken out, reaches everything that follows from it: as differences, on the right days."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine_runtime.documents import service
from engine_runtime.documents.errors import LimitExceeded
from engine_runtime.ledgers.verify import verify
from tests.company import DAY, Company, Row, line, moved, rows_of

D = Decimal


def day(number: int) -> Any:
    return DAY + timedelta(days=number)


def values(company: Company, document: Row) -> list[tuple[Any, ...]]:
    """(day after the first, quantity, value, is a correction) of what a document wrote into stock."""
    found = [
        ((e["date"] - DAY).days, e["quantity"], e["value"], e["cause_id"] is not None)
        for e in company.entries("Stock", document)
    ]
    return sorted(found, key=lambda entry: (entry[3], entry))


def cost_in_books(company: Company, document: Row) -> list[tuple[Any, ...]]:
    """(day after the first, debit, credit) of the cost account."""
    found = [e for e in company.entries("General", document) if e["rule"] == "cost"]
    return [((e["date"] - DAY).days, e["debit"], e["credit"]) for e in found]


def test_a_bill_that_comes_late_changes_what_the_sale_cost(company: Company) -> None:
    item = company.item("fifo")
    company.buy(line(item, 10, 120), posting_date=day(2))
    sale = company.sell(line(item, 4), posting_date=day(5))
    bill = company.buy(line(item, 10, 100), posting_date=day(1))
    assert values(company, sale) == [(5, -4, -480, False), (5, 0, 80, True)]
    assert cost_in_books(company, sale) == [(5, 480, 0), (5, 0, 80)]
    assert company.stock(item) == (16, 600 + 1200)
    causes = {e["cause_id"] for e in company.entries("Stock", sale)}
    assert causes == {None, bill["id"]}
    assert verify(None) == []


def test_two_late_bills_are_compared_with_what_stands(company: Company) -> None:
    item = company.item("fifo")
    company.buy(line(item, 10, 120), posting_date=day(3))
    sale = company.sell(line(item, 4), posting_date=day(5))
    company.buy(line(item, 2, 100), posting_date=day(2))
    company.buy(line(item, 1, 90), posting_date=day(1))
    total = sum(entry[2] for entry in values(company, sale))
    assert total == -(90 + 200 + 120)
    assert verify(None) == []


def test_a_sale_entered_late_takes_the_cost_of_its_day(company: Company) -> None:
    item = company.item("average")
    company.buy(line(item, 10, 100), posting_date=day(1))
    company.buy(line(item, 10, 200), posting_date=day(4))
    late = company.sell(line(item, 5), posting_date=day(2))
    assert values(company, late) == [(2, -5, -500, False)]
    after = company.sell(line(item, 5), posting_date=day(5))
    assert values(company, after) == [(5, -5, D("-833.33"), False)]
    assert verify(None) == []


def test_it_goes_on_through_transfers(company: Company) -> None:
    item = company.item("average")
    company.buy(line(item, 10, 100), posting_date=day(1))
    company.move("transfer", moved(item, 4), to_warehouse="X", posting_date=day(3))
    sale = company.sell(line(item, 2, warehouse="X"), posting_date=day(5))
    company.buy(line(item, 10, 50), posting_date=day(2))
    assert values(company, sale) == [(5, -2, -200, False), (5, 0, 50, True)]
    assert company.stock(item, "X") == (2, 150)
    assert verify(None) == []


def test_what_was_not_there_that_day_is_refused_with_who_would_miss_it(company: Company) -> None:
    item = company.item()
    company.buy(line(item, 10, 100), posting_date=day(1))
    company.sell(line(item, 8), posting_date=day(3))
    company.buy(line(item, 10, 100), posting_date=day(6))
    with pytest.raises(LimitExceeded) as refused:
        company.sell(line(item, 5), posting_date=day(2))
    [problem] = refused.value.problems
    assert problem.code == "limit.not_covered"
    assert "3 would be missing for Sales Invoice" in problem.message
    assert "07-05-2026" in problem.message
    assert company.stock(item) == (12, 1200)
    assert verify(None) == []


def test_a_batch_that_came_later_cannot_have_left_before(company: Company) -> None:
    item = company.item(has_batches=True)
    for code in ("EARLY", "LATE"):
        company.make("Batch", item=item, code=code)
    batches = {row["code"]: row["id"] for row in rows_of("doc_batch")}
    company.buy(line(item, 5, 10, batch=batches["EARLY"]), posting_date=day(1))
    company.buy(line(item, 5, 20, batch=batches["LATE"]), posting_date=day(4))
    with pytest.raises(LimitExceeded, match="2 would be missing") as refused:
        company.sell(line(item, 2, batch=batches["LATE"]), posting_date=day(2))
    assert refused.value.problems[0].code.startswith("limit.")
    company.sell(line(item, 2, batch=batches["EARLY"]), posting_date=day(2))
    assert verify(None) == []


def test_documents_of_one_call_may_be_of_any_day(company: Company) -> None:
    item = company.item("fifo")
    company.buy(line(item, 10, 100), posting_date=day(4))
    common = {"purpose": "adjustment", "warehouse": "W"}
    documents = [
        {**common, "posting_date": day(3), "items": [moved(item, 1, 10)]},
        {**common, "posting_date": day(2), "items": [moved(item, 1, 20)]},
    ]
    service.create(company.actor, "Stock Entry", documents, submit=True)
    sale = company.sell(line(item, 2), posting_date=day(3))
    assert values(company, sale) == [(3, -2, -30, False)]
    assert verify(None) == []


def test_two_items_of_one_sale_are_corrected_one_after_the_other(company: Company) -> None:
    one, other = company.item(), company.item()
    company.buy(line(one, 10, 100), line(other, 10, 100), posting_date=day(2))
    sale = company.sell(line(one, 5), line(other, 5), posting_date=day(5))
    company.buy(line(one, 10, 50), posting_date=day(1))
    assert sum(debit - credit for _, debit, credit in cost_in_books(company, sale)) == 875
    company.buy(line(other, 10, 50), posting_date=day(1))
    assert sum(debit - credit for _, debit, credit in cost_in_books(company, sale)) == 750
    assert verify(None) == []


def test_a_document_after_a_late_one_of_the_same_call_sees_it(company: Company) -> None:
    item = company.item()
    company.buy(line(item, 5, 10), posting_date=day(4))
    common = {"purpose": "adjustment", "warehouse": "W"}
    documents = [
        {**common, "posting_date": day(2), "items": [moved(item, 10, 20)]},
        {**common, "posting_date": day(6), "items": [moved(item, -12)]},
    ]
    service.create(company.actor, "Stock Entry", documents, submit=True)
    assert company.stock(item) == (3, 50)
    assert verify(None) == []


def test_what_is_refused_in_a_call_keeps_no_other_from_being_told(company: Company) -> None:
    item = company.item()
    company.buy(line(item, 10, 10), posting_date=day(4))
    common = {"purpose": "adjustment", "warehouse": "W"}
    documents = [
        {**common, "posting_date": day(2), "items": [moved(item, -3)]},
        {**common, "posting_date": day(3), "items": [moved(item, 2, 10)]},
    ]
    with pytest.raises(LimitExceeded):
        service.create(company.actor, "Stock Entry", documents, submit=True)
    assert company.stock(item) == (10, 100)
    assert verify(None) == []
