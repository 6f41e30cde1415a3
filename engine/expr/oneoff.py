"""The one-off evaluator: a checked tree written out as text and handed to simpleeval.

For an expression that somebody just typed and that runs once, where closures do not pay. It never
sees unchecked text: the text is written from the checked tree, with operators that work on Decimal
and null, and with the functions below alone. Rows are handed over in handles, so that nothing in
the text could reach their attributes or items but ``field``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from engine.expr.closures_guard import forgiving, is_number
from engine.expr.closures_logic import COMPARISONS, identity
from engine.expr.closures_paths import back_rows, fact, json_part
from engine.expr.closures_rows import AGGREGATES
from engine.expr.closures_trees import stands_under
from engine.expr.errors import NotOneOff
from engine.expr.formats import writer
from engine.expr.functions import FUNCTIONS, KEEP_NULL
from engine.expr.library import FiscalYear, move_date
from engine.expr.nodes import Layout
from engine.expr.oneoff_sandbox import Sandbox
from engine.expr.oneoff_text import as_text
from engine.expr.program import Expr, Frame
from engine.expr.types import records_of
from engine.money import divide


@dataclass(frozen=True, slots=True, eq=False)
class Handle:
    """A row, opaque to the text."""

    row: Any


def evaluate_once(expression: Expr, frame: Frame) -> Any:
    """The value of ``expression`` in ``frame``, as ``expression.run(frame)`` gives it.

    Raises ``NotOneOff`` when it asks for balances or roles.
    """
    value = evaluator(frame).eval(as_text(expression.tree))
    if isinstance(value, Handle):
        return value.row.get("id") if records_of(expression.type) else value.row
    return [_unwrap(each) for each in value] if isinstance(value, list) else value


def evaluator(frame: Frame) -> Sandbox:
    """What evaluates the text: the names of ``frame``, the operators and functions below, no more."""
    names = {key: _wrap(value) for key, value in frame.items() if key not in _SERVICES}
    return Sandbox(names, _OPERATORS, _functions(frame))


_SERVICES = frozenset({"facts", "balance", "worth"})
"""What a frame holds that is no value of the language."""


def _wrap(value: Any) -> Any:
    if isinstance(value, dict):
        return Handle(value)
    return [_wrap(each) for each in value] if isinstance(value, (list, tuple)) else value


def _unwrap(value: Any) -> Any:
    return value.row if isinstance(value, Handle) else value


def _functions(frame: Frame) -> dict[str, Callable[..., Any]]:
    """Everything that the text may call."""
    facts = frame.get("facts", {})

    def worth(amount: Any) -> Any:
        return None if amount is None else frame["worth"](amount)

    def field(of: Any, name: str, doctypes: list[str]) -> Any:
        return _wrap(fact(facts, _unwrap(of), tuple(doctypes), name))

    def below(of: Any, name: str, doctypes: list[str]) -> Any:
        row = _unwrap(of)
        found = fact(facts, row, tuple(doctypes), name)
        if not found and isinstance(row, dict):
            found = back_rows(frame, row, tuple(doctypes), name)
        return _wrap(found or [])

    def is_under(item: Any, top: Any, doctype: str, above: str) -> bool | None:
        return stands_under(facts.get(doctype, {}), above, _unwrap(item), _unwrap(top))

    def pluck(rows: Iterable[Any], name: str, doctypes: list[str]) -> list[Any]:
        return [field(row, name, doctypes) for row in rows or ()]

    def gather(rows: Iterable[Any], name: str, doctypes: list[str]) -> list[Any]:
        return [below for row in rows or () for below in field(row, name, doctypes) or ()]

    known: dict[str, Callable[..., Any]] = {
        f"f_{name}": function.run if name in KEEP_NULL else _null_safe(function.run)
        for name, function in FUNCTIONS.items()
    }
    known.update({f"a_{kind}": work_out for kind, work_out in AGGREGATES.items()})
    return {
        **known,
        **_PLAIN,
        "field": field,
        "below": below,
        "is_under": is_under,
        "pluck": pluck,
        "gather": gather,
        "worth": worth,
    }


def _null_safe(function: Callable[..., Any]) -> Callable[..., Any]:
    run = forgiving(function)
    return lambda *values: None if any(value is None for value in values) else run(*values)


def _numeric(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *values: function(*values) if all(is_number(value) for value in values) else None


def _compare(sign: str) -> Callable[[Any, Any], Any]:
    test = _null_safe(COMPARISONS[sign])
    return lambda a, b: test(identity(_unwrap(a)), identity(_unwrap(b)))


def _all_of(values: list[Any]) -> bool | None:
    if any(value is False for value in values):
        return False
    return None if None in values else bool(values[-1])


def _any_of(values: list[Any]) -> bool | None:
    if any(value is True for value in values):
        return True
    return None if None in values else bool(values[-1])


def _within(value: Any, among: Any) -> bool | None:
    if value is None or among is None:
        return None
    known = identity(_unwrap(value))
    if any(known == identity(_unwrap(each)) for each in among if each is not None):
        return True
    return None if None in among else False


def _member(value: Any, name: str) -> Any:
    if isinstance(value, Handle):
        return _wrap(json_part(value.row, name))
    return getattr(value, name) if isinstance(value, FiscalYear) else None


def _edge(rows: Any, place: int) -> Any:
    return rows[place] if rows else None


def _written(value: Any, kind: Any, argument: str) -> str:
    return "" if value is None else writer(Layout(kind, argument))(value)


_PLAIN: Mapping[str, Callable[..., Any]] = {
    "decimal": Decimal,
    "whole": int,
    "day": date.fromisoformat,
    "is_true": lambda value: value is True,
    "is_null": lambda value: value is None,
    "not_": _null_safe(lambda value: value is not True),
    "all_of": _all_of,
    "any_of": _any_of,
    "within": _within,
    "member": _member,
    "edge": _edge,
    "rows": lambda value: value or [],
    "later": _null_safe(move_date),
    "earlier": _null_safe(lambda day, days: move_date(day, -days)),
    "part": _null_safe(lambda text, bounds: text[bounds[0] : bounds[1]]),
    "written": _written,
    "joined": "".join,
}

_OPERATORS: Mapping[type, Callable[..., Any]] = {
    ast.Add: _numeric(lambda a, b: a + b),
    ast.Sub: _numeric(lambda a, b: a - b),
    ast.Mult: _numeric(lambda a, b: a * b),
    ast.Div: _numeric(divide),
    ast.USub: _numeric(lambda a: -a),
    ast.Eq: _compare("=="),
    ast.NotEq: _compare("!="),
    ast.Lt: _compare("<"),
    ast.LtE: _compare("<="),
    ast.Gt: _compare(">"),
    ast.GtE: _compare(">="),
}

__all__ = ["NotOneOff", "evaluate_once"]
