"""How values become text: in templates, messages and ``text()``. The browser does the same.

Without a format: money with 2 decimals, other numbers without needless zeros, dates as
``2026-04-01``, a fiscal year as ``2026-27``, conditions as ``yes`` / ``no``, null as nothing.
Formats: ``.2`` so many decimals · ``,`` or ``,.2`` the same with its digits in groups, as the country does it ·
``5`` padded with zeros to so many digits (text stays as it is) · ``dd-MM-yyyy`` from yyyy yy MMM MM dd HH mm ·
four digits on a fiscal year: ``2627``. In texts for people amounts and ``.2`` have their digits in groups anyway.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.expr.nodes import Layout
from engine.expr.types import (
    Boolean,
    Date,
    DateTime,
    Days,
    FiscalYearType,
    Money,
    Number,
    Quantity,
    Text,
    Type,
    is_open,
)
from engine.money import round_half_up

_PLACES = re.compile(r"\.(1[0-2]|[0-9])")
_GROUPED = re.compile(r",(?:\.(1[0-2]|[0-9]))?")
_WIDTH = re.compile(r"[1-9]|1[0-9]|20")
_SHORT_YEAR = re.compile(r"[0-9]{4}")
_DATE_PARTS = re.compile(r"yyyy|yy|MMM|MM|dd|HH|mm")
_DATE_FORMAT = re.compile(r"(?:yyyy|yy|MMM|MM|dd|HH|mm|[-/. :,T])+")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ISO_DATE = "yyyy-MM-dd"
ISO_MOMENT = "yyyy-MM-dd HH:mm"


def layout_for(
    type_: Type, written: str, groups: str = "3", *, people: bool = False
) -> Layout | str:
    """The layout of a value of ``type_`` with the format ``written``; a sentence when it is wrong.

    ``groups``: as ``Country`` has them. ``people``: it is for eyes, so amounts have their digits in groups.
    """
    if isinstance(type_, FiscalYearType):
        if not written:
            return Layout("year", "label")
        if _SHORT_YEAR.fullmatch(written):
            return Layout("year", "short")
        return "A fiscal year takes no format, or four digits as in 2526."
    if isinstance(type_, (Date, DateTime)):
        if not written:
            return Layout("date", ISO_DATE if isinstance(type_, Date) else ISO_MOMENT)
        if _DATE_FORMAT.fullmatch(written):
            return Layout("date", written)
        return "A date takes a format of yyyy, yy, MMM, MM, dd, HH, mm, as dd-MM-yyyy."
    if isinstance(type_, Text):
        fits = not written or _WIDTH.fullmatch(written)
        return Layout("any") if fits else "Text takes no format."
    if isinstance(type_, Boolean):
        return "A condition takes no format." if written else Layout("boolean")
    if isinstance(type_, (Number, Money, Quantity, Days)) or is_open(type_):
        return _number_layout(type_, written, groups, people=people)
    return "Only values become text; write one of the fields of the record."


def _number_layout(type_: Type, written: str, groups: str, *, people: bool) -> Layout | str:
    least = "2" if isinstance(type_, Money) else ""
    if not written and not least:
        return Layout("any" if is_open(type_) else "plain")
    if _GROUPED.fullmatch(written):
        return Layout("grouped", f"{written[2:] or least}|{groups}")
    if not written or _PLACES.fullmatch(written):
        places = written[1:] or least
        return Layout("grouped", f"{places}|{groups}") if people else Layout("fixed", places)
    if _WIDTH.fullmatch(written):
        return Layout("pad", written)
    if is_open(type_) and _DATE_FORMAT.fullmatch(written):
        return Layout("date", written)
    return "A number takes a format as .2 (decimals), ,.2 (in groups as well) or 5 (digits)."


def plain(value: Decimal | int) -> str:
    """All digits, no exponent, no needless zeros."""
    if isinstance(value, int):
        return str(value)
    if not value:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def fixed(value: Decimal | int, places: int) -> str:
    rounded = round_half_up(Decimal(value), places)
    return format(rounded if rounded else abs(rounded), "f")


def group_digits(text: str, groups: str) -> str:
    """``1234567.50`` in groups of ``3,2``: ``12,34,567.50``."""
    if not groups:
        return text
    sign = "-" if text.startswith("-") else ""
    whole, point, rest = text.removeprefix("-").partition(".")
    sizes = [int(size) for size in groups.split(",")]
    parts: list[str] = []
    while whole:
        size = sizes[min(len(parts), len(sizes) - 1)]
        parts.append(whole[-size:])
        whole = whole[:-size]
    return f"{sign}{','.join(reversed(parts))}{point}{rest}"


def shown(value: Decimal | int, groups: str, places: int | None = None) -> str:
    """A number for eyes: with so many decimals, else without needless zeros."""
    return group_digits(plain(value) if places is None else fixed(value, places), groups)


def dated(value: date, pattern: str) -> str:
    hour, minute = (value.hour, value.minute) if isinstance(value, datetime) else (0, 0)
    parts = {
        "yyyy": f"{value.year:04d}",
        "yy": f"{value.year % 100:02d}",
        "MMM": _MONTHS[value.month - 1],
        "MM": f"{value.month:02d}",
        "dd": f"{value.day:02d}",
        "HH": f"{hour:02d}",
        "mm": f"{minute:02d}",
    }
    return _DATE_PARTS.sub(lambda found: parts[found.group()], pattern)


def anything(value: Any) -> str:
    """By the value itself, where the type is not known."""
    match value:
        case str():
            return value
        case bool():
            return "yes" if value else "no"
        case int() | Decimal():
            return plain(value)
        case datetime():
            return dated(value, ISO_MOMENT)
        case date():
            return dated(value, ISO_DATE)
    return ""


def writer(layout: Layout) -> Callable[[Any], str]:
    """A function that writes a value (not null) in this layout."""
    argument = layout.argument
    if layout.kind == "fixed":
        places = int(argument)
        return lambda value: value if isinstance(value, str) else fixed(value, places)
    if layout.kind == "grouped":
        text, _, groups = argument.partition("|")
        least = int(text) if text else None
        return lambda value: value if isinstance(value, str) else shown(value, groups, least)
    if layout.kind == "pad":
        width = int(argument)
        return lambda value: value if isinstance(value, str) else fixed(value, 0).zfill(width)
    if layout.kind == "date":
        return lambda value: value if isinstance(value, str) else dated(value, argument)
    if layout.kind == "year":
        return lambda value: str(value.short if argument == "short" else value.label)
    return plain if layout.kind == "plain" else anything
