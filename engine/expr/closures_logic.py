"""Closures of comparisons and conditions: three-valued, null is "not known"."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from engine.expr.closures_guard import guarded
from engine.expr.nodes import Choose, Compare, IsNull, Literally, Logic, Node, Not, Within
from engine.expr.types import records_of

Frame: TypeAlias = Mapping[str, Any]
Run: TypeAlias = Callable[[Frame], Any]
Build: TypeAlias = Callable[[Node], Run]

COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def identity(value: Any) -> Any:
    """A record as its id; rows not stored yet are told apart as objects."""
    if value.__class__ is not dict:
        return value
    key = value.get("id")
    return id(value) if key is None else key


def build_compare(node: Compare, build: Build) -> Run:
    left, right, test = build(node.left), build(node.right), COMPARISONS[node.operator]
    if records_of(node.left.type) or records_of(node.right.type):

        def same_record(frame: Frame) -> Any:
            a = left(frame)
            b = right(frame)
            return None if a is None or b is None else test(identity(a), identity(b))

        return same_record
    if isinstance(node.right, Literally) and node.right.value is not None:
        return guarded(_compare_fixed(left, node.right.value, node.operator), node.left)

    def run(frame: Frame) -> Any:
        a = left(frame)
        b = right(frame)
        return None if a is None or b is None else test(a, b)

    return guarded(run, node.left, node.right)


def _compare_fixed(left: Run, fixed: Any, sign: str) -> Run:
    """With a written value on the right, the frequent case; equality without a call."""
    test = COMPARISONS[sign]
    if sign == "==":

        def equal(frame: Frame) -> Any:
            value = left(frame)
            return None if value is None else value == fixed

        return equal

    def run(frame: Frame) -> Any:
        value = left(frame)
        return None if value is None else test(value, fixed)

    return run


def build_within(node: Within, build: Build) -> Run:
    item, values, negated = build(node.item), build(node.values), node.negated

    def run(frame: Frame) -> Any:
        value = item(frame)
        among = values(frame)
        if value is None or among is None:
            return None
        known = identity(value)
        if any(known == identity(each) for each in among if each is not None):
            return not negated
        return None if None in among else negated

    return run


def build_is_null(node: IsNull, build: Build) -> Run:
    of = build(node.operand)
    if node.negated:
        return lambda frame: of(frame) is not None
    return lambda frame: of(frame) is None


def build_logic(node: Logic, build: Build) -> Run:
    operands = tuple(build(operand) for operand in node.operands)
    deciding = node.operator == "or"
    if len(operands) == 2:
        return _two(operands[0], operands[1], deciding)

    def run(frame: Frame) -> Any:
        result: bool | None = not deciding
        for operand in operands:
            value = operand(frame)
            if value is None:
                result = None
            elif value is deciding:
                return deciding
        return result

    return run


def _two(first: Run, second: Run, deciding: bool) -> Run:
    """``deciding`` is the value that settles it: false for and, true for or."""

    def run(frame: Frame) -> Any:
        a = first(frame)
        if a is deciding:
            return deciding
        b = second(frame)
        if b is deciding or a is not None:
            return b
        return None

    return run


def build_not(node: Not, build: Build) -> Run:
    of = build(node.operand)

    def run(frame: Frame) -> Any:
        value = of(frame)
        return None if value is None else value is not True

    return run


def build_choose(node: Choose, build: Build) -> Run:
    test, then, other = build(node.test), build(node.then), build(node.other)
    return lambda frame: then(frame) if test(frame) is True else other(frame)
