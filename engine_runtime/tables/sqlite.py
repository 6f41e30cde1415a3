# ruff: noqa: S608 - every name comes from a table spec and is quoted, every value is a parameter
"""How SQLite is written and read: `executemany` on the driver's connection, one writer at a time.

A transaction takes the write lock at BEGIN (settings), so nothing has to be locked row by row, and a counter
is simply read and written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from engine.plan.spec import ColumnSpec, TableSpec
from engine_runtime.tables import converters
from engine_runtime.tables.batch import (
    Batch,
    ById,
    Change,
    Counters,
    Lock,
    Number,
    Query,
    Removal,
    Row,
    Statement,
    Written,
)
from engine_runtime.tables.converting import Readers, columns_of, convert_columns
from engine_runtime.tables.errors import RowsChanged
from engine_runtime.tables.holding_sqlite import install
from engine_runtime.tables.identifiers import (
    NEWEST_CATALOG,
    PERIOD_LOCKS,
    SERIES,
    names,
    quote,
    zeroed,
)


@dataclass(frozen=True, slots=True)
class _Plan:
    """The SQL of a statement and how the values of each column are converted."""

    table: TableSpec
    sql: str
    columns: tuple[ColumnSpec, ...]
    rest: tuple[ColumnSpec, ...]
    converts: tuple[Callable[[Sequence[Any]], Sequence[Any]], ...]


class SQLite:
    """One connection. Every call that writes runs inside an immediate transaction of the caller."""

    vendor = "sqlite"

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection
        self._plans: dict[tuple[Any, ...], _Plan] = {}
        self._readers = Readers(converters.sqlite_reader)
        self.statements = 0
        self._equipped: sqlite3.Connection | None = None

    # --- writing ---

    def write(self, statements: Sequence[Statement]) -> list[Written]:
        """All ``statements`` in order."""
        with self._connection.wrap_database_errors:
            return [self._write(statement) for statement in statements]

    def _write(self, statement: Statement) -> Written:
        if isinstance(statement, Counters):
            return self._raise(statement.lasts)
        if isinstance(statement, Removal):
            plan = self._plan("delete", statement.table, (statement.column,), _delete)
            return Written(self._many(plan, [(value,) for value in statement.values]))
        numbers = self._take_numbers(statement.numbers)
        extra = ("number",) if numbers else ()
        if isinstance(statement, Batch):
            plan = self._plan("insert", statement.table, (*statement.columns, *extra), _insert)
            rows = (
                [(*row, number) for row, number in zip(statement.rows, numbers, strict=True)]
                if numbers
                else statement.rows
            )
            return Written(self._many(plan, rows), numbers)
        return self._change(statement, numbers)

    def _change(self, statement: Change, numbers: tuple[str, ...]) -> Written:
        key = len(statement.key)
        names = (*statement.columns, *(("number",) if numbers else ()), *statement.key)
        plan = self._plan("update", statement.table, names, _update, key)
        rows = [
            (*row[key:], *((numbers[place],) if numbers else ()), *row[:key])
            for place, row in enumerate(statement.rows)
        ]
        count = self._many(plan, rows)
        if statement.exact and count != len(rows):
            keys = [tuple(row[:key]) for row in statement.rows]
            raise RowsChanged(statement.table.name, len(rows), count, keys)
        return Written(count, numbers)

    def _raise(self, lasts: Mapping[str, int]) -> Written:
        sql = (
            f"INSERT INTO {SERIES} (key, last) VALUES (?1, ?2)"
            " ON CONFLICT (key) DO UPDATE SET last = max(last, excluded.last)"
        )
        for key in sorted(lasts):
            self._execute(sql, (key, lasts[key]))
        return Written(len(lasts))

    def _take_numbers(self, numbers: Sequence[Number]) -> tuple[str, ...]:
        """The texts of ``numbers``, in order."""
        sql = (
            f"INSERT INTO {SERIES} (key, last) VALUES (?1, 1)"
            " ON CONFLICT (key) DO UPDATE SET last = last + 1 RETURNING last"
        )
        texts = []
        for number in numbers:
            [(last,)] = self._execute(sql, (number.series,)).fetchall()
            texts.append(f"{number.prefix}{str(last).rjust(number.width, '0')}{number.suffix}")
        return tuple(texts)

    # --- reading ---

    def read(self, queries: Sequence[ById | Query]) -> list[list[tuple[Any, ...]]]:
        """All ``queries``, one after another."""
        with self._connection.wrap_database_errors:
            return [self._read(query) for query in queries]

    def _read(self, query: ById | Query) -> list[tuple[Any, ...]]:
        if isinstance(query, Query):
            return self._readers.convert(
                query.columns, self._execute(query.sql, query.parameters).fetchall()
            )
        plan = self._plan("read", query.table, (query.by, *query.columns), _by_id, query.lock)
        [values] = convert_columns(plan.table, plan.columns[:1], plan.converts[:1], [query.values])
        rows = self._execute(plan.sql, (converters.json_text(list(values)),)).fetchall()
        return self._readers.convert(plan.rest, rows)

    def lock(self, locks: Sequence[Lock]) -> list[list[tuple[Any, ...]]]:
        """The rows of the keys, the missing ones made; the transaction holds the only write lock already."""
        with self._connection.wrap_database_errors:
            return [self._lock(lock) for lock in locks]

    def _lock(self, lock: Lock) -> list[tuple[Any, ...]]:
        names = tuple(column.name for column in lock.table.columns)
        found = self._read(ById(lock.table, names, sorted(lock.keys), by="key", lock=True))
        place = names.index("key")
        missing = sorted(lock.keys.keys() - {row[place] for row in found})
        if not missing:
            return found
        zero = zeroed(lock.table)
        plan = self._plan("insert", lock.table, ("id", "key", "company_id", *zero), _insert)
        first = self.take_ids(len(missing))
        zeros = (0,) * len(zero)
        self._many(
            plan, [(first + n, key, lock.keys[key], *zeros) for n, key in enumerate(missing)]
        )
        return self._read(ById(lock.table, names, sorted(lock.keys), by="key", lock=True))

    def catalog_version(self) -> int | None:
        """The newest version; nobody else writes while this transaction lasts."""
        with self._connection.wrap_database_errors:
            [(version,)] = self._execute(NEWEST_CATALOG, ()).fetchall()
        return None if version is None else int(version)

    def period_locks(self, companies: Sequence[int]) -> list[tuple[int, str, date]]:
        """(company, area, last closed day); nobody else writes while this transaction lasts."""
        marks = ", ".join("?" for _ in companies)
        with self._connection.wrap_database_errors:
            rows = self._execute(f"{PERIOD_LOCKS} ({marks})", tuple(companies)).fetchall()
        return [(company, area, until) for company, area, until in rows]

    def take_ids(self, size: int) -> int:
        """The first of ``size`` ids that nobody else gets, if the transaction in hand is committed."""
        sql = "UPDATE bahi_ids SET next = next + ?1 RETURNING next - ?1"
        with self._connection.wrap_database_errors:
            [(first,)] = self._execute(sql, (size,)).fetchall()
        return int(first)

    # --- the connection ---

    def _many(self, plan: _Plan, rows: Sequence[Row]) -> int:
        if not rows:
            return 0
        values = convert_columns(
            plan.table, plan.columns, plan.converts, list(zip(*rows, strict=True))
        )
        self.statements += 1
        return self._raw().executemany(plan.sql, zip(*values, strict=True)).rowcount

    def _execute(self, sql: str, parameters: Sequence[Any]) -> sqlite3.Cursor:
        self.statements += 1
        return self._raw().execute(sql, parameters)

    def _raw(self) -> sqlite3.Connection:
        self._connection.ensure_connection()
        raw: sqlite3.Connection = self._connection.connection
        if raw is not self._equipped:
            install(raw)
            self._equipped = raw
        return raw

    def _plan(
        self,
        kind: str,
        table: TableSpec,
        names: tuple[str, ...],
        make: Callable[..., str],
        *more: Any,
    ) -> _Plan:
        key = (kind, table.name, names, *more)
        plan = self._plans.get(key)
        if plan is None or plan.table is not table:
            columns = columns_of(table, names)
            converts = tuple(_column(converters.stored(column)) for column in columns)
            plan = _Plan(table, make(table, columns, *more), columns, columns[1:], converts)
            self._plans[key] = plan
        return plan


def _column(convert: converters.Convert | None) -> Callable[[Sequence[Any]], Sequence[Any]]:
    if convert is None:
        return lambda values: values
    return lambda values: [convert(value) for value in values]


# --- SQL ---------------------------------------------------------------------------------------


def _insert(table: TableSpec, columns: Sequence[ColumnSpec]) -> str:
    marks = ", ".join("?" for _ in columns)
    return f"INSERT INTO {quote(table.name)} ({names(columns)}) VALUES ({marks})"


def _update(table: TableSpec, columns: Sequence[ColumnSpec], key: int) -> str:
    changed, keys = columns[:-key], columns[-key:]
    changes = ", ".join(f"{quote(column.name)} = ?" for column in changed)
    where = " AND ".join(f"{quote(column.name)} = ?" for column in keys)
    return f"UPDATE {quote(table.name)} SET {changes} WHERE {where}"


def _delete(table: TableSpec, columns: Sequence[ColumnSpec]) -> str:
    return f"DELETE FROM {quote(table.name)} WHERE {names(columns)} = ?"


def _by_id(table: TableSpec, columns: Sequence[ColumnSpec], lock: bool) -> str:
    end = f" ORDER BY {quote(columns[0].name)}" if lock else ""
    return (
        f"SELECT {names(columns[1:])} FROM {quote(table.name)}"
        f" WHERE {quote(columns[0].name)} IN (SELECT value FROM json_each(?1)){end}"
    )
