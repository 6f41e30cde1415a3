"""Actions in the background: a job names the documents, the worker takes them one by one and tells how far it is."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.access.members import actor_of, member
from engine_runtime.documents.many import each_for_itself
from engine_runtime.documents.service import concrete
from engine_runtime.jobs.models import Job
from engine_runtime.posting.session import open_session

log = logging.getLogger("bahi.jobs")

LOST = timedelta(minutes=10)
"""A job that nobody has touched for so long was left by a worker that died; what is done stays done."""


def enqueue(
    actor: Actor, doctype: str, action: str, ids: Sequence[int], asked: Mapping[str, Any]
) -> Job:
    """Note a job; the worker begins within seconds."""
    session, now = open_session(actor), timezone.now()
    return Job.objects.create(
        id=session.gateway.ids(1)[0],
        actor=actor.user_id,
        system=actor.system,
        company_id=actor.company_id,
        doctype=concrete(session, doctype).key,
        action=action,
        documents=list(ids),
        asked=_plain(asked),
        created_at=now,
        touched_at=now,
    )


def _plain(value: Any) -> Any:
    """Numbers as text, so that JSON keeps them exactly; they are read as input is."""
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    plain = value is None or isinstance(value, (str, int))
    return value if plain else str(value)


def job_of(actor: Actor, number: int) -> Job | None:
    """A job of the actor's own."""
    return Job.objects.filter(id=number, actor=actor.user_id).first()


def work_pending() -> int:
    """Work one waiting job off; how many documents were taken."""
    job = _take()
    if job is None:
        return 0
    done = len(job.results)
    try:
        actor = _actor(job)
        rest = job.documents[done:]
        for result in each_for_itself(actor, job.doctype, job.action, rest, job.asked):
            job.results = [*job.results, result.as_json()]
            job.touched_at = timezone.now()
            job.save(update_fields=["results", "touched_at"])
    except Exception as error:
        log.exception("job %s failed", job.id)
        job.error = f"{type(error).__name__}: the job stopped. Tell your administrator its number."
    job.finished_at = timezone.now()
    job.save(update_fields=["error", "finished_at"])
    return len(job.results) - done


def _take() -> Job | None:
    """The oldest job that nobody works on, marked as taken."""
    waiting = Job.objects.filter(finished_at=None)
    if not waiting.exists():
        return None
    now = timezone.now()
    with transaction.atomic():
        free = waiting.filter(taken_at=None) | waiting.filter(touched_at__lt=now - LOST)
        rows = free.order_by("created_at", "id")
        if connection.vendor == "postgresql":
            rows = rows.select_for_update(skip_locked=True)
        job = rows.first()
        if job is not None:
            job.taken_at = job.touched_at = now
            job.save(update_fields=["taken_at", "touched_at"])
    return job


def _actor(job: Job) -> Actor:
    """Whoever asked for the job, with the roles they have now."""
    if job.system:
        return system_actor(job.company_id, job.actor)
    found = member(job.actor)
    if found is None:
        raise LookupError(f"user {job.actor} is gone")
    return actor_of(found, job.company_id)
