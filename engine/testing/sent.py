"""A document as a person could send it."""

from __future__ import annotations

from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field, child_path
from engine.kernel.rows import Row


def as_sent(kind: Doctype, path: str, row: Row) -> dict[str, Any]:
    """What a channel would take of ``row`` (of the table at ``path``): nothing computed, rows without ids."""
    found: dict[str, Any] = {}
    for name, target in kind.tables[path].fields.items():
        if target.type == "table":
            below = child_path(path, name)
            if not target.generated and not kind.tables[below].generated:
                found[name] = [as_sent(kind, below, child) for child in row[name]]
        elif _is_sent(target) and row.get(name) is not None:
            found[name] = row[name]
    return found


def _is_sent(target: Field) -> bool:
    return target.type != "back" and (target.writer == "person" or target.editable)
