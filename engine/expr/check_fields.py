"""Fields of records, as nodes: what every part of the checker takes to read one."""

from __future__ import annotations

from collections.abc import Sequence

from engine.expr.context import Context
from engine.expr.nodes import Field, Name, Node
from engine.expr.types import ANY, Record, Type, join, records_of


def bare_field(context: Context, name: str) -> Node | None:
    """The field ``name`` of the record whose fields are bare names, if it has one."""
    key = context.scope.bare
    if key is None or key not in context.scope.names:
        return None
    return field_of(context, Name(key, context.scope.names[key]), name)


def field_of(context: Context, of: Node, name: str) -> Node | None:
    """Field ``name`` of a record node; None when no target has it."""
    name = called(context, records_of(of.type), name)
    found = [(record, context.scope.schema.field(record, name)) for record in records_of(of.type)]
    having = [(record, type_) for record, type_ in found if type_ is not None]
    if not having:
        return None
    type_ = covering([type_ for _, type_ in having])
    records = tuple(record for record, _ in having)
    context.read(records, name)
    return Field(of, records, name, type_)


def called(context: Context, records: Sequence[Record], name: str) -> str:
    """The field that ``name`` means here: one that the reader's own pack brought goes before others."""
    own = context.scope.own + name if context.scope.own else name
    return (
        own if any(context.scope.schema.field(each, own) is not None for each in records) else name
    )


def covering(types: Sequence[Type]) -> Type:
    """The type of a value that is any of ``types``; anything when none covers them."""
    result = types[0]
    for type_ in types[1:]:
        result = join(result, type_) or ANY
    return result
