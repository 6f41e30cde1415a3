"""Cancelling: the stored entries of a document are reversed, whatever today's rules say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.kernel.entries import Entry, balance_key
from engine.kernel.finding import Finding
from engine.kernel.late import closed
from engine.kernel.limits import Broken
from engine.kernel.rows import Row, rows_at
from engine.kernel.workflow import entered
from engine_runtime.documents import write
from engine_runtime.documents.lookups import gather
from engine_runtime.documents.past import PAST
from engine_runtime.documents.prepare import refuse
from engine_runtime.documents.storing import head_change, stamp
from engine_runtime.documents.usage import built_on, require_all_seen, require_not_settled
from engine_runtime.ledgers.append import Origin, apply, assign_ids
from engine_runtime.ledgers.periods import locks_of
from engine_runtime.ledgers.reverse import Reversal, give_back, mirror, newest_moment
from engine_runtime.ledgers.standing import Standing, keys_of, lock
from engine_runtime.ledgers.stored import entries_of
from engine_runtime.posting.post import Submission, writes
from engine_runtime.posting.reposting import Correction, PastMoved, take_in, take_out
from engine_runtime.posting.session import Session
from engine_runtime.posting.wording import broken_limits


def cancel(
    session: Session,
    doctype: Doctype,
    rows: Sequence[Row],
    reason: str,
    through: tuple[str, Mapping[str, Any]] = ("cancel", {}),
) -> list[Row]:
    """Reverse what ``rows`` (locked, submitted) wrote, and mark them cancelled. Raises as submitting."""
    require_all_seen(session, doctype, rows)
    stored = _stored(session, rows)
    reversal = mirror(session.catalog, stored)
    session.types |= reversal.types
    write.note_types(session, doctype, rows)
    gather(session, doctype, rows)
    submissions = _submissions(doctype, rows, reversal)
    standing = _lock(session, reversal)
    if _ids(_stored(session, rows)) != _ids(stored):
        raise PastMoved("What is cancelled was corrected meanwhile.")
    # Asked under the locks: whoever settles meanwhile has done so, or waits and finds nothing open.
    require_not_settled(session, doctype, [row["id"] for row in rows])
    before = standing.before()
    _check_periods(session, doctype, submissions)
    give_back(reversal, standing)
    for submission in submissions:
        _apply(session, doctype, submission, reversal, standing)
    _check(session, submissions, before)
    _refuse(submissions)
    made = _without(session, submissions, standing)
    _refuse(submissions)
    _reset_moments(session, reversal, standing)
    _write(session, doctype, rows, (submissions, standing, made), reason, through)
    return list(rows)


def _stored(session: Session, rows: Sequence[Row]) -> dict[str, list[dict[str, Any]]]:
    numbers = [row["id"] for row in rows]
    return entries_of(session.gateway, session.catalog, session.tables, numbers)


def _ids(stored: Mapping[str, list[dict[str, Any]]]) -> set[int]:
    return {record["id"] for records in stored.values() for record in records}


def _refuse(submissions: Sequence[Submission]) -> None:
    found = [(index, f) for index, item in enumerate(submissions) for f in item.findings]
    refuse(found, len(submissions))


def _without(
    session: Session, submissions: Sequence[Submission], standing: Standing
) -> Correction | None:
    """What follows for others where goods never moved so; findings go to the submissions."""
    if not any(e.ledger.of_goods for item in submissions for e in item.entries):
        return None
    made = take_out(session, PAST, [item.document["id"] for item in submissions])
    by_id = {item.document["id"]: item for item in submissions}
    for document, finding in made.findings:
        by_id.get(document, submissions[0]).findings.append(finding)
    if not made.findings:
        take_in(session, standing, made)
    return made


def _submissions(doctype: Doctype, rows: Sequence[Row], reversal: Reversal) -> list[Submission]:
    """The reversal by document; its entries point to the documents' own rows again."""
    lines = {r["id"]: r for row in rows for path in doctype.tables for r in rows_at(row, path)}
    by_document: dict[int, list[Entry]] = {row["id"]: [] for row in rows}
    for entry in reversal.entries:
        line = entry.values["line"]
        entry.values["line"] = lines[line["id"]] if line is not None else None
        by_document[entry.values["origin"]].append(entry)
    return [Submission(row, entries=by_document[row["id"]]) for row in rows]


def _lock(session: Session, reversal: Reversal) -> Standing:
    keys = keys_of(reversal.entries, session.facts)
    return lock(session.gateway, session.catalog, session.tables, keys)


def _check_periods(session: Session, doctype: Doctype, submissions: Sequence[Submission]) -> None:
    companies = {e.values["company"] for item in submissions for e in item.entries}
    locks = locks_of(session.gateway, companies, posting=True)
    for item in submissions:
        if item.entries:
            company = item.entries[0].values["company"]
            item.findings += closed(locks[company], item.entries, doctype.date or "")


def _apply(
    session: Session,
    doctype: Doctype,
    submission: Submission,
    reversal: Reversal,
    standing: Standing,
) -> None:
    """Each mirrored entry stands where its original stands."""
    assign_ids(submission.entries, session.gateway.ids(len(submission.entries)))
    for entry in submission.entries:
        entry.moment = reversal.moments[entry.values["reverses"]]
    moments = [reversal.moments[e.values["reverses"]] for e in submission.entries]
    moment = max(moments, default=session.now)
    document = submission.document["id"]
    submission.origin = Origin(doctype.key, document, session.live.version, session.now, moment)
    apply(standing, submission.entries, moment)


def _check(
    session: Session, submissions: Sequence[Submission], before: dict[Any, dict[str, Any]]
) -> None:
    owners = {id(e): item for item in submissions for e in item.entries}
    entries = [e for item in submissions for e in item.entries]
    for broken in broken_limits(session, before, entries):
        # Where goods have moved on, that they fall short has the same cause.
        found = owners[id(broken.entry)].findings
        if not found:
            found.append(_with_culprits(session, broken, entries))


def _with_culprits(session: Session, broken: Broken, entries: Sequence[Entry]) -> Finding:
    """The finding with the documents that built on what is taken back, instead of what could be taken."""
    own = {one.values["origin"] for one in entries}
    # What several ledgers are measured by has no single entries that built on it.
    alone = broken.limit.expression is None
    names = built_on(session, broken.entry, broken.limit, own) if alone else []
    if not names:
        return broken.finding
    return replace(broken.finding, hint=f"Cancel {' and '.join(names)} first.")


def _reset_moments(session: Session, reversal: Reversal, standing: Standing) -> None:
    """A key's last movement is now the one before: what was cancelled holds nobody up."""
    undone = {entry.values["reverses"] for entry in reversal.entries}
    for entry in reversal.entries:
        if entry.ledger.valuation is None:
            continue
        by = entry.ledger.valuation.by
        key = (entry.ledger.name, balance_key(by, entry.values["company"], entry.values))
        row = standing.balances[key]
        if row["last_moment"] == reversal.moments[entry.values["reverses"]]:
            spec = session.tables[entry.ledger.table]
            row["last_moment"] = newest_moment(session.gateway, spec, entry, undone)


def _write(
    session: Session,
    doctype: Doctype,
    rows: Sequence[Row],
    worked_out: tuple[Sequence[Submission], Standing, Correction | None],
    reason: str,
    through: tuple[str, Mapping[str, Any]],
) -> None:
    for row in rows:
        row["state"] = entered(doctype.workflow, row, "cancelled")
        row["stage"] = "cancelled"
    stamp(session, rows, new=False)
    write.set_link_types(session, doctype, rows)
    submissions, standing, correction = worked_out
    made = writes(session, standing, submissions, correction)
    action, said = through
    audit = write.audit(session, doctype, action, rows, [dict(said)] * len(rows), reason)
    session.gateway.write(
        [*made.batches, *made.updates, *audit, head_change(session, doctype, rows)]
    )
