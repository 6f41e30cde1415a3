"""Posting a submitted document again: the difference in the books, and the limits of its submit over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.catalog.doctypes import Doctype
from engine.catalog.workflow import entering
from engine.kernel.breaches import Breach
from engine.kernel.declared_limits import LimitOutcome
from engine.kernel.entries import Entry
from engine.kernel.finding import Finding
from engine.kernel.posting_again import submitting
from engine.kernel.rows import Row
from engine_runtime.documents import write
from engine_runtime.documents.limiting import hold, limited, measured
from engine_runtime.documents.models import Version
from engine_runtime.documents.prepare import confirmed
from engine_runtime.documents.reading import asking
from engine_runtime.documents.storing import NOTHING
from engine_runtime.ledgers.append import Writes
from engine_runtime.ledgers.stored import entries_of
from engine_runtime.posting.again import Past, post_difference
from engine_runtime.posting.session import Session


@dataclass(slots=True)
class Reposted:
    """``entries`` lie between what stands and what is wanted; ``outcomes`` are those of limits over them."""

    entries: Sequence[Entry] = ()
    writes: Writes = NOTHING
    findings: Sequence[Finding] = ()
    outcomes: Sequence[LimitOutcome] = ()
    breaches: Sequence[Breach] = ()

    def breached(self) -> list[Breach]:
        """The limits that it passed because it has happened already."""
        return [*self.breaches, *(b for outcome in self.outcomes for b in outcome.breaches)]

    def found(self) -> list[Finding]:
        """What posting it found, and what limits say of it."""
        return [*self.findings, *(f for outcome in self.outcomes for f in outcome.findings)]


def repost(
    session: Session,
    doctype: Doctype,
    row: Row,
    *,
    is_proved: bool = False,
    was: Doctype | None = None,
    locking: bool = True,
) -> Reposted:
    """Work out what ``row``, a submitted document as it is now, posts otherwise than it stands. Writes nothing.

    ``is_proved``: what other transitions than the submit posted is proved to come out the same; ``was``: the doctype
    by which they did. With ``locking`` false nothing is locked. Limits are measured of today's books, whatever
    ``session`` asks of them.
    """
    if not doctype.posts:
        return Reposted()
    write.note_types(session, doctype, [row])
    past = Past(_passed(doctype, row, is_proved), was, is_proved)
    # Limits see the books with the document: what stands, and the difference.
    seeing = replace(session, without=None, before=None)
    ways = sorted(submitting(doctype, past.passed))
    measuring = limited(seeing, [(seeing, doctype, row, way) for way in ways])
    if locking:
        hold(session, measuring)
    submission, writes = post_difference(
        session, doctype, row, asking=asking, past=past, locking=locking
    )
    outcomes = measured(measuring, submission.entries, seeing)
    findings = [confirmed(session, finding) for finding in submission.findings]
    return Reposted(submission.entries, writes, findings, outcomes, submission.breaches)


def _passed(doctype: Doctype, row: Row, is_proved: bool) -> frozenset[str] | None:
    """The transitions that the document has gone, where they make a difference."""
    if not is_proved and len(entering(doctype.workflow)) < 2:
        return None
    history = Version.objects.filter(document_id=row["id"]).order_by()
    return frozenset(history.values_list("action", flat=True).distinct())


def submitted_at(session: Session, doctype: Doctype, document: int) -> datetime | None:
    """When the document was submitted: what was recorded in the books before that, it was worked out by."""
    stored = entries_of(session.gateway, session.catalog, session.tables, [document])
    ways = submitting(doctype)
    times = [
        record["recorded_at"]
        for records in stored.values()
        for record in records
        if (posting := doctype.posts.get(record["posting"] or "")) is None or posting.on in ways
    ]
    if times:
        return min(times)
    history = Version.objects.filter(document_id=document, action__in=ways).order_by("at")
    return history.values_list("at", flat=True).first()
