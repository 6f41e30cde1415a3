"""What a save changed: field → [old, new], as the audit trail keeps it."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Table, child_path
from engine.kernel.rows import Row

Changes = dict[str, Any]


def plain(value: Any) -> Any:
    """A value as JSON keeps it exactly: decimals and dates as text."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return value


def snapshot(doctype: Doctype, table: Table, row: Row) -> Row:
    """The stored fields of a row and of its child rows, as JSON, for comparing later."""
    taken: Row = {field.name: plain(row[field.name]) for field in table.columns}
    for path in table.children:
        child = doctype.tables[path]
        name = path.rpartition(".")[2]
        taken[name] = {r["id"]: snapshot(doctype, child, r) for r in row[name]}
    return taken


def difference(doctype: Doctype, before: Row, document: Row) -> Changes:
    """Every field that is not what it was; rows by their id: added, removed or changed."""
    after = snapshot(doctype, doctype.head, document)
    return _compare(doctype, doctype.head, before, after)


def _compare(doctype: Doctype, table: Table, before: Row, after: Row) -> Changes:
    changes: Changes = {}
    for field in table.columns:
        old, new = before[field.name], after[field.name]
        if old != new:
            changes[field.name] = [old, new]
    for path in table.children:
        name = path.rpartition(".")[2]
        rows = _compare_rows(
            doctype, doctype.tables[child_path(table.path, name)], before[name], after[name]
        )
        if rows:
            changes[name] = rows
    return changes


def _compare_rows(
    doctype: Doctype, table: Table, before: dict[int, Row], after: dict[int, Row]
) -> Changes:
    changes: Changes = {}
    for identity in before.keys() - after.keys():
        changes[str(identity)] = {"removed": texts(before[identity])}
    for identity, row in after.items():
        if identity not in before:
            changes[str(identity)] = {"added": texts(row)}
            continue
        changed = _compare(doctype, table, before[identity], row)
        if changed:
            changes[str(identity)] = changed
    return changes


def texts(row: Row) -> Row:
    """A row's filled fields, its child rows as a list."""
    return {
        name: [texts(child) for child in value.values()] if isinstance(value, dict) else value
        for name, value in row.items()
        if value not in (None, {})
    }
