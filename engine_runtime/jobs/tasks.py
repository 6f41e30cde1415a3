"""The tasks of the worker. Each is short or works through a bounded batch, and may run twice without harm."""

from __future__ import annotations

import os
import resource
import socket
import sys
from pathlib import Path

from celery import shared_task
from django.utils import timezone

from engine_runtime.documents.waiting import escalate_due
from engine_runtime.jobs import books, expiry, schedules
from engine_runtime.jobs.models import Heartbeat
from engine_runtime.jobs.relay import relay_pending
from engine_runtime.jobs.work import work_pending


@shared_task(name="bahi.relay")
def relay() -> int:
    """Deliver what waits in the outbox; the number of events delivered."""
    return relay_pending()


@shared_task(name="bahi.work")
def work() -> int:
    """Carry out what people asked to be done in the background; the number of documents."""
    return work_pending()


@shared_task(name="bahi.timers")
def timers() -> int:
    """Ask whom the timers of workflows name; how many people were asked."""
    return escalate_due(timezone.now())


@shared_task(name="bahi.verify_books")
def verify_books() -> int:
    """Verify the books of the companies that ask for it; the number of companies."""
    return books.verify_due(timezone.now())


@shared_task(name="bahi.run_schedules")
def run_schedules() -> int:
    """Run the schedules that are due; the number of runs."""
    return schedules.run_due(timezone.now())


@shared_task(name="bahi.expire_lots")
def expire_lots() -> int:
    """Take out what is left of lots whose last day is over; the number of keys."""
    return expiry.expire_due(timezone.now()).done


@shared_task(name="bahi.pulse")
def pulse() -> None:
    """Say that the worker is alive, and how much memory it holds."""
    Heartbeat.objects.update_or_create(
        name=f"{socket.gethostname()}:{os.getpid()}"[:120],
        defaults={"at": timezone.now(), "memory_mib": memory_mib()},
    )


def memory_mib() -> int:
    """Resident memory of this process in MiB: now, or where the system does not tell, at its highest."""
    status = Path("/proc/self/statm")
    if status.exists():
        pages = int(status.read_text(encoding="ascii").split()[1])
        return pages * resource.getpagesize() // (1024 * 1024)
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return highest // (1024 * 1024) if sys.platform == "darwin" else highest // 1024
