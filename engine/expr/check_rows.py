"""Aggregates and generators: ``sum(t.amount for t in items.taxes if t.collected)``."""

from __future__ import annotations

import ast
from collections.abc import Container

from engine.expr.context import Context
from engine.expr.functions import FUNCTIONS
from engine.expr.nodes import Aggregate, AggregateKind, Generate, Logic, Node
from engine.expr.types import (
    ANY,
    BOOLEAN,
    DECIMAL,
    INTEGER,
    Boolean,
    Date,
    DateTime,
    ListOf,
    Number,
    Rows,
    Text,
    Type,
    describe,
    is_numeric,
    is_open,
    records_of,
)


def stray_generator(context: Context, tree: ast.GeneratorExp) -> Node:
    """A generator anywhere but in an aggregate is refused."""
    hint = "Write sum(row.amount for row in items)."
    message = "'for' may stand in sum, avg, min, max, count and exists only."
    return context.fail("E202", tree, message, hint)


def check_aggregate(context: Context, tree: ast.Call, name: str) -> Node:
    """One argument: rows, a list of values, or a generator."""
    if len(tree.args) != 1:
        message = f"{name}() takes one list of rows or values."
        return context.fail("E207", tree, message, f"Write {name}(items.amount).")
    argument = tree.args[0]
    if isinstance(argument, ast.GeneratorExp):
        source = _generator(context, argument)
    else:
        source = context.node(argument)
    type_ = _aggregate_type(name, source.type)
    if type_ is None:
        return context.fail("E205", argument, *_why_not(name, source.type))
    return Aggregate(_KINDS[name], source, type_)


_KINDS: dict[str, AggregateKind] = {
    "sum": "sum",
    "avg": "avg",
    "min": "min",
    "max": "max",
    "count": "count",
    "exists": "exists",
}


_COUNTED: dict[str, Type] = {"count": INTEGER, "exists": BOOLEAN}


def _aggregate_type(name: str, source: Type) -> Type | None:
    """What the aggregate of such a list is; None when it has none."""
    if isinstance(source, Rows) or (isinstance(source, ListOf) and name in ("count", "exists")):
        return _COUNTED.get(name)
    if is_open(source):
        return _COUNTED.get(name, ANY)
    if not isinstance(source, ListOf):
        return None
    of = source.of
    if is_open(of):
        return ANY
    if name in ("min", "max"):
        return of if is_numeric(of) or isinstance(of, (Text, Date, DateTime)) else None
    if not is_numeric(of):
        return None
    return DECIMAL if name == "avg" and isinstance(of, Number) else of


def _why_not(name: str, source: Type) -> tuple[str, str]:
    message = f"{name}() cannot be taken of {describe(source)}."
    if isinstance(source, Rows):
        return message, f"Name the field: {name}(row.amount for row in …)."
    if isinstance(source, ListOf):
        return message, ""
    hint = "It takes a table, or a field of all rows of one: items.amount."
    if name in FUNCTIONS:
        hint += f" For single values, write {name}(a, b)."
    return message, hint


def _generator(context: Context, tree: ast.GeneratorExp) -> Node:
    """One ``for`` over rows, with conditions."""
    loop = tree.generators[0]
    if len(tree.generators) > 1 or loop.is_async:
        hint = "Go through items.taxes instead of two loops."
        return context.fail("E202", tree, "One 'for' is allowed.", hint)
    if not isinstance(loop.target, ast.Name):
        return context.fail("E202", loop.target, "After 'for' stands one name.")
    name = loop.target.id
    if name.startswith("_") or any(name in known for known in _meanings(context)):
        hint = "Take another name, as in sum(line.amount for line in items)."
        return context.fail("E202", loop.target, f"'{name}' already means something here.", hint)
    source = context.node(loop.iter)
    row = _row_type(source.type)
    if row is None:
        message = f"'for' goes through rows, this is {describe(source.type)}."
        return context.fail("E205", loop.iter, message)
    with context.variable(name, row):
        conditions = tuple(_condition(context, part) for part in loop.ifs)
        body = context.node(tree.elt)
    where = None
    if conditions:
        where = conditions[0] if len(conditions) == 1 else Logic("and", conditions, BOOLEAN)
    inner = ANY if isinstance(body.type, (Rows, ListOf)) else body.type
    if inner is not body.type:
        return context.fail("E205", tree.elt, "Each row gives one value, not a list.")
    return Generate(body, name, source, where, ListOf(inner))


def _meanings(context: Context) -> tuple[Container[str], ...]:
    return context.scope.names, context.scope.let, context.variables


def _condition(context: Context, tree: ast.expr) -> Node:
    node = context.node(tree)
    if not (isinstance(node.type, Boolean) or is_open(node.type)):
        context.fail("E205", tree, f"After 'if' stands a condition, this is {describe(node.type)}.")
    return node


def _row_type(source: Type) -> Type | None:
    if isinstance(source, Rows):
        return source.of
    if isinstance(source, ListOf) and (records_of(source.of) or is_open(source.of)):
        return source.of
    return ANY if is_open(source) else None
