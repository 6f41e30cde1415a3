"""Balances that a later version keeps: limits and lots that are declared for a ledger in use."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.documents import service
from engine_runtime.documents.errors import LimitExceeded
from engine_runtime.documents.service import Reference
from engine_runtime.ledgers.verify import verify
from tests.runtime.expiry.conftest import run
from tests.runtime.schema.test_change import FIRST, LEDGERS, changed, create, publish

pytestmark = pytest.mark.usefixtures("empty_database")

BARE = changed(LEDGERS, ("limits: {owned: {by: [person], measure: points, min: 0}}\n", ""))
LIVES = changed(LEDGERS, ("limits:", "lots: {by: [person], expires: date + days(10)}\nlimits:"))
LONGER = changed(
    LIVES,
    ("dimensions: {", "dimensions: {kind: {type: text, length: 20}, "),
    ("limits: {", "limits: {of_kind: {by: [person, kind], measure: points, max: 100}, "),
)
AS_TYPED = changed(
    LEDGERS,
    ("dimensions: {", "dimensions: {rate: {type: percent}, on: {type: date}, fine: {type: boolean}, "),
    ("set: {person", "set: {rate: 12.5, on: day, fine: points > 0, person"),
)  # fmt: skip
BY_ALL = changed(AS_TYPED, ("by: [person]", "by: [person, rate, on, fine]"))


def gain(actor: Actor, person: int, points: int, day: date = date(2026, 4, 1)) -> int:
    body = {"day": day, "person": person, "points": points}
    return int(service.create(actor, "Gain", [body], submit=True)[0]["id"])


def differences() -> list[str]:
    return [str(difference) for difference in verify(None)]


def balances() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, points FROM led_points__balance WHERE points <> 0 ORDER BY key")
        return list(cursor.fetchall())


@pytest.fixture
def actor() -> Actor:
    publish(FIRST, BARE)
    return system_actor(create("Company", code="N", name="North"))


def test_a_limit_of_a_ledger_in_use_knows_what_stands(actor: Actor) -> None:
    ann, ben = create("Person", code="ann"), create("Person", code="ben")
    gain(actor, ann, 5)
    gain(actor, ben, -3)
    publish(FIRST, LEDGERS)
    company = actor.company_id
    assert balances() == [(f"person|{company}|{ann}", 5), (f"person|{company}|{ben}", -3)]
    gain(actor, ann, -5)
    with pytest.raises(LimitExceeded):
        gain(actor, ann, -1)
    assert differences() == []


def test_what_is_limited_no_more_and_again(actor: Actor) -> None:
    ann = create("Person", code="ann")
    for version in (LEDGERS, BARE, LEDGERS):
        publish(FIRST, version)
        gain(actor, ann, 5)
        assert differences() == []
    assert balances() == [(f"person|{actor.company_id}|{ann}", 15)]


def test_lots_begin_to_expire_in_a_ledger_in_use(actor: Actor) -> None:
    ann = create("Person", code="ann")
    gain(actor, ann, 5)
    publish(FIRST, LIVES)
    gain(actor, ann, 7, date(2026, 4, 2))
    gain(actor, ann, -1, date(2026, 4, 3))
    assert differences() == []
    assert run("2026-05-01").done == 1
    # What came before lots had a last day stays.
    assert balances() == [
        (f"person,expires|{actor.company_id}|{ann}|-", 5),
        (f"person|{actor.company_id}|{ann}", 5),
    ]
    assert differences() == []


def test_lots_are_told_apart_by_one_thing_more(actor: Actor) -> None:
    ann = create("Person", code="ann")
    publish(FIRST, LIVES)
    old = gain(actor, ann, 5)
    publish(FIRST, LONGER)
    gain(actor, ann, 7, date(2026, 4, 2))
    assert differences() == []
    service.cancel(actor, "Gain", [Reference(old)], reason="wrong")
    assert run("2026-05-01").done == 1
    assert (balances(), differences()) == ([], [])


def test_keys_of_every_type_are_those_that_entries_have(actor: Actor) -> None:
    publish(FIRST, AS_TYPED)
    ann = create("Person", code="ann")
    gain(actor, ann, 5)
    publish(FIRST, BY_ALL)
    assert differences() == []
    gain(actor, ann, 2)
    assert differences() == []
    assert [points for _, points in balances()] == [7]
