"""The Celery application: ``celery -A engine_runtime.jobs.celery worker``.

The outbox table is the durable truth; the queue only wakes somebody up, so losing a message loses nothing.
A ticker inside the worker sends the recurring tasks: no second process for a scheduler, and with several
workers several ticks, which claim different events or find nothing to do.
"""

from __future__ import annotations

import logging
import os
from typing import Any

from celery import Celery, bootsteps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "engine_runtime.project.settings")

TICKS = (
    ("bahi.relay", 2.0),
    ("bahi.work", 1.0),
    ("bahi.timers", 60.0),
    ("bahi.verify_books", 3.0),
    ("bahi.run_schedules", 30.0),
    ("bahi.expire_lots", 30.0),
    ("bahi.pulse", 15.0),
)
"""(task, seconds between two runs)."""


class Ticker(bootsteps.StartStopStep):
    """Sends every task of ``TICKS`` again and again; a tick that nobody took in time expires."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self._timers: list[Any] = []

    def start(self, parent: Any) -> None:
        """Begin to tick, the pulse at once so that health knows of the worker."""
        for name, seconds in TICKS:
            send = _sender(parent.app, name, seconds)
            self._timers.append(parent.timer.call_repeatedly(seconds, send))
        parent.timer.call_after(0.5, _sender(parent.app, "bahi.pulse", 15.0))

    def stop(self, parent: Any) -> None:
        """Stop ticking."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()


def _sender(application: Celery, name: str, seconds: float) -> Any:
    def send() -> None:
        application.send_task(name, expires=seconds, ignore_result=True)

    return send


def _make() -> Celery:
    # A broker made of folders has no host; kombu warns of that at every connection.
    logging.getLogger("kombu.connection").setLevel(logging.ERROR)
    made = Celery("bahi", include=["engine_runtime.jobs.tasks"])
    made.config_from_object("django.conf:settings", namespace="CELERY")
    made.steps["worker"].add(Ticker)
    return made


app = _make()
