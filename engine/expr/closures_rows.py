"""Closures of generators and aggregates. Nulls are left out; the sum of nothing is 0."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from engine.expr.closures_guard import guarded
from engine.expr.nodes import Aggregate, Generate, Node
from engine.expr.types import Rows
from engine.money import divide

Frame: TypeAlias = Mapping[str, Any]
Run: TypeAlias = Callable[[Frame], Any]
Build: TypeAlias = Callable[[Node], Run]

_NOTHING = Decimal(0)


def build_generate(node: Generate, build: Build) -> Run:
    source, body, name = build(node.source), build(node.body), node.name
    where = build(node.where) if node.where is not None else None

    def every(frame: Frame) -> Any:
        inner = dict(frame)
        result: list[Any] = []
        for row in source(frame) or ():
            inner[name] = row
            result.append(body(inner))
        return result

    if where is None:
        return every

    def some(frame: Frame) -> Any:
        inner = dict(frame)
        result: list[Any] = []
        for row in source(frame) or ():
            inner[name] = row
            if where(inner) is True:
                result.append(body(inner))
        return result

    return some


def total(values: Iterable[Any]) -> Any:
    result: Any = _NOTHING
    for value in values:
        if value is not None:
            result += value
    return result


def average(values: Iterable[Any]) -> Any:
    known = [value for value in values if value is not None]
    return divide(total(known), len(known))


def least(values: Iterable[Any]) -> Any:
    return min((value for value in values if value is not None), default=None)


def greatest(values: Iterable[Any]) -> Any:
    return max((value for value in values if value is not None), default=None)


def how_many(values: Iterable[Any]) -> int:
    return sum(1 for value in values if value is not None)


def any_there(values: Iterable[Any]) -> bool:
    return any(value is not None for value in values)


AGGREGATES: Mapping[str, Callable[[Iterable[Any]], Any]] = {
    "sum": total,
    "avg": average,
    "min": least,
    "max": greatest,
    "count": how_many,
    "exists": any_there,
}


def build_aggregate(node: Aggregate, build: Build) -> Run:
    source, work_out = build(node.source), AGGREGATES[node.kind]
    if isinstance(node.source.type, Rows) and node.kind in ("count", "exists"):
        return _of_table(source, node.kind)

    def run(frame: Frame) -> Any:
        return work_out(source(frame) or ())

    return guarded(run, node.source)


def _of_table(source: Run, kind: str) -> Run:
    if kind == "count":
        return lambda frame: len(source(frame))
    return lambda frame: bool(source(frame))
