"""Closures of trees. What stands below a node is told by who answers balances; above, by the facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from engine.expr.closures_logic import identity
from engine.expr.nodes import IsUnder, Node
from engine.expr.nodes import Under as UnderNode
from engine.expr.program import Under

Frame: TypeAlias = Mapping[str, Any]
Run: TypeAlias = Callable[[Frame], Any]
Build: TypeAlias = Callable[[Node], Run]

MOST_LEVELS = 64


def build_under(node: UnderNode, build: Build) -> Run:
    of, doctype, above = build(node.of), node.doctype, node.above

    def run(frame: Frame) -> Any:
        value = identity(of(frame))
        return None if value is None else Under(doctype, above, value)

    return run


def build_is_under(node: IsUnder, build: Build) -> Run:
    item, top, doctype, above = build(node.item), build(node.node), node.doctype, node.above

    def run(frame: Frame) -> Any:
        return stands_under(frame.get("facts", {}).get(doctype, {}), above, item(frame), top(frame))

    return run


def stands_under(known: Mapping[Any, Any], above: str, item: Any, top: Any) -> bool | None:
    """Whether ``item`` is ``top`` or below it, as far as the records ``known`` go; null with a null."""
    if item is None or top is None:
        return None
    wanted, current = identity(top), identity(item)
    next_up = item.get(above) if item.__class__ is dict else None
    for level in range(MOST_LEVELS):
        if current == wanted:
            return True
        current = next_up if level == 0 and next_up is not None else _above(known, above, current)
        if current is None:
            return False
    return False


def _above(known: Mapping[Any, Any], above: str, key: Any) -> Any:
    record = known.get(key)
    return None if record is None else record.get(above)
