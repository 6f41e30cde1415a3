"""Posting a changed document again: what stands and what it now wants, and the difference between them as entries."""

from __future__ import annotations

from engine.catalog.doctypes import Doctype
from engine.kernel.finding import Finding
from engine.kernel.late import closed
from engine.kernel.lots import leave_out
from engine.kernel.posting import begin
from engine.kernel.posting_again import (
    Stood,
    given_back,
    in_layers,
    is_again,
    post_again,
    submitting,
)
from engine.kernel.rows import Row
from engine_runtime.ledgers.append import Origin, Writes, apply, assign_ids
from engine_runtime.ledgers.moment import moment_for
from engine_runtime.ledgers.periods import locks_of
from engine_runtime.ledgers.standing import keys_of, lock
from engine_runtime.ledgers.stored import entries_of, live, types_of
from engine_runtime.posting.answering import as_asked
from engine_runtime.posting.post import (
    Asking,
    Submission,
    case_of,
    listen,
    move_late_entries,
    writes,
)
from engine_runtime.posting.session import Session
from engine_runtime.posting.wording import broken_limits


def post_difference(
    session: Session, doctype: Doctype, document: Row, *, asking: Asking
) -> tuple[Submission, Writes]:
    """What a changed ``document`` (locked, submitted) writes, and the writes; its findings are in the submission.

    Everything is worked out as if the document were not posted yet: ``asking`` leaves out what it wrote.
    """
    stood = _stood(session, doctype, document["id"])
    submission = Submission(document, transitions=submitting(doctype))
    case = case_of(session, doctype, submission)
    back = given_back(session.catalog, stood)
    listen(session, case, asking, back)
    drafts = begin(case)
    keys = keys_of([*drafts.keyed(), *back], session.facts)
    standing = lock(session.gateway, session.catalog, session.tables, keys)
    before = standing.before()
    locks = locks_of(session.gateway, [case.company], posting=True)[case.company]
    listen(session, case, asking, back)
    layered = in_layers(standing.states)
    if layered is not None:
        submission.findings.append(_waits(layered[0]))
        return submission, Writes((), ())
    entries = post_again(drafts, stood, standing.states).entries
    submission.entries = entries
    submission.findings += case.findings
    now = session.clock()
    moment = moment_for(case.date, now, None, session.zone)
    submission.origin = Origin(doctype.key, document["id"], session.live.version, now, moment)
    assign_ids(entries, session.gateway.ids(len(entries)))
    apply(standing, entries, moment)
    move_late_entries(session, entries, locks)
    submission.findings += closed(locks, entries, doctype.date or "")
    leave_out(session.catalog, before, case.lots_expired, entries)
    for broken in broken_limits(session, before, entries):
        submission.note(broken, done=session.done)
    return submission, writes(session, standing, [submission])


def _stood(session: Session, doctype: Doctype, document: int) -> Stood:
    stored = entries_of(session.gateway, session.catalog, session.tables, [document])
    found: dict[str, list[Row]] = {}
    for name, records in stored.items():
        ledger = session.catalog.ledgers[name]
        for record in live(records):
            session.types |= types_of(ledger, record)
            row = as_asked(ledger, record)
            if is_again(doctype, row):
                found.setdefault(name, []).append(row)
    return found


def _waits(ledger: str) -> Finding:
    return Finding(
        "posting.waits_for_reposting",
        "",
        f"{ledger} carries this in layers; what a change did to each of them waits for reposting.",
        hint="Cancel the document and make a new one.",
    )
