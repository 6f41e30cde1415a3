"""A choice that the ``where`` of a link rules out: what does not hold is told in words, and what to choose."""

from __future__ import annotations

from typing import Any

import pytest

from engine.kernel.rows import Row
from engine.kernel.validate import validate
from tests.kernel.programs import compiled, document

PROGRAM = """
doctype: Place
tree: above
fields:
  above:    {type: link, to: Place}
  kind:     {type: choice, options: [shop, store]}
  is_group: {type: boolean}
  closed:   {type: date}
  size:     {type: integer}
  keeper:   {type: link, to: Keeper}
---
doctype: Keeper
fields:
  trade: {type: text, length: 20}
---
doctype: Order
fields:
  day:    {type: date}
  trade:  {type: text, length: 20}
  region: {type: link, to: Place}
  place:  {type: link, to: Place, where: "@"}
  lines:  {type: table, fields: {kind: {type: text, length: 9}, place: {type: link, to: Place, where: "%"}}}
"""
PLACE = {"id": 7, "above": 8, "kind": "shop", "is_group": True, "closed": None, "size": 5, "keeper": 9}  # fmt: skip
FACTS: dict[str, dict[int, Row]] = {
    "Place": {7: PLACE, 8: {**PLACE, "id": 8, "above": None}},
    "Keeper": {9: {"id": 9, "trade": "baker"}},
}


def told(head: str, line: str = "row.size > 0", **values: Any) -> list[tuple[str, str, str]]:
    catalog = compiled(PROGRAM.replace("@", head).replace("%", line))
    order = document(catalog, "Order", {"place": 7, **values})
    found = validate(catalog.doctypes["Order"], order, FACTS)
    return [(f.path, f.message, f.hint) for f in found if f.code == "link.not_allowed"]


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("not row.is_group", "Is group has to be no"),
        ("row.kind == 'store'", "Kind has to be 'store'"),
        ("row.kind == 'store' and row.size > 3", "Kind has to be 'store'"),
        ("row.kind == 'store' and not row.is_group", "Kind has to be 'store' and Is group has to be no"),
        ("10 <= row.size", "Size has to be at least 10"),
        ("row.kind != 'shop'", "Kind must not be 'shop'"),
        ("not row.kind == 'shop'", "Kind must not be 'shop'"),
        ("row.size in [1, 2]", "Size has to be one of 1, 2"),
        ("row.kind not in ['shop']", "Kind must not be one of 'shop'"),
        ("row.closed is not null", "Closed has to be filled in"),
        ("row.keeper is null", "Keeper has to be empty"),
        ("row.keeper.trade == trade", "Trade of Keeper has to be the Trade here"),
        ("row.above == region", "Above has to be the Region here"),
        ("row.size < 5 or row.kind == 'store'", "Size has to be less than 5 or Kind has to be 'store'"),
        ("row.size * 2 < 5", "row.size * 2 < 5 has to hold"),
        ("row.closed >= date(2026, 5, 1)", "row.closed >= date(2026, 5, 1) has to hold"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_told(where: str, says: str) -> None:
    sentence = f"Place: this choice is not allowed here: {says}."
    assert told(where, trade="smith", region=7) == [
        ("place", sentence, "Choose a Place that fits.")
    ]


def test_rows_of_a_table_tell_of_the_document_above() -> None:
    ((path, sentence, _),) = told(
        "row.size > 0", "row.keeper.trade == parent.trade", trade="smith", lines=[{"place": 7}]
    )
    assert path == "lines[0].place"
    assert sentence.endswith("Trade of Keeper has to be the Trade of the document.")
