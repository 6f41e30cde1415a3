"""Converting rows column by column: the converters of a set of columns are made once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engine.plan.spec import ColumnSpec, TableSpec
from engine_runtime.tables.converters import WRONG, Convert
from engine_runtime.tables.errors import NameUnknown, ValueRefused

Rows = list[tuple[Any, ...]]


def columns_of(table: TableSpec, names: Sequence[str]) -> tuple[ColumnSpec, ...]:
    """The columns of these names. Raises NameUnknown."""
    known = table.by_name
    missing = [name for name in names if name not in known]
    if missing:
        raise NameUnknown(f"Table {table.name} has no column {missing[0]}.")
    return tuple(known[name] for name in names)


def convert_columns(
    table: TableSpec,
    columns: Sequence[ColumnSpec],
    converts: Sequence[Callable[[Sequence[Any]], Any]],
    values: Sequence[Sequence[Any]],
) -> list[Any]:
    """Each of ``values`` (a list per column) by its converter. Raises ValueRefused naming the column."""
    if len(values) != len(converts):
        raise ValueRefused(
            f"{table.name}: {len(values)} values in a row of {len(converts)} columns."
        )
    found: list[Any] = []
    try:
        for convert, column_values in zip(converts, values, strict=True):
            found.append(convert(column_values))
    except WRONG as error:
        column = columns[len(found)]
        raise ValueRefused(
            f"{table.name}.{column.name} ({column.kind}) cannot hold a value of"
            f" {_first_wrong(converts[len(found)], values[len(found)])}: {error}."
        ) from error
    return found


def _first_wrong(convert: Callable[[Sequence[Any]], Any], values: Sequence[Any]) -> str:
    for value in values:
        try:
            convert([value])
        except WRONG:
            return repr(value)[:80]
    return "this batch"


class Readers:
    """The readers of result columns, made once per set of columns."""

    def __init__(self, make: Callable[[ColumnSpec], Convert | None]) -> None:
        self._make = make
        self._made: dict[int, tuple[tuple[ColumnSpec, ...], tuple[tuple[int, Convert], ...]]] = {}

    def convert(self, columns: tuple[ColumnSpec, ...], rows: Rows) -> Rows:
        """``rows`` with the values of ``columns`` as Python values."""
        readers = self._for(columns)
        if not readers or not rows:
            return rows
        by_column: list[Sequence[Any]] = list(zip(*rows, strict=True))
        for place, reader in readers:
            by_column[place] = [None if v is None else reader(v) for v in by_column[place]]
        return list(zip(*by_column, strict=True))

    def _for(self, columns: tuple[ColumnSpec, ...]) -> tuple[tuple[int, Convert], ...]:
        # Told apart by identity: hashing a specification costs more than converting a row.
        made = self._made.get(id(columns))
        if made is None or made[0] is not columns:
            found = ((place, self._make(column)) for place, column in enumerate(columns))
            made = (columns, tuple((place, reader) for place, reader in found if reader))
            if len(self._made) > 2000:
                self._made.clear()
            self._made[id(columns)] = made
        return made[1]
