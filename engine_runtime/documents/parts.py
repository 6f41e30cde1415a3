"""Rows that are parts of rows of other documents: a return takes its share of the amounts of then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from engine.catalog.doctypes import Doctype
from engine.kernel.parts import originals_wanted, parts_among, prorate
from engine.kernel.rows import Row, rows_at
from engine_runtime.documents.lookups import gather
from engine_runtime.documents.read import load_known
from engine_runtime.documents.reading import asking
from engine_runtime.posting.session import Session
from engine_runtime.tables.asking import select
from engine_runtime.tables.query import Condition


def take_parts(session: Session, doctype: Doctype, rows: Sequence[Row]) -> None:
    """Give rows that know the row they are part of their share of it.

    Inside a transaction the source documents are locked, so that of two parts taken at once the second
    waits, and the shares of all parts add up.
    """
    if not any(mapping.prorate for mapping in doctype.make_from.values()):
        return
    for document in rows:
        originals: dict[int, Row] = {}
        for source, tables in originals_wanted(doctype, document).items():
            originals |= _originals(session, doctype, source, tables)
        standing = _standing(session, doctype, document, set(originals))
        # Parts of others that stand by now are left their shares: all of them add up.
        around = asking(replace(session, before=None), doctype, document)
        prorate(doctype, document, originals, standing, around)


def _originals(
    session: Session, doctype: Doctype, source: str, tables: dict[str, set[int]]
) -> dict[int, Row]:
    """The rows asked for (table path → ids) by id, each in its whole document."""
    origin = session.catalog.doctypes[source]
    heads: set[int] = set()
    for path, ids in tables.items():
        heads |= _heads(session, origin, path, ids)
    locking = transaction.get_connection().in_atomic_block
    found = load_known(session, origin, sorted(heads), for_update=locking)
    gather(session, replace(origin, facts=doctype.make_facts[source]), found)
    return {
        row["id"]: row for document in found for path in tables for row in rows_at(document, path)
    }


def _standing(
    session: Session, doctype: Doctype, document: Row, originals: set[int]
) -> dict[int, list[Row]]:
    """The parts of ``originals`` in other documents of ``doctype`` that stand, each in its whole document."""
    heads: set[int] = set()
    for mapping in doctype.make_from.values():
        if mapping.prorate and mapping.into is not None and mapping.line is not None and originals:
            table = doctype.tables[mapping.into]
            column = f"{table.fields[mapping.line].stored_as}_id"
            where = [Condition(column, "in", sorted(originals))]
            spec = session.spec(doctype, table.path)
            query = select(session.gateway, spec, ("id",), where=where)
            parts = {row[0] for row in session.gateway.fetch_many([query])[0]}
            heads |= _heads(session, doctype, table.path, parts)
    return parts_among(doctype, load_known(session, doctype, sorted(heads)), document.get("id"))


def _heads(session: Session, origin: Doctype, path: str, ids: set[int]) -> set[int]:
    """The documents that the rows ``ids`` of the table at ``path`` belong to."""
    table = origin.tables[path]
    while table.parent is not None:
        spec = session.spec(origin, table.path)
        rows = session.gateway.by_id(spec, ("parent_id",), sorted(ids))
        ids = {row["parent_id"] for row in rows.values()}
        table = origin.tables[table.parent]
    return ids
