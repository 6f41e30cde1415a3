"""Stand-ins: whom they may act for, what they bring, and whom it makes no sense to name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model

from engine_runtime.access.actor import Actor
from engine_runtime.access.members import actor_named
from engine_runtime.access.models import Membership
from engine_runtime.documents.errors import NotAllowed
from engine_runtime.documents.moving import move
from engine_runtime.documents.service import Reference
from engine_runtime.documents.standing import history
from engine_runtime.documents.tasks import tasks
from engine_runtime.workflow.models import StandIn
from engine_runtime.workflow.standins import StandInRefused, name_stand_in
from tests.runtime.work.conftest import World

PROGRAM = "work"
TODAY = date.today()
YEAR = TODAY + timedelta(365)


@pytest.fixture
def people(world: World) -> Iterator[dict[str, Actor]]:
    """Users of the database: a director may read orders, a stranger nothing."""
    roles = {"meera": ["Manager"], "dev": ["Director"], "stranger": [], "outside": None}
    users = get_user_model().objects
    made = [users.create_user(name) for name in roles]
    for user in made:
        for role in roles[user.username] or ([] if roles[user.username] is None else ["Nobody"]):
            Membership.objects.create(user=user, company_id=world.company, role=role)
    yield {n: actor_named(n, world.company) for n, given in roles.items() if given is not None}
    StandIn.objects.all().delete()
    for user in made:
        user.delete()


def requested(world: World, people: dict[str, Actor]) -> dict:  # type: ignore[type-arg]
    """An order whose owner has consented; the manager's consent is missing."""
    ravi, asha = world.person("ravi", "Buyer"), world.person("asha", "Buyer")
    row = world.order(("A", 2000), by=ravi)
    reference = Reference(row["id"])
    move(ravi, "Purchase Order", reference, "request")
    assert not move(asha, "Purchase Order", reference, "approve").moved
    return row


def test_a_stand_in_consents_in_the_place_of_somebody_with_the_role(
    world: World, people: dict[str, Actor]
) -> None:
    row = requested(world, people)
    dev, reference = people["dev"], Reference(row["id"])
    with pytest.raises(NotAllowed):
        move(dev, "Purchase Order", reference, "approve")
    assert [t for t in tasks(dev) if t["document"] == row["id"]] == []
    name_stand_in(people["meera"], "dev", TODAY - timedelta(1), YEAR)
    assert [t["role"] for t in tasks(dev) if t["document"] == row["id"]] == ["Manager"]
    assert move(dev, "Purchase Order", reference, "approve").moved
    said = next(h for h in history(dev, "Purchase Order", row["id"]) if h["action"] == "consent")
    assert (said["by"], said["changes"]["for"]) == ("dev", "meera")


def test_what_takes_no_stand_in_is_no_task_of_one(world: World, people: dict[str, Actor]) -> None:
    row = requested(world, people)
    name_stand_in(people["meera"], "dev", TODAY - timedelta(1), YEAR)
    reference = Reference(row["id"])
    move(people["meera"], "Purchase Order", reference, "approve")
    move(world.system, "Purchase Order", reference, "hold")
    assert [t["transition"] for t in tasks(people["meera"]) if t["document"] == row["id"]]
    assert [t["role"] for t in tasks(people["dev"]) if t["document"] == row["id"]] == ["Director"]


@pytest.mark.parametrize("name", ["stranger", "outside"])
def test_who_sees_nothing_of_it_is_not_named(people: dict[str, Actor], name: str) -> None:
    with pytest.raises(StandInRefused, match=f"'{name}' may not read .*Purchase Order"):
        name_stand_in(people["meera"], name, TODAY, YEAR)
    assert not StandIn.objects.exists()


def test_who_reads_it_is_named_with_nothing_unread(people: dict[str, Actor]) -> None:
    (found,) = name_stand_in(people["meera"], "dev", TODAY, YEAR)
    assert (found.stand_in, found.unread) == ("dev", ())
