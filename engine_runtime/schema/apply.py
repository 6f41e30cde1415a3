"""Make the database fit a catalog: under a lock, in one transaction, recorded as a new version.

Public: `apply`. Runs outside any transaction (SQLite cannot alter tables inside one that checks foreign keys).
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

from engine.catalog.types import Catalog
from engine.plan.spec import TableSpec
from engine.plan.tables import tables
from engine_runtime.active.catalog import remember
from engine_runtime.active.models import AppliedCatalog
from engine_runtime.schema import difference, safety, stored, triggers
from engine_runtime.schema.errors import SchemaRefused

_LOCK = 0x62616869
"""Key of the advisory lock: one apply at a time in a database."""


def apply(catalog: Catalog, sources: Mapping[str, str], *, drop_data: bool = False) -> int:
    """Bring the tables to ``catalog`` and make it the live one; the new version number.

    ``sources``: file → text, what every process compiles the catalog from. Nothing happens, and the live version
    is returned, if it is applied already. ``drop_data`` allows to drop columns and tables that hold values.
    Raises SchemaRefused, with nothing changed, if rows stand against it.
    """
    wanted = tables(catalog)
    version = _unchanged(catalog, wanted)
    if version is None:
        # The editor opens the transaction itself; on SQLite it is an immediate one, and so the lock.
        with connection.schema_editor() as editor:
            _lock(editor)
            version = _unchanged(catalog, wanted) or _apply(
                editor, catalog, wanted, sources, drop_data
            )
    remember(catalog, version)
    return version


def _lock(editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _newest() -> AppliedCatalog | None:
    return AppliedCatalog.objects.order_by("-version").first()


def _unchanged(catalog: Catalog, wanted: tuple[TableSpec, ...]) -> int | None:
    """The live version if it is this catalog with these tables (another engine might derive others)."""
    live = _newest()
    if live and live.digest == catalog.digest and stored.from_json(live.tables) == wanted:
        return live.version
    return None


def _apply(
    editor: BaseDatabaseSchemaEditor,
    catalog: Catalog,
    wanted: tuple[TableSpec, ...],
    sources: Mapping[str, str],
    drop_data: bool,
) -> int:
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
    return _record(catalog, wanted, sources, (live.version if live else 0) + 1)


def _record(
    catalog: Catalog, wanted: tuple[TableSpec, ...], sources: Mapping[str, str], version: int
) -> int:
    AppliedCatalog.objects.create(
        version=version,
        digest=catalog.digest,
        sources=dict(sources),
        tables=stored.to_json(wanted),
        applied_at=timezone.now(),
    )
    return version
