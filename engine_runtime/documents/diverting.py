"""Where documents go that a limit refuses and sends another way."""

from __future__ import annotations

from engine.kernel.declared_limits import TransitionRequest
from engine_runtime.access.actor import Actor
from engine_runtime.documents.effecting import pass_through
from engine_runtime.documents.errors import Diverted
from engine_runtime.documents.read import load_known
from engine_runtime.documents.standstill import name_of
from engine_runtime.posting.session import open_session


def held(actor: Actor, request: TransitionRequest) -> list[Diverted]:
    """Take a document where a limit sends it, unless it has gone on meanwhile; where it stands then."""
    session = open_session(actor)
    kind = session.catalog.doctypes[request.doctype]
    way = kind.workflow.transitions[request.transition]
    found = []
    with session.transaction():
        rows = load_known(session, kind, [request.document or 0], for_update=True)
        for row in rows:
            if kind.workflow.state_of(row["state"], row["stage"]).name in way.sources:
                said = {"limit": request.limit, "reason": request.reason}
                pass_through(session, kind, row, way, request.reason, said)
            if row["state"] == way.to:
                label, name = kind.workflow.states[way.to].label, name_of(kind, row)
                at = (way.to, label, row["version"])
                found.append(Diverted(kind.key, row["id"], name, *at, request.limit))
    return found
