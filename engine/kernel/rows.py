"""Walking the rows of a document (see ``engine.catalog`` for what a row is)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Table, child_path
from engine.money import round_half_up

WORTH_SCALE: Final = 2
"""Decimals of company currency."""

Row = dict[str, Any]
Facts = dict[str, dict[int, Row]]

VEILED: Final = "veiled"
"""Mark of a fact of which the actor may know nothing: every field of it is None."""


def rows_at(document: Row, path: str) -> list[Row]:
    """Every row of the table at ``path`` in document order; ``[document]`` for the head."""
    rows = [document]
    if path:
        for name in path.split("."):
            rows = [child for row in rows for child in row[name]]
    return rows


def rows_below(parent: Row, path: str, below: str) -> list[Row]:
    """Every row of the table ``below`` that belongs to ``parent``, a row of the table at ``path``."""
    return rows_at(parent, below[len(path) :].strip("."))


def new_row(table: Table, parent: Row | None = None, index: int = 0) -> Row:
    """An empty row: every field None, every child table empty, nothing typed over."""
    row: Row = {}
    for field in table.fields.values():
        row[field.name] = [] if field.type == "table" else None
    row["typed"] = ""
    if parent is not None:
        row["parent"] = parent
        row["index"] = index
    return row


def append_row(row: Row, name: str, child_table: Table) -> Row:
    """Add an empty row to child table ``name`` of ``row`` and return it."""
    child = new_row(child_table, row, len(row[name]) + 1)
    child["id"] = None
    row[name].append(child)
    return child


def copied(doctype: Doctype, table: Table, row: Row, parent: Row | None = None) -> Row:
    """A row with its child rows, each a dict of its own."""
    result: Row = dict(row)
    if parent is not None:
        result["parent"] = parent
    for name in (f.name for f in table.fields.values() if f.type == "table"):
        below = doctype.tables[child_path(table.path, name)]
        result[name] = [copied(doctype, below, child, result) for child in row[name]]
    return result


def tables_in_order(doctype: Doctype) -> list[Table]:
    """The tables of a doctype, every parent before its children."""
    return sorted(
        doctype.tables.values(), key=lambda table: table.path.count(".") + bool(table.path)
    )


def linked_ids(doctype: Doctype, document: Row) -> frozenset[int]:
    """Every record that ``document`` links to."""
    return frozenset(
        row[link.name]
        for table in tables_in_order(doctype)
        for link in table.columns
        if link.type == "link"
        for row in rows_at(document, table.path)
        if row[link.name] is not None
    )


def is_typed(row: Row, field: str) -> bool:
    """Whether a person typed over ``field`` of ``row``."""
    typed = row["typed"]
    return bool(typed) and field in typed.split(",")


def is_kept(row: Row, field: str) -> bool:
    """Whether ``field`` of ``row`` is a part of another row's: then nothing works it out again."""
    return field in row.get("kept", ())


def worth_at(doctype: Doctype, document: Row) -> Callable[[Decimal], Decimal]:
    """What ``frame['worth']`` is: an amount of ``document`` in company currency, at its rate of then."""
    field = doctype.rate

    def worth(amount: Decimal) -> Decimal:
        rate = document.get(field) if field is not None else None
        return amount if rate is None else round_half_up(amount * rate, WORTH_SCALE)

    return worth
