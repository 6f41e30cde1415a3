"""The gateway to the tables: rows in and out in few round trips, the same on both databases.

Public: `gateway()`. Nothing above this room knows which database it talks to. Write inside `transaction()`;
errors of the database arrive as those of django.db.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import IntegrityError

from engine.plan.spec import TableSpec
from engine_runtime.tables import violations
from engine_runtime.tables.batch import (
    Batch,
    ById,
    Counters,
    Lock,
    Query,
    Removal,
    Statement,
    Written,
)
from engine_runtime.tables.postgresql import PostgreSQL
from engine_runtime.tables.query import Select, build
from engine_runtime.tables.sqlite import SQLite

BLOCK = 1000
"""Ids taken at once: the increment of the sequence (tables/migrations/0001_ids.py)."""


class Gateway:
    """The tables as one connection sees them. Belongs to its thread, as the connection does."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection
        self._database = (
            PostgreSQL(connection) if connection.vendor == "postgresql" else SQLite(connection)
        )
        self._block = _Block()
        self.vendor = self._database.vendor

    @property
    def statements(self) -> int:
        """Statements sent so far, BEGIN and COMMIT not counted."""
        return self._database.statements

    def transaction(self) -> AbstractContextManager[Any]:
        """A transaction, or a savepoint inside one; on SQLite it holds the write lock from the start."""
        context: AbstractContextManager[Any] = transaction.atomic(self._connection.alias)
        return context

    def catalog_version(self) -> int | None:
        """The version of the live catalog, which stays the live one until the transaction in hand ends."""
        return self._database.catalog_version()

    def period_locks(self, companies: Sequence[int]) -> list[tuple[int, str, date]]:
        """(company, area, last closed day) of ``companies``, which stay so until the transaction in hand ends."""
        return self._database.period_locks(sorted(companies)) if companies else []

    def write(self, statements: Sequence[Statement]) -> list[Written]:
        """Insert, change and remove in the order given, in one round trip on PostgreSQL.

        Out: what each statement wrote. Statements without rows are passed over. Raises RowsChanged (roll back),
        ValueRefused (nothing was sent), and django.db's errors.
        """
        wanted = [place for place, statement in enumerate(statements) if _has_rows(statement)]
        written = [Written(0)] * len(statements)
        if not wanted:
            return written
        for place, done in zip(
            wanted, self._database.write([statements[p] for p in wanted]), strict=True
        ):
            written[place] = done
        return written

    def insert(self, batches: Sequence[Batch], *, then: Sequence[Statement] = ()) -> list[Written]:
        """`write` of ``batches``, then of ``then``."""
        return self.write([*batches, *then])

    def fetch_many(self, queries: Sequence[ById | Query]) -> list[list[tuple[Any, ...]]]:
        """The rows of every query, converted to Python values, in one round trip on PostgreSQL.

        The rows of a `ById` come in no particular order (unless locked) and only for values that exist.
        """
        return self._database.read(queries) if queries else []

    def fetch(self, query: ById | Query) -> list[tuple[Any, ...]]:
        """The rows of one query."""
        return self._database.read([query])[0]

    def select(
        self, selects: Sequence[Select], tables: Mapping[str, TableSpec]
    ) -> list[list[tuple[Any, ...]]]:
        """The rows of every select; ``tables``: all that their paths may reach. Raises NameUnknown, ValueRefused."""
        return self.fetch_many([build(select, tables, self.vendor) for select in selects])

    def by_id(
        self, table: TableSpec, columns: Sequence[str], ids: Sequence[int]
    ) -> dict[int, dict[str, Any]]:
        """Rows of ``table`` as dicts with ``columns`` and `id`, by id."""
        names = ("id", *(name for name in columns if name != "id"))
        rows = self.fetch(ById(table, names, ids))
        return {row[0]: dict(zip(names, row, strict=True)) for row in rows}

    def lock_balances(self, table: TableSpec, keys: Mapping[str, int]) -> dict[str, dict[str, Any]]:
        """Balance rows by key, locked until the transaction ends. ``keys``: key → company id; missing rows are made."""
        return self.lock_all([Lock(table, keys)])[0]

    def lock_all(self, locks: Sequence[Lock]) -> list[dict[str, dict[str, Any]]]:
        """As `lock_balances` for several tables in one round trip. Everybody names the tables in the same order."""
        wanted = [lock for lock in locks if lock.keys]
        found = iter(self._database.lock(wanted) if wanted else ())
        return [_by_key(lock.table, next(found)) if lock.keys else {} for lock in locks]

    @property
    def is_alone(self) -> bool:
        """Whether a transaction that writes is alone from its start: nobody else wrote meanwhile."""
        return not isinstance(self._database, PostgreSQL)

    def hold(self, key: int, *, alone: bool = False) -> None:
        """Hold ``key`` until the transaction ends: together with others, or ``alone``, waiting for them to finish.

        On SQLite a transaction that writes is alone anyway.
        """
        if isinstance(self._database, PostgreSQL):
            self._database.hold(key, alone=alone)

    def ids(self, count: int = 1) -> Sequence[int]:
        """``count`` new ids, unique over the whole database. Not in the order of time across processes."""
        if count > BLOCK:
            return [*self.ids(BLOCK), *self.ids(count - BLOCK)]
        if self._block.left() < count:
            self._block = self._take(BLOCK)
        return self._block.take(count)

    def violated(
        self, error: IntegrityError, tables: Mapping[str, TableSpec]
    ) -> violations.Violation | None:
        """What constraint of ``tables`` an error is about: which table, which columns. None if it cannot be told."""
        return violations.explain(error, tables)

    def _take(self, size: int) -> _Block:
        first = self._database.take_ids(size)
        block = _Block(first, first + size)
        if self.vendor == "sqlite" and self._connection.in_atomic_block:
            # The counter goes back if this transaction does: the block then must not be used any more.
            block.holds_with(self._connection)
        return block


class _Block:
    """Ids not given out yet."""

    def __init__(self, first: int = 0, end: int = 0) -> None:
        self._next = first
        self._end = end
        self._process = os.getpid()
        self._connection: BaseDatabaseWrapper | None = None

    def holds_with(self, connection: BaseDatabaseWrapper) -> None:
        """Valid while the transaction in hand is: Django forgets a hook when its (sub)transaction is rolled back."""
        self._connection = connection
        transaction.on_commit(self._confirm, connection.alias)

    def left(self) -> int:
        """How many ids may still be given out here: none in a forked process, none after a rollback."""
        if self._process != os.getpid() or (self._connection and not self._held(self._connection)):
            return 0
        return self._end - self._next

    def take(self, count: int) -> range:
        """The next ``count`` ids."""
        found = range(self._next, self._next + count)
        self._next += count
        return found

    def _confirm(self) -> None:
        self._connection = None

    def _held(self, connection: BaseDatabaseWrapper) -> bool:
        return any(hook[1] == self._confirm for hook in connection.run_on_commit)


def gateway(using: str = "default") -> Gateway:
    """The gateway of this thread's connection ``using``."""
    connection = connections[using]
    found: Gateway | None = getattr(connection, "bahi_gateway", None)
    if found is None:
        found = Gateway(connection)
        vars(connection)["bahi_gateway"] = found
    return found


def _has_rows(statement: Statement) -> bool:
    match statement:
        case Counters(lasts):
            return bool(lasts)
        case Removal():
            return bool(statement.values)
    return bool(statement.rows)


def _by_key(table: TableSpec, rows: Iterator[Any] | Sequence[Any]) -> dict[str, dict[str, Any]]:
    names = [column.name for column in table.columns]
    place = names.index("key")
    return {row[place]: dict(zip(names, row, strict=True)) for row in rows}
