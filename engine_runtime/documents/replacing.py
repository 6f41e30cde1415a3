"""Putting another document in the place of a submitted one: it is cancelled, and a draft says what it said."""

from __future__ import annotations

from engine.catalog.doctypes import Doctype
from engine.kernel.amending import copy_of
from engine.kernel.convert import Input
from engine.kernel.rows import Row
from engine_runtime.access.actor import Actor
from engine_runtime.access.gate import require
from engine_runtime.documents import effecting, storing
from engine_runtime.documents.errors import StateConflict
from engine_runtime.documents.prepare import prepare, refuse
from engine_runtime.documents.read import load
from engine_runtime.documents.retry import retried
from engine_runtime.documents.service import (
    Reference,
    concrete,
    first_name,
    locked,
    once_only,
)
from engine_runtime.documents.standstill import name_of
from engine_runtime.posting.session import Session, open_session
from engine_runtime.tables.asking import select
from engine_runtime.tables.query import Condition


@retried
def amend(
    actor: Actor,
    doctype: str,
    reference: Reference,
    *,
    reason: str = "",
    idempotency_key: str | None = None,
) -> Row:
    """Cancel a submitted document, if it is not cancelled already, and store a draft in its place; returns the draft.

    Raises as cancelling and creating do; StateConflict for a draft, where the doctype is not amended in this way,
    where its workflow has to cancel it, and where another document is in its place already.
    """
    session = open_session(actor)
    kind = concrete(session, doctype)
    if kind.amend != "new":
        raise StateConflict(
            f"{kind.label} is not amended by another document. Cancel it, and make a new one."
        )
    require(actor, "create", kind)

    def work() -> list[Row]:
        (row,) = locked(session, kind, [reference])
        if row["stage"] == "submitted":
            _cancel(session, kind, row, reason)
        elif row["stage"] == "draft":
            raise StateConflict(f"{name_of(kind, row)} is a draft: change it.")
        _require_alone(session, kind, row)
        return [_draft(effecting.fresh(session), kind, row)]

    body = {"doctype": first_name(kind), "id": reference.id, "version": reference.version}
    (draft,) = once_only(session, kind, idempotency_key, "amend", body, work)
    return draft


def _cancel(session: Session, kind: Doctype, row: Row, reason: str) -> None:
    if kind.workflow.declared and not session.actor.system:
        raise StateConflict(
            f"{name_of(kind, row)} is cancelled by a transition of its workflow. Do that, then amend it."
        )
    require(session.actor, "cancel", kind)
    row["version"] += 1
    effecting.cancel(session, kind, [row], reason)


def _require_alone(session: Session, kind: Doctype, row: Row) -> None:
    """One document is in the place of another at a time; asked under the lock of that."""
    where = [Condition("amends", "=", row["id"]), Condition("stage", "!=", "cancelled")]
    query = select(session.gateway, session.spec(kind), ("id",), where=where, limit=1)
    for (number,) in session.gateway.fetch_many([query])[0]:
        (other,) = load(session, kind, [number])
        raise StateConflict(
            f"{name_of(kind, other)} is in the place of {name_of(kind, row)} already. Change that one."
        )


def _draft(session: Session, kind: Doctype, row: Row) -> Row:
    (item,) = prepare(session, kind, [Input(copy_of(kind, row))])
    item.row["warnings"] = [finding for finding in item.findings if finding.action == "warn"]
    refuse([(0, finding) for finding in item.findings], 1)
    item.row["version"] = 1
    item.row["number"] = None
    item.row["amends"] = row["id"]
    storing.begin_state(session, kind, item.row)
    return storing.store_new(session, kind, [item])[0]
