"""Which catalog is live: one per process, swapped when another process has published a newer one.

Public: `active`, `refresh`, `forget`, `remember`. Ask once per request or job and hand the answer on: what is in flight
finishes on the catalog that it began with.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Event, Lock
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from engine.catalog.mentions import Mention
from engine.catalog.whole import Catalog
from engine.plan.spec import TableSpec
from engine.plan.tables import tables
from engine_runtime.active.ahead import Ahead
from engine_runtime.active.models import AppliedCatalog
from engine_runtime.active.sources import compile_sources
from engine_runtime.active.unseen import unseen_ledgers

CHECK_SECONDS = 1.0
"""How long a process may miss what another one has published."""
PATIENCE = 10.0
"""How long a request waits for a newer catalog that is being compiled, before it is answered by the old one."""


class NothingPublished(Exception):
    """The database holds no catalog yet."""


class CatalogUnusable(Exception):
    """The newest stored catalog does not compile with this version of the engine; the text lists the problems."""


@dataclass(frozen=True, slots=True)
class Active:
    """A live catalog, its version number, and its physical tables by name.

    ``unseen``: tables of entries that the database has and the catalog does not know.
    """

    catalog: Catalog
    version: int
    tables: Mapping[str, TableSpec]
    unseen: tuple[TableSpec, ...] = ()


def business_zone() -> ZoneInfo:
    """The clock of the business, as the live catalog says. Raises NothingPublished."""
    return ZoneInfo(active().catalog.country.time_zone)


class CatalogChanged(Exception):
    """Another catalog became the live one since this call began; nothing was written. Do it again from the start."""


class _Holder:
    """The one place that remembers. Readers take what is there; one of them at a time looks for something newer.

    From the moment it is known that there is something newer, until it is compiled, the others wait for it.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._live: Active | None = None
        self._before: Active | None = None
        self._checked = 0.0
        self._unusable: tuple[int, str] | None = None
        """The version that does not compile here, and why."""
        self._ahead = Ahead()
        self._settled = Event()
        self._settled.set()

    def get(self, version: int | None) -> Active:
        live = self._live
        if version is not None:
            for known in (live, self._before):
                if known is not None and known.version == version:
                    return known
        if live is None:
            return self.newest()
        # Inside a transaction nothing may change, and a failed one could not be asked.
        if (self._is_fresh() and self._settled.is_set()) or connection.in_atomic_block:
            return live
        if not self._lock.acquire(blocking=False):
            # Somebody is looking: what is here is good to read by, unless it is known to be outdated.
            self._settled.wait(PATIENCE)
            return self._live or live
        try:
            return self._look()
        finally:
            self._lock.release()

    def newest(self) -> Active:
        """What the database says, waiting for whoever is reading it."""
        with self._lock:
            return self._look(sure=True)

    def put(self, live: Active | None) -> None:
        with self._lock:
            self._keep(live)
            self._before = self._before if live else None
            self._checked = time.monotonic() if live else 0.0
            self._unusable = None

    def _is_fresh(self) -> bool:
        return time.monotonic() - self._checked < CHECK_SECONDS

    def _keep(self, live: Active | None) -> None:
        self._before = self._live
        self._live = live

    def _look(self, *, sure: bool = False) -> Active:
        live = self._live
        if live and not sure and self._is_fresh():
            return live
        version = live_version()
        if version is None:
            raise NothingPublished("No catalog is published. Run: python manage.py publish")
        if live is None or live.version != version:
            live = self._loaded(version)
        else:
            self._ahead.look()
        self._checked = time.monotonic()
        return live

    def _loaded(self, version: int) -> Active:
        """Compile ``version``, while requests wait. What did not compile is not tried again before there is another."""
        if self._unusable is not None and self._unusable[0] == version:
            raise CatalogUnusable(self._unusable[1])
        self._settled.clear()
        try:
            live = _load(version, self._ahead)
        except CatalogUnusable as error:
            self._unusable = (version, str(error))
            raise
        finally:
            self._settled.set()
        self._unusable = None
        self._keep(live)
        return live


_holder = _Holder()


def active(version: int | None = None) -> Active:
    """The live catalog; or that of ``version``, if it was live a moment ago: what is in flight finishes on it.

    Raises NothingPublished before the first publish, CatalogUnusable if it does not compile.
    """
    return _holder.get(version)


def refresh() -> Active:
    """The live catalog as the database has it now. Raises as `active`."""
    return _holder.newest()


def forget() -> None:
    """Drop what this process remembers: the next `active` reads the database. For tests and after a restore."""
    _holder.put(None)
    catalog_of.cache_clear()


def remember(catalog: Catalog, version: int, made: Iterable[Mapping[str, Any]] = ()) -> Active:
    """Make ``catalog`` the live one of this process; `schema.apply` calls it once the database has it.

    ``made``: the tables that the database has, as `AppliedCatalog` keeps them.
    """
    seen = {table.name: table for table in tables(catalog)}
    live = Active(catalog, version, seen, unseen_ledgers(made, seen))
    _holder.put(live)
    return live


def live_version() -> int | None:
    """The newest applied version in the database."""
    return AppliedCatalog.objects.order_by("-version").values_list("version", flat=True).first()


@lru_cache(maxsize=8)
def catalog_of(version: int) -> Catalog | None:
    """The catalog of an earlier version; None where it is not stored, or no longer compiles."""
    sources = AppliedCatalog.objects.filter(version=version).values_list("sources", flat=True)
    found = sources.first()
    return compile_sources(found).catalog if found is not None else None


def mentions_of(catalog: Catalog) -> tuple[Mention, ...]:
    """Every name that stands under a key of a published ``catalog``, for `engine.catalog.uses`: few ask for it, so
    it is compiled again from its sources.
    """
    applied = AppliedCatalog.objects.filter(digest=catalog.digest).first()
    if applied is None:
        return ()
    return compile_sources(applied.sources, with_mentions=True).mentions


def _load(version: int, ahead: Ahead) -> Active:
    """The catalog of ``version``: compiled ahead, or now from its stored sources."""
    applied = AppliedCatalog.objects.get(version=version)
    known = ahead.take(applied.digest)
    if known is not None:
        unseen = unseen_ledgers(applied.tables, known.tables)
        return Active(known.catalog, version, known.tables, unseen)
    compiled = compile_sources(applied.sources)
    if compiled.catalog is None:
        found = "\n".join(str(problem) for problem in compiled.problems)
        raise CatalogUnusable(
            f"Catalog {version} does not compile. Correct the metadata and publish it again:\n{found}"
        )
    seen = {table.name: table for table in tables(compiled.catalog)}
    return Active(compiled.catalog, version, seen, unseen_ledgers(applied.tables, seen))
