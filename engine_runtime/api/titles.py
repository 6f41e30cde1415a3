"""Titles of the records that written rows link to; one query per doctype."""

from __future__ import annotations

from collections.abc import Sequence

from engine.catalog.doctypes import Doctype
from engine.kernel.rows import Row, rows_at, tables_in_order
from engine_runtime.access.actor import Actor
from engine_runtime.api.present import Titles
from engine_runtime.documents import read
from engine_runtime.documents.write import has_type_column
from engine_runtime.posting.session import open_session


def titles_of_rows(actor: Actor, doctype: Doctype, rows: Sequence[Row]) -> Titles:
    """The titles of what whole documents link to."""
    session = open_session(actor)
    for table in tables_in_order(doctype):
        for link in (f.name for f in table.columns if has_type_column(f)):
            for row in (row for document in rows for row in rows_at(document, table.path)):
                key = row.get(f"{link}_type")
                if row[link] is not None and key is not None:
                    session.types[row[link]] = key
    return read.titles(session, doctype, rows)
