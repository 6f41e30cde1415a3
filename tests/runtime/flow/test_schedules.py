"""Schedules in the database: once per row and time, whatever breaks off; missed days; rows that fail."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from datetime import date
from decimal import Decimal
from multiprocessing import get_context
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from engine_runtime.access.actor import Actor
from engine_runtime.active.catalog import active
from engine_runtime.documents import reading, service
from engine_runtime.documents.effecting import change_fields
from engine_runtime.documents.models import MadeOnce
from engine_runtime.documents.read import get
from engine_runtime.jobs import schedules
from engine_runtime.jobs.models import ScheduleRow, ScheduleRun
from engine_runtime.posting.session import open_session
from tests.company import rows_of

PROGRAM = "subscriptions"
D = Decimal
Row = dict[str, Any]


@pytest.fixture(scope="module")
def plans(actors: tuple[Actor, Actor]) -> list[Row]:
    rows = [{"code": "M", "months": 1, "price": 100}, {"code": "FREE", "months": 1, "price": 0}]
    rows.append({"code": "BIG", "months": 1, "price": 200})
    return service.create(actors[0], "Plan", rows)


def subscribe(actor: Actor, plan: Row, start: str) -> Row:
    body = {"plan": plan["id"], "next_from": start}
    return service.create(actor, "Subscription", [body], submit=True)[0]


def bills_of(subscription: Row) -> list[Row]:
    rows = rows_of("doc_bill", order=("covers_from", "id"))
    return [row for row in rows if row["subscription_id"] == subscription["id"]]


def run(day: str) -> None:
    call_command("run_schedules", on=date.fromisoformat(day), verbosity=0)


def end(actor: Actor, subscription: Row) -> None:
    """Take a subscription out of the way of the tests that follow."""
    session = open_session(actor)
    kind = session.catalog.doctypes["Subscription"]
    with session.transaction():
        change_fields(session, kind, subscription["id"], {"next_from": date(2099, 1, 1)})


def test_each_due_row_is_billed_and_moved_on(actors: tuple[Actor, Actor], plans: list[Row]) -> None:
    first = subscribe(actors[0], plans[0], "2026-01-31")
    later = subscribe(actors[0], plans[0], "2026-02-02")
    theirs = subscribe(actors[1], plans[0], "2026-01-31")
    run("2026-01-31")
    [bill] = bills_of(first)
    assert (bill["covers_from"], bill["day"]) == (date(2026, 1, 31), date(2026, 1, 31))
    assert (bill["amount"], bill["state"]) == (D("100.00"), "submitted")
    assert get(actors[0], "Subscription", [first["id"]]).rows[0]["next_from"] == date(2026, 2, 28)
    assert bills_of(later) == []
    assert bills_of(theirs)[0]["company_id"] == actors[1].company_id
    run("2026-01-31")  # nothing is due twice
    assert len(bills_of(first)) == 1


def test_missed_days_are_made_up_for(actors: tuple[Actor, Actor], plans: list[Row]) -> None:
    run("2026-02-09")
    late = subscribe(actors[0], plans[0], "2026-02-10")
    run("2026-04-11")
    assert [(b["covers_from"], b["day"]) for b in bills_of(late)] == [
        (date(2026, 2, 10), date(2026, 2, 10)),
        (date(2026, 3, 10), date(2026, 3, 10)),
        (date(2026, 4, 10), date(2026, 4, 10)),
    ]


def test_a_row_that_fails_stops_no_other(actors: tuple[Actor, Actor], plans: list[Row]) -> None:
    broken = subscribe(actors[0], plans[1], "2026-04-12")
    good = subscribe(actors[0], plans[0], "2026-04-12")
    with pytest.raises(CommandError, match=r"1 row\(s\) failed"):
        run("2026-04-12")
    assert bills_of(broken) == []
    assert len(bills_of(good)) == 1
    failed = ScheduleRow.objects.exclude(error="").latest("pk")
    assert failed.row == str(broken["id"])
    assert failed.error.startswith("Bill, made by Bill Subscriptions: Amount")
    unmoved = get(actors[0], "Subscription", [broken["id"]]).rows[0]
    assert unmoved["next_from"] == date(2026, 4, 12)
    assert not MadeOnce.objects.filter(key__contains=f":{broken['id']}|").exists()
    end(actors[0], broken)


def test_documents_are_made_of_balances(actors: tuple[Actor, Actor], plans: list[Row]) -> None:
    for actor in actors:
        subscribe(actor, plans[2], "2026-04-30")
    run("2026-04-30")
    dunnings = {row["id"]: row for row in rows_of("doc_dunning")}
    april = [r for r in dunnings.values() if r["day"] == date(2026, 4, 30)]
    assert {row["company_id"] for row in april} == {a.company_id for a in actors}
    assert {row["state"] for row in april} == {"draft"}
    owed = {
        row["subscription_id"]: row["amount"]
        for row in rows_of("doc_dunning__lines")
        if row["parent_id"] in {r["id"] for r in april}
    }
    books: dict[int, Decimal] = {}
    for entry in rows_of(active().catalog.ledgers["Owed"].table):
        number = entry["subscription_id"]
        books[number] = books.get(number, D(0)) + entry["amount"]
    assert owed == {number: amount for number, amount in books.items() if amount > 150}
    assert owed


def _until_killed(day: str, after: int) -> None:
    """Run schedules in a process that is killed in the middle of row number ``after``."""
    connections.close_all()
    done = 0
    carry_out = schedules._carry_out

    def dying(*given: Any) -> None:
        nonlocal done
        carry_out(*given)
        done += 1
        if done == after:
            os.kill(os.getpid(), signal.SIGKILL)

    schedules._carry_out = dying
    run(day)


@pytest.mark.parametrize("after", [1, 2, 3])
def test_killed_in_the_middle_nothing_is_lost_or_done_twice(
    actors: tuple[Actor, Actor], plans: list[Row], after: int
) -> None:
    day = f"2026-05-{10 + after}"
    mine = [subscribe(actors[0], plans[0], day) for _ in range(3)]
    connection.close()
    process = get_context("fork").Process(target=_until_killed, args=(day, after))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert sum(len(bills_of(s)) for s in mine) < 3
    run(day)
    assert [len(bills_of(s)) for s in mine] == [1, 1, 1]
    assert not ScheduleRun.objects.filter(finished_at=None).exists()


def test_only_what_may_fit_is_read(
    actors: tuple[Actor, Actor], plans: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many records there are: the database leaves out what ``where`` compares and does not fit."""
    many = [subscribe(actors[0], plans[0], "2098-01-01") for _ in range(6)]
    due = subscribe(actors[0], plans[0], "2026-08-07")
    monkeypatch.setattr(reading, "MOST_ROWS", 5)
    with suppress(CommandError):  # of the other schedule, which sums too much
        run("2026-08-07")
    assert len(bills_of(due)) == 1
    assert not any(bills_of(one) for one in many)
    end(actors[0], due)


def test_a_schedule_with_too_many_rows_says_so_and_keeps_no_other_back(
    actors: tuple[Actor, Actor], plans: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    due = [subscribe(actors[0], plans[0], "2026-08-31") for _ in range(4)]
    monkeypatch.setattr(reading, "MOST_ROWS", 3)
    with pytest.raises(CommandError):
        run("2026-08-31")
    billing = ScheduleRun.objects.filter(schedule="bill_subscriptions").latest("due")
    assert "more than 3 rows of Subscription" in billing.error
    runs = ScheduleRun.objects.filter(schedule="remind", company_id=actors[0].company_id)
    dunning = runs.latest("due")
    assert (dunning.finished_at is not None, dunning.error) == (True, "")
    [row] = ScheduleRow.objects.filter(run=dunning)
    assert "more than 3 balances of Owed" in row.error
    for one in due:
        end(actors[0], one)
