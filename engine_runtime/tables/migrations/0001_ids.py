"""Where ids come from: blocks of a thousand, unique over the whole database."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BLOCK = 1000


def create(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """A sequence on PostgreSQL, a table of one row on SQLite."""
    if editor.connection.vendor == "postgresql":
        editor.execute(
            f"CREATE SEQUENCE bahi_ids AS bigint START WITH {BLOCK} INCREMENT BY {BLOCK}"
        )
        return
    editor.execute(
        "CREATE TABLE bahi_ids (one integer PRIMARY KEY CHECK (one = 1), next integer NOT NULL)"
    )
    editor.execute("INSERT INTO bahi_ids (one, next) VALUES (1, %s)", [BLOCK])


def drop(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """The way back."""
    kind = "SEQUENCE" if editor.connection.vendor == "postgresql" else "TABLE"
    editor.execute(f"DROP {kind} bahi_ids")


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunPython(create, drop)]
