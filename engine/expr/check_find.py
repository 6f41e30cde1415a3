"""``find(account, code)``: the record of a doctype that has this business key."""

from __future__ import annotations

import ast

from engine.expr.context import Context, did_you_mean
from engine.expr.nodes import Find, Node
from engine.expr.types import Record, describe, fits


def check_find(context: Context, tree: ast.Call) -> Node:
    """The first argument names a doctype in snake case, the second is worked out."""
    if len(tree.args) != 2 or tree.keywords or not isinstance(tree.args[0], ast.Name):
        hint = "Write find(account, code)."
        return context.fail("E207", tree, "find() takes a doctype and a business key.", hint)
    if not context.scope.rules:
        hint = "Make it a formula of the document and use that field."
        return context.fail("E238", tree.func, "Records cannot be looked for here.", hint)
    name = tree.args[0].id
    known = context.scope.schema.business_keys()
    found = known.get(name)
    if found is None:
        hint = did_you_mean(name, known, otherwise="A doctype has one by `name: {by: code}`.")
        message = f"There is no doctype '{name}' with a business key."
        return context.fail("E238", tree.args[0], message, hint)
    doctype, field = found
    value = context.node(tree.args[1])
    type_ = context.scope.schema.field(Record(doctype), field)
    if type_ is not None and not fits(type_, value.type):
        message = f"'{field}' is {describe(type_)}, this is {describe(value.type)}."
        return context.fail("E205", tree.args[1], message)
    return Find(doctype, field, value, Record(doctype))
