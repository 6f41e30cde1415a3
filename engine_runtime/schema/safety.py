"""What existing rows say about a change of tables: every reason to refuse it, found before anything is altered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db.backends.base.base import BaseDatabaseWrapper

from engine.plan.spec import ColumnSpec, TableSpec
from engine_runtime.schema.fields import LARGEST_INTEGER, largest
from engine_runtime.schema.registry import is_foreign_key

_SAME_KIND = frozenset(
    {("text", "long_text"), ("long_text", "text"), ("link", "integer"), ("integer", "link")}
)
"""Kinds whose values need no conversion."""


@dataclass(frozen=True)
class PhysicalNames:
    """What tables and columns are called in the database: (present) name → the name there, where it is another."""

    tables: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[tuple[str, str], str] = field(default_factory=dict)


def same_kind(old: ColumnSpec, new: ColumnSpec) -> bool:
    """Whether the values of ``old`` can stay where they are when the column becomes ``new``."""
    return old.kind == new.kind or (old.kind, new.kind) in _SAME_KIND


def reasons(
    connection: BaseDatabaseWrapper,
    old: Mapping[str, TableSpec],
    new: Mapping[str, TableSpec],
    *,
    names: PhysicalNames | None = None,
) -> list[str]:
    """Why ``old`` cannot become ``new``; empty if it can. What ``new`` lacks is meant to go.

    ``names`` tells what the tables are called in the database, where ``old`` has their future names.
    """
    rows = _Rows(connection, names or PhysicalNames())
    found: list[str] = []
    for name, table in old.items():
        wanted = new.get(name)
        if wanted == table or not rows.any(name):
            continue
        if wanted is not None:
            found += _table(rows, table, wanted, new)
    return found


def _table(
    rows: _Rows, old: TableSpec, new: TableSpec, tables: Mapping[str, TableSpec]
) -> Iterator[str]:
    for column in old.columns:
        wanted = new.by_name.get(column.name)
        if wanted is not None:
            yield from _column(rows, old, column, wanted, tables)
    for column in new.columns:
        if column.name not in old.by_name and not column.null and column.default is None:
            yield (
                f"{new.name}.{column.name} is new and required, and the table holds rows:"
                " give the field a default, or add it as optional, fill it in, and require it then."
            )
    yield from _uniqueness(rows, old, new)


def _column(
    rows: _Rows, table: TableSpec, old: ColumnSpec, new: ColumnSpec, tables: Mapping[str, TableSpec]
) -> Iterator[str]:
    where, column = f"{table.name}.{old.name}", rows.column(table.name, old.name)
    if not same_kind(old, new):
        if rows.any(table.name, f"{column} IS NOT NULL"):
            yield (
                f"{where} holds values of type {old.kind} and cannot become {new.kind}:"
                " give the new field another name."
            )
        return
    if (
        old.null
        and not new.null
        and new.default is None
        and rows.any(table.name, f"{column} IS NULL")
    ):
        yield f"{where} becomes required, and some rows have no value: fill them in, or give the field a default."
    shorter = new.length and (not old.length or new.length < old.length)
    if shorter and rows.any(table.name, f"length({column}) > {new.length}"):
        yield f"{where} holds texts longer than {new.length} characters: shorten them, or allow that length."
    if new.kind == "decimal":
        yield from _digits(rows, table.name, old, new)
    yield from _target(rows, table.name, old, new, tables)


def _digits(rows: _Rows, table: str, old: ColumnSpec, new: ColumnSpec) -> Iterator[str]:
    """Databases would round silently, or fail without a name."""
    column = rows.column(table, old.name)
    whole_digits = new.precision - new.scale
    if rows.connection.vendor == "postgresql":
        lost = f"{column} <> round({column}, {new.scale})"
        too_large = f"abs({column}) >= 1e{whole_digits}"
    else:
        lost = f"{column} % {10 ** max(old.scale - new.scale, 0)} <> 0"
        limit = largest(new.precision) * 10**old.scale // 10**new.scale
        too_large = f"abs({column}) > {min(limit, LARGEST_INTEGER)}"
    if new.scale < old.scale and rows.any(table, lost):
        yield f"{table}.{old.name} holds more than {new.scale} decimals: round the values first."
    narrower = new.precision < old.precision or whole_digits < old.precision - old.scale
    if narrower and rows.any(table, too_large):
        yield f"{table}.{old.name} holds numbers of more than {new.precision} digits: keep the precision."


def _target(
    rows: _Rows, table: str, old: ColumnSpec, new: ColumnSpec, tables: Mapping[str, TableSpec]
) -> Iterator[str]:
    if not is_foreign_key(new) or (is_foreign_key(old) and old.references == new.references):
        return
    target = tables[str(new.references)]
    column, key = rows.column(table, old.name), rows.name(target.columns[0].name)
    missing = f"{column} IS NOT NULL"
    if rows.exists(target.name):
        missing += f" AND {column} NOT IN (SELECT {key} FROM {rows.table(target.name)})"  # noqa: S608 - names only
    if rows.any(table, missing):
        yield f"{table}.{old.name} holds links to rows that are not in {target.name}: correct them first."


def _uniqueness(rows: _Rows, old: TableSpec, new: TableSpec) -> Iterator[str]:
    for group in new.unique:
        if group in old.unique or any(column not in old.by_name for column in group):
            continue
        if rows.repeated(old.name, group):
            columns = ", ".join(group)
            yield f"{old.name} holds rows with the same {columns}, which is to be unique: correct them first."


@dataclass(frozen=True, slots=True)
class _Rows:
    """Questions to the rows of a table. Every name is quoted; conditions are made of names and numbers only."""

    connection: BaseDatabaseWrapper
    physical: PhysicalNames

    def table(self, name: str) -> str:
        return self.name(self.physical.tables.get(name, name))

    def column(self, table: str, name: str) -> str:
        return self.name(self.physical.columns.get((table, name), name))

    def name(self, text: str) -> str:
        return str(self.connection.ops.quote_name(text))

    def exists(self, table: str) -> bool:
        return self.physical.tables.get(table, table) in self.connection.introspection.table_names()

    def any(self, table: str, condition: str = "1 = 1") -> bool:
        return self._one(f"SELECT 1 FROM {self.table(table)} WHERE {condition} LIMIT 1")  # noqa: S608 - names only

    def repeated(self, table: str, columns: Iterable[str]) -> bool:
        names = [self.column(table, column) for column in columns]
        present = " AND ".join(f"{name} IS NOT NULL" for name in names)
        return self._one(
            f"SELECT 1 FROM {self.table(table)} WHERE {present}"  # noqa: S608 - names only
            f" GROUP BY {', '.join(names)} HAVING count(*) > 1 LIMIT 1"
        )

    def _one(self, sql: str) -> bool:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone() is not None
