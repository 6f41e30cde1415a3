"""My tasks: consents that are asked of the actor, and limits that were passed and are theirs to see to."""

from __future__ import annotations

from typing import Any

from engine.catalog.doctypes import Doctype
from engine_runtime.access.actor import Actor
from engine_runtime.documents.errors import DocumentInvalid, InputMalformed, NotFound, StateConflict
from engine_runtime.documents.read import find_titles
from engine_runtime.posting.session import Session, open_session
from engine_runtime.workflow import records
from engine_runtime.workflow.models import BreachRecord, Task

Record = dict[str, Any]

LONGEST_NOTE = 2000


def tasks(actor: Actor) -> list[Record]:
    """What waits for the actor, the oldest first. A breach of which several are asked comes once."""
    session = open_session(actor)
    catalog = session.catalog
    found_of = records.tasks_of(actor, session.today)
    mine = _once([t for t in found_of if t.doctype in catalog.by_key and _is_asked(session, t)])
    wanted: dict[str, set[int]] = {}
    for task in mine:
        wanted.setdefault(catalog.by_key[task.doctype], set()).add(task.document_id)
    titles = find_titles(session, wanted)
    breaches = records.breaches_of(mine)
    found = []
    for task in mine:
        kind = catalog.doctypes[catalog.by_key[task.doctype]]
        title = titles.get(kind.key, {}).get(task.document_id, str(task.document_id))
        breach = breaches.get(task.breach or 0)
        found.append(_told(task, kind, title) | {"breach": breach_json(breach)})
    return found


def _told(task: Task, kind: Doctype, title: str) -> Record:
    way = kind.workflow.transitions.get(task.transition)
    return {
        "id": task.id,
        "doctype": task.doctype,
        "label": kind.label,
        "route": kind.api,
        "document": task.document_id,
        "title": title,
        "transition": task.transition,
        "transition_label": way.label if way is not None else task.transition,
        "person": task.person,
        "role": task.role,
        "place": task.place,
        "rows": task.rows,
        "since": task.since,
    }


def breach_json(breach: BreachRecord | None) -> Record | None:
    """What is told of a limit that was passed: both figures, as texts."""
    if breach is None:
        return None
    names = ("limit", "ledger", "name", "key", "measured", "allowed", "said", "brought_by", "at")
    return {name: getattr(breach, name) for name in names}


def _once(found: list[Task]) -> list[Task]:
    """Tasks without those of a breach that is in the list already: the actor has several of the roles."""
    seen: set[int] = set()
    kept = []
    for task in found:
        if task.breach is None or task.breach not in seen:
            kept.append(task)
        seen |= {task.breach} if task.breach is not None else set()
    return kept


def _is_asked(session: Session, task: Task) -> bool:
    """Whether a task is the actor's own, or one that a stand-in may do."""
    actor, kind = session.actor, session.catalog.doctypes[session.catalog.by_key[task.doctype]]
    if task.person == actor.username or task.role in actor.roles_here():
        return True
    way = kind.workflow.transitions.get(task.transition)
    return way is not None and way.people.stand_in


def see_to(actor: Actor, task: int, note: str) -> Record:
    """Note that the actor has seen to the breach that ``task`` is about, and how; it is a task of nobody then.

    Raises NotFound for what is no task of the actor, StateConflict for consents and for what was done meanwhile,
    InputMalformed, DocumentInvalid without a note.
    """
    if len(note) > LONGEST_NOTE:
        raise InputMalformed(f"A note has at most {LONGEST_NOTE:,} characters.")
    if not note.strip():
        raise DocumentInvalid("Say what was done about it.")
    session = open_session(actor)
    found = _task_of(session, task)
    if found.breach is None:
        raise StateConflict("This task is a consent: it is given by a transition of the document.")
    with session.transaction():
        record = records.see_to(session, found.breach, note.strip())
    if record is None:
        raise StateConflict("Somebody else has seen to it meanwhile.")
    return {"done_by": record.done_by, "done_at": record.done_at, "note": record.note}


def _task_of(session: Session, number: int) -> Task:
    """The task of this id, if it is the actor's, or the actor may do everything here."""
    actor = session.actor
    task = Task.objects.filter(id=number).first()
    known = task is not None and _is_here(session, task)
    if task is not None and known and (actor.unrestricted or _is_asked(session, task)):
        return task
    raise NotFound("There is no such task of yours. Somebody may have seen to it already.")


def _is_here(session: Session, task: Task) -> bool:
    company = session.actor.company_id
    return task.company_id in (None, company) and task.doctype in session.catalog.by_key
