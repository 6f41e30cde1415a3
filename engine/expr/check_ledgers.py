"""``balance()``, ``turnover()`` and ``role()``: what ledgers and rule sets answer."""

from __future__ import annotations

import ast
from typing import Literal

from engine.expr.check_fields import bare_field, field_of
from engine.expr.check_trees import check_under, is_under_call
from engine.expr.context import Context, did_you_mean
from engine.expr.nodes import Balance, Literally, Name, Node, Role, RoleSteps
from engine.expr.program import BalanceRead
from engine.expr.scope import LedgerShape, RoleChain
from engine.expr.types import (
    ANY,
    Date,
    DateTime,
    ListOf,
    Rows,
    Text,
    Type,
    describe,
    fits,
    is_open,
    join,
    records_of,
)

_TIMES = {"balance": ("at",), "turnover": ("start", "end")}


def check_balance(context: Context, tree: ast.Call) -> Node:
    """``balance(ledger.measure, dimension=value, at=date)``; ``turnover(…, start=, end=)``."""
    name: Literal["balance", "turnover"] = (
        "turnover" if context.written(tree.func) == "turnover" else "balance"
    )
    if not context.scope.balances:
        hint = "Make it a formula of the document and use that field."
        return context.fail("E211", tree.func, f"{name}() cannot be used here.", hint)
    found = _ledger(context, tree)
    if found is None:
        return Literally(None, ANY)
    shape, measure = found
    times: dict[str, Node] = {}
    match: dict[str, Node] = {}
    for keyword in tree.keywords:
        key, value = str(keyword.arg), _value(context, keyword.value)
        if key in _TIMES[name] and key not in shape.dimensions:
            if not (isinstance(value.type, (Date, DateTime)) or is_open(value.type)):
                message = f"'{key}' is a date, this is {describe(value.type)}."
                context.fail("E205", keyword.value, message)
            times[key] = value
        elif _dimension(context, keyword, value, shape):
            match[key] = value
    if name == "turnover" and len(times) < 2:
        hint = "Write turnover(ledger.measure, start=…, end=…)."
        return context.fail("E207", tree, "A turnover lies between two dates.", hint)
    read = BalanceRead(shape.name, measure, tuple(match), name)
    context.balances[read] = None
    at, start, end = times.get("at"), times.get("start"), times.get("end")
    type_ = shape.measures[measure]
    pairs = tuple(match.items())
    return Balance(read.kind, shape.name, measure, pairs, at, start, end, type_)


def _value(context: Context, tree: ast.expr) -> Node:
    if is_under_call(tree):
        return check_under(context, tree)  # type: ignore[arg-type]
    return context.node(tree)


def _ledger(context: Context, tree: ast.Call) -> tuple[LedgerShape, str] | None:
    """The ledger and measure that the first argument names; None with a fault."""
    path = _words(tree.args[0]) if len(tree.args) == 1 else None
    if path is None or len(path) < 2:
        message = "The first argument names a ledger and its measure, the rest are dimension=value."
        context.fail("E207", tree, message, "Write balance(stock.quantity, item=item).")
        return None
    shape = context.scope.schema.ledger(path[0])
    if shape is None:
        message = f"There is no ledger '{path[0]}'."
        known = [name.lower().replace(" ", "_") for name in context.scope.schema.ledger_names()]
        hint = did_you_mean(path[0], known, otherwise="Ledgers are written in snake case.")
        start, _ = context.place(tree.args[0])
        place = (start, start + len(path[0]))
        context.fail_at("E212", place, message, hint, missing=path[0])
        return None
    measure = "_".join(path[1:])
    if measure not in shape.measures:
        hint = did_you_mean(measure, shape.measures, otherwise=_listed(shape.measures))
        message = f"The ledger {shape.name} has no measure '{'.'.join(path[1:])}'."
        end = context.place(tree.args[0])[1]
        place = (end - len(".".join(path[1:])), end)
        context.fail_at("E212", place, message, hint, missing=path[1])
        return None
    return shape, measure


def _words(tree: ast.expr) -> list[str] | None:
    words: list[str] = []
    while isinstance(tree, ast.Attribute):
        words.append(tree.attr)
        tree = tree.value
    if not isinstance(tree, ast.Name):
        return None
    return [tree.id, *reversed(words)]


def _dimension(context: Context, keyword: ast.keyword, value: Node, shape: LedgerShape) -> bool:
    key = str(keyword.arg)
    expected = shape.dimensions.get(key)
    if expected is None:
        hint = did_you_mean(key, shape.dimensions, otherwise=_listed(shape.dimensions))
        message = f"The ledger {shape.name} has no dimension '{key}'."
        context.fail("E212", keyword, message, hint, missing=key)
        return False
    given = value.type.of if isinstance(value.type, (ListOf, Rows)) else value.type
    if not fits(expected, given):
        message = f"'{key}' is {describe(expected)}, this is {describe(given)}."
        context.fail("E205", keyword.value, message)
        return False
    return True


def _listed(known: object) -> str:
    names = ", ".join(known) if hasattr(known, "__iter__") else ""
    return f"It has {names}." if names else ""


def check_role(context: Context, tree: ast.Call) -> Node:
    """``role(income)``, ``role(income, item=row.item)``, ``role(row.role)``."""
    if len(tree.args) != 1:
        hint = "Write role(receivable)."
        return context.fail("E207", tree, "role() takes one role, and givens by name.", hint)
    explicit = {str(keyword.arg): context.node(keyword.value) for keyword in tree.keywords}
    name = _written_role(context, tree.args[0])
    if isinstance(name, str):
        chains, chosen = [context.scope.schema.role(name)], None
        if chains[0] is None:
            known = context.scope.schema.role_names()
            hint = did_you_mean(name, known, otherwise=_listed(known))
            message = f"There is no role '{name}'."
            return context.fail("E213", tree.args[0], message, hint, missing=name)
    else:
        chosen = name
        chains = [context.scope.schema.role(each) for each in context.scope.schema.role_names()]
        if not (isinstance(chosen.type, Text) or is_open(chosen.type)):
            message = f"A role is named by text, this is {describe(chosen.type)}."
            return context.fail("E205", tree.args[0], message)
    present = [chain for chain in chains if chain is not None]
    if not _keywords_known(context, tree, present):
        return Literally(None, ANY)
    bound = [_bind(context, tree, chain, explicit) for chain in present]
    type_: Type | None = None
    for step in (step for chain in present for step in chain.steps):
        type_ = step.type if type_ is None else join(type_, step.type) or ANY
    return Role(tuple(bound), chosen, type_ or ANY)


def _written_role(context: Context, tree: ast.expr) -> str | Node:
    """The role's name when it is written; else the expression that tells it."""
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        return tree.value
    if isinstance(tree, ast.Name) and tree.id not in context.variables:
        if context.scope.schema.role(tree.id) is not None:
            return tree.id
        field = bare_field(context, tree.id)
        text = field is not None and isinstance(field.type, Text)
        return context.node(tree) if text or tree.id in context.scope.names else tree.id
    return context.node(tree)


def _keywords_known(context: Context, tree: ast.Call, chains: list[RoleChain]) -> bool:
    known = dict.fromkeys(name for chain in chains for name in chain.given)
    for keyword in tree.keywords:
        if keyword.arg not in known:
            hint = did_you_mean(str(keyword.arg), known, otherwise=_listed(known))
            message = f"The roles are not given '{keyword.arg}'."
            context.fail("E207", keyword, message, hint, missing=str(keyword.arg))
            return False
    return True


def _bind(
    context: Context, tree: ast.Call, chain: RoleChain, explicit: dict[str, Node]
) -> RoleSteps:
    """Binds each given: by keyword, as a dimension of the posting, from row, from the record."""
    givens: list[tuple[str, Node]] = []
    absent: list[str] = []
    for name, type_ in chain.given.items():
        node = explicit.get(name)
        if node is not None and not fits(type_, node.type):
            message = f"'{name}' is {describe(type_)}, this is {describe(node.type)}."
            context.fail("E205", tree, message)
            continue
        node = node or _around(context, name, type_)
        if node is not None:
            givens.append((name, node))
        elif name in chain.optional:
            absent.append(name)
        else:
            hint = f"Write role({chain.role}, {name}=…)."
            message = f"The role '{chain.role}' must be given '{name}', which is not at hand here."
            context.fail("E207", tree, message, hint, missing=name)
    for step in chain.steps:
        context.include(step)
    steps = tuple(step.tree for step in chain.steps)
    return RoleSteps(chain.role, steps, tuple(givens), tuple(absent))


def _around(context: Context, name: str, type_: Type) -> Node | None:
    """What is called so around the call and fits: dimension, row, record, frame."""
    bound = context.scope.bound.get(name)
    if bound is not None and fits(type_, bound.type):
        context.include(bound)
        return bound.tree
    row = context.scope.names.get("row")
    if row is not None and records_of(row):
        node = _fitting(context, Name("row", row), name, type_)
        if node is not None:
            return node
    key = context.scope.bare
    if key is not None and key in context.scope.names:
        node = _fitting(context, Name(key, context.scope.names[key]), name, type_)
        if node is not None:
            return node
    named = context.scope.names.get(name)
    return Name(name, named) if named is not None and fits(type_, named) else None


def _fitting(context: Context, of: Node, name: str, type_: Type) -> Node | None:
    """The field ``name`` of a record, unless it is of another type."""
    for record in records_of(of.type):
        found = context.scope.schema.field(record, name)
        if found is not None and not fits(type_, found):
            return None
    return field_of(context, of, name)
