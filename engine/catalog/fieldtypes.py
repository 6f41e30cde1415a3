"""The types a field can have."""

from __future__ import annotations

from typing import Final, Literal

FieldType = Literal[
    "text", "long_text", "integer", "decimal", "money", "rate", "percent", "quantity",
    "boolean", "date", "datetime", "time", "choice", "link", "table", "back",
    "phone", "email", "url", "json",
]  # fmt: skip

DECIMAL_TYPES: Final = frozenset({"decimal", "money", "rate", "percent", "quantity"})
