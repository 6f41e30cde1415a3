"""Names in SQL text: always quoted, and only those of specs get here."""

from __future__ import annotations

from collections.abc import Sequence

from engine.plan.spec import ColumnSpec, TableSpec

SERIES = "documents_numberseries"
"""The table of counters (documents/models.py)."""

NEWEST_CATALOG = "SELECT max(version) FROM active_appliedcatalog"
"""The version of the live catalog (active/models.py)."""

PERIOD_LOCKS = "SELECT company_id, area, locked_until FROM ledgers_periodlock WHERE company_id IN"
"""The closed periods of companies (ledgers/models.py)."""


def quote(name: str) -> str:
    """A name as an identifier."""
    return '"' + name.replace('"', '""') + '"'


def names(columns: Sequence[ColumnSpec]) -> str:
    """Column names as a list."""
    return ", ".join(quote(column.name) for column in columns)


def zeroed(table: TableSpec) -> tuple[str, ...]:
    """The columns of a balance table that start at zero: its measures, sums and counters."""
    return tuple(
        column.name
        for column in table.columns
        if not column.null and column.kind in ("decimal", "integer") and column.name != "company_id"
    )
