"""Defaults are taken in the order in which they read each other, wherever the fields stand."""

from __future__ import annotations

from datetime import date
from time import process_time
from typing import Any

from engine.catalog.browser import client_catalog
from engine.kernel.defaults import fill_defaults
from engine.kernel.rows import append_row, new_row
from tests.kernel.programs import compiled

FEE = """
doctype: Fee
fields:
  total: {type: integer, default: "=sum(parts.amount) + base"}
  dear:  {type: boolean, default: =base > 1}
  base:  {type: integer, default: =first + 1}
  first: {type: integer, default: 1}
  parts:
    type: table
    fields:
      amount: {type: integer, default: "=parent.base * row_factor"}
      row_factor: {type: integer, default: 10}
"""


def filled(text: str, rows: int = 0, **given: Any) -> dict[str, Any]:
    doctype = compiled(text).doctypes["Fee"]
    row = new_row(doctype.head) | given
    for _ in range(rows):
        append_row(row, "parts", doctype.tables["parts"])
    fill_defaults(doctype, row, {}, today=date(2026, 5, 1), user="ann")
    return row


def test_a_default_finds_those_that_are_declared_after_it() -> None:
    row = filled(FEE, rows=2)
    assert (row["first"], row["base"], row["dear"]) == (1, 2, True)
    assert [part["amount"] for part in row["parts"]] == [20, 20]
    assert row["total"] == 42, "rows first, where the head adds them up"


def test_a_default_follows_what_a_person_gave() -> None:
    row = filled(FEE, rows=1, first=4)
    assert (row["base"], row["parts"][0]["amount"], row["total"]) == (5, 50, 55)


def test_thousands_of_defaults_may_build_on_each_other() -> None:
    fields = "".join(f"  f{i}: {{type: integer, default: =f{i + 1} + 1}}\n" for i in range(1, 3000))
    begin = process_time()
    row = filled(f"doctype: Fee\nfields:\n{fields}  f3000: {{type: integer, default: 1}}\n")
    assert row["f1"] == 3000
    assert process_time() - begin < 10


def test_a_browser_renews_what_hangs_on_a_field_by_another_default() -> None:
    (fee,) = client_catalog(compiled(FEE))["doctypes"].values()
    fields = fee["tables"][""]["fields"]
    assert fields["dear"]["default_reads"] == ["base", "first"]
    assert fields["first"]["default_reads"] == []
