"""When a timer of a workflow runs out, and who may act from then on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from engine.catalog.workflow import Timer
from engine.kernel.workflow import names_of

SUNDAY = 6

IsHoliday = Callable[[date], bool]


def is_sunday(day: date) -> bool:
    """The only day of rest that holds everywhere when no calendar says more."""
    return day.weekday() == SUNDAY


def due(timer: Timer, since: datetime, rests: IsHoliday = is_sunday) -> datetime:
    """When ``timer`` runs out for what waits since ``since``. Working days leave out those that ``rests``."""
    if timer.unit == "hours":
        return since + timedelta(hours=timer.amount)
    if timer.unit == "days":
        return since + timedelta(days=timer.amount)
    moment, left = since, timer.amount
    while left:
        moment += timedelta(days=1)
        left -= 0 if rests(moment.date()) else 1
    return moment


def escalated(timer: Timer, frame: Mapping[str, Any], late: Any) -> frozenset[str]:
    """The log-in names that may act as well; ``late``: the record (or name) of the person that is late."""
    return names_of(timer.to.run({**frame, "who": late}))
