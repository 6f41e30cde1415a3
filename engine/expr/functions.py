"""THE table of functions: what each takes, gives and does, and the forms it has.

A function the language lacks is added here, with its Python (``library.py``) and, where it has the
form ``browser``, its TypeScript (``ui_builder/src/expr/library.ts``).

Parameters are words: ``number``, ``whole`` (a whole number), ``text``, ``date``, ``ordered`` (a number,
text or date), ``any``, ``rounding`` (a mode, written out). ``?`` may be left out, ``*`` repeats.
``gives`` is a type, ``first`` (the type of the first argument) or ``join`` (what covers them all).
Null in gives null out, except for the functions of ``KEEP_NULL``.
``sum``, ``avg``, ``min``, ``max``, ``count``, ``exists`` over rows, ``text``, ``balance``, ``turnover``
and ``role`` have grammar of their own: see ``check_calls.py``, ``check_rows.py`` and ``check_ledgers.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from engine.expr import library
from engine.expr.types import BOOLEAN, DATE, DAYS, DECIMAL, FISCAL_YEAR, INTEGER, TEXT, Type

Form = Literal["python", "oneoff", "browser"]
EVERYWHERE: frozenset[Form] = frozenset({"python", "oneoff", "browser"})


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the language; ``help`` is its line in the reference."""

    name: str
    takes: tuple[str, ...]
    gives: Type | Literal["first", "join"]
    run: Callable[..., Any]
    help: str
    forms: frozenset[Form] = EVERYWHERE


def coalesce(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


KEEP_NULL = frozenset({"coalesce"})

TABLE: tuple[Function, ...] = (
    Function(
        "round",
        ("number", "whole?", "rounding?"),
        "first",
        library.round_number,
        "To so many decimals (none given: 0; negative: tens, hundreds), ties away from zero; "
        "or by mode 'up', 'down', 'half_even', 'half_up', 'floor', 'ceiling'.",
    ),
    Function("abs", ("number",), "first", abs, "Without its sign."),
    Function("min", ("ordered", "ordered", "ordered*"), "join", library.least, "The least."),
    Function("max", ("ordered", "ordered", "ordered*"), "join", library.greatest, "The greatest."),
    Function("coalesce", ("any", "any", "any*"), "join", coalesce, "The first that is not null."),
    Function("upper", ("text",), TEXT, str.upper, "In capital letters."),
    Function("lower", ("text",), TEXT, str.lower, "In small letters."),
    Function("length", ("text",), INTEGER, library.length_of, "The number of characters."),
    Function("starts_with", ("text", "text"), BOOLEAN, library.starts_with, "Begins with it."),
    Function("contains", ("text", "text"), BOOLEAN, library.contains, "Has it somewhere."),
    Function("number", ("text",), DECIMAL, library.number_from, "Text as a number, or null."),
    Function("days", ("number",), DAYS, library.whole, "So many days, to move a date by."),
    Function(
        "days_between", ("date", "date"), INTEGER, library.days_between, "From first to second."
    ),
    Function("add_months", ("date", "number"), DATE, library.add_months, "Month-end safe."),
    Function("month_start", ("date",), DATE, library.month_start, "The first of its month."),
    Function("month_end", ("date",), DATE, library.month_end, "The last of its month."),
    Function("year_start", ("date",), DATE, library.year_start, "The first of April before it."),
    Function(
        "fiscal_year",
        ("date",),
        FISCAL_YEAR,
        library.fiscal_year,
        "April to March: .start, .end, .label ('2026-27'), .short ('2627').",
    ),
    Function("quarter", ("date",), INTEGER, library.quarter, "Of the fiscal year, 1 to 4."),
    Function("date", ("number", "number", "number"), DATE, library.make_date, "Year, month, day."),
)

FUNCTIONS = MappingProxyType({function.name: function for function in TABLE})

AGGREGATES = ("sum", "avg", "min", "max", "count", "exists")
SPECIAL = ("text", "balance", "turnover", "role")
NOT_BUILT = MappingProxyType(
    {
        "convert": "convert(x, to)",
        "under": "under(node)",
        "find": "find(doctype, text)",
        "exchange_rate": "exchange_rate(from, to, date)",
        "due_on": "due_on(date, row)",
        "depreciation": "depreciation(…)",
        "periods": "periods(start, end, 'month')",
    }
)
"""Functions of the language that this version does not have yet."""


def names() -> tuple[str, ...]:
    """Every name that may be called."""
    return tuple(dict.fromkeys((*FUNCTIONS, *AGGREGATES, *SPECIAL)))
