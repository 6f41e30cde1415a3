"""Is it running? What the health endpoint tells, from what the rooms know."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.utils import timezone

from engine_runtime.active.catalog import CatalogUnusable, NothingPublished, active
from engine_runtime.jobs.models import BooksCheck, Heartbeat

log = logging.getLogger("bahi.api")

WORKER_LATE = timedelta(seconds=60)


def health() -> dict[str, Any]:
    """``status`` is ``ok``, ``degraded`` (worker late or books differ) or ``down`` (no database, no catalog)."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        found = {"catalog": _catalog(), "worker": _worker(), "books": _books()}
    except DatabaseError as error:
        log.warning("health: %s", error)
        nothing: dict[str, Any] = {"catalog": None, "worker": None, "books": None}
        return {"status": "down", "database": "unreachable", **nothing}
    return {"status": _status(found), "database": connection.vendor, **found}


def _status(found: dict[str, Any]) -> str:
    if found["catalog"] is None:
        return "down"
    good = found["worker"]["status"] == "ok" and found["books"]["status"] in ("ok", "unchecked")
    return "ok" if good else "degraded"


def _catalog() -> dict[str, Any] | None:
    try:
        live = active()
    except (NothingPublished, CatalogUnusable):
        return None
    return {"version": live.version, "digest": live.catalog.digest}


def _worker() -> dict[str, Any]:
    last = Heartbeat.objects.order_by("-at").first()
    if last is None:
        return {"status": "missing", "seen": None, "memory_mib": None}
    late = timezone.now() - last.at > WORKER_LATE
    return {"status": "late" if late else "ok", "seen": last.at, "memory_mib": last.memory_mib}


def _books() -> dict[str, Any]:
    """The last check of every company, without saying which: the answer is for anybody."""
    checks = list(BooksCheck.objects.all())
    done = [c for c in checks if c.checked_at is not None]
    waiting = [c for c in checks if c.requested_at and not _answered(c)]
    differing = sum(1 for c in done if c.differences)
    failed = sum(1 for c in checks if c.error)
    status = "differ" if differing else "failed" if failed else "ok" if done else "unchecked"
    return {
        "status": status,
        "companies": len(done),
        "differing": differing,
        "waiting": len(waiting),
        "checked_at": max((c.checked_at for c in done if c.checked_at), default=None),
    }


def _answered(check: BooksCheck) -> bool:
    return bool(check.checked_at and check.requested_at and check.checked_at >= check.requested_at)
