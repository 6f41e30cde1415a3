"""Trees: ``account in under(group)``, ``is_under(account, group)``, ``balance(…, account=under(group))``."""

from __future__ import annotations

import ast

from engine.expr.context import Context
from engine.expr.nodes import IsUnder, Literally, Node, Not, Under
from engine.expr.types import ANY, BOOLEAN, ListOf, Record, describe, is_open, overlap, records_of


def is_under_call(tree: ast.expr) -> bool:
    """Whether it is written ``under(…)``."""
    return (
        isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "under"
    )


def check_under(context: Context, tree: ast.Call) -> Node:
    """``under(node)`` where it may stand: a node and all below it."""
    if len(tree.args) != 1 or tree.keywords:
        return context.fail(
            "E207", tree, "under() takes one node of a tree.", "Write under(group)."
        )
    node = context.node(tree.args[0])
    found = _tree_of(context, tree.args[0], node)
    if found is None:
        return Literally(None, ANY)
    record, above = found
    return Under(node, record.doctype, above, ListOf(Record(record.doctype)))


def check_is_under(context: Context, tree: ast.Call) -> Node:
    """``is_under(x, node)``: whether x is the node or stands below it."""
    if len(tree.args) != 2 or tree.keywords:
        hint = "Write is_under(account, group)."
        return context.fail("E207", tree, "is_under() takes a record and a node of its tree.", hint)
    item, node = (context.node(part) for part in tree.args)
    found = _tree_of(context, tree.args[1], node)
    if found is None:
        return Literally(None, ANY)
    return _is_under(context, tree.args[0], item, (node, *found))


def check_in_under(
    context: Context, tree: ast.expr, item: Node, values: Node, *, negated: bool
) -> Node:
    """``x in under(node)``; ``tree`` is where x stands."""
    if not isinstance(values, Under):
        return Literally(None, ANY)
    node = _is_under(context, tree, item, (values.of, Record(values.doctype), values.above))
    return Not(node, BOOLEAN) if negated and isinstance(node, IsUnder) else node


def stray_under(context: Context, tree: ast.Call) -> Node:
    """``under`` anywhere else is refused."""
    hint = "Write x in under(node), or balance(ledger.measure, dimension=under(node))."
    message = "under() stands after 'in' and as a dimension of a balance only."
    return context.fail("E207", tree, message, hint)


def _is_under(context: Context, tree: ast.expr, item: Node, node: tuple[Node, Record, str]) -> Node:
    of, record, above = node
    if is_open(item.type):
        return Literally(None, ANY)
    if not overlap(item.type, record):
        message = f"A record of {record.doctype} is expected, this is {describe(item.type)}."
        return context.fail("E205", tree, message)
    context.read([Record(record.doctype)], above)
    return IsUnder(item, of, record.doctype, above, BOOLEAN)


def _tree_of(context: Context, tree: ast.expr, node: Node) -> tuple[Record, str] | None:
    """The doctype that a node is of, and its link to the node above; None with a fault."""
    if is_open(node.type):
        return None
    for record in records_of(node.type):
        above = context.scope.schema.tree(record) if not record.path else None
        if above is not None:
            return record, above
    message = f"Nothing stands under {describe(node.type)}: it is no node of a tree."
    context.fail("E235", tree, message, "The doctype says so by the key 'tree'.")
    return None
