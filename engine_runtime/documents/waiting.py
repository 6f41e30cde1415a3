"""Timers of workflows: whoever waited too long for a consent gets somebody else asked as well."""

from __future__ import annotations

from datetime import datetime

from engine.catalog.workflow import Timer, Workflow
from engine.kernel.timers import due, escalated
from engine_runtime.access.actor import system_actor
from engine_runtime.documents.errors import NotFound
from engine_runtime.documents.moving import Case, case_of
from engine_runtime.documents.read import load
from engine_runtime.documents.service import concrete
from engine_runtime.posting.session import open_session
from engine_runtime.workflow import records
from engine_runtime.workflow.models import Task

MOST = 200
"""Tasks looked at in one run."""


def escalate_due(now: datetime) -> int:
    """Ask whom the timers that have run out name; how many were asked. Each timer asks once per task."""
    waiting = Task.objects.filter(place="", timer="", breach=None).order_by("since", "id")[:MOST]
    return sum(_look(task, now) for task in waiting)


def _look(task: Task, now: datetime) -> int:
    session = open_session(system_actor(task.company_id))
    name = session.catalog.by_key.get(task.doctype)
    if name is None:
        return 0
    kind = concrete(session, name)
    timers = _due(kind.workflow, task, now)
    if not timers:
        return 0
    with session.transaction():
        try:
            (row,) = load(session, kind, [task.document_id], for_update=True)
        except NotFound:
            return 0
        case = case_of(session, kind, row)
        return sum(_ask(case, task, timer) for timer in timers)


def _due(workflow: Workflow, task: Task, now: datetime) -> list[Timer]:
    timers = (t for t in workflow.timers.values() if t.state == task.state)
    return [timer for timer in timers if due(timer, task.since) <= now]


def _ask(case: Case, task: Task, timer: Timer) -> int:
    late = _record(case, task)
    people = escalated(timer, case.frame, late) if late is not None else frozenset()
    return records.escalate(case.session, task, timer.key, sorted(people))


def _record(case: Case, task: Task) -> object:
    """Who is late, as the timer knows them: the record behind the name, else the name."""
    way = case.workflow.transitions.get(task.transition)
    if way is None:
        return None
    for request in case.requests(way)[0]:
        if request.need == task.need and task.person in request.people:
            return request.record if request.record is not None else task.person
    return None
