"""Documents go through their workflow in the database: consents, answers, stand-ins, tasks, history."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest

from engine_runtime.access.actor import Actor
from engine_runtime.access.errors import Forbidden
from engine_runtime.api.moves import standing_json
from engine_runtime.documents import service
from engine_runtime.documents.errors import (
    DocumentInvalid,
    InputMalformed,
    NotAllowed,
    StateConflict,
)
from engine_runtime.documents.moving import Moved, move
from engine_runtime.documents.read import get
from engine_runtime.documents.service import Reference
from engine_runtime.documents.standing import history, standing
from engine_runtime.documents.tasks import tasks
from engine_runtime.documents.waiting import escalate_due
from engine_runtime.workflow.models import StandIn, Task
from tests.concurrency.crowd import together
from tests.runtime.work.conftest import World

PROGRAM = "work"


def go(actor: Actor, row: dict, name: str, **asked: object) -> Moved:  # type: ignore[type-arg]
    return move(actor, "Purchase Order", Reference(row["id"]), name, asked)


@pytest.fixture
def buyer(world: World) -> Actor:
    return world.person("ravi", "Buyer")


@pytest.fixture
def asha(world: World) -> Actor:
    return world.person("asha", "Manager")


@pytest.fixture
def bina(world: World) -> Actor:
    return world.person("bina", "Manager")


def approved(world: World, buyer: Actor, *owners: Actor) -> dict:  # type: ignore[type-arg]
    row = world.order(("A", 400), ("B", 300), by=buyer)
    go(buyer, row, "request")
    for owner in owners:
        row = go(owner, row, "approve").row
    return row


def test_an_order_goes_from_draft_to_closed(
    world: World, buyer: Actor, asha: Actor, bina: Actor
) -> None:
    row = world.order(("A", 400), ("B", 300), by=buyer)
    assert (row["state"], row["stage"], row["number"]) == ("draft", "draft", None)
    assert go(buyer, row, "request").row["state"] == "to_approve"
    first = go(asha, row, "approve")
    assert (first.moved, [r.people for r in first.waiting]) == (False, [("bina",)])
    last = go(bina, row, "approve")
    assert last.moved
    assert (last.row["state"], last.row["stage"]) == ("approved", "submitted")
    assert last.row["number"].startswith("PO")
    closed = go(buyer, row, "receive", received_on="2026-04-03")
    stored = get(buyer, "Purchase Order", [row["id"]]).rows[0]
    assert closed.row["state"] == stored["state"] == "closed"
    assert stored["received_on"] == date(2026, 4, 3)


def test_history_tells_who_did_what(world: World, buyer: Actor, asha: Actor, bina: Actor) -> None:
    row = approved(world, buyer, asha, bina)
    found = history(buyer, "Purchase Order", row["id"])
    assert [each["action"] for each in found][::-1] == [
        "create", "request", "consent", "consent", "approve",
    ]  # fmt: skip
    assert found[0]["changes"]["state"] == ["to_approve", "approved"]


def test_the_same_person_consents_once(world: World, buyer: Actor, asha: Actor) -> None:
    row = approved(world, buyer, asha)
    with pytest.raises(StateConflict, match="You have consented; Approve waits for bina"):
        go(asha, row, "approve")


def test_a_stranger_does_not_approve(world: World, buyer: Actor) -> None:
    row = approved(world, buyer)
    with pytest.raises(NotAllowed, match="waits for asha and bina"):
        go(world.person("zoya", "Manager"), row, "approve")
    with pytest.raises(Forbidden):
        go(world.person("nobody"), row, "approve")


def test_tasks_are_of_people_and_go_when_they_are_done(
    world: World, buyer: Actor, asha: Actor, bina: Actor
) -> None:
    row = approved(world, buyer)
    mine = [t for t in tasks(asha) if t["document"] == row["id"]]
    assert [(t["transition"], t["person"], len(t["rows"])) for t in mine] == [
        ("approve", "asha", 1)
    ]
    go(asha, row, "approve")
    assert [t for t in tasks(asha) if t["document"] == row["id"]] == []
    go(bina, row, "approve")
    assert not Task.objects.filter(document_id=row["id"]).exists()


def test_a_stand_in_consents_and_both_names_are_kept(
    world: World, buyer: Actor, asha: Actor
) -> None:
    row = approved(world, buyer, asha)
    hari = world.person("hari", "Manager")
    today = date.today()
    StandIn.objects.create(
        id=1,
        person="bina",
        stand_in="hari",
        from_date=today - timedelta(1),
        to_date=today + timedelta(1),
    )
    assert [t["person"] for t in tasks(hari) if t["document"] == row["id"]] == ["bina"]
    assert go(hari, row, "approve").moved
    found = history(buyer, "Purchase Order", row["id"])
    last = next(h for h in found if h["action"] == "consent")
    assert (last["by"], last["changes"]["for"]) == ("hari", "bina")
    StandIn.objects.all().delete()


def test_a_consent_holds_until_what_is_watched_changes(
    world: World, buyer: Actor, asha: Actor, bina: Actor
) -> None:
    row = approved(world, buyer, asha)
    version = get(buyer, "Purchase Order", [row["id"]]).rows[0]["version"]
    change = {"id": row["id"], "version": version}
    service.save(buyer, "Purchase Order", [{**change, "remarks": "urgent"}])
    way_out = "cannot be changed: Supplier. It can be after: Send back."
    with pytest.raises(StateConflict, match=way_out):
        service.save(buyer, "Purchase Order", [{**change, "version": version + 1, "supplier": "X"}])
    back = go(bina, row, "send_back", reason="Too dear")
    assert back.row["state"] == "draft"
    items = [{"id": r["id"], "rate": 500} for r in back.row["items"]]
    again = {"id": row["id"], "version": back.row["version"], "items": items}
    service.save(buyer, "Purchase Order", [again])
    go(buyer, row, "request")
    # Asha's consent was to other rates: it is asked for again.
    assert [r.people for r in go(bina, row, "approve").waiting] == [("asha",)]
    assert go(asha, row, "approve").moved


def test_what_is_asked_is_required_and_read(world: World, buyer: Actor, asha: Actor) -> None:
    row = approved(world, buyer)
    with pytest.raises(DocumentInvalid, match="Reason is required"):
        go(asha, row, "send_back")
    with pytest.raises(InputMalformed, match="does not ask for 'why'"):
        go(asha, row, "send_back", why="x")
    go(asha, row, "send_back", reason="Not now")
    assert history(buyer, "Purchase Order", row["id"])[0]["reason"] == "Not now"


def test_a_condition_of_a_transition_refuses(
    world: World, buyer: Actor, asha: Actor, bina: Actor
) -> None:
    row = approved(world, buyer, asha, bina)
    with pytest.raises(DocumentInvalid, match="cannot come on 2026-03-01"):
        go(buyer, row, "receive", received_on="2026-03-01")


def test_what_is_not_from_here_says_where_it_is(world: World, buyer: Actor, asha: Actor) -> None:
    row = world.order(("A", 10), by=buyer)
    with pytest.raises(
        StateConflict, match="is in the state Draft; Approve leads out of Waiting for approval"
    ):
        go(asha, row, "approve")
    with pytest.raises(StateConflict, match="goes through its own transitions"):
        service.submit(buyer, "Purchase Order", [Reference(row["id"])])


def test_only_the_engine_holds(world: World, buyer: Actor, asha: Actor, bina: Actor) -> None:
    row = approved(world, buyer, asha, bina)
    with pytest.raises(NotAllowed, match="by the engine only"):
        go(asha, row, "hold")
    assert go(world.system, row, "hold").row["state"] == "on_hold"
    assert not go(asha, row, "release").moved
    assert go(bina, row, "release").row["state"] == "approved"


def test_a_workflow_that_does_not_say_how_is_cancelled_as_usual(
    world: World, buyer: Actor, asha: Actor, bina: Actor
) -> None:
    row = approved(world, buyer, asha, bina)
    cancelled = go(buyer, row, "cancel").row
    assert (cancelled["state"], cancelled["stage"]) == ("cancelled", "cancelled")


def test_what_can_be_done_and_why_not(world: World, buyer: Actor, asha: Actor) -> None:
    row = approved(world, buyer)
    found = standing(buyer, "Purchase Order", row["id"])
    assert (found.state, found.label, found.colour) == (
        "to_approve",
        "Waiting for approval",
        "warning",
    )
    reasons = {p.name: [r.message for r in p.reasons] for p in found.transitions}
    assert reasons["approve"] == [
        "Approve waits for asha and bina.",
        "Approve: not by the one who made it.",
    ]
    mine = standing(asha, "Purchase Order", row["id"])
    assert [p.name for p in mine.transitions if p.ok] == ["approve", "send_back"]
    assert [p.name for p in mine.actions if p.offered] == ["summary"]


def test_what_is_asked_before_it_is_done_is_told(
    world: World, buyer: Actor, asha: Actor, bina: Actor
) -> None:
    row = approved(world, buyer, asha, bina)
    found = standing(buyer, "Purchase Order", row["id"])
    told = {each["name"]: each["confirm"] for each in standing_json(found)["actions"]}
    assert told == {"summary": "", "again": "Order the same again from Acme?"}


def test_a_line_that_nobody_owns_is_told_before_anybody_is_asked(
    world: World, buyer: Actor, asha: Actor
) -> None:
    row = world.order(("A", 10), ("C", 20), by=buyer)
    go(buyer, row, "request")
    with pytest.raises(StateConflict, match="Nobody can give the consent 'owners' for items"):
        go(asha, row, "approve")


def test_a_timer_asks_the_manager_once_and_they_consent_in_the_place_of_the_late(
    world: World, buyer: Actor, asha: Actor
) -> None:
    row = approved(world, buyer, asha)
    mine = Task.objects.filter(document_id=row["id"])
    since = mine.get().since
    assert escalate_due(since + timedelta(days=1)) == 0
    later = since + timedelta(days=4)
    asked = [escalate_due(later), escalate_due(later)]
    assert asked[1] == 0
    assert list(mine.values_list("person", "place")) == [("bina", ""), ("chief", "bina")]
    chief = world.person("chief", "Manager")
    assert go(chief, row, "approve").moved
    found = history(buyer, "Purchase Order", row["id"])
    last = next(h for h in found if h["action"] == "consent")
    assert (last["by"], last["changes"]["for"]) == ("chief", "bina")
    assert not mine.exists()


def test_two_who_consent_at_once_both_count(
    world: World, buyer: Actor, asha: Actor, bina: Actor
) -> None:
    row = approved(world, buyer)
    results = together([partial(go, asha, row, "approve"), partial(go, bina, row, "approve")])
    assert sorted(r.moved for r in results if isinstance(r, Moved)) == [False, True]
    stored = get(buyer, "Purchase Order", [row["id"]]).rows[0]
    assert (stored["state"], stored["stage"]) == ("approved", "submitted")
