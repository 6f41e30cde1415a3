"""Reading and writing consents, tasks, breaches and stand-ins. Locks are held by the caller, on the document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from engine.catalog.doctypes import Doctype
from engine.kernel.breaches import Breach
from engine.kernel.rows import Row
from engine.kernel.workflow import Consent, Person, Request, Seat, askings
from engine_runtime.access.actor import Actor
from engine_runtime.access.gate import actions
from engine_runtime.access.members import roles_in
from engine_runtime.posting.session import Session
from engine_runtime.workflow.models import BreachRecord, Given, StandIn, Task

MOST_TASKS = 500


def person_of(actor: Actor, doctype: Doctype, today: date, document: int | None = None) -> Person:
    """The actor as workflows know them: their roles and rights here, and whom they may act for."""
    if actor.system:
        return Person(actor.user_id, actor.username, engine=True)
    away = places(actor.username, today, document)
    return Person(
        id=actor.user_id,
        name=actor.username,
        roles=actor.roles_here(),
        rights=frozenset(actions(actor, doctype)),
        places=away,
        all=actor.superuser,
        seats=seats(away, actor.company_id),
    )


def seats(names: Sequence[str], company: int | None) -> dict[str, Seat]:
    """Those who are away, by name, with the roles they have in ``company``."""
    if not names:
        return {}
    return {name: Seat(number, roles) for name, (number, roles) in roles_in(names, company).items()}


def places(name: str, today: date, document: int | None = None) -> tuple[str, ...]:
    """The people in whose place ``name`` may act today; on one document also those who are late with it."""
    days = StandIn.objects.filter(stand_in=name, from_date__lte=today, to_date__gte=today)
    found = list(days.values_list("person", flat=True))
    if document is not None:
        late = Task.objects.filter(document_id=document, person=name).exclude(place="")
        found += late.values_list("place", flat=True)
    return tuple(dict.fromkeys(found))


def consents_of(document: int) -> list[Consent]:
    """Every consent that was ever given to a document; the kernel tells which still count."""
    rows = Given.objects.filter(document_id=document).order_by("id")
    return [Consent(r.transition, r.need, r.person, r.by, r.fingerprint) for r in rows]


def remember_consents(
    session: Session,
    doctype: Doctype,
    document: Row,
    transition: str,
    given: Sequence[tuple[Request, str]],
    mark: str,
    reason: str,
) -> list[Consent]:
    """Store consents (request, in whose name) of the actor; returns them as the kernel reads them."""
    by = session.actor.username
    ids = session.gateway.ids(len(given))
    Given.objects.bulk_create(
        Given(
            id=number,
            company_id=document.get("company"),
            doctype=doctype.key,
            document_id=document["id"],
            version=document["version"],
            transition=transition,
            need=request.need,
            person=name,
            by=by,
            rows=list(request.rows),
            fingerprint=mark,
            reason=reason,
            at=session.now,
        )
        for number, (request, name) in zip(ids, given, strict=True)
    )
    return [Consent(transition, request.need, name, by, mark) for request, name in given]


# --- tasks ---------------------------------------------------------------------------------------


def replace_tasks(
    session: Session, doctype: Doctype, document: Row, waiting: Iterable[tuple[str, Request]]
) -> None:
    """Write the consents that a document waits for anew as tasks: one per person or role whose consent is missing.

    What waited before keeps the time since when, and whom a timer has asked already.
    """
    old = list(Task.objects.filter(document_id=document["id"], breach=None))
    known = {(t.state, t.transition, t.need, t.person, t.role): t for t in old if not t.place}
    wanted: list[Task] = []
    for transition, request in waiting:
        for person, role in askings(request):
            key = (document["state"], transition, request.need, person, role)
            since = known[key].since if key in known else session.now
            wanted.append(
                _task(session, doctype, document, transition, request, person, role, since)
            )
    late = {(t.transition, t.need, t.person) for t in wanted}
    kept = [
        t for t in old
        if t.place and t.state == document["state"] and (t.transition, t.need, t.place) in late
    ]  # fmt: skip
    Task.objects.filter(id__in=[t.id for t in old if t not in kept]).delete()
    for task, number in zip(wanted, session.gateway.ids(len(wanted)), strict=True):
        task.id = number
    Task.objects.bulk_create(wanted)


def _task(
    session: Session,
    doctype: Doctype,
    document: Row,
    transition: str,
    request: Request,
    person: str,
    role: str,
    since: datetime,
) -> Task:
    return Task(
        company_id=document.get("company"),
        doctype=doctype.key,
        document_id=document["id"],
        state=document["state"],
        transition=transition,
        need=request.need,
        person=person,
        role=role,
        rows=list(request.rows),
        since=since,
    )


def remember_breaches(
    session: Session, doctype: Doctype, document: Row, breaches: Sequence[Breach]
) -> None:
    """Store the limits that ``document`` passed, each as a task of those whose it is. In the caller's transaction."""
    person, company = session.actor.username, document.get("company")
    about = {"company_id": company, "doctype": doctype.key, "document_id": document["id"]}
    for found in breaches:
        asked = found.asked(person)
        number, *tasks = session.gateway.ids(1 + len(asked))
        BreachRecord.objects.create(
            id=number,
            limit=found.limit,
            ledger=found.ledger,
            name=found.name,
            key=found.key,
            measured=found.measured,
            allowed=found.allowed,
            said=found.said,
            brought_by=person,
            at=session.now,
            **about,
        )
        Task.objects.bulk_create(
            Task(
                id=task, state="", transition="", need=found.limit, person=name, role=role,
                since=session.now, breach=number, **about,
            )
            for task, (name, role) in zip(tasks, asked, strict=True)
        )  # fmt: skip


def breaches_of(tasks: Iterable[Task]) -> dict[int, BreachRecord]:
    """The breaches that ``tasks`` are about, by id."""
    ids = {task.breach for task in tasks if task.breach is not None}
    return BreachRecord.objects.in_bulk(ids) if ids else {}


def see_to(session: Session, breach: int, note: str) -> BreachRecord | None:
    """Note that the actor has seen to a breach, and how; None where somebody did before. Its tasks are gone."""
    record = BreachRecord.objects.select_for_update().get(id=breach)
    if record.done_at is not None:
        return None
    record.done_at, record.done_by, record.note = session.now, session.actor.username, note
    record.save(update_fields=["done_at", "done_by", "note"])
    Task.objects.filter(breach=breach).delete()
    return record


def tasks_of(actor: Actor, today: date) -> list[Task]:
    """What waits for the actor in the company in hand: by name, by role, or as a stand-in; oldest first."""
    away = places(actor.username, today)
    known = seats(away, actor.company_id).values()
    roles = actor.roles_here().union(*(seat.roles for seat in known))
    mine = Q(person__in=(actor.username, *away)) | Q(role__in=sorted(roles))
    here = Q(company_id=actor.company_id) | Q(company_id=None)
    return list(Task.objects.filter(mine & here).order_by("since", "id")[:MOST_TASKS])


def escalate(session: Session, task: Task, timer: str, people: Iterable[str]) -> int:
    """Ask ``people`` as well for what ``task`` waits for, once per timer; how many were asked."""
    names = [name for name in people if name != task.person]
    Task.objects.filter(id=task.id).update(timer=timer)
    ids = session.gateway.ids(len(names))
    values: dict[str, Any] = {
        name: getattr(task, name)
        for name in ("company_id", "doctype", "document_id", "state", "transition", "need", "rows")
    }
    Task.objects.bulk_create(
        Task(id=number, person=name, place=task.person, timer=timer, since=session.now, **values)
        for number, name in zip(ids, names, strict=True)
    )
    return len(names)
