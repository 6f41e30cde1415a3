"""Whether ledgers know a record: entries have no foreign keys, so deleting asks here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.catalog.types import DOCUMENT, Doctype, Ledger
from engine.kernel.finding import Finding
from engine_runtime.documents.errors import DocumentInvalid, InUse
from engine_runtime.documents.read import find_titles
from engine_runtime.ledgers.stored import live
from engine_runtime.posting.session import Session
from engine_runtime.tables.asking import select
from engine_runtime.tables.query import Condition, Where


def require_no_entries(session: Session, doctype: Doctype, ids: Sequence[int]) -> None:
    """Raise InUse where an entry of any ledger names one of ``ids`` in a dimension."""
    asked = []
    queries = []
    for ledger in session.catalog.ledgers.values():
        for dimension in (*ledger.dimensions.values(), *ledger.details.values()):
            if doctype.name in dimension.link:
                spec = session.tables[ledger.table]
                where = [Condition(f"{dimension.name}_id", "in", list(ids))]
                asked.append(ledger)
                queries.append(select(session.gateway, spec, ("id",), where=where, limit=1))
    for ledger, rows in zip(asked, session.gateway.fetch_many(queries), strict=True):
        if rows:
            raise InUse(
                f"{doctype.label} has entries in {ledger.label}; what is in the books stays. "
                "Disable it instead."
            )


def require_not_settled(session: Session, doctype: Doctype, ids: Sequence[int]) -> None:
    """Raise InUse where live entries of other documents name one of ``ids``: it cannot be cancelled."""
    names = ("id", "reverses", "origin_type", "origin_id")
    queries = []
    for ledger in session.catalog.ledgers.values():
        for dimension in ledger.dimensions.values():
            if dimension.link == (DOCUMENT,) or doctype.name in dimension.link:
                spec = session.tables[ledger.table]
                where = [Condition(f"{dimension.name}_id", "in", list(ids))]
                queries.append(select(session.gateway, spec, names, where=where, order=["id"]))
    for rows in session.gateway.fetch_many(queries):
        records = live([dict(zip(names, row, strict=True)) for row in rows])
        other = next((r for r in records if r["origin_id"] not in ids), None)
        if other is not None:
            kind = session.catalog.doctypes[session.catalog.by_key[other["origin_type"]]]
            titles = find_titles(session, {kind.name: {other["origin_id"]}})
            name = titles[kind.key].get(other["origin_id"], other["origin_id"])
            raise InUse(
                f"{kind.label} {name} refers to this {doctype.label}. Cancel {kind.label} {name} first."
            )


def require_same_method(
    session: Session, doctype: Doctype, ids: Sequence[int], changes: Sequence[Mapping[str, Any]]
) -> None:
    """Raise DocumentInvalid where ``changes`` touch what decides how entries that stand are valued.

    What is there was carried by the old method: changing it needs a document of its own (revaluation).
    """
    for ledger in session.catalog.ledgers.values():
        deciding = _deciding(ledger, doctype)
        touched = [i for i, change in enumerate(changes) if deciding & change.keys()]
        if not touched or not _has_moved(session, ledger, doctype, [ids[i] for i in touched]):
            continue
        name = next(iter(sorted(deciding & changes[touched[0]].keys())))
        finding = Finding(
            "field.in_books",
            name,
            f"{doctype.fields[name].label} decides what entries in {ledger.label} are worth, "
            "and there are some already.",
            hint=f"Make a new {doctype.label}.",
        )
        raise DocumentInvalid(finding.message, [finding])


def _deciding(ledger: Ledger, doctype: Doctype) -> set[str]:
    """The fields of ``doctype`` that the valuation method of ``ledger`` is read from."""
    if ledger.valuation is None:
        return set()
    reads = ledger.valuation.method.reads
    return {read.field for read in reads if read.record.doctype == doctype.name}


def _has_moved(session: Session, ledger: Ledger, doctype: Doctype, ids: Sequence[int]) -> bool:
    """Whether entries name one of ``ids``; whether there are any where it is reached over another link."""
    spec = session.tables[ledger.table]
    names = [d.name for d in ledger.dimensions.values() if doctype.name in d.link]
    wheres: list[list[Where]] = [[Condition(f"{name}_id", "in", list(ids))] for name in names]
    queries = [
        select(session.gateway, spec, ("id",), where=where, limit=1) for where in wheres or [[]]
    ]
    return any(session.gateway.fetch_many(queries))
