"""Closures of values: literals, arithmetic, functions, text. A null operand makes the result null."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from engine.expr.closures_guard import guarded, number_of
from engine.expr.formats import writer
from engine.expr.functions import FUNCTIONS, KEEP_NULL
from engine.expr.library import move_date
from engine.expr.nodes import (
    Arithmetic,
    Call,
    Compose,
    Hole,
    Listing,
    Literally,
    Negate,
    Node,
    Slice,
)
from engine.money import divide

Frame: TypeAlias = Mapping[str, Any]
Run: TypeAlias = Callable[[Frame], Any]
Build: TypeAlias = Callable[[Node], Run]


def build_literally(node: Literally, _: Build) -> Run:
    value = node.value
    return lambda frame: value


def build_negate(node: Negate, build: Build) -> Run:
    of = number_of(build(node.operand), node.operand)

    def run(frame: Frame) -> Any:
        value = of(frame)
        return None if value is None else -value

    return run


def _add(left: Run, right: Run) -> Run:
    def run(frame: Frame) -> Any:
        a = left(frame)
        b = right(frame)
        return None if a is None or b is None else a + b

    return run


def _subtract(left: Run, right: Run) -> Run:
    def run(frame: Frame) -> Any:
        a = left(frame)
        b = right(frame)
        return None if a is None or b is None else a - b

    return run


def _multiply(left: Run, right: Run) -> Run:
    def run(frame: Frame) -> Any:
        a = left(frame)
        b = right(frame)
        return None if a is None or b is None else a * b

    return run


def _divide(left: Run, right: Run) -> Run:
    def run(frame: Frame) -> Any:
        a = left(frame)
        b = right(frame)
        return None if a is None or b is None else divide(a, b)

    return run


def _later(left: Run, right: Run) -> Run:
    def run(frame: Frame) -> Any:
        a = left(frame)
        b = right(frame)
        return None if a is None or b is None else move_date(a, b)

    return run


def _earlier(left: Run, right: Run) -> Run:
    def run(frame: Frame) -> Any:
        a = left(frame)
        b = right(frame)
        return None if a is None or b is None else move_date(a, -b)

    return run


_ARITHMETIC: Mapping[str, Callable[[Run, Run], Run]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "date+": _later,
    "date-": _earlier,
}


def build_arithmetic(node: Arithmetic, build: Build) -> Run:
    left, right = build(node.left), build(node.right)
    if node.operator in ("date+", "date-"):
        return guarded(_ARITHMETIC[node.operator](left, right), node.left, node.right)
    return _ARITHMETIC[node.operator](number_of(left, node.left), number_of(right, node.right))


def build_slice(node: Slice, build: Build) -> Run:
    of, part = build(node.operand), operator.itemgetter(slice(node.start, node.stop))

    def run(frame: Frame) -> Any:
        value = of(frame)
        return None if value is None else part(value)

    return guarded(run, node.operand)


def build_listing(node: Listing, build: Build) -> Run:
    if all(isinstance(item, Literally) for item in node.items):
        fixed = tuple(item.value for item in node.items if isinstance(item, Literally))
        return lambda frame: fixed
    items = tuple(build(item) for item in node.items)
    return lambda frame: tuple([item(frame) for item in items])


def build_call(node: Call, build: Build) -> Run:
    arguments = tuple(build(argument) for argument in node.arguments)
    if node.function in KEEP_NULL:
        return _first_known(arguments)
    function = FUNCTIONS[node.function].run
    if len(arguments) == 1:
        return guarded(_call_one(function, arguments[0]), *node.arguments)
    if len(arguments) == 2:
        return guarded(_call_two(function, *arguments), *node.arguments)

    def run(frame: Frame) -> Any:
        values = [argument(frame) for argument in arguments]
        return None if any(value is None for value in values) else function(*values)

    return guarded(run, *node.arguments)


def _call_one(function: Callable[..., Any], argument: Run) -> Run:
    def run(frame: Frame) -> Any:
        value = argument(frame)
        return None if value is None else function(value)

    return run


def _call_two(function: Callable[..., Any], first: Run, second: Run) -> Run:
    def run(frame: Frame) -> Any:
        a = first(frame)
        b = second(frame)
        return None if a is None or b is None else function(a, b)

    return run


def _first_known(arguments: tuple[Run, ...]) -> Run:
    """``coalesce``: stops at the first that is not null."""

    def run(frame: Frame) -> Any:
        for argument in arguments:
            value = argument(frame)
            if value is not None:
                return value
        return None

    return run


def build_compose(node: Compose, build: Build) -> Run:
    pieces = tuple(_piece(part, build) for part in node.parts)
    return lambda frame: "".join([piece(frame) for piece in pieces])


def _piece(part: str | Hole, build: Build) -> Callable[[Frame], str]:
    if isinstance(part, str):
        return lambda frame: part
    of, write = build(part.value), writer(part.layout)

    def run(frame: Frame) -> str:
        value = of(frame)
        return "" if value is None else write(value)

    return run
