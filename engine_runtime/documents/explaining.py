"""Why a field of a document holds what it holds: from what stands in it, and what was true when it was submitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.expr.inputs import Input
from engine.kernel.convert import convert
from engine.kernel.explain import Explanation, NoSuchField, explain_at
from engine.kernel.rows import Row, worth_at
from engine_runtime.access.actor import Actor
from engine_runtime.access.gate import allowed, require
from engine_runtime.documents.errors import InputMalformed
from engine_runtime.documents.facts import explanations, recall, stored_facts
from engine_runtime.documents.lookups import gather
from engine_runtime.documents.prepare import prepare
from engine_runtime.documents.read import Titles, find_titles, load
from engine_runtime.documents.reading import asking
from engine_runtime.documents.service import concrete
from engine_runtime.documents.then import of_then
from engine_runtime.posting.session import Session, open_session


@dataclass(frozen=True, slots=True)
class Explained:
    """``explanation`` of the field at ``place``; ``titles`` of the records among its inputs."""

    place: str
    explanation: Explanation
    titles: Titles = field(default_factory=dict)


def explain(actor: Actor, doctype: str, document: int, place: str) -> Explained:
    """Why the field at ``place`` (``items[0].taxable``) of a stored document holds what it holds.

    A submitted document tells it by the facts and the answers that were stored with it; a draft is worked out.
    Raises Forbidden, NotFound, InputMalformed for a path that leads nowhere.
    """
    session = open_session(actor)
    kind = concrete(session, doctype)
    require(actor, "read", kind)
    (row,) = load(session, kind, [document])
    if row.get("stage") in ("submitted", "cancelled"):
        session, kind = of_then(session, kind, row) or (session, kind)
        facts = stored_facts(session, kind, document)
        gather(session, kind, [row])
        recall(session, facts)
        because = explanations(facts)
    else:
        (item,) = prepare(session, kind, [convert(kind, {}, row)])
        because = item.explanations
    return explained(session, kind, row, place, because)


def explained(
    session: Session, kind: Doctype, row: Row, place: str, because: Mapping[str, str]
) -> Explained:
    """As ``explain``, of a document in hand that is worked out; ``because``: why rule sets answered so, by path."""
    frame: dict[str, Any] = {
        "this": row,
        **asking(session, kind, row),
        "worth": worth_at(kind, row),
    }
    try:
        found = explain_at(kind, row, place, frame, because)
    except NoSuchField as wrong:
        raise InputMalformed(str(wrong)) from wrong
    found = replace(found, inputs=tuple(_open(session, part) for part in found.inputs))
    wanted: dict[str, set[int]] = {}
    for part in found.inputs:
        for name in part.doctypes:
            if isinstance(part.value, int) and name in session.catalog.doctypes:
                wanted.setdefault(name, set()).add(part.value)
    return Explained(place, found, find_titles(session, wanted))


def _open(session: Session, part: Input) -> Input:
    """The input, without its value where it is read of records that the actor may not read."""
    kinds = (session.catalog.doctypes.get(name) for name in part.origins)
    if all(kind is None or allowed(session.actor, "read", kind) for kind in kinds):
        return part
    return replace(part, value=None, doctypes=(), withheld=True)
