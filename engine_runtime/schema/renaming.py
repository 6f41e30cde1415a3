# ruff: noqa: S608 - every name is quoted, every value is a parameter
"""Carrying out ``engine.plan.renames``: tables, columns, their constraints and indexes, and words that rows hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.apps import apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from engine.plan.renames import Renames
from engine.plan.spec import TableSpec
from engine_runtime.schema import difference, triggers
from engine_runtime.schema.registry import index_name, unique_name

Place = tuple[str, str, str]
"""(application, model, column) of a fixed table."""

DOCTYPES: tuple[Place, ...] = (
    ("documents", "Version", "doctype"),
    ("documents", "MadeOnce", "doctype"),
    ("documents", "PackRecord", "doctype"),
    ("outbox", "Event", "doctype"),
    ("workflow", "Given", "doctype"),
    ("workflow", "Task", "doctype"),
    ("workflow", "BreachRecord", "doctype"),
    ("jobs", "Job", "doctype"),
)
"""Where a doctype is named by its key."""
BEGINNINGS: tuple[tuple[Place, str], ...] = (
    (("documents", "NumberSeries", "key"), "|"),
    (("outbox", "Event", "name"), "."),
)
"""Texts that begin with the key of a doctype, and what follows on it."""
MADE: Place = ("documents", "MadeOnce", "key")
"""Begins with the name of the doctype whose effect it was."""
ROLES: tuple[Place, ...] = (("access", "Membership", "role"), ("workflow", "Task", "role"))


def rename(editor: BaseDatabaseSchemaEditor, old: Sequence[TableSpec], moves: Renames) -> None:
    """Rename tables and columns of ``old``; constraints and indexes are named after them and follow."""
    for table, after in zip(old, moves.apply(old), strict=True):
        _drop_indexes(editor, table, after)
    for table in old:
        # A name may be given up and taken in one publish: in the order of the map, which begins with what is given up.
        for (owner, column), new in moves.columns.items():
            if owner == table.name:
                _run(
                    editor,
                    f"ALTER TABLE {_q(editor, table.name)} RENAME COLUMN {_q(editor, column)} TO {_q(editor, new)}",
                )
    for former, present in moves.tables.items():
        _run(editor, f"ALTER TABLE {_q(editor, former)} RENAME TO {_q(editor, present)}")
    for table, after in zip(old, moves.apply(old), strict=True):
        _name_anew(editor, table, after)


def _drop_indexes(editor: BaseDatabaseSchemaEditor, before: TableSpec, after: TableSpec) -> None:
    """SQLite cannot rename an index: it is dropped here and made again."""
    if editor.connection.vendor != "sqlite":
        return
    for group, now in zip(before.indexes, after.indexes, strict=True):
        if index_name(before.name, group) != index_name(after.name, now):
            _run(editor, f"DROP INDEX IF EXISTS {_q(editor, index_name(before.name, group))}")


def _name_anew(editor: BaseDatabaseSchemaEditor, before: TableSpec, after: TableSpec) -> None:
    table = _q(editor, after.name)
    for group, now in zip(before.indexes, after.indexes, strict=True):
        old, new = index_name(before.name, group), index_name(after.name, now)
        if old == new:
            continue
        if editor.connection.vendor == "sqlite":
            columns = ", ".join(_q(editor, name) for name in now)
            _run(editor, f"CREATE INDEX {_q(editor, new)} ON {table} ({columns})")
        else:
            _run(editor, f"ALTER INDEX {_q(editor, old)} RENAME TO {_q(editor, new)}")
    if editor.connection.vendor == "sqlite":
        return  # a unique constraint is made anew, under its right name, when the table is
    for group, now in zip(before.unique, after.unique, strict=True):
        old, new = unique_name(before.name, group), unique_name(after.name, now)
        if old != new:
            _run(
                editor,
                f"ALTER TABLE {table} RENAME CONSTRAINT {_q(editor, old)} TO {_q(editor, new)}",
            )


def tables_with_words(moves: Renames, tables: Iterable[TableSpec]) -> list[TableSpec]:
    """The tables (present names) in which rows are changed: their triggers must be off meanwhile."""
    if not moves.doctypes and not moves.paths:
        named = {word[0] for word in (*moves.options, *moves.typed)}
        return [table for table in tables if table.name in named]
    return [table for table in tables if any(c.name.endswith("_type") for c in table.columns)]


def reword(editor: BaseDatabaseSchemaEditor, tables: Iterable[TableSpec], moves: Renames) -> None:
    """Change the words that rows of ``tables`` (present names) hold."""
    tables = list(tables)
    for old, new in moves.doctypes.items():
        _doctype(editor, tables, old, new)
    for old, new in moves.names.items():
        _beginning(editor, MADE, f"{old}.", f"{new}.")
        _asked_elsewhere(old, new)
    for key, old, new in moves.paths:
        for table in tables:
            if "line_table" in table.by_name:
                sql = f"UPDATE {_q(editor, table.name)} SET line_table = %s WHERE line_table = %s AND origin_type = %s"
                editor.execute(sql, [new, old, key])
    for name, column, old, new in moves.options:
        _word(editor, name, column, old, new)
    for name, old, new in moves.typed:
        _member(editor, name, old, new)
    for name, old, new in moves.dimensions:
        _balance_keys(editor, f"{name}__balance", old, new)
    for old, new in moves.roles.items():
        for place in ROLES:
            _word(editor, *_fixed(place), old, new)


def _doctype(
    editor: BaseDatabaseSchemaEditor, tables: Iterable[TableSpec], old: str, new: str
) -> None:
    for table in tables:
        for column in table.columns:
            beside = f"{column.name.removesuffix('_type')}_id"
            if column.kind == "text" and column.name.endswith("_type") and beside in table.by_name:
                _word(editor, table.name, column.name, old, new)
    for place in DOCTYPES:
        name, key = _fixed(place)
        guarded = triggers.drop(editor, name)
        _word(editor, name, key, old, new)
        difference.settle(editor)
        if guarded:
            triggers.append_only(editor, name)
    for place, end in BEGINNINGS:
        _beginning(editor, place, f"{old}{end}", f"{new}{end}")


def _beginning(editor: BaseDatabaseSchemaEditor, place: Place, old: str, new: str) -> None:
    """Texts that begin with ``old`` begin with ``new``."""
    table, column = _fixed(place)
    name, text = _q(editor, table), _q(editor, column)
    sql = (
        f"UPDATE {name} SET {text} = %s || substr({text}, {len(old) + 1})"
        f" WHERE substr({text}, 1, {len(old)}) = %s"
    )
    editor.execute(sql, [new, old])


def _asked_elsewhere(old: str, new: str) -> None:
    """What is still to be done in another company names the doctype that asks for it."""
    events = apps.get_model("outbox", "Event").objects.filter(delivered_at=None)
    for event in events.filter(body__owner=old):
        event.body = {**event.body, "owner": new}
        event.save(update_fields=["body"])


def _fixed(place: Place) -> tuple[str, str]:
    """(table, column) of a model of another room."""
    application, model, column = place
    return str(apps.get_model(application, model)._meta.db_table), column


def _word(editor: BaseDatabaseSchemaEditor, table: str, column: str, old: str, new: str) -> None:
    name = _q(editor, column)
    editor.execute(f"UPDATE {_q(editor, table)} SET {name} = %s WHERE {name} = %s", [new, old])


def _member(editor: BaseDatabaseSchemaEditor, table: str, old: str, new: str) -> None:
    """A name in a list with commas: the fields that were typed over."""
    sql = (
        f"UPDATE {_q(editor, table)} SET typed = trim(replace(',' || typed || ',', %s, %s), ',')"
        " WHERE position(%s IN ',' || typed || ',') > 0"
    )
    if editor.connection.vendor == "sqlite":
        sql = sql.replace(
            "position(%s IN ',' || typed || ',') > 0", "instr(',' || typed || ',', %s) > 0"
        )
    editor.execute(sql, [f",{old},", f",{new},", f",{old},"])


def _balance_keys(editor: BaseDatabaseSchemaEditor, table: str, old: str, new: str) -> None:
    """A key begins with the dimensions it is made of: ``item,warehouse|1|12|-``."""
    if table not in editor.connection.introspection.table_names():
        return
    with editor.connection.cursor() as cursor:
        cursor.execute(f"SELECT id, key FROM {_q(editor, table)}")
        rows = [(number, _with_dimension(key, old, new)) for number, key in cursor.fetchall()]
        cursor.executemany(
            f"UPDATE {_q(editor, table)} SET key = %s WHERE id = %s",
            [(key, number) for number, key in rows],
        )


def _with_dimension(key: str, old: str, new: str) -> str:
    names, bar, rest = key.partition("|")
    return ",".join(new if name == old else name for name in names.split(",")) + bar + rest


def inverse_names(moves: Renames) -> tuple[Mapping[str, str], Mapping[tuple[str, str], str]]:
    """Present table → former; (present table, present column) → former column."""
    tables = {new: old for old, new in moves.tables.items()}
    columns = {
        (moves.tables.get(table, table), new): old for (table, old), new in moves.columns.items()
    }
    return tables, columns


def _q(editor: BaseDatabaseSchemaEditor, name: str) -> str:
    return str(editor.quote_name(name))


def _run(editor: BaseDatabaseSchemaEditor, sql: str) -> None:
    editor.execute(sql, None)
