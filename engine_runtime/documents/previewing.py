"""What a document would become and would post, without a trace: nothing is locked or written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.kernel.convert import convert
from engine.kernel.entries import Entry
from engine.kernel.finding import Finding
from engine.kernel.rows import Facts, Row, copied, rows_at
from engine_runtime.access.actor import Actor
from engine_runtime.access.gate import may_read_ledger, require
from engine_runtime.documents.amending import by_rules_of_then, worked_out
from engine_runtime.documents.balances import compute
from engine_runtime.documents.explaining import Explained, explained
from engine_runtime.documents.facts import stored_facts
from engine_runtime.documents.issuing import require_none
from engine_runtime.documents.past import PAST
from engine_runtime.documents.prepare import Prepared, prepare
from engine_runtime.documents.read import Titles, find_titles, load, titles
from engine_runtime.documents.reading import asking
from engine_runtime.documents.service import concrete, known_id
from engine_runtime.documents.write import assign_ids, note_types
from engine_runtime.posting.post import Submission, post
from engine_runtime.posting.session import Session, open_session


@dataclass(slots=True)
class Preview:
    """``document`` as it would be, ``entries`` as they would be written (ledger name → entries)."""

    document: Row
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    withheld: bool = False
    """It would write into ledgers as well that the actor may not read."""
    problems: list[Finding] = field(default_factory=list)
    facts: Facts = field(default_factory=dict)
    titles: Titles = field(default_factory=dict)
    explanations: dict[str, str] = field(default_factory=dict)
    """JSON path → why a rule answered as it did."""
    explained: Explained | None = None
    """Why the field that was asked for holds what it would hold."""


def preview(
    actor: Actor,
    doctype: str,
    documents: Sequence[Mapping[str, Any]],
    *,
    explain: str | None = None,
) -> list[Preview]:
    """Work ``documents`` out, new ones or (with ``id``) changes of stored drafts.

    ``explain``: the path of a field that is asked for as well.
    Problems are returned, not raised; only malformed input raises (InputMalformed).
    """
    session = open_session(actor)
    kind = concrete(session, doctype)
    require(actor, "read", kind)
    require_none(kind, documents)
    found = []
    for raw in documents:
        number = raw.get("id")
        current = load(session, kind, [known_id(number)])[0] if number is not None else None
        own, seen, item = _worked_out(session, kind, raw, current)
        shown = _preview(own, seen, item)
        if explain is not None:
            shown.explained = explained(own, seen, item.row, explain, item.explanations)
        found.append(shown)
    return found


def _worked_out(
    session: Session, kind: Doctype, raw: Mapping[str, Any], current: Row | None
) -> tuple[Session, Doctype, Prepared]:
    """The document as saving it would make it, with the session that knows its facts and the rules it follows."""
    amended = current is not None and current.get("stage") == "submitted"
    if current is None or not amended or kind.amend != "in_place":
        return session, kind, prepare(session, kind, [convert(kind, raw, current)])[0]
    own = replace(session, facts={}, unknown=set(), without=current["id"])
    old = copied(kind, kind.head, current)
    own, then = by_rules_of_then(own, kind, old)
    known = stored_facts(own, then, current["id"])
    return own, then, worked_out(own, then, convert(then, raw, current), old, known)


def _preview(session: Session, doctype: Doctype, item: Prepared) -> Preview:
    document = item.row
    result = Preview(document, problems=list(item.findings), facts=session.facts)
    result.explanations = item.explanations
    known = document.get("id")
    ready = doctype.submittable and document.get("stage") in (None, "draft")
    if ready and not item.refused() and doctype.posts:
        fresh = _without_id(doctype, document)
        assign_ids(session, doctype, [document])
        note_types(session, doctype, [document])
        submission = Submission(document)
        post(session, doctype, [submission], PAST, locking=False, asking=asking)
        result.problems += submission.findings
        for entry in submission.entries:
            if may_read_ledger(session.actor, session.catalog, entry.ledger.name):
                result.entries.setdefault(entry.ledger.name, []).append(entry)
            else:
                result.withheld = True
        _forget(fresh)
    if known is not None:
        compute(session, doctype, [document])
    result.titles = _titles(session, doctype, document, result.entries)
    return result


def _without_id(doctype: Doctype, document: Row) -> list[Row]:
    """The rows that are not stored: they get ids for the posting only."""
    return [
        row for path in doctype.tables for row in rows_at(document, path) if row.get("id") is None
    ]


def _forget(rows: Sequence[Row]) -> None:
    for row in rows:
        row["id"] = None


def _titles(
    session: Session, doctype: Doctype, document: Row, entries: Mapping[str, Sequence[Entry]]
) -> Titles:
    """Titles of what the document and its entries link to."""
    wanted: dict[str, set[int]] = {}
    for name, written in entries.items():
        ledger = session.catalog.ledgers[name]
        for dimension in (*ledger.dimensions.values(), *ledger.details.values()):
            for entry in written if dimension.type == "link" else ():
                value = entry.values[dimension.name]
                key = session.type_of(value) if value is not None else None
                if key is not None and value != document["id"]:
                    wanted.setdefault(session.catalog.by_key[key], set()).add(value)
    found = find_titles(session, wanted)
    for key, known in titles(session, doctype, [document]).items():
        found.setdefault(key, {}).update(known)
    return found
