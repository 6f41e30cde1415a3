"""Walking a checked tree: its parts, what kinds of nodes it holds, how large it is.

A named intermediate result (``Let``) is one object wherever it is read. What is asked of a tree is
worked out once per object, so that names that build on names cost no more than they are long.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import Any

from engine.expr import nodes
from engine.expr.nodes import Hole, Node, RoleSteps

_NODES: tuple[Any, ...] = tuple(
    kind
    for kind in vars(nodes).values()
    if isinstance(kind, type) and "type" in getattr(kind, "__dataclass_fields__", {})
)


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


def parts(node: Node) -> Iterator[Node]:
    """The nodes directly below, those of holes, dimensions and roles included."""
    kind: Any = type(node)
    for name in _names(kind):
        yield from _within(getattr(node, name))


def _within(value: Any) -> Iterator[Node]:
    if isinstance(value, _NODES):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _within(each)
    elif isinstance(value, Hole):
        yield value.value
    elif isinstance(value, RoleSteps):
        yield from _within(value.steps)
        yield from _within(value.givens)


def every(node: Node) -> Iterator[Node]:
    """The node and all below it, each object once."""
    seen: set[int] = set()
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        waiting.extend(parts(found))


def holds(node: Node, kind: type) -> bool:
    """Whether a node of ``kind`` is somewhere in it."""
    return any(isinstance(found, kind) for found in every(node))
