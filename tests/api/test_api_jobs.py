"""The relay and the verification of the books in the background."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from engine_runtime.jobs import books, consumers, relay, tasks
from engine_runtime.jobs.models import BooksCheck, Heartbeat
from engine_runtime.outbox.models import Event
from tests.api.world import World

Journal = Callable[..., dict[str, Any]]


@pytest.fixture
def submitted(keeper: APIClient, journal: Journal) -> int:
    relay.relay_pending()
    answer = keeper.post("/api/books/journals?submit=true", journal(), format="json")
    return int(answer.json()["id"])


def test_a_submit_has_the_books_verified_once_it_is_quiet(world: World, submitted: int) -> None:
    assert relay.relay_pending() == 1
    assert not Event.objects.filter(delivered_at=None).exists()
    now = timezone.now()
    assert books.verify_due(now) == 0  # not quiet yet
    assert books.verify_due(now + books.QUIET + timedelta(seconds=1)) == 1
    check = BooksCheck.objects.get(company_id=world.north)
    assert (check.differences, check.error) == ([], "")
    assert check.checked_at is not None
    assert books.verify_due(now + timedelta(hours=1)) == 0  # nothing new


def test_a_busy_company_is_verified_all_the_same(world: World) -> None:
    now = timezone.now()
    old = now - books.LATEST - timedelta(seconds=1)
    BooksCheck.objects.create(company_id=world.north, requested_at=now, checked_at=old)
    assert books.verify_due(now) == 1


def test_only_differences_that_stay_are_reported(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([["lasting", "half seen"], ["lasting", "another"]])
    monkeypatch.setattr(books, "verify", lambda company: next(answers))
    assert books.standing(world.north) == ["lasting"]


def test_a_verification_that_fails_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(company: int) -> list[object]:
        raise RuntimeError("no such table")

    monkeypatch.setattr(books, "verify", broken)
    now = timezone.now()
    books.request_check(world.north, now)
    books.verify_due(now + timedelta(minutes=1))
    assert "no such table" in BooksCheck.objects.get(company_id=world.north).error


def test_a_failed_event_is_tried_again_later_and_blocks_only_its_document(
    world: World, submitted: int, keeper: APIClient, journal: Journal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    keeper.post(f"/api/books/journals/{submitted}/cancel", {}, format="json")
    other = keeper.post("/api/books/journals?submit=true", journal(), format="json").json()["id"]
    seen: list[int] = []

    def picky(event: Event) -> None:
        seen.append(event.document_id)
        if event.document_id == submitted:
            raise RuntimeError("not now")

    monkeypatch.setattr(consumers, "CONSUMERS", {"submit": (picky,), "cancel": (picky,)})
    now = timezone.now()
    assert relay.relay_pending(now) == 1
    assert seen == [submitted, other]  # the cancel waits behind the submit
    failed = Event.objects.filter(document_id=submitted).order_by("created_at", "id").first()
    assert failed is not None
    assert (failed.attempts, failed.error) == (1, "RuntimeError: not now")
    assert relay.relay_pending(now) == 0
    monkeypatch.setattr(consumers, "CONSUMERS", {})
    assert relay.relay_pending(now + timedelta(minutes=1)) == 2


def test_waits_grow_and_are_bounded() -> None:
    waits = [relay.waited(n).total_seconds() for n in range(5)]
    assert waits == [0, 5, 15, 35, 75]
    assert relay.waited(10**9) < timedelta(days=42)


def test_the_pulse_tells_of_the_worker(db: None) -> None:
    tasks.pulse()
    beat = Heartbeat.objects.get()
    assert beat.memory_mib > 10
    tasks.pulse()
    assert Heartbeat.objects.count() == 1
