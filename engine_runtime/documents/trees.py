"""Trees stay trees: no record is above itself, and what has records below it may have them.

The records above are locked on the way up, so two people who hang two branches under one another
meet: one of them waits, looks again and is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field
from engine.kernel.finding import Finding
from engine.kernel.rows import Row
from engine.kernel.trees import in_circle
from engine.kernel.validate import not_allowed
from engine_runtime.documents.lookups import column_of
from engine_runtime.documents.prepare import refuse
from engine_runtime.documents.read import find_titles
from engine_runtime.posting.session import Session
from engine_runtime.tables.asking import select
from engine_runtime.tables.query import Condition

Changes = Sequence[Mapping[str, Any]]


def require_tree(
    session: Session, doctype: Doctype, rows: Sequence[Row], changes: Changes | None
) -> None:
    """Raise DocumentInvalid where ``rows``, as they shall be stored, do not fit into their tree.

    ``changes``: what is different about each of them; None for new ones.
    """
    if doctype.tree is None:
        return
    link = doctype.fields[doctype.tree]
    moved = [
        i for i, row in enumerate(rows)
        if row[link.name] is not None and (changes is None or link.name in changes[i])
    ]  # fmt: skip
    found = _parents(session, doctype, link, rows, moved)
    if changes is not None:
        found += _children(session, doctype, link, rows, changes)
    refuse(found, len(rows))


def _parents(
    session: Session, doctype: Doctype, link: Field, rows: Sequence[Row], moved: Sequence[int]
) -> list[tuple[int, Finding]]:
    known: dict[int, Row] = {row["id"]: row for row in rows if row.get("id") is not None}
    _climb(session, doctype, link, {rows[i][link.name] for i in moved}, known)
    found: list[tuple[int, Finding]] = []
    for index in moved:
        row = rows[index]
        parent = known.get(row[link.name])
        if row.get("id") is not None and in_circle(row, link.name, known):
            name = _title(session, doctype, row[link.name])
            sentence = f"{link.label}: {name} is this {doctype.label} itself, or below it."
            hint = f"Choose a {doctype.label} that is not below this one."
            found.append((index, Finding("tree.circle", link.name, sentence, hint=hint)))
        elif parent is not None and link.where is not None:
            frame = _frame(session, row, parent)
            if link.where.run(frame) is False:
                found.append((index, not_allowed(link, link.where, frame, link.name)))
    return found


def _climb(
    session: Session, doctype: Doctype, link: Field, wanted: set[int], known: dict[int, Row]
) -> None:
    """Lock and read all records above, one question per level, into ``known``."""
    waiting = {known[number][link.name] if number in known else number for number in wanted}
    while waiting := {number for number in waiting if number is not None} - known.keys():
        read = _read(session, doctype, link, "id", sorted(waiting), lock=True)
        known |= {row["id"]: row for row in read}
        waiting = {row[link.name] for row in read}


def _children(
    session: Session, doctype: Doctype, link: Field, rows: Sequence[Row], changes: Changes
) -> list[tuple[int, Finding]]:
    """What records below ask of the one above them must go on to hold."""
    asked = {read.field for read in link.where.reads if read.record.own} if link.where else set()
    touched = {
        row["id"]: i for i, row in enumerate(rows) if asked & changes[i].keys()
    }  # fmt: skip
    if not touched:
        return []
    found: dict[int, Finding] = {}
    by_id = {row["id"]: row for row in rows}
    for stored in _read(session, doctype, link, column_of(link), sorted(touched)):
        child = by_id.get(stored["id"], stored)
        index = touched.get(child[link.name])
        if index is None or _allows(session, link, child, rows[index]):
            continue
        field = doctype.fields[sorted(asked & changes[index].keys())[0]]
        name = _title(session, doctype, child["id"])
        sentence = f"{field.label} cannot change: {doctype.label} {name} is below this one."
        hint = f"Move what is below to another {doctype.label} first."
        found.setdefault(index, Finding("tree.has_children", field.name, sentence, hint=hint))
    return list(found.items())


def _allows(session: Session, link: Field, child: Row, parent: Row) -> bool:
    return link.where is None or link.where.run(_frame(session, child, parent)) is not False


def _frame(session: Session, child: Row, parent: Row) -> dict[str, Any]:
    return {"this": child, "row": parent, "facts": session.facts}


def _read(
    session: Session,
    doctype: Doctype,
    link: Field,
    by: str,
    values: Sequence[int],
    *,
    lock: bool = False,
) -> list[Row]:
    """The records whose column ``by`` is one of ``values``, with all that the link's ``where`` may read."""
    fields = {"id": "id"} | {f.name: column_of(f) for f in doctype.head.columns}
    if doctype.company == "required":
        fields["company"] = "company_id"
    where = [Condition(by, "in", list(values))]
    query = select(
        session.gateway, session.spec(doctype), list(fields.values()),
        where=where, order=["id"], lock=lock,
    )  # fmt: skip
    return [dict(zip(fields, row, strict=True)) for row in session.gateway.fetch_many([query])[0]]


def _title(session: Session, doctype: Doctype, number: int) -> str:
    return find_titles(session, {doctype.name: {number}})[doctype.key].get(number, f"#{number}")
