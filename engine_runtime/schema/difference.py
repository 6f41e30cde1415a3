"""The difference of two sets of tables as Django's migration operations, and their execution."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.operations.base import Operation
from django.db.migrations.questioner import MigrationQuestioner

from engine.plan.spec import ColumnSpec, TableSpec
from engine_runtime.schema.registry import LABEL, state
from engine_runtime.schema.safety import same_kind

_FILLER: Mapping[str, Any] = {
    "id": 0, "link": 0, "integer": 0, "text": "", "long_text": "", "boolean": False, "decimal": 0,
    "date": "2000-01-01", "time": "00:00", "datetime": "2000-01-01T00:00:00+00:00", "json": {},
}  # fmt: skip
"""For a required column of an empty table: Django wants a value that no row will get."""


def execute(
    editor: BaseDatabaseSchemaEditor, old: Iterable[TableSpec], new: Iterable[TableSpec]
) -> None:
    """Alter the database from ``old`` to ``new``. What the rows say about it was asked before (`safety`)."""
    before = {table.name: table for table in old}
    wanted = {table.name: table for table in new}
    kept = _without_changed_kinds(before, wanted)
    _alter(editor, before, kept)
    created = [table for table in wanted.values() if table.name not in before]
    _create(editor, created, wanted)
    _shrink_scales(editor, kept, wanted)
    _alter(editor, kept | {table.name: table for table in created}, wanted)
    _grow_scales(editor, kept, wanted)
    _fill(editor, kept, wanted)


def _create(
    editor: BaseDatabaseSchemaEditor, created: Iterable[TableSpec], wanted: Mapping[str, TableSpec]
) -> None:
    """New tables in any order: foreign keys follow at the end, or may point to what comes later (SQLite)."""
    created = list(created)
    if not created:
        return
    apps = state(wanted.values()).apps
    for table in created:
        editor.create_model(apps.get_model(LABEL, table.name))


def _alter(
    editor: BaseDatabaseSchemaEditor, old: Mapping[str, TableSpec], new: Mapping[str, TableSpec]
) -> None:
    """Let Django find and execute the operations between two sets of tables."""
    if old == new:
        return
    current = state(old.values())
    for operation in _operations(old, new):
        following = current.clone()
        operation.state_forwards(LABEL, following)
        operation.database_forwards(LABEL, editor, current, following)
        current = following


def _operations(old: Mapping[str, TableSpec], new: Mapping[str, TableSpec]) -> Iterator[Operation]:
    detector = MigrationAutodetector(state(old.values()), state(new.values()), _Answers(new))
    for migration in detector.changes(MigrationGraph()).get(LABEL, ()):
        yield from migration.operations


class _Answers(MigrationQuestioner):
    """Answers what Django would ask a developer: the default of the spec, and never a rename by guess."""

    def __init__(self, tables: Mapping[str, TableSpec]) -> None:
        super().__init__(defaults={}, specified_apps=set(), dry_run=False)
        self._tables = {name.lower(): table for name, table in tables.items()}

    def ask_initial(self, app_label: str) -> bool:
        return True

    def ask_not_null_addition(self, field_name: str, model_name: str) -> Any:
        column = self._tables[model_name.lower()].column(field_name)
        return _FILLER[column.kind] if column.default is None else literal(column)

    def ask_not_null_alteration(self, field_name: str, model_name: str) -> Any:
        return self.ask_not_null_addition(field_name, model_name)

    def ask_rename(
        self, model_name: str, old_name: str, new_name: str, field_instance: Any
    ) -> bool:
        return False

    def ask_rename_model(self, old_model_state: Any, new_model_state: Any) -> bool:
        return False


def literal(column: ColumnSpec) -> Any:
    """The default of ``column`` as a Python value."""
    if column.kind == "boolean" and isinstance(column.default, str):
        return column.default == "true"
    return column.default


def _without_changed_kinds(
    old: Mapping[str, TableSpec], new: Mapping[str, TableSpec]
) -> dict[str, TableSpec]:
    """``old`` without the columns whose (empty) values would need a conversion: they are dropped and made anew."""
    kept = {}
    for name, table in old.items():
        wanted = new.get(name)
        gone = {
            column.name
            for column in table.columns
            if wanted and column.name in wanted.by_name
            and not same_kind(column, wanted.by_name[column.name])
        }  # fmt: skip
        kept[name] = without(table, gone) if gone else table
    return kept


def without(table: TableSpec, gone: set[str]) -> TableSpec:
    """``table`` without the columns ``gone`` and the groups they are in."""
    return replace(
        table,
        columns=tuple(column for column in table.columns if column.name not in gone),
        unique=tuple(group for group in table.unique if not gone & set(group)),
        indexes=tuple(group for group in table.indexes if not gone & set(group)),
    )


def _shrink_scales(
    editor: BaseDatabaseSchemaEditor, old: Mapping[str, TableSpec], new: Mapping[str, TableSpec]
) -> None:
    """On SQLite decimals are scaled integers: fewer decimals, smaller integers. Before the range check changes."""
    for table, before, after in _rescaled(editor, old, new):
        if after.scale < before.scale:
            column, factor = editor.quote_name(after.name), 10 ** (before.scale - after.scale)
            editor.execute(f"UPDATE {editor.quote_name(table)} SET {column} = {column} / {factor}")  # noqa: S608


def _grow_scales(
    editor: BaseDatabaseSchemaEditor, old: Mapping[str, TableSpec], new: Mapping[str, TableSpec]
) -> None:
    """More decimals, larger integers; after the range check has changed."""
    for table, before, after in _rescaled(editor, old, new):
        if after.scale > before.scale:
            column, factor = editor.quote_name(after.name), 10 ** (after.scale - before.scale)
            editor.execute(f"UPDATE {editor.quote_name(table)} SET {column} = {column} * {factor}")  # noqa: S608


def _rescaled(
    editor: BaseDatabaseSchemaEditor, old: Mapping[str, TableSpec], new: Mapping[str, TableSpec]
) -> Iterator[tuple[str, ColumnSpec, ColumnSpec]]:
    if editor.connection.vendor != "sqlite":
        return
    for name, table in old.items():
        for column in table.columns:
            after = new[name].by_name.get(column.name) if name in new else None
            if after and column.kind == after.kind == "decimal" and column.scale != after.scale:
                yield name, column, after


def _fill(
    editor: BaseDatabaseSchemaEditor, old: Mapping[str, TableSpec], new: Mapping[str, TableSpec]
) -> None:
    """Existing rows get the default of a new optional column as well; Django fills required ones itself."""
    apps = None
    for name, table in new.items():
        for column in table.columns if name in old else ():
            if column.name in old[name].by_name:
                continue
            if column.copied_from in old[name].by_name:
                _copy(editor, name, column)
                continue
            if not column.null or column.default is None:
                continue
            apps = apps or state(new.values()).apps
            field = apps.get_model(LABEL, name)._meta.get_field(column.name)
            value = field.get_db_prep_save(literal(column), editor.connection)
            text = f"UPDATE {editor.quote_name(name)} SET {editor.quote_name(column.name)} = %s"  # noqa: S608
            editor.execute(text, [value])
    settle(editor)


def settle(editor: BaseDatabaseSchemaEditor) -> None:
    """What was updated has deferred checks pending, and a table with those cannot be altered: check now."""
    if editor.connection.vendor == "postgresql":
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        editor.execute("SET CONSTRAINTS ALL DEFERRED")


def _copy(editor: BaseDatabaseSchemaEditor, table: str, column: ColumnSpec) -> None:
    """A column that was part of another one takes what that held."""
    assert column.copied_from is not None
    name, source = editor.quote_name(column.name), editor.quote_name(column.copied_from)
    editor.execute(f"UPDATE {editor.quote_name(table)} SET {name} = {source}")  # noqa: S608
