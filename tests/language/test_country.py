"""What packs say of fiscal years and large numbers reaches every function that goes by them."""

from __future__ import annotations

from datetime import date

import pytest

from engine.catalog.whole import Catalog
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
