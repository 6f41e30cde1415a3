"""New documents: with their defaults, or made out of another document."""

from __future__ import annotations

from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.flow import MakeFrom
from engine.kernel.finding import Finding
from engine.kernel.rows import Row, append_row, child_path, new_row, rows_at
from engine_runtime.access.actor import Actor
from engine_runtime.access.gate import require
from engine_runtime.documents.balances import answers
from engine_runtime.documents.errors import DocumentInvalid, NotFound
from engine_runtime.documents.lookups import gather
from engine_runtime.documents.prepare import fill
from engine_runtime.documents.read import Documents, load, titles
from engine_runtime.documents.service import concrete
from engine_runtime.posting.session import Session, open_session


def new(actor: Actor, doctype: str, source: tuple[str, int] | None = None) -> Documents:
    """An unsaved document of ``doctype``: empty with its defaults, or made from ``source`` (doctype, id)."""
    session = open_session(actor)
    kind = concrete(session, doctype)
    require(actor, "create", kind)
    document = new_row(kind.head)
    document["id"] = None
    if kind.company == "required":
        document["company"] = actor.company_id
    if source is not None:
        _make(session, kind, document, *source)
    fill(session, kind, [document])
    return Documents([document], titles(session, kind, [document]))


def _make(session: Session, kind: Doctype, document: Row, doctype: str, number: int) -> None:
    origin = concrete(session, doctype)
    require(session.actor, "read", origin)
    mapping = kind.make_from.get(origin.name)
    if mapping is None:
        raise NotFound(f"{kind.label} is not made from {origin.label}.")
    found = load(session, origin, [number])[0]
    if origin.submittable and found["state"] != "submitted":
        finding = Finding("make.not_submitted", "", f"Submit the {origin.label} first.")
        raise DocumentInvalid(finding.message, [finding])
    gather(session, origin, [found])
    for name in mapping.copy:
        document[name] = found[name]
    if mapping.each is None:
        _set(session, document, mapping, {"this": found})
        return
    assert mapping.into is not None
    table = kind.tables[child_path("", mapping.into)]
    for row in rows_at(found, mapping.each):
        frame = {"this": found, "row": row}
        left = _quantity(session, mapping, frame)
        if left is not None and left <= 0:
            continue
        made = append_row(document, mapping.into, table)
        for name in mapping.copy:
            if name in table.fields and name in row:
                made[name] = row[name]
        if left is not None:
            made["quantity"] = left
        _set(session, made, mapping, frame)


def _quantity(session: Session, mapping: MakeFrom, frame: dict[str, Any]) -> Any:
    if mapping.quantity is None:
        return None
    return mapping.quantity.run(_asking(session, frame))


def _set(session: Session, row: Row, mapping: MakeFrom, frame: dict[str, Any]) -> None:
    for name, expr in mapping.set.items():
        row[name] = expr.run(_asking(session, frame))


def _asking(session: Session, frame: dict[str, Any]) -> dict[str, Any]:
    return {
        **frame,
        "facts": session.facts,
        "balance": lambda call: answers(session, [call])[0],
    }
