"""Walking a checked tree: its parts, what kinds of nodes it holds, how large it is.

A named intermediate result (``Let``) is one object wherever it is read. What is asked of a tree is
worked out once per object, so that names that build on names cost no more than they are long.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from engine.expr import nodes
from engine.expr.nodes import (
    Ask,
    Balance,
    Call,
    Choose,
    Edge,
    Field,
    Find,
    Generate,
    Hole,
    Let,
    Name,
    Node,
    Pluck,
    Role,
    RoleSteps,
    Under,
    Worth,
)
from engine.expr.types import ListOf, Rows

_NODES: frozenset[Any] = frozenset(
    kind
    for kind in vars(nodes).values()
    if isinstance(kind, type) and "type" in getattr(kind, "__dataclass_fields__", {})
)
_HOLDING = frozenset({tuple, Hole, RoleSteps})
"""What else nodes stand in."""


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind) if each.name != "type")


def parts(node: Node) -> list[Node]:
    """The nodes directly below, those of holes, dimensions and roles included."""
    found: list[Node] = []
    kind: Any = type(node)
    for name in _names(kind):
        value = getattr(node, name)
        if type(value) in _NODES:
            found.append(value)
        elif type(value) in _HOLDING:
            found.extend(_within(value))
    return found


def outcomes(node: Node) -> Iterator[Node]:
    """The nodes of which one gives the value of ``node``: both ways of a choice, what ``coalesce`` tries."""
    match node:
        case Let(value=value):
            yield from outcomes(value)
        case Choose(then=then, other=other):
            yield from outcomes(then)
            yield from outcomes(other)
        case Call(function="coalesce", arguments=arguments):
            for argument in arguments:
                yield from outcomes(argument)
        case _:
            yield node


def _within(value: Any) -> Iterator[Node]:
    if type(value) in _NODES:
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


def reads_name(node: Node, name: str) -> bool:
    """Whether it reads ``name`` of the frame."""
    return any(isinstance(found, Name) and found.name == name for found in every(node))


_ANSWERED_BY_OTHERS = (Ask, Balance, Find, Pluck, Edge, Role, Under, Worth)


def is_of_one_row(node: Node) -> bool:
    """Whether a row and the records that links lead to from it are all it needs.

    Not so: rows of tables, ledgers, rule sets, roles, look-ups by key, and the rate of the document.
    """
    return not any(
        isinstance(found, _ANSWERED_BY_OTHERS)
        or (isinstance(found, Field) and isinstance(found.type, (ListOf, Rows)))
        for found in every(node)
    )


MOST_PARTS = 2_000
MOST_LEVELS = 120
MOST_LOOPS = 3


@dataclass(frozen=True, slots=True)
class Work:
    """How much an expression is: ``parts`` and ``levels`` with every name of ``let`` written out in its place,
    ``loops``: generators inside of generators."""

    parts: int
    levels: int
    loops: int


def work_of(node: Node) -> Work:
    """What there is to do; each object is measured once, however often it is read."""
    return _measured(node, {})


def _measured(node: Node, known: dict[int, Work]) -> Work:
    found = known.get(id(node))
    if found is None:
        below = [_measured(part, known) for part in parts(node)]
        loops = 0 if isinstance(node, Let) else max((work.loops for work in below), default=0)
        if isinstance(node, Generate):
            inside = [node.body] if node.where is None else [node.body, node.where]
            turns = max(_measured(part, known).loops for part in inside)
            loops = max(turns + 1, _measured(node.source, known).loops)
        found = known[id(node)] = Work(
            1 + sum(work.parts for work in below),
            1 + max((work.levels for work in below), default=0),
            loops,
        )
    return found
