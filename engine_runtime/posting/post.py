"""Turning documents into ledger entries: the one place that does.

Everything is worked out once dry to learn the keys, the keys are locked in one order, and worked
out again with what stands. Nothing is written here: the caller writes the returned batches together
with the documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.ledgers import SUBMIT, Ledger
from engine.kernel.breaches import Breach
from engine.kernel.entries import Entry, balance_key
from engine.kernel.finding import Finding
from engine.kernel.late import closed, locked_until, move_late
from engine.kernel.limits import Broken, is_told
from engine.kernel.lots import leave_out
from engine.kernel.posting import (
    Drafts,
    EntriesQuestion,
    LotsQuestion,
    PostingCase,
    begin,
    finish,
)
from engine.kernel.rows import Row
from engine.kernel.valuation import Method
from engine_runtime.ledgers.append import (
    Origin,
    Writes,
    apply,
    assign_ids,
    balance_updates,
    entry_rows,
    layer_writes,
)
from engine_runtime.ledgers.moment import is_backdated, moment_for
from engine_runtime.ledgers.periods import locks_of
from engine_runtime.ledgers.standing import Key, Standing, keys_of, lock
from engine_runtime.posting.answering import answer
from engine_runtime.posting.past import Access
from engine_runtime.posting.reposting import Changing, Correction, take_in
from engine_runtime.posting.session import Session
from engine_runtime.posting.wording import broken_limits
from engine_runtime.tables.batch import Batch, Statement

Asking = Callable[[Session, Doctype, Row], Mapping[str, Any]]
"""What ``balance`` and ``read`` of a frame answer, for a document."""

SUBMITTING = frozenset({SUBMIT})

COMPANY = "Company"
"""The doctype that the standard field ``company`` links to."""


@dataclass(slots=True)
class Submission:
    """One worked-out document that is to be posted; ``findings`` and ``entries`` are filled in."""

    document: Row
    findings: list[Finding] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    origin: Origin | None = None
    doctype: Doctype | None = None
    """Where it is of another doctype than the others of the call."""
    transitions: frozenset[str] = SUBMITTING
    """The transitions that it goes through: ``submit``, and the name of its own where it has one."""
    breaches: list[Breach] = field(default_factory=list)
    """Limits that it passes though it may not: it has happened already."""

    def note(self, broken: Broken, *, done: bool) -> None:
        """Add what a limit says; ``done``: the document has happened already."""
        finding, breach = broken.settled(done=done)
        self.findings.append(finding)
        if breach is not None:
            self.breaches.append(breach)


def post(
    session: Session,
    doctype: Doctype,
    submissions: Sequence[Submission],
    access: Access,
    *,
    locking: bool = True,
    asking: Asking | None = None,
) -> Writes:
    """Work out what ``submissions`` write against what stands, and return the writes.

    They are of ``doctype``, or of their own; limits are checked once over all of them.

    Findings go to their submission: a locked period, a limit, no account, no balance. With
    ``locking`` false nothing is locked or made (preview). ``asking`` answers what postings ask of the books;
    it is asked anew once the keys are locked. ``access`` reaches the documents of before: goods may move before
    movements that stand, and what follows from it is written along.
    """
    pending: list[Entry] = []
    cases = [case_of(session, s.doctype or doctype, s) for s in submissions]
    for case in cases:
        listen(session, case, asking, pending)
    drafts = [begin(case) for case in cases]
    provisional = [draft.keyed() for draft in drafts]
    keys = keys_of((entry for entries in provisional for entry in entries), session.facts)
    sources = _sources(cases, provisional)
    keys.hold(sources)
    standing = lock(session.gateway, session.catalog, session.tables, keys, locking=locking)
    for key in sources:
        # Whoever works out anew what left there is to know that something came back of it.
        standing.balances[key]["changed"] = True
    before = standing.before()
    companies = {s.document["company"] for s in submissions}
    locks = locks_of(session.gateway, companies, posting=locking)
    now = session.clock()
    history = Changing(session, access)
    touched: set[Key] = set()
    for submission, draft, entries in zip(submissions, drafts, provisional, strict=True):
        kind = draft.case.doctype
        days = _days(draft.case.date, entries)
        on = min(days)
        last = standing.last_moment(_valued_keys(entries))
        late = is_backdated(on, last, session.zone) or bool(touched & set(_valued_keys(entries)))
        moment = moment_for(max(days), now, last, session.zone)
        states: Mapping[Key, Method] = standing.states
        if late:
            touched |= set(_valued_keys(entries))
            moment = history.moment(on, now, entries)
            states = standing.states | history.states(
                kind, entries, moment, submission.document["id"]
            )
        draft.case.reposts = True
        listen(session, draft.case, asking, pending)
        _post_one(session, kind, submission, draft, standing, states, now, moment)
        if not _is_refused(submission):
            history.note(submission.entries, submission.origin, draft.case, late=late)
            pending += submission.entries
        move_late_entries(session, submission.entries, locks[draft.case.company])
        shut = closed(locks[draft.case.company], submission.entries, kind.date or "")
        submission.findings += shut
    _leave_out(session, submissions, drafts, before)
    _check_limits(session, submissions, before)
    made = _what_follows(history, submissions)
    if made is not None and locking:
        take_in(session, standing, made)
    return writes(session, standing, submissions, made if locking else None)


def _what_follows(history: Changing, submissions: Sequence[Submission]) -> Correction | None:
    """The differences for others, where nothing keeps the documents from being posted; findings go to these."""
    if any(_is_refused(item) for item in submissions):
        return None
    made = history.work_out()
    for document, finding in made.findings if made is not None else ():
        _submission_of(submissions, document).findings.append(finding)
    return None if made is None or made.findings else made


def _sources(
    cases: Sequence[PostingCase], provisional: Sequence[Sequence[Entry]]
) -> dict[Key, int]:
    """The keys, with their companies, from which goods left that come back at their cost."""
    found: dict[Key, int] = {}
    for case, entries in zip(cases, provisional, strict=True):
        for entry in entries:
            valuation = entry.ledger.valuation
            if entry.cost_of is None or valuation is None:
                continue
            question = EntriesQuestion(
                entry.ledger.name, line=entry.cost_of, tables=entry.cost_of_tables
            )
            for row in case.ask(question):
                key = balance_key(valuation.by, row["company"], row)
                found[entry.ledger.name, key] = row["company"]
    return found


def _is_refused(item: Submission) -> bool:
    """Whether something was found that keeps the document from being posted, whatever a person says."""
    return any(finding.action == "refuse" for finding in item.findings)


def _submission_of(submissions: Sequence[Submission], document: int) -> Submission:
    return next((one for one in submissions if one.document["id"] == document), submissions[0])


def case_of(
    session: Session,
    doctype: Doctype,
    submission: Submission,
) -> PostingCase:
    """One document about to be posted."""
    document = submission.document
    company = document["company"]
    facts = session.facts
    own = facts.get(COMPANY, {}).get(company, {}).get("currency")
    currency = document[doctype.currency] if doctype.currency else own
    rate = document[doctype.rate] if doctype.rate else None
    return PostingCase(
        catalog=session.catalog,
        doctype=doctype,
        document=document,
        facts=facts,
        date=_posting_date(session, doctype, document),
        company=company,
        company_currency=own,
        currency=currency if currency is not None else own,
        rate=rate if rate is not None else Decimal(1),
        transitions=submission.transitions,
    )


def listen(
    session: Session, case: PostingCase, asking: Asking | None, pending: list[Entry]
) -> None:
    """Let the books answer what the case asks, with what this transaction wrote already; anew at each call."""
    told = asking(session, case.doctype, case.document) if asking is not None else {}
    case.balance = told.get("balance")
    case.rules = told.get("ask")

    def read(question: Any) -> list[Row]:
        if isinstance(question, (EntriesQuestion, LotsQuestion)):
            return answer(session, question, pending)
        return list(told["read"](question))

    case.read = read


def _days(day: date, entries: Iterable[Entry]) -> set[date]:
    """The days on which goods move; the document's own where none do."""
    goods = {
        e.date for e in entries if e.ledger.valuation is not None and not e.ledger.valuation.worth
    }
    return goods or {day}


def move_late_entries(session: Session, entries: list[Entry], locks: Mapping[str, date]) -> None:
    move_late(session.catalog, entries, lambda area: locked_until(locks, area))


def _posting_date(session: Session, doctype: Doctype, document: Row) -> date:
    value = document[doctype.date] if doctype.date else None
    return value if isinstance(value, date) else session.today


def _post_one(
    session: Session,
    doctype: Doctype,
    submission: Submission,
    draft: Drafts,
    standing: Standing,
    states: Mapping[Key, Method],
    now: datetime,
    moment: datetime,
) -> None:
    submission.entries = finish(draft, states)
    submission.findings += draft.case.findings
    document = submission.document["id"]
    submission.origin = Origin(doctype.key, document, session.live.version, now, moment)
    assign_ids(submission.entries, session.gateway.ids(len(submission.entries)))
    apply(standing, submission.entries, moment)


def _valued_keys(entries: Iterable[Entry]) -> list[Key]:
    return [
        (e.ledger.name, balance_key(e.ledger.valuation.by, e.values["company"], e.values))
        for e in entries
        if e.ledger.valuation is not None and not e.ledger.valuation.worth
    ]


def _leave_out(
    session: Session,
    submissions: Sequence[Submission],
    drafts: Sequence[Drafts],
    before: dict[Key, dict[str, Any]],
) -> None:
    """Limits count nothing of lots that have expired: each once, as the first document found it that passed it over."""
    seen: set[Key] = set()
    for place, draft in enumerate(drafts):
        fresh = {key: lot for key, lot in draft.case.lots_expired.items() if key not in seen}
        since = [entry for submission in submissions[place:] for entry in submission.entries]
        leave_out(session.catalog, before, fresh, since)
        seen |= fresh.keys()


def _check_limits(
    session: Session, submissions: Sequence[Submission], before: dict[Key, dict[str, Any]]
) -> None:
    owners = {id(e): submission for submission in submissions for e in submission.entries}
    entries = [e for submission in submissions for e in submission.entries]
    for broken in broken_limits(session, before, entries):
        owner = owners[id(broken.entry)]
        if not is_told(broken.entry, owner.findings):
            owner.note(broken, done=session.done)


def writes(
    session: Session,
    standing: Standing,
    submissions: Sequence[Submission],
    made: Correction | None = None,
) -> Writes:
    """The inserts and updates of every ledger that ``submissions`` and a correction touch, in catalog order."""
    batches: list[Batch] = []
    updates: list[Statement] = []
    written = [
        (entry, submission.origin)
        for submission in submissions
        for entry in submission.entries
        if submission.origin is not None
    ]
    written += made.entries if made is not None else []
    ledgers: dict[str, Ledger] = {entry.ledger.name: entry.ledger for entry, _ in written}
    for ledger in ledgers.values():
        own = [(entry, origin) for entry, origin in written if entry.ledger is ledger]
        batches.append(entry_rows(session.tables[ledger.table], ledger, own, session.type_of))
        spec = session.tables.get(f"{ledger.table}__balance")
        if spec is not None and ledger.keepers:
            changed = balance_updates(ledger, spec, standing, standing.balances)
            updates += [changed] if changed is not None else []
        if ledger.valuation is not None:
            layers = layer_writes(ledger, session.tables, standing, own, session.gateway.ids)
            batches += layers.batches
            updates += layers.updates
        if made is not None:
            updates += made.layers(session, ledger)
    return Writes(tuple(batches), tuple(updates))
