"""Ledgers that the database has and the live catalog does not declare: their entries stand, out of sight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.plan.spec import ColumnSpec, TableSpec

COLUMNS = (
    ColumnSpec("id", "id"),
    ColumnSpec("reverses", "link", null=True),
    ColumnSpec("origin_id", "link"),
)
"""What is known of such entries: which document wrote them, and which of them are reversed."""


def unseen_ledgers(
    made: Iterable[Mapping[str, Any]], seen: Mapping[str, TableSpec]
) -> tuple[TableSpec, ...]:
    """The tables of entries among ``made`` (as `AppliedCatalog` keeps them) that are not ``seen``."""
    names = {column.name for column in COLUMNS}
    return tuple(
        TableSpec(table["name"], COLUMNS)
        for table in made
        if table["name"] not in seen and names <= {column["name"] for column in table["columns"]}
    )
