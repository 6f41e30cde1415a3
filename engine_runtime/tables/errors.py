"""What the gateway refuses by itself; everything else arrives as django.db's errors."""

from __future__ import annotations

from collections.abc import Sequence


class ValueRefused(ValueError):
    """A value that its column cannot hold exactly. The text names table, column and value."""


class NameUnknown(ValueError):
    """A table, column or operator that the query builder does not know; nothing unchecked reaches SQL."""


class RowsChanged(Exception):
    """Rows to be changed were not found as they were expected: changed or deleted meanwhile. Roll back.

    ``table``: its name. ``expected``, ``found``: how many rows. ``keys``: the keys that were asked for.
    """

    def __init__(
        self, table: str, expected: int, found: int, keys: Sequence[tuple[object, ...]]
    ) -> None:
        super().__init__(f"{table}: {expected} rows to change, {found} found as expected")
        self.table = table
        self.expected = expected
        self.found = found
        self.keys = tuple(keys)
