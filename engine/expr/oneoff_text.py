"""Checked tree → the text that the one-off evaluator reads. Names of its functions: ``oneoff.py``.

Every text and number is written as a literal or in quotes, every call is to a function named here;
nothing of what a person typed is copied.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine.expr.errors import NotOneOff
from engine.expr.nodes import (
    Aggregate,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Compose,
    Edge,
    Field,
    Generate,
    Hole,
    IsNull,
    IsUnder,
    Let,
    Listing,
    Literally,
    Logic,
    Member,
    Name,
    Negate,
    Node,
    Not,
    Pluck,
    Slice,
    Within,
    Worth,
)
from engine.expr.types import Rows


def as_text(node: Node) -> str:
    """The text of a tree; raises ``NotOneOff`` for what only the server has."""
    writer = _WRITERS.get(type(node))
    if writer is None:
        raise NotOneOff(f"{type(node).__name__} cannot be worked out on its own")
    return writer(node)


def _literal(node: Literally) -> str:
    value = node.value
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, str):
        return ascii(value)
    if isinstance(value, Decimal):
        return f"decimal('{value}')"
    return f"day('{value.isoformat()}')" if isinstance(value, date) else f"whole('{value}')"


def _read(function: str, node: Field | Pluck) -> str:
    doctypes = [record.key for record in node.records]
    return f"{function}({as_text(node.of)}, {node.name!r}, {doctypes!r})"


def _pluck(node: Pluck) -> str:
    return _read("gather" if node.flat else "pluck", node)


def _worth(node: Worth) -> str:
    text = as_text(node.of)
    return text if node.of.type == node.type else f"worth({text})"


def _arithmetic(node: Arithmetic) -> str:
    left, right = as_text(node.left), as_text(node.right)
    if node.operator in ("date+", "date-"):
        return f"{'later' if node.operator == 'date+' else 'earlier'}({left}, {right})"
    return f"({left} {node.operator} {right})"


def _within(node: Within) -> str:
    text = f"within({as_text(node.item)}, {as_text(node.values)})"
    return f"not_({text})" if node.negated else text


def _is_under(node: IsUnder) -> str:
    return f"is_under({as_text(node.item)}, {as_text(node.node)}, {node.doctype!r}, {node.above!r})"


def _is_null(node: IsNull) -> str:
    text = f"is_null({as_text(node.operand)})"
    return f"not_({text})" if node.negated else text


def _logic(node: Logic) -> str:
    function = "all_of" if node.operator == "and" else "any_of"
    return f"{function}([{_all(node.operands)}])"


def _choose(node: Choose) -> str:
    return f"({as_text(node.then)} if is_true({as_text(node.test)}) else {as_text(node.other)})"


def _compose(node: Compose) -> str:
    return f"joined([{', '.join(_piece(part) for part in node.parts)}])"


def _piece(part: str | Hole) -> str:
    if isinstance(part, str):
        return ascii(part)
    return f"written({as_text(part.value)}, {part.layout.kind!r}, {part.layout.argument!r})"


def _generate(node: Generate) -> str:
    where = f" if is_true({as_text(node.where)})" if node.where is not None else ""
    return f"[{as_text(node.body)} for {node.name} in rows({as_text(node.source)}){where}]"


def _all(nodes: tuple[Node, ...]) -> str:
    return ", ".join(as_text(node) for node in nodes)


_WRITERS: Mapping[type, Callable[[Any], str]] = {
    Literally: _literal,
    Name: lambda node: str(node.name),
    Let: lambda node: as_text(node.value),
    Field: lambda node: _read("below" if isinstance(node.type, Rows) else "field", node),
    Member: lambda node: f"member({as_text(node.of)}, {node.name!r})",
    Pluck: _pluck,
    Worth: _worth,
    Edge: lambda node: f"edge({as_text(node.of)}, {0 if node.which == 'first' else -1})",
    Negate: lambda node: f"(-{as_text(node.operand)})",
    Arithmetic: _arithmetic,
    Compare: lambda node: f"({as_text(node.left)} {node.operator} {as_text(node.right)})",
    Within: _within,
    IsUnder: _is_under,
    IsNull: _is_null,
    Logic: _logic,
    Not: lambda node: f"not_({as_text(node.operand)})",
    Choose: _choose,
    Slice: lambda node: f"part({as_text(node.operand)}, [{node.start}, {node.stop}])",
    Listing: lambda node: f"[{_all(node.items)}]",
    Call: lambda node: f"f_{node.function}({_all(node.arguments)})",
    Compose: _compose,
    Generate: _generate,
    Aggregate: lambda node: f"a_{node.kind}({as_text(node.source)})",
}
