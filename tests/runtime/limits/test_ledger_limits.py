"""Limits of ledgers: over two of them under one lock, ceilings, what is confirmed; on both databases."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import pytest

from engine.catalog.tests import FIRST_DAY
from engine.testing.stage import Moment
from engine.testing.story import EVERYBODY, play
from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.documents import service
from engine_runtime.documents.errors import ConfirmationNeeded, LimitExceeded
from engine_runtime.posting.session import Knowing, knowingly
from tests.cases.database import on_this_database
from tests.concurrency.crowd import failures, together
from tests.databases import Databases

PROGRAM = "ledger_limits"
_codes = count(1)


@pytest.fixture(scope="module")
def keeper(module_database: None) -> Actor:
    company = service.create(system_actor(), "Company", [{"code": "ONE"}])[0]["id"]
    return system_actor(company, user_id=5)


def shelf(keeper: Actor, room: int | None = None, space: int | None = None) -> str:
    """The code of a new shelf."""
    code = f"S{next(_codes)}"
    service.create(keeper, "Shelf", [{"code": code, "room": room, "space": space}])
    return code


def move(keeper: Actor, *lines: dict[str, Any]) -> dict[str, Any]:
    """Goods moved or reserved."""
    body = {"day": "2026-05-04", "lines": list(lines)}
    return service.create(keeper, "Move", [body], submit=True)[0]


def test_what_is_reserved_is_not_free(keeper: Actor) -> None:
    one = shelf(keeper)
    move(keeper, {"shelf": one, "quantity": 10}, {"shelf": one, "batch": "B", "quantity": 5})
    move(keeper, {"shelf": one, "reserved": 8})
    with pytest.raises(LimitExceeded) as refused:
        move(keeper, {"shelf": one, "quantity": -3})
    assert [p.code for p in refused.value.problems] == ["limit.free"]
    assert refused.value.problems[0].message.endswith("2 is there, 3 is wanted.")
    with pytest.raises(LimitExceeded):
        move(keeper, {"shelf": one, "reserved": 3})
    move(keeper, {"shelf": one, "batch": "B", "quantity": -5})
    move(keeper, {"shelf": one, "quantity": -2})
    move(keeper, {"shelf": one, "quantity": -8, "reserved": -8})


def test_goods_and_their_reservation_wait_for_each_other(keeper: Actor) -> None:
    one = shelf(keeper)
    move(keeper, {"shelf": one, "quantity": 10})
    tries = [{"shelf": one, "quantity": -6}, {"shelf": one, "reserved": 6}] * 3
    results = together([lambda line=line: move(keeper, line) for line in tries])  # type: ignore[misc]
    assert [type(error) for error in failures(results)] == [LimitExceeded] * 5


def test_a_measure_over_two_ledgers_reads_over_links(keeper: Actor) -> None:
    one = shelf(keeper, space=10)
    move(keeper, {"shelf": one, "quantity": 6})
    move(keeper, {"shelf": one, "reserved": 3})
    with pytest.raises(LimitExceeded) as refused:
        move(keeper, {"shelf": one, "quantity": 2})
    assert [p.code for p in refused.value.problems] == ["limit.space"]
    move(keeper, {"shelf": one, "quantity": 1})


def test_a_ceiling_is_passed_knowingly(keeper: Actor) -> None:
    one, endless = shelf(keeper, room=10), shelf(keeper)
    move(keeper, {"shelf": endless, "quantity": 1000})
    move(keeper, {"shelf": one, "quantity": 8})
    with pytest.raises(ConfirmationNeeded) as asked:
        move(keeper, {"shelf": one, "quantity": 3})
    (problem,) = asked.value.problems
    assert (problem.code, problem.hint) == ("limit.room", "There is room for 2.")
    with knowingly(Knowing(frozenset({problem.confirmation}))):
        done = move(keeper, {"shelf": one, "quantity": 3})
    assert [finding.code for finding in done["warnings"]] == ["limit.room"]
    move(keeper, {"shelf": one, "quantity": -1})


def test_a_batch_that_fills_a_shelf_is_told_of(keeper: Actor) -> None:
    one = shelf(keeper)
    assert move(keeper, {"shelf": one, "quantity": 60})["warnings"] == []
    done = move(keeper, {"shelf": one, "batch": "B", "quantity": 51})
    assert [finding.message for finding in done["warnings"]] == [f"Batch B fills {one}."]


def test_the_story_of_the_pack_goes_as_told_on_the_database(
    databases: Databases,
    module_metadata: Path,
    django_db_blocker: pytest.FixtureRequest,
) -> None:
    with django_db_blocker.unblock(), databases.clone(module_metadata):  # type: ignore[attr-defined]
        stage = on_this_database(Moment(FIRST_DAY, EVERYBODY, None, None))
        (test,) = stage.catalog.tests.values()
        assert [str(failure) for failure in play(stage, test)] == []
