"""Whose the entries of a document are to see, and that nobody is told there are none where some are withheld."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.api.world import World

Clients = Callable[..., APIClient]


@pytest.fixture
def leave(keeper: APIClient, world: World) -> str:
    """The address of a leave that posted into a ledger without a report, and one with a report for all."""
    body = {"day": "2026-05-10", "account": world.cash, "price": "5"}
    place = f"/api/leaves/{keeper.post('/api/leaves', body, format='json').json()['id']}"
    for step in ("ask", "grant"):
        assert keeper.post(f"{place}/{step}", {}, format="json").status_code == 200
    return place


@pytest.mark.parametrize("name", ["keeper", "clerk", "root"])
def test_a_ledger_that_no_report_is_on_is_kept_from_nobody(
    as_user: Clients, world: World, leave: str, name: str
) -> None:
    found = as_user(name, world.north).get(f"{leave}/effects").json()
    assert found["withheld"] is False
    assert [entry["days"] for entry in found["ledgers"]["Leave Days"]["entries"]] == [1]
    assert [entry["price"] for entry in found["ledgers"]["Leave Costs"]["entries"]] == ["5.00"]


def test_what_reports_keep_from_a_person_is_said_to_be_withheld(
    keeper: APIClient, as_user: Clients, world: World, journal: Callable[..., dict[str, Any]]
) -> None:
    made = keeper.post("/api/books/journals?submit=true", journal(), format="json").json()
    place = f"/api/books/journals/{made['id']}/effects"
    assert as_user("clerk").get(place).json() == {"ledgers": {}, "withheld": True}
    seen = keeper.get(place).json()
    assert (list(seen["ledgers"]), seen["withheld"]) == (["General"], False)
    assert as_user("root", world.north).get(place).json() == seen


def test_a_preview_says_that_something_is_withheld(
    keeper: APIClient, as_user: Clients, journal: Callable[..., dict[str, Any]]
) -> None:
    place = "/api/books/journals/preview"
    told = as_user("clerk").post(place, journal(), format="json").json()
    assert (told["entries"], told["withheld"]) == ({}, True)
    told = keeper.post(place, journal(), format="json").json()
    assert (list(told["entries"]), told["withheld"]) == (["General"], False)


def test_a_report_that_names_no_roles_is_for_all_of_the_company(
    as_user: Clients, world: World, leave: str
) -> None:
    for name in ("clerk", "outsider", "keeper"):
        client = as_user(name, world.north)
        answer = client.get("/api/reports/leave_costs_report")
        assert answer.status_code == 200, answer.content
        assert [row["price"] for row in answer.json()["rows"]] == ["5.00"]
        assert "leave_costs_report" in [r["key"] for r in client.get("/api/reports").json()["rows"]]
    south = as_user("clerk", world.north).get(
        "/api/reports/leave_costs_report", {"company": world.south}
    )
    assert (south.status_code, south.json()["code"]) == (403, "access.company_refused")
