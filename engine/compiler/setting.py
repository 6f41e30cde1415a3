"""What is written into a document that is made or changed: a map of fields to expressions."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary

from engine.catalog.fields import LinkMaking
from engine.compiler import view
from engine.compiler.drafts import DoctypeDraft, FieldDraft
from engine.compiler.reader import Reader
from engine.compiler.steps import expected
from engine.expr.program import Expr
from engine.expr.scope import Scope
from engine.problems.suggest import did_you_mean
from engine.source.nodes import Mapping, Scalar


def made_doctype(
    reader: Reader, drafts: Dictionary[str, DoctypeDraft], name: Scalar
) -> DoctypeDraft | None:
    """The doctype that is made; rows of others and abstract ones cannot be."""
    draft = drafts.get(name.text)
    if draft is None:
        hint = did_you_mean(name.text, drafts)
        reader.unknown("E301", f"There is no doctype '{name.text}'.", name, hint)
        return None
    if draft.broken:
        return None
    if draft.child or draft.abstract:
        what = "is abstract" if draft.abstract else "are rows of other documents"
        message = f"'{name.text}' {what}: it cannot be made by itself."
        reader.find("E541", message, name.span, "Name the document that is to be made.")
        return None
    return draft


def set_fields(
    reader: Reader, node: Mapping, scope: Scope, target: DoctypeDraft, *, late: bool = False
) -> dict[str, Expr]:
    """The key `set` of ``node``: field of the head of ``target`` → expression; ``late``: of a submitted one."""
    found: dict[str, Expr] = {}
    table = target.tables[""]
    for name, value in view.texts_of(node, "set"):
        field = table.fields.get(name.text)
        if field is None:
            if name.text not in table.dropped:
                hint = did_you_mean(name.text, table.fields)
                message = f"{target.name} has no field '{name.text}'."
                reader.unknown("E302", message, name, hint)
            continue
        if late and not view.flag(field.node, "after_submit"):
            message = f"'{name.text}' stands still once a {target.name} is submitted."
            reader.find("E543", message, name.span, "Give the field after_submit: true.")
            continue
        expression = reader.expression(value, scope, expected(field))
        if expression is not None:
            found[name.text] = expression
    return found


def link_making(
    reader: Reader,
    drafts: Dictionary[str, DoctypeDraft],
    owner: DoctypeDraft,
    field: FieldDraft,
    scope: Scope,
) -> LinkMaking | None:
    """The key `make` of a link of ``owner``: a record, of the one doctype that the link points to."""
    node = view.mapping(field.node, "make")
    if node is None or not field.link:
        return None
    key = field.node.entries["make"].key
    if not owner.submittable and not (owner.child or owner.abstract):
        message = f"What a link lacks is made at submit; {owner.name} is never submitted."
        reader.find("E541", message, key.span, "Add submittable: true, or take 'make' out.")
        return None
    target = drafts.get(field.link[0]) if len(field.link) == 1 else None
    if target is None:
        message = f"'{field.name}' may point to anything of {' and '.join(field.link)}: what is to be made?"
        reader.find("E541", message, key.span, "'make' goes with a link to one doctype.")
        return None
    if target.broken or made_doctype(reader, drafts, Scalar(target.name, key.span)) is None:
        return None
    if target.submittable:
        message = f"A {target.name} is submitted by itself; a link makes records only."
        reader.find("E541", message, key.span, "Make it by an effect: on: {submit: …}.")
        return None
    values = set_fields(reader, node, scope, target)
    when = reader.condition(view.scalar(node, "when"), scope)
    by = view.text(view.mapping(target.node, "name") or Mapping({}, key.span), "by")
    return LinkMaking(target.name, when, values, by if by in values else None)
