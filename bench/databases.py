"""The databases of a run: made empty, copied, and dropped again. Never one that the run did not make."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

DEFAULT = "postgresql://postgres@127.0.0.1:5432/bahi_bench"


class Unreachable(Exception):
    """The server does not answer; the text says which and what to do."""


def postgresql_url() -> str:
    return os.environ.get("BENCH_DATABASE_URL") or DEFAULT


def named(url: str, name: str) -> str:
    """``url`` with another database name."""
    return f"{url.rpartition('/')[0]}/{name}"


def name_of(url: str) -> str:
    return url.rpartition("/")[2].partition("?")[0]


@contextmanager
def fresh_postgresql(url: str) -> Iterator[None]:
    """An empty database at ``url`` that is dropped at the end, with the copies made of it.

    Raises SystemExit when one of that name exists and was not left over by an earlier run (marked by its comment).
    """
    name = name_of(url)
    with _server(url) as server:
        _drop(server, name)
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        _mark(server, name)
    try:
        yield
    finally:
        with _server(url) as server:
            _drop(server, name)
            _drop(server, f"{name}_plain")


def copy_postgresql(url: str) -> str:
    """Copy the database at ``url`` (to which nobody may be connected) and return the URL of the copy."""
    name = name_of(url)
    with _server(url) as server:
        _drop(server, f"{name}_plain")
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(f"{name}_plain"), sql.Identifier(name)
            )
        )
        _mark(server, f"{name}_plain")
    return named(url, f"{name}_plain")


def copy_sqlite(path: Path) -> Path:
    """Copy a SQLite database with what its write-ahead log holds."""
    copy = path.with_name(f"{path.stem}-plain.sqlite3")
    source = sqlite3.connect(path)
    source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    source.close()
    shutil.copy(path, copy)
    return copy


MARK = "made by make bench"


def _server(url: str) -> psycopg.Connection[tuple[object, ...]]:
    try:
        return psycopg.connect(named(url, "postgres"), autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        raise Unreachable(
            f"PostgreSQL does not answer at {url.rpartition('@')[2]}. "
            "Start it, or name another server in BENCH_DATABASE_URL."
        ) from error


def _mark(server: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    server.execute(
        sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(MARK))
    )


def _drop(server: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    found = server.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", (name,)
    ).fetchone()
    if found is None:
        return
    if found[0] != MARK:
        raise SystemExit(
            f"The database '{name}' exists and was not made by make bench, so it is not dropped. "
            "Name another in BENCH_DATABASE_URL."
        )
    server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
