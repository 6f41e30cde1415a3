# ruff: noqa: S608 - every name comes from a table spec and is quoted, every value is a parameter
"""Expressions for PostgreSQL: numeric is exact; the 28 digits of the language are kept where more could come out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from engine.expr.sql_nodes import NoSqlForm, Operation
from engine.plan.spec import ColumnSpec
from engine_runtime.tables.holding import (
    LANGUAGE_DIGITS,
    Kind,
    Piece,
    Renderer,
    digits_of,
    kind_of,
    written_number,
)

_TYPES: Mapping[Kind, str] = {
    "number": "numeric", "text": "text", "boolean": "boolean", "date": "date", "record": "bigint",
}  # fmt: skip
_MOST_DAYS = 4_000_000
_MOST_MONTHS = 120_000
_LAST_PLACES = 12
_YEARS = "BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'"


class PostgreSQLRenderer(Renderer):
    """The dialect."""

    def of_column(self, text: str, spec: ColumnSpec, kind: Kind) -> Piece:
        if kind != "number":
            return Piece(text, kind)
        if spec.kind == "integer":
            return Piece(f"{text}::numeric", kind, 19, 0)
        return Piece(text, kind, spec.precision - spec.scale, spec.scale)

    def value(self, value: Any, *, record: bool = False) -> Piece:
        kind: Kind = "record" if record and value is not None else kind_of(value)
        if kind == "null":
            return Piece("NULL", kind)
        text = self.parameter(_text(value))
        if kind == "boolean":
            return Piece(f"{text}::boolean", kind)
        whole, scale = digits_of(value) if kind == "number" else (0, 0)
        return Piece(f"{text}::{_TYPES[kind]}", kind, whole, scale)

    def alike(self, parts: Sequence[Piece]) -> list[Piece]:
        return list(parts)

    def compare(self, sign: str, a: Piece, b: Piece) -> Piece:
        operator = {"==": "=", "!=": "<>"}.get(sign, sign)
        if "null" in (a.kind, b.kind):
            return Piece("NULL::boolean", "boolean")
        order = ' COLLATE "C"' if a.kind == "text" and sign not in ("==", "!=") else ""
        return Piece(f"({a.text} {operator} {b.text}{order})", "boolean")

    def arithmetic(self, name: str, parts: Sequence[Piece], whole: int, scale: int) -> Piece:
        if any(part.kind == "null" for part in parts):
            return Piece("NULL::numeric", "number", 1, 0)
        a, b = parts[0].text, parts[-1].text
        if name == "/":
            text = (
                "(SELECT sign(n) * sign(d) * div(abs(n) * 2000000000000 + abs(d), abs(d) * 2) * 0.000000000001"
                f" FROM (SELECT {a} AS n, nullif({b}, 0) AS d OFFSET 0) AS q)"
            )
            return Piece(text, "number", whole, scale)
        text = {"neg": f"(- {a})", "abs": f"abs({a})"}.get(name, f"({a} {name} {b})")
        if whole + scale > LANGUAGE_DIGITS:
            text = _at_most_28(text)
        return Piece(text, "number", whole, scale)

    def counted(self, text: str) -> Piece:
        return Piece(f"{text}::numeric", "number", 10, 0)

    def extreme(self, kind: str, body: Piece) -> str:
        if body.kind == "boolean":
            raise NoSqlForm(f"{kind}() of conditions has no form for databases.")
        order = ' COLLATE "C"' if body.kind == "text" else ""
        return f"{kind}({body.text}{order})"

    def total(self, body: Piece) -> Piece:
        return Piece(f"coalesce(sum({body.text}), 0)", "number", body.whole, body.scale)

    def function(self, node: Operation, parts: Sequence[Piece]) -> Piece:
        if any(part.kind == "null" for part in parts):
            return Piece("NULL", "null")
        if node.name in ("round", "floor", "ceil"):
            return self._rounded(node, parts[0])
        if node.name in ("min", "max"):
            return self._best(node.name, parts)
        if node.name == "slice":
            return Piece(_slice(parts[0].text, *node.bounds), "text")
        if node.name in ("date+", "date-", "add_days"):
            return self._moved("-" if node.name == "date-" else "+", parts)
        made = _FUNCTIONS.get(node.name)
        if made is None:
            raise NoSqlForm(f"{node.name}() has no form for databases.")
        kind, whole, write = made
        scale = 0
        return Piece(write(*(part.text for part in parts)), kind, whole, scale)

    def _rounded(self, node: Operation, of: Piece) -> Piece:
        places = max(-_LAST_PLACES, min(_LAST_PLACES, written_number(node, 1, self.frame, 0)))
        mode = {"floor": "floor", "ceil": "ceiling"}.get(node.name) or (*node.words, "half_up")[0]
        up, down = f"1e{places}::numeric", f"1e{-places}::numeric"
        text = {
            "half_up": f"round({of.text}, {places})",
            "down": f"trunc({of.text}, {places})",
            "floor": f"(floor({of.text} * {up}) * {down})",
            "ceiling": f"(ceil({of.text} * {up}) * {down})",
            "up": _with(of.text, f"(sign(v) * ceil(abs(v) * {up}) * {down})"),
            "half_even": _with(of.text, _half_even(str(places), up)),
        }[mode]
        return Piece(text, "number", max(of.whole, -places) + 1, max(places, 0))

    def _best(self, name: str, parts: Sequence[Piece]) -> Piece:
        order = ' COLLATE "C"' if parts[0].kind == "text" else ""
        names = [f"v{place}" for place in range(len(parts))]
        given = ", ".join(f"{p.text} AS {n}" for p, n in zip(parts, names, strict=True))
        best = "least" if name == "min" else "greatest"
        text = (
            f"(SELECT CASE WHEN num_nulls({', '.join(names)}) = 0 THEN {best}("
            f"{', '.join(n + order for n in names)}) END FROM (SELECT {given} OFFSET 0) AS q)"
        )
        whole, scale = max(p.whole for p in parts), max(p.scale for p in parts)
        return Piece(text, parts[0].kind, whole, scale)

    def _moved(self, sign: str, parts: Sequence[Piece]) -> Piece:
        text = (
            f"(SELECT CASE WHEN abs(n) <= {_MOST_DAYS} AND d {sign} trunc(n)::int {_YEARS}"
            f" THEN d {sign} trunc(n)::int END FROM (SELECT {parts[0].text} AS d, {parts[1].text} AS n OFFSET 0) AS q)"
        )
        return Piece(text, "date")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    if "\x00" in text:
        raise NoSqlForm("A text with the character NUL has no form for databases.")
    return text


def _with(text: str, body: str) -> str:
    """``body`` about ``v``, so that the part is written, and worked out, once.

    OFFSET 0, here and elsewhere, keeps the planner from putting the part in place of every ``v``: parts inside
    of parts would become as many as grains on a chess board.
    """
    return f"(SELECT {body} FROM (SELECT {text} AS v OFFSET 0) AS q)"


def _half_even(places: str, up: str) -> str:
    """``v`` rounded to ``places``, ties to the even digit; ``up`` is 10 to the power of places."""
    tie = f"abs(v - trunc(v, {places})) * {up} * 2 = 1 AND mod(trunc(v, {places}) * {up}, 2) = 0"
    return f"CASE WHEN {tie} THEN trunc(v, {places}) ELSE round(v, {places}) END"


def _at_most_28(text: str) -> str:
    """The language keeps 28 digits, half even; ``p``: how many decimals are left then."""
    digits = "length(ltrim(replace(abs(trim_scale(v))::text, '.', ''), '0'))"
    up = "('1e' || p)::numeric"
    return (
        f"(SELECT CASE WHEN more <= 0 THEN v ELSE {_half_even('p', up)} END FROM (SELECT v, more,"
        f" scale(trim_scale(v)) - more AS p FROM (SELECT v, {digits} - {LANGUAGE_DIGITS} AS more"
        f" FROM (SELECT {text} AS v OFFSET 0) AS q OFFSET 0) AS q OFFSET 0) AS q)"
    )


def _slice(text: str, start: int | None, stop: int | None) -> str:
    first = _place(start, "0")
    last = _place(stop, "length(v)")
    return _with(text, f"substr(v, {first} + 1, greatest({last} - {first}, 0))")


def _place(bound: int | None, otherwise: str) -> str:
    if bound is None:
        return otherwise
    return str(bound) if bound >= 0 else f"greatest(length(v) - {-bound}, 0)"


def _part(name: str) -> Callable[..., str]:
    return lambda day: f"extract({name} FROM {day})::numeric"


def _cut(unit: str, day: str) -> str:
    # As a timestamp without time zone: a date would become one with.
    return f"date_trunc('{unit}', ({day})::timestamp)"


_FUNCTIONS: Mapping[str, tuple[Kind, int, Callable[..., str]]] = {
    "length": ("number", 10, lambda text: f"length({text})::numeric"),
    "starts_with": ("boolean", 0, lambda text, part: f"starts_with({text}, {part})"),
    "contains": ("boolean", 0, lambda text, part: f"(position({part} IN {text}) > 0)"),
    "ends_with": ("boolean", 0, lambda text, part: f"(SELECT right(a, length(b)) = b FROM (SELECT {text} AS a, {part} AS b OFFSET 0) AS q)"),  # noqa: E501 - SQL in one piece
    "concat": ("text", 0, lambda *parts: f"({' || '.join(parts)})"),
    "trim": ("text", 0, lambda text: f"btrim({text}, ' ')"),
    "days": ("number", 20, lambda number: f"trunc({number})"),
    "year": ("number", 4, _part("year")),
    "month": ("number", 2, _part("month")),
    "day": ("number", 2, _part("day")),
    "week": ("number", 2, _part("week")),
    "weekday": ("number", 1, _part("isodow")),
    "days_between": ("number", 8, lambda start, end: f"({end} - {start})::numeric"),
    "month_start": ("date", 0, lambda day: f"{_cut('month', day)}::date"),
    "month_end": ("date", 0, lambda day: f"(({_cut('month', day)} + interval '1 month')::date - 1)"),
    "add_months": ("date", 0, lambda day, count: (
        f"(SELECT CASE WHEN abs(n) <= {_MOST_MONTHS} AND (d + make_interval(months => trunc(n)::int))::date {_YEARS}"
        " THEN (d + make_interval(months => trunc(n)::int))::date END"
        f" FROM (SELECT {day} AS d, {count} AS n OFFSET 0) AS q)"
    )),
}  # fmt: skip
