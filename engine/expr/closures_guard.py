"""For operands whose type is only known at run time (json): what does not go together is null."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from engine.expr.nodes import Node
from engine.expr.types import Any as AnyType
from engine.expr.types import ListOf

Function = TypeVar("Function", bound=Callable[..., Any])

_MISFITS = (TypeError, AttributeError, ValueError, InvalidOperation)


def forgiving(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``, but null where the values do not suit it."""

    def run(*values: Any) -> Any:
        try:
            return function(*values)
        except _MISFITS:
            return None

    return run


def is_number(value: Any) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def number_of(run: Callable[..., Any], node: Node) -> Callable[..., Any]:
    """``run`` of an operand of arithmetic: null when it is json and no number."""
    if not _untyped(node):
        return run

    def checked(frame: Any) -> Any:
        value = run(frame)
        return value if is_number(value) else None

    return checked


def guarded(run: Function, *operands: Node) -> Function | Callable[..., Any]:
    """``run`` as it is when all operands are typed; forgiving when one is json."""
    return forgiving(run) if any(_untyped(operand) for operand in operands) else run


def _untyped(node: Node) -> bool:
    type_ = node.type.of if isinstance(node.type, ListOf) else node.type
    return isinstance(type_, AnyType)
