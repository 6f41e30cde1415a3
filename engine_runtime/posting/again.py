"""Posting a changed document again: what stands and what it now wants, and the difference between them as entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.kernel.entries_at_hand import folded
from engine.kernel.late import closed
from engine.kernel.limits import Replaced
from engine.kernel.lots import leave_out
from engine.kernel.posting import begin
from engine.kernel.posting_again import (
    Stands,
    changed_elsewhere,
    given_back,
    moving,
    post_again,
    stands,
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
from engine_runtime.posting.reposting import PastMoved
from engine_runtime.posting.session import Session
from engine_runtime.posting.wording import broken_limits


@dataclass(frozen=True, slots=True)
class Past:
    """What a document that is posted again has behind it.

    ``passed``: the transitions it has gone, None where that makes no difference. ``was``: the doctype by which it was
    submitted, where its postings are worked out by another one now: then what other transitions posted is proved to
    come out the same.
    """

    passed: frozenset[str] | None = None
    was: Doctype | None = None
    is_proved: bool = False


NOTHING_PASSED = Past()


def post_difference(
    session: Session,
    doctype: Doctype,
    document: Row,
    *,
    asking: Asking,
    past: Past = NOTHING_PASSED,
    locking: bool = True,
) -> tuple[Submission, Writes]:
    """What a changed ``document`` (locked, submitted) writes, and the writes; its findings are in the submission.

    Everything is worked out as if the document were not posted yet: ``asking`` leaves out what it wrote. With
    ``locking`` false nothing is locked or made (preview).
    """
    ways = submitting(doctype, past.passed)
    stood = _stood(session, doctype, document["id"], ways, past.was)
    submission = Submission(document, transitions=ways)
    case = replace(case_of(session, doctype, submission), taken_back=stood.taken_back)
    back = given_back(session.catalog, stood.again)
    listen(session, case, asking, back)
    drafts = begin(case)
    keys = keys_of(moving([*drafts.keyed(), *back]), session.facts)
    standing = lock(session.gateway, session.catalog, session.tables, keys, locking=locking)
    before = standing.before()
    locks = locks_of(session.gateway, [case.company], posting=locking)[case.company]
    listen(session, case, asking, back)
    if locking and _ids(_stood(session, doctype, document["id"], ways, past.was)) != _ids(stood):
        raise PastMoved("What is posted again was corrected meanwhile.")
    again = post_again(drafts, stood.again, standing.states)
    if past.is_proved and not case.findings:
        passed = past.passed or frozenset()
        case.findings += changed_elsewhere(case, again.wanted, stood.elsewhere, passed)
    submission.findings += case.findings
    entries = submission.entries = again.entries
    now = session.clock()
    moment = moment_for(case.date, now, None, session.zone)
    submission.origin = Origin(doctype.key, document["id"], session.live.version, now, moment)
    assign_ids(entries, session.gateway.ids(len(entries)))
    apply(standing, entries, moment)
    move_late_entries(session, entries, locks)
    submission.findings += closed(locks, entries, doctype.date or "")
    leave_out(session.catalog, before, case.lots_expired, entries)
    replaced = Replaced(stood.again, again.wanted)
    for broken in broken_limits(session, before, entries, replaced):
        submission.note(broken, done=session.done)
    return submission, writes(session, standing, [submission])


def _ids(stands_: Stands) -> set[tuple[int, object]]:
    parts = (stands_.again, stands_.elsewhere)
    rows = (row for part in parts for own in part.values() for row in own)
    return {
        (row["id"], tuple(row[name] for name in row if isinstance(row[name], Decimal)))
        for row in rows
    }


def _stood(
    session: Session,
    doctype: Doctype,
    document: int,
    ways: frozenset[str],
    was: Doctype | None,
) -> Stands:
    stored = entries_of(session.gateway, session.catalog, session.tables, [document])
    standing: dict[str, Sequence[Row]] = {}
    taken_back: list[dict[str, Any]] = []
    for name, records in stored.items():
        ledger = session.catalog.ledgers[name]
        found = live(records)
        for record in found:
            session.types |= types_of(ledger, record)
        standing[name] = folded(ledger, [as_asked(ledger, record) for record in found])
        gone = {record["reverses"] for record in records}
        taken_back += [record for record in records if record["id"] in gone]
    return stands(doctype, standing, taken_back, ways, was)
