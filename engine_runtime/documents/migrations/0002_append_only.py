"""The history of changes is never changed."""

from django.db import migrations

from engine_runtime.schema import triggers

TABLE = "documents_version"


def create(apps, editor):
    """The trigger that refuses UPDATE, DELETE and TRUNCATE."""
    triggers.append_only(editor, TABLE)


def drop(apps, editor):
    """The way back."""
    triggers.drop(editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
