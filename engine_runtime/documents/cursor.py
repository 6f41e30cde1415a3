"""Page cursors: the order values of a page's last row, as opaque text."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

import orjson

from engine.catalog.types import Doctype
from engine_runtime.documents.difference import plain
from engine_runtime.documents.errors import InputMalformed
from engine_runtime.documents.paths import resolve_path
from engine_runtime.documents.values import Unreadable, read_value
from engine_runtime.posting.session import Session


def encode(values: Sequence[Any]) -> str:
    """The cursor behind a row with these order values."""
    return base64.urlsafe_b64encode(orjson.dumps([plain(value) for value in values])).decode()


def decode(
    session: Session, doctype: Doctype, cursor: str, sorts: Sequence[str]
) -> tuple[Any, ...]:
    """The order values in ``cursor``. Raises InputMalformed where it is not one of this list's."""
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor.encode()))
        if not isinstance(values, list) or len(values) != len(sorts):
            raise ValueError
        fields = [resolve_path(session, doctype, name.lstrip("-")).field for name in sorts]
        return tuple(read_value(f, value) for f, value in zip(fields, values, strict=True))
    except (ValueError, binascii.Error, Unreadable):
        raise InputMalformed(
            "The cursor does not belong to this list. Start at the first page."
        ) from None
