"""Expressions for SQLite, which has no decimals: numbers in columns are scaled integers, others the text of a decimal.

What integers do exactly (equal scales, sums, order) is done by SQLite itself, so that indexes serve; all else by
functions of the connection, which are the very ones of ``engine.expr``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from engine.expr.closures_logic import COMPARISONS
from engine.expr.functions import FUNCTIONS
from engine.expr.library import move_date
from engine.expr.sql_nodes import NoSqlForm, Operation
from engine.money import divide
from engine.plan.spec import ColumnSpec
from engine_runtime.tables.holding import Kind, Piece, Renderer, digits_of, kind_of

_LETTERS: Mapping[Kind, str] = {
    "number": "n", "text": "t", "boolean": "b", "date": "d", "record": "r", "null": "t",
}  # fmt: skip
_DATES = frozenset({"date+", "date-", "add_days", "add_months", "month_start", "month_end"})
_TEXTS = frozenset({"concat", "trim", "slice"})
_TESTS = frozenset({"starts_with", "ends_with", "contains"})
_PLACES = 12


class SQLiteRenderer(Renderer):
    """The dialect."""

    def of_column(self, text: str, spec: ColumnSpec, kind: Kind) -> Piece:
        if kind != "number":
            return Piece(text, kind)
        if spec.kind == "integer":
            return Piece(text, kind, 19, 0, native=0)
        return Piece(text, kind, spec.precision - spec.scale, spec.scale, native=spec.scale)

    def value(self, value: Any, *, record: bool = False) -> Piece:
        kind: Kind = "record" if record and value is not None else kind_of(value)
        if kind == "null":
            return Piece("NULL", kind)
        if kind == "number":
            return Piece(self.parameter(format(Decimal(value), "f")), kind, *digits_of(value))
        return Piece(self.parameter(_stored(value)), kind)

    def alike(self, parts: Sequence[Piece]) -> list[Piece]:
        """Branches of one kind: numbers all as texts, unless they are alike already."""
        scales = {part.native for part in parts if part.kind != "null"}
        return list(parts) if len(scales) == 1 else [self.decimal(part) for part in parts]

    def decimal(self, part: Piece) -> Piece:
        """A number as the text of a decimal."""
        if part.kind != "number" or part.native is None:
            return part
        text = f"bahi_decimal({part.text}, {part.native})"
        return Piece(text, "number", part.whole, part.scale)

    def compare(self, sign: str, a: Piece, b: Piece) -> Piece:
        if "null" in (a.kind, b.kind):
            return Piece("NULL", "boolean")
        operator = {"==": "=", "!=": "<>"}.get(sign, sign)
        if a.kind != "number" or (a.native is not None and a.native == b.native):
            return Piece(f"({a.text} {operator} {b.text})", "boolean")
        return Piece(self._run(sign, [a, b]), "boolean")

    def arithmetic(self, name: str, parts: Sequence[Piece], whole: int, scale: int) -> Piece:
        return Piece(self._run(name, parts), "number", whole, scale)

    def counted(self, text: str) -> Piece:
        return Piece(text, "number", 10, 0, native=0)

    def extreme(self, kind: str, body: Piece) -> str:
        if body.kind == "boolean":
            raise NoSqlForm(f"{kind}() of conditions has no form for databases.")
        if body.kind == "number" and body.native is None:
            # Over no rows at all, an aggregate of the driver gives what another one left behind.
            return f"CASE WHEN count({body.text}) > 0 THEN bahi_{kind}({body.text}) END"
        return f"{kind}({body.text})"

    def total(self, body: Piece) -> Piece:
        if body.native is None:
            text = f"CASE WHEN count({body.text}) > 0 THEN bahi_sum({body.text}) ELSE '0' END"
            return Piece(text, "number", body.whole, body.scale)
        text = f"coalesce(sum({body.text}), 0)"
        return Piece(text, "number", body.whole, body.scale, body.native)

    def function(self, node: Operation, parts: Sequence[Piece]) -> Piece:
        name = node.name
        if name == "slice":
            return Piece(self._run(name, parts, *node.bounds), "text")
        text = self._run(name, parts, *node.words)
        if name in _TEXTS:
            return Piece(text, "text")
        if name in _DATES:
            return Piece(text, "date")
        if name in _TESTS:
            return Piece(text, "boolean")
        if name in ("min", "max"):
            whole, scale = max(p.whole for p in parts), max(p.scale for p in parts)
            return Piece(text, parts[0].kind, whole, scale)
        if name in ("round", "floor", "ceil"):
            return Piece(text, "number", max(parts[0].whole, _PLACES) + 1, _PLACES)
        return Piece(text, "number", 20, 0)

    def _run(self, name: str, parts: Sequence[Piece], *words: Any) -> str:
        """A call of the connection's function: name, kinds, operands; written words follow as they are."""
        texts = [self.decimal(part).text for part in parts]
        letters = "".join(_LETTERS[part.kind] for part in parts) + "w" * len(words)
        given = [self.parameter(name), self.parameter(letters), *texts]
        return f"bahi_run({', '.join([*given, *(self.parameter(word) for word in words)])})"


def _stored(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and "\x00" in value:
        raise NoSqlForm("A text with the character NUL has no form for databases.")
    return value.isoformat() if isinstance(value, date) else value


# --- the functions of a connection ---------------------------------------------------------------


def install(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that the expressions call."""
    connection.create_function("bahi_run", -1, _run, deterministic=True)
    connection.create_function("bahi_decimal", 2, _decimal, deterministic=True)
    for name, kind in (("bahi_sum", _Sum), ("bahi_min", _Least), ("bahi_max", _Greatest)):
        connection.create_aggregate(name, 1, kind)  # type: ignore[arg-type]


def _decimal(scaled: int | None, scale: int) -> str | None:
    return None if scaled is None else str(Decimal(scaled).scaleb(-scale))


def _run(name: str, letters: str, *given: Any) -> Any:
    values = [_READ[letter](value) for letter, value in zip(letters, given, strict=True)]
    if any(value is None for value, letter in zip(values, letters, strict=True) if letter != "w"):
        return None
    return _written(_OPERATIONS[name](*values))


def _written(value: Any) -> Any:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


_READ: Mapping[str, Callable[[Any], Any]] = {
    "n": lambda value: None if value is None else Decimal(value),
    "d": lambda value: None if value is None else date.fromisoformat(value),
    "b": lambda value: None if value is None else bool(value),
    "t": lambda value: value, "r": lambda value: value, "w": lambda value: value,
}  # fmt: skip


def _round(value: Decimal, *rest: Any) -> Decimal:
    places = rest[0] if rest and isinstance(rest[0], Decimal) else Decimal(0)
    mode = rest[-1] if rest and isinstance(rest[-1], str) else ""
    rounded: Decimal = FUNCTIONS["round"].run(value, places, mode)
    return rounded


_OPERATIONS: Mapping[str, Callable[..., Any]] = {
    **{name: function.run for name, function in FUNCTIONS.items() if "sql" in function.forms},
    **COMPARISONS,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": divide,
    "neg": lambda a: -a,
    "date+": move_date,
    "date-": lambda day, days: move_date(day, -days),
    "slice": lambda text, start, stop: text[start:stop],
    "round": _round,
}


class _Known:
    """An aggregate over the texts of decimals; nulls are left out."""

    def __init__(self) -> None:
        self.found: Decimal | None = None

    def step(self, text: str | None) -> None:
        if text is not None:
            self.take(Decimal(text))

    def take(self, number: Decimal) -> None:
        raise NotImplementedError

    def finalize(self) -> str | None:
        return None if self.found is None else str(self.found)


class _Sum(_Known):
    def take(self, number: Decimal) -> None:
        self.found = number if self.found is None else self.found + number

    def finalize(self) -> str:
        return str(self.found or 0)


class _Least(_Known):
    def take(self, number: Decimal) -> None:
        self.found = number if self.found is None else min(self.found, number)


class _Greatest(_Known):
    def take(self, number: Decimal) -> None:
        self.found = number if self.found is None else max(self.found, number)
