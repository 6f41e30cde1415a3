"""Taking documents through their workflows: who may, whose consent is there, what is asked, what follows.

The kernel decides (``engine.kernel.workflow``); here is what it needs to know, and what it decided is
carried out. The document's row is locked from the first look to the last write, so two people who
consent at once do so one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.former import counterpart, role_names, with_roles
from engine.catalog.workflow import Transition, Workflow
from engine.kernel import workflow as rules_of
from engine.kernel.finding import Finding
from engine.kernel.rows import Row
from engine.kernel.rules import ask_all
from engine.kernel.workflow import Consent, Person, Possible, Request
from engine_runtime.access.actor import Actor
from engine_runtime.access.gate import require
from engine_runtime.active.catalog import catalog_of
from engine_runtime.documents import effecting
from engine_runtime.documents.asking import asked_of
from engine_runtime.documents.difference import plain
from engine_runtime.documents.diverting import held
from engine_runtime.documents.errors import (
    DocumentError,
    DocumentInvalid,
    NotAllowed,
    NotFound,
    StateConflict,
)
from engine_runtime.documents.limiting import moving_on
from engine_runtime.documents.lookups import gather, rule_rows
from engine_runtime.documents.read import load
from engine_runtime.documents.reading import asking
from engine_runtime.documents.retry import retried
from engine_runtime.documents.service import Reference, concrete, locked
from engine_runtime.documents.standstill import name_of
from engine_runtime.documents.then import readable
from engine_runtime.posting.session import Session, open_session
from engine_runtime.workflow import records

MOST_BY_ITSELF = 20
"""Transitions that the engine makes one after another; more is a circle."""

_NOT_ALLOWED = frozenset(
    {"move.role", "move.who", "move.right", "move.creator", "move.submitter", "move.consent"}
)


@dataclass(slots=True)
class Moved:
    """``row``: the document as it stands now; ``moved``: whether it moved, or waits for more consents."""

    row: Row
    moved: bool
    waiting: tuple[Request, ...] = ()


@dataclass(slots=True)
class Case:
    """One document, one person, and what the kernel needs to decide."""

    session: Session
    kind: Doctype
    workflow: Workflow
    row: Row
    person: Person
    consents: list[Consent]
    frame: dict[str, Any] = field(default_factory=dict)

    def look(self, way: Transition) -> Possible:
        """Whether the person may take ``way``, and what it waits for."""
        return rules_of.look_at(
            self.kind, self.workflow, way, self.person, self.consents, self.frame
        )

    def requests(self, way: Transition) -> tuple[list[Request], list[Finding]]:
        """The consents that ``way`` needs, with who has given them, and where nobody can."""
        return rules_of.requests(self.kind, self.workflow, way, self.consents, self.frame)


def case_of(session: Session, kind: Doctype, row: Row) -> Case:
    """The case of a stored document for the actor of ``session``."""
    workflow, kind = running(session, kind, row)
    gather(session, kind, [row])
    person = records.person_of(session.actor, kind, session.today, row["id"])
    consents = records.consents_of(row["id"]) if workflow.declared else []
    case = Case(session, kind, workflow, row, person, consents)
    case.frame = frame_of(session, kind, row)
    return case


def frame_of(session: Session, kind: Doctype, row: Row) -> dict[str, Any]:
    """What the expressions of workflows and actions run in."""
    asked = asking(session, kind, row)
    return {
        "this": row,
        **asked,
        "user": session.actor.username,
        "today": session.today,
        "now": session.now,
        "rule": lambda name, given: _rule(session, name, given, asked),
    }


def _rule(
    session: Session, name: str, given: Mapping[str, Any], around: Mapping[str, Any]
) -> list[dict[str, Any]]:
    rules = session.catalog.rules[name]
    answers = ask_all(rules, given, session.facts, rule_rows(session, rules), around)
    return [dict(answer.values) for answer in answers]


def running(session: Session, kind: Doctype, row: Row) -> tuple[Workflow, Doctype]:
    """The workflow a document goes through, with its doctype: the one it began with, while that can be run.

    It can as long as its states and every field that it reads are still there: else a way of then would lead
    to where nobody knows the document any more.
    """
    live = kind.workflow
    began = row.get("workflow")
    if not live.declared or began is None or began == session.live.version:
        return live, kind
    catalog = catalog_of(began)
    old = counterpart(kind, catalog) if catalog is not None else None
    if old is None or not old.workflow.declared or old.workflow.version == live.version:
        return live, kind
    if row["state"] not in old.workflow.states or not live.knows(old.workflow):
        return live, kind
    if catalog is None or not readable(session, kind, old):
        return live, kind
    workflow = with_roles(old.workflow, role_names(catalog, session.catalog))
    return workflow, replace(kind, workflow=workflow, facts=old.facts)


# --- moving --------------------------------------------------------------------------------------


@moving_on(held)
@retried
def move(
    actor: Actor,
    doctype: str,
    reference: Reference,
    transition: str,
    asked: Mapping[str, Any] | None = None,
    *,
    reason: str = "",
) -> Moved:
    """Take a document through ``transition``, or give the actor's consent to it.

    ``asked``: the answers to what the transition asks, as a channel sends them.
    Raises NotFound, VersionConflict, StateConflict, NotAllowed, DocumentInvalid, InputMalformed, and what
    submitting and cancelling raise.
    """
    session = open_session(actor)
    kind = concrete(session, doctype)
    require(actor, "read", kind)
    with session.transaction():
        (row,) = locked(session, kind, [reference])
        case = case_of(session, kind, row)
        way = _way(case, transition)
        said = _answers(case, way, asked or {})
        reason = reason or str(said.get("reason") or "")
        seen = case.look(way)
        _refuse(case, seen)
        _check(rules_of.conditions(way, case.frame))
        waiting = _consent(case, way, reason)
        if waiting:
            _tasks(case)
            return Moved(row, False, waiting)
        _write_asked(case, way)
        effecting.pass_through(session, kind, row, way, reason, {"asked": said} if said else {})
        row = by_itself(session, kind, row)
        return Moved(row, True)


def _way(case: Case, name: str) -> Transition:
    way = case.workflow.transitions.get(name)
    kind, row = case.kind, case.row
    if way is None:
        known = ", ".join(case.workflow.transitions)
        raise NotFound(f"{kind.label} has no transition '{name}'. It has: {known}.")
    state = case.workflow.state_of(row["state"], row["stage"])
    if state.name not in way.sources:
        sources = " or ".join(case.workflow.states[name].label for name in way.sources)
        raise StateConflict(
            f"{name_of(kind, row)} is in the state {state.label}; {way.label} leads out of {sources}."
        )
    if way.system and not case.person.engine:
        raise NotAllowed(f"{way.label} is done by the engine only.")
    return way


def _answers(case: Case, way: Transition, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The answers, read and checked; they stand in the frame as ``asked`` from here on."""
    if way.ask is None:
        if asked:
            raise DocumentInvalid(f"{way.label} asks for nothing. Leave the answers out.")
        return {}
    answers = asked_of(case.session, way.ask, asked, case.row)
    case.frame["asked"] = answers
    return {
        name: plain(answers[name]) for name in way.ask.fields if not isinstance(answers[name], list)
    }


def _refuse(case: Case, seen: Possible) -> None:
    if seen.ok:
        return
    first = seen.reasons[0]
    kind: type[DocumentError] = StateConflict
    if all(reason.code in _NOT_ALLOWED for reason in seen.reasons):
        kind = NotAllowed
    raise kind(first.message, seen.reasons)


def _check(findings: Sequence[Finding]) -> None:
    if findings:
        raise DocumentInvalid(findings[0].message, findings)


def _consent(case: Case, way: Transition, reason: str) -> tuple[Request, ...]:
    """Note the actor's consents to ``way``; what is still missing after that."""
    if not way.needs or case.person.engine:
        return ()
    asked, _ = case.requests(way)
    given = rules_of.consenting(way, case.person, asked, case.row)
    mark = rules_of.fingerprint(case.kind, case.row, case.workflow.watched)
    case.consents += records.remember_consents(
        case.session, case.kind, case.row, way.name, given, mark, reason
    )
    asked, _ = case.requests(way)
    return tuple(request for request in asked if not request.done)


def _write_asked(case: Case, way: Transition) -> None:
    for name in way.written:
        case.row[name] = case.frame["asked"][name]


def by_itself(session: Session, kind: Doctype, row: Row) -> Row:
    """Follow the transitions that the engine makes because they hold now, and write the tasks of where it ends.

    ``row``: just written, under lock. Returns the document as it stands then.
    """
    workflow, _ = running(session, kind, row)
    if not workflow.declared:
        return row
    engine = replace(session, facts={}, unknown=set())
    for _ in range(MOST_BY_ITSELF):
        case = case_of(engine, kind, row)
        way = rules_of.automatic(case.workflow, case.frame)
        if way is None:
            _tasks(case)
            return row
        effecting.pass_through(engine, kind, row, way, "", {"auto": True})
        (row,) = load(engine, kind, [row["id"]])
        engine = replace(session, facts={}, unknown=set())
    names = ", ".join(t.name for t in workflow.transitions.values() if t.auto is not None)
    raise StateConflict(f"{name_of(kind, row)} moves by itself without end: {names}.")


def _tasks(case: Case) -> None:
    """What the document waits for from here, as tasks."""
    waiting = rules_of.waiting(case.kind, case.workflow, case.consents, case.frame)
    records.replace_tasks(case.session, case.kind, case.row, waiting)
