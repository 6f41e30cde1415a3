"""New columns with a default: existing rows get it in a moment, however many they are.

Both databases keep such a default beside the table instead of writing every row; Django would write them, or copy
the table (SQLite).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from engine.plan.spec import ColumnSpec, TableSpec
from engine_runtime.schema.difference import literal
from engine_runtime.schema.registry import LABEL, is_foreign_key, state


def add(
    editor: BaseDatabaseSchemaEditor, old: Sequence[TableSpec], new: Sequence[TableSpec]
) -> tuple[TableSpec, ...]:
    """Add them; ``old`` with what was added."""
    wanted = {table.name: table for table in new}
    apps = None
    found = []
    for table in old:
        target = wanted.get(table.name)
        fresh = [c for c in _new_columns(table, target) if _is_plain(c)] if target else []
        for column in fresh:
            apps = apps or state(new).apps
            _add(editor, apps.get_model(LABEL, table.name), column)
        found.append(replace(table, columns=(*table.columns, *fresh)))
    return tuple(found)


def _new_columns(old: TableSpec, new: TableSpec) -> list[ColumnSpec]:
    return [column for column in new.columns if column.name not in old.by_name]


def _is_plain(column: ColumnSpec) -> bool:
    return column.default is not None and not is_foreign_key(column)


def _add(editor: BaseDatabaseSchemaEditor, model: type, column: ColumnSpec) -> None:
    field = model._meta.get_field(column.name)  # type: ignore[attr-defined]
    definition, _ = editor.column_sql(model, field, include_default=False)
    value = field.get_db_prep_save(literal(column), editor.connection)
    table, name = editor.quote_name(model._meta.db_table), editor.quote_name(column.name)  # type: ignore[attr-defined]
    default = editor.quote_value(value)
    editor.execute(f"ALTER TABLE {table} ADD COLUMN {name} {definition} DEFAULT {default}", None)
    if editor.connection.vendor == "postgresql":
        # The rows keep it; what is written from now on says its own value. SQLite cannot take it off again.
        editor.execute(f"ALTER TABLE {table} ALTER COLUMN {name} DROP DEFAULT", None)
