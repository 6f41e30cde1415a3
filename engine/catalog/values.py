"""Reading one value as its field's type."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.catalog.fields import Field
from engine.catalog.fieldtypes import DECIMAL_TYPES

MOST_TEXT = 100_000
BEYOND_INTEGERS = 2**63
"""The first whole number that no column holds."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FIRST_YEAR, LAST_YEAR = 1900, 2200


class Unreadable(Exception):
    """The value is not one of its type. ``code`` is stable, ``sentence`` goes after the field's label."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def read_value(field: Field, value: Any) -> Any:
    """``value`` as the Python value of ``field.type``; None and "" are empty. Raises Unreadable.

    A link comes back as an id (int) or as text, a business key that is still to be found.
    """
    if value is None or value == "":
        return None
    if field.type in DECIMAL_TYPES:
        return _decimal(field, value)
    reader = _READERS.get(field.type)
    return reader(field, value) if reader is not None else _text(field, value)


def _wrong(kind: str, value: Any) -> Unreadable:
    """The refusal of ``value``, shown as JSON would show it."""
    text = json.dumps(value, default=str, ensure_ascii=False)
    shown = str(value) if isinstance(value, Decimal) else text
    return Unreadable(
        "value.type", f"{shown if len(shown) <= 40 else shown[:37] + '…'} is not {kind}."
    )


def _decimal(field: Field, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise _wrong("a number", value)
    if isinstance(value, str) and "_" in value:  # Python reads 1_000, people do not write it
        raise _wrong("a number", value)
    try:
        number = Decimal(str(value).strip()) if not isinstance(value, Decimal) else value
    except InvalidOperation:
        raise _wrong("a number", value) from None
    if not number.is_finite():
        raise _wrong("a number", value)
    whole = field.precision - field.scale
    if number and number.adjusted() >= whole:
        raise Unreadable("value.too_large", f"takes at most {whole} digits before the point.")
    if number != round(number, field.scale):
        raise Unreadable("value.too_precise", f"takes at most {field.scale} decimals.")
    return number.quantize(Decimal(1).scaleb(-field.scale))


def _integer(field: Field, value: Any) -> int:
    if isinstance(value, str) and value.strip().lstrip("-").isascii() and "_" not in value:
        try:
            value = int(value)
        except ValueError:
            raise _wrong("a whole number", value) from None
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong("a whole number", value)
    if abs(value) >= BEYOND_INTEGERS:
        raise Unreadable("value.too_large", "is larger than a whole number may be.")
    return value


def _boolean(field: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _wrong("true or false", value)
    return value


def _date(field: Field, value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return _sensible(date.fromisoformat(value))
    except ValueError:
        pass
    raise _wrong("a date (YYYY-MM-DD)", value)


def _sensible(value: date) -> date:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise Unreadable("value.too_far", f"takes a date of the years {FIRST_YEAR} to {LAST_YEAR}.")
    return value


def _datetime(field: Field, value: Any) -> datetime:
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        read = None
    if not isinstance(read, datetime):
        raise _wrong("a date and time (ISO 8601)", value)
    _sensible(read.date())
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def _time(field: Field, value: Any) -> time:
    try:
        read = time.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        read = None
    if not isinstance(read, time):
        raise _wrong("a time (HH:MM)", value)
    return read


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong("a text", value)
    text = value.strip()
    if "\x00" in text:
        raise Unreadable("value.type", "holds a character that no text has (NUL).")
    if len(text) > MOST_TEXT:
        raise Unreadable("value.too_long", f"takes at most {MOST_TEXT:,} characters.")
    return text


def _link(field: Field, value: Any) -> int | str:
    named = value.get("id") if isinstance(value, Mapping) else value
    if isinstance(named, bool) or not isinstance(named, int | str) or named == "":
        raise _wrong("a record's id or key", value)
    if isinstance(named, int) and not is_id(named):
        raise _wrong("a record's id", named)
    return named if isinstance(named, int) else _text(field, named)


def is_id(value: Any) -> bool:
    """Whether ``value`` can be the id of a record; ids are handed out from 1 and fit a column."""
    return type(value) is int and 0 < value < BEYOND_INTEGERS


def _json(field: Field, value: Any) -> Any:
    if not isinstance(value, dict | list):
        raise _wrong("an object or a list", value)
    _check_numbers(value)
    return value


def _check_numbers(value: Any) -> None:
    """Refuse whole numbers that no reader of JSON keeps exactly."""
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            _check_numbers(part)
    elif isinstance(value, int) and abs(value) >= BEYOND_INTEGERS:
        raise Unreadable("value.too_large", f"{value} is larger than a whole number may be.")


_READERS: Mapping[str, Callable[[Field, Any], Any]] = {
    "integer": _integer,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "link": _link,
    "json": _json,
}
