"""What an expression was worked out from: every field, sum and balance in it, with the value that it had.

For people who ask why: the parts are told as they are written, ``customer.credit_days``, ``sum(items.taxable)``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from engine.expr.closures import build_program
from engine.expr.nodes import (
    Aggregate,
    Balance,
    Edge,
    Field,
    Generate,
    Let,
    Listing,
    Member,
    Name,
    Node,
    Pluck,
    Role,
    Worth,
)
from engine.expr.types import Rows, records_of
from engine.expr.walk import every

OUR_OWN = frozenset({"this"})


@dataclass(frozen=True, slots=True)
class Input:
    """One part of an expression and its value (a record is its id)."""

    text: str
    value: Any
    doctypes: tuple[str, ...] = ()
    """Of what doctypes the value is a record; () for plain values."""
    origins: tuple[str, ...] = ()
    """Doctypes of the other records whose fields went into it."""
    withheld: bool = False
    """Whether the value is left out, because the reader may not see where it comes from."""


def inputs(tree: Node, frame: Mapping[str, Any]) -> list[Input]:
    """The parts of a checked tree with their values in ``frame``, each once, in the order written."""
    found: dict[str, Input] = {}
    for node in _parts(tree):
        text = _text(node)
        if text not in found:
            records = tuple(record.doctype for record in records_of(node.type))
            value = build_program(node)(frame)
            found[text] = Input(text, value, records, tuple(_origins(node)))
    return list(found.values())


def _origins(node: Node) -> dict[str, None]:
    """The doctypes of records that a part reads over links."""
    return {
        record.doctype: None
        for part in every(node)
        if isinstance(part, (Field, Pluck))
        for record in part.records
        if not record.own
    }


def _parts(node: Any) -> Iterator[Node]:
    """The largest parts that are read rather than worked out."""
    if isinstance(node, (Field, Pluck, Edge, Member, Worth, Aggregate, Balance, Role, Let)):
        yield node
    elif isinstance(node, Name):
        if node.name not in OUR_OWN and not isinstance(node.type, Rows):
            yield node
    elif isinstance(node, tuple):
        for below in node:
            yield from _parts(below)
    elif is_dataclass(node):
        for part in fields(node):
            if part.name != "type":
                yield from _parts(getattr(node, part.name))


def _text(node: Node) -> str:
    """The part as a person would write it."""
    match node:
        case Name(name) | Let(name):
            return "" if name in OUR_OWN else name
        case Field(of, _, name) | Pluck(of, _, name) | Member(of, name):
            before = _text(of)
            return f"{before}.{name}" if before else name
        case Worth(of):
            return f"{_text(of)}.worth"
        case Edge(of, which):
            return f"{_text(of)}.{which}"
        case Aggregate(kind, source):
            return f"{kind}({_text(source)})"
        case Generate(body, name, source, where):
            some = " where it applies" if where is not None else ""
            return f"{_text(body)} of {_text(source) or name}{some}"
        case Listing(items):
            return ", ".join(_text(item) for item in items)
        case Balance(kind, ledger, measure):
            return f"{kind} of {ledger}.{measure}"
        case Role(chains):
            return "role " + " or ".join(chain.role for chain in chains)
    return "…"
