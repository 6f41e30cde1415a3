"""Make a catalog the live one: its tables in the database, its sources recorded, this process on it."""

from __future__ import annotations

from collections.abc import Mapping

from engine.catalog.whole import Catalog
from engine.plan.tables import tables
from engine_runtime.active.catalog import remember
from engine_runtime.schema.versions import bring


def apply(catalog: Catalog, sources: Mapping[str, str], *, drop_data: bool = False) -> int:
    """Bring the tables to ``catalog`` and make it the live one; the version number.

    ``sources``: file → text, what every process compiles the catalog from. If it is applied already, nothing changes.
    ``drop_data`` allows to drop columns and tables that hold values. Runs outside any transaction.
    Raises SchemaRefused, with nothing changed, if rows stand against it.
    """
    version = bring(tables(catalog), catalog.digest, sources, drop_data=drop_data)
    remember(catalog, version)
    return version
