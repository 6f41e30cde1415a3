"""How far an expression looks from the row that it is worked out for.

``near``: along the row's own line (its fields, those of the rows it belongs to, the rows below it);
else it may look at any row of the document, as ``sum(items.amount)`` does from a line. A change of a
near field concerns the rows on its line only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

from engine.expr.nodes import Edge, Field, Generate, Name, Node, Pluck
from engine.expr.types import Record, Rows

From = Literal["row", "above", "any"]
"""Where a record stands: the row itself or below it, what it belongs to, or anywhere."""


@dataclass(frozen=True, slots=True)
class Reach:
    """A field of the document that is read: (table path, field), and whether only near the row."""

    path: str
    field: str
    near: bool


def reach(tree: Node, doctype: str, names: Mapping[str, From]) -> frozenset[Reach]:
    """The fields of documents of ``doctype`` that a checked tree reads; ``names``: frame key → where it stands.

    A name that is not told of may stand anywhere.
    """
    walker = _Walker(doctype)
    walker.visit(tree, dict(names))
    # What is read from near and from anywhere is read from anywhere.
    wide = {(one.path, one.field) for one in walker.found if not one.near}
    return frozenset(
        one for one in walker.found if not one.near or (one.path, one.field) not in wide
    )


class _Walker:
    def __init__(self, doctype: str) -> None:
        self._doctype = doctype
        self.found: set[Reach] = set()

    def visit(self, node: Any, names: dict[str, From]) -> From:
        """Note what is read; the result tells where the record stands that the node yields."""
        match node:
            case Name(name):
                return names.get(name, "any")
            case Field(of, records, name):
                return self._field(self.visit(of, names), records, name, node.type)
            case Pluck(of, records, name):
                start = self.visit(of, names)
                self._note(records, name, start)
                return start
            case Edge(of):
                return self.visit(of, names)
            case Generate():
                inner = {**names, node.name: self.visit(node.source, names)}
                for part in (node.where, node.body):
                    if part is not None:
                        self.visit(part, inner)
                return "any"
        self._parts(node, names)
        return "any"

    def _parts(self, node: Any, names: dict[str, From]) -> None:
        if isinstance(node, tuple):
            for part in node:
                self._parts(part, names)
        elif is_dataclass(node) and not isinstance(node, type):
            for part in fields(node):
                value = getattr(node, part.name)
                if part.name != "type" and (isinstance(value, tuple) or is_dataclass(value)):
                    self._one(value, names)

    def _one(self, value: Any, names: dict[str, From]) -> None:
        if isinstance(value, tuple):
            for part in value:
                self._one(part, names)
        elif is_dataclass(value):
            self.visit(value, names)

    def _field(self, start: From, records: tuple[Record, ...], name: str, type_: Any) -> From:
        self._note(records, name, start)
        if name == "parent":
            return "any" if start == "any" else "above"
        if isinstance(type_, Rows):
            # The rows below what a row belongs to are its neighbours as well.
            return start if start == "row" else "any"
        return start

    def _note(self, records: tuple[Record, ...], name: str, start: From) -> None:
        for record in records:
            if record.own and record.doctype == self._doctype:
                self.found.add(Reach(record.path, name, start != "any"))
