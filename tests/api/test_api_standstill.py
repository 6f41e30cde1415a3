"""Forms send back what they found: only what would really be different is refused where fields stand still."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.api.world import World

LEAVES = "/api/leaves"


@pytest.fixture
def asked(keeper: APIClient, world: World) -> dict[str, Any]:
    """A leave in the state in which only the price may change."""
    body = {"day": "2026-11-21", "account": world.cash, "price": "5", "rows": [{"count": 1}]}
    made = keeper.post(LEAVES, body, format="json").json()
    moved = keeper.post(f"{LEAVES}/{made['id']}/ask", {}, format="json")
    assert moved.status_code == 200, moved.content
    return keeper.get(f"{LEAVES}/{made['id']}").json()  # type: ignore[no-any-return]


def whole(document: dict[str, Any], **more: Any) -> dict[str, Any]:
    names = ("version", "state", "day", "account", "price", "what", "rows")
    return {name: document[name] for name in names} | more


def patch(keeper: APIClient, document: dict[str, Any], **more: Any) -> Any:
    return keeper.patch(f"{LEAVES}/{document['id']}", whole(document, **more), format="json")


def test_what_is_sent_as_it_is_may_stand_beside_what_changes(
    keeper: APIClient, asked: dict[str, Any]
) -> None:
    answer = patch(keeper, asked, price="1700.00")
    assert (answer.status_code, answer.json()["price"]) == (200, "1700.00")
    by_key = patch(keeper, answer.json(), account="1000", price="1701")
    assert (by_key.status_code, by_key.json()["account"]["id"]) == (200, asked["account"]["id"])
    assert by_key.json()["rows"] == asked["rows"]


@pytest.mark.parametrize(
    ("more", "label"),
    [
        ({"day": "2026-11-22"}, "Day"),
        ({"account": "4000"}, "Account"),
        ({"account": "9999"}, "Account"),
        ({"day": None}, "Day"),
        ({"rows": []}, "Rows"),
        ({"rows": [{"count": 1}]}, "Rows"),
    ],
)
def test_what_would_be_different_is_refused_by_name(
    keeper: APIClient, asked: dict[str, Any], more: dict[str, Any], label: str
) -> None:
    answer = patch(keeper, asked, price="6", **more)
    assert (answer.status_code, answer.json()["code"]) == (409, "document.state")
    assert answer.json()["detail"].endswith(f"cannot be changed: {label}.")


def test_rows_that_stand_still_are_compared_field_by_field(
    keeper: APIClient, asked: dict[str, Any]
) -> None:
    rows = [{**asked["rows"][0], "count": 2}]
    assert patch(keeper, asked, rows=rows).status_code == 409


def test_a_submitted_document_takes_its_unchanged_fields_back(
    keeper: APIClient, asked: dict[str, Any], world: World
) -> None:
    keeper.post(f"{LEAVES}/{asked['id']}/grant", {}, format="json")
    granted = keeper.get(f"{LEAVES}/{asked['id']}").json()
    answer = patch(keeper, granted, what="holiday", company=world.north)
    assert (answer.status_code, answer.json()["what"]) == (200, "holiday")
    refused = patch(keeper, answer.json(), price="7")
    assert refused.status_code == 409
    assert "cannot be changed: Price." in refused.json()["detail"]
    other = patch(keeper, answer.json(), company=world.south)
    assert (other.status_code, other.json()["problems"][0]["code"]) == (422, "company.fixed")
    assert patch(keeper, answer.json(), nothing=1).status_code == 409
