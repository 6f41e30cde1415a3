"""What one call carries along: the database, the live catalog, who acts, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from engine.catalog.doctypes import Doctype
from engine.catalog.whole import Catalog
from engine.kernel.rows import Facts
from engine.plan.spec import TableSpec
from engine_runtime.access.actor import Actor
from engine_runtime.active.catalog import Active, CatalogChanged, active
from engine_runtime.ledgers.moment import today
from engine_runtime.tables.gateway import Gateway, gateway

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


_clock: ContextVar[Clock] = ContextVar("clock", default=utc_now)


@contextmanager
def at(now: datetime) -> Iterator[None]:
    """Inside the block every session takes ``now`` (with a time zone) for the time: schedules, and stories.

    The clock goes on by a microsecond whenever it is asked, so that what happens later is recorded later.
    """
    ticks = count()
    token = _clock.set(lambda: now + timedelta(microseconds=next(ticks)))
    try:
        yield
    finally:
        _clock.reset(token)


@dataclass(frozen=True, slots=True)
class Knowing:
    """What a person does knowingly: the confirmations of findings, and limits (by key) passed with what was asked."""

    confirmed: frozenset[str] = frozenset()
    passed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


NOTHING_KNOWN = Knowing()
_knowing: ContextVar[Knowing] = ContextVar("knowing", default=NOTHING_KNOWN)


@contextmanager
def knowingly(what: Knowing) -> Iterator[None]:
    """Inside the block sessions know what the person has confirmed."""
    token = _knowing.set(what)
    try:
        yield
    finally:
        _knowing.reset(token)


@dataclass(slots=True)
class Session:
    """``facts`` is shared by every document of the call; ``types``: record id → doctype key."""

    gateway: Gateway
    live: Active
    actor: Actor
    now: datetime
    clock: Clock = utc_now
    facts: Facts = field(default_factory=dict)
    types: dict[int, str] = field(default_factory=dict)
    unknown: set[tuple[str, int]] = field(default_factory=set)
    """(doctype, id) of links that were looked for and do not exist."""
    knowing: Knowing = field(default_factory=_knowing.get)
    done: bool = False
    """Whether what is written has happened already: limits with ``if_done`` do not refuse it."""
    without: int | None = None
    """A document whose entries do not count: it is worked out again as if it had not been posted."""
    before: datetime | None = None
    """What is asked of the books is answered as it was before this time: what a document was worked out by then."""
    day: date | None = None
    """What ``today`` is; None: the day of ``now``. A schedule that was missed runs as on its day."""

    @property
    def catalog(self) -> Catalog:
        return self.live.catalog

    @property
    def tables(self) -> Mapping[str, TableSpec]:
        return self.live.tables

    @property
    def zone(self) -> ZoneInfo:
        """The clock of the business."""
        return ZoneInfo(self.catalog.country.time_zone)

    @property
    def today(self) -> date:
        return self.day or today(self.now, self.zone)

    def type_of(self, record: int) -> str | None:
        """The doctype key of a record that this call has seen."""
        known = self.types.get(record)
        if known is None:
            for name, rows in self.facts.items():
                if record in rows and name in self.catalog.doctypes:
                    return self.catalog.doctypes[name].key
        return known

    def spec(self, doctype: Doctype, path: str = "") -> TableSpec:
        """The physical table of a doctype's head or child table."""
        return self.live.tables[doctype.tables[path].name]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction that writes by the live catalog. Raises CatalogChanged where that is not this session's."""
        with self.gateway.transaction():
            version = self.gateway.catalog_version()
            if version != self.live.version:
                raise CatalogChanged(
                    f"Catalog {version} has taken the place of {self.live.version}. Try again."
                )
            yield


def open_session(actor: Actor, clock: Clock | None = None) -> Session:
    """A session on the default database with the live catalog; ``clock``: else that of ``at``, else the real one."""
    told = clock or _clock.get()
    return Session(gateway(), active(actor.catalog), actor, told(), told)
