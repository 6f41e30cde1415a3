"""What is read under a shared lock in one statement is what the last writer left."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connection, transaction
from django.utils import timezone

from engine_runtime.ledgers import periods
from engine_runtime.ledgers.models import PeriodLock
from engine_runtime.tables.gateway import gateway

COMPANY = 77


def test_the_locks_of_a_company_are_told(own_database: None) -> None:
    day = date(2026, 3, 31)
    PeriodLock.objects.create(
        company_id=COMPANY, area="stock", locked_until=day, changed_at=timezone.now()
    )
    with transaction.atomic():
        found = periods.locks_of(gateway(), [COMPANY, 78], posting=True)
    assert found == {COMPANY: {"stock": day}, 78: {}}
    assert found == periods.locks_of(gateway(), [COMPANY, 78])


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_who_waits_for_a_closing_sees_it(own_database: None) -> None:
    """The statement began before the period was closed: its answer is of after the wait."""
    day, seen = date(2026, 3, 31), []

    def post() -> None:
        with transaction.atomic():
            seen.append(periods.locks_of(gateway(), [COMPANY], posting=True))
        connection.close()

    poster = threading.Thread(target=post)
    with transaction.atomic():
        periods.lock(COMPANY, "stock", day, user=1, reason="year end")
        poster.start()
        poster.join(timeout=0.5)
        assert poster.is_alive(), "it waits until the closing is done"
    poster.join(timeout=10)
    assert seen == [{COMPANY: {"stock": day}}]
