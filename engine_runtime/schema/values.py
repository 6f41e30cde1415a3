"""A value of one kind as a value of another, or why it is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.catalog.fields import Field
from engine.kernel.stored import OVERFLOW, as_stored
from engine.plan.spec import ColumnSpec


class Unconvertible(ValueError):
    """The text says which value, and what it is not."""


def converted(before: ColumnSpec, after: ColumnSpec, value: Any, zone: tzinfo) -> Any:
    """``value`` of ``before`` as one of ``after``, days by the clock of ``zone``. Nothing is rounded or cut.

    Raises Unconvertible.
    """
    if value is None or value == "":
        return None
    try:
        kinds = (before.kind, after.kind)
        by_clock = _BY_CLOCK.get(kinds)
        found = by_clock(value, zone) if by_clock is not None else _CONVERT[kinds](value)
    except (ValueError, InvalidOperation) as error:
        raise Unconvertible(f"'{value}' is no {after.kind}") from error
    if after.kind == "decimal":
        _check_digits(found, after, value)
    if after.kind == "text" and after.length and len(found) > after.length:
        raise Unconvertible(f"'{value}' has more than {after.length} characters")
    return found


def fitted(field: Field, value: Any) -> Any:
    """``value`` of an expression as ``field`` stores it: rounded as everywhere. Raises Unconvertible.

    Nothing in a required field is refused as well: its default is what new records get, not what old ones are.
    """
    if value is None and field.required:
        raise Unconvertible("nothing comes out of it, and the field is required")
    if value is None or value == "":
        return value
    if field.type == "link":
        return int(value)
    found = as_stored(field, value)
    if found is OVERFLOW:
        raise Unconvertible(f"'{value}' has too many digits")
    if field.type == "choice" and found not in field.options:
        raise Unconvertible(f"'{found}' is no option")
    if isinstance(found, str) and field.length and len(found) > field.length:
        raise Unconvertible(f"'{found[:40]}…' has more than {field.length} characters")
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


_BY_CLOCK: Mapping[tuple[str, str], Callable[[Any, tzinfo], Any]] = {
    ("date", "datetime"): lambda value, zone: datetime.combine(value, time(), zone).astimezone(UTC),
    ("datetime", "date"): lambda value, zone: value.astimezone(zone).date(),
}
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
    ("boolean", "text"): lambda value: "true" if value else "false",
    ("boolean", "integer"): int,
    ("integer", "boolean"): _condition,
}
