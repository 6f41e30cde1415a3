"""Period locks: nothing is dated in a locked period of its area, whatever writes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast

from django.db import transaction
from django.utils import timezone

from engine.kernel.entries import Entry
from engine.kernel.finding import Finding
from engine_runtime.ledgers.models import PeriodLock
from engine_runtime.tables.batch import ById
from engine_runtime.tables.fixed import table_of
from engine_runtime.tables.gateway import Gateway, gateway

ALL = "all"
"""The area that covers every ledger."""

Locks = Mapping[str, date]
"""Area → last locked day, of one company."""


def locks_of(
    tables: Gateway, companies: Iterable[int], *, posting: bool = False
) -> dict[int, dict[str, date]]:
    """Company → its locks. With ``posting`` they stay what they are until the transaction ends."""
    found: dict[int, dict[str, date]] = {company: {} for company in companies}
    if posting:
        rows: Iterable[tuple[int, str, date]] = tables.period_locks(list(found))
    else:
        columns = ("company_id", "area", "locked_until")
        query = ById(table_of(PeriodLock), columns, list(found), by="company_id")
        rows = (cast("tuple[int, str, date]", row) for row in tables.fetch(query))
    for company, area, until in rows:
        found[company][area] = until
    return found


def locked_until(locks: Locks, area: str) -> date | None:
    """The last locked day of an area; None where nothing is locked."""
    return max((locks[name] for name in (area, ALL) if name in locks), default=None)


def closed(locks: Locks, entries: Iterable[Entry], date_field: str) -> list[Finding]:
    """One finding per area of ``entries`` whose date is locked, at the document's date field."""
    found: dict[str, Finding] = {}
    for entry in entries:
        area = entry.ledger.lock_area
        until = locked_until(locks, area)
        if until is not None and entry.date <= until and area not in found:
            found[area] = Finding(
                "period.closed",
                date_field,
                f"The period of {area} is closed until {until:%d-%m-%Y}; "
                f"nothing can be dated {entry.date:%d-%m-%Y}.",
                hint=f"Take a date after {until:%d-%m-%Y}.",
            )
    return list(found.values())


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
