"""Preparing documents that are submitted: what empty links are to have made for them is made on the way.

A batch at a receipt, for instance (``make`` on a link). Everything is part of the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.kernel.convert import Input
from engine.kernel.finding import Finding
from engine.kernel.link_making import Lacking, lacking, makes_links
from engine.kernel.making import put
from engine.kernel.rows import Row
from engine_runtime.documents import storing
from engine_runtime.documents.filling import blank
from engine_runtime.documents.naming import find_by_key
from engine_runtime.documents.prepare import Prepared, prefixed, prepare, refuse
from engine_runtime.documents.reading import asking
from engine_runtime.posting.session import Session


def prepare_to_submit(
    session: Session, doctype: Doctype, inputs: Sequence[Input]
) -> list[Prepared]:
    """As ``prepare``, of documents that are submitted next; links that were empty are filled."""
    prepared = prepare(session, doctype, inputs, submitting=True)
    if not makes_links(doctype) or any(item.refused() for item in prepared):
        return prepared
    places = [
        (index, one)
        for index, item in enumerate(prepared)
        for one in lacking(doctype, item.row, asking(session, doctype, item.row))
    ]
    if not places:
        return prepared
    _fill(session, [item.row for item in prepared], places)
    return prepare(session, doctype, inputs, submitting=True)


def _fill(
    session: Session, documents: Sequence[Row], places: Sequence[tuple[int, Lacking]]
) -> None:
    """Link what is there under its key, and make the rest; of those alike in their key, one."""
    known = _known(session, documents, [place for place in places if place[1].key])
    fresh: dict[str, list[tuple[int, Lacking]]] = {}
    for index, one in places:
        name = _name(documents[index], one)
        if name in known:
            one.row[one.field.name] = known[name]
        else:
            fresh.setdefault(one.making.doctype, []).append((index, one))
    for target, wanted in fresh.items():
        _make(session, session.catalog.doctypes[target], documents, wanted)


def _name(document: Row, one: Lacking) -> tuple[str, Any, str | None]:
    key = str(one.key) if one.key else None
    return (one.making.doctype, document.get("company"), key)


def _known(
    session: Session, documents: Sequence[Row], places: Iterable[tuple[int, Lacking]]
) -> dict[tuple[str, Any, str | None], int]:
    wanted: dict[tuple[str, int | None], set[str]] = {}
    for index, one in places:
        company = documents[index].get("company")
        wanted.setdefault((one.making.doctype, company), set()).add(str(one.key))
    found = find_by_key(session, wanted) if wanted else {}
    return {(doctype, company, key): number for (doctype, company, key), number in found.items()}


def _make(
    session: Session,
    kind: Doctype,
    documents: Sequence[Row],
    wanted: Sequence[tuple[int, Lacking]],
) -> None:
    made: dict[tuple[str, Any, Any], Row] = {}
    owners: list[tuple[int, Lacking]] = []
    shared: list[tuple[Lacking, Row]] = []
    for index, one in wanted:
        # Without a key each stands for itself.
        name = _name(documents[index], one) if one.key else ("", index, one.path)
        if name not in made:
            made[name] = blank(kind, documents[index].get("company"))
            put(kind, made[name], one.values)
            owners.append((index, one))
        shared.append((one, made[name]))
    near = replace(session, facts={}, unknown=set())
    prepared = prepare(near, kind, [Input(row) for row in made.values()])
    refuse(_told(prepared, owners, len(documents)), 1)
    for item in prepared:
        item.row["version"] = 1
        storing.begin_state(near, kind, item.row)
    storing.store_new(near, kind, prepared)
    for one, row in shared:
        one.row[one.field.name] = row["id"]


def _told(
    prepared: Sequence[Prepared], owners: Sequence[tuple[int, Lacking]], count: int
) -> list[tuple[int, Finding]]:
    """What is wrong with a record that is made, said of the link it is made for."""
    return [
        (
            0,
            replace(
                finding,
                path=prefixed(index, count, one.path),
                message=f"{one.field.label}: {finding.message}",
            ),
        )
        for (index, one), item in zip(owners, prepared, strict=True)
        for finding in item.findings
    ]
