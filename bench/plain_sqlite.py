"""The yardstick on SQLite: the rows of one document as one multi-row INSERT per table, one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path

from bench.plain_postgresql import INTERNAL, Statement, statements
from bench.written import Row, Shape, Snapshot, Written


def connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    # The settings of the product (engine_runtime/project/environment.py), so that both wait for the disk alike.
    for setting in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-32000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {setting}")
    return connection


def snapshot(path: Path) -> Snapshot:
    """Every table with all its rows, values as SQLite stores them."""
    connection = connect(path)
    found: dict[str, tuple[Shape, dict[object, Row]]] = {}
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    for (name,) in names:
        if name in INTERNAL or name.startswith("sqlite_"):
            continue
        columns = connection.execute(f'PRAGMA table_info("{name}")').fetchall()
        key = next((place for place, column in enumerate(columns) if column[5]), 0)
        shape = Shape(name, tuple(c[1] for c in columns), tuple(c[2] for c in columns), key)
        rows = connection.execute(f'SELECT * FROM "{name}"').fetchall()
        found[name] = (shape, {row[key]: row for row in rows})
    connection.close()
    return found


def writer(connection: sqlite3.Connection) -> Callable[[Sequence[Statement]], None]:
    """Y of SQLite over one connection. Takes what ``prepared`` made."""

    def y(made: Sequence[Statement]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        for text, parameters in made:
            connection.execute(text, parameters)
        connection.execute("COMMIT")

    return y


def prepared(written: Written) -> list[Statement]:
    """Inserts as on PostgreSQL; changed rows one by one, because that is the fastest plain way here."""
    inserts = statements(Written(written.new, (), None), lambda _place: "?")
    made: list[Statement] = list(inserts)
    for group in (*written.changed, *((written.counter,) if written.counter else ())):
        shape = group.shape
        key = shape.columns[shape.key]
        others = [place for place in range(len(shape.columns)) if place != shape.key]
        sets = ", ".join(f'"{shape.columns[place]}" = ?' for place in others)
        for row in group.rows:
            values = list(chain((row[place] for place in others), (row[shape.key],)))
            made.append((f'UPDATE "{shape.name}" SET {sets} WHERE "{key}" = ?', values))
    return made
