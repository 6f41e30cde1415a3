"""What a submit sets going: documents of the same transaction, of other companies, and once only."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from engine_runtime.access.actor import Actor
from engine_runtime.active.catalog import active
from engine_runtime.documents import service
from engine_runtime.documents.errors import DocumentInvalid, LimitExceeded
from engine_runtime.documents.models import MadeOnce
from engine_runtime.documents.read import get
from engine_runtime.documents.service import Reference
from engine_runtime.jobs.relay import relay_pending
from engine_runtime.outbox.models import Event
from tests.company import rows_of

PROGRAM = "flow"
D = Decimal
Row = dict[str, Any]


@dataclass
class World:
    actor: Actor
    other: Actor
    plain: int
    partner: int

    def submit(self, *items: Row, **more: Any) -> Row:
        body = {"day": "2026-05-04", "party": self.plain, "items": list(items), **more}
        return service.create(self.actor, "Order", [body], submit=True)[0]


@pytest.fixture(scope="module")
def world(actors: tuple[Actor, Actor]) -> World:
    actor, other = actors
    parties = [{"code": "P"}, {"code": "Q", "represents": other.company_id}]
    plain, partner = service.create(actor, "Party", parties)
    return World(actor, other, plain["id"], partner["id"])


def tasks_of(order: Row) -> list[Row]:
    """The stored tasks of an order, oldest first."""
    rows = rows_of("doc_task")
    return [row for row in rows if row["order_id"] == order["id"]]


def test_a_row_makes_a_submitted_document_that_knows_its_source(world: World) -> None:
    order = world.submit(
        {"what": "Chair", "quantity": 2, "advance": 5},
        {"what": "Nothing", "quantity": 0},
        mail="shop@example.in",
    )
    [task] = tasks_of(order)
    assert (task["about"], task["amount"], task["state"]) == ("Chair", D("5.00"), "submitted")
    assert task["mail"] == "shop@example.in"  # read over the link to what was not stored yet
    assert task["number"] == "T0001"
    [entry] = rows_of(active().catalog.ledgers["Open Tasks"].table)
    assert (entry["task_of_id"], entry["task_of_type"]) == (order["id"], "order")
    assert (entry["origin_id"], entry["hours"]) == (task["id"], D("-5.00"))


def test_what_is_made_makes_more_until_when_ends_it(world: World) -> None:
    order = world.submit({"what": "Big", "quantity": 1, "advance": 22})
    assert [t["amount"] for t in tasks_of(order)] == [D("22.00"), D("12.00"), D("2.00")]


def test_limits_are_checked_once_over_everything(world: World) -> None:
    before = (len(rows_of("doc_order")), len(rows_of("doc_task")))
    with pytest.raises(LimitExceeded) as raised:
        world.submit(
            {"what": "One", "quantity": 1, "advance": 10},
            {"what": "Two", "quantity": 1, "advance": 31},
        )
    assert raised.value.problems[0].message.startswith("Task, made by")
    assert (len(rows_of("doc_order")), len(rows_of("doc_task"))) == before


def test_what_never_ends_is_refused_by_name(world: World) -> None:
    with pytest.raises(DocumentInvalid) as raised:
        world.submit({"what": "Endless", "quantity": 1, "advance": 1000})
    assert raised.value.problems[0].code == "effect.too_deep"
    assert "Order → Task → Task" in raised.value.detail


def test_own_fields_are_set_at_submit_and_at_cancel(world: World) -> None:
    order = world.submit()
    assert order["seen"] is True
    assert get(world.actor, "Order", [order["id"]]).rows[0]["seen"] is True
    service.cancel(world.actor, "Order", [Reference(order["id"])])
    assert get(world.actor, "Order", [order["id"]]).rows[0]["seen"] is False


def test_a_cancellation_takes_back_what_was_made(world: World) -> None:
    order = world.submit({"what": "Shelf", "quantity": 1, "advance": 12})
    other = world.submit({"what": "Desk", "quantity": 1, "advance": 1})
    service.cancel(world.actor, "Order", [Reference(order["id"])])
    assert [t["state"] for t in tasks_of(order)] == ["cancelled", "cancelled"]
    assert [t["state"] for t in tasks_of(other)] == ["submitted"]
    ledger = active().catalog.ledgers["Open Tasks"].table
    hours = [e["hours"] for e in rows_of(ledger) if e["task_of_id"] == order["id"]]
    assert (len(hours), sum(hours)) == (4, 0)


def test_a_stored_draft_makes_the_same(world: World) -> None:
    body = {"day": "2026-05-04", "party": world.plain, "items": [{"what": "Stool", "quantity": 1}]}
    [draft] = service.create(world.actor, "Order", [body])
    assert tasks_of(draft) == []
    service.submit(world.actor, "Order", [Reference(draft["id"])])
    assert [t["about"] for t in tasks_of(draft)] == ["Stool"]


def test_mail_goes_to_the_outbox_with_the_number(world: World) -> None:
    order = world.submit(mail="a@b.in")
    event = Event.objects.get(document_id=order["id"], name="order.send")
    assert event.body == {
        "name": "Order Confirmed",
        "values": {"address": "a@b.in", "number": order["number"]},
    }


def test_another_company_gets_its_document_once(world: World) -> None:
    order = world.submit(party=world.partner, mail="x@y.in")
    assert [r for r in rows_of("doc_order") if r["company_id"] == world.other.company_id] == []
    relay_pending()
    event = Event.objects.get(document_id=order["id"], name="order.make_elsewhere")
    assert event.error == ""
    [there] = [r for r in rows_of("doc_order") if r["company_id"] == world.other.company_id]
    assert (there["state"], there["number"], there["mail"]) == ("draft", None, "x@y.in")
    assert (
        MadeOnce.objects.get(key=f"Order.theirs@{world.actor.company_id}:{order['id']}").document_id
        == there["id"]
    )
    Event.objects.filter(pk=event.pk).update(delivered_at=None)
    relay_pending()  # delivered twice, made once
    assert len([r for r in rows_of("doc_order") if r["company_id"] == world.other.company_id]) == 1
