"""Lots that expire: what is left of those of one key is taken out, in the names of the documents that brought it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import DOCUMENT
from engine.catalog.ledgers import Ledger
from engine.kernel.expiry import Share
from engine.kernel.rows import Row, new_row
from engine_runtime.access.actor import Actor
from engine_runtime.documents import write
from engine_runtime.documents.errors import StateConflict
from engine_runtime.documents.lookups import Wanted, gather_linked
from engine_runtime.documents.prepare import refuse
from engine_runtime.documents.reading import asking
from engine_runtime.documents.retry import retried
from engine_runtime.posting.expiring import Moved, due, take_out
from engine_runtime.posting.post import COMPANY, Submission
from engine_runtime.posting.session import Session, open_session
from engine_runtime.tables.asking import select
from engine_runtime.tables.query import Condition

EXPIRE = "expire"
"""What history calls it."""
TRIES = 5


@retried
def expire(actor: Actor, ledger: str, key: Mapping[str, Any]) -> int:
    """Take out what is left of the lots of ``key`` whose last day is over; for how many documents it was written.

    ``key``: the dimensions of ``lots.by``, and ``company``. Raises DocumentInvalid, with nothing written, where a
    limit or an account that is missing stands against it, and StateConflict where a document is out of sight.
    """
    for _ in range(TRIES):
        session = open_session(actor)
        try:
            with session.transaction():
                return _expire(session, session.catalog.ledgers[ledger], key)
        except Moved:
            continue
    return 0  # a busy key: whoever comes next finds it


def _expire(session: Session, ledger: Ledger, key: Mapping[str, Any]) -> int:
    found = due(session, ledger, key)
    if not found:
        return 0
    documents = _documents(session, ledger, found, key["company"])
    _gather(session, ledger, documents[0][0], found, key["company"])
    submissions, writes = take_out(session, ledger, key, found, documents, asking)
    told = [(at, f) for at, submission in enumerate(submissions) for f in submission.findings]
    # There is nobody who could be warned, or asked to confirm.
    refuse([(at, f) for at, f in told if f.action == "refuse"], len(submissions))
    audit = [batch for one in submissions for batch in _audit(session, ledger, one)]
    session.gateway.write([*writes.batches, *writes.updates, *audit])
    return len(submissions)


def _documents(
    session: Session, ledger: Ledger, found: Iterable[Share], company: int
) -> list[tuple[Doctype, Row]]:
    """The documents that brought it, locked in one order: who cancels one of them waits, or is waited for."""
    kinds: dict[str, list[int]] = {}
    for number in dict.fromkeys(share.origin for share in found):
        kinds.setdefault(session.type_of(number) or "", []).append(number)
    documents: list[tuple[Doctype, Row]] = []
    for key in sorted(kinds):
        name = session.catalog.by_key.get(key)
        if name is None:
            raise StateConflict(
                f"What expires of {ledger.label} was brought by a document of a pack that is out of sight ({key}). "
                "Publish that pack again."
            )
        kind = session.catalog.doctypes[name]
        where = [Condition("id", "in", sorted(kinds[key]))]
        spec, columns = session.spec(kind), ("id", "version")
        query = select(session.gateway, spec, columns, where=where, order=["id"], lock=True)
        for number, version in session.gateway.fetch_many([query])[0]:
            row = new_row(kind.head) | {"id": number, "version": version, "company": company}
            documents.append((kind, row))
    return documents


def _gather(
    session: Session, ledger: Ledger, kind: Doctype, found: Sequence[Share], company: int
) -> None:
    """The records that the entries name, and what those lead to, as far as the ledger reads them."""
    wanted: Wanted = {COMPANY: {company}}
    for share in found:
        for dimension in ledger.dimensions.values():
            value = share.like[dimension.name]
            if dimension.type != "link" or value is None:
                continue
            for target in dimension.link:
                if target != DOCUMENT:
                    wanted.setdefault(target, set()).add(value)
    seen = replace(kind, facts=session.catalog.lot_facts[ledger.name])
    gather_linked(session, seen, wanted)


def _audit(session: Session, ledger: Ledger, submission: Submission) -> list[Any]:
    assert submission.doctype is not None
    days = sorted({entry.date for entry in submission.entries})
    said = f"what was left in {ledger.label}, on {', '.join(f'{day:%d-%m-%Y}' for day in days)}"
    return write.audit(session, submission.doctype, EXPIRE, [submission.document], [{}], said)
