"""Links that may point to a document of any doctype: what an id that somebody sent stands for.

Ids are unique over the whole database (decision 0011), and every document has a version from the
moment it is made, which says of what doctype it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field
from engine.kernel.any_links import any_links, dangling
from engine.kernel.finding import Finding
from engine.kernel.rows import Row, rows_at
from engine_runtime.documents import write
from engine_runtime.documents.models import Version
from engine_runtime.posting.session import Session
from engine_runtime.tables.asking import select
from engine_runtime.tables.fixed import table_of
from engine_runtime.tables.query import Condition


def know_any(session: Session, doctype: Doctype, documents: Sequence[Row]) -> None:
    """Learn of what doctype the records are that ``documents`` link to without saying so: one query, if any."""
    links = any_links(doctype)
    ids = {
        row[link.name]
        for table, link in links
        for document in documents
        for row in rows_at(document, table.path)
        if row[link.name] is not None and session.type_of(row[link.name]) is None
    }
    if not ids:
        return
    kinds = sorted(d.key for d in session.catalog.doctypes.values() if not d.child)
    where = [Condition("doctype", "in", kinds), Condition("document_id", "in", sorted(ids))]
    names = ("document_id", "doctype", "company_id", "action")
    query = select(session.gateway, table_of(Version), names, where=where)
    versions = session.gateway.fetch_many([query])[0]
    here = session.actor.company_id
    gone = {number for number, _, _, action in versions if action == write.DELETED}
    session.types |= {
        number: kind
        for number, kind, company, _ in versions
        if number not in gone and (here is None or company in (None, here))
    }


def unknown_documents(session: Session, doctype: Doctype, document: Row) -> list[Finding]:
    """A finding per link to a document that is not there, or is another company's."""
    return dangling(doctype, document, lambda number: session.type_of(number) is not None)


def kind_linked(session: Session, link: Field, value: int) -> str | None:
    """The doctype of the record that ``link`` points to, as far as this call knows it."""
    found = next((name for name in link.link if value in session.facts.get(name, {})), None)
    if found is not None:
        return found.partition(".")[0]
    key = session.type_of(value)
    return session.catalog.by_key.get(key) if key is not None else None
