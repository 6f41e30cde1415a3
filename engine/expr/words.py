"""Conditions in words, for people who are told that one of them does not hold: ``Kind has to be 'payable'``.

What has no words yet is told as it is written. Public: ``failing``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine.expr.closures import build_program
from engine.expr.nodes import (
    Compare,
    Field,
    IsNull,
    IsUnder,
    Let,
    Listing,
    Literally,
    Logic,
    Name,
    Node,
    Not,
    Within,
)
from engine.expr.program import Expr
from engine.expr.types import records_of

_COMPARISONS = {
    "==": "has to be",
    "!=": "must not be",
    "<": "has to be less than",
    "<=": "has to be at most",
    ">": "has to be more than",
    ">=": "has to be at least",
}
_TURNED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class _NoWords(Exception):
    """There is no way to say this part in words."""


def failing(condition: Expr, frame: Mapping[str, Any]) -> str:
    """The parts of ``condition``, joined by ``and``, that do not hold in ``frame``, in words."""
    parts = [part for part in _parts(condition.tree) if build_program(part)(frame) is not True]
    try:
        return " and ".join(dict.fromkeys(_clause(part) for part in parts))
    except _NoWords:
        return f"{condition.source} has to hold"


def _parts(node: Node) -> Iterator[Node]:
    if isinstance(node, Logic) and node.operator == "and":
        for operand in node.operands:
            yield from _parts(operand)
    else:
        yield node


def _clause(node: Node) -> str:
    match node:
        case Let(value=value):
            return _clause(value)
        case Not(operand=Field() as flag):
            return f"{_value(flag)} has to be no"
        case Field():
            return f"{_value(node)} has to be yes"
        case Not(operand=Compare(operator="==", left=left, right=right)):
            return f"{_value(left)} must not be {_value(right)}"
        case Compare(operator=operator, left=Literally() as left, right=right):
            return f"{_value(right)} {_COMPARISONS[_TURNED[operator]]} {_value(left)}"
        case Compare(operator=operator, left=left, right=right):
            return f"{_value(left)} {_COMPARISONS[operator]} {_value(right)}"
        case Within(item=item, values=Listing(items=items), negated=negated):
            of = "must not be one of" if negated else "has to be one of"
            return f"{_value(item)} {of} {', '.join(_value(each) for each in items)}"
        case IsNull(operand=operand, negated=negated):
            return f"{_value(operand)} has to be {'filled in' if negated else 'empty'}"
        case IsUnder(item=item, node=above):
            return f"{_value(item)} has to be {_value(above)} or below it"
        case Logic(operator=operator, operands=operands):
            return f" {operator} ".join(_clause(each) for each in operands)
    raise _NoWords


def _value(node: Node) -> str:
    match node:
        case Literally(value=value):
            return _written(value)
        case Let(value=value):
            return _value(value)
        case Field(of=Name(name="row"), name=name):
            return _label(name)
        case Field(of=Name(name="this"), name=name):
            return f"the {_label(name)} here"
        case Field(of=Name(name="parent") | Field(name="parent"), name=name):
            return f"the {_label(name)} of the document"
        case Field(of=Field() as of, name=name):
            return f"{_label(name)} of {_value(of)}"
        case Name(name="this") | Name(name="row"):
            records = records_of(node.type)
            if records:
                return f"this {records[0].doctype}" if node.name == "this" else "it"
    raise _NoWords


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return f"'{value}'"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    return "empty" if value is None else str(value)


def _label(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]
