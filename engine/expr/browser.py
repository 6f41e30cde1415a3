"""The checked tree as JSON for the browser (and back doors for none): nested lists ``[op, …]``.

Numbers are texts in JSON; the evaluator in ``ui_builder/src/expr`` makes them decimals. ``kind`` is
what a value read from the frame is taken as: number, text, boolean, date, record, rows, list, any.

===================================================  ==============================================
``["number", "12.50"]`` ``["text", "a"]``            literals; also ``["boolean", true]``, ``["null"]``
``["name", key, kind]``                              ``frame[key]``
``["field", of, name, kind]``                        a field of an own record (an object)
``["fact", of, [doctype, …], name, kind]``           a field over a link: ``facts[doctype][id][name]``
``["member", of, name]``                             start, end, label, short of a fiscal year; json
``["pluck", of, [doctype, …] | null, name, kind]``   the field of each record of a list
``["gather", of, [doctype, …] | null, name]``        the child rows of each, in one list
``["first", of]`` ``["last", of]``                   a row or null
``["neg", a]`` ``["+" | "-" | "*" | "/", a, b]``     numbers
``["date+" | "date-", date, days]``                  dates
``["==" | "!=" | "<" | "<=" | ">" | ">=", a, b]``    comparison; also by id, when records
``["in" | "not in", a, list]`` ``["list", a, …]``    membership
``["under", a, node, doctype, link]``                 a is the node or below it; by ``facts``
``["is null" | "is not null", a]``                   never null
``["and" | "or", a, b, …]`` ``["not", a]``           three-valued
``["if", test, then, else]``
``["slice", text, start | null, stop | null]``       by characters (code points)
``["call", name, a, …]``                             a function of ``functions.py`` with form browser
``["compose", part, …]``                             text; a part is a text or ``[layout, arg, value]``
``["each", source, name, where | null, body]``       a generator
``["sum" | "avg" | "min" | "max" | "count" | "exists", list]``
===================================================  ==============================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from engine.expr.functions import FUNCTIONS
from engine.expr.nodes import (
    Aggregate,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Compose,
    Edge,
    Field,
    Generate,
    Hole,
    IsNull,
    IsUnder,
    Let,
    Listing,
    Literally,
    Logic,
    Member,
    Name,
    Negate,
    Node,
    Not,
    Pluck,
    Slice,
    Within,
    Worth,
)
from engine.expr.types import (
    Boolean,
    Date,
    DateTime,
    Days,
    ListOf,
    Money,
    Number,
    OneOf,
    Quantity,
    Record,
    Rows,
    Text,
    Type,
)

Tree: TypeAlias = list[Any]


class _ServerOnly(Exception):
    """A part of the tree has no form for the browser."""


def tree_as_json(node: Node) -> Tree | None:
    """The tree as nested lists; None when a part of it needs the server."""
    try:
        return _tree(node)
    except _ServerOnly:
        return None


def _tree(node: Node) -> Tree:
    writer = _WRITERS.get(type(node))
    if writer is None:
        raise _ServerOnly
    return writer(node)


_KINDS: Mapping[type, str] = {
    Number: "number",
    Money: "number",
    Quantity: "number",
    Days: "number",
    Text: "text",
    Boolean: "boolean",
    Date: "date",
    DateTime: "date",
    Record: "record",
    OneOf: "record",
    Rows: "rows",
}


def _kind(type_: Type) -> str:
    if isinstance(type_, ListOf):
        return _kind(type_.of)
    return _KINDS.get(type(type_), "any")


def _literal(node: Literally) -> Tree:
    value = node.value
    if value is None:
        return ["null"]
    if isinstance(value, bool):
        return ["boolean", value]
    if isinstance(value, (int, Decimal)):
        return ["number", format(value, "f") if isinstance(value, Decimal) else str(value)]
    return ["date", value.isoformat()] if isinstance(value, date) else ["text", value]


def _worth(node: Worth) -> Tree:
    """Company money is worth itself; the rate of another currency is the server's business."""
    if node.of.type != node.type:
        raise _ServerOnly
    return _tree(node.of)


def _doctypes(node: Field | Pluck) -> list[str] | None:
    """None for own records."""
    if all(record.own for record in node.records):
        return None
    return [record.key for record in node.records]


def _field(node: Field) -> Tree:
    doctypes = _doctypes(node)
    if doctypes is None:
        if isinstance(node.type, Rows) and not node.type.of.own:
            raise _ServerOnly  # the other ends of a back link
        return ["field", _tree(node.of), node.name, _kind(node.type)]
    return ["fact", _tree(node.of), doctypes, node.name, _kind(node.type)]


def _pluck(node: Pluck) -> Tree:
    if node.flat:
        return ["gather", _tree(node.of), _doctypes(node), node.name]
    return ["pluck", _tree(node.of), _doctypes(node), node.name, _kind(node.type)]


def _call(node: Call) -> Tree:
    if "browser" not in FUNCTIONS[node.function].forms:
        raise _ServerOnly
    return ["call", node.function, *(_tree(argument) for argument in node.arguments)]


def _compose(node: Compose) -> Tree:
    return ["compose", *(_part(part) for part in node.parts)]


def _part(part: str | Hole) -> Any:
    if isinstance(part, str):
        return part
    return [part.layout.kind, part.layout.argument, _tree(part.value)]


def _generate(node: Generate) -> Tree:
    where = _tree(node.where) if node.where is not None else None
    return ["each", _tree(node.source), node.name, where, _tree(node.body)]


_WRITERS: Mapping[type, Callable[[Any], Tree]] = {
    Literally: _literal,
    Name: lambda node: ["name", node.name, _kind(node.type)],
    Let: lambda node: _tree(node.value),
    Field: _field,
    Member: lambda node: ["member", _tree(node.of), node.name],
    Pluck: _pluck,
    Worth: _worth,
    Edge: lambda node: [node.which, _tree(node.of)],
    Negate: lambda node: ["neg", _tree(node.operand)],
    Arithmetic: lambda node: [node.operator, _tree(node.left), _tree(node.right)],
    Compare: lambda node: [node.operator, _tree(node.left), _tree(node.right)],
    Within: lambda node: [
        "not in" if node.negated else "in",
        _tree(node.item),
        _tree(node.values),
    ],
    IsUnder: lambda node: ["under", _tree(node.item), _tree(node.node), node.doctype, node.above],
    IsNull: lambda node: ["is not null" if node.negated else "is null", _tree(node.operand)],
    Logic: lambda node: [node.operator, *(_tree(operand) for operand in node.operands)],
    Not: lambda node: ["not", _tree(node.operand)],
    Choose: lambda node: ["if", _tree(node.test), _tree(node.then), _tree(node.other)],
    Slice: lambda node: ["slice", _tree(node.operand), node.start, node.stop],
    Listing: lambda node: ["list", *(_tree(item) for item in node.items)],
    Call: _call,
    Compose: _compose,
    Generate: _generate,
    Aggregate: lambda node: [node.kind, _tree(node.source)],
}
