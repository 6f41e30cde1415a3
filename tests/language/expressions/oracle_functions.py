"""What the functions of dates and text mean, said a second time and plainly; see ``oracle.py``."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.language.expressions.oracle import last_day, months_later

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ONES = (
    "Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen "
    "Sixteen Seventeen Eighteen Nineteen"
).split()
_TENS = "- - Twenty Thirty Forty Fifty Sixty Seventy Eighty Ninety".split()


def week(day: date) -> int:
    """The week of its Thursday, counted from the year's first Thursday."""
    thursday = day + timedelta(days=3 - day.weekday())
    return (thursday - date(thursday.year, 1, 1)).days // 7 + 1


def months_between(start: date, end: date) -> int:
    """The most months that do not lead past the end."""
    sign = 1 if start <= end else -1
    count = 0
    while True:
        reached = months_later(start, count + sign)
        if reached > end if sign > 0 else reached < end:
            return count
        count += sign


def working_days(start: date, end: date, holiday: date | None, off: str) -> int:
    """One by one."""
    low, high = min(start, end), max(start, end)
    closed = [_DAYS.index(name) for name in off.split(" ")]
    count, day = 0, low
    while day < high:
        day += timedelta(days=1)
        count += day.weekday() not in closed and day != holiday
    return count if start <= end else -count


def quarter(day: date) -> tuple[date, date]:
    first = {1: 1, 2: 1, 3: 1, 4: 4, 5: 4, 6: 4, 7: 7, 8: 7, 9: 7}.get(day.month, 10)
    return date(day.year, first, 1), date(day.year, first + 2, last_day(day.year, first + 2))


def padded(text: str, width: int, mark: str, side: str) -> str:
    filling = ""
    while len(text) + len(filling) < width:
        filling += mark[len(filling) % len(mark)]
    return filling + text if side == "left" else text + filling


def stands_under(groups: dict[Any, Any], item: Any, node: Any) -> bool | None:
    if item is None or node is None:
        return None
    while item is not None:
        if item == node:
            return True
        item = groups.get(item, {}).get("above")
    return False


def in_words(value: Decimal) -> str:
    """Rupees and paise by lakh and crore."""
    paise = int(abs(value) * 100)
    text = f"{'Minus ' if value < 0 else ''}Rupees {_counted(paise // 100)}"
    return f"{text} and Paise {_counted(paise % 100)} Only" if paise % 100 else f"{text} Only"


def _counted(number: int) -> str:
    if number < 20:
        return _ONES[number]
    if number < 100:
        return _TENS[number // 10] + (f" {_ONES[number % 10]}" if number % 10 else "")
    for step, name in ((10**7, "Crore"), (10**5, "Lakh"), (1000, "Thousand"), (100, "Hundred")):
        if number >= step:
            rest = number % step
            return f"{_counted(number // step)} {name}" + (f" {_counted(rest)}" if rest else "")
    raise AssertionError(number)
