"""Documents that move by themselves (``auto``) once what happened elsewhere makes it hold."""

from __future__ import annotations

from collections.abc import Iterable

from engine.catalog.doctypes import Doctype
from engine.kernel.automatic import Watch, moves_by_itself, waiting_states, watches
from engine_runtime.access.actor import system_actor
from engine_runtime.documents.moving import by_itself
from engine_runtime.documents.read import load_known
from engine_runtime.ledgers.stored import dimension_values, entries_of
from engine_runtime.posting.session import Session, open_session


def settle_after(doctype: str, document: int, company: int | None) -> None:
    """Move what may move since ``document`` (of the doctype with key ``doctype``) was written: itself, and the
    documents that its entries name in ledgers which their conditions ask.
    """
    session = open_session(system_actor(company))
    catalog = session.catalog
    kind = catalog.doctypes.get(catalog.by_key.get(doctype, ""))
    if kind is not None and moves_by_itself(kind):
        settle(session, kind, [document])
    if kind is None or not kind.posts:
        return
    found = watches(catalog)
    for name, ids in _named(session, document, found).items():
        settle(session, catalog.doctypes[name], sorted(ids - {document}))


def _named(session: Session, document: int, found: Iterable[Watch]) -> dict[str, set[int]]:
    """Doctype → documents that the entries of ``document`` name where somebody watches."""
    watched = list(found)
    ledgers = sorted({watch.ledger for watch in watched})
    named: dict[str, set[int]] = {}
    if not ledgers:
        return named
    catalog = session.catalog
    stored = entries_of(session.gateway, catalog, session.tables, [document], ledgers)
    for watch in watched:
        ledger = catalog.ledgers[watch.ledger]
        for entry in stored.get(watch.ledger, ()):
            value = dimension_values(ledger, entry)[watch.dimension]
            if value is not None:
                named.setdefault(watch.doctype, set()).add(value)
    return named


def settle(session: Session, kind: Doctype, ids: Iterable[int]) -> None:
    """Look at documents of ``kind`` under lock, and move those whose transition holds."""
    states = waiting_states(kind)
    for number in ids:
        with session.transaction():
            for row in load_known(session, kind, [number], for_update=True):
                if kind.workflow.state_of(row["state"], row["stage"]).name in states:
                    by_itself(session, kind, row)
