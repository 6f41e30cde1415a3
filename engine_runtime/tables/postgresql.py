"""How PostgreSQL is written and read: own array literals through `unnest`, prepared statements, pipelines.

The figures behind every choice here are in docs/decisions/0020; in short: one prepared statement per table and set of
columns serves any number of rows, and one round trip carries all statements of a stage.
Cursors are psycopg's own on Django's connection, inside Django's transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper

from engine.plan.spec import ColumnSpec, TableSpec
from engine_runtime.schema.locks import CATALOG_LOCK
from engine_runtime.tables import converters
from engine_runtime.tables import postgresql_sql as sql
from engine_runtime.tables.batch import (
    Batch,
    ById,
    Change,
    Counters,
    Lock,
    Query,
    Removal,
    Statement,
    Written,
)
from engine_runtime.tables.converting import Readers, columns_of, convert_columns
from engine_runtime.tables.errors import RowsChanged

PREPARED_STATEMENTS = 1000
"""Kept by each connection; psycopg's own limit of 100 is less than one catalog has tables."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """The SQL of a statement and how its parameters are made. ``table`` tells whether it is still the right one."""

    table: TableSpec
    sql: str
    columns: tuple[ColumnSpec, ...]
    rest: tuple[ColumnSpec, ...]
    """The columns after the first: the result of a look-up."""
    arrays: tuple[Callable[[Sequence[Any]], str], ...]

    def parameters(self, values: Sequence[Sequence[Any]]) -> list[str]:
        """An array literal per column. Raises ValueRefused."""
        return convert_columns(self.table, self.columns, self.arrays, values)

    def first_parameter(self, values: Sequence[Any]) -> list[str]:
        """The array of the first column alone: what a look-up asks for."""
        return convert_columns(self.table, self.columns[:1], self.arrays[:1], [values])


class PostgreSQL:
    """One connection. Every call that writes runs inside a transaction of the caller."""

    vendor = "postgresql"

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection
        self._plans: dict[tuple[Any, ...], _Plan] = {}
        self._readers = Readers(converters.postgresql_reader)
        self._seen: Any = None
        self.statements = 0

    # --- writing ---

    def write(self, statements: Sequence[Statement]) -> list[Written]:
        """All ``statements`` in order, in one round trip."""
        calls = [self._call(statement) for statement in statements]
        cursors = self._run(calls)
        return [self._written(*pair) for pair in zip(statements, cursors, strict=True)]

    def _call(self, statement: Statement) -> tuple[str, Sequence[Any]]:
        if isinstance(statement, Counters):
            return sql.RAISED, sql.raised_arrays(statement.lasts)
        if isinstance(statement, Removal):
            plan = self._plan("delete", statement.table, (statement.column,), sql.delete)
            return plan.sql, plan.parameters([statement.values])
        numbered = bool(statement.numbers)
        make: Callable[..., str]
        if isinstance(statement, Batch):
            make = sql.numbered_insert if numbered else sql.insert
            plan = self._plan("insert", statement.table, statement.columns, make, numbered)
        else:
            make = sql.numbered_update if numbered else sql.update
            columns = (*statement.key, *statement.columns)
            plan = self._plan(
                "update", statement.table, columns, make, numbered, len(statement.key)
            )
        parameters = plan.parameters(list(zip(*statement.rows, strict=True)))
        if numbered:
            parameters += sql.number_arrays(statement.numbers)
        return plan.sql, parameters

    def _written(self, statement: Statement, cursor: psycopg.RawCursor[Any]) -> Written:
        if isinstance(statement, Removal | Counters):
            return Written(cursor.rowcount)
        count, numbers = cursor.rowcount, ()
        if statement.numbers:
            texts = dict(cursor.fetchall())
            count = len(texts)
            place = 0 if isinstance(statement, Change) else statement.columns.index("id")
            if count == len(statement.rows):
                numbers = tuple(texts[row[place]] for row in statement.rows)
        if isinstance(statement, Change) and statement.exact and count != len(statement.rows):
            keys = [tuple(row[: len(statement.key)]) for row in statement.rows]
            raise RowsChanged(statement.table.name, len(statement.rows), count, keys)
        return Written(count, numbers)

    # --- reading ---

    def read(self, queries: Sequence[ById | Query]) -> list[list[tuple[Any, ...]]]:
        """All ``queries`` in one round trip."""
        calls: list[tuple[str, Sequence[Any]]] = []
        columns = []
        for query in queries:
            if isinstance(query, ById):
                plan = self._plan(
                    "read", query.table, (query.by, *query.columns), sql.by_id, query.lock
                )
                calls.append((plan.sql, plan.first_parameter(query.values)))
                columns.append(plan.rest)
            else:
                calls.append((query.sql, query.parameters))
                columns.append(query.columns)
        cursors = self._run(calls)
        return [
            self._readers.convert(c, cursor.fetchall())
            for c, cursor in zip(columns, cursors, strict=True)
        ]

    def lock(self, locks: Sequence[Lock]) -> list[list[tuple[Any, ...]]]:
        """Make the missing rows in the order of their keys, then lock all in that order; one round trip.

        Rows are made before any is locked: who waits for a row being made holds nothing its maker wants.
        """
        calls = []
        for lock in locks:
            keys = sorted(lock.keys)
            make = self._plan("make", lock.table, ("key", "company_id"), sql.make_balances)
            columns: list[Sequence[Any]] = [keys, [lock.keys[key] for key in keys]]
            calls.append((make.sql, make.parameters(columns)))
        for lock in locks:
            take = self._plan("lock", lock.table, ("key",), sql.lock_balances)
            calls.append((take.sql, take.parameters([sorted(lock.keys)])))
        cursors = self._run(calls)[len(locks) :]
        return [
            self._readers.convert(lock.table.columns, cursor.fetchall())
            for lock, cursor in zip(locks, cursors, strict=True)
        ]

    def hold(self, key: int, *, alone: bool) -> None:
        """An advisory lock of the transaction."""
        name = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
        self._run([(f"SELECT {name}($1::bigint)", (str(key),))])

    def catalog_version(self) -> int | None:
        """The newest version, under the catalog lock; one round trip with the BEGIN of a new transaction."""
        lock = [str(part) for part in CATALOG_LOCK]
        [cursor] = self._run([("SELECT bahi_live_catalog($1::int, $2::int)", lock)])
        version = cursor.fetchone()[0]  # type: ignore[index]
        return None if version is None else int(version)

    def period_locks(self, companies: Sequence[int]) -> list[tuple[int, str, date]]:
        """(company, area, last closed day), under the shared locks of ``companies``."""
        array = "{" + ",".join(str(int(company)) for company in companies) + "}"
        text = "SELECT company, area, until FROM bahi_period_locks($1::bigint[])"
        [cursor] = self._run([(text, (array,))])
        return [(int(company), str(area), until) for company, area, until in cursor.fetchall()]

    def take_ids(self, size: int) -> int:
        """The first of a block of ``size`` ids, which is the increment of the sequence."""
        [cursor] = self._run([("SELECT nextval('bahi_ids')", ())])
        return int(cursor.fetchone()[0])  # type: ignore[index]

    # --- the connection ---

    def _run(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[psycopg.RawCursor[Any]]:
        raw = self._raw()
        cursors = [psycopg.RawCursor(raw) for _ in calls]
        self.statements += len(calls)
        with self._connection.wrap_database_errors:
            if len(calls) == 1:
                cursors[0].execute(calls[0][0], calls[0][1])
                return cursors
            with raw.pipeline():
                for cursor, (text, parameters) in zip(cursors, calls, strict=True):
                    cursor.execute(text, parameters)
        return cursors

    def _raw(self) -> psycopg.Connection[Any]:
        self._connection.ensure_connection()
        raw: psycopg.Connection[Any] = self._connection.connection
        if raw is not self._seen:
            raw.prepared_max = PREPARED_STATEMENTS
            self._seen = raw
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
            # The stamp makes another text of a statement whose table was altered: prepared plans do not fit it.
            text = f"{make(table, columns, *more)} /* {table.stamp} */"
            arrays = tuple(converters.array(column) for column in columns)
            plan = _Plan(table, text, columns, columns[1:], arrays)
            self._plans[key] = plan
        return plan
