"""Why a value is what it is, told from a document that was worked out in memory."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.compiler.compile import compile_folder
from engine.kernel.explain import Explanation, NoSuchField, explain, explain_at
from engine.testing.life import Life
from engine.testing.stage import Moment
from engine.testing.story import play

COMMON = Path(__file__).parents[1] / "cases" / "common"


@pytest.fixture(scope="module")
def why() -> Any:
    """Explains a field of the invoice with an inclusive price, discounts and freight."""
    catalog = compile_folder(COMMON).catalog
    assert catalog is not None
    stage = Life(catalog, Moment(date(2026, 4, 10), "tester", None, None))
    assert not play(stage, catalog.tests["Inclusive price, discounts, freight and rounding"])
    kind = catalog.doctypes["Sales Invoice"]
    invoice = stage.document(kind.name, stage.documents(kind.name)[0])

    def ask(path: str, name: str) -> Explanation:
        row = invoice if not path else invoice["items"][0]
        row = row["taxes"][0] if path == "items.taxes" else row
        return explain(kind, row, path, name, stage.frame_of(kind, invoice))

    return ask


def _values(found: Explanation) -> dict[str, Any]:
    return {part.text: part.value for part in found.inputs}


def test_a_formula_names_its_parts_with_their_values(why: Any) -> None:
    found = why("", "grand_total")
    assert (found.by, found.text) == ("formula", "net_total + tax_total + rounding")
    assert _values(found) == {
        "net_total": Decimal("304.24"),
        "tax_total": Decimal("54.76"),
        "rounding": Decimal("0.00"),
    }


def test_sums_are_one_part(why: Any) -> None:
    assert _values(why("", "net_total")) == {"sum(items.taxable)": Decimal("304.24")}


def test_a_share_tells_the_whole_and_the_weights(why: Any) -> None:
    found = why("items", "charge_share")
    assert (found.by, found.key) == ("distribute", "freight")
    assert _values(found) == {
        "sum(charges.amount)": Decimal("59.00"),
        "row.amount - row.discount_share": Decimal("300.00"),
        "sum(row.amount - row.discount_share)": Decimal("300.00"),
    }


def test_tax_tells_the_rule_set_and_what_it_was_given(why: Any) -> None:
    found = why("items.taxes", "amount")
    assert (found.by, found.text, found.key) == ("tax", "GST", "tax")
    assert _values(found)["percent"] == Decimal("18.0000")


def test_what_a_person_typed_is_said_to_be_typed(why: Any) -> None:
    assert why("items", "rate").by == "person"


def test_a_place_leads_to_a_field_and_to_why_a_rule_set_answered_so() -> None:
    catalog = compile_folder(COMMON).catalog
    assert catalog is not None
    stage = Life(catalog, Moment(date(2026, 4, 10), "tester", None, None))
    assert not play(stage, catalog.tests["Inclusive price, discounts, freight and rounding"])
    kind = catalog.doctypes["Sales Invoice"]
    invoice = stage.document(kind.name, stage.documents(kind.name)[0])
    frame = stage.frame_of(kind, invoice)
    told = {"items[0].taxes": "GST at 18 percent"}
    found = explain_at(kind, invoice, "items[0].taxes[0].amount", frame, told)
    assert (found.by, found.because) == ("tax", "GST at 18 percent")
    assert explain_at(kind, invoice, "grand_total", frame, told).because == ""
    with pytest.raises(NoSuchField, match="row 'items\\[9\\]'"):
        explain_at(kind, invoice, "items[9].rate", frame, told)
    with pytest.raises(NoSuchField, match="no field 'rote'"):
        explain_at(kind, invoice, "items[0].rote", frame, told)
