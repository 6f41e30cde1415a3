"""From a case of ``invoice_tax.json`` to an invoice of the standard pack, and back to its figures."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.money import round_half_up
from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.documents import service
from engine_runtime.exchange.company import found_company, load_reference
from tests.pack.vectors import DATA

Case = Mapping[str, Any]

ZERO = Decimal("0.00")
COMPONENTS = ("cgst", "sgst", "utgst", "igst", "cess")
KINDS = {
    "tax_invoice": "Sales Invoice",
    "credit_note": "Credit Note",
    "purchase_invoice": "Purchase Invoice",
}
TREATMENTS = ("taxable", "nil", "exempt", "non_gst")
CUSTOMER_CATEGORIES = (
    "registered",
    "composition",
    "unregistered",
    "sez",
    "overseas",
    "deemed_export",
)
HOME = "INR"
ABROAD = "96"


def not_expressible(case: Case) -> str | None:
    """Why the doctypes of the pack cannot say this case; None if they can."""
    given = case["input"]
    if given["doc_type"] not in KINDS:
        return f"there is no doctype for a {given['doc_type'].replace('_', ' ')} yet"
    if given["customer"]["category"] not in CUSTOMER_CATEGORIES:
        return f"there is no customer category {given['customer']['category']}"
    freight = given.get("freight")
    if freight and freight["treatment"] != "apportion_by_value":
        return f"freight is only shared by value, not {freight['treatment']}"
    if any(line["treatment"] not in TREATMENTS for line in given["lines"]):
        return "a treatment that is none of taxable, nil, exempt and non-GST"
    return None


@dataclass
class Market:
    """Makes the masters that the cases speak of, each once."""

    actor: Actor
    shipped: list[dict[str, str]]
    codes: set[str]
    units: set[str]
    made: dict[tuple[Any, ...], str] = field(default_factory=dict)

    @classmethod
    def open(cls) -> Market:
        """A company with the reference data of the pack."""
        load_reference(system_actor(), DATA)
        company = found_company(
            DATA, {"code": "TEST", "name": "Test company", "currency": "INR", "round_off": False}
        )
        actor = system_actor(company["id"])
        for name, code in (
            ("Customer Group", "ALL"),
            ("Supplier Group", "ALL"),
            ("Item Group", "ALL"),
        ):
            service.create(actor, name, [{"code": code, "name": "All"}])
        return cls(
            actor,
            _csv("gst_rates"),
            {r["code"] for r in _csv("hsn")},
            {r["code"] for r in _csv("units")},
        )

    def document(self, case: Case) -> dict[str, Any]:
        """The invoice or bill of a case, as a person would type it."""
        given = case["input"]
        purchase = given["doc_type"] == "purchase_invoice"
        ours, theirs = ("customer", "supplier") if purchase else ("supplier", "customer")
        document = {
            "posting_date": given["date"],
            "branch": self.branch(given[ours], given["zero_rated_mode"]),
            "moves_stock": False,
            "prices_include_tax": given["price_mode"] == "inclusive",
            "reverse_charge": given["reverse_charge"],
            "round_off": given["round_off"],
            "currency": given["currency"],
            "exchange_rate": given["exchange_rate"],
            "items": [self.line(line, given["date"]) for line in given["lines"]],
        }
        if purchase:
            document |= {
                "supplier": self.supplier(given[theirs]),
                "bill_number": case["id"],
                "bill_date": given["date"],
            }
        else:
            document["customer"] = self.customer(given[theirs], given["place_of_supply"])
        if given["doc_type"] == "credit_note":
            # The case does not tell the day of the supply, only its rate.
            document |= {"supplied_on": given["date"], "reason": case["title"]}
        if given.get("invoice_discount"):
            kind = given["invoice_discount"]["type"]
            document[f"discount_{kind}"] = given["invoice_discount"]["value"]
        if given.get("freight"):
            document["charges"] = [{"kind": "freight", "amount": given["freight"]["amount"]}]
        return document

    def line(self, line: Case, day: str) -> dict[str, Any]:
        """One line; price and quantity as the case has them."""
        row = {"item": self.item(line, day), "quantity": line["qty"], "rate": line["price"]}
        if line["discount"]:
            row[f"discount_{line['discount']['type']}"] = line["discount"]["value"]
        return row

    def branch(self, party: Case, zero_rated: str | None) -> str:
        """Our own registration; without a GSTIN (a purchase of a case) still in its State."""
        sez = bool(party.get("sez") or party.get("category") == "sez")
        scheme = party.get("scheme", "regular")
        key = ("Branch", party["gstin"], party["state_code"], scheme, sez, zero_rated)
        return self._once(key, "Branch", {
            "name": "Branch", "gstin": party["gstin"], "gst_state": party["state_code"],
            "scheme": scheme, "is_sez": sez, "zero_rated": zero_rated or "lut",
        })  # fmt: skip

    def customer(self, party: Case, place: str) -> str:
        """A customer without a State of its own has none here either; abroad is State 96."""
        state = party["state_code"] or (ABROAD if place == ABROAD else None)
        key = ("Customer", party["gstin"], state, party["category"])
        return self._once(key, "Customer", {
            "name": "Customer", "group": "ALL", "gstin": party["gstin"], "gst_state": state,
            "category": party["category"],
        })  # fmt: skip

    def supplier(self, party: Case) -> str:
        """A supplier without GSTIN is not registered."""
        category = "unregistered"
        if party["gstin"]:
            category = "composition" if party["scheme"] == "composition" else "registered"
        if party.get("sez"):
            category = "sez"
        key = ("Supplier", party["gstin"], party["state_code"], category)
        return self._once(key, "Supplier", {
            "name": "Supplier", "group": "ALL", "gstin": party["gstin"],
            "gst_state": party["state_code"], "category": category,
        })  # fmt: skip

    def item(self, line: Case, day: str) -> str:
        """An item; a rate of its own where the rates of the pack say otherwise than the case."""
        figures = (line["treatment"], line["gst_rate"], line["cess_rate"], line["cess_per_unit"])
        wanted = (figures[0], *(Decimal(figure) for figure in figures[1:]))
        special = self._shipped_rate(line["hsn"], day) != wanted
        key = ("Item", line["hsn"], line["unit"], *(figures if special else ()))
        known = key in self.made
        self._need(line)
        code = self._once(key, "Item", {
            "name": line["description"], "group": "ALL", "hsn": line["hsn"], "stock_unit": line["unit"],
        })  # fmt: skip
        if special and not known:
            service.create(self.actor, "GST Rate", [{
                "hsn": line["hsn"], "item": code, "treatment": figures[0], "percent": figures[1],
                "cess_percent": figures[2], "cess_per_unit": figures[3], "valid_from": "2017-07-01",
            }])  # fmt: skip
        return code

    def _need(self, line: Case) -> None:
        if line["hsn"] not in self.codes:
            self.codes.add(line["hsn"])
            row = {"code": line["hsn"], "description": line["description"]}
            service.create(self.actor, "HSN", [row])
        if line["unit"] not in self.units:
            self.units.add(line["unit"])
            service.create(self.actor, "Unit", [{"code": line["unit"], "name": line["unit"]}])

    def _shipped_rate(self, code: str, day: str) -> tuple[Any, ...] | None:
        for row in self.shipped:
            if row["hsn"] == code and row["valid_from"] <= day <= (row["valid_to"] or "9999"):
                figures = (row["percent"], row["cess_percent"], row["cess_per_unit"])
                return (row["treatment"], *(Decimal(figure) for figure in figures))
        return None

    def _once(self, key: tuple[Any, ...], doctype: str, record: dict[str, Any]) -> str:
        if key not in self.made:
            code = f"{doctype[0]}{len(self.made):03}"
            filled = {name: value for name, value in record.items() if value is not None}
            service.create(self.actor, doctype, [{"code": code, **filled}])
            self.made[key] = code
        return self.made[key]


def _csv(name: str) -> list[dict[str, str]]:
    [file] = (f for f in DATA.rglob(f"{name}.csv") if f.parent.name == "data")
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


# --- back to figures -------------------------------------------------------------------------


def figures(document: dict[str, Any]) -> dict[str, Any]:
    """Lines, rate summary and totals of a worked-out document, in company currency."""
    rate = document["exchange_rate"]
    lines = [_line(row, rate) for row in document["items"]]
    return {
        "lines": lines,
        "rate_summary": _summary(document, lines),
        "totals": _totals(document, lines, rate),
    }


def _line(row: dict[str, Any], rate: Decimal) -> dict[str, Any]:
    taxes: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for tax in row["taxes"]:
        taxes[tax["component"]] += tax["amount"]
    amounts = {
        "gross": row["gross"],
        "line_discount": row["line_discount"],
        "invoice_discount": row["discount_share"],
        "freight": row["charge_share"],
        "taxable_value": row["taxable"],
        **{name: taxes[name] for name in COMPONENTS},
        "line_total": row["total"],
    }
    return {"no": row["index"], **{name: _home(value, rate) for name, value in amounts.items()}}


def _home(amount: Decimal, rate: Decimal) -> Decimal:
    """Worth in company currency. Cases convert line by line, so totals are the sums of lines."""
    return round_half_up(amount * rate, 2)


def _summary(document: dict[str, Any], lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sums: dict[Decimal, dict[str, Decimal]] = {}
    for row, line in zip(document["items"], lines, strict=True):
        if row["treatment"] == "taxable":
            entry = sums.setdefault(
                row["gst_rate"], dict.fromkeys(("taxable_value", *COMPONENTS), ZERO)
            )
            for name in entry:
                entry[name] += line[name]
    return [{"gst_rate": rate, **sums[rate]} for rate in sorted(sums)]


def _totals(document: dict[str, Any], lines: list[dict[str, Any]], rate: Decimal) -> dict[str, Any]:
    """The document's own totals; of a document in another currency the sums of its lines' worth."""
    if rate != 1:
        return _worth_totals(document, lines, rate)
    taxes = {name: sum((line[name] for line in lines), ZERO) for name in COMPONENTS}
    return {
        **taxes,
        "total_tax": sum(taxes.values(), ZERO),
        "taxable_value": document["taxable_total"],
        "exempt_nil_value": document["exempt_total"],
        "non_gst_value": document["non_gst_total"],
        "tax_charged_to_recipient": document["tax_total"],
        "tax_payable_by_recipient_under_rcm": document["reverse_tax_total"],
        "total_before_round_off": document["net_total"] + document["tax_total"],
        "round_off": document["rounding"],
        "grand_total": document["grand_total"],
    }


def _worth_totals(
    document: dict[str, Any], lines: list[dict[str, Any]], rate: Decimal
) -> dict[str, Any]:
    def total(name: str, *treatments: str) -> Decimal:
        pairs = zip(document["items"], lines, strict=True)
        found = [
            line[name] for row, line in pairs if not treatments or row["treatment"] in treatments
        ]
        return sum(found, ZERO)

    taxes = {name: total(name) for name in COMPONENTS}
    tax = sum(taxes.values(), ZERO)
    before = total("line_total")
    rounding = _home(document["rounding"], rate)
    return {
        **taxes,
        "total_tax": tax,
        "taxable_value": total("taxable_value", "taxable"),
        "exempt_nil_value": total("taxable_value", "nil", "exempt"),
        "non_gst_value": total("taxable_value", "non_gst"),
        "tax_charged_to_recipient": ZERO if document["reverse_charge"] else tax,
        "tax_payable_by_recipient_under_rcm": tax if document["reverse_charge"] else ZERO,
        "total_before_round_off": before,
        "round_off": rounding,
        "grand_total": before + rounding,
    }


def expected(case: Case) -> dict[str, Any]:
    """The figures a case asks for, as decimals."""
    wanted = case["expected"]
    return {
        "lines": [_decimals(line) for line in wanted["lines"]],
        "rate_summary": [_decimals(row) for row in wanted["rate_summary"]],
        "totals": _decimals(wanted["totals"]),
    }


def _decimals(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: Decimal(v) if isinstance(v, str) else v for name, v in row.items()}
