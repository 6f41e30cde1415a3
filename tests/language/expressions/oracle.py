"""What the language means, said a second time and plainly: the generator works its results out by this.

Nothing of ``engine`` is used. Division and rounding go through fractions, months are counted one by
one, conditions follow the tables of three-valued logic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

Value = Any


def strict(function: Callable[..., Value]) -> Callable[..., Value]:
    """Null in gives null out."""
    return lambda *values: None if any(value is None for value in values) else function(*values)


def rounded(value: Decimal | int, places: int, mode: str = "half_up") -> Decimal:
    scaled = Fraction(value) * Fraction(10) ** places
    floor = scaled.numerator // scaled.denominator
    rest = scaled - floor
    up = {
        "floor": False,
        "ceiling": rest > 0,
        "down": scaled < 0 and rest > 0,
        "up": scaled > 0 and rest > 0,
        "half_up": rest > Fraction(1, 2) or (rest == Fraction(1, 2) and scaled > 0),
        "half_even": rest > Fraction(1, 2) or (rest == Fraction(1, 2) and floor % 2 == 1),
    }[mode]
    whole = floor + (1 if up else 0)
    digits = Decimal(abs(whole)).scaleb(-places)
    return -digits if whole < 0 else digits


def quotient(a: Decimal | int, b: Decimal | int) -> Decimal | None:
    if b == 0:
        return None
    exact = Fraction(a) / Fraction(b)
    sign = -1 if exact < 0 else 1
    scaled = abs(exact) * 10**12
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    whole += 1 if 2 * rest >= scaled.denominator else 0
    return Decimal(f"{sign * whole}E-12")


def both(a: Value, b: Value) -> Value:
    table = {(True, True): True, (True, None): None, (None, True): None, (None, None): None}
    return table.get((a, b), False)


def either(a: Value, b: Value) -> Value:
    table = {(False, False): False, (False, None): None, (None, False): None, (None, None): None}
    return table.get((a, b), True)


def contrary(a: Value) -> Value:
    return {True: False, False: True, None: None}[a]


def among(value: Value, values: list[Value]) -> Value:
    if value is None:
        return None
    if any(each is not None and each == value for each in values):
        return True
    return None if None in values else False


def first_known(*values: Value) -> Value:
    for value in values:
        if value is not None:
            return value
    return None


def known(values: Iterable[Value]) -> list[Value]:
    return [value for value in values if value is not None]


def added(values: Iterable[Value]) -> Decimal:
    result = Decimal(0)
    for value in known(values):
        result = result + value
    return result


def mean(values: list[Value]) -> Value:
    return quotient(added(values), len(known(values)))


def months_later(day: date, months: int) -> date:
    year, month = day.year, day.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    return date(year, month, min(day.day, last_day(year, month)))


def last_day(year: int, month: int) -> int:
    following = date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)
    return (following - timedelta(days=1)).day


def year_begin(day: date) -> date:
    begin = date(day.year, 4, 1)
    return begin if begin <= day else date(day.year - 1, 4, 1)


def year_short(day: date) -> str:
    begin = year_begin(day)
    return str(begin.year)[2:] + str(begin.year + 1)[2:]


def year_label(day: date) -> str:
    begin = year_begin(day)
    return f"{begin.year}-{str(begin.year + 1)[2:]}"


def quarter(day: date) -> int:
    return {4: 1, 5: 1, 6: 1, 7: 2, 8: 2, 9: 2, 10: 3, 11: 3, 12: 3}.get(day.month, 4)


def plain(value: Decimal | int) -> str:
    text = format(Decimal(value), "f")
    if "." in text:
        text = text.rstrip("0").removesuffix(".")
    return "0" if text in ("-0", "") else text


def fixed(value: Decimal | int, places: int) -> str:
    result = rounded(value, places)
    text = format(abs(result), f".{places}f")
    return f"-{text}" if result < 0 else text


def lakhs(text: str) -> str:
    """The digits of a number as India writes them: three, and then by twos."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, point, rest = digits.partition(".")
    head = whole[:-3]
    # From the right: an odd number of digits begins with one alone.
    pairs = [head[: len(head) % 2]] + [head[n : n + 2] for n in range(len(head) % 2, len(head), 2)]
    groups = [part for part in (*pairs, whole[-3:]) if part]
    return sign + ",".join(groups) + point + rest


def parsed(text: str) -> Decimal | None:
    digits = text.strip().replace(",", "")
    body = digits[1:] if digits[:1] in ("+", "-") else digits
    whole, point, rest = body.partition(".")
    good = (
        whole.isascii() and whole.isdigit() and (not point or (rest.isascii() and rest.isdigit()))
    )
    return Decimal(digits) if good else None
