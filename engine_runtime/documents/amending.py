"""Changing submitted documents: a new version of what they say, and the difference of what they posted.

``change_submitted`` is what saving one does, ``worked_out`` what it comes to. Fields that are ``after_submit``
change alone, and formulas stand still; a document that is amended in place is worked out again as far as the
change reaches, with the facts of then. Postings get the difference to what stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.graph import Graph
from engine.kernel.amending import changes_between
from engine.kernel.calculation import Calculation
from engine.kernel.convert import Input
from engine.kernel.finding import Finding
from engine.kernel.recalculate import recalculate
from engine.kernel.rows import Row, copied, rows_at
from engine.kernel.validate import validate
from engine_runtime.documents import storing, write
from engine_runtime.documents.anything import know_any, unknown_documents
from engine_runtime.documents.balances import answer_balances
from engine_runtime.documents.difference import Changes, difference
from engine_runtime.documents.errors import StateConflict
from engine_runtime.documents.facts import WHY, explanations, frozen, recall, stored_facts
from engine_runtime.documents.foreign import strange_links
from engine_runtime.documents.late import look_over
from engine_runtime.documents.limiting import refuse_limited
from engine_runtime.documents.lookups import candidates, gather
from engine_runtime.documents.naming import resolve
from engine_runtime.documents.parts import take_parts
from engine_runtime.documents.prepare import Prepared, fill, refuse, unbelieved
from engine_runtime.documents.reading import answer_reads
from engine_runtime.documents.reposting import repost
from engine_runtime.documents.then import of_then
from engine_runtime.documents.trees import require_tree
from engine_runtime.documents.usage import require_fixed, require_rows_unused
from engine_runtime.ledgers.append import Writes
from engine_runtime.posting.session import Session
from engine_runtime.workflow.records import remember_breaches

AMEND = "amend"
"""What history calls a change in place."""


def change_submitted(
    session: Session,
    doctype: Doctype,
    inputs: Sequence[Input],
    olds: Sequence[Row],
    snapshots: Sequence[Mapping[str, Any]],
) -> list[Row]:
    """Store changed submitted documents, one after the other; returns their rows.

    ``olds``: the documents as they were; ``snapshots``: the same as history compares them. Inside the caller's
    transaction, the documents locked. Raises as submitting does.
    """
    changed = []
    for given, old, snapshot in zip(inputs, olds, snapshots, strict=True):
        # Each knows what it stood on itself; what it wrote does not count while it is worked out.
        own = replace(session, facts={}, unknown=set(), without=given.row["id"])
        own, kind = by_rules_of_then(own, doctype, old)
        changed.append(_change(own, kind, given, old, dict(snapshot)))
    return changed


def by_rules_of_then(session: Session, doctype: Doctype, old: Row) -> tuple[Session, Doctype]:
    """By whose rules ``old`` is changed: those it was submitted by; today's where they post the same of it.

    Raises StateConflict where the former can no longer be run and the latter would post something else.
    """
    found = of_then(session, doctype, old)
    if found is not None:
        return found
    alone = replace(session, facts={}, unknown=set())
    row = copied(doctype, doctype.head, old)
    gather(alone, doctype, [row])
    recall(alone, stored_facts(alone, doctype, row["id"]))
    posted = repost(alone, doctype, row, locking=False)
    if posted.entries or posted.findings:
        raise StateConflict(
            f"{doctype.label} {old.get('number') or old['id']} was submitted by rules that read what is no more, and "
            "today's rules would post something else. Bring it under today's rules first (rederive), or cancel it and "
            "make a new one."
        )
    return session, doctype


def _change(session: Session, doctype: Doctype, given: Input, old: Row, snapshot: Changes) -> Row:
    row = given.row
    facts = stored_facts(session, doctype, row["id"])
    in_place = doctype.amend == "in_place" and row["stage"] == "submitted"
    if in_place:
        item = worked_out(session, doctype, given, old, facts)
    else:
        (item,) = look_over(session, doctype, [given])
        recall(session, facts)
    row["warnings"] = [finding for finding in item.findings if finding.action == "warn"]
    refuse([(0, finding) for finding in item.findings], 1)
    row["version"] += 1
    write.assign_ids(session, doctype, [row])
    taken = difference(doctype, snapshot, row)
    require_tree(session, doctype, [row], [taken])
    require_fixed(session, doctype, [row["id"]], [taken])
    if not in_place and not doctype.late & taken.keys():
        return storing.store_late(session, doctype, [row], [taken])[0]
    return _store(session, doctype, row, old, taken, whole=in_place)


def worked_out(
    session: Session, doctype: Doctype, given: Input, old: Row, facts: dict[str, Any]
) -> Prepared:
    """As ``prepare``, of a document that stands: only what the change reaches is worked out again."""
    row = given.row
    resolve(session, [given], [row.get("company")])
    fill(session, doctype, [row])
    recall(session, facts)
    take_parts(session, doctype, [row])
    case = Calculation(
        session.catalog, doctype, row, session.facts, candidates(session, doctype, [row])
    )
    case.balance = answer_balances(session)
    case.read = answer_reads(session, doctype, row)
    found = recalculate(case, Graph(doctype), changes_between(doctype, old, row))
    row[WHY] = {**explanations(facts), **case.explanations}
    gather(session, doctype, [row], trusted=True)
    recall(session, facts)
    know_any(session, doctype, [row])
    unknown = {finding.path for finding in given.findings}
    checked = validate(doctype, row, session.facts, old=given.old)
    checked += strange_links(session, doctype, row, given.before)
    checked += unknown_documents(session, doctype, row)
    checked += unbelieved(session, doctype, given)
    checked += same_day(doctype, old, row)
    findings = [*given.findings, *found]
    findings += [finding for finding in checked if finding.path not in unknown]
    return Prepared(row, findings, case.explanations)


def same_day(doctype: Doctype, old: Row, row: Row) -> list[Finding]:
    """What stands in the books stands on its day; another day is another document."""
    if doctype.date is None or not doctype.posts or old[doctype.date] == row[doctype.date]:
        return []
    label = doctype.fields[doctype.date].label
    return [
        Finding(
            "amend.other_day",
            doctype.date,
            f"{label}: what was posted on {old[doctype.date]:%d-%m-%Y} stays on that day.",
            hint=f"Cancel this {doctype.label}, and make a new one on the other day.",
        )
    ]


def _store(
    session: Session, doctype: Doctype, row: Row, old: Row, taken: Changes, *, whole: bool
) -> Row:
    stored = storing.stored_rows(doctype, [old])
    gone = {
        path: ids
        for path, numbers in stored.items()
        if (ids := set(numbers) - {each["id"] for each in rows_at(row, path)})
    }
    require_rows_unused(session, doctype, row["id"], gone)
    writes = _posted(session, doctype, row)
    if whole:
        row["catalog"] = session.live.version
        row["facts"] = frozen(session, doctype, row)
        storing.begin_changed(session, doctype, [row])
        part = storing.changed_part(session, doctype, [row], stored, [taken], AMEND)
    else:
        part = storing.late_part(session, doctype, [row], [taken])
    storing.write_parts(session, [part], writes)
    return row


def _posted(session: Session, doctype: Doctype, row: Row) -> Writes:
    """The difference in the books; raises what is found, limits of the submit included."""
    posted = repost(session, doctype, row)
    found = posted.found()
    refuse_limited([(0, finding) for finding in found], 1, posted.outcomes)
    told = [finding for finding in found if finding.action == "warn"]
    row["warnings"] = [*row["warnings"], *told]
    remember_breaches(session, doctype, row, posted.breached())
    return posted.writes
