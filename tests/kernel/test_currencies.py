"""Money and its currency: the worth of documents, the currency of an amount."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.catalog.whole import Catalog
from engine.kernel.calculate import Calculation, calculate
from engine.kernel.rows import Row, append_row, new_row
from tests.language.programs import compile_text, good

INR, USD, EUR = 1, 2, 3
FACTS: dict[str, dict[int, Row]] = {
    "Company": {10: {"id": 10, "currency": INR}},
    "Currency": {
        n: {"id": n, "code": code} for n, code in ((INR, "INR"), (USD, "USD"), (EUR, "EUR"))
    },
    "Invoice": {
        5: {
            "id": 5,
            "company": 10,
            "currency": USD,
            "exchange_rate": Decimal("84.1275"),
            "total": Decimal("10.01"),
        }
    },
    "Invoice.items": {6: {"id": 6, "parent": 5, "amount": Decimal("0.55")}},
    "Item": {7: {"id": 7, "code": "S", "stock_unit": "tablet"}},
}


def catalog() -> Catalog:
    compiled = compile_text(good("currencies"))
    assert compiled.problems == ()
    assert compiled.catalog is not None
    return compiled.catalog


def worked_out(name: str, **values: Any) -> Row:
    known = catalog()
    doctype = known.doctypes[name]
    head = new_row(doctype.head) | {"id": 1, "company": 10} | values
    assert calculate(Calculation(known, doctype, head, FACTS, {})) == []
    return head


def test_worth_is_at_the_rate_of_the_document_that_the_amount_is_of() -> None:
    receipt = worked_out(
        "Receipt",
        invoice=5,
        line=6,
        received_in=EUR,
        received=Decimal("9.50"),
        charge=Decimal("0.25"),
    )
    assert receipt["billed"] == Decimal("842.12"), "10.01 × 84.1275 = 842.116275"
    assert receipt["billed_line"] == Decimal("46.27"), "0.55 × 84.1275 = 46.270125"
    assert receipt["net"] == Decimal("9.25")


def test_the_currency_of_an_amount_is_a_record() -> None:
    receipt = worked_out("Receipt", invoice=5, line=6, received_in=EUR, received=Decimal(1))
    assert (receipt["is_foreign"], receipt["same"], receipt["name_of"]) == (True, False, "USD")
    receipt = worked_out("Receipt", invoice=5, line=6, received_in=USD, received=Decimal(1))
    assert (receipt["is_foreign"], receipt["same"]) == (True, True)


def test_own_amounts_are_worth_their_own_rate() -> None:
    known = catalog().doctypes["Invoice"]
    head = new_row(known.head) | {
        "id": 1,
        "company": 10,
        "currency": USD,
        "exchange_rate": Decimal(80),
    }
    row = append_row(head, "items", known.tables["items"])
    row |= {"item": 7, "unit": "strip", "quantity": Decimal(2), "price": Decimal("0.70")}
    assert calculate(Calculation(catalog(), known, head, FACTS, {})) == []
    assert (head["in_rupees"], row["dearer"]) == (Decimal("112.00"), True)
