"""A value of one kind as a value of another, or why it is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from engine.plan.spec import ColumnSpec


class Unconvertible(ValueError):
    """The text says which value, and what it is not."""


def converted(before: ColumnSpec, after: ColumnSpec, value: Any) -> Any:
    """``value`` of ``before`` as one of ``after``. Nothing is rounded or cut. Raises Unconvertible."""
    if value is None or value == "":
        return None
    try:
        found = _CONVERT[before.kind, after.kind](value)
    except (ValueError, InvalidOperation) as error:
        raise Unconvertible(f"'{value}' is no {after.kind}") from error
    if after.kind == "decimal":
        _check_digits(found, after, value)
    if after.kind == "text" and after.length and len(found) > after.length:
        raise Unconvertible(f"'{value}' has more than {after.length} characters")
    return found


def _check_digits(number: Decimal, after: ColumnSpec, value: Any) -> None:
    if not number.is_finite() or number != round(number, after.scale):
        raise Unconvertible(f"'{value}' has more than {after.scale} decimals")
    if abs(number) >= Decimal(10) ** (after.precision - after.scale):
        raise Unconvertible(f"'{value}' has too many digits")


def _whole(value: Any) -> int:
    number = Decimal(str(value).strip())
    if number != number.to_integral_value():
        raise ValueError
    return int(number)


def _condition(value: Any) -> bool:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    try:
        return words[str(value).strip().lower()]
    except KeyError:
        raise ValueError from None


def _plain(value: Any) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _business_zone() -> ZoneInfo:
    return ZoneInfo(str(settings.BUSINESS_TIME_ZONE))


def _midnight(value: date) -> datetime:
    return datetime.combine(value, time(), _business_zone()).astimezone(UTC)


_CONVERT: Mapping[tuple[str, str], Callable[[Any], Any]] = {
    ("integer", "decimal"): Decimal,
    ("decimal", "integer"): _whole,
    ("integer", "text"): str,
    ("decimal", "text"): _plain,
    ("text", "integer"): _whole,
    ("text", "decimal"): lambda value: Decimal(value.strip()),
    ("text", "date"): lambda value: date.fromisoformat(value.strip()),
    ("text", "boolean"): _condition,
    ("date", "text"): date.isoformat,
    ("date", "datetime"): _midnight,
    ("datetime", "date"): lambda value: value.astimezone(_business_zone()).date(),
    ("boolean", "text"): lambda value: "true" if value else "false",
    ("boolean", "integer"): int,
    ("integer", "boolean"): _condition,
}
