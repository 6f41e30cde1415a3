"""Backfills and new formulas over rows that are there."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine_runtime.access.actor import system_actor
from engine_runtime.active.catalog import active
from engine_runtime.active.sources import compile_sources
from engine_runtime.documents import service
from engine_runtime.documents.service import Reference
from engine_runtime.schema.apply import apply, planned
from engine_runtime.schema.errors import SchemaRefused
from tests.runtime.schema.test_change import (
    PACK,
    changed,
    columns,
    create,
    publish,
    stored,
)

pytestmark = pytest.mark.usefixtures("empty_database")

PLAIN = """
doctype: Plain
company: none
fields:
  text_of: {type: text}
  size: {type: integer}
  above: {type: link, to: Plain}
"""
PAPER = """
doctype: Paper
company: none
submittable: true
fields:
  size: {type: integer}
  plain: {type: link, to: Plain}
  lines: {type: table, fields: {amount: {type: decimal, scale: 2}}}
"""


def more(text: str, *fields: str) -> str:
    return changed(text, ("  size:", "".join(f"  {one}\n" for one in fields) + "  size:"))


@pytest.mark.parametrize(
    ("value", "whole", "cents"),
    [("3.5", 4, "3.50"), ("-2.5", -3, "-2.50"), ("7.004", 7, "7.00"), ("7.005", 7, "7.01")],
)
def test_a_backfill_rounds_as_everything_that_is_stored(value: str, whole: int, cents: str) -> None:
    publish(PLAIN)
    number = create("Plain", text_of=value)
    publish(
        more(
            PLAIN,
            'whole: {type: integer, required: true, default: 0, backfill: "number(text_of)"}',
            'cents: {type: decimal, scale: 2, backfill: "number(text_of)"}',
        )
    )
    found = stored("Plain", number)
    assert (found["whole"], found["cents"]) == (whole, Decimal(cents))


def test_nothing_for_a_required_field_refuses_the_publish_with_the_count() -> None:
    publish(PLAIN)
    numbers = [create("Plain", text_of=text) for text in ("1", "x", None, "many")]
    before = columns("doc_plain")
    wanted = more(
        PLAIN, 'whole: {type: integer, required: true, default: 0, backfill: "number(text_of)"}'
    )
    with pytest.raises(SchemaRefused) as caught:
        publish(wanted)
    assert caught.value.reasons[0] == (
        "doc_plain.whole is filled: nothing comes out of it, and the field is required (3 rows)"
    )
    assert (active().version, columns("doc_plain")) == (1, before)
    publish(changed(wanted, ('"number(text_of)"', '"coalesce(number(text_of), 9)"')))
    assert [stored("Plain", number)["whole"] for number in numbers] == [1, 9, 9, 9]


def test_an_optional_field_may_get_nothing_and_the_publish_says_for_how_many_rows() -> None:
    publish(PLAIN)
    numbers = [create("Plain", text_of=text) for text in ("1", "x", None)]
    sources = {
        "pack.yaml": PACK,
        "x.yaml": more(PLAIN, 'whole: {type: integer, backfill: "number(text_of)"}'),
    }
    catalog = compile_sources(sources).catalog
    assert catalog is not None
    said: list[str] = []
    apply(catalog, sources, said=said.append)
    assert [stored("Plain", number)["whole"] for number in numbers] == [1, None, None]
    assert "doc_plain.whole: nothing comes out of it for 2 rows" in said


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("short: {type: text, length: 3, backfill: text_of}", "'wood…' has more than 3 characters"),
        ("kind: {type: choice, options: [iron], backfill: text_of}", "'wood' is no option"),
        ("big: {type: decimal, scale: 2, backfill: '10000000000 * 10000000000'}", "has too many digits"),
    ],
)  # fmt: skip
def test_what_does_not_fit_refuses_the_publish_with_the_count(field: str, reason: str) -> None:
    publish(PLAIN)
    for _ in range(2):
        create("Plain", text_of="wood")
    with pytest.raises(SchemaRefused) as caught:
        publish(more(PLAIN, field))
    assert reason in caught.value.reasons[0]
    assert "(2 rows)" in caught.value.reasons[0]


def test_a_backfill_that_reads_what_is_new_is_refused_with_its_place() -> None:
    publish(PLAIN)
    create("Plain", text_of="wood")
    new = more(PLAIN, "one: {type: text, backfill: two}", "two: {type: text}")
    with pytest.raises(SchemaRefused, match=r"1\.yaml:6:31: E708: 'two' is new itself"):
        publish(new)
    catalog = compile_sources({"pack.yaml": PACK, "x.yaml": new}).catalog
    assert catalog is not None
    assert next(planned(catalog)).startswith("refused      x.yaml:6:31: E708")


def test_a_new_formula_is_worked_out_for_records_that_are_there() -> None:
    publish(PLAIN)
    top = create("Plain", size=7)
    number = create("Plain", size=8, above=top)
    publish(
        more(
            PLAIN,
            "half: {type: integer, formula: size / 2}",
            "both: {type: integer, formula: half + above.size * factor}",
            "factor: {type: integer, default: 10}",
        )
    )
    assert [stored("Plain", top)[name] for name in ("half", "both", "factor")] == [4, None, 10]
    assert [stored("Plain", number)[name] for name in ("half", "both")] == [4, 74]


def test_a_new_formula_is_worked_out_for_drafts_and_not_for_what_was_submitted() -> None:
    publish(PLAIN, PAPER)
    plain = create("Plain", size=2)
    paper = {"size": 8, "plain": plain, "lines": [{"amount": "1.25"}, {"amount": "2"}]}
    draft, done = create("Paper", **paper), create("Paper", **paper)
    service.submit(system_actor(), "Paper", [Reference(done)])
    new = changed(
        more(PAPER, "half: {type: integer, formula: size / plain.size}"),
        ("fields: {amount:", "fields: {times: {type: decimal, formula: amount * parent.size}, amount:"),
    )  # fmt: skip
    new = more(new, "total: {type: decimal, formula: sum(lines.amount)}")
    publish(PLAIN, new)
    found = stored("Paper", draft)
    assert (found["half"], [row["times"] for row in found["lines"]]) == (4, [10, 16])
    assert found["total"] is None, "rows are not at hand: at the next save"
    kept = stored("Paper", done)
    assert (kept["half"], [row["times"] for row in kept["lines"]]) == (None, [None, None])
    service.save(system_actor(), "Paper", [{"id": draft, "version": 1, "size": 10}])
    found = stored("Paper", draft)
    assert (found["half"], found["total"]) == (5, Decimal("3.25"))


def test_rows_that_are_linked_are_read_with_what_they_belong_to() -> None:
    slip = """
doctype: Slip
company: none
fields:
  line: {type: link, to: Paper.lines}
"""
    publish(PLAIN, PAPER, slip)
    paper = create("Paper", size=8, lines=[{"amount": "1.25"}])
    [line] = stored("Paper", paper)["lines"]
    number = create("Slip", line=line["id"])
    filled = changed(
        slip,
        ("  line:", "  amount: {type: decimal, backfill: line.amount}\n"
                    "  twice: {type: decimal, formula: line.amount * line.parent.size}\n  line:"),
    )  # fmt: skip
    publish(PLAIN, PAPER, filled)
    found = stored("Slip", number)
    assert (found["amount"], found["twice"]) == (Decimal("1.25"), Decimal(10))
