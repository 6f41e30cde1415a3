"""How long it takes to work an invoice out, without a database: ``python -m bench.calculating RESULT.json``.

Sales invoices of the shipped pack with GST of two components on every line: 10 lines, 1,000 lines, and one
cell changed in 1,000 lines.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.measure import Times
from engine.catalog.graph import Graph
from engine.catalog.whole import Catalog
from engine.compiler.compile import compile_folder
from engine.kernel.calculate import calculate
from engine.kernel.calculation import Calculation
from engine.kernel.recalculate import recalculate
from engine.kernel.rows import Row, append_row, new_row
from scripts.places import ROOT

INVOICE = "Sales Invoice"
FEW, MANY = 10, 1_000
REPETITIONS = 7
DAY = date(2026, 5, 4)
_STATE, _CUSTOMER, _BRANCH, _ITEM, _UNIT, _HSN, _COMPANY, _CURRENCY = range(1, 9)


def main(result: Path) -> None:
    catalog = compile_folder(ROOT / "metadata").catalog
    assert catalog is not None
    found: dict[str, Any] = {}
    for name, lines in (("calculate_10_lines", FEW), ("calculate_1000_lines", MANY)):
        invoice = _invoice(catalog, lines)
        times = Times()
        for _ in range(REPETITIONS):
            times.take(lambda row=invoice: calculate(_case(catalog, row)))  # type: ignore[misc]
        assert invoice["tax_total"] == 18 * lines, invoice["tax_total"]
        found[name] = {"p50_ms": round(times.p50_ms, 2), "lines": lines}
    found["recalculate_1000_lines"] = {"p50_ms": _one_cell(catalog, invoice), "lines": MANY}
    result.write_text(json.dumps(found))


def _one_cell(catalog: Catalog, invoice: Row) -> float:
    graph = Graph(catalog.doctypes[INVOICE])
    line = invoice["items"][500]
    times = Times()
    for _ in range(REPETITIONS):
        line["quantity"] += 1
        times.take(
            lambda: recalculate(_case(catalog, invoice), graph, [("items", line, "quantity")])
        )
    return round(times.p50_ms, 2)


def _case(catalog: Catalog, invoice: Row) -> Calculation:
    return Calculation(catalog, catalog.doctypes[INVOICE], invoice, _facts(), _candidates())


def _invoice(catalog: Catalog, lines: int) -> Row:
    doctype = catalog.doctypes[INVOICE]
    row = new_row(doctype.head)
    row |= {
        "id": 1, "company": _COMPANY, "state": "draft", "posting_date": DAY, "branch": _BRANCH,
        "customer": _CUSTOMER, "currency": _CURRENCY, "reverse_charge": False,
    }  # fmt: skip
    for _ in range(lines):
        line = append_row(row, "items", doctype.tables["items"])
        line |= {"item": _ITEM, "unit": _UNIT, "hsn": _HSN, "quantity": Decimal(1)}
    return row


def _facts() -> dict[str, dict[int, Row]]:
    return {
        "State": {_STATE: {"id": _STATE, "code": "27", "is_union_territory": False}},
        "Customer": {_CUSTOMER: {"id": _CUSTOMER, "gst_state": _STATE, "category": "registered"}},
        "Branch": {
            _BRANCH: {
                "id": _BRANCH, "gst_state": _STATE, "scheme": "regular", "is_sez": False, "zero_rated": "none",
            }
        },
        "Item": {
            _ITEM: {
                "id": _ITEM, "hsn": _HSN, "stock_unit": _UNIT, "standard_price": Decimal(100),
                "reverse_charge": False, "is_stocked": True,
            }
        },
        "Company": {_COMPANY: {"id": _COMPANY, "currency": _CURRENCY, "round_off": False}},
    }  # fmt: skip


def _candidates() -> dict[str, list[Row]]:
    """A rate of 18 percent; no prices of customers, so that the item's own is taken."""
    rate = {
        "id": 90, "hsn": _HSN, "item": None, "treatment": "taxable", "percent": Decimal(18),
        "cess_percent": Decimal(0), "cess_per_unit": Decimal(0), "valid_from": None, "valid_to": None,
    }  # fmt: skip
    return {"GST Rate": [rate]}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
