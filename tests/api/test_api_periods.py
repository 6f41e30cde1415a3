"""Closing periods over HTTP, and that nothing is dated in them afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rest_framework.test import APIClient

Journal = Callable[..., dict[str, Any]]
URL = "/api/period-locks"
CLOSE = {"area": "accounts", "until": "2026-04-30", "reason": "April is filed"}


def test_a_closed_period_takes_nothing(keeper: APIClient, journal: Journal) -> None:
    answer = keeper.post(URL, CLOSE, format="json")
    assert answer.status_code == 200, answer.content
    assert {"area": "accounts", "until": "2026-04-30"} in answer.json()["locks"]
    late = keeper.post("/api/books/journals?submit=true", journal("5", "2026-04-30"), format="json")
    assert late.status_code == 422
    problem = late.json()["problems"][0]
    assert (problem["code"], problem["path"]) == ("period.closed", "posting_date")
    assert "30-04-2026" in problem["message"]
    assert keeper.get("/api/books/journals").json()["rows"] == []
    open_day = journal("5", "2026-05-01")
    assert (
        keeper.post("/api/books/journals?submit=true", open_day, format="json").status_code == 201
    )


def test_what_stands_in_a_closed_period_is_not_cancelled(
    keeper: APIClient, journal: Journal
) -> None:
    made = keeper.post("/api/books/journals?submit=true", journal("5", "2026-04-10"), format="json")
    keeper.post(URL, CLOSE | {"area": "all"}, format="json")
    answer = keeper.post(f"/api/books/journals/{made.json()['id']}/cancel", {}, format="json")
    assert answer.status_code == 422
    assert answer.json()["code"] == "period.closed"
    assert keeper.get(f"/api/books/journals/{made.json()['id']}").json()["state"] == "submitted"


def test_a_lock_never_moves_back(keeper: APIClient) -> None:
    keeper.post(URL, CLOSE, format="json")
    answer = keeper.post(URL, CLOSE | {"until": "2026-03-31"}, format="json")
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["code"] == "period.moves_back"


def test_who_may_not_change_the_company_closes_nothing(
    as_user: Callable[..., APIClient],
) -> None:
    assert as_user("clerk").post(URL, CLOSE, format="json").status_code == 403
    assert as_user("clerk").get(URL).status_code == 200
    assert APIClient().get(URL).status_code == 401


def test_bad_bodies(keeper: APIClient) -> None:
    for body in (
        {**CLOSE, "area": "moon"},
        {**CLOSE, "until": "30.4.2026"},
        {**CLOSE, "until": None},
        {**CLOSE, "more": 1},
        [],
    ):
        assert keeper.post(URL, body, format="json").status_code == 400, body
    assert all(lock["until"] is None for lock in keeper.get(URL).json()["locks"])
