"""The relay: takes events out of the outbox, hands them to the consumers, marks them delivered.

At least once, in order per document: an event waits while an earlier one of its document is undelivered.
A failed event is tried again after 5, 10, 20 … seconds, at most every hour, and never given up silently:
it stays in the table with its error.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from engine_runtime.jobs.consumers import consumers_of
from engine_runtime.outbox.models import Event

log = logging.getLogger("bahi.jobs")

BATCH = 200
FIRST_WAIT = 5.0
LONGEST_WAIT = 3600.0


def waited(attempts: int) -> timedelta:
    """How long after its creation an event with so many failed attempts is due."""
    waits = (min(FIRST_WAIT * 2**n, LONGEST_WAIT) for n in range(min(attempts, 1000)))
    return timedelta(seconds=sum(waits))


def relay_pending(now: datetime | None = None) -> int:
    """Deliver what is due, at most ``BATCH`` events; how many were delivered."""
    pending = Event.objects.filter(delivered_at=None)
    if not pending.exists():
        return 0  # without taking SQLite's write lock
    moment = now or timezone.now()
    delivered = 0
    with transaction.atomic():
        events = pending.order_by("created_at", "id").select_for_update(skip_locked=True)[:BATCH]
        blocked: set[tuple[str, int]] = set()
        for event in events:
            document = (event.doctype, event.document_id)
            due = event.created_at + waited(event.attempts) <= moment
            if document in blocked or not due or not _deliver(event, moment):
                blocked.add(document)
            else:
                delivered += 1
    return delivered


def _deliver(event: Event, now: datetime) -> bool:
    """Hand one event to its consumers, each in a savepoint of one; True if all took it."""
    try:
        with transaction.atomic():
            for consumer in consumers_of(event):
                consumer(event)
    except Exception as error:  # noqa: BLE001 - a failing consumer is noted and tried again
        log.warning("event %s (%s) failed: %s", event.pk, event.name, error)
        event.attempts += 1
        event.error = f"{type(error).__name__}: {error}"[:1000]
        event.save(update_fields=("attempts", "error"))
        return False
    event.delivered_at = now
    event.error = ""
    event.save(update_fields=("delivered_at", "error"))
    return True
