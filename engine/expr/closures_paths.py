"""Closures of names and paths. Own records are dicts; others are ids, looked up in ``facts``.

A null on the way makes the path null, and so does a fact that is not at hand. A fact may also be
given as a dict (a candidate row); then its fields are read from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from engine.expr.nodes import Edge, Field, Let, Member, Name, Node, Pluck, Worth
from engine.expr.types import Any as AnyType
from engine.expr.types import Record, Rows

Frame: TypeAlias = Mapping[str, Any]
Run: TypeAlias = Callable[[Frame], Any]
Build: TypeAlias = Callable[[Node], Run]


def build_name(node: Name, _: Build) -> Run:
    name = node.name
    return lambda frame: frame[name]


_UNKNOWN = object()


def build_let(node: Let, build: Build) -> Run:
    """Worked out when it is first asked, then taken from ``frame['let']``."""
    work_out, key = build(node.value), id(node)

    def run(frame: Frame) -> Any:
        known = frame.get("let")
        if known is None:
            return work_out(frame)
        value = known.get(key, _UNKNOWN)
        if value is _UNKNOWN:
            value = known[key] = work_out(frame)
        return value

    return run


def build_field(node: Field, build: Build) -> Run:
    if isinstance(node.type, Rows):
        return _rows_field(node, build)
    own = all(record.own for record in node.records)
    if own:
        if isinstance(node.of, Name):
            return _frame_field(node.of.name, node.name)
        return _own_field(build(node.of), node.name)
    if len(node.records) > 1:
        return _several_fact_field(build(node.of), node.records, node.name)
    return _fact_field(node, build)


def _frame_field(key: str, name: str) -> Run:
    """``this.name``: the most frequent of all, so nothing is tested until something is missing."""

    def run(frame: Frame) -> Any:
        row = frame[key]
        try:
            return row[name]
        except KeyError:
            return None
        except TypeError:
            return _of_no_row(row, name)

    return run


def _of_no_row(row: Any, name: str) -> Any:
    """A record of the frame may be absent (``old`` of a new document); anything else is a mistake."""
    if row is None:
        return None
    raise TypeError(f"'{name}' is asked of {type(row).__name__}, a row is expected")


def _own_field(of: Run, name: str) -> Run:
    def run(frame: Frame) -> Any:
        row = of(frame)
        return None if row is None else row.get(name)

    return run


def _fact_field(node: Field, build: Build) -> Run:
    doctype, name = node.records[0].key, node.name
    of = build(node.of)

    def run(frame: Frame) -> Any:
        key = of(frame)
        if key is None:
            return None
        try:
            return frame["facts"][doctype][key][name]
        except (KeyError, TypeError):
            return key.get(name) if key.__class__ is dict else None

    return run


def _several_fact_field(of: Run, records: tuple[Record, ...], name: str) -> Run:
    doctypes = tuple(record.key for record in records)

    def run(frame: Frame) -> Any:
        return fact(frame["facts"], of(frame), doctypes, name)

    return run


def fact(facts: Mapping[str, Any], key: Any, doctypes: tuple[str, ...], name: str) -> Any:
    """Field ``name`` of the record ``key``, whichever of ``doctypes`` it is of."""
    if key is None:
        return None
    if key.__class__ is dict:
        return key.get(name)
    for doctype in doctypes:
        row = facts.get(doctype, {}).get(key)
        if row is not None:
            return row.get(name)
    return None


def _rows_field(node: Field, build: Build) -> Run:
    """A child table: an empty list where there is none."""
    of, name = build(node.of), node.name
    doctypes = tuple(record.key for record in node.records)
    is_back = isinstance(node.type, Rows) and not node.type.of.own

    def run(frame: Frame) -> Any:
        row = of(frame)
        if row.__class__ is dict:
            return row.get(name) or (is_back and back_rows(frame, row, doctypes, name)) or ()
        return fact(frame["facts"], row, doctypes, name) or ()

    return run


def back_rows(frame: Frame, row: Any, doctypes: tuple[str, ...], name: str) -> Any:
    """The other ends of a back link of an own record: facts of the record, once it is stored."""
    return fact(frame.get("facts", {}), row.get("id"), doctypes, name)


def build_member(node: Member, build: Build) -> Run:
    of, name = build(node.of), node.name
    if isinstance(node.of.type, AnyType):

        def of_json(frame: Frame) -> Any:
            return json_part(of(frame), name)

        return of_json

    def of_year(frame: Frame) -> Any:
        value = of(frame)
        return None if value is None else getattr(value, name)

    return of_year


def build_worth(node: Worth, build: Build) -> Run:
    """``frame['worth']`` converts at the rate of the document in hand; company money is worth itself."""
    of = build(node.of)
    if node.of.type == node.type:
        return of

    def run(frame: Frame) -> Any:
        amount = of(frame)
        return None if amount is None else frame["worth"](amount)

    return run


def json_part(value: Any, name: str) -> Any:
    """A key of json; numbers become Decimal, what is no object has no keys."""
    part = value.get(name) if isinstance(value, Mapping) else None
    return Decimal(repr(part)) if isinstance(part, float) else part


def build_edge(node: Edge, build: Build) -> Run:
    of, place = build(node.of), 0 if node.which == "first" else -1

    def run(frame: Frame) -> Any:
        rows = of(frame)
        return rows[place] if rows else None

    return run


def build_pluck(node: Pluck, build: Build) -> Run:
    of, name = build(node.of), node.name
    doctypes = tuple(record.key for record in node.records)
    if node.flat:

        def joined(frame: Frame) -> Any:
            result: list[Any] = []
            for row in of(frame):
                result.extend(_cell(frame, row, doctypes, name) or ())
            return result

        return joined

    if all(record.own for record in node.records):
        return lambda frame: [None if row is None else row.get(name) for row in of(frame)]
    return lambda frame: [_cell(frame, row, doctypes, name) for row in of(frame)]


def _cell(frame: Frame, row: Any, doctypes: tuple[str, ...], name: str) -> Any:
    if row.__class__ is dict:
        return row.get(name)
    return fact(frame["facts"], row, doctypes, name)
