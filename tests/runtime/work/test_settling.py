"""Documents move by themselves once what others post makes it hold: on both databases, after the commit."""

from __future__ import annotations

from typing import Any

import pytest

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.documents import service
from engine_runtime.documents.moving import move
from engine_runtime.documents.read import get
from engine_runtime.documents.service import Reference
from engine_runtime.jobs.relay import relay_pending
from engine_runtime.outbox.models import Event

PROGRAM = "closing"


@pytest.fixture(scope="module")
def buyer(module_database: None) -> Actor:
    company = service.create(system_actor(), "Company", [{"code": "ONE"}])[0]["id"]
    return system_actor(company, user_id=5)


def order(buyer: Actor, quantity: int) -> int:
    body = {"day": "2026-04-01", "quantity": quantity}
    number: int = service.create(buyer, "Order", [body])[0]["id"]
    move(buyer, "Order", Reference(number), "place")
    return number


def receive(buyer: Actor, *lines: tuple[int, int]) -> dict[str, Any]:
    rows = [{"order": number, "quantity": quantity} for number, quantity in lines]
    return service.create(buyer, "Receipt", [{"day": "2026-04-02", "lines": rows}], submit=True)[0]


def state(buyer: Actor, number: int) -> str:
    while relay_pending():
        pass
    assert not Event.objects.filter(delivered_at=None).exists()
    found: str = get(buyer, "Order", [number]).rows[0]["state"]
    return found


def test_an_order_closes_when_everything_has_come_and_opens_where_it_goes_back(
    buyer: Actor,
) -> None:
    one, two = order(buyer, 5), order(buyer, 2)
    receive(buyer, (one, 4))
    assert state(buyer, one) == "open"
    rest = receive(buyer, (one, 1), (two, 1))
    assert (state(buyer, one), state(buyer, two)) == ("complete", "open")
    service.cancel(buyer, "Receipt", [Reference(rest["id"])])
    assert (state(buyer, one), state(buyer, two)) == ("open", "open")
    receive(buyer, (one, 1), (two, 2))
    assert (state(buyer, one), state(buyer, two)) == ("complete", "complete")


def test_nothing_moves_twice_where_an_event_comes_twice(buyer: Actor) -> None:
    one = order(buyer, 1)
    assert state(buyer, one) == "open"
    receive(buyer, (one, 1))
    assert state(buyer, one) == "complete"
    version = get(buyer, "Order", [one]).rows[0]["version"]
    Event.objects.filter(doctype="receipt").update(delivered_at=None)
    assert state(buyer, one) == "complete"
    assert get(buyer, "Order", [one]).rows[0]["version"] == version
