"""Carrying actions out: what is asked, what is done, what is answered, each call one transaction.

A refusal for which the action declares an answer of its own is raised as ``Answered``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from engine.catalog.actions import Action
from engine.catalog.doctypes import Doctype
from engine.catalog.flow import Make
from engine.expr.words import failing
from engine.kernel.answers import answered, refusal
from engine.kernel.effects import GoWanted, MakeWanted, Request, SendWanted, SetWanted, want
from engine.kernel.finding import Finding
from engine.kernel.rows import Row
from engine.kernel.workflow import may, names_of, unmet
from engine_runtime.access.actor import Actor
from engine_runtime.access.gate import require
from engine_runtime.documents import effecting, idempotency, write
from engine_runtime.documents.asking import asked_of
from engine_runtime.documents.balances import compute
from engine_runtime.documents.difference import plain
from engine_runtime.documents.diverting import held
from engine_runtime.documents.errors import (
    Answered,
    DocumentError,
    DocumentInvalid,
    NotAllowed,
    NotFound,
    StateConflict,
)
from engine_runtime.documents.limiting import check_at, moving_on
from engine_runtime.documents.lookups import gather
from engine_runtime.documents.moving import frame_of
from engine_runtime.documents.read import load
from engine_runtime.documents.retry import retried
from engine_runtime.documents.service import Reference, concrete, first_name, locked
from engine_runtime.documents.standstill import name_of
from engine_runtime.posting.session import Session, open_session
from engine_runtime.workflow import records


@dataclass(slots=True)
class Case:
    """One action on one document; ``frame`` is what its expressions run in."""

    session: Session
    kind: Doctype
    action: Action
    frame: dict[str, Any]


@moving_on(held)
@retried
def act(
    actor: Actor,
    doctype: str,
    reference: Reference,
    action: str,
    asked: Mapping[str, Any] | None = None,
    *,
    idempotency_key: str | None = None,
) -> dict[str, Any]:
    """Do ``action`` with a document; the answer it declares, as JSON values.

    ``asked``: the answers to what it asks, as a channel sends them. With ``idempotency_key`` the same call
    again gives the same answer and does nothing. Raises NotFound, VersionConflict, NotAllowed, StateConflict,
    InputMalformed, DocumentInvalid, Answered, and what its effects raise.
    """
    session = open_session(actor)
    kind = concrete(session, doctype)
    require(actor, "read", kind)
    found = kind.actions.get(action)
    if found is None:
        known = ", ".join(kind.actions) or "none"
        raise NotFound(f"{kind.label} has no action '{action}'. It has: {known}.")
    case = Case(session, kind, found, {"this": None})
    with _own_answers(case), session.transaction():
        body = {"doctype": first_name(kind), "id": reference.id, "asked": dict(asked or {})}
        if idempotency_key is not None:
            known = idempotency.claim(session, idempotency_key, f"action {action}", body)
            if known is not None:
                return dict(known)
        (row,) = locked(session, kind, [reference])
        case.frame |= frame_of(session, kind, row)
        answer = _done(case, asked or {})
        if idempotency_key is not None:
            idempotency.remember(session, idempotency_key, answer)
        return answer


def _done(case: Case, asked: Mapping[str, Any]) -> dict[str, Any]:
    session, kind, action, frame = case.session, case.kind, case.action, case.frame
    row = frame["this"]
    gather(session, kind, [row])
    compute(session, kind, [row])
    _require(case, row)
    if action.ask is not None:
        frame["asked"] = asked_of(session, action.ask, asked, row)
    elif asked:
        raise DocumentInvalid(f"{action.label} asks for nothing. Leave the answers out.")
    _raise(unmet("action", action.checks, frame), DocumentInvalid)
    passed = check_at(session, kind, row, action.name)
    if passed:
        session.gateway.write(write.audit(session, kind, action.name, [row], [passed]))
    _write_asked(case)
    for effect in action.do:
        for request in want(effect, frame):
            _carry_out(case, request)
        if isinstance(effect, Make):
            frame.setdefault(effect.key, None)
    if action.do:
        _again(case)
    return _json(answered(action.answer, frame)) if action.answer is not None else {}


def _write_asked(case: Case) -> None:
    """What is asked for by the name of a field is written into it, where it says something else by now."""
    row, kind = case.frame["this"], case.kind
    asked = {name: case.frame["asked"][name] for name in case.action.written}
    changed = {name: value for name, value in asked.items() if value != row[name]}
    if not changed:
        return
    if row.get("stage") == "cancelled":
        raise StateConflict(
            f"{name_of(kind, row)} is cancelled; {case.action.label} cannot change it."
        )
    effecting.change_fields(effecting.fresh(case.session), kind, row["id"], changed)
    _again(case)


def _again(case: Case) -> None:
    """The document as it was left: what comes after speaks of that."""
    (row,) = load(case.session, case.kind, [case.frame["this"]["id"]])
    gather(case.session, case.kind, [row])
    compute(case.session, case.kind, [row])
    case.frame["this"] = row


def possible(case: Case, row: Row) -> list[Finding]:
    """Why the actor may not do the action with ``row`` now; nothing where they may."""
    session, kind, action = case.session, case.kind, case.action
    if action.when is not None and action.when.run(case.frame) is not True:
        said = f"{action.label} does not apply here: {failing(action.when, case.frame)}."
        return [Finding("action.not_offered", "", said)]
    person = records.person_of(session.actor, kind, session.today)
    who = action.people.who
    named = names_of(who.run({**case.frame, "approvers": []})) if who is not None else None
    return may(action.people, action.label, person, row, named)


def _require(case: Case, row: Row) -> None:
    reasons = possible(case, row)
    offered = any(reason.code == "action.not_offered" for reason in reasons)
    _raise(reasons, StateConflict if offered else NotAllowed)


def _raise(findings: Sequence[Finding], error: type[DocumentError]) -> None:
    if findings:
        raise error(findings[0].message, findings)


# --- effects -------------------------------------------------------------------------------------


def _carry_out(case: Case, request: Request) -> None:
    session, kind, row = case.session, case.kind, case.frame["this"]
    inner = effecting.fresh(session)
    match request:
        case MakeWanted():
            chain = (kind.name, request.effect.doctype)
            number = effecting.make_wanted(inner, kind, request, row.get("company"), chain)
            if number is not None:
                case.frame[request.effect.key] = _made(inner, request.effect.doctype, number)
        case GoWanted():
            target = session.catalog.doctypes[request.effect.doctype]
            way = request.effect.transition
            effecting.go(inner, target, way, request.ids, "", (kind.name,))
        case SetWanted():
            target = session.catalog.doctypes[request.effect.doctype]
            effecting.change_fields(inner, target, request.id or row["id"], request.values)
        case SendWanted():
            effecting.send(session, kind, row, request)


def _made(session: Session, doctype: str, number: int) -> Row:
    kind = session.catalog.doctypes[doctype]
    (row,) = load(session, kind, [number])
    compute(session, kind, [row])
    return row


# --- answers -------------------------------------------------------------------------------------


@contextmanager
def _own_answers(case: Case) -> Iterator[None]:
    """A refusal that the action has an answer for is raised as ``Answered``, once everything is undone."""
    try:
        yield
    except DocumentError as error:
        found = list(error.problems) or [Finding(error.code, "", error.detail)]
        if case.frame["this"]:
            for finding in found:
                said = refusal(case.action.errors, finding, {"asked": None, **case.frame})
                if said is not None:
                    raise Answered(error.detail, found, said[0], _json(said[1])) from error
        raise


def _json(value: Any) -> Any:
    """Values as an answer of the API has them, so that the same answer can be given again."""
    if isinstance(value, dict):
        return {name: _json(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_json(part) for part in value]
    return plain(value)
