"""The worker's run: every company, once, resumable, around what is refused and what is used meanwhile."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from io import StringIO
from multiprocessing import get_context
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from engine_runtime.documents import expiring, service
from engine_runtime.documents.errors import DocumentError, LimitExceeded
from engine_runtime.documents.models import Version
from engine_runtime.documents.service import Reference
from engine_runtime.jobs import expiry
from engine_runtime.jobs.models import BooksCheck, ExpiryFailure
from engine_runtime.jobs.relay import relay_pending
from engine_runtime.ledgers import periods
from engine_runtime.ledgers.verify import verify
from engine_runtime.posting.session import at, open_session
from engine_runtime.tables.gateway import gateway
from engine_runtime.tables.query import Condition
from tests.company import rows_of
from tests.concurrency.crowd import failures, together
from tests.runtime.expiry.conftest import Shop, noon, rows_left, run

PROGRAM = "expiry"
LapsedTo = Callable[[Shop, int | None], None]


@pytest.fixture(autouse=True)
def _books_agree(shops: tuple[Shop, Shop]) -> Any:
    yield
    assert [str(difference) for difference in verify(None)] == []


def test_every_company_once(shops: tuple[Shop, Shop]) -> None:
    customer = shops[0].customer()
    bills = [shop.bill(customer, "2026-01-01", earned=50) for shop in shops]
    assert run("2026-01-31").done == 0
    assert run("2026-02-01").done == 2
    assert run("2026-02-01").done == 0
    for shop, bill in zip(shops, bills, strict=True):
        assert shop.lapsed(bill) == [(-50, date(2026, 2, 1))]
    assert shops[0].points(customer) == 0


def test_only_lots_with_something_left_are_looked_at(shop: Shop) -> None:
    spent, kept = shop.customer(), shop.customer()
    shop.bill(spent, "2026-01-01", earned=50)
    shop.bill(spent, "2026-01-02", spent=50)
    shop.bill(kept, "2026-01-02", earned=5)
    assert [row["points"] for row in rows_left(date(2026, 2, 2))] == [5]
    run("2026-02-02")
    assert rows_left(date(2026, 2, 2)) == []
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "led_points__balance")
    assert ["open_until"] in [each["columns"] for each in found.values() if each["index"]]


def test_a_run_with_nothing_to_do_asks_once_per_ledger(shop: Shop) -> None:
    customer = shop.customer()
    for day in range(1, 29):
        shop.bill(customer, f"2026-03-{day:02}", earned=5)
    before = gateway().statements
    assert run("2026-03-28").done == 0
    assert gateway().statements - before == 2


def test_a_run_is_bounded_and_the_next_goes_on(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "BATCH", 2)
    customers = [shop.customer() for _ in range(5)]
    for customer in customers:
        shop.bill(customer, "2026-04-01", earned=5)
    assert [run("2026-05-02", most=3).done for _ in range(3)] == [3, 3, 0]
    assert [shop.points(customer) for customer in customers] == [0] * 5


def test_what_is_refused_keeps_nothing_else_back(
    shops: tuple[Shop, Shop], set_lapsed: LapsedTo
) -> None:
    first, second = shops
    customer = first.customer()
    [company] = rows_of("doc_company", [Condition("id", "=", first.actor.company_id)])
    set_lapsed(first, None)
    mine = first.bill(customer, "2026-05-03", earned=7)
    theirs = second.bill(customer, "2026-05-03", earned=8)
    found = run("2026-06-03")
    assert (found.done, [one.ledger for one in found.refused]) == (1, ["Points"])
    assert (first.lapsed(mine), second.lapsed(theirs)) == ([], [(-8, date(2026, 6, 3))])
    noted = ExpiryFailure.objects.get()
    assert "lapsed" in noted.error
    assert noted.hint
    # It is left alone for an hour; a person who asks for it need not wait.
    assert run("2026-06-03").refused == []
    later = noon(date(2026, 6, 3)) + expiry.LATER + timedelta(minutes=1)
    assert len(expiry.expire_due(later).refused) == 1
    out = StringIO()
    with pytest.raises(CommandError, match=r"1 key\(s\) refused"):
        call_command("expire_lots", on=date(2026, 6, 4), stdout=out)
    assert noted.error in out.getvalue()
    set_lapsed(first, company["lapsed_id"])
    call_command("expire_lots", on=date(2026, 6, 4), stdout=out)
    assert out.getvalue().splitlines()[-1] == "1 key(s) taken out, 0 refused."
    assert first.lapsed(mine) == [(-7, date(2026, 6, 3))]
    assert not ExpiryFailure.objects.exists()


def test_what_was_refused_and_is_gone_is_forgotten(shop: Shop, set_lapsed: LapsedTo) -> None:
    [company] = rows_of("doc_company", [Condition("id", "=", shop.actor.company_id)])
    bill = shop.bill(shop.customer(), "2026-06-03", earned=7)
    set_lapsed(shop, None)
    assert len(run("2026-07-04").refused) == 1
    shop.cancel(bill)
    assert ExpiryFailure.objects.count() == 1
    assert run("2026-07-04").tried == 0
    assert not ExpiryFailure.objects.exists()
    set_lapsed(shop, company["lapsed_id"])


def test_a_fault_in_one_key_keeps_nothing_else_back(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    customers = [shop.customer(), shop.customer()]
    for customer in customers:
        shop.bill(customer, "2026-06-05", earned=7)
    real = expiry.expire

    def faulty(actor: Any, ledger: str, key: Any) -> int:
        if key["customer"] == customers[0]:
            raise ZeroDivisionError
        return real(actor, ledger, key)

    with monkeypatch.context() as patch:
        patch.setattr(expiry, "expire", faulty)
        found = run("2026-07-06")
    assert (found.done, len(found.refused)) == (1, 1)
    assert "ZeroDivisionError" in ExpiryFailure.objects.get().error
    assert run("2026-07-06", again=True).done == 1


def test_what_is_used_between_the_look_and_the_lock_is_not_taken(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = shop.customer()
    bill = shop.bill(customer, "2026-07-01", earned=50)
    book = open_session(shop.actor).catalog.ledgers["Points"]
    key = {"customer": customer, "programme": shop.programme, "company": shop.actor.company_id}
    with at(noon(date(2026, 8, 1))):
        stale = expiring.due(open_session(shop.actor), book, key)
    shop.bill(customer, "2026-07-31", spent=20)
    looks = [stale]
    real = expiring.due

    def look(session: Any, *given: Any) -> Any:
        found = real(session, *given)
        return looks.pop() if looks else found

    monkeypatch.setattr(expiring, "due", look)
    assert run("2026-08-01").done == 1
    assert (looks, shop.lapsed(bill)) == ([], [(-30, date(2026, 8, 1))])


@pytest.mark.parametrize(("month", "spent"), [(8, (5, 5)), (9, (5, 6))])
def test_documents_of_one_call_find_the_same_lots_expired(
    shop: Shop, month: int, spent: tuple[int, int]
) -> None:
    customer = shop.customer()
    shop.bill(customer, f"2025-{month:02}-01", earned=50)
    shop.bill(customer, f"2025-{month:02}-20", earned=10)
    day = f"2025-{month + 1:02}-02"
    plain = {"day": day, "customer": customer, "programme": shop.programme}
    bodies = [{**plain, "spent": points} for points in spent]
    with at(noon(date.fromisoformat(day))):
        if sum(spent) > 10:
            with pytest.raises(LimitExceeded):
                service.create(shop.actor, "Bill", bodies, submit=True)
        else:
            service.create(shop.actor, "Bill", bodies, submit=True)
    run(day)
    assert shop.points(customer) == (0 if sum(spent) <= 10 else 10)


def test_many_at_once_take_it_out_once(shop: Shop) -> None:
    customers = [shop.customer() for _ in range(4)]
    bills = [shop.bill(customer, "2026-08-02", earned=50) for customer in customers]
    results = together([partial(run, "2026-09-02", again=True) for _ in range(6)])
    assert failures(results) == []
    assert [refused.text for found in results for refused in found.refused] == []
    assert [shop.lapsed(bill) for bill in bills] == [[(-50, date(2026, 9, 2))]] * 4
    assert [shop.points(customer) for customer in customers] == [0] * 4


def test_spending_cancelling_and_expiring_at_once(shop: Shop) -> None:
    customers = [shop.customer() for _ in range(4)]
    bills = [shop.bill(customer, "2026-09-03", earned=50) for customer in customers]
    fresh = [shop.bill(customer, "2026-09-20", earned=10) for customer in customers]
    spends = [partial(shop.bill, customer, "2026-10-04", spent=10) for customer in customers]
    cancels = [partial(shop.cancel, bill) for bill in bills[:2]]
    results = together([*[partial(run, "2026-10-04", again=True)] * 2, *spends, *cancels])
    assert [e for e in failures(results) if not isinstance(e, DocumentError)] == []
    run("2026-10-04", again=True)
    assert not ExpiryFailure.objects.exists()
    assert [shop.points(customer) for customer in customers] == [0] * 4
    for bill in bills[2:]:
        assert shop.lapsed(bill) == [(-50, date(2026, 10, 4))]
    assert [shop.lapsed(bill) for bill in fresh] == [[]] * 4


def _until_killed(day: str, after: int) -> None:
    """The run in a process that is killed in the middle of key number ``after``."""
    connections.close_all()
    done = 0
    real = expiring.take_out

    def dying(*given: Any) -> Any:
        nonlocal done
        made = real(*given)
        done += 1
        if done == after:
            os.kill(os.getpid(), signal.SIGKILL)
        return made

    expiring.take_out = dying
    run(day)


@pytest.mark.parametrize("after", [1, 2, 3])
def test_killed_in_the_middle_nothing_is_lost_or_done_twice(shop: Shop, after: int) -> None:
    day = date(2026, 11, after)
    bills = [shop.bill(shop.customer(), f"{day}", earned=9) for _ in range(3)]
    over = day + timedelta(days=31)
    connection.close()
    process = get_context("fork").Process(target=_until_killed, args=(f"{over}", after))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert sum(len(shop.lapsed(bill)) for bill in bills) == after - 1
    run(f"{over}")
    assert [shop.lapsed(bill) for bill in bills] == [[(-9, over)]] * 3


def test_the_document_tells_of_it(shop: Shop) -> None:
    bill = shop.bill(shop.customer(), "2027-01-01", earned=4)
    BooksCheck.objects.all().delete()
    run("2027-02-01")
    history = Version.objects.filter(document_id=bill["id"]).order_by("id").last()
    assert history is not None
    assert (history.action, history.user_id) == ("expire", None)
    assert history.reason == "what was left in Points, on 01-02-2027"
    while relay_pending(datetime.now().astimezone() + timedelta(days=9999)):
        pass
    assert BooksCheck.objects.filter(company_id=shop.actor.company_id).exists()


def test_the_books_of_the_day_after_are_closed(shop: Shop) -> None:
    customer = shop.customer()
    bill = shop.bill(customer, "2027-03-01", earned=6)
    periods.lock(
        shop.actor.company_id or 0, "accounts", date(2027, 4, 30), user=5, reason="Year end"
    )
    run("2027-05-20")
    [entry] = [
        e
        for e in rows_of("led_points", [Condition("origin_id", "=", bill["id"])])
        if e["points"] < 0
    ]
    assert (entry["date"], entry["meant_for"]) == (date(2027, 5, 1), date(2027, 4, 1))
    # What it brought stands in the closed days: the whole document does.
    with pytest.raises(DocumentError) as refused:
        shop.cancel(bill)
    assert refused.value.code == "period.closed"


def test_who_refuses_a_cancellation_names_no_document_whose_points_went(shop: Shop) -> None:
    customer = shop.customer()
    first = shop.bill(customer, "2027-06-01", earned=30)
    shop.bill(customer, "2027-06-02", earned=5)
    spent = shop.bill(customer, "2027-06-03", spent=20)
    run("2027-07-31")
    with pytest.raises(LimitExceeded) as refused:
        service.cancel(shop.actor, "Bill", [Reference(first["id"])])
    assert refused.value.problems[0].hint == f"Cancel Bill {spent['number']} first."
