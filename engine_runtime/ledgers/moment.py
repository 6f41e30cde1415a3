"""When an entry stands: its posting date, and its moment in the order of movements."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

NOON = time(12)
STEP = timedelta(microseconds=1)


def today(now: datetime, zone: tzinfo) -> date:
    """The day of ``now`` (aware) by the clock of the business."""
    return now.astimezone(zone).date()


def moment_for(posting_date: date, now: datetime, last: datetime | None, zone: tzinfo) -> datetime:
    """The moment of a document posted on ``posting_date``, after ``last``, the latest of its keys.

    Today's documents stand at ``now``, which the caller reads under the lock of the keys; other
    days' at noon. Never at or before ``last``: two tills in one microsecond still have an order.
    """
    moment = now if posting_date == today(now, zone) else datetime.combine(posting_date, NOON, zone)
    if last is not None and moment <= last:
        moment = last + STEP
    return moment


def is_backdated(posting_date: date, last: datetime | None, zone: tzinfo) -> bool:
    """Whether a movement on ``posting_date`` would have to stand before one that is already there."""
    return last is not None and today(last, zone) > posting_date
