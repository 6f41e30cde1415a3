"""Who may alter tables, and who may write into them meanwhile.

* One publish at a time: a lock of the session, held from the first column that is filled to the switch.
* The *catalog lock*: every transaction that writes documents holds it together with others and reads which catalog
  is live; the switch holds it alone. So nobody writes by a catalog that is not live, and nobody waits longer than
  the switch itself takes.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.utils import OperationalError

from engine_runtime.schema.errors import PublishBusy

PUBLISH_LOCK = (0x62616869, 1)
"""Key of the advisory lock of publishing."""
CATALOG_LOCK = (0x62616869, 2)
"""Key of the catalog lock."""

PATIENCE = 60.0
"""Seconds that a publish waits for another one."""
LOCK_TIMEOUT = "1s"
"""How long a switch stands in the way of others while it waits for a lock itself."""
TRIES = 60
PAUSE = 0.25

_LOCKED = ("55P03", "40P01")
"""SQLSTATEs: lock not available, deadlock."""


@contextmanager
def publishing(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Be the only one that publishes. Raises PublishBusy if another publish does not end."""
    if connection.vendor == "postgresql":
        yield from _advisory(connection)
    else:
        yield from _file(Path(str(connection.settings_dict["NAME"]) + ".publish-lock"))


def _advisory(connection: BaseDatabaseWrapper) -> Iterator[None]:
    end = time.monotonic() + PATIENCE
    while not _asked(connection, "SELECT pg_try_advisory_lock(%s, %s)"):
        _wait(end)
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed:
            _asked(connection, "SELECT pg_advisory_unlock(%s, %s)")


def _asked(connection: BaseDatabaseWrapper, sql: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, PUBLISH_LOCK)
        row = cursor.fetchone()
    return bool(row and row[0])


def _file(path: Path) -> Iterator[None]:
    """The operating system lets go of it when the process ends, however it ends."""
    end = time.monotonic() + PATIENCE
    with path.open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                _wait(end)
        yield


def _wait(end: float) -> None:
    if time.monotonic() > end:
        raise PublishBusy(
            "Another publish is at work and does not end. Wait for it, or end it, and publish again."
        )
    time.sleep(PAUSE)


def stand_alone(editor: BaseDatabaseSchemaEditor) -> None:
    """Wait for writers to finish, and let new ones wait for this transaction. On SQLite it is so already."""
    if editor.connection.vendor == "postgresql":
        be_brief(editor)
        editor.execute("SELECT pg_advisory_xact_lock(%s, %s)", list(CATALOG_LOCK))


def be_brief(editor: BaseDatabaseSchemaEditor) -> None:
    """Rather fail than let everybody wait behind a lock that is not to be had."""
    if editor.connection.vendor == "postgresql":
        editor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")


def is_in_the_way(error: OperationalError) -> bool:
    """Whether somebody else's lock was in the way, so that it may be tried again."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state in _LOCKED or "database is locked" in str(error)
