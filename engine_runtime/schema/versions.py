"""Versions of the tables: alter the database to a new one under a lock, in one transaction, and record it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

from engine.plan.spec import TableSpec
from engine_runtime.active.models import AppliedCatalog
from engine_runtime.schema import difference, safety, stored, triggers
from engine_runtime.schema.errors import SchemaRefused

_LOCK = 0x62616869
"""Key of the advisory lock: one at a time in a database."""


def bring(
    wanted: Sequence[TableSpec], digest: str, sources: Mapping[str, str], *, drop_data: bool = False
) -> int:
    """Alter the database to the tables ``wanted`` and record the catalog they belong to; its version.

    If the newest version has this digest and these tables, nothing happens and it is the answer.
    Raises SchemaRefused with nothing changed; RuntimeError inside a transaction.
    """
    if connection.in_atomic_block:
        raise RuntimeError(
            "Tables are altered in a transaction of their own, not inside another one."
        )
    version = _unchanged(digest, wanted)
    if version is not None:
        return version
    # The editor opens the transaction itself; on SQLite it is an immediate one, and so the lock.
    with connection.schema_editor() as editor:
        if connection.vendor == "postgresql":
            editor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        version = _unchanged(digest, wanted)
        if version is None:
            version = _alter(editor, wanted, drop_data)
            _record(version, digest, wanted, sources)
    return version


def _newest() -> AppliedCatalog | None:
    return AppliedCatalog.objects.order_by("-version").first()


def _unchanged(digest: str, wanted: Sequence[TableSpec]) -> int | None:
    """The newest version if it is this catalog with these tables: another engine might derive others."""
    live = _newest()
    if live and live.digest == digest and stored.from_json(live.tables) == tuple(wanted):
        return int(live.version)
    return None


def _alter(editor: BaseDatabaseSchemaEditor, wanted: Sequence[TableSpec], drop_data: bool) -> int:
    """Alter the tables; the number of the version that this makes."""
    live = _newest()
    old = {table.name: table for table in stored.from_json(live.tables)} if live else {}
    new = {table.name: table for table in wanted}
    found = safety.reasons(editor.connection, old, new, drop_data=drop_data)
    if found:
        raise SchemaRefused(found)
    for table in old.values():
        if new.get(table.name) != table:
            triggers.drop(editor, table.name)
    difference.execute(editor, old.values(), wanted)
    for table in wanted:
        triggers.create(editor, table)
    return live.version + 1 if live else 1


def _record(
    version: int, digest: str, wanted: Sequence[TableSpec], sources: Mapping[str, str]
) -> None:
    AppliedCatalog.objects.create(
        version=version,
        digest=digest,
        sources=dict(sources),
        tables=stored.to_json(wanted),
        applied_at=timezone.now(),
    )
