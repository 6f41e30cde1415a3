"""Physical tables as plain data: what the planner derives from a catalog and the schema room builds.

Nothing here knows a database. A *kind* says what a column holds in Python and in each database:

| kind        | Python           | PostgreSQL         | SQLite                          |
|-------------|------------------|--------------------|---------------------------------|
| `id`        | int              | bigint primary key | integer primary key             |
| `link`      | int              | bigint             | integer                         |
| `integer`   | int              | bigint             | integer                         |
| `text`      | str              | varchar(n) or text | text                            |
| `long_text` | str              | text               | text                            |
| `boolean`   | bool             | boolean            | integer 0, 1                    |
| `decimal`   | Decimal          | numeric(p, s)      | integer, scaled by 10 ** s      |
| `date`      | date             | date               | text, ISO                       |
| `time`      | time             | time               | text, ISO                       |
| `datetime`  | aware datetime   | timestamptz        | text, ISO, UTC                  |
| `json`      | dict, list       | jsonb              | text                            |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from zlib import crc32

ColumnKind = Literal[
    "id", "link", "integer", "text", "long_text", "boolean",
    "decimal", "date", "time", "datetime", "json",
]  # fmt: skip


_ALIKE = frozenset(
    {("text", "long_text"), ("long_text", "text"), ("link", "integer"), ("integer", "link")}
)
CONVERSIONS = frozenset(
    {
        ("integer", "decimal"), ("decimal", "integer"), ("integer", "text"), ("decimal", "text"),
        ("text", "integer"), ("text", "decimal"), ("text", "date"), ("text", "boolean"),
        ("date", "text"), ("date", "datetime"), ("datetime", "date"), ("boolean", "text"),
        ("boolean", "integer"), ("integer", "boolean"),
    }
)  # fmt: skip
"""(kind before, kind after) whose values can be turned into one another, where each of them can."""


def converts(before: ColumnKind, after: ColumnKind) -> bool:
    """Whether values of one kind are turned into those of the other."""
    return before != after and (before, after) not in _ALIKE and (before, after) in CONVERSIONS


@dataclass(frozen=True)
class ColumnSpec:
    """One column.

    ``length``: longest text of kind ``text`` in characters, 0 = unlimited.
    ``precision`` and ``scale``: of kind ``decimal``; at most 18 digits fit the scaled integer of SQLite.
    ``default``: what existing rows get when the column is added, as a literal of the kind
    (decimals, dates and times as text); None = no default, so a required new column needs an empty table.
    ``references``: the table a ``link`` points to; a deferrable foreign key unless ``constraint`` is false.
    A link to several doctypes has no ``references``. ``constraint`` is false in ledgers, where the engine is
    the only writer and ``verify_books`` checks.
    ``copied_from``: when the column is added, existing rows get what this column holds, not the default.
    """

    name: str
    kind: ColumnKind
    null: bool = False
    length: int = 0
    precision: int = 0
    scale: int = 0
    default: str | int | bool | None = None
    references: str | None = None
    constraint: bool = True
    copied_from: str | None = None


@dataclass(frozen=True)
class TableSpec:
    """One table; the column of kind ``id`` is its primary key and comes first.

    ``unique`` and ``indexes``: groups of column names; nulls never collide in ``unique``.
    A constrained ``link`` is indexed by itself: it needs no entry in ``indexes``.
    ``append_only``: the database refuses UPDATE, DELETE and TRUNCATE.
    ``double_entry``: (debit, credit) columns in company currency; per (``origin_id``, ``date``) their sums must be
    equal in every inserting statement (PostgreSQL), so a document's journal goes in as one statement.
    """

    name: str
    columns: tuple[ColumnSpec, ...]
    unique: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    append_only: bool = False
    double_entry: tuple[str, str] | None = None

    @cached_property
    def by_name(self) -> Mapping[str, ColumnSpec]:
        """The columns by name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def stamp(self) -> str:
        """Changes whenever a column does: eight hex digits."""
        return f"{crc32(repr(self.columns).encode()):08x}"

    def column(self, name: str) -> ColumnSpec:
        """The column ``name``. Raises KeyError naming the table when there is none."""
        found = self.by_name.get(name)
        if found is None:
            raise KeyError(f"table {self.name} has no column {name}")
        return found
