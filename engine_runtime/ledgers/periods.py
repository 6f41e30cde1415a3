"""Period locks: nothing is dated in a locked period of its area, whatever writes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import cast

from django.db import transaction
from django.utils import timezone

from engine_runtime.ledgers.models import PeriodLock
from engine_runtime.tables.batch import ById
from engine_runtime.tables.fixed import table_of
from engine_runtime.tables.gateway import Gateway, gateway


def locks_of(
    tables: Gateway, companies: Iterable[int | None], *, posting: bool = False
) -> dict[int | None, dict[str, date]]:
    """Company → its locks. With ``posting`` they stay what they are until the transaction ends."""
    found: dict[int | None, dict[str, date]] = {company: {} for company in companies}
    # What belongs to no company lies in no period.
    own = [company for company in found if company is not None]
    if posting:
        rows: Iterable[tuple[int, str, date]] = tables.period_locks(own)
    else:
        columns = ("company_id", "area", "locked_until")
        query = ById(table_of(PeriodLock), columns, own, by="company_id")
        rows = (cast("tuple[int, str, date]", row) for row in tables.fetch(query))
    for company, area, until in rows:
        found[company][area] = until
    return found


@transaction.atomic
def lock(company: int, area: str, until: date, *, user: int, reason: str) -> PeriodLock:
    """Close ``area`` of ``company`` up to and including ``until``; who and why are kept.

    Raises ValueError when the lock would move back: reopening is a decision of its own.
    """
    # Whoever is posting has read the locks that are; closing waits until those are done.
    gateway().hold(company, alone=True)
    standing = PeriodLock.objects.select_for_update().filter(company_id=company, area=area).first()
    if standing is not None and until < standing.locked_until:
        raise ValueError(
            f"The period of {area} is closed until {standing.locked_until:%d-%m-%Y}; "
            "a lock never moves back."
        )
    record = standing or PeriodLock(company_id=company, area=area)
    record.locked_until, record.changed_by, record.reason = until, user, reason
    record.changed_at = timezone.now()
    record.save()
    return record
