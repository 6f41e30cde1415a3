"""Page cursors: the order values of a page's last row, as opaque text."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

import orjson

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field
from engine.catalog.values import Unreadable, read_value
from engine_runtime.documents.difference import plain
from engine_runtime.documents.errors import InputMalformed
from engine_runtime.documents.paths import resolve_path
from engine_runtime.posting.session import Session


def encode(values: Sequence[Any], sorts: Sequence[str]) -> str:
    """The cursor behind a row with these order values, in a list sorted by ``sorts``."""
    text = orjson.dumps([list(sorts), [plain(value) for value in values]])
    return base64.urlsafe_b64encode(text).decode()


def decode(
    session: Session, doctype: Doctype, cursor: str, sorts: Sequence[str]
) -> tuple[Any, ...]:
    """The order values in ``cursor``. Raises InputMalformed where it is not one of this list's."""
    try:
        found = orjson.loads(base64.urlsafe_b64decode(cursor.encode()))
        if not isinstance(found, list) or len(found) != 2 or found[0] != list(sorts):
            raise ValueError
        values = list(found[1])
        fields = [resolve_path(session, doctype, name.lstrip("-")).field for name in sorts]
        return tuple(_read(f, value) for f, value in zip(fields, values, strict=True))
    except (TypeError, ValueError, binascii.Error, Unreadable):
        raise InputMalformed(
            "The cursor does not belong to this list. Start at the first page."
        ) from None


def _read(field: Field, value: Any) -> Any:
    read = read_value(field, value)
    if field.type == "link" and isinstance(read, str):
        raise ValueError  # rows are in the order of ids, not of keys
    return read
