"""Bringing a submitted document under the rules and masters of today: the difference is shown first, then written.

What people said stays, so do numbers and ids; all else is worked out anew by the live catalog, with the records of
today and the books without the document. What it would post is written as the difference to what stands, on its own
day (``engine.kernel.posting_again``). Nothing is done that was not seen: the person sends a fingerprint of it along.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from django.utils.crypto import salted_hmac

from engine.catalog.doctypes import Doctype
from engine.catalog.whole import Catalog
from engine.kernel.amending import keep_said
from engine.kernel.convert import convert
from engine.kernel.declared_limits import LimitOutcome
from engine.kernel.entries import Entry
from engine.kernel.finding import Finding, path_of
from engine.kernel.rows import Row, copied, rows_at, tables_in_order
from engine_runtime.access.actor import Actor
from engine_runtime.access.gate import may_read_ledger, require
from engine_runtime.active.catalog import catalog_of
from engine_runtime.documents import storing, write
from engine_runtime.documents.amending import same_day
from engine_runtime.documents.comparing import Change, FieldChange, changes
from engine_runtime.documents.difference import difference, plain, snapshot
from engine_runtime.documents.errors import DifferenceMoved, DocumentError, StateConflict
from engine_runtime.documents.facts import frozen
from engine_runtime.documents.limiting import knowingly_passed, refuse_limited
from engine_runtime.documents.prepare import prepare
from engine_runtime.documents.read import Titles, collect, find_titles, load
from engine_runtime.documents.reposting import Reposted, repost, submitted_at
from engine_runtime.documents.retry import retried
from engine_runtime.documents.service import Reference, concrete, locked, require_stage
from engine_runtime.documents.trees import require_tree
from engine_runtime.documents.usage import require_fixed, require_rows_unused
from engine_runtime.posting.session import Session, open_session

REDERIVE = "rederive"
"""The right, and what history calls it."""


@dataclass(slots=True)
class Difference:
    """What today's rules and masters would make of a submitted document.

    ``seen``: the fingerprint of all of it, which is sent back to have it done. ``entries``: ledger name → what would be
    written, of the ledgers that the actor may read; ``withheld``: there is more in others.
    """

    catalog: Catalog
    kind: Doctype
    id: int
    version: int
    changes: list[Change]
    seen: str
    is_nothing: bool
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    withheld: bool = False
    problems: list[Finding] = field(default_factory=list)
    titles: Titles = field(default_factory=dict)


@dataclass(slots=True)
class Rederived:
    """The document as it stands now, and whether anything was written."""

    row: Row
    is_changed: bool


def look(actor: Actor, doctype: str, number: int) -> Difference:
    """What ``rederive`` would do; locks and writes nothing. What stands in the way is among the problems.

    Raises Forbidden, NotFound, StateConflict for what is not submitted.
    """
    session, kind = _opened(actor, doctype)
    (row,) = load(session, kind, [number])
    work = _worked_out(session, kind, row, locking=False)
    try:
        _require_free(work)
    except DocumentError as error:
        work.findings += error.problems or [Finding(error.code, "", error.detail)]
    return _told(work)


@retried
def rederive(
    actor: Actor, doctype: str, reference: Reference, seen: str, *, reason: str = ""
) -> Rederived:
    """Do what ``look`` showed, whose fingerprint ``seen`` is; where it comes to nothing, nothing is written.

    Raises as ``look`` and as changing a submitted document, VersionConflict, and DifferenceMoved where something else
    would be done by now.
    """
    session, kind = _opened(actor, doctype)
    with session.transaction():
        (row,) = locked(session, kind, [reference])
        work = _worked_out(session, kind, row, locking=True)
        refuse_limited([(0, found) for found in work.findings], 1, work.posted.outcomes)
        _require_free(work)
        found = _told(work)
        if found.seen != seen:
            raise DifferenceMoved(
                "Something has changed since you looked: now it would come to something else. Look at it, and confirm.",
                found,
            )
        if found.is_nothing:
            return Rederived(work.old, False)
        return Rederived(_store(work, reason), True)


# --- working out ---------------------------------------------------------------------------------


@dataclass(slots=True)
class _Work:
    """One document under today's rules. ``old``: as it stands; ``taken``: the difference as history keeps it."""

    session: Session
    kind: Doctype
    old: Row
    row: Row
    fresh: dict[int, str]
    """Rows that come: id → place."""
    taken: Mapping[str, Any]
    changes: list[Change]
    stored: storing.Stored
    findings: list[Finding]
    posted: Reposted = field(default_factory=Reposted)


def _opened(actor: Actor, doctype: str) -> tuple[Session, Doctype]:
    session = open_session(actor)
    kind = concrete(session, doctype)
    if not kind.submittable:
        raise StateConflict(
            f"{kind.label} is never submitted: it follows the rules of today anyway."
        )
    require(actor, "read", kind)
    require(actor, REDERIVE, kind)
    return session, kind


def _worked_out(session: Session, kind: Doctype, row: Row, *, locking: bool) -> _Work:
    require_stage(kind, row, "submitted", "brought under today's rules")
    old, before = copied(kind, kind.head, row), snapshot(kind, kind.head, row)
    stored = storing.stored_rows(kind, [row])
    known = {number for ids in stored.values() for number in ids}
    began = submitted_at(session, kind, row["id"])
    own = replace(session, facts={}, unknown=set(), without=row["id"], before=began)
    was = _as_submitted(own, kind, row)
    if was is not None:
        keep_said(kind, was, row)
    (item,) = prepare(own, kind, [convert(kind, {}, row)])
    write.assign_ids(own, kind, [row])
    findings = [*item.findings, *same_day(kind, old, row)]
    taken = difference(kind, before, row)
    fresh = _fresh(kind, row, known)
    shown = changes(kind, old, row)
    work = _Work(own, kind, old, row, fresh, taken, shown, stored, findings)
    if not any(found.action == "refuse" for found in findings):
        work.posted = repost(own, kind, row, is_proved=True, was=was, locking=locking)
        is_nothing = not taken and not work.posted.entries
        work.findings += work.posted.findings if is_nothing else work.posted.found()
    return work


def _as_submitted(session: Session, kind: Doctype, row: Row) -> Doctype | None:
    """The doctype by whose rules the document stands, where that is another than today's."""
    began = row.get("catalog")
    if began is None or began == session.live.version:
        return None
    catalog = catalog_of(began)
    return catalog.doctypes.get(kind.name) if catalog is not None else None


def _fresh(kind: Doctype, row: Row, known: set[int]) -> dict[int, str]:
    return {
        each["id"]: path_of(each, table.path)
        for table in tables_in_order(kind)[1:]
        for each in rows_at(row, table.path)
        if each["id"] not in known
    }


def _require_free(work: _Work) -> None:
    """Raise where others hold on to what would be another."""
    session, kind, row = work.session, work.kind, work.row
    require_tree(session, kind, [row], [work.taken])
    require_fixed(session, kind, [row["id"]], [work.taken])
    gone = {
        path: ids
        for path, numbers in work.stored.items()
        if (ids := set(numbers) - {each["id"] for each in rows_at(row, path)})
    }
    require_rows_unused(session, kind, row["id"], gone)


# --- telling -------------------------------------------------------------------------------------


def _told(work: _Work) -> Difference:
    session, kind, row = work.session, work.kind, work.row
    entries = [_placed(work, entry) for entry in work.posted.entries]
    found = Difference(
        session.catalog,
        kind,
        row["id"],
        work.old["version"],
        work.changes,
        _fingerprint(work),
        is_nothing=not work.taken and not entries,
        problems=work.findings,
    )
    for entry in entries:
        if may_read_ledger(session.actor, session.catalog, entry.ledger.name):
            found.entries.setdefault(entry.ledger.name, []).append(entry)
        else:
            found.withheld = True
    found.titles = _titles(session, kind, found)
    return found


def _placed(work: _Work, entry: Entry) -> Entry:
    """The entry with the row that it came from; none where that row goes."""
    line = entry.values["line"]
    if line is None or "index" in line:
        return entry
    rows = rows_at(work.row, entry.line_table or "")
    there = next((row for row in rows if row["id"] == line["id"]), None)
    return replace(entry, values={**entry.values, "line": there})


def _titles(session: Session, kind: Doctype, found: Difference) -> Titles:
    wanted: dict[str, set[int]] = {}
    for change in found.changes:
        if isinstance(change, FieldChange):
            for value in (change.old, change.new) if change.field.type == "link" else ():
                collect(session, change.field.link, value, wanted)
            continue
        for table in tables_in_order(kind):
            if table.path == change.table or table.path.startswith(f"{change.table}."):
                below = table.path[len(change.table) :].strip(".")
                for link in (f for f in table.columns if f.type == "link"):
                    for row in rows_at(change.row, below):
                        collect(session, link.link, row[link.name], wanted)
    for name, entries in found.entries.items():
        for dimension in session.catalog.ledgers[name].carried:
            for entry in entries if dimension.type == "link" else ():
                collect(session, dimension.link, entry.values[dimension.name], wanted)
    return find_titles(session, wanted)


def _fingerprint(work: _Work) -> str:
    """Of all that would be done, also of what the actor may not read; nobody can tell from it what that is."""
    told = [
        [[name, _steady(value, work.fresh)] for name, value in sorted(_flat(work).items())],
        [_entry(entry, work.fresh) for entry in work.posted.entries],
    ]
    text = orjson.dumps(told).decode()
    return salted_hmac("bahi.rederive", text, algorithm="sha256").hexdigest()


def _flat(work: _Work) -> dict[str, Any]:
    """Place → [old, new] of every field, the rows that come or go as a whole."""
    found: dict[str, Any] = {}
    for change in work.changes:
        if isinstance(change, FieldChange):
            found[change.place] = [change.old, change.new]
        else:
            table = work.kind.tables[change.table]
            rows = snapshot(work.kind, table, change.row)
            found[f"{change.place} {'comes' if change.is_new else 'goes'}"] = rows
    return found


def _entry(entry: Entry, fresh: Mapping[int, str]) -> list[Any]:
    ledger, values = entry.ledger, entry.values
    names = (*ledger.dimensions, *ledger.details, *ledger.measures, "date", "meant_for")
    line = values["line"]
    return [
        ledger.name,
        entry.rule,
        entry.currency,
        _steady(line["id"], fresh) if line is not None else None,
        *(_steady(values[name], fresh) for name in names),
        *(_steady(worth, {}) for worth in entry.worth.values()),
    ]


def _steady(value: Any, fresh: Mapping[int, str]) -> Any:
    """A value without the ids that rows which come get anew each time."""
    if isinstance(value, dict):
        return [[_steady(name, fresh), _steady(each, fresh)] for name, each in value.items()]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_steady(each, fresh) for each in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return fresh.get(value, str(value))
    return plain(value)


# --- writing -------------------------------------------------------------------------------------


def _store(work: _Work, reason: str) -> Row:
    session, kind, row = work.session, work.kind, work.row
    row["warnings"] = [finding for finding in work.findings if finding.action == "warn"]
    row["version"] += 1
    row["catalog"] = session.live.version
    row["facts"] = frozen(session, kind, row)
    said = {**work.taken, **_passed(work.posted.outcomes)}
    storing.begin_changed(session, kind, [row])
    part = storing.changed_part(session, kind, [row], work.stored, [said], REDERIVE, reason)
    storing.write_parts(session, [part], work.posted.writes)
    return row


def _passed(outcomes: Iterable[LimitOutcome]) -> dict[str, Any]:
    """What history keeps of limits that the person went beyond."""
    found: dict[str, Any] = {}
    for outcome in outcomes:
        found |= knowingly_passed(outcome).get("passed", {})
    return {"passed": found} if found else {}
