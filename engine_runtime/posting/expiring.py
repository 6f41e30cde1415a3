"""Taking out what is left of lots whose last day is over: the entries, for the documents that brought it.

What there is to take is looked up, the keys are locked, and it is looked up again: what was used meanwhile is not
taken. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.ledgers import Ledger
from engine.kernel.expiry import Share, entries_for, shares
from engine.kernel.late import locked_until, move_open
from engine.kernel.posting import EntriesQuestion, LotsQuestion, PostingCase
from engine.kernel.rows import Row
from engine_runtime.ledgers.append import Origin, Writes, apply, assign_ids
from engine_runtime.ledgers.moment import moment_for
from engine_runtime.ledgers.periods import locks_of
from engine_runtime.ledgers.standing import Standing, keys_of, lock
from engine_runtime.posting.answering import stored_entries, stored_lots
from engine_runtime.posting.post import COMPANY, Asking, Submission, listen, writes
from engine_runtime.posting.session import Session
from engine_runtime.posting.wording import broken_limits

Key = Mapping[str, Any]
"""The dimensions of ``lots.by``, and ``company``, with their values."""


class Moved(Exception):
    """Somebody wrote into the key between the look and the lock: look again, in another transaction."""


def due(session: Session, ledger: Ledger, key: Key) -> list[Share]:
    """What the lots of ``key`` want written that are over today; ``session.types`` knows the documents then."""

    def history(lot: Row) -> list[Row]:
        here = {name: lot[name] for name in ledger.dimensions} | {"company": key["company"]}
        return stored_entries(session, EntriesQuestion(ledger.name, match=here))

    return shares(
        ledger, stored_lots(session, LotsQuestion(ledger.name, key)), history, session.today
    )


def take_out(
    session: Session,
    ledger: Ledger,
    key: Key,
    found: Sequence[Share],
    documents: Sequence[tuple[Doctype, Row]],
    asking: Asking,
) -> tuple[list[Submission], Writes]:
    """What ``found``, as ``due`` has just told, writes for ``documents`` (locked); findings are in the submissions.

    Raises Moved where something else is due once the keys are locked.
    """
    submissions = [Submission(row, doctype=doctype) for doctype, row in documents]
    for submission in submissions:
        assert submission.doctype is not None
        case = _case(session, submission.doctype, submission.document)
        listen(session, case, asking, [])
        own = [share for share in found if share.origin == submission.document["id"]]
        submission.entries = entries_for(case, ledger, own)
        submission.findings += case.findings
    entries = [entry for submission in submissions for entry in submission.entries]
    keys = keys_of(entries, session.facts)
    standing = lock(session.gateway, session.catalog, session.tables, keys)
    if due(session, ledger, key) != found:
        raise Moved
    before = standing.before()
    closed = locks_of(session.gateway, [key["company"]], posting=True)[key["company"]]
    move_open(entries, partial(locked_until, closed))
    for submission in submissions:
        _apply(session, standing, submission)
    owners = {id(e): submission for submission in submissions for e in submission.entries}
    for broken in broken_limits(session, before, entries):
        owners[id(broken.entry)].findings.append(broken.finding)
    return submissions, writes(session, standing, submissions)


def _case(session: Session, doctype: Doctype, document: Row) -> PostingCase:
    """A document about to be written for: what it takes out is in company currency, as it came in."""
    own = session.facts.get(COMPANY, {}).get(document["company"], {}).get("currency")
    return PostingCase(
        session.catalog, doctype, document, session.facts, session.today, document["company"],
        company_currency=own, currency=own, rate=Decimal(1), transitions=frozenset(),
    )  # fmt: skip


def _apply(session: Session, standing: Standing, submission: Submission) -> None:
    entries, document = submission.entries, submission.document["id"]
    assert submission.doctype is not None
    now, last = session.clock(), max((e.date for e in entries), default=session.today)
    moment = moment_for(last, now, None, session.zone)
    submission.origin = Origin(submission.doctype.key, document, session.live.version, now, moment)
    assign_ids(entries, session.gateway.ids(len(entries)))
    apply(standing, entries, moment)
