"""A thread of a server process that looks for newer catalogs by itself, so that no request finds out first.

It also sees a publish coming and has its catalog compiled by the switch (`ahead`), in processes that nobody asks
anything as well.
"""

from __future__ import annotations

import logging
from threading import Event, Thread

from django.db import close_old_connections, connection

from engine_runtime.active.catalog import NothingPublished, refresh

EVERY = 0.5
"""Seconds between two looks: one query each, two while nothing is new."""

log = logging.getLogger("bahi.active")


class Watch(Thread):
    """Looks until told to ``end``; has a database connection of its own."""

    def __init__(self, every: float = EVERY) -> None:
        super().__init__(name="catalog-watch", daemon=True)
        self._every = every
        self._over = Event()

    def run(self) -> None:
        """Whatever the database answers, the next look comes; requests look by themselves while it does not answer."""
        told = ""
        while not self._over.is_set():
            told = self._look(told)
            self._over.wait(self._every)
        connection.close()

    def end(self) -> None:
        """Stop looking, and wait for the look in hand."""
        self._over.set()
        self.join()

    @staticmethod
    def _look(told: str) -> str:
        """One look; the complaint there is, which is written into the log when it is a new one."""
        try:
            close_old_connections()
            refresh()
        except NothingPublished:
            return ""
        except Exception as error:  # noqa: BLE001 - whatever it is, the next look comes
            complaint = f"{type(error).__name__}: {error}"
            if complaint != told:
                log.warning("looking for a newer catalog: %s", complaint)
            connection.close()
            return complaint
        return ""


def watch() -> Watch:
    """Begin to look, in this process. Called where a server process begins."""
    found = Watch()
    found.start()
    return found
