# ruff: noqa: S608 - every name comes from a table spec and is quoted, every value is a parameter
"""Which dialect renders an expression, and the query of the values that expressions have for rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from engine.expr.sql_nodes import SqlNode
from engine.plan.spec import ColumnSpec
from engine_runtime.tables.batch import Query
from engine_runtime.tables.holding import Below, Kind, Piece, Places, Renderer, Row
from engine_runtime.tables.holding_postgresql import PostgreSQLRenderer
from engine_runtime.tables.holding_sqlite import SQLiteRenderer
from engine_runtime.tables.identifiers import quote

_TOKEN = re.compile("\x01([0-9]+)\x01")


def _date(value: Any) -> date:
    """The driver of SQLite makes dates of plain columns itself."""
    return value if isinstance(value, date) else date.fromisoformat(value)


_READ: Mapping[Kind, Callable[[Any], Any]] = {
    "number": Decimal, "text": str, "boolean": bool, "date": _date, "record": int,
    "null": lambda value: value,
}  # fmt: skip


def renderer(
    vendor: str,
    places: Places,
    frame: Mapping[str, Any],
    root: Row,
    parameter: Callable[[Any], str],
) -> Renderer:
    """The renderer of a database; ``parameter`` notes a value and gives its mark."""
    if vendor == "postgresql":
        return PostgreSQLRenderer(places, frame, root, parameter)
    return SQLiteRenderer(places, frame, root, parameter)


class Marks:
    """Values on their way to be parameters: only those that the finished text still has become one."""

    def __init__(self) -> None:
        self._values: list[Any] = []

    def note(self, value: Any) -> str:
        """A token that stands for ``value`` in the text."""
        self._values.append(value)
        return f"\x01{len(self._values) - 1}\x01"

    def settle(self, text: str, parameter: Callable[[Any], str]) -> str:
        """``text`` with the marks that ``parameter`` gives for the values."""
        return _TOKEN.sub(lambda found: parameter(self._values[int(found[1])]), text)


class Values:
    """What expressions give for each row of ``key``, worked out by the database.

    ``query(ids)`` asks for rows by id; ``read(row)`` makes the values of one: the id first, then one per form,
    numbers as Decimal, dates as date. Raises NoSqlForm when it is made.
    """

    def __init__(
        self,
        vendor: str,
        key: str,
        forms: Sequence[SqlNode],
        places: Places,
        frame: Mapping[str, Any],
    ) -> None:
        self._vendor = vendor
        self._parameters: list[Any] = []
        self._root = Below("t", key, places)
        self._table = places.table(key)
        marks = Marks()
        made = renderer(vendor, places, frame, self._root, marks.note)
        pieces = [_outward(made, made.render(form)) for form in forms]
        self._pieces = [
            replace(piece, text=marks.settle(piece.text, self._mark)) for piece in pieces
        ]

    def query(self, ids: Sequence[int]) -> Query:
        """One statement for all the forms."""
        marks = ", ".join(f"{int(number)}" for number in ids)
        texts = ", ".join(["t.id", *(piece.text for piece in self._pieces)])
        sql = (
            f"SELECT {texts} FROM {quote(self._table.name)} AS t{''.join(self._root.joins)}"
            f" WHERE t.id IN ({marks or 'NULL'}) ORDER BY t.id"
        )
        columns = [ColumnSpec("id", "id"), *(ColumnSpec("v", "text") for _ in self._pieces)]
        return Query(sql, tuple(self._parameters), tuple(columns))

    def read(self, row: Sequence[Any]) -> list[Any]:
        """The values of one row of the answer."""
        values = [
            None if value is None else _READ[piece.kind](value)
            for piece, value in zip(self._pieces, row[1:], strict=True)
        ]
        return [row[0], *values]

    def _mark(self, value: Any) -> str:
        self._parameters.append(value)
        return f"{'$' if self._vendor == 'postgresql' else '?'}{len(self._parameters)}"


def _outward(made: Renderer, piece: Piece) -> Piece:
    """As it is read by everybody alike: numbers and dates as text."""
    if isinstance(made, SQLiteRenderer):
        return made.decimal(piece)
    if piece.kind in ("number", "date"):
        return Piece(f"({piece.text})::text", piece.kind)
    return piece
