"""The yardsticks on PostgreSQL: Y, Yr and Yp write the rows of one document through plain SQL with one commit.

Y   psycopg's default cursor, one multi-row INSERT with %s per table (what most programs do).
Yr  the same with server-side parameters ($1), prepared.
Yp  Yr in a pipeline: the fastest plain SQL.
Each takes the counter, locks the balance rows, inserts, updates the balance rows, commits. The values are ready
before the clock starts: only sending, waiting and the server's work count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

import psycopg
from psycopg import RawCursor
from psycopg.types.json import set_json_loads

from bench.written import Row, Rows, Shape, Snapshot, Written

Connection = psycopg.Connection[Row]
Statement = tuple[str, Sequence[object]]
INTERNAL = ("django_migrations", "django_session", "django_content_type")


def connect(url: str) -> Connection:
    connection = psycopg.connect(url)
    # JSON stays text: it is written back as it is.
    set_json_loads(lambda text: text if isinstance(text, str) else text.decode(), connection)
    return connection


def snapshot(url: str) -> Snapshot:
    """Every table of the database with all its rows. For small databases."""
    with connect(url) as connection:
        found: dict[str, tuple[Shape, dict[object, Row]]] = {}
        for shape in _shapes(connection):
            columns = ", ".join(f'"{column}"' for column in shape.columns)
            rows = connection.execute(f'SELECT {columns} FROM "{shape.name}"').fetchall()
            found[shape.name] = (shape, {row[shape.key]: row for row in rows})
        return found


def _shapes(connection: Connection) -> list[Shape]:
    rows = connection.execute(
        """SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                  coalesce(a.attnum = ANY (i.indkey), false), a.attgenerated <> '' OR a.attidentity = 'a'
           FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
           LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
           WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
           ORDER BY c.relname, a.attnum"""
    ).fetchall()
    tables: dict[str, list[tuple[str, str, bool]]] = {}
    for table, column, kind, in_key, generated in rows:
        if table not in INTERNAL and not generated:
            tables.setdefault(str(table), []).append((str(column), str(kind), bool(in_key)))
    return [
        Shape(
            name,
            tuple(column for column, _, _ in columns),
            tuple(kind for _, kind, _ in columns),
            next((place for place, column in enumerate(columns) if column[2]), 0),
        )
        for name, columns in tables.items()
    ]


def writers(connection: Connection) -> dict[str, Callable[[Sequence[Statement]], None]]:
    """The three yardsticks over one connection, by name. Each takes what ``prepared`` made for it."""
    raw = RawCursor(connection)
    plain = connection.cursor()

    def y(made: Sequence[Statement]) -> None:
        for text, parameters in made:
            plain.execute(text, parameters)
            if plain.description:
                plain.fetchall()
        connection.commit()

    def yr(made: Sequence[Statement]) -> None:
        for text, parameters in made:
            raw.execute(text, parameters, prepare=True)
            if raw.description:
                raw.fetchall()
        connection.commit()

    def yp(made: Sequence[Statement]) -> None:
        with connection.pipeline():
            for text, parameters in made:
                raw.execute(text, parameters, prepare=True)
            connection.commit()

    return {"Y": y, "Yr": yr, "Yp": yp}


def prepared(written: Written, name: str) -> list[Statement]:
    """The statements of one document for the yardstick ``name``."""
    return statements(written, (lambda _place: "%s") if name == "Y" else _dollar)


def _dollar(place: int) -> str:
    return f"${place}"


def statements(written: Written, mark: Callable[[int], str]) -> list[Statement]:
    """The SQL of one document in order. ``mark`` gives the placeholder for the n-th parameter."""
    made: list[Statement] = []
    if written.counter:
        made.append(_update(written.counter, mark))
    for group in written.changed:
        ids = [row[group.shape.key] for row in group.rows]
        marks = ", ".join(mark(place) for place in range(1, len(ids) + 1))
        key = group.shape.columns[group.shape.key]
        text = f'SELECT * FROM "{group.shape.name}" WHERE "{key}" IN ({marks}) ORDER BY "{key}" FOR UPDATE'
        made.append((text, ids))
    made += [_insert(group, mark) for group in written.new]
    made += [_update(group, mark) for group in written.changed]
    return made


def _insert(group: Rows, mark: Callable[[int], str]) -> Statement:
    columns = ", ".join(f'"{column}"' for column in group.shape.columns)
    text = f'INSERT INTO "{group.shape.name}" ({columns}) VALUES {_values(group, mark, cast=False)}'
    return text, list(chain.from_iterable(group.rows))


def _update(group: Rows, mark: Callable[[int], str]) -> Statement:
    shape = group.shape
    key = shape.columns[shape.key]
    sets = ", ".join(f'"{column}" = new."{column}"' for column in shape.columns if column != key)
    names = ", ".join(f'"{column}"' for column in shape.columns)
    values = _values(group, mark, cast=True)
    text = (
        f'UPDATE "{shape.name}" AS old SET {sets} FROM (VALUES {values}) AS new ({names}) '
        f'WHERE old."{key}" = new."{key}" RETURNING old."{key}"'
    )
    return text, list(chain.from_iterable(group.rows))


def _values(group: Rows, mark: Callable[[int], str], *, cast: bool) -> str:
    """`($1, $2), ($3, $4)`; the first row with casts where nothing else tells the types."""
    lines = []
    place = 0
    for number, row in enumerate(group.rows):
        cells = []
        for kind in group.shape.types[: len(row)]:
            place += 1
            cells.append(f"{mark(place)}::{kind}" if cast and number == 0 else mark(place))
        lines.append(f"({', '.join(cells)})")
    return ", ".join(lines)


def copy_in(connection: Connection, written: Written) -> None:
    """Write the new rows of ``written`` with COPY, one table after another, and one commit."""
    for group in written.new:
        columns = ", ".join(f'"{column}"' for column in group.shape.columns)
        text = f'COPY "{group.shape.name}" ({columns}) FROM STDIN'
        with connection.cursor().copy(text) as copy:
            for row in group.rows:
                copy.write_row(row)
    connection.commit()
