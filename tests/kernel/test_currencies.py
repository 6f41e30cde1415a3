"""Money and its currency: the worth of documents, the currency of an amount."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from engine.catalog.whole import Catalog
from engine.kernel.calculate import Calculation, calculate
from engine.kernel.rows import Row, append_row, new_row
from tests.language.programs import catalog_of, good

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


RATES: list[Row] = [
    {"id": n, "currency": EUR, "into": INR, "since": date(2026, month, 1), "rate": Decimal(rate)}
    for n, month, rate in ((1, 4, "90.10"), (2, 11, "92.3333"), (3, 12, "99"))
]


def catalog() -> Catalog:
    return catalog_of(good("currencies"))


def worked_out(name: str, **values: Any) -> Row:
    known = catalog()
    doctype = known.doctypes[name]
    head = new_row(doctype.head) | {"id": 1, "company": 10} | values
    assert calculate(Calculation(known, doctype, head, FACTS, {"Currency Rate": RATES})) == []
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


def test_money_is_converted_at_the_rate_of_the_day() -> None:
    paid = {"invoice": 5, "line": 6, "received": Decimal("9.50"), "received_in": EUR}
    receipt = worked_out("Receipt", **paid, on_date=date(2026, 11, 21))
    assert receipt["at_day"] == Decimal("877.17"), "9.50 × 92.3333 = 877.16635"
    assert receipt["gained"] == Decimal("35.05")
    assert worked_out("Receipt", **paid, on_date=date(2026, 5, 1))["at_day"] == Decimal("855.95")
    assert worked_out("Receipt", **paid, on_date=None)["at_day"] is None
    own = worked_out("Receipt", **{**paid, "received_in": INR}, on_date=date(2020, 1, 1))
    assert own["at_day"] == Decimal("9.50"), "nobody is asked for the rate of a currency in itself"


def test_a_rate_that_nobody_recorded_is_said() -> None:
    known = catalog()
    doctype = known.doctypes["Receipt"]
    head = new_row(doctype.head) | {
        "id": 1,
        "company": 10,
        "received": Decimal(1),
        "received_in": EUR,
    }
    head |= {"on_date": date(2026, 1, 1), "invoice": 5}
    findings = calculate(Calculation(known, doctype, head, FACTS, {"Currency Rate": RATES}))
    assert [finding.code for finding in findings] == ["rule.no_answer"]


def test_quantities_are_converted_by_an_exact_ratio() -> None:
    known = catalog().doctypes["Invoice"]
    head = new_row(known.head) | {
        "id": 1,
        "company": 10,
        "currency": INR,
        "exchange_rate": Decimal(1),
    }
    for unit, quantity, stock in (
        ("strip", "2.5", "30"),
        ("dozenth", "36", "7"),
        ("tablet", "4", "4"),
    ):
        row = append_row(head, "items", known.tables["items"])
        row |= {"item": 7, "unit": unit, "quantity": Decimal(quantity), "price": Decimal(1)}
        row["stock_quantity"] = Decimal(stock)
    assert calculate(Calculation(catalog(), known, head, FACTS, {})) == []
    assert [row["tablets"] for row in head["items"]] == [Decimal(25), Decimal(3), Decimal(4)]
    assert [row["strips"] for row in head["items"]] == [Decimal(3), Decimal(84), Decimal(4)]
