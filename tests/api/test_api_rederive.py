"""Bringing a document under the masters of today over HTTP: looked at, then done as it was seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.api.world import World

Clients = Callable[..., APIClient]


@pytest.fixture
def place(keeper: APIClient, world: World) -> str:
    """The address of a fee note of 20 whose account asks for another fee by now."""
    set_fee(keeper, world, "10")
    body = {"day": "2026-05-10", "account": world.cash, "against": world.sales}
    made = keeper.post("/api/fee_notes?submit=true", body, format="json")
    assert made.status_code == 201, made.content
    set_fee(keeper, world, "12")
    return f"/api/fee_notes/{made.json()['id']}/rederive"


def set_fee(keeper: APIClient, world: World, fee: str) -> None:
    version = keeper.get(f"/api/accounts/{world.cash}").json()["version"]
    body = {"version": version, "fee": fee}
    assert keeper.patch(f"/api/accounts/{world.cash}", body, format="json").status_code == 200


def test_the_difference_is_told(keeper: APIClient, world: World, place: str) -> None:
    set_fee(keeper, world, "4")
    answer = keeper.get(place)
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert (found["version"], found["nothing"], found["withheld"]) == (1, False, False)
    assert found["fields"] == [{"path": "fee", "label": "Fee", "old": "20.00", "new": "8.00"}]
    (row,) = found["rows"]
    assert (row["path"], row["is"]) == ("parts[0]", "gone")
    assert row["row"]["account"] == {"id": world.cash, "title": "1000"}
    general = found["ledgers"]["General"]
    assert [column["name"] for column in general["columns"]] == [
        "account",
        "narration",
        "debit",
        "credit",
    ]
    lines = [(e["account"]["id"], e["debit"], e["credit"]) for e in general["entries"]]
    assert lines == [(world.cash, "0.00", "12.00"), (world.sales, "12.00", "0.00")]
    assert found["problems"] == []


def test_what_was_seen_is_done_once(keeper: APIClient, place: str) -> None:
    seen = keeper.get(place).json()
    body = {"version": seen["version"], "seen": seen["seen"], "reason": "dearer"}
    answer = keeper.post(place, body, format="json")
    assert answer.status_code == 200, answer.content
    done = answer.json()
    assert (done["fee"], done["version"], done["rederived"]) == ("24.00", 2, True)
    assert answer.headers["ETag"] == '"2"'
    assert keeper.post(place, body, format="json").json()["code"] == "document.version"
    again = keeper.get(place).json()
    assert (again["nothing"], again["fields"], again["ledgers"]) == (True, [], {})
    headers = {"HTTP_IF_MATCH": '"2"'}
    same = keeper.post(place, {"seen": again["seen"]}, format="json", **headers).json()
    assert (same["rederived"], same["version"]) == (False, 2)
    (last, *_) = keeper.get(place.replace("rederive", "history")).json()["history"]
    assert (last["action"], last["reason"]) == ("rederive", "dearer")
    assert last["changes"]["fee"] == ["20.00", "24.00"]


def test_something_else_than_was_seen_is_a_conflict_that_shows_it(
    keeper: APIClient, world: World, place: str
) -> None:
    seen = keeper.get(place).json()
    set_fee(keeper, world, "15")
    body = {"version": 1, "seen": seen["seen"]}
    answer = keeper.post(place, body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "document.difference")
    now = answer.json()["difference"]
    assert [field["new"] for field in now["fields"] if field["path"] == "fee"] == ["30.00"]
    answer = keeper.post(place, {"version": 1, "seen": now["seen"]}, format="json")
    assert (answer.status_code, answer.json()["fee"]) == (200, "30.00")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"seen": "x"}, "request.version_missing"),
        ({"version": 1}, "request.malformed_body"),
        ({"version": 1, "seen": 7}, "request.malformed_body"),
        ({"version": 1, "seen": "x", "fee": 3}, "request.malformed_body"),
        ({"version": 1, "seen": "x", "reason": 7}, "request.malformed_body"),
    ],
)
def test_what_is_left_out_or_wrong_is_named(
    keeper: APIClient, place: str, body: dict[str, Any], code: str
) -> None:
    answer = keeper.post(place, body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_who_has_no_right_neither_looks_nor_does(
    as_user: Clients, world: World, place: str
) -> None:
    outsider = as_user("outsider", world.north)
    assert outsider.get(place.removesuffix("/rederive")).status_code == 200
    for answer in (
        outsider.get(place),
        outsider.post(place, {"version": 1, "seen": "x"}, format="json"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "access.forbidden")
    doctypes = {
        name: as_user(name, world.north).get("/api/meta").json()["doctypes"]["fee_note"]["can"]
        for name in ("outsider", "clerk")
    }
    assert doctypes == {"outsider": ["read"], "clerk": ["read", "rederive"]}


def test_entries_of_a_ledger_kept_from_a_person_are_withheld(
    as_user: Clients, world: World, place: str
) -> None:
    clerk = as_user("clerk", world.north)
    found = clerk.get(place).json()
    assert (found["ledgers"], found["withheld"], found["nothing"]) == ({}, True, False)
    body = {"version": 1, "seen": found["seen"]}
    assert clerk.post(place, body, format="json").json()["rederived"] is True


def test_only_what_is_submitted_has_the_address(
    keeper: APIClient, world: World, place: str
) -> None:
    assert keeper.get(f"/api/accounts/{world.cash}/rederive").status_code == 404
    assert keeper.patch(place, {}, format="json").headers["Allow"] == "GET, POST"
    body = {"day": "2026-05-10", "account": world.cash, "against": world.sales}
    draft = keeper.post("/api/fee_notes", body, format="json").json()["id"]
    answer = keeper.get(f"/api/fee_notes/{draft}/rederive")
    assert (answer.status_code, answer.json()["code"]) == (409, "document.state")


def test_what_stands_in_the_way_is_told_with_the_way_out(keeper: APIClient, place: str) -> None:
    body = {"area": "accounts", "until": "2026-05-31", "reason": "done"}
    assert keeper.post("/api/period-locks", body, format="json").status_code == 200
    found = keeper.get(place).json()
    assert [(p["code"], p["path"]) for p in found["problems"]] == [("period.closed", "day")]
    answer = keeper.post(place, {"version": 1, "seen": found["seen"]}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "period.closed")
