"""A database of its own for tests of the standard pack: migrated, with ``metadata/`` published.

The tests of other rooms publish other catalogs into pytest's database; here the default connection
is pointed at a fresh one while a module runs, on SQLite or PostgreSQL as DATABASE_URL says.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

from engine_runtime.active import catalog as live

ROOT = Path(__file__).resolve().parents[2]
METADATA = ROOT / "metadata"
DATA = METADATA / "data"


@contextmanager
def fresh_site(folder: Path, name: str) -> Iterator[None]:
    """The standard pack in an empty database, which is gone afterwards. ``folder``: for its file."""
    standing = connections["default"]
    database = _database(standing, folder, name)
    connections["default"] = _connection(standing, database)
    live.forget()
    try:
        call_command("migrate", verbosity=0)
        call_command("publish", str(METADATA), verbosity=0, stdout=open(os.devnull, "w"))  # noqa: SIM115
        yield
    finally:
        connections["default"].close()
        connections["default"] = standing
        live.forget()
        _drop(standing, database)


def _connection(like: BaseDatabaseWrapper, database: str) -> BaseDatabaseWrapper:
    settings = {**like.settings_dict, "NAME": database}
    return load_backend(settings["ENGINE"]).DatabaseWrapper(settings, like.alias)


def _database(standing: BaseDatabaseWrapper, folder: Path, name: str) -> str:
    if standing.vendor != "postgresql":
        return str(folder / f"{name}.sqlite3")
    database = f"bahi_{name}_{os.getpid()}"
    _administer(standing, f'CREATE DATABASE "{database}"')
    return database


def _drop(standing: BaseDatabaseWrapper, database: str) -> None:
    if standing.vendor == "postgresql":
        _administer(standing, f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def _administer(standing: BaseDatabaseWrapper, statement: str) -> None:
    administrator = _connection(standing, "postgres")
    with administrator.cursor() as cursor:
        cursor.execute(statement)
    administrator.close()
