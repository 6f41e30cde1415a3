"""Functions of dates: parts, periods, working days, reading. Null handling is the caller's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from engine.expr.library import (
    add_months,
    make_date,
    month_end,
    plain_date,
    whole,
    year_start,
)

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
READ_PARTS = re.compile(r"yyyy|yy|MMM|MM|dd|[^A-Za-z]")
READ_FORMAT = re.compile(r"(?:yyyy|yy|MMM|MM|dd|[-/. ,])+")
_DIGITS = {"yyyy": 4, "yy": 2, "MM": 2, "dd": 2, "MMM": 3}
_CENTURY = 2000


def year_of(day: date) -> int:
    return day.year


def month_of(day: date) -> int:
    return day.month


def day_of(day: date) -> int:
    return day.day


def weekday(day: date) -> int:
    """Monday is 1, Sunday 7."""
    return day.isoweekday()


def week(day: date) -> int:
    """By ISO 8601: week 1 has the year's first Thursday."""
    return plain_date(day).isocalendar().week


def quarter_start(day: date, first_month: Decimal | int) -> date | None:
    """The first day of the quarter of the fiscal year that begins with ``first_month``."""
    back = (day.month - whole(first_month)) % 3
    return add_months(date(day.year, day.month, 1), -back)


def quarter_end(day: date, first_month: Decimal | int) -> date | None:
    """The last day of the quarter; None when the calendar ends before."""
    ahead = 2 - (day.month - whole(first_month)) % 3
    last = add_months(date(day.year, day.month, 1), ahead)
    return month_end(last) if last is not None else None


def year_end(day: date, first_month: Decimal | int) -> date | None:
    """The last day of the fiscal year."""
    start = year_start(day, first_month)
    after = add_months(start, 12) if start is not None else None
    return date.fromordinal(after.toordinal() - 1) if after is not None else None


def months_between(start: date, end: date) -> int:
    """Whole months from the first day to the second: as often as ``add_months`` reaches it."""
    months = (end.year - start.year) * 12 + end.month - start.month
    reached = add_months(plain_date(start), months)
    last = plain_date(end)
    if months > 0 and reached is not None and reached > last:
        return months - 1
    return months + 1 if months < 0 and reached is not None and reached < last else months


def working_days(
    start: date, end: date, holidays: Sequence[date | None] = (), off: str = "sat sun"
) -> int:
    """Days after the first up to the second, without those off and without holidays; negative backwards."""
    first, last = plain_date(start).toordinal(), plain_date(end).toordinal()
    sign = 1 if first <= last else -1
    first, last = min(first, last), max(first, last)
    closed = {WEEKDAYS.index(name) for name in off.split()}
    weeks, rest = divmod(last - first, 7)
    days = weeks * (7 - len(closed))
    days += sum(1 for day in range(last - rest + 1, last + 1) if (day - 1) % 7 not in closed)
    free = {plain_date(day).toordinal() for day in holidays if day is not None}
    days -= sum(1 for day in free if first < day <= last and (day - 1) % 7 not in closed)
    return sign * days


def date_from(text: str, pattern: str) -> date | None:
    """``20260401`` read as ``yyyyMMdd``; None when the text is no date of this form."""
    found = {"dd": 1, "MM": 1, "yyyy": 0}
    place = 0
    for part in READ_PARTS.findall(pattern):
        width = _DIGITS.get(part, 1)
        written = text[place : place + width]
        place += width
        number = _number(part, written)
        if number is None:
            return None
        found[{"yy": "yyyy", "MMM": "MM"}.get(part, part)] = number
    if place != len(text):
        return None
    return make_date(found["yyyy"], found["MM"], found["dd"])


def _number(part: str, written: str) -> int | None:
    """What a part of the text says; 0 for a sign between that stands where it should."""
    if part not in _DIGITS:
        return 0 if written == part else None
    if part == "MMM":
        return MONTHS.index(written) + 1 if written in MONTHS else None
    if len(written) != _DIGITS[part] or not (written.isascii() and written.isdigit()):
        return None
    return int(written) + (_CENTURY if part == "yy" else 0)


def add_days(day: date, days: Decimal | int) -> date | None:
    """So many days later; None beyond the calendar."""
    count = plain_date(day).toordinal() + whole(days)
    return date.fromordinal(count) if 1 <= count <= date.max.toordinal() else None
