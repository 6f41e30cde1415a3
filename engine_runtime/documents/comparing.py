"""Two states of one document side by side, as a person is shown them: fields that change, rows that come and go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field, Table
from engine.kernel.finding import path_of
from engine.kernel.rows import Row
from engine_runtime.documents.difference import plain


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of a row (of the table at ``table``) that is there before and after; ``place``: ``items[0].rate``."""

    table: str
    place: str
    field: Field
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that comes, or goes, with the rows below it; ``place``: ``slabs[1]`` where it will stand, or stood."""

    table: str
    place: str
    is_new: bool
    row: Row


Change = FieldChange | RowChange


def changes(doctype: Doctype, old: Row, new: Row) -> list[Change]:
    """What is different in ``new``; rows are the same where their ids are."""
    return list(_of_row(doctype, doctype.head, old, new))


def _of_row(doctype: Doctype, table: Table, old: Row, new: Row) -> Iterator[Change]:
    for field in table.columns:
        before, after = old[field.name], new[field.name]
        if plain(before) != plain(after):
            place = path_of(new, table.path, field.name)
            yield FieldChange(table.path, place, field, before, after)
    for path in table.children:
        name = path.rpartition(".")[2]
        yield from _of_rows(doctype, doctype.tables[path], old[name], new[name])


def _of_rows(doctype: Doctype, table: Table, old: list[Row], new: list[Row]) -> Iterator[Change]:
    before = {row["id"]: row for row in old}
    after = {row["id"]: row for row in new}
    for number, row in before.items():
        if number not in after:
            yield RowChange(table.path, path_of(row, table.path), False, row)
    for number, row in after.items():
        if number in before:
            yield from _of_row(doctype, table, before[number], row)
        else:
            yield RowChange(table.path, path_of(row, table.path), True, row)
