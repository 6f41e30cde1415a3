"""Open items: what is owed per document, settled by allocations, never beyond nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine_runtime.documents.errors import DocumentError, InUse, LimitExceeded
from engine_runtime.documents.read import get
from engine_runtime.ledgers.verify import verify
from engine_runtime.tables.query import Condition
from tests.company import Company, Row, line, rows_of

D = Decimal


@pytest.fixture
def sale(company: Company) -> Row:
    """An invoice over 236.00."""
    item = company.item()
    company.buy(line(item, 2, 50))
    found = company.sell(line(item, 2))
    assert found["grand_total"] == 236
    return found


def allocate(company: Company, payment: Row, invoice: Row, amount: Any) -> Row:
    return company.submit(
        "Allocation", payment=payment["id"], sales_invoice=invoice["id"], amount=amount
    )


def left(company: Company, doctype: str, document: Row) -> Decimal:
    name = "unallocated" if doctype == "Payment" else "outstanding"
    return Decimal(get(company.actor, doctype, [document["id"]]).rows[0][name])


def test_no_more_is_settled_than_is_open(company: Company, sale: Row) -> None:
    paid = company.pay(1000)
    with pytest.raises(LimitExceeded) as refused:
        allocate(company, paid, sale, "236.01")
    assert {problem.code for problem in refused.value.problems} <= {
        "limit.open_item",
        "limit.settled",
    }
    allocate(company, paid, sale, "235.99")
    with pytest.raises(LimitExceeded):
        allocate(company, paid, sale, "0.02")
    allocate(company, paid, sale, "0.01")
    with pytest.raises(LimitExceeded):
        allocate(company, paid, sale, "0.01")
    assert left(company, "Sales Invoice", sale) == 0
    assert left(company, "Payment", paid) == 764
    assert verify(None) == []


def test_no_more_is_used_than_was_paid(company: Company, sale: Row) -> None:
    paid = company.pay(100)
    with pytest.raises(LimitExceeded):
        allocate(company, paid, sale, "100.01")
    allocate(company, paid, sale, 100)
    with pytest.raises(LimitExceeded):
        allocate(company, paid, sale, "0.01")
    assert left(company, "Sales Invoice", sale) == 136


def test_what_was_settled_is_not_cancelled(company: Company, sale: Row) -> None:
    paid = company.pay(236)
    allocation = allocate(company, paid, sale, 236)
    for doctype, document in (("Sales Invoice", sale), ("Payment", paid)):
        with pytest.raises(InUse) as refused:
            company.cancel(doctype, document)
        assert f"Allocation {allocation['number']} refers to this" in refused.value.detail
        assert f"Cancel Allocation {allocation['number']} first" in refused.value.detail
    company.cancel("Allocation", allocation)
    assert left(company, "Sales Invoice", sale) == left(company, "Payment", paid) == 236
    company.cancel("Payment", paid)
    company.cancel("Sales Invoice", sale)
    assert left(company, "Sales Invoice", sale) == left(company, "Payment", paid) == 0
    assert verify(None) == []


def test_what_was_cancelled_settles_nothing(company: Company, sale: Row) -> None:
    paid = company.pay(236)
    company.cancel("Payment", paid)
    with pytest.raises(DocumentError):
        allocate(company, paid, sale, 1)
    other = company.pay(236)
    company.cancel("Sales Invoice", sale)
    with pytest.raises(DocumentError):
        allocate(company, other, sale, 1)
    company.cancel("Payment", other)


def test_an_allocation_names_the_documents_it_settles(company: Company, sale: Row) -> None:
    paid = company.pay(100)
    allocation = allocate(company, paid, sale, 100)
    entries = company.entries("Receivables", allocation)
    assert {(e["document_type"], e["document_id"], e["amount"]) for e in entries} == {
        ("payment", paid["id"], D(100)),
        ("sales_invoice", sale["id"], D(-100)),
    }
    assert all(e["party_id"] == sale["customer"] for e in entries)
    assert all(e["origin_id"] == allocation["id"] for e in entries)


def test_a_balance_row_per_open_item(company: Company, sale: Row) -> None:
    paid = company.pay(100)
    allocate(company, paid, sale, 30)
    key = f"party,document,account|{company.actor.company_id}|{sale['customer']}|"
    for document, amount in ((sale, 206), (paid, -70)):
        where = [Condition("key", "starts", f"{key}{document['id']}|")]
        [row] = rows_of("led_receivables__balance", where)
        assert (row["amount"], row["amount_worth"]) == (amount, amount)


def test_suppliers_are_paid_alike(company: Company) -> None:
    bill = company.buy(line(company.item(), 1, 100))
    paid = company.pay(500, supplier="S1", direction="pay")

    def settle(amount: Any) -> Row:
        return company.submit(
            "Allocation", payment=paid["id"], purchase_invoice=bill["id"], amount=amount
        )

    with pytest.raises(LimitExceeded):
        settle("118.01")
    allocation = settle(118)
    assert left(company, "Purchase Invoice", bill) == 0
    with pytest.raises(InUse, match=str(allocation["number"])):
        company.cancel("Purchase Invoice", bill)
    assert verify(None) == []


def test_a_list_is_cancelled_with_what_refers_to_it_named(company: Company, sale: Row) -> None:
    """One settled invoice in a list keeps the whole list from being cancelled."""
    item = company.item()
    company.buy(line(item, 1, 50))
    other = company.sell(line(item, 1))
    allocate(company, company.pay(10), sale, 10)
    with pytest.raises(InUse):
        company.cancel("Sales Invoice", other, sale)
    states = [
        row["state"] for row in get(company.actor, "Sales Invoice", [other["id"], sale["id"]]).rows
    ]
    assert states == ["submitted", "submitted"]
