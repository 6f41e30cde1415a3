"""Documents made out of others: the invoice makes its payment, the payment its allocation."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine_runtime.documents import service
from engine_runtime.documents.errors import DocumentInvalid, NotFound
from engine_runtime.documents.making import new
from engine_runtime.ledgers.verify import verify
from tests.company import Company, found, line, rows_of

D = Decimal


@pytest.fixture(scope="module")
def company(module_database: None) -> Company:
    return found()


def typed(document: dict[str, Any]) -> dict[str, Any]:
    """What a form sends of a made document: all that is filled in and nobody works out."""
    names = (
        "posting_date",
        "direction",
        "customer",
        "supplier",
        "amount",
        "payment",
        "credit_note",
    )
    more = ("sales_invoice", "purchase_invoice", "original", "branch")
    return {name: document[name] for name in (*names, *more) if document.get(name) is not None}


def test_an_invoice_makes_its_payment_and_that_its_allocation(company: Company) -> None:
    code = company.item()
    company.buy(line(code, 5, 100))
    sale = company.sell(line(code, 1, 100))
    (made,) = new(company.actor, "Payment", ("Sales Invoice", sale["id"])).rows
    assert made["id"] is None
    assert (made["direction"], made["customer"], made["amount"]) == (
        "receive",
        sale["customer"],
        D("118.00"),
    )
    (paid,) = service.create(
        company.actor, "Payment", [{**typed(made), "mode": "BANK"}], submit=True
    )
    (rest,) = new(company.actor, "Allocation", ("Payment", paid["id"])).rows
    assert (rest["payment"], rest["amount"]) == (paid["id"], D("118.00"))
    service.create(
        company.actor, "Allocation", [{**typed(rest), "sales_invoice": sale["id"]}], submit=True
    )
    (again,) = new(company.actor, "Payment", ("Sales Invoice", sale["id"])).rows
    assert again["amount"] == 0


def test_a_credit_note_knows_its_invoice(company: Company) -> None:
    code = company.item()
    company.buy(line(code, 5, 100))
    sale = company.sell(line(code, 1, 100))
    (made,) = new(company.actor, "Credit Note", ("Sales Invoice", sale["id"])).rows
    assert (made["original"], made["customer"]) == (sale["id"], sale["customer"])


def test_only_what_is_submitted_and_declared_makes_something(company: Company) -> None:
    code = company.item()
    bill = {"customer": "C1", "branch": "PUN", "items": [line(code, 1, 100)]}
    (draft,) = service.create(company.actor, "Sales Invoice", [bill])
    with pytest.raises(DocumentInvalid, match="Submit the Sales Invoice first"):
        new(company.actor, "Payment", ("Sales Invoice", draft["id"]))
    with pytest.raises(NotFound, match="is not made from"):
        new(company.actor, "Stock Entry", ("Sales Invoice", draft["id"]))


def test_a_branch_with_another_code_goes_on_counting(company: Company) -> None:
    """A series whose text changes has no gap; only a number that is gone is one."""
    code = company.item()
    company.buy(line(code, 5, 100))
    before = company.sell(line(code, 1, 100))["number"]
    (branch,) = [row for row in rows_of("doc_branch") if row["code"] == "PUN"]
    change = {"id": branch["id"], "version": branch["version"], "code": "PNQ"}
    (changed,) = service.save(company.actor, "Branch", [change])
    after = company.sell(line(code, 1, 100), branch="PNQ")["number"]
    assert int(after[-5:]) == int(before[-5:]) + 1
    assert verify(None) == []
    back = {"id": branch["id"], "version": changed["version"], "code": "PUN"}
    service.save(company.actor, "Branch", [back])


def test_a_warning_comes_with_the_stored_record(company: Company) -> None:
    other_state = {"gstin": "29ZZQFB5678K1ZG", "gst_state": "27"}
    fields = {"name": "Far", "group": "ALL", "category": "registered", **other_state}
    stored = company.make("Customer", **fields)
    assert [(w.code, w.path) for w in stored["warnings"]] == [("check.gstin_state", "gstin")]
    near = company.make("Customer", **fields | {"name": "Near", "gst_state": "29"})
    assert near["warnings"] == []
