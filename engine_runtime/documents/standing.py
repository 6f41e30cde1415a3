"""Where a document stands: its state, what can be done with it and why not, what it waits for, its history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth import get_user_model

from engine.catalog.doctypes import Doctype
from engine.expr.program import Template
from engine.kernel.finding import Finding
from engine.kernel.workflow import Possible, Request, possible
from engine_runtime.access.actor import Actor
from engine_runtime.access.gate import require
from engine_runtime.documents import acting
from engine_runtime.documents.balances import compute
from engine_runtime.documents.models import Version
from engine_runtime.documents.moving import Case, case_of
from engine_runtime.documents.read import load
from engine_runtime.documents.service import concrete
from engine_runtime.posting.session import open_session
from engine_runtime.workflow import records
from engine_runtime.workflow.models import BreachRecord, Given, Task

Record = dict[str, Any]


@dataclass(slots=True)
class Standing:
    """``actions``: (name, label, reasons). ``own``: ids of the rows that the actor is asked about."""

    state: str
    label: str
    stage: str
    colour: str
    transitions: list[Possible]
    actions: list[Possible]
    tasks: list[Task]
    breaches: dict[int, BreachRecord]
    """Limits that were passed, by the ids that tasks name."""


def standing(actor: Actor, doctype: str, document: int) -> Standing:
    """What the actor can do with a document now. Raises Forbidden, NotFound."""
    session = open_session(actor)
    kind = concrete(session, doctype)
    require(actor, "read", kind)
    (row,) = load(session, kind, [document])
    case = case_of(session, kind, row)
    compute(session, kind, [row])
    tasks = list(Task.objects.filter(document_id=document).order_by("since", "id"))
    breaches = records.breaches_of(tasks)
    if not kind.submittable:
        return Standing("", "", "", "neutral", [], _actions(case, kind), tasks, breaches)
    state = case.workflow.state_of(row["state"], row["stage"])
    moves = [
        _asking(each, case.workflow.transitions[each.name].confirm, case.frame)
        for each in possible(case.kind, case.workflow, case.person, case.consents, case.frame)
    ]
    actions = _actions(case, kind)
    return Standing(
        state.name, state.label, state.stage, state.colour, moves, actions, tasks, breaches
    )


def _asking(found: Possible, confirm: Template | None, frame: dict[str, Any]) -> Possible:
    """With what the person is asked before it is done; what they will answer to questions is not known yet."""
    if confirm is None or not found.offered:
        return found
    return replace(found, confirm=confirm.run({"asked": None, **frame}))


def _actions(case: Case, kind: Doctype) -> list[Possible]:
    found = []
    for action in kind.actions.values():
        each = acting.Case(case.session, kind, action, case.frame)
        reasons = acting.possible(each, case.row)
        offered = not any(reason.code == "action.not_offered" for reason in reasons)
        told = Possible(action.name, action.label, tuple(reasons), (), offered)
        found.append(_asking(told, action.confirm, case.frame))
    return found


def waiting_json(waiting: Iterable[Request]) -> list[Record]:
    """Consents that are missing, as JSON values."""
    return [
        {
            "need": r.need,
            "people": [name for name in r.people if name not in r.given],
            "roles": list(r.roles),
            "count": r.count - len(r.given),
            "given": list(r.given),
            "rows": list(r.rows),
        }
        for r in waiting
    ]


def reasons_json(reasons: Iterable[Finding]) -> list[Record]:
    """Why something is not possible, as JSON values."""
    return [{"code": r.code, "message": r.message, "hint": r.hint, "path": r.path} for r in reasons]


def history(actor: Actor, doctype: str, document: int) -> list[Record]:
    """Everything that happened to a document, the newest first: changes, transitions, consents, limits it passed."""
    session = open_session(actor)
    kind = concrete(session, doctype)
    require(actor, "read", kind)
    load(session, kind, [document])
    versions = list(Version.objects.filter(document_id=document).order_by("at", "id"))
    given = list(Given.objects.filter(document_id=document).order_by("at", "id"))
    names = _names({v.user_id for v in versions if v.user_id})
    found = [
        {
            "action": v.action,
            "by": names.get(v.user_id or 0, ""),
            "at": v.at,
            "reason": v.reason,
            "changes": v.changes,
        }
        for v in versions
    ]
    found += [
        {
            "action": "consent",
            "by": g.by,
            "at": g.at,
            "reason": g.reason,
            "changes": {"transition": g.transition, "need": g.need, "for": g.person, "version": g.version},
        }
        for g in given
    ]  # fmt: skip
    for breach in BreachRecord.objects.filter(document_id=document).order_by("at", "id"):
        found += _of_breach(breach)
    return sorted(found, key=lambda each: each["at"], reverse=True)


def _of_breach(breach: BreachRecord) -> list[Record]:
    """That a limit was passed, and that somebody saw to it."""
    told = {
        "limit": breach.name,
        "key": breach.key,
        "measured": breach.measured,
        "allowed": breach.allowed,
    }
    passed = {"action": "breach", "by": breach.brought_by, "at": breach.at, "reason": breach.said}
    found: list[Record] = [{**passed, "changes": told}]
    if breach.done_at is not None:
        done = {"action": "breach_done", "by": breach.done_by, "at": breach.done_at}
        found.append({**done, "reason": breach.note, "changes": told})
    return found


def _names(users: set[int]) -> dict[int, str]:
    rows = get_user_model().objects.filter(pk__in=users).values_list("pk", "username")
    return dict(rows)
