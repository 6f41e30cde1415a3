"""Compiling what is about to become live, while requests go on being answered by what is.

A publish stores the coming sources before it begins; every process that serves sees them within a
second and compiles them on a thread of its own. At the switch the catalog is there already.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock, Thread

from engine.catalog.whole import Catalog
from engine.plan.spec import TableSpec
from engine.plan.tables import tables
from engine_runtime.active.models import ComingCatalog
from engine_runtime.active.sources import compile_sources

log = logging.getLogger("bahi.active")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A catalog with its physical tables by name."""

    catalog: Catalog
    tables: Mapping[str, TableSpec]


class Ahead:
    """The one catalog that is compiled ahead in this process, by the digest of its sources."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._digest = ""
        self._thread: Thread | None = None
        self._ready: Compiled | None = None

    def look(self) -> None:
        """See whether a publish is on its way, and begin to compile what it brings."""
        digest = ComingCatalog.objects.values_list("digest", flat=True).first()
        if digest is None or digest == self._digest:
            return
        sources = ComingCatalog.objects.filter(digest=digest).values_list("sources", flat=True)
        found = sources.first()
        with self._lock:
            if found is None or digest == self._digest:
                return
            self._digest, self._ready = digest, None
            self._thread = Thread(target=self._compile, args=(digest, found), daemon=True)
            self._thread.start()

    def take(self, digest: str) -> Compiled | None:
        """The catalog of these sources, if it was begun; waits for the thread that is at it."""
        with self._lock:
            thread = self._thread if digest == self._digest else None
        if thread is None:
            return None
        thread.join()
        with self._lock:
            found, self._ready, self._thread, self._digest = self._ready, None, None, ""
            return found

    def _compile(self, digest: str, sources: Mapping[str, str]) -> None:
        catalog = compile_sources(sources).catalog
        if catalog is None:
            log.warning("the coming catalog %s does not compile here", digest[:12])
            return
        made = Compiled(catalog, {table.name: table for table in tables(catalog)})
        with self._lock:
            if digest == self._digest:
                self._ready = made
