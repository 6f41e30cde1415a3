"""Databases for tests: made once per worker as templates, cloned in a moment, never those of DATABASE_URL itself.

A run of pytest tests one database, that of DATABASE_URL; `make test` runs both.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection, connections
from psycopg import sql

from engine_runtime.active.catalog import forget
from engine_runtime.active.sources import compile_sources, read_folder
from engine_runtime.schema.apply import apply


class Unreachable(Exception):
    """The database server does not answer; the text says how to get one."""


class Databases:
    """Makes, clones, switches and drops databases beside the configured one. ``label`` keeps workers apart."""

    def __init__(self, folder: Path, label: str) -> None:
        self._folder = folder
        self._label = label
        self._made: list[str] = []
        self._templates: dict[Path | None, str] = {}
        self._count = 0
        settings = connection.settings_dict
        self._base = f"{Path(str(settings['NAME'])).stem}_{label}"
        self._postgresql = connection.vendor == "postgresql"
        if self._postgresql:
            self._reach()

    def template(self, metadata: Path | None) -> str:
        """The name of a migrated database with ``metadata`` published (None: nothing). Nobody connects to it."""
        if metadata not in self._templates:
            source = None if metadata is None else self.template(None)
            name = self._new(source)
            with self.using(name):
                if metadata is None:
                    call_command("migrate", verbosity=0)
                else:
                    _publish(metadata)
            self._templates[metadata] = name
        return self._templates[metadata]

    @contextmanager
    def clone(self, metadata: Path | None) -> Iterator[str]:
        """A database of one's own, in use inside the block, dropped after it."""
        name = self._new(self.template(metadata))
        with self.using(name):
            yield name
        self._drop(name)

    @contextmanager
    def using(self, name: str) -> Iterator[None]:
        """Every connection made inside the block is to ``name``."""
        before = connection.settings_dict["NAME"]
        self._switch(name)
        try:
            yield
        finally:
            self._switch(before)

    def drop_all(self) -> None:
        """Remove everything this worker made."""
        for name in list(self._made):
            self._drop(name)

    def _switch(self, name: Any) -> None:
        connections.close_all()
        connection.settings_dict["NAME"] = name
        # What was learnt from the other database: the live catalog, and the block of ids.
        forget()
        vars(connection).pop("bahi_gateway", None)
        vars(connections["default"]).pop("bahi_gateway", None)

    def _new(self, source: str | None) -> str:
        self._count += 1
        name = f"{self._base}_{self._count}"
        if not self._postgresql:
            path = self._folder / f"{name}.sqlite3"
            if source is not None:
                shutil.copyfile(source, path)
            name = str(path)
        elif source is None:
            self._execute("CREATE DATABASE {}", name)
        else:
            self._execute("CREATE DATABASE {} TEMPLATE {}", name, source)
        if self._postgresql:
            # A test database need not survive a power cut.
            self._execute("ALTER DATABASE {} SET synchronous_commit = off", name)
        self._made.append(name)
        return name

    def _drop(self, name: str) -> None:
        self._made.remove(name)
        if self._postgresql:
            self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
            return
        for suffix in ("", "-wal", "-shm"):
            Path(name + suffix).unlink(missing_ok=True)

    def _execute(self, statement: str, *names: str) -> None:
        with self._server() as server:
            server.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))

    def _server(self) -> psycopg.Connection[Any]:
        settings = connection.settings_dict
        found = {"host": settings["HOST"], "port": settings["PORT"], "user": settings["USER"]}
        given = {key: value for key, value in found.items() if value}
        return psycopg.connect(
            dbname="postgres",
            password=settings["PASSWORD"] or None,
            connect_timeout=5,
            autocommit=True,
            **given,
        )

    def _reach(self) -> None:
        try:
            self._server().close()
        except psycopg.OperationalError as error:
            raise Unreachable(f"PostgreSQL of DATABASE_URL does not answer: {error}") from error


def _publish(metadata: Path) -> None:
    sources = read_folder(metadata)
    compiled = compile_sources(sources)
    assert compiled.catalog is not None, [str(problem) for problem in compiled.problems]
    apply(compiled.catalog, sources)
