"""What packs say of fiscal years, large numbers and digits reaches every function that goes by them."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from engine.catalog.browser import client_catalog
from engine.catalog.whole import Catalog
from engine.expr.formats import shown
from engine.expr.program import Template
from tests.architecture.sources import ROOT
from tests.language.programs import compile_text

JULY = "fiscal_year: {starts: 07-01}\nlarge_numbers: {Lakh: 100000, Crore: 10000000}\n"
BOOKS = """
pack: books
version: 1.0.0
{said}---
doctype: Slip
company: none
name: {{by: code}}
fields:
  code:  {{type: text, length: 20}}
  day:   {{type: date}}
  sum:   {{type: decimal}}
  year:  {{type: text, formula: fiscal_year(day).label}}
  part:  {{type: integer, formula: quarter(day)}}
  first: {{type: date, formula: quarter_start(day)}}
  last:  {{type: date, formula: quarter_end(day)}}
  ends:  {{type: date, formula: year_end(day)}}
  words: {{type: text, formula: "amount_in_words(sum, 'Euros', 'Cents')"}}
  world: {{type: text, formula: "amount_in_words(sum, 'Euros', 'Cents', 'million')"}}
"""


def books(said: str) -> Catalog:
    compiled = compile_text(BOOKS.format(said=said))
    assert compiled.catalog is not None, compiled.problems
    return compiled.catalog


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("", ["2026", 3, date(2026, 7, 1), date(2026, 9, 30), date(2026, 12, 31)]),
        (JULY, ["2026-27", 1, date(2026, 7, 1), date(2026, 9, 30), date(2027, 6, 30)]),
        (
            "fiscal_year: {starts: 02-01}\n",
            ["2026-27", 3, date(2026, 8, 1), date(2026, 10, 31), date(2027, 1, 31)],
        ),
    ],
)
def test_the_pack_says_when_the_year_begins(said: str, expected: list[object]) -> None:
    fields = books(said).doctypes["Slip"].fields
    frame = {"this": {"day": date(2026, 8, 9)}, "facts": {}}
    found = [
        formula.run(frame)
        for name in ("year", "part", "first", "last", "ends")
        if (formula := fields[name].formula) is not None
    ]
    assert found == expected


def test_the_pack_says_how_large_numbers_are_called() -> None:
    frame = {"this": {"sum": 12_345_678}, "facts": {}}
    plain, lakh = (books(said).doctypes["Slip"].fields for said in ("", JULY))
    for fields, name, expected in (
        (plain, "words", "Euros Twelve Million Three Hundred"),
        (lakh, "words", "Euros One Crore Twenty Three Lakh"),
        (lakh, "world", "Euros Twelve Million Three Hundred"),
    ):
        formula = fields[name].formula
        assert formula is not None
        assert formula.run(frame).startswith(expected)


DIGITS = json.loads((ROOT / "tests" / "vectors" / "digits.json").read_text())


def test_numbers_have_their_digits_in_groups_as_in_the_browser() -> None:
    seen = [
        (shown(Decimal(text), ",".join(map(str, DIGITS["groups"][name])), places), wanted)
        for text, places, by_name in DIGITS["cases"]
        for name, wanted in by_name.items()
    ]
    assert len(seen) > 30
    assert [found for found, _ in seen] == [wanted for _, wanted in seen]


SHOWN = """
pack: books
version: 1.0.0
{said}---
doctype: Slip
company: none
submittable: true
number: {{on: submit, max_length: 40, series: {{one: {{text: "{{sum:.0}}/{{counter:3}}"}}}}}}
fields:
  sum:   {{type: money}}
  count: {{type: integer}}
  said:  {{type: text, length: 80, formula: "text('{{}} {{:.1}} {{:,}} {{:,.0}}', sum, sum, sum, sum)"}}
validate:
  told: {{check: count > 0, message: "{{sum}} {{sum:.1}} {{count}} {{count:,}} {{count:9}}"}}
"""


@pytest.mark.parametrize(
    ("said", "told", "written"),
    [
        ("", "1,234,567.50 1,234,567.5 -7654321 -7,654,321 -07654321", "1,234,567.50 1,234,568"),
        (
            "digit_groups: 3, 2\n",
            "12,34,567.50 12,34,567.5 -7654321 -76,54,321 -07654321",
            "12,34,567.50 12,34,568",
        ),
        (
            "digit_groups: none\n",
            "1234567.50 1234567.5 -7654321 -7654321 -07654321",
            "1234567.50 1234568",
        ),
    ],
)
def test_the_pack_says_how_digits_stand_together(said: str, told: str, written: str) -> None:
    """In texts for people amounts are grouped; ``text()`` makes codes as well, and groups where it is told to."""
    compiled = compile_text(SHOWN.format(said=said))
    assert compiled.catalog is not None, compiled.problems
    slip = compiled.catalog.doctypes["Slip"]
    frame = {"this": {"sum": Decimal("1234567.50"), "count": -7654321}, "row": None, "facts": {}}
    assert slip.checks["told"].message.run(frame) == told
    formula = slip.fields["said"].formula
    assert formula is not None
    assert formula.run(frame) == f"1234567.50 1234567.5 {written}"
    assert slip.number is not None
    series: Template = slip.number.series["one"].text
    assert series.run(frame).startswith("1234568/")
    groups = {"": [3], "digit_groups: 3, 2\n": [3, 2], "digit_groups: none\n": []}[said]
    assert client_catalog(compiled.catalog)["digit_groups"] == groups
