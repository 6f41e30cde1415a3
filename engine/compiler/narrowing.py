"""What of a ``where`` a database can look up by itself: the rest is looked at row by row afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from engine.catalog.sources import Narrow
from engine.expr.closures import build_program
from engine.expr.nodes import Compare, Field, Let, Logic, Name, Node
from engine.expr.program import Expr
from engine.expr.walk import every

_TURNED: Final = {"==": "==", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""Operator → the same with its sides changed."""
_LOOKED_UP: Final = frozenset({"text", "choice", "date", "boolean", "integer"})
"""Field types of which a database compares exactly as an expression does."""
_ORDERED: Final = frozenset({"date", "integer"})
STANDARD: Final = {"state": "choice", "stage": "choice"}


def narrowed(where: Expr | None, row: str, types: Mapping[str, str]) -> tuple[Narrow, ...]:
    """The conditions of ``where`` that compare a field of the candidate ``row`` with what it does not decide.

    ``types``: stored fields of the candidate → field type. All of them hold of every row of which ``where`` holds.
    """
    if where is None or any(isinstance(node, Let) for node in every(where.tree)):
        return ()
    return tuple(_of(where, row, {**types, **STANDARD}))


def _of(where: Expr, row: str, types: Mapping[str, str]) -> Iterator[Narrow]:
    for node in _conjuncts(where.tree):
        if not isinstance(node, Compare) or node.operator not in _TURNED:
            continue
        sides = (
            (node.left, node.right, node.operator),
            (node.right, node.left, _TURNED[node.operator]),
        )
        for mine, other, operator in sides:
            name = _own_field(mine, row)
            kind = types.get(name or "")
            if name is None or kind not in _LOOKED_UP or _speaks_of(other, row):
                continue
            if operator == "==" or kind in _ORDERED:
                value = replace(where, tree=other, type=other.type, run=build_program(other))
                yield Narrow(name, operator, value)
                break


def _conjuncts(node: Node) -> Iterator[Node]:
    if isinstance(node, Logic) and node.operator == "and":
        for operand in node.operands:
            yield from _conjuncts(operand)
    else:
        yield node


def _own_field(node: Node, row: str) -> str | None:
    if isinstance(node, Field) and isinstance(node.of, Name) and node.of.name == row:
        return node.name
    return None


def _speaks_of(node: Node, row: str) -> bool:
    return any(isinstance(part, Name) and part.name == row for part in every(node))
