"""Filling in what a person left out, once, when a row is made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field
from engine.catalog.fieldtypes import DECIMAL_TYPES
from engine.kernel.rows import Facts, Row, rows_at
from engine.kernel.stored import OVERFLOW, as_stored

NOTHING: Mapping[str, Any] = MappingProxyType({})


def fill_defaults(
    doctype: Doctype,
    document: Row,
    facts: Facts,
    *,
    today: date,
    user: str,
    beside: Mapping[str, Any] = NOTHING,
) -> None:
    """Give every empty field of new rows its ``default``, in the order of ``doctype.defaults``.

    A row that is stored already (it has an id) has had its defaults. A boolean without a default
    is false. ``today`` and ``user`` are what those names mean in ``=`` defaults; ``beside`` are further names.
    """
    frame: dict[str, Any] = {**beside, "facts": facts, "today": today, "user": user}
    for path, names in doctype.defaults:
        fields = doctype.tables[path].fields
        wanted = [fields[name] for name in names]
        for row in rows_at(document, path):
            if row.get("id") is not None:
                _settle_booleans(wanted, row)
                continue
            frame["this"] = row
            for field in wanted:
                if row[field.name] is None:
                    row[field.name] = _default(field, frame)


def _settle_booleans(fields: list[Field], row: Row) -> None:
    """A boolean that a person emptied is false: a condition is never in doubt because of it."""
    for field in fields:
        if field.type == "boolean" and row[field.name] is None:
            row[field.name] = False


def _default(field: Field, frame: dict[str, Any]) -> Any:
    if field.default_expression is not None:
        value = as_stored(field, field.default_expression.run(frame))
        return None if value is OVERFLOW else value
    if field.default is None:
        return False if field.type == "boolean" else None
    return constant(field, field.default)


def constant(field: Field, text: Any) -> Any:
    """The literal of a ``default`` or ``answer`` as a value of the field's type."""
    if isinstance(text, str):
        if field.type in DECIMAL_TYPES:
            return as_stored(field, Decimal(text))
        if field.type == "integer":
            return int(text)
        if field.type == "boolean":
            return text == "true"
        if field.type == "date":
            return date.fromisoformat(text)
    if field.type in DECIMAL_TYPES and isinstance(text, int):
        return as_stored(field, Decimal(text))
    return text
