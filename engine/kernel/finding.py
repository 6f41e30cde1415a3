"""What the kernel has to say about a document: a value, never an exception."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem of one document.

    ``path`` names the field as the document's JSON does: ``posting_date``, ``items[2].rate``
    (rows count from 0), ``""`` for the whole. ``action`` ``warn`` lets the document pass.
    """

    code: str
    path: str
    message: str
    action: Literal["refuse", "warn"] = "refuse"
    hint: str = ""


def path_of(row: dict[str, object], table: str, field: str = "") -> str:
    """The JSON path of ``field`` of ``row``, a row of the table at ``table`` (``""`` for the head)."""
    steps: list[str] = [field] if field else []
    names = table.split(".") if table else []
    current: object = row
    for name in reversed(names):
        assert isinstance(current, dict)
        steps.append(f"{name}[{int(current['index']) - 1}]")
        current = current["parent"]
    return ".".join(reversed(steps))
