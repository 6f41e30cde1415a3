"""Names and paths: ``total``, ``row.item.group``, ``items.taxes.amount``, ``items.first``."""

from __future__ import annotations

import ast
from typing import Literal

from engine.expr.check_fields import bare_field, called, covering, field_of
from engine.expr.check_money import MONEY_PARTS
from engine.expr.context import Context, did_you_mean
from engine.expr.nodes import Ask, Edge, Let, Literally, Member, Name, Node, Pluck
from engine.expr.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATETIME,
    NULL,
    TEXT,
    FiscalYearType,
    ListOf,
    Money,
    OneOf,
    Record,
    Rows,
    Type,
    describe,
    is_open,
    record_name,
    records_of,
)

WORDS = {
    "null": Literally(None, NULL),
    "true": Literally(True, BOOLEAN),
    "false": Literally(False, BOOLEAN),
}
CLOCK: dict[str, Type] = {"today": DATE, "now": DATETIME, "user": ANY}
FISCAL_MEMBERS: dict[str, Type] = {"start": DATE, "end": DATE, "label": TEXT, "short": TEXT}
CHOICES_SHOWN = 8


def check_name(context: Context, tree: ast.Name) -> Node:
    """A row variable, a word, a name of the frame, a field of the bare record, or the clock."""
    name, scope = tree.id, context.scope
    if name in context.variables:
        return Name(name, context.variables[name])
    if name in WORDS:
        return WORDS[name]
    if name in scope.let:
        if scope.let[name].balances and not scope.balances:
            hint = "Make it a formula of the document and use that field."
            return context.fail(
                "E211", tree, f"'{name}' asks a ledger, which cannot be done here.", hint
            )
        context.include(scope.let[name])
        return scope.let[name].tree
    if name in scope.names:
        if name in CLOCK and not scope.clock:
            return _no_clock(context, tree)
        return Name(name, scope.names[name])
    bare = bare_field(context, name)
    if bare is not None:
        return bare
    if name in CLOCK:
        return Name(name, CLOCK[name]) if scope.clock else _no_clock(context, tree)
    hint = did_you_mean(name, visible_names(context), otherwise=_about(context))
    return context.fail("E203", tree, f"There is no '{name}' here.", hint, missing=name)


def check_attribute(context: Context, tree: ast.Attribute) -> Node:
    """One step of a path."""
    if tree.attr.startswith("_"):
        message = f"'{tree.attr}' is no field: names do not begin with an underscore."
        return context.fail("E202", tree, message)
    of = context.node(tree.value)
    if records_of(of.type) and isinstance(of.value if isinstance(of, Let) else of, Ask):
        message = (
            f"'{tree.attr}' is asked of a record that a rule set finds: its fields are not at hand."
        )
        hint = f"Let a rule set give '{tree.attr}' itself."
        return context.fail_at("E204", last_word(context, tree), message, hint)
    match of.type:
        case Record() | OneOf():
            return field_of(context, of, tree.attr) or _no_field(context, tree, of)
        case Rows(record):
            return _of_rows(context, tree, of, (record,))
        case ListOf(inner) if records_of(inner):
            return _of_rows(context, tree, of, records_of(inner))
        case FiscalYearType() if tree.attr in FISCAL_MEMBERS:
            return Member(of, tree.attr, FISCAL_MEMBERS[tree.attr])
        case FiscalYearType():
            hint = "It has start, end, label and short."
            place = last_word(context, tree)
            return context.fail_at("E204", place, f"A fiscal year has no '{tree.attr}'.", hint)
        case Money() if tree.attr in MONEY_PARTS:
            return MONEY_PARTS[tree.attr](context, tree, of, of.type)
    if is_open(of.type) or (isinstance(of.type, ListOf) and is_open(of.type.of)):
        return Member(of, tree.attr, ANY)
    message = f"'{tree.attr}' is asked of {describe(of.type)}, which has no fields."
    hint = did_you_mean(tree.attr, MONEY_PARTS) if isinstance(of.type, Money) else ""
    return context.fail_at("E204", last_word(context, tree), message, hint)


def _of_rows(context: Context, tree: ast.Attribute, of: Node, records: tuple[Record, ...]) -> Node:
    """``items.first``, ``items.taxes`` (all of them, flat) or ``items.amount`` (a list)."""
    which = called(context, records, tree.attr)
    if which in ("first", "last"):
        edge: Literal["first", "last"] = "first" if which == "first" else "last"
        return Edge(of, edge, records[0] if len(records) == 1 else OneOf(records))
    found = [(record, context.scope.schema.field(record, which)) for record in records]
    having = [(record, type_) for record, type_ in found if type_ is not None]
    if not having:
        return _no_field(context, tree, of)
    kept = tuple(record for record, _ in having)
    context.read(kept, which)
    type_ = covering([type_ for _, type_ in having])
    if isinstance(type_, Rows):
        return Pluck(of, kept, which, True, type_)
    return Pluck(of, kept, which, False, ListOf(type_))


def _no_field(context: Context, tree: ast.Attribute, of: Node) -> Node:
    records = (of.type.of,) if isinstance(of.type, Rows) else records_of(of.type)
    if isinstance(of.type, ListOf):
        records = records_of(of.type.of)
    known = [name for record in records for name in context.scope.schema.names(record)]
    owners = " or ".join(record_name(record) for record in records)
    shown = ", ".join(known[:CHOICES_SHOWN]) + (" …" if len(known) > CHOICES_SHOWN else "")
    hint = did_you_mean(tree.attr, known, otherwise=f"It has {shown}." if known else "")
    message = f"{owners[0].upper()}{owners[1:]} has no field '{tree.attr}'."
    place = last_word(context, tree)
    return context.fail_at("E204", place, message, hint, missing=tree.attr)


def last_word(context: Context, tree: ast.Attribute) -> tuple[int, int]:
    end = context.place(tree)[1]
    return end - len(tree.attr), end


def _no_clock(context: Context, tree: ast.Name) -> Node:
    message = f"'{tree.id}' cannot be read here: an amount may not depend on the clock."
    hint = "Use a date field of the document, such as its posting date."
    if tree.id == "user":
        message = "'user' cannot be read here: an amount may not depend on who looks."
        hint = "Use a field of the document, such as created_by."
    return context.fail("E210", tree, message, hint)


def visible_names(context: Context) -> list[str]:
    """All names that could stand here, for "did you mean"."""
    scope = context.scope
    names = [*context.variables, *scope.let, *scope.names]
    if scope.bare is not None and scope.bare in scope.names:
        for record in records_of(scope.names[scope.bare]):
            names.extend(scope.schema.names(record))
    return names


def _about(context: Context) -> str:
    shown = visible_names(context)[:CHOICES_SHOWN]
    return f"There is {', '.join(shown)} …" if shown else ""
