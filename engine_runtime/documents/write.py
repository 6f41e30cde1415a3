"""The rows that a document is stored as: head, child tables, audit, outbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import DOCUMENT, Field, Table
from engine.kernel.rows import Row, rows_at, tables_in_order
from engine_runtime.documents.lookups import column_of
from engine_runtime.documents.models import Version
from engine_runtime.outbox.models import Event
from engine_runtime.posting.session import Session
from engine_runtime.tables.batch import Batch
from engine_runtime.tables.fixed import table_of

DELETED = "delete"
"""The action that the audit trail keeps of a document that is no more."""

VERSION_COLUMNS = (
    "id", "doctype", "document_id", "company_id", "user_id", "action", "changes", "at", "reason",
)  # fmt: skip
EVENT_COLUMNS = (
    "id", "name", "doctype", "document_id", "company_id", "body", "created_at", "attempts", "error",
)  # fmt: skip


def assign_ids(session: Session, doctype: Doctype, documents: Sequence[Row]) -> None:
    """Give every row that has none its id, parents first."""
    for table in tables_in_order(doctype):
        fresh = [row for d in documents for row in rows_at(d, table.path) if row.get("id") is None]
        for row, number in zip(fresh, session.gateway.ids(len(fresh)), strict=False):
            row["id"] = number
    note_types(session, doctype, documents)


def note_types(session: Session, doctype: Doctype, documents: Sequence[Row]) -> None:
    """Remember what the ids of ``documents`` are, for links that may point to any doctype."""
    session.types |= {document["id"]: doctype.key for document in documents}


def note_linked(session: Session, doctype: Doctype, document: Row) -> None:
    """Remember what the links of a document lead to, for links of others that may point to any doctype."""
    for table in tables_in_order(doctype):
        for link in table.columns:
            if link.type != "link":
                continue
            for row in rows_at(document, table.path):
                key = _target_key(session, link, row)
                if key is not None:
                    session.types[row[link.name]] = key


def _target_key(session: Session, link: Field, row: Row) -> str | None:
    if row[link.name] is None:
        return None
    if has_type_column(link):
        known: str | None = row.get(f"{link.name}_type")
        return known
    target = session.catalog.doctypes.get(link.link[0])
    return target.key if target is not None else None


def stored_fields(doctype: Doctype, table: Table) -> list[tuple[str, str]]:
    """(row key, column) of every column of a table's rows, standard ones first."""
    return [*_standard(doctype, table), *_declared(table)]


def _standard(doctype: Doctype, table: Table) -> list[tuple[str, str]]:
    if table.parent is not None:
        found = [("id", "id"), ("parent_id", "parent_id"), ("index", "position")]
    else:
        found = [("id", "id"), ("version", "version")]
        if doctype.company == "required":
            found.append(("company", "company_id"))
        if doctype.submittable:
            found += [("state", "state"), ("stage", "stage"), ("number", "number")]
            found.append(("catalog", "catalog"))
            if doctype.workflow.declared:
                found.append(("workflow", "workflow"))
            if doctype.workflow.keeps_submitter:
                found.append(("submitted_by", "submitted_by"))
            found.append(("facts", "facts"))
        if doctype.amend == "new":
            found.append(("amends", "amends"))
        names = ("created_at", "created_by", "changed_at", "changed_by")
        found += [(name, name) for name in names]
    if has_typed(table):
        found.append(("typed", "typed"))
    return found


def has_typed(table: Table) -> bool:
    """Whether rows of the table remember what a person typed over."""
    return any(field.editable for field in table.columns)


def _declared(table: Table) -> list[tuple[str, str]]:
    found = []
    for field in table.columns:
        found.append((field.name, column_of(field)))
        if has_type_column(field):
            found.append((f"{field.name}_type", f"{field.stored_as}_type"))
    return found


def has_type_column(field: Field) -> bool:
    """Whether a link may point to several doctypes, so that its doctype is stored beside it."""
    return field.type == "link" and (len(field.link) > 1 or field.link == (DOCUMENT,))


def set_link_types(session: Session, doctype: Doctype, documents: Sequence[Row]) -> None:
    """Fill in the doctype beside every link that may point to several."""
    for table in tables_in_order(doctype):
        links = [field.name for field in table.columns if has_type_column(field)]
        for name in links:
            for document in documents:
                for row in rows_at(document, table.path):
                    value = row[name]
                    row[f"{name}_type"] = session.type_of(value) if value is not None else None


def head_rows(session: Session, doctype: Doctype, documents: Sequence[Row]) -> Batch:
    """The head rows of ``documents``."""
    return _batch(session, doctype, doctype.head, documents)


def child_rows(session: Session, doctype: Doctype, documents: Sequence[Row]) -> list[Batch]:
    """The rows of every child table, parents before children; empty tables are left out."""
    batches = []
    for table in tables_in_order(doctype)[1:]:
        rows = [row for document in documents for row in rows_at(document, table.path)]
        if rows:
            batches.append(_batch(session, doctype, table, rows))
    return batches


def _batch(session: Session, doctype: Doctype, table: Table, rows: Iterable[Row]) -> Batch:
    pairs = stored_fields(doctype, table)
    spec = session.spec(doctype, table.path)
    keys = [key for key, _ in pairs]
    values = []
    for row in rows:
        if table.parent is not None:
            row["parent_id"] = row["parent"]["id"]
        values.append([row.get(key) for key in keys])
    return Batch(spec, tuple(column for _, column in pairs), values)


def audit(
    session: Session,
    doctype: Doctype,
    action: str,
    documents: Sequence[Row],
    changes: Sequence[Mapping[str, Any]],
    reason: str = "",
) -> list[Batch]:
    """One audit row and one event per document."""
    numbers = list(session.gateway.ids(2 * len(documents)))
    user, key = session.actor.user_id or None, doctype.key
    versions, events = [], []
    for document, change in zip(documents, changes, strict=True):
        identity, company = document["id"], document.get("company")
        version, event = numbers.pop(), numbers.pop()
        versions.append(
            [version, key, identity, company, user, action, dict(change), session.now, reason]
        )
        body = {"action": action, "version": document["version"]}
        name = f"{key}.{action}"
        events.append([event, name, key, identity, company, body, session.now, 0, ""])
    return [
        Batch(table_of(Version), VERSION_COLUMNS, versions),
        Batch(table_of(Event), EVENT_COLUMNS, events),
    ]
