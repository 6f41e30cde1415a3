"""``under``: balances of a node and all below it, and conditions on where a record stands."""

from __future__ import annotations

from typing import Any

import pytest

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.documents import service
from engine_runtime.documents.errors import DocumentInvalid
from engine_runtime.documents.read import get

PROGRAM = "trees"


@pytest.fixture(scope="module")
def places(module_database: None) -> tuple[Actor, dict[str, int]]:
    """A house with two rooms, a shelf in one of them, and a yard outside."""
    [company] = service.create(system_actor(), "Company", [{"code": "ONE", "name": "First"}])
    actor = system_actor(company["id"])
    made: dict[str, int] = {}
    for code, inside in (
        ("HOUSE", None),
        ("A", "HOUSE"),
        ("B", "HOUSE"),
        ("SHELF", "A"),
        ("YARD", None),
    ):
        above = made[inside] if inside is not None else None
        made[code] = service.create(actor, "Place", [{"code": code, "inside": above}])[0]["id"]
    return actor, made


def deliver(actor: Actor, area: int, *items: tuple[int, int]) -> dict[str, Any]:
    rows = [{"place": place, "pieces": pieces} for place, pieces in items]
    body = {"on_date": "2026-11-21", "area": area, "items": rows}
    return service.create(actor, "Delivery", [body], submit=True)[0]


def test_balances_and_sums_under_a_node(places: tuple[Actor, dict[str, int]]) -> None:
    actor, place = places
    made = deliver(actor, place["HOUSE"], (place["SHELF"], 5), (place["B"], 7), (place["HOUSE"], 1))
    assert made["before"] == 13
    rows = get(actor, "Place", [place[code] for code in ("HOUSE", "A", "B", "SHELF", "YARD")]).rows
    assert [row["all"] for row in rows] == [13, 5, 7, 5, 0]
    assert [row["here"] for row in rows] == [1, 0, 7, 5, 0]


def test_a_choice_that_does_not_stand_under_the_node_is_refused(
    places: tuple[Actor, dict[str, int]],
) -> None:
    actor, place = places
    with pytest.raises(DocumentInvalid) as caught:
        deliver(actor, place["A"], (place["SHELF"], 1), (place["YARD"], 1))
    assert [(p.code, p.path) for p in caught.value.problems] == [
        ("link.not_allowed", "items[1].place")
    ]
