"""Verification of the books in the background: after documents have posted, once it is quiet again."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from engine_runtime.jobs.models import BooksCheck
from engine_runtime.ledgers.verify import verify

log = logging.getLogger("bahi.jobs")

QUIET = timedelta(seconds=3)
"""A company is checked when nothing was posted for so long …"""
LATEST = timedelta(seconds=60)
"""… or when the last check is older than this, however busy it is."""
MOST_DIFFERENCES = 100


def request_check(company_id: int, now: datetime) -> None:
    """Ask for a check of the company's books."""
    BooksCheck.objects.update_or_create(company_id=company_id, defaults={"requested_at": now})


def verify_due(now: datetime) -> int:
    """Check every company whose time has come; how many."""
    unanswered = Q(requested_at__isnull=False) & (
        Q(checked_at__isnull=True) | Q(checked_at__lt=F("requested_at"))
    )
    quiet = Q(requested_at__lte=now - QUIET)
    late = Q(checked_at__lte=now - LATEST)
    due = list(BooksCheck.objects.filter(unanswered & (quiet | late)))
    for check in due:
        _verify(check.company_id)
    return len(due)


def _verify(company_id: int) -> None:
    """Check one company and remember what was found. Its time is that of the beginning: it answers no later request."""
    began = timezone.now()
    try:
        found = standing(company_id)
        error = ""
    except Exception as failure:
        log.exception("the books of company %s could not be verified", company_id)
        found, error = [], f"{type(failure).__name__}: {failure}"[:1000]
    BooksCheck.objects.filter(company_id=company_id).update(
        checked_at=began, differences=found, error=error
    )
    if found:
        log.error("the books of company %s differ: %s", company_id, "; ".join(found[:3]))


def standing(company_id: int) -> list[str]:
    """The differences that two looks in a row agree on.

    Documents may post while the many questions of one look are asked; what is only half seen differs then, and no
    longer at the second look. What is really wrong stays.
    """
    first = _lines(verify(company_id))
    if not first:
        return []
    again = set(_lines(verify(company_id)))
    return [line for line in first if line in again][:MOST_DIFFERENCES]


def _lines(differences: Iterable[object]) -> list[str]:
    return [str(d) for d in differences]
