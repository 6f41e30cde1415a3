"""What the functions of the language do with plain values. Null handling is the caller's."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from engine.money import ROUNDING_MODES, round_half_up, round_with

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")
_MOST_PLACES = 12
_MOST_DAYS = 4_000_000


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """Twelve months from ``start``, the first of one. ``label`` is ``2026-27``, ``short`` is ``2627``.

    A year that is the calendar's is ``2026`` and ``2626``.
    """

    start: date

    @property
    def end(self) -> date:
        if self.start.month == 1:
            return date(self.start.year, 12, 31)
        return date(self.start.year + 1, self.start.month, 1) - timedelta(days=1)

    @property
    def label(self) -> str:
        first = f"{self.start.year:04d}"
        return first if self.start.month == 1 else f"{first}-{self.end.year % 100:02d}"

    @property
    def short(self) -> str:
        return f"{self.start.year % 100:02d}{self.end.year % 100:02d}"


def whole(value: Decimal | int) -> int:
    """Towards zero."""
    return value if isinstance(value, int) else int(value.to_integral_value(ROUND_DOWN))


def round_number(value: Decimal | int, places: Decimal | int = 0, mode: str = "") -> Decimal:
    number = Decimal(value) if isinstance(value, int) else value
    wanted = max(-_MOST_PLACES, min(_MOST_PLACES, whole(places)))
    if not mode:
        return round_half_up(number, wanted)
    return round_with(number, wanted, ROUNDING_MODES[mode])


def floor(value: Decimal | int, places: Decimal | int = 0) -> Decimal:
    return round_number(value, places, "floor")


def ceiling(value: Decimal | int, places: Decimal | int = 0) -> Decimal:
    return round_number(value, places, "ceiling")


def number_from(text: str) -> Decimal | None:
    """``1,18,000.50`` → 118000.50; None when the text is no number."""
    plain = text.strip().replace(",", "")
    return Decimal(plain) if _NUMBER.fullmatch(plain) else None


def length_of(text: str) -> int:
    return len(text)


def starts_with(text: str, part: str) -> bool:
    return text.startswith(part)


def contains(text: str, part: str) -> bool:
    return part in text


def move_date(day: date, days: Decimal | int) -> date | None:
    """``days`` later; None when the calendar (years 1 to 9999) ends before."""
    count = whole(days)
    if abs(count) > _MOST_DAYS:
        return None
    try:
        return day + timedelta(days=count)
    except OverflowError:
        return None


def make_date(year: Decimal | int, month: Decimal | int, day: Decimal | int) -> date | None:
    """None when there is no such day."""
    try:
        return date(whole(year), whole(month), whole(day))
    except (ValueError, OverflowError):
        return None


def days_between(start: date, end: date) -> int:
    return plain_date(end).toordinal() - plain_date(start).toordinal()


def plain_date(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def add_months(day: date, months: Decimal | int) -> date | None:
    """The same day of a later month, or that month's last day: 31 January + 1 is 28 February."""
    count = day.year * 12 + day.month - 1 + whole(months)
    year, month = divmod(count, 12)
    if not 1 <= year <= 9999:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_start(day: date) -> date:
    return date(day.year, day.month, 1)


def month_end(day: date) -> date:
    return date(day.year, day.month, monthrange(day.year, day.month)[1])


def year_start(day: date, first_month: Decimal | int) -> date | None:
    """The first of ``first_month`` at or before the day."""
    month = whole(first_month)
    year = day.year if day.month >= month else day.year - 1
    return date(year, month, 1) if year >= 1 else None


def fiscal_year(day: date, first_month: Decimal | int) -> FiscalYear | None:
    start = year_start(day, first_month)
    return FiscalYear(start) if start is not None and start.year < 9999 else None


def quarter(day: date, first_month: Decimal | int) -> int:
    """Of the fiscal year: its first three months are 1, its last three 4."""
    return (day.month - whole(first_month)) % 12 // 3 + 1


def least(*values: Decimal | int) -> Decimal | int:
    return min(values)


def greatest(*values: Decimal | int) -> Decimal | int:
    return max(values)
