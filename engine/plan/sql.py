# ruff: noqa: S608 - it is printed, not sent
"""The steps of a plan as SQL, for people to read: what each database will be told, names and types included.

The databases are altered by ``engine_runtime.schema``, which also takes care of constraints, indexes and triggers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from engine.plan.difference import Change
from engine.plan.fills import beside
from engine.plan.spec import ColumnSpec, TableSpec

Vendor = Literal["postgresql", "sqlite"]
VENDORS: tuple[Vendor, ...] = ("postgresql", "sqlite")

_POSTGRESQL = {
    "id": "bigint PRIMARY KEY", "link": "bigint", "integer": "bigint", "long_text": "text",
    "boolean": "boolean", "date": "date", "time": "time", "datetime": "timestamptz", "json": "jsonb",
}  # fmt: skip
_SQLITE = {
    "id": "integer PRIMARY KEY", "link": "bigint", "integer": "bigint", "long_text": "text",
    "boolean": "bool", "decimal": "bigint", "date": "date", "time": "time", "datetime": "datetime",
    "json": "text",
}  # fmt: skip


def statements(change: Change, vendor: Vendor) -> tuple[str, ...]:
    """The SQL of one step."""
    return tuple(_statements(change, vendor))


def _statements(change: Change, vendor: Vendor) -> Iterator[str]:
    table, column = _q(change.table), _q(change.column or "")
    after, before = change.after, change.before
    match change.kind:
        case "rename_table":
            yield f"ALTER TABLE {_q(change.former or '')} RENAME TO {table};"
        case "rename_column":
            yield f"ALTER TABLE {table} RENAME COLUMN {_q(change.former or '')} TO {column};"
        case "add_table" if isinstance(after, TableSpec):
            columns = ", ".join(_definition(c, vendor) for c in after.columns)
            yield f"CREATE TABLE {table} ({columns});"
        case "add_column" if isinstance(after, ColumnSpec):
            yield f"ALTER TABLE {table} ADD COLUMN {_definition(after, vendor)};"
        case "fill_column" | "convert_column":
            yield from _made(change, vendor)
        case "change_column" | "hide_column" if isinstance(after, ColumnSpec):
            if vendor == "sqlite":
                yield f"-- {table} is made anew with {_definition(after, vendor)}"
            elif isinstance(before, ColumnSpec):
                yield from _altered(table, before, after)
        case "drop_column":
            yield f"ALTER TABLE {table} DROP COLUMN {column};"
        case "drop_table":
            yield f"DROP TABLE {table};"
        case "change_keys" if isinstance(after, TableSpec) and isinstance(before, TableSpec):
            yield from _keys(table, before, after, vendor)
        case "reword" | "move_state" | "narrow_bounds":
            yield f"-- {change.text}"
        case "narrow_options" | "lose_state" if change.values:
            values = ", ".join(_text(value) for value in change.values)
            yield f"SELECT count(*) FROM {table} WHERE {column} IN ({values});  -- has to be 0"


def _made(change: Change, vendor: Vendor) -> Iterator[str]:
    """A column that is made beside while the old catalog is live."""
    table, name = _q(change.table), change.column or ""
    made = _q(beside(name, "new"))
    kind = _type(change.after, vendor) if isinstance(change.after, ColumnSpec) else "…"
    yield f"ALTER TABLE {table} ADD COLUMN {made} {kind};"
    yield f"UPDATE {table} SET {made} = … WHERE id IN (…);  -- in batches, while everybody works"
    if change.kept_as is not None:
        yield f"ALTER TABLE {table} RENAME COLUMN {_q(name)} TO {_q(change.kept_as)};"
    yield f"ALTER TABLE {table} RENAME COLUMN {made} TO {_q(name)};"
    if isinstance(change.after, ColumnSpec) and not change.after.null:
        if vendor == "sqlite":
            yield f"-- {table} is made anew with {_definition(change.after, vendor)}"
        else:
            yield f"ALTER TABLE {table} ALTER COLUMN {_q(name)} SET NOT NULL;"


def _altered(table: str, before: ColumnSpec, after: ColumnSpec) -> Iterator[str]:
    column = _q(after.name)
    old, new = _type(before, "postgresql"), _type(after, "postgresql")
    if old != new:
        yield f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {new};"
    if before.null != after.null:
        verb = "DROP" if after.null else "SET"
        yield f"ALTER TABLE {table} ALTER COLUMN {column} {verb} NOT NULL;"
    if before.references != after.references and after.references and after.constraint:
        yield f"ALTER TABLE {table} ADD FOREIGN KEY ({column}) REFERENCES {_q(after.references)} (id);"


def _keys(table: str, before: TableSpec, after: TableSpec, vendor: Vendor) -> Iterator[str]:
    for group in after.unique:
        if group not in before.unique:
            names = ", ".join(_q(name) for name in group)
            if vendor == "sqlite":
                yield f"-- {table} is made anew with UNIQUE ({names})"
            else:
                yield f"ALTER TABLE {table} ADD UNIQUE ({names});"
    for group in after.indexes:
        if group not in before.indexes:
            yield f"CREATE INDEX ON {table} ({', '.join(_q(name) for name in group)});"


def _definition(column: ColumnSpec, vendor: Vendor) -> str:
    null = "" if column.null or column.kind == "id" else " NOT NULL"
    default = "" if column.default is None else f" DEFAULT {_literal(column)}"
    return f"{_q(column.name)} {_type(column, vendor)}{null}{default}"


def _literal(column: ColumnSpec) -> str:
    if isinstance(column.default, bool):
        return "true" if column.default else "false"
    if isinstance(column.default, int) or column.kind in ("decimal", "integer"):
        return str(column.default)
    return _text(column.default)


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _type(column: ColumnSpec, vendor: Vendor) -> str:
    if column.kind == "text":
        return f"varchar({column.length})" if column.length else "text"
    if column.kind == "decimal" and vendor == "postgresql":
        return f"numeric({column.precision}, {column.scale})"
    return (_POSTGRESQL if vendor == "postgresql" else _SQLITE)[column.kind]


def _q(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
