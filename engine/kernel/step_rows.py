"""The verb ``rows``: rows made from a source; a row that is made again stays the row that it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from engine.catalog.calculation import RowsStep
from engine.catalog.fields import Table
from engine.kernel.calculation import Calculation, store
from engine.kernel.finding import path_of
from engine.kernel.periods import SourceRefused
from engine.kernel.rows import Row, new_row, rows_at
from engine.kernel.sources import source_rows
from engine.kernel.stored import OVERFLOW, as_stored

_NOTHING = Decimal(0)


def make_rows(calculation: Calculation, step: RowsStep) -> None:
    """Run the step for every row of its ``each``."""
    for row in rows_at(calculation.document, step.each):
        make_rows_of(calculation, step, row)


def make_rows_of(calculation: Calculation, step: RowsStep, parent: Row) -> None:
    """Run the step for one row of its ``each``."""
    table = calculation.doctype.tables[step.into]
    name = step.into.rpartition(".")[2]
    if step.editable and any(row["typed"] for row in parent[name]):
        return
    frame = calculation.frame(parent)
    known = Kept(table, parent, name, step.identity)
    if step.when is None or step.when.run(frame) is True:
        for values in _made(calculation, step, parent, frame):
            _write(calculation, step, known, values)
    known.close()


def _made(
    calculation: Calculation, step: RowsStep, parent: Row, frame: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """The values of every row that is to be."""
    try:
        rows = source_rows(step.source, frame)
    except SourceRefused as refused:
        calculation.find("rows.too_many", path_of(parent, step.each), str(refused))
        return
    inner = dict(frame)
    if step.want is None or step.take is None:
        for row in rows:
            inner[step.source.name] = row
            yield {name: value.run(inner) for name, value in step.set.items()}
        return
    wanted = step.want.run(frame) or _NOTHING
    left = wanted
    for row in rows:
        if left <= 0:
            return
        inner[step.source.name] = row
        taken = min(left, step.take.run(inner) or _NOTHING)
        if taken > 0:
            left -= taken
            inner["taken"] = taken
            yield {name: value.run(inner) for name, value in step.set.items()}
    if left > 0:
        _short(calculation, step, parent, wanted, left)


def _short(
    calculation: Calculation, step: RowsStep, parent: Row, wanted: Decimal, left: Decimal
) -> None:
    name = step.into.rpartition(".")[2]
    label = name.replace("_", " ")
    calculation.find(
        "rows.short",
        path_of(parent, step.each, name),
        f"{label[:1].upper()}{label[1:]}: {left:f} of {wanted:f} cannot be taken from anywhere.",
        hint="Take less, or choose by hand." if step.editable else "Take less.",
    )


def _write(calculation: Calculation, step: RowsStep, known: Kept, values: dict[str, Any]) -> None:
    fields = calculation.doctype.tables[step.into].fields
    row = known.take(tuple(_as_kept(fields[name], values[name]) for name in step.identity))
    for name, value in values.items():
        store(calculation, step.into, row, fields[name], value)


def _as_kept(field: Any, value: Any) -> Any:
    stored = as_stored(field, value)
    return None if stored is OVERFLOW else stored


class Kept:
    """The rows that a table had before it is made again: who asks for the same key gets the same row.

    Rows with the same key are given out in their order; without ``identity`` the place is the key.
    """

    def __init__(
        self, table: Table, parent: Row, name: str, identity: tuple[str, ...]
    ) -> None:  # fmt: skip
        self._table = table
        self._parent = parent
        self._name = name
        self._rows: list[Row] = []
        self._there: dict[tuple[Any, ...], list[Row]] = {}
        for row in parent[name]:
            key = tuple(row[field] for field in identity)
            self._there.setdefault(key, []).append(row)

    def take(self, key: tuple[Any, ...]) -> Row:
        """The row of this key that was there, emptied of nothing, or a new one; it stands next."""
        there = self._there.get(key)
        if there:
            row = there.pop(0)
            row["index"] = len(self._rows) + 1
        else:
            row = new_row(self._table, self._parent, len(self._rows) + 1)
            row["id"] = None
        self._rows.append(row)
        return row

    def close(self) -> None:
        """The table has the rows that were taken, and no others."""
        self._parent[self._name] = self._rows


def clear(rows: Iterable[Row], name: str) -> None:
    """Empty a table of every row."""
    for row in rows:
        row[name] = []
