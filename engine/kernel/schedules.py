"""When schedules are due. Pure: the clock is the caller's."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo

from engine.catalog.flow import Every

MOST_DUE = 400
"""How many missed runs are made up for: a year of days."""


def due(every: Every, after: datetime, until: datetime, zone: tzinfo) -> list[datetime]:
    """The moments after ``after`` up to ``until`` (aware, any zone) at which ``every`` is due
    by the clock of ``zone``, the oldest first.

    What is due more often than daily is made up for once: only its last moment counts. Of the others at
    most the last ``MOST_DUE``.
    """
    start, end = after.astimezone(zone), until.astimezone(zone)
    if every.unit in ("minute", "hour"):
        step = timedelta(minutes=every.count if every.unit == "minute" else every.count * 60)
        midnight = end.replace(hour=0, minute=0, second=0, microsecond=0)
        last = midnight + (end - midnight) // step * step
        return [last] if last > start else []
    first = max(start.date(), end.date() - timedelta(days=40 * MOST_DUE))
    moments = (_at(every, day, zone) for day in _days(every, first, end.date()))
    return [moment for moment in moments if start < moment <= end][-MOST_DUE:]


def _days(every: Every, first: date, last: date) -> Iterator[date]:
    """The days from ``first`` to ``last`` on which it is due."""
    day = first
    while day <= last:
        if every.unit == "day" or day.day == min(every.day, monthrange(day.year, day.month)[1]):
            yield day
        day += timedelta(days=1)


def _at(every: Every, day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, every.hour, every.minute, tzinfo=zone)
