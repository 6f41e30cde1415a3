"""Closing periods: who may, and that it is kept in the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.kernel.finding import Finding
from engine.kernel.late import ALL
from engine_runtime.access.actor import Actor
from engine_runtime.access.gate import require
from engine_runtime.documents import write
from engine_runtime.documents.errors import DocumentInvalid, InputMalformed
from engine_runtime.documents.read import load
from engine_runtime.documents.retry import retried
from engine_runtime.ledgers import periods
from engine_runtime.posting.post import COMPANY
from engine_runtime.posting.session import Session, open_session


@dataclass(frozen=True, slots=True)
class Lock:
    """Nothing in the ledgers of ``area`` is dated on or before ``until``; None: the area is open."""

    area: str
    until: date | None


def locks(actor: Actor) -> list[Lock]:
    """The locks of the company in hand, every area once, ``all`` first. Raises Forbidden."""
    session = open_session(actor)
    require(actor, "read", session.catalog.doctypes[COMPANY])
    company = _company(actor)
    found = periods.locks_of(session.gateway, [company])[company]
    return [Lock(area, found.get(area)) for area in _areas(session)]


@retried
def close(actor: Actor, area: str, until: date, reason: str) -> list[Lock]:
    """Close ``area`` of the company in hand up to and including ``until``; whoever may change the company may.

    Raises Forbidden, InputMalformed for an unknown area, DocumentInvalid for a lock that would move back.
    """
    session = open_session(actor)
    kind = session.catalog.doctypes[COMPANY]
    require(actor, "write", kind)
    if area not in _areas(session):
        raise InputMalformed(
            f"There is no area '{area}'. Take one of {', '.join(_areas(session))}."
        )
    company = _company(actor)
    with session.transaction():
        (row,) = load(session, kind, [company])
        before = periods.locks_of(session.gateway, [company])[company].get(area)
        try:
            periods.lock(company, area, until, user=actor.user_id, reason=reason)
        except ValueError as error:
            finding = Finding("period.moves_back", "until", str(error))
            raise DocumentInvalid(finding.message, [finding]) from error
        old = before.isoformat() if before is not None else None
        change = {"locked_until": {area: [old, until.isoformat()]}}
        session.gateway.write(write.audit(session, kind, "close_period", [row], [change], reason))
    return locks(actor)


def _areas(session: Session) -> list[str]:
    found = {ledger.lock_area for ledger in session.catalog.ledgers.values()}
    return [ALL, *sorted(found)]


def _company(actor: Actor) -> int:
    if actor.company_id is None:
        raise InputMalformed("Choose a company first.")
    return actor.company_id
