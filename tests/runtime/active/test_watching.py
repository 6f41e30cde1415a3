"""Processes that look for newer catalogs by themselves, and requests that wait for one that is on its way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, transaction

from engine_runtime.active import catalog as room
from engine_runtime.active.catalog import CatalogUnusable, active, refresh
from engine_runtime.active.models import AppliedCatalog
from engine_runtime.active.watching import Watch
from tests.helpers import until
from tests.runtime.schema.test_change import FIRST, publish

pytestmark = pytest.mark.usefixtures("empty_database")

SOON = 5.0


@pytest.fixture
def watching() -> Iterator[Watch]:
    """Version 1 is live, this process knows it, and looks for newer ones."""
    publish(FIRST)
    found = Watch(0.05)
    found.start()
    yield found
    found.end()


def publish_elsewhere() -> int:
    """As another process does it: this one is not told."""
    live = AppliedCatalog.objects.get(version=1)
    live.version = 2
    live.save(force_insert=True)
    return 2


class Slow:
    """Compiling that takes as long as one wants; ``began`` once it is at it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.began, self.go_on = threading.Event(), threading.Event()
        self._load = room._load
        monkeypatch.setattr(room, "_load", self)

    def __call__(self, *given: Any) -> Any:
        self.began.set()
        assert self.go_on.wait(SOON)
        return self._load(*given)


def test_a_process_that_is_asked_nothing_has_the_new_catalog(watching: Watch) -> None:
    publish_elsewhere()
    until(lambda: room._holder._live is not None and room._holder._live.version == 2, within=SOON)


def test_a_request_waits_for_the_catalog_that_is_being_compiled(
    watching: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch)
    publish_elsewhere()
    assert slow.began.wait(SOON)
    with transaction.atomic():
        assert active().version == 1, "inside a transaction nothing changes"
    assert active(1).version == 1, "what is in flight finishes"
    threading.Timer(0.3, slow.go_on.set).start()
    begun = time.monotonic()
    assert active().version == 2
    assert time.monotonic() - begun > 0.2


def test_the_wait_has_an_end(watching: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PATIENCE", 0.1)
    slow = Slow(monkeypatch)
    publish_elsewhere()
    assert slow.began.wait(SOON)
    assert active().version == 1
    slow.go_on.set()
    until(lambda: active().version == 2, within=SOON)


def test_looking_costs_a_request_nothing(watching: Watch, django_assert_num_queries: Any) -> None:
    until(lambda: room._holder._is_fresh(), within=SOON)
    with django_assert_num_queries(0):
        for _ in range(100):
            active()


def test_an_error_of_the_database_does_not_end_the_watch(
    watching: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = threading.Event()
    ask = room.live_version

    def broken() -> int | None:
        if threading.current_thread() is watching and not failed.is_set():
            failed.set()
            raise OperationalError("the server is away")
        return ask()

    monkeypatch.setattr(room, "live_version", broken)
    assert failed.wait(SOON)
    publish_elsewhere()
    until(lambda: active().version == 2, within=SOON)
    assert watching.is_alive()


def test_without_a_watch_a_process_looks_when_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    publish(FIRST)
    publish_elsewhere()
    assert active().version == 1, "it looked a moment ago"
    monkeypatch.setattr(room, "CHECK_SECONDS", 0.0)
    assert active().version == 2


def test_what_does_not_compile_here_is_compiled_once(
    own_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def fail(version: int, ahead: Any) -> Any:
        tried.append(version)
        raise CatalogUnusable("it does not compile here")

    assert active().version == 1
    with monkeypatch.context() as failing:
        failing.setattr(room, "_load", fail)
        publish_elsewhere()
        for _ in range(3):
            with pytest.raises(CatalogUnusable, match="does not compile here"):
                refresh()
    assert tried == [2]
    AppliedCatalog.objects.filter(version=2).update(version=3)
    assert refresh().version == 3
