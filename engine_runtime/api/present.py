"""Typed rows out as JSON: links as ``{"id", "title"}``, decimals as text, child tables as lists.

What a table's rows need is worked out once per catalog, not once per row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import DOCUMENT, Table
from engine.catalog.whole import Catalog

Titles = Mapping[str, Mapping[int, str]]
"""doctype key → id → title."""

STANDARD_HEAD = (
    "id", "number", "company", "state", "stage", "amends", "version", "typed",
    "created_by", "created_at", "changed_by", "changed_at",
)  # fmt: skip
STANDARD_CHILD = ("id", "index", "typed")


def link_json(value: int | None, targets: Sequence[str], titles: Titles, several: bool) -> Any:
    """A link as it is read: ``{"id", "title"}``, and ``"doctype"`` where it has several targets."""
    if value is None:
        return None
    for key in targets or titles:
        title = titles.get(key, {}).get(value)
        if title is not None:
            found: dict[str, Any] = {"id": value, "title": title}
            return {**found, "doctype": key} if several else found
    return {"id": value, "title": str(value)}


def target_keys(catalog: Catalog, link: Sequence[str]) -> tuple[str, ...]:
    """Keys of the doctypes a link may point to; empty for a link to any document."""
    if DOCUMENT in link:
        return ()
    return tuple(catalog.doctypes[name.split(".")[0]].key for name in link)


class Presenter:
    """Shows documents of one doctype."""

    def __init__(self, catalog: Catalog, doctype: Doctype) -> None:
        self.doctype = doctype
        self._links = {
            path: {
                f.name: (target_keys(catalog, f.link), len(f.link) > 1 or DOCUMENT in f.link)
                for f in table.fields.values()
                if f.type == "link"
            }
            for path, table in doctype.tables.items()
        }

    def document(self, row: Mapping[str, Any], titles: Titles) -> dict[str, Any]:
        """A whole document."""
        shown = {name: row.get(name) for name in STANDARD_HEAD if self._has(name, row)}
        if "company" in shown:
            shown["company"] = link_json(row["company"], ("company",), titles, several=False)
        shown.update(self._fields(self.doctype.head, "", row, titles))
        if row.get("warnings"):
            shown["warnings"] = [
                {"code": f.code, "path": f.path, "message": f.message} for f in row["warnings"]
            ]
        return shown

    def _has(self, name: str, row: Mapping[str, Any]) -> bool:
        if name in ("number", "state", "stage"):
            return self.doctype.submittable
        return name in row

    def _fields(
        self, table: Table, path: str, row: Mapping[str, Any], titles: Titles
    ) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for name, field in table.fields.items():
            if name not in row:
                continue
            if field.type == "table":
                shown[name] = self.children(field.table or name, row[name], titles)
            else:
                shown[name] = self.value(path, name, row[name], titles)
        for former, field in table.formerly.items():
            if field.name in shown:
                shown[former] = shown[field.name]
        return shown

    def value(self, path: str, name: str, value: Any, titles: Titles) -> Any:
        """What a field of the table at ``path``, which holds no rows, is shown as."""
        link = self._links[path].get(name)
        if link is None:
            return value
        targets, several = link
        return link_json(value, targets, titles, several)

    def children(
        self, path: str, rows: Sequence[Mapping[str, Any]], titles: Titles
    ) -> list[dict[str, Any]]:
        """Rows of the table at ``path``, with those below them."""
        table = self.doctype.tables[path]
        return [
            {name: row[name] for name in STANDARD_CHILD if name in row}
            | self._fields(table, path, row, titles)
            for row in rows
        ]


def plain_value(value: object) -> Any:
    """A value that holds no rows and no links, as JSON."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value
