"""Links that may point to a document of any doctype: facts know nothing of them, so they are asked for apart."""

from __future__ import annotations

from collections.abc import Callable

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import DOCUMENT, Field, Table
from engine.kernel.finding import NO_SUCH_RECORD, Finding, path_of
from engine.kernel.rows import Row, rows_at, tables_in_order


def any_links(doctype: Doctype) -> list[tuple[Table, Field]]:
    """The links of ``doctype`` that take any document, with their tables."""
    return [
        (table, link)
        for table in tables_in_order(doctype)
        for link in table.columns
        if link.type == "link" and link.link == (DOCUMENT,)
    ]


def dangling(doctype: Doctype, document: Row, is_there: Callable[[int], bool]) -> list[Finding]:
    """A finding per such link of ``document`` to an id that is not there for it."""
    return [
        Finding(
            "link.unknown",
            path_of(row, table.path, link.name),
            f"{link.label}: there is no document {row[link.name]}.",
            hint=NO_SUCH_RECORD,
        )
        for table, link in any_links(doctype)
        for row in rows_at(document, table.path)
        if row[link.name] is not None and not is_there(row[link.name])
    ]
