"""THE table of functions: what each takes, gives and does, and the forms it has.

A function the language lacks is added here, with its Python (``library.py``) and, where it has the
form ``browser``, its TypeScript (``ui_builder/src/expr/library.ts``).

Parameters are words: ``number``, ``whole`` (a whole number), ``text``, ``date``, ``ordered`` (a number,
text or date), ``any``, ``dates`` (a list of dates); written out: ``rounding`` (a mode), ``pattern``,
``date format``, ``weekdays`` (``'sat sun'``), ``grouping``. ``?`` may be left out, ``*`` repeats.
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

from engine.expr import library, library_dates, library_text
from engine.expr.types import BOOLEAN, DATE, DAYS, DECIMAL, FISCAL_YEAR, INTEGER, TEXT, Type

Form = Literal["python", "oneoff", "browser", "sql"]
NOT_IN_SQL: frozenset[Form] = frozenset({"python", "oneoff", "browser"})
EVERYWHERE: frozenset[Form] = NOT_IN_SQL | {"sql"}
"""With a form that means exactly the same on SQLite and on PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the language; ``help`` is its line in the reference, see ``described.py``."""

    name: str
    takes: tuple[str, ...]
    gives: Type | Literal["first", "join"]
    run: Callable[..., Any]
    help: str
    forms: frozenset[Form] = EVERYWHERE
    country: Literal["", "first_month", "large_numbers"] = ""
    """What the compiler adds as the last argument: what the packs say of the country."""


def coalesce(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _of_year(name: str, gives: Type, run: Callable[..., Any], help_: str) -> Function:
    """A function of a date and of the fiscal year."""
    return Function(name, ("date",), gives, run, help_, NOT_IN_SQL, "first_month")


KEEP_NULL = frozenset({"coalesce"})
PAGE = "docs/reference/functions.md"
"""Where all of it is listed for people: the way out that messages name."""

TABLE: tuple[Function, ...] = (
    Function(
        "round",
        ("number", "whole?", "rounding?"),
        "first",
        library.round_number,
        "To so many decimals (none given: 0; negative: tens, hundreds), ties away from zero; "
        "or by mode 'up', 'down', 'half_even', 'half_up', 'floor', 'ceiling'.",
    ),
    Function("floor", ("number", "whole?"), "first", library.floor, "Rounded towards the lower."),
    Function("ceil", ("number", "whole?"), "first", library.ceiling, "Rounded towards the higher."),
    Function("abs", ("number",), "first", abs, "Without its sign."),
    Function("min", ("ordered", "ordered", "ordered*"), "join", library.least, "The least."),
    Function("max", ("ordered", "ordered", "ordered*"), "join", library.greatest, "The greatest."),
    Function("coalesce", ("any", "any", "any*"), "join", coalesce, "The first that is not null."),
    Function("upper", ("text",), TEXT, str.upper, "In capital letters.", forms=NOT_IN_SQL),
    Function("lower", ("text",), TEXT, str.lower, "In small letters.", forms=NOT_IN_SQL),
    Function("length", ("text",), INTEGER, library.length_of, "The number of characters."),
    Function("starts_with", ("text", "text"), BOOLEAN, library.starts_with, "Begins with it."),
    Function("contains", ("text", "text"), BOOLEAN, library.contains, "Has it somewhere."),
    Function("ends_with", ("text", "text"), BOOLEAN, library_text.ends_with, "Ends with it."),
    Function(
        "concat",
        ("text", "text", "text*"),
        TEXT,
        library_text.concat,
        "One after the other; null if one is null.",
    ),
    Function("trim", ("text",), TEXT, library_text.trim, "Without spaces at either end."),
    Function(
        "replace",
        ("text", "text", "text"),
        TEXT,
        library_text.replace,
        "Every second made the third.",
        forms=NOT_IN_SQL,
    ),
    Function(
        "pad_left",
        ("text", "whole", "text?"),
        TEXT,
        library_text.pad_left,
        "Filled on the left to so many characters.",
        forms=NOT_IN_SQL,
    ),
    Function(
        "pad_right",
        ("text", "whole", "text?"),
        TEXT,
        library_text.pad_right,
        "Filled on the right.",
        forms=NOT_IN_SQL,
    ),
    Function(
        "matches",
        ("text", "pattern"),
        BOOLEAN,
        library_text.matches,
        r"All of it fits the pattern: `.` any, `\d` digit, `[A-Z]`, `?` `*` `+` `{2,4}`, `(a|b)`.",
        forms=NOT_IN_SQL,
    ),
    Function(
        "amount_in_words",
        ("number", "text", "text", "grouping?"),
        TEXT,
        library_text.amount_in_words,
        "amount_in_words(total, 'Euros', 'Cents'): with the large numbers of the country, or by 'million'.",
        country="large_numbers",
        forms=NOT_IN_SQL,
    ),
    Function(
        "number",
        ("text",),
        DECIMAL,
        library.number_from,
        "Text as a number, or null.",
        forms=NOT_IN_SQL,
    ),
    Function("days", ("number",), DAYS, library.whole, "So many days, to move a date by."),
    Function("add_days", ("date", "number"), DATE, library_dates.add_days, "So many days later."),
    Function(
        "working_days",
        ("date", "date", "dates?", "weekdays?"),
        INTEGER,
        library_dates.working_days,
        "After the first up to the second, without holidays and the days off ('sat sun' if not said).",
        forms=NOT_IN_SQL,
    ),
    Function(
        "months_between",
        ("date", "date"),
        INTEGER,
        library_dates.months_between,
        "Whole months.",
        forms=NOT_IN_SQL,
    ),
    Function("year", ("date",), INTEGER, library_dates.year_of, "Of the calendar."),
    Function("month", ("date",), INTEGER, library_dates.month_of, "1 to 12."),
    Function("day", ("date",), INTEGER, library_dates.day_of, "Of the month."),
    Function("week", ("date",), INTEGER, library_dates.week, "Of the year, by ISO 8601."),
    Function("weekday", ("date",), INTEGER, library_dates.weekday, "1 Monday to 7 Sunday."),
    _of_year("quarter_start", DATE, library_dates.quarter_start, "Of the fiscal year."),
    _of_year("quarter_end", DATE, library_dates.quarter_end, "Of the fiscal year."),
    _of_year("year_end", DATE, library_dates.year_end, "The last day of its fiscal year."),
    Function(
        "days_between", ("date", "date"), INTEGER, library.days_between, "From first to second."
    ),
    Function("add_months", ("date", "number"), DATE, library.add_months, "Month-end safe."),
    Function("month_start", ("date",), DATE, library.month_start, "The first of its month."),
    Function("month_end", ("date",), DATE, library.month_end, "The last of its month."),
    _of_year("year_start", DATE, library.year_start, "The first day of its fiscal year."),
    _of_year(
        "fiscal_year",
        FISCAL_YEAR,
        library.fiscal_year,
        "As the packs say: .start, .end, .label ('2026-27'), .short ('2627').",
    ),
    _of_year("quarter", INTEGER, library.quarter, "Of the fiscal year, 1 to 4."),
    Function(
        "date",
        ("number", "number", "number"),
        DATE,
        library.make_date,
        "Year, month, day.",
        forms=NOT_IN_SQL,
    ),
    Function(
        "date_from",
        ("text", "date format"),
        DATE,
        library_dates.date_from,
        "Text as a date, or null: date_from(text, 'yyyyMMdd'); also written date(text, 'yyyyMMdd').",
        forms=NOT_IN_SQL,
    ),
)

FUNCTIONS = MappingProxyType({function.name: function for function in TABLE})

AGGREGATES = ("sum", "avg", "min", "max", "count", "exists")
SPECIAL = ("text", "balance", "turnover", "role", "under", "is_under", "convert", "find")
NOT_BUILT = MappingProxyType(
    {
        "periods": "periods(start, end, 'month')",
    }
)
"""Functions of the language that this version does not have yet."""


def names() -> tuple[str, ...]:
    """Every name that may be called."""
    return tuple(dict.fromkeys((*FUNCTIONS, *AGGREGATES, *SPECIAL)))
