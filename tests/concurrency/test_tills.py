"""Two tills bring what they have sold, in any order, while the server numbers other bills: no double, none lost."""

from __future__ import annotations

import random
from collections import Counter
from functools import partial
from typing import Any

import pytest

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.documents import service
from engine_runtime.documents.errors import DocumentInvalid
from engine_runtime.documents.models import NumberSeries
from engine_runtime.ledgers.verify import not_arrived, verify
from engine_runtime.tables.asking import select
from engine_runtime.tables.gateway import gateway
from engine_runtime.workflow.models import BreachRecord
from tests.concurrency.crowd import failures, together

PROGRAM = "till"
CLIENTS = 20
MANY = 60


@pytest.fixture(scope="module")
def shop(module_database: None) -> Actor:
    company = service.create(system_actor(), "Company", [{"code": "ONE"}])[0]["id"]
    actor = system_actor(company)
    service.create(actor, "Customer", [{"code": "JOHN"}])
    service.create(actor, "Item", [{"code": "SOAP"}])
    service.create(actor, "Till", [{"code": code} for code in ("T1", "T2", "T3", "T4", "T5")])
    delivery = {"day": "2026-05-04", "item": "SOAP", "quantity": 10_000}
    service.create(actor, "Delivery", [delivery], submit=True)
    return actor


def bill(till: str, **more: Any) -> dict[str, Any]:
    line = {"item": "SOAP", "quantity": 1, "rate": 10}
    return {"day": "2026-05-04", "till": till, "customer": "JOHN", "lines": [line], **more}


def printed(till: str, counter: int) -> dict[str, Any]:
    return bill(till, issued={"number": f"{till}-2627/{counter:06}"})


def numbers(session_of: Actor, till: str) -> list[int]:
    """The counters of all bills of a till, as they are stored."""
    found = gateway()
    from_ = service.open_session(session_of)
    spec = from_.spec(from_.catalog.doctypes["Bill"])
    rows = found.fetch(select(found, spec, ("number",)))
    return sorted(int(text[-6:]) for (text,) in rows if text is not None and text.startswith(till))


def test_two_tills_bring_their_numbers_while_the_server_gives_others(shop: Actor) -> None:
    # The server goes on behind the last that a till has given.
    service.create(shop, "Bill", [printed("T1", MANY), printed("T2", MANY)], submit=True)
    waiting = [(till, counter) for till in ("T1", "T2") for counter in range(1, MANY)]
    chance = random.Random(7)
    chance.shuffle(waiting)
    shares = [waiting[n::CLIENTS] for n in range(CLIENTS)]

    def work(seed: int) -> list[str]:
        own, mine, given = random.Random(seed), list(shares[seed]), []
        while mine:
            size = own.choice((1, 1, 2, 3))
            lot, mine = mine[:size], mine[size:]
            rows = service.create(shop, "Bill", [printed(*each) for each in lot], submit=True)
            given += [row["number"] for row in rows]
            if own.random() < 0.5:
                others = [bill(own.choice(("T1", "T2", "T3"))) for _ in range(own.choice((1, 2)))]
                rows = service.create(shop, "Bill", others, submit=True)
                given += [row["number"] for row in rows]
        return given

    results = together([partial(work, seed) for seed in range(CLIENTS)])
    assert failures(results) == []
    told = Counter(number for found in results for number in found)
    assert set(told.values()) == {1}
    for till in ("T1", "T2", "T3"):
        there = numbers(shop, till)
        assert there == list(range(1, len(there) + 1))
        last = NumberSeries.objects.filter(key__startswith="bill|bill|").values_list(
            "last", flat=True
        )
        assert len(there) in last
    assert len(told) + 2 == sum(len(numbers(shop, till)) for till in ("T1", "T2", "T3"))
    assert not_arrived(None) == verify(None) == []


def test_one_number_that_comes_often_at_once_is_taken_once(shop: Actor) -> None:
    bring = partial(service.create, shop, "Bill", [printed("T4", 1)], submit=True)
    results = together([bring] * 8)
    assert Counter(type(r) for r in results) == {list: 1, DocumentInvalid: 7}
    assert {f.problems[0].code for f in failures(results)} == {"number.taken"}  # type: ignore[attr-defined]
    assert numbers(shop, "T4") == [1]


def test_one_request_that_comes_often_at_once_is_one_bill(shop: Actor) -> None:
    bring = partial(
        service.create, shop, "Bill", [printed("T5", 1)], submit=True, idempotency_key="T5-1"
    )
    results = together([bring] * 8)
    assert failures(results) == []
    assert len({rows[0]["id"] for rows in results}) == 1


def test_every_piece_below_nothing_is_told_once(shop: Actor) -> None:
    """Each bill that finds the shelf empty is a breach with a figure of its own: they were measured one by one."""
    service.create(shop, "Item", [{"code": "SALT"}])
    line = {"item": "SALT", "quantity": 1, "rate": 10}
    sent = [{**printed("T4", n), "lines": [line]} for n in range(2, 14)]
    results = together([partial(service.create, shop, "Bill", [one], submit=True) for one in sent])
    assert failures(results) == []
    found = BreachRecord.objects.filter(key="Item SALT").values_list("measured", flat=True)
    assert sorted(map(int, found)) == list(range(-12, 0))
