"""Whether what somebody sends changes anything: what stands still may be sent as it is, as forms do it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Table, child_path
from engine.kernel.convert import STANDARD, Input
from engine.kernel.rows import Row


def present_names(doctype: Doctype, change: Mapping[str, Any]) -> dict[str, str]:
    """What ``change`` is sent under → the field's name of today, without what nobody writes."""
    formerly = doctype.head.formerly
    return {
        sent: formerly[sent].name if sent in formerly else sent
        for sent in change
        if sent not in STANDARD and sent != "company"
    }


def differing(doctype: Doctype, before: Row, given: Input, names: Iterable[str]) -> list[str]:
    """Those of the fields ``names`` that ``given``, laid over a copy of ``before``, would change.

    What could not be read, or names no field, counts as different.
    """
    unreadable = {finding.path.partition(".")[0].partition("[")[0] for finding in given.findings}
    return [
        name
        for name in names
        if name in unreadable
        or name not in doctype.fields
        or not _same(doctype, doctype.head, before, given.row, name)
    ]


def _same(doctype: Doctype, table: Table, before: Row, after: Row, name: str) -> bool:
    if table.fields[name].type != "table":
        return bool(before.get(name) == after.get(name))
    child = doctype.tables[child_path(table.path, name)]
    if [row["id"] for row in before[name]] != [row.get("id") for row in after[name]]:
        return False
    return all(
        _same(doctype, child, old, new, inner)
        for old, new in zip(before[name], after[name], strict=True)
        for inner in child.fields
    )
