"""What the arithmetic operators do with types: one table, read from top to bottom.

===============  =======================  ==================================================
``+`` and ``-``  number ± number          number (whole if both are)
                 money ± money            money; two different currencies are refused
                 money ± number           money (a plain number takes on the currency; no percent)
                 quantity ± quantity      quantity; two different units are refused
                 quantity ± number        quantity
                 date ± days, whole       the date so many days later or earlier
                 days ± days              days
``*``            money × number, quantity  money
                 quantity × rate, decimal  number (a price, or a factor of conversion)
                 quantity × whole, percent quantity
                 quantity × quantity      number
                 number × number          number
``/``            money / money            number; two different currencies are refused
                 money / quantity         rate
                 money / number           money
                 quantity / quantity      number
                 quantity / number        quantity
                 number / any of them     number
===============  =======================  ==================================================

Null and json go with everything. Text is put together with ``text()``, days between two dates are
``days_between(a, b)``. Any other pair is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.expr.types import (
    ANY,
    DAYS,
    DECIMAL,
    INTEGER,
    NULL,
    RATE,
    Any,
    Date,
    DateTime,
    Days,
    Money,
    Null,
    Number,
    Quantity,
    Text,
    Type,
    describe,
    is_numeric,
    is_open,
    same_currency,
    same_unit,
)

_VERBS = {"+": "added to", "-": "subtracted from", "*": "multiplied with", "/": "divided by"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why two types do not go together: the code, the sentence and the way out."""

    code: str
    message: str
    hint: str = ""


def result_of(operator: str, left: Type, right: Type) -> Type | Refusal:
    """The type of ``left operator right`` by the table above, or why it is refused."""
    if is_open(left) or is_open(right):
        return _open(operator, left, right)
    if operator in "+-":
        found = _added(operator, left, right)
    elif operator == "*":
        found = _multiplied(left, right)
    else:
        found = _divided(left, right)
    return found if found is not None else _refused(operator, left, right)


def _open(operator: str, left: Type, right: Type) -> Type | Refusal:
    known = right if is_open(left) else left
    if isinstance(left, Any) or isinstance(right, Any):
        if isinstance(known, Days):
            return ANY  # a date, or more days
        return ANY if is_open(known) or operator in "*/" else known
    if isinstance(known, Null):
        return NULL
    if is_numeric(known):
        return known if operator in "+-" else DECIMAL
    if isinstance(known, (Date, DateTime, Days)) and operator in "+-":
        return known
    return _refused(operator, left, right)


def _added(operator: str, left: Type, right: Type) -> Type | Refusal | None:
    match left, right:
        case Number(a), Number(b):
            return left if a == b else DECIMAL
        case Money(), Money():
            if same_currency(left, right):
                return left if left.currency else right
            return _mixed(operator, left, right, "currency")
        case Quantity(), Quantity():
            if same_unit(left, right):
                return left if left.unit else right
            return _mixed(operator, left, right, "unit")
        case Money(), Number(kind) if kind != "percent":
            return left
        case Number(kind), Money() if kind != "percent":
            return right
        case Quantity(), Number(kind) if kind != "percent":
            return left
        case Number(kind), Quantity() if kind != "percent":
            return right
        case ((Date() | DateTime()), (Days() | Number("integer"))):
            return left
        case Days(), (Days() | Number("integer")):
            return DAYS
        case ((Days() | Number("integer")), (Date() | DateTime())) if operator == "+":
            return right
    return None


def _multiplied(left: Type, right: Type) -> Type | None:
    match left, right:
        case Number("integer"), Number("integer"):
            return INTEGER
        case (Number(), Number()) | (Quantity(), Quantity()):
            return DECIMAL
        case Money(), (Number() | Quantity()):
            return left
        case ((Number() | Quantity()), Money()):
            return right
        case Quantity(), Number(kind):
            return left if kind in ("integer", "percent") else DECIMAL
        case Number(kind), Quantity():
            return right if kind in ("integer", "percent") else DECIMAL
    return None


def _divided(left: Type, right: Type) -> Type | Refusal | None:
    match left, right:
        case Money(), Money():
            return DECIMAL if same_currency(left, right) else _mixed("/", left, right, "currency")
        case Money(), Quantity():
            return RATE
        case ((Money() | Quantity()), Number()):
            return left
        case Quantity(), Quantity():
            return DECIMAL if same_unit(left, right) else _mixed("/", left, right, "unit")
        case Number(), (Number() | Money() | Quantity()):
            return DECIMAL
    return None


def _mixed(operator: str, left: Type, right: Type, what: str) -> Refusal:
    return Refusal(
        "E209",
        f"{_pair(operator, left, right)}: they differ in {what}.",
        f"Bring both to one {what} first.",
    )


def _refused(operator: str, left: Type, right: Type) -> Refusal:
    hint = ""
    if isinstance(left, Text) and isinstance(right, Text) and operator == "+":
        hint = "To put text together, write text('{} {}', a, b)."
    elif isinstance(left, (Date, DateTime)) and isinstance(right, (Date, DateTime)):
        hint = "For the days between two dates, write days_between(start, end)."
    elif Number("percent") in (left, right) and operator in "+-":
        hint = "For a share of an amount, write amount * percent / 100."
    elif isinstance(left, (Date, DateTime)) and is_numeric(right):
        hint = "To move a date, write date + days(n)."
    return Refusal("E205", f"{_pair(operator, left, right)}.", hint)


def _pair(operator: str, left: Type, right: Type) -> str:
    first, second = (right, left) if operator == "-" else (left, right)
    text = f"{describe(first)} cannot be {_VERBS[operator]} {describe(second)}"
    return text[0].upper() + text[1:]
