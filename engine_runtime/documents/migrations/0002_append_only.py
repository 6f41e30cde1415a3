"""The history of changes is never changed."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from engine_runtime.schema import triggers

TABLE = "documents_version"


def create(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """The trigger that refuses UPDATE, DELETE and TRUNCATE."""
    triggers.append_only(editor, TABLE)


def drop(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """The way back."""
    triggers.drop(editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
