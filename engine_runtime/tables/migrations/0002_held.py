"""What is read under a lock in one statement: the live catalog, and the closed periods of companies.

A volatile function takes a new snapshot for each of its statements, so what it reads after the lock is what
the last holder of the lock left behind. One statement that locks and reads would read what was before.
"""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

LIVE_CATALOG = """
CREATE FUNCTION bahi_live_catalog(lock_class integer, lock_name integer) RETURNS integer
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(lock_class, lock_name);
  RETURN (SELECT max(version) FROM active_appliedcatalog);
END $$
"""

PERIOD_LOCKS = """
CREATE FUNCTION bahi_period_locks(companies bigint[])
RETURNS TABLE (company bigint, area text, until date)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(c) FROM (SELECT unnest(companies) ORDER BY 1) AS ordered (c);
  RETURN QUERY SELECT p.company_id, p.area::text, p.locked_until
    FROM ledgers_periodlock AS p WHERE p.company_id = ANY(companies);
END $$
"""


def create(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """On SQLite a transaction that writes is alone: there it takes no lock."""
    if editor.connection.vendor == "postgresql":
        editor.execute(LIVE_CATALOG)
        editor.execute(PERIOD_LOCKS)


def drop(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """The way back."""
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION bahi_live_catalog(integer, integer)")
        editor.execute("DROP FUNCTION bahi_period_locks(bigint[])")


class Migration(migrations.Migration):
    dependencies = [("tables", "0001_ids")]
    operations = [migrations.RunPython(create, drop)]
