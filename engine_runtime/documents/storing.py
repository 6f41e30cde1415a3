"""Writing prepared documents in one round trip; the number comes last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.utils import IntegrityError

from engine.catalog.doctypes import Doctype
from engine.kernel.finding import Finding
from engine.kernel.issuing import Issued
from engine.kernel.numbering import plan_number
from engine.kernel.rows import Row, rows_at, tables_in_order
from engine_runtime.documents import write
from engine_runtime.documents.difference import snapshot, texts
from engine_runtime.documents.errors import DocumentInvalid, VersionConflict
from engine_runtime.documents.likeness import not_unique
from engine_runtime.documents.namegiving import give_names
from engine_runtime.documents.prepare import Prepared, refuse
from engine_runtime.ledgers.append import Writes
from engine_runtime.posting.session import Session
from engine_runtime.tables.batch import (
    Batch,
    Change,
    Counters,
    Number,
    Removal,
    Statement,
)
from engine_runtime.tables.errors import RowsChanged

NOTHING = Writes((), ())
Stored = Mapping[str, Sequence[int]]


@dataclass(slots=True)
class Part:
    """What is written of documents of one doctype: ``statements``, then ``heads`` with their numbers."""

    doctype: Doctype
    rows: Sequence[Row]
    statements: list[Statement]
    heads: Batch | Change
    counters: Counters | None = None
    """Of the series whose numbers documents came with; raised right before the heads are written."""


def store_new(session: Session, doctype: Doctype, prepared: Sequence[Prepared]) -> list[Row]:
    """Insert documents, which nothing posts; returns their rows."""
    rows = [item.row for item in prepared]
    begin_new(session, doctype, rows)
    write_parts(session, [new_part(session, doctype, rows, submit=False)])
    return rows


def begin_new(session: Session, doctype: Doctype, rows: Sequence[Row]) -> None:
    """Give new documents what they need to be linked to and posted: who and when, a key, ids."""
    stamp(session, rows, new=True)
    give_names(session, doctype, rows)
    write.assign_ids(session, doctype, rows)


def new_part(
    session: Session,
    doctype: Doctype,
    rows: Sequence[Row],
    *,
    submit: bool,
    changes: Sequence[Mapping[str, Any]] | None = None,
    issued: Sequence[Issued] = (),
) -> Part:
    """The insert of new documents, numbered if they are submitted or numbered at once.

    ``issued``: the numbers that all of them come with; else they are given here.
    """
    _give(rows, issued)
    write.set_link_types(session, doctype, rows)
    statements: list[Statement] = [*write.child_rows(session, doctype, rows)]
    action = "submit" if submit else "create"
    statements += write.audit(session, doctype, action, rows, changes or [{}] * len(rows))
    heads = write.head_rows(session, doctype, rows)
    numbered = not issued and (submit or _on_create(doctype))
    numbers = _numbers(session, doctype, rows) if numbered else ()
    return Part(doctype, rows, statements, _numbered(heads, numbers), _counters(issued))


def store_changed(
    session: Session,
    doctype: Doctype,
    prepared: Sequence[Prepared],
    stored: Stored,
    changes: Sequence[Mapping[str, Any]],
) -> list[Row]:
    """Replace stored rows by changed ones; ``stored``: the child rows as they were."""
    rows = [item.row for item in prepared]
    begin_changed(session, doctype, rows)
    write_parts(session, [changed_part(session, doctype, rows, stored, changes)])
    return rows


def begin_changed(session: Session, doctype: Doctype, rows: Sequence[Row]) -> None:
    """As ``begin_new``, of documents that are stored already."""
    stamp(session, rows, new=False)
    write.assign_ids(session, doctype, rows)


def changed_part(
    session: Session,
    doctype: Doctype,
    rows: Sequence[Row],
    stored: Stored,
    changes: Sequence[Mapping[str, Any]],
    action: str = "save",
    reason: str = "",
) -> Part:
    """Head rows are updated, child rows written anew under their ids; history calls it ``action``."""
    statements = _replaced(session, doctype, rows, stored)
    statements += write.audit(session, doctype, action, rows, changes, reason)
    return Part(doctype, rows, statements, head_change(session, doctype, rows))


def submitted_part(
    session: Session,
    doctype: Doctype,
    rows: Sequence[Row],
    stored: Stored,
    action: str,
    changes: Sequence[Mapping[str, Any]],
    issued: Sequence[Issued] = (),
) -> Part:
    """As ``changed_part``, of drafts that are submitted by the transition ``action``: they are numbered."""
    _give(rows, issued)
    statements = _replaced(session, doctype, rows, stored)
    statements += write.audit(session, doctype, action, rows, changes)
    numbers = [] if issued or _on_create(doctype) else _numbers(session, doctype, rows)
    heads = head_change(session, doctype, rows, numbers)
    return Part(doctype, rows, statements, heads, _counters(issued))


def _give(rows: Sequence[Row], issued: Sequence[Issued]) -> None:
    for row, one in zip(rows, issued, strict=False):
        row["number"] = one.number


def _counters(issued: Sequence[Issued]) -> Counters | None:
    lasts: dict[str, int] = {}
    for one in issued:
        lasts[one.plan.series] = max(one.counter, lasts.get(one.plan.series, 0))
    return Counters(lasts) if lasts else None


def _replaced(
    session: Session, doctype: Doctype, rows: Sequence[Row], stored: Stored
) -> list[Statement]:
    write.set_link_types(session, doctype, rows)
    statements = removals(session, doctype, stored)
    return [*statements, *write.child_rows(session, doctype, rows)]


def begin_state(session: Session, doctype: Doctype, row: Row) -> None:
    """A new document stands at the beginning of the workflow that is live now."""
    row["state"] = row["stage"] = row["workflow"] = None
    if doctype.submittable:
        row["state"], row["stage"] = doctype.workflow.initial.name, "draft"
        row["workflow"] = session.live.version
    if doctype.amend == "new":
        row.setdefault("amends", None)


def store_late(
    session: Session,
    doctype: Doctype,
    rows: Sequence[Row],
    changes: Sequence[Mapping[str, Any]],
) -> list[Row]:
    """Change fields of the heads of submitted documents; their rows and their facts stay as they are."""
    write_parts(session, [late_part(session, doctype, rows, changes)])
    return list(rows)


def late_part(
    session: Session, doctype: Doctype, rows: Sequence[Row], changes: Sequence[Mapping[str, Any]]
) -> Part:
    """The update of the heads of submitted documents alone."""
    stamp(session, rows, new=False)
    write.set_link_types(session, doctype, rows)
    statements: list[Statement] = [*write.audit(session, doctype, "save", rows, changes)]
    return Part(doctype, rows, statements, head_change(session, doctype, rows))


def head_change(
    session: Session, doctype: Doctype, rows: Sequence[Row], numbers: Sequence[Number] = ()
) -> Change:
    """The update of head rows, checking that nobody else changed them since."""
    heads = write.head_rows(session, doctype, rows)
    skipped = {"id", "created_at", "created_by"} | ({"number"} if numbers else set())
    if any("facts" not in row for row in rows):
        # They were not read, so they are not written either.
        skipped.add("facts")
    places = [i for i, column in enumerate(heads.columns) if column not in skipped]
    columns = tuple(heads.columns[place] for place in places)
    values = [
        [row["id"], row["version"] - 1, *(head[place] for place in places)]
        for row, head in zip(rows, heads.rows, strict=True)
    ]
    return Change(heads.table, ("id", "version"), columns, values, numbers=numbers)


def removals(session: Session, doctype: Doctype, stored: Stored) -> list[Statement]:
    """Take the stored child rows out, the lowest tables first."""
    found: list[Statement] = [
        Removal(session.spec(doctype, table.path), "id", stored[table.path])
        for table in tables_in_order(doctype)[1:]
        if stored[table.path]
    ]
    return found[::-1]


def stored_rows(doctype: Doctype, documents: Sequence[Row]) -> Stored:
    """Table path → ids of the child rows that are stored; to be asked before anything is changed."""
    return {
        table.path: [row["id"] for document in documents for row in rows_at(document, table.path)]
        for table in doctype.tables.values()
    }


def write_parts(session: Session, parts: Sequence[Part], writes: Writes = NOTHING) -> None:
    """One round trip for all; the heads, and with them the numbers, are taken last, in one order."""
    ordered = sorted(parts, key=lambda part: part.doctype.key)
    statements: list[Statement] = [s for part in parts for s in part.statements]
    statements += (*writes.batches, *writes.updates)
    heads: list[Statement] = []
    places: list[int] = []
    for part in ordered:
        heads += [part.counters, part.heads] if part.counters is not None else [part.heads]
        places.append(len(statements) + len(heads) - 1)
    try:
        written = session.gateway.write([*statements, *heads])
    except IntegrityError as error:
        found = _not_unique(session, parts, error)
        raise DocumentInvalid(found.message, [found]) from error
    except RowsChanged as error:
        labels = " or ".join(part.doctype.label for part in ordered)
        raise VersionConflict(
            f"{labels} was changed by somebody else meanwhile. Load it again."
        ) from error
    for part, place in zip(ordered, places, strict=True):
        for row, number in zip(part.rows, written[place].numbers, strict=False):
            row["number"] = number
        _check_lengths(part.doctype, part.rows)


def _not_unique(session: Session, parts: Sequence[Part], error: IntegrityError) -> Finding:
    """What to tell of the document that is like another; other integrity errors are raised again."""
    *others, last = parts
    for part in others:
        try:
            return not_unique(session, part.doctype, part.rows, error)
        except IntegrityError:
            continue
    return not_unique(session, last.doctype, last.rows, error)


def _check_lengths(doctype: Doctype, rows: Sequence[Row]) -> None:
    """Refuse a number that the law or the series does not allow; the transaction is undone."""
    most = doctype.number.max_length if doctype.number is not None else 0
    for row in rows:
        number = row.get("number")
        if most and number is not None and len(number) > most:
            finding = Finding(
                "number.too_long",
                "number",
                f"The number {number} has {len(number)} characters; {most} are allowed.",
                hint="Shorten the codes that the series is made of.",
            )
            raise DocumentInvalid(finding.message, [finding])


def _on_create(doctype: Doctype) -> bool:
    return doctype.number is not None and doctype.number.on == "create"


def _numbers(session: Session, doctype: Doctype, rows: Sequence[Row]) -> list[Number]:
    """The series of every document; none at all where the doctype has no numbering."""
    if doctype.number is None:
        return []
    found: list[tuple[int, Finding]] = []
    numbers: list[Number] = []
    for index, row in enumerate(rows):
        plan = plan_number(doctype, row, session.facts)
        if plan is None:
            said = f"No number series of {doctype.label} applies."
            hint = "Change what its series are chosen by, or have one added for it."
            found.append((index, Finding("number.no_series", "number", said, hint=hint)))
        else:
            numbers.append(Number(plan.series, plan.prefix, plan.width, plan.suffix))
    refuse(found, len(rows))
    return numbers


def _numbered(heads: Batch, numbers: Sequence[Number]) -> Batch:
    """``heads`` with numbers to be taken in place of the empty column."""
    if not numbers:
        return heads
    place = heads.columns.index("number")
    columns = heads.columns[:place] + heads.columns[place + 1 :]
    rows = [[*row[:place], *row[place + 1 :]] for row in heads.rows]
    return replace(heads, columns=columns, rows=rows, numbers=numbers)


def stamp(session: Session, rows: Sequence[Row], *, new: bool) -> None:
    """Note who wrote the rows and when."""
    user = session.actor.user_id or None
    for row in rows:
        row["changed_at"], row["changed_by"] = session.now, user
        if new:
            row["created_at"], row["created_by"] = session.now, user


def remove(session: Session, doctype: Doctype, rows: Sequence[Row]) -> None:
    """Delete stored documents with their child rows."""
    statements = removals(session, doctype, stored_rows(doctype, rows))
    statements += write.audit(session, doctype, write.DELETED, rows, deleted(doctype, rows))
    ids = [row["id"] for row in rows]
    session.gateway.write([*statements, Removal(session.spec(doctype), "id", ids)])


def deleted(doctype: Doctype, rows: Sequence[Row]) -> list[Mapping[str, Any]]:
    """What the audit trail keeps of deleted documents: everything."""
    return [{"deleted": texts(snapshot(doctype, doctype.head, row))} for row in rows]
