"""Rule sets as functions: ``certificate_rate(pan, section, date)``, by order or by name."""

from __future__ import annotations

import ast

from engine.expr.context import Context, did_you_mean
from engine.expr.nodes import Ask, Literally, Node
from engine.expr.scope import RuleShape
from engine.expr.types import ANY, Type, describe, fits, records_of


def check_rule_call(context: Context, tree: ast.Call, shape: RuleShape) -> Node:
    """The one answer of the rule set ``shape``; givens in its order, the rest by name."""
    if shape.why_not:
        return context.fail("E467", tree.func, f"{shape.name} is no function: {shape.why_not}.")
    if not context.scope.rules:
        hint = "Make it a formula of the document and use that field."
        message = f"{shape.name} cannot be asked here."
        return context.fail("E467", tree.func, message, hint)
    if not shape.answer:
        # It has been told what is wrong with it.
        return Literally(None, ANY)
    if shape.reads_balances and not context.scope.balances:
        hint = "Make it a formula of the document and use that field."
        message = f"{shape.name} reads balances, which cannot be used here."
        return context.fail("E211", tree.func, message, hint)
    told = _told(context, tree, shape)
    if told is None:
        return Literally(None, ANY)
    missing = [n for n in shape.given if n not in told and n not in shape.optional]
    if missing:
        hint = f"Write {shape.key}({', '.join(shape.given)})."
        message = f"{shape.name} must be given '{missing[0]}'."
        return context.fail("E207", tree, message, hint, missing=missing[0])
    given: list[tuple[str, Node, bool]] = []
    before = len(context.faults)
    for name, part in told.items():
        node, type_ = context.node(part), shape.given[name]
        if not _takes(context, type_, node.type):
            message = f"'{name}' is {describe(type_)}, this is {describe(node.type)}."
            context.fail("E205", part, message)
        given.append((name, node, not any(record.own for record in records_of(type_))))
    if len(context.faults) > before:
        return Literally(None, ANY)
    context.asks[shape.key] = None
    return Ask(shape.key, tuple(given), shape.answer, shape.gives)


def _told(context: Context, tree: ast.Call, shape: RuleShape) -> dict[str, ast.expr] | None:
    """Given → the part that is given for it; None with a fault."""
    names = tuple(shape.given)
    if len(tree.args) > len(names):
        hint = f"Write {shape.key}({', '.join(names)})."
        message = f"{shape.name} is given {', '.join(names)} and no more."
        context.fail("E207", tree, message, hint)
        return None
    told = dict(zip(names, tree.args, strict=False))
    for keyword in tree.keywords:
        name = str(keyword.arg)
        if name not in shape.given:
            hint = did_you_mean(name, names, otherwise=f"It is given {', '.join(names)}.")
            message = f"{shape.name} is not given '{name}'."
            context.fail("E207", keyword, message, hint, missing=name)
            return None
        if name in told:
            context.fail("E207", keyword, f"'{name}' is given twice.")
            return None
        told[name] = keyword.value
    return told


def _takes(context: Context, expects: Type, given: Type) -> bool:
    return fits(expects, given) or context.scope.schema.takes_rows(expects, given)
