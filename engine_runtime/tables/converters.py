"""Values on their way between Python and a column, one small function per column kind.

PostgreSQL takes text for everything: one prepared statement then serves every value. SQLite takes what it
stores. Numbers that do not fit are refused on both, never rounded; dates and moments are stored as Django stores them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import orjson

from engine.plan.spec import ColumnSpec
from engine_runtime.schema.fields import largest
from engine_runtime.tables.errors import ValueRefused

Convert = Callable[[Any], Any]
ToText = Callable[[Any], str]

_ARRAY_TYPES = {
    "id": "bigint", "link": "bigint", "integer": "bigint", "text": "text", "long_text": "text",
    "boolean": "boolean", "decimal": "numeric", "date": "date", "time": "time",
    "datetime": "timestamptz", "json": "jsonb",
}  # fmt: skip
WRONG = (TypeError, ValueError, KeyError, AttributeError, ArithmeticError)
"""What a converter raises for a value that its column cannot hold."""

_QUOTED = ("text", "long_text", "json")


def postgresql_type(column: ColumnSpec) -> str:
    """The type that a parameter for ``column`` is cast to."""
    return _ARRAY_TYPES[column.kind]


def checked(column: ColumnSpec, convert: Convert, value: Any) -> Any:
    """``value`` converted for ``column``. Raises ValueRefused."""
    try:
        return convert(value)
    except WRONG as error:
        raise ValueRefused(
            f"{column.name} ({column.kind}) cannot be compared with {str(value)[:80]!r}: {error}."
        ) from error


# --- PostgreSQL --------------------------------------------------------------------------------


def text(column: ColumnSpec) -> ToText:
    """Value (not None) → text that PostgreSQL reads as the column's type."""
    return _TEXT[column.kind](column)


def array(column: ColumnSpec) -> Callable[[Sequence[Any]], str]:
    """Values (None allowed) → an array literal. Building it here is four times faster than the driver's dumper."""
    convert = _quoted(text(column)) if column.kind in _QUOTED else text(column)

    def literal(values: Sequence[Any]) -> str:
        return "{" + ",".join(["NULL" if v is None else convert(v) for v in values]) + "}"

    return literal


def postgresql_reader(column: ColumnSpec) -> Convert | None:
    """What is left to do after the driver; None = nothing."""
    return orjson.loads if column.kind == "json" else None


def _quoted(convert: ToText) -> ToText:
    def quote(value: Any) -> str:
        return '"' + convert(value).replace("\\", "\\\\").replace('"', '\\"') + '"'

    return quote


def _plain(column: ColumnSpec) -> ToText:
    return _whole


def _whole(value: Any) -> str:
    if type(value) is not int:
        raise TypeError("not an integer")
    return str(value)


def _string(column: ColumnSpec) -> ToText:
    longest = column.length

    def convert(value: str) -> str:
        if "\x00" in value:
            raise ValueError("contains the character NUL")
        if longest and len(value) > longest:
            raise ValueError(f"longer than {longest} characters")
        return value

    return convert


def _boolean(column: ColumnSpec) -> ToText:
    return lambda value: _BOOLEAN[value]


_BOOLEAN = {True: "t", False: "f"}


def _decimal(column: ColumnSpec) -> ToText:
    scale, longest = column.scale, column.precision + 1
    if scale == 0:
        return lambda value: str(_exact(value, column))
    dot, end = -scale - 1, -scale

    def convert(value: Any) -> str:
        digits = str(value)
        # A value at the column's scale, the usual one, shows it by the place of its point.
        if digits[dot:end] == "." and len(digits) <= longest:
            return digits
        return str(_exact(value, column))

    return convert


def _exact(value: Any, column: ColumnSpec) -> Decimal:
    """``value`` at the column's scale. Raises ValueError if that would change it or it is too large."""
    if type(value) is not Decimal and type(value) is not int:
        raise TypeError("not a Decimal")
    return Decimal(_scaled(value, column)).scaleb(-column.scale)


def _scaled(value: Decimal | int, column: ColumnSpec) -> int:
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError("not a number")
    if abs(number.adjusted()) > 2 * column.precision and number:
        raise ValueError(f"more than {column.precision} digits")
    scaled = number.scaleb(column.scale)
    whole = int(scaled)
    if whole != scaled:
        raise ValueError(f"more than {column.scale} decimals")
    if abs(whole) > largest(column.precision):
        raise ValueError(f"more than {column.precision} digits")
    return whole


def _date(column: ColumnSpec) -> ToText:
    return date.isoformat


def _time(column: ColumnSpec) -> ToText:
    return time.isoformat


def _moment(column: ColumnSpec) -> ToText:
    return lambda value: _utc(value).isoformat()


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a moment without time zone")
    return value.astimezone(UTC)


def _json(column: ColumnSpec) -> ToText:
    return json_text


def json_text(value: Any) -> str:
    """JSON; decimals as text, so that they stay what they are."""
    return orjson.dumps(value, default=_json_default, option=orjson.OPT_NON_STR_KEYS).decode()


def _json_default(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is no JSON value")


_TEXT: dict[str, Callable[[ColumnSpec], ToText]] = {
    "id": _plain, "link": _plain, "integer": _plain, "text": _string, "long_text": _string,
    "boolean": _boolean, "decimal": _decimal, "date": _date, "time": _time,
    "datetime": _moment, "json": _json,
}  # fmt: skip


# --- SQLite ------------------------------------------------------------------------------------


def stored(column: ColumnSpec) -> Convert | None:
    """Value → what SQLite stores; None = the value itself. Null stays null."""
    make = _STORED.get(column.kind)
    if make is None:
        return None
    convert = make(column)
    return lambda value: None if value is None else convert(value)


def sqlite_reader(column: ColumnSpec) -> Convert | None:
    """What SQLite stored → value; None = nothing to do. Declared types may have been converted by Django already."""
    make = _READ.get(column.kind)
    return make(column) if make else None


def _stored_whole(column: ColumnSpec) -> Convert:
    def convert(value: Any) -> int:
        if type(value) is not int:
            raise TypeError("not an integer")
        return value

    return convert


def _stored_boolean(column: ColumnSpec) -> Convert:
    return lambda value: _BITS[value]


_BITS = {True: 1, False: 0}


def _scaled_integer(column: ColumnSpec) -> Convert:
    return lambda value: (
        _scaled(value, column) if type(value) is Decimal else _scaled_whole(value, column)
    )


def _scaled_whole(value: Any, column: ColumnSpec) -> int:
    if type(value) is not int:
        raise TypeError("not a Decimal")
    return _scaled(value, column)


def _fast_scaled(column: ColumnSpec) -> Convert:
    scale, longest = column.scale, min(column.precision, 18) + 1
    slow = _scaled_integer(column)
    if scale == 0:
        return slow
    dot, end = -scale - 1, -scale

    def convert(value: Any) -> int:
        digits = str(value)
        if digits[dot:end] == "." and len(digits) <= longest:
            return int(digits.replace(".", ""))
        return slow(value)  # type: ignore[no-any-return]

    return convert


def _stored_moment(column: ColumnSpec) -> Convert:
    return lambda value: str(_utc(value).replace(tzinfo=None))


def _read_decimal(column: ColumnSpec) -> Convert:
    shift = -column.scale
    return lambda value: None if value is None else Decimal(value).scaleb(shift)


def _read_date(column: ColumnSpec) -> Convert:
    return lambda value: date.fromisoformat(value) if type(value) is str else value


def _read_time(column: ColumnSpec) -> Convert:
    return lambda value: time.fromisoformat(value) if type(value) is str else value


def _read_moment(column: ColumnSpec) -> Convert:
    def convert(value: Any) -> datetime | None:
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if type(value) is str else value
        return moment.replace(tzinfo=UTC)

    return convert


def _read_boolean(column: ColumnSpec) -> Convert:
    return lambda value: None if value is None else bool(value)


def _read_json(column: ColumnSpec) -> Convert:
    return lambda value: None if value is None else orjson.loads(value)


_STORED: dict[str, Callable[[ColumnSpec], Convert]] = {
    "id": _stored_whole, "link": _stored_whole, "integer": _stored_whole,
    "text": _string, "long_text": _string, "boolean": _stored_boolean,
    "decimal": _fast_scaled, "date": _date, "time": _time, "datetime": _stored_moment, "json": _json,
}  # fmt: skip
_READ: dict[str, Callable[[ColumnSpec], Convert]] = {
    "boolean": _read_boolean, "decimal": _read_decimal, "date": _read_date,
    "time": _read_time, "datetime": _read_moment, "json": _read_json,
}  # fmt: skip
