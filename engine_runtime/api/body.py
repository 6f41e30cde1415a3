"""Request bodies: strict JSON in, plain Python out.

The standard library's C scanner is used instead of orjson because it lets us keep decimals exact
(``parse_float=Decimal``), refuse duplicate keys and refuse NaN and Infinity; orjson reads numbers as floats.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import IO, Any, NoReturn

from rest_framework.parsers import BaseParser

from engine_runtime.api.problems import BodyTooLarge, MalformedBody

BODY_LIMIT = 5 * 1024 * 1024
DRAIN_LIMIT = 64 * 1024 * 1024
DEPTH_LIMIT = 16
NUMBER_LIMIT = 40
"""Characters of one number; the widest column has 38 digits."""


def _constant(name: str) -> NoReturn:
    raise MalformedBody(f"{name} is not a JSON number. Leave the value out or send null.")


def _decimal(text: str) -> Decimal:
    if len(text) > NUMBER_LIMIT:
        raise MalformedBody(
            f"A number of {len(text)} characters is too long: {NUMBER_LIMIT} are allowed."
        )
    try:
        return Decimal(text)
    except InvalidOperation:
        raise MalformedBody(f"{text} is too large to be a number here.") from None


def _integer(text: str) -> int:
    if len(text) > NUMBER_LIMIT:
        raise MalformedBody(
            f"A number of {len(text)} characters is too long: {NUMBER_LIMIT} are allowed."
        )
    return int(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise MalformedBody(
                    f'The key "{key}" appears twice in one object. Remove one of them.'
                )
            seen.add(key)
    return found


_DECODER = json.JSONDecoder(
    parse_float=_decimal,
    parse_int=_integer,
    parse_constant=_constant,
    object_pairs_hook=_object,
)


def parse(data: bytes) -> Any:
    """The value that ``data`` says. Raises ``MalformedBody`` with line and column."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedBody(f"The body is not UTF-8: byte {error.start} is wrong.") from None
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise MalformedBody(f"The body is not JSON: {error.msg} at {place}.") from None
    except RecursionError:
        raise MalformedBody(_too_deep()) from None
    if data.count(b"{") + data.count(b"[") > DEPTH_LIMIT:
        _check_depth(value)
    if "\\u" in text:
        _check_text(value)
    return value


def _check_text(value: Any) -> None:
    """Refuse what JSON can escape but no text column can hold: U+0000 and halves of surrogate pairs."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting.extend(item.keys())
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, str) and (
            "\x00" in item or any("\ud800" <= c <= "\udfff" for c in item)
        ):
            raise MalformedBody(
                "A text holds U+0000 or half of a surrogate pair, which cannot be stored."
            )


def _too_deep() -> str:
    return f"The body is nested deeper than {DEPTH_LIMIT} levels."


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(DEPTH_LIMIT):
        level = [inner for outer in level for inner in _inner(outer)]
        if not level:
            return
    raise MalformedBody(_too_deep())


def _inner(value: Any) -> list[Any]:
    """The objects and lists directly inside ``value``."""
    if isinstance(value, dict):
        return [v for v in value.values() if isinstance(v, dict | list)]
    return [v for v in value if isinstance(v, dict | list)] if isinstance(value, list) else []


def drain(stream: IO[bytes], length: int) -> None:
    """Read away a refused body, so that the sender gets the answer instead of a broken connection."""
    left = min(length, DRAIN_LIMIT)
    while left > 0:
        chunk = stream.read(min(left, 1 << 20))
        if not chunk:
            return
        left -= len(chunk)


class StrictJsonParser(BaseParser):
    """``request.data`` for application/json."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Raises ``BodyTooLarge`` and ``MalformedBody``."""
        data = stream.read(BODY_LIMIT + 1)
        if len(data) > BODY_LIMIT:
            raise BodyTooLarge(BODY_LIMIT)
        _keep(parser_context, data)
        return parse(data)


def _keep(context: Mapping[str, Any] | None, data: bytes) -> None:
    """A request that is begun again, because another catalog was published meanwhile, reads its body again."""
    request = getattr((context or {}).get("request"), "_request", None)
    if request is not None:
        request._body = data
