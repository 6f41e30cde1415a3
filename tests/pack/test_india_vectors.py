"""Every invoice of ``invoice_tax.json`` that the pack can express, previewed and compared to the paisa."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine.kernel.numbering import plan_number
from engine_runtime.active.catalog import active
from engine_runtime.documents.previewing import Preview, preview
from tests.pack.invoices import KINDS, Market, expected, figures, not_expressible
from tests.pack.vectors import TALLY, cases

CASES = cases("invoice_tax")
PAISA = Decimal("0.01")
"""What conversion may leave over per line of an invoice in another currency."""


@pytest.fixture(scope="module")
def market(module_database: None) -> Market:
    return Market.open()


@pytest.mark.india_vectors
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_invoice(case: dict[str, Any], market: Market) -> None:
    reason = not_expressible(case)
    if reason is not None:
        TALLY.left[case["id"]] = reason
        return
    TALLY.failed.add(case["id"])
    kind = KINDS[case["input"]["doc_type"]]
    made = preview(market.actor, kind, [market.document(case)])[0]
    problems = [f for f in made.problems if f.action == "refuse"]
    assert problems == []
    assert figures(made.document) == expected(case)
    assert made.document["regime"].upper() == case["expected"]["regime"]
    assert _document_type(kind, made) == case["expected"]["document"]
    _check_entries(made, case)
    TALLY.failed.discard(case["id"])
    TALLY.met.add(case["id"])


def _document_type(kind: str, made: Preview) -> str:
    """What the number series says the paper is."""
    plan = plan_number(active().catalog.doctypes[kind], made.document, made.facts)
    assert plan is not None
    assert len(plan.prefix) + plan.width + len(plan.suffix) <= 16
    series = plan.series.split("|")[1]
    papers = {"invoice_cum_bill": "INVOICE_CUM_BILL_OF_SUPPLY", "bill": "PURCHASE_INVOICE"}
    return papers.get(series, series.upper())


def _check_entries(made: Preview, case: dict[str, Any]) -> None:
    """The journal balances, and the party is debited or credited with the grand total."""
    general = made.entries.get("General", [])
    assert sum(e.worth["debit"] for e in general) == sum(e.worth["credit"] for e in general)
    owed = sum(entry.worth["amount"] for entry in made.entries.get("Receivables", []))
    owed -= sum(entry.worth["amount"] for entry in made.entries.get("Payables", []))
    if case["input"]["doc_type"] == "credit_note":
        owed = -owed
    leftover = abs(owed - expected(case)["totals"]["grand_total"])
    foreign = case["input"]["currency"] != "INR"
    assert leftover <= (PAISA * len(case["input"]["lines"]) if foreign else 0)
