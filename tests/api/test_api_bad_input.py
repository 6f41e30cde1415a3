"""Bad input at the edge: each gives one clear answer of 4xx with a code and a place, and leaves nothing behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from engine_runtime.api.body import BODY_LIMIT
from engine_runtime.ledgers.models import PeriodLock
from engine_runtime.outbox.models import Event
from tests.api.world import World

Journal = Callable[..., dict[str, Any]]
ROUTE = "/api/books/journals"


@pytest.fixture
def nothing_left(keeper: APIClient, world: World) -> Any:
    """After the test there is no journal, and no event beyond those of the fixtures."""
    before = Event.objects.count()
    yield
    assert keeper.get(ROUTE).json()["rows"] == []
    assert Event.objects.count() == before


def raw(client: APIClient, text: str | bytes, path: str = ROUTE) -> Any:
    return client.post(path, data=text, content_type="application/json")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "line 1, column 2"),
        ('{"a": 1,\n "b" 2}', "line 2, column 6"),
        ('{"posting_date": NaN}', "NaN"),
        ('{"posting_date": Infinity}', "Infinity"),
        ('{"posting_date": -Infinity}', "-Infinity"),
        ('{"narration": "a", "narration": "b"}', "twice"),
        ("[" * 100_000, "deeper"),
        ('{"lines":' * 20 + "1" + "}" * 20, "deeper"),
        ('{"narration": 1' + "0" * 5000 + "}", "too long"),
        ('{"narration": 1e9999999999999999999}', "too large"),
        (b'{"narration": "\xff"}', "UTF-8"),
        ('{"narration": "\\u0000"}', "U+0000"),
        ('{"narration": "\\ud800"}', "surrogate"),
        ("1", "object"),
        ('"text"', "object"),
        ("null", "object"),
        ("[]", "object"),
        ("[1]", "object"),
    ],
)
def test_malformed_bodies(
    keeper: APIClient, nothing_left: None, text: str | bytes, says: str
) -> None:
    answer = raw(keeper, text)
    assert answer.status_code == 400, answer.content
    body = answer.json()
    assert body["code"] == "request.malformed_body"
    assert says in body["detail"]
    assert answer["Content-Type"] == "application/problem+json"
    assert body["request_id"] == answer["X-Request-ID"]


@pytest.mark.parametrize("size", [BODY_LIMIT + 1, 20 * 1024 * 1024])
def test_a_large_body_is_413(keeper: APIClient, nothing_left: None, size: int) -> None:
    answer = raw(keeper, b'{"narration": "' + b"x" * size + b'"}')
    assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")


@pytest.mark.parametrize(
    ("field", "value", "path"),
    [
        ("naration", "x", "naration"),
        ("narration", 5, "narration"),
        ("narration", "x" * 141, "narration"),
        ("posting_date", "2026-02-30", "posting_date"),
        ("posting_date", "tomorrow", "posting_date"),
        ("posting_date", "9999-12-31", "posting_date"),
        ("posting_date", 20260510, "posting_date"),
        ("total", "5.00", "total"),
        ("lines", {}, "lines"),
        ("lines", [1], "lines[0]"),
        ("lines", [{"account": "nowhere", "debit": "1"}], "lines[0].account"),
        ("lines", [{"account": 999999999999, "debit": "1"}], "lines[0].account"),
        ("lines", [{"account": {"ident": 1}, "debit": "1"}], "lines[0].account"),
        ("lines", [{"account": 2**70, "debit": "1"}], "lines[0].account"),
        ("lines", [{"debit": 10**30}], "lines[0].debit"),
        ("lines", [{"debit": "1e30"}], "lines[0].debit"),
        ("lines", [{"debit": "NaN"}], "lines[0].debit"),
        ("lines", [{"debit": "1.001"}], "lines[0].debit"),
        ("lines", [{"debit": "-1"}], "lines[0].debit"),
        ("lines", [{"debit": True}], "lines[0].debit"),
        ("lines", [{"debit": [1]}], "lines[0].debit"),
        ("lines", [{"debt": "1"}], "lines[0].debt"),
    ],
)
def test_wrong_values_name_their_field(
    keeper: APIClient, nothing_left: None, journal: Journal, world: World,
    field: str, value: Any, path: str,
) -> None:  # fmt: skip
    if field == "lines" and isinstance(value, list) and isinstance(value[0], dict):
        value = [{"account": world.cash, **value[0]}, {"account": world.sales, "credit": "1"}]
    answer = keeper.post(ROUTE, {**journal(), field: value}, format="json")
    assert answer.status_code in (400, 422), answer.content
    paths = [p["path"] for p in answer.json()["problems"]]
    assert path in paths, answer.json()


def test_a_missing_field_is_named(keeper: APIClient, nothing_left: None, journal: Journal) -> None:
    body = journal()
    del body["narration"]
    answer = keeper.post(ROUTE, body, format="json")
    assert answer.status_code == 422
    assert [p["path"] for p in answer.json()["problems"]] == ["narration"]


def test_a_check_is_named(keeper: APIClient, nothing_left: None, journal: Journal) -> None:
    body = journal()
    body["lines"][0]["debit"] = "99.00"
    answer = keeper.post(ROUTE, body, format="json")
    problem = answer.json()["problems"][0]
    assert (answer.status_code, problem["path"]) == (422, "lines")
    assert problem["message"] == "Debits and credits must be equal."


def test_an_oversell_is_refused(keeper: APIClient, world: World) -> None:
    bought = {"posting_date": "2026-05-01", "lines": [
        {"goods": world.nails, "quantity": "5", "rate": "2.00"}]}  # fmt: skip
    assert keeper.post("/api/moves?submit=true", bought, format="json").status_code == 201
    sold = {"posting_date": "2026-05-02", "lines": [{"goods": world.nails, "quantity": "-6"}]}
    answer = keeper.post("/api/moves?submit=true", sold, format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "limit.exceeded"), answer.json()
    assert len(keeper.get("/api/moves").json()["rows"]) == 1


def test_a_closed_period_is_refused(
    keeper: APIClient, nothing_left: None, journal: Journal, world: World
) -> None:
    PeriodLock.objects.create(
        company_id=world.north, area="accounts", locked_until=date(2026, 5, 31),
        changed_at=timezone.now(),
    )  # fmt: skip
    answer = keeper.post(f"{ROUTE}?submit=true", journal(), format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "period.closed")
    assert answer.json()["problems"][0]["path"] == "posting_date"


def test_a_stale_version_is_409(keeper: APIClient, journal: Journal) -> None:
    document = keeper.post(ROUTE, journal(), format="json").json()
    place = f"{ROUTE}/{document['id']}"
    for headers, body in (
        ({}, {"version": 9}),
        ({"HTTP_IF_MATCH": '"9"'}, {}),
    ):
        answer = keeper.patch(place, {**body, "narration": "x"}, format="json", **headers)
        assert (answer.status_code, answer.json()["code"]) == (409, "document.version")


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        ({"narration": "x"}, {}, "request.version_missing"),
        ({"narration": "x", "version": "1"}, {}, "request.malformed_body"),
        ({"narration": "x", "version": True}, {}, "request.malformed_body"),
        ({"narration": "x", "version": -1}, {}, "request.malformed_body"),
        ({"narration": "x", "version": 10**12}, {}, "request.malformed_body"),
        ({"narration": "x", "version": 2}, {"HTTP_IF_MATCH": '"1"'}, "request.malformed_body"),
        ({"narration": "x"}, {"HTTP_IF_MATCH": "abc"}, "request.header_refused"),
        ({"narration": "x", "version": 1, "id": 5}, {}, "request.malformed_body"),
        ([], {}, "request.malformed_body"),
    ],
)
def test_a_change_that_makes_no_sense_is_400(
    keeper: APIClient, journal: Journal, body: Any, headers: dict[str, str], code: str
) -> None:
    document = keeper.post(ROUTE, journal(), format="json").json()
    answer = keeper.patch(f"{ROUTE}/{document['id']}", body, format="json", **headers)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize(
    "path",
    ["/api/nothing", "/api/books", f"{ROUTE}/abc", f"{ROUTE}/0", f"{ROUTE}/-1", f"{ROUTE}/{2**64}",
     f"{ROUTE}/1/submitt", f"{ROUTE}/1/effects/2", "/api/accounts/1/effects", "/api/journal_line",
     "/api/%00", "/api/reports/nothing", "/api/accounts/٣", "/api", "/api/"],
)  # fmt: skip
def test_unknown_addresses_are_404(keeper: APIClient, path: str) -> None:
    answer = keeper.get(path)
    assert answer.status_code == 404, answer.content
    assert answer["Content-Type"] == "application/problem+json"


def test_an_unknown_address_offers_a_near_one(keeper: APIClient) -> None:
    assert '"/api/books/journals"' in keeper.get("/api/books/journal").json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("put", ROUTE, "GET, POST"),
        ("delete", ROUTE, "GET, POST"),
        ("post", f"{ROUTE}/5", "GET, PATCH, DELETE"),
        ("get", f"{ROUTE}/5/submit", "POST"),
        ("post", "/api/meta", "GET, HEAD, OPTIONS"),
        ("get", "/api/auth/token", "POST, OPTIONS"),
    ],
)
def test_wrong_methods_are_405(keeper: APIClient, method: str, path: str, allow: str) -> None:
    answer = getattr(keeper, method)(path, {}, format="json" if method != "get" else None)
    assert (answer.status_code, answer.json()["code"]) == (405, "request.method")
    assert answer["Allow"] == allow


def test_other_media_types_are_415(keeper: APIClient) -> None:
    answer = keeper.post(ROUTE, "<a/>", content_type="application/xml")
    assert (answer.status_code, answer.json()["code"]) == (415, "request.media_type")


@pytest.mark.parametrize("body", [{"why": 1}, {"reason": 5}, [], {"version": "x"}])
def test_a_transition_takes_only_what_it_knows(
    keeper: APIClient, journal: Journal, body: Any
) -> None:
    document = keeper.post(ROUTE, journal(), format="json").json()
    answer = keeper.post(f"{ROUTE}/{document['id']}/cancel", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "request.malformed_body")


def test_a_request_id_is_taken_over_only_if_it_is_harmless(world: World) -> None:
    client = Client()
    assert client.get("/api/health", HTTP_X_REQUEST_ID="abc-1")["X-Request-ID"] == "abc-1"
    odd = client.get("/api/health", HTTP_X_REQUEST_ID='x"<b>')["X-Request-ID"]
    assert odd.isalnum()


def test_numbers_of_a_body_stay_exact(keeper: APIClient, world: World) -> None:
    line = '{"account": %d, "%s": 1234567890123.45}'
    lines = ", ".join((line % (world.cash, "debit"), line % (world.sales, "credit")))
    answer = raw(keeper, '{"narration": "exact", "lines": [' + lines + "]}")
    assert answer.status_code == 201, answer.content
    assert json.loads(answer.content)["total"] == "1234567890123.45"


def test_a_cursor_belongs_to_its_order(keeper: APIClient, journal: Journal) -> None:
    for day in ("2026-05-01", "2026-05-02"):
        keeper.post(ROUTE, journal("5", day), format="json")
    cursor = keeper.get(ROUTE, {"limit": 1, "sort": "posting_date"}).json()["next"]
    assert keeper.get(ROUTE, {"cursor": cursor, "sort": "posting_date"}).status_code == 200
    assert keeper.get(ROUTE, {"cursor": cursor, "sort": "number"}).status_code == 400
    assert keeper.get(ROUTE, {"cursor": "no cursor"}).status_code == 400


def test_values_are_shown_as_they_were_sent(keeper: APIClient, journal: Journal) -> None:
    body = journal() | {"lines": [{"account": 1.5, "debit": True}]}
    found = {
        p["path"]: p["message"] for p in keeper.post(ROUTE, body, format="json").json()["problems"]
    }
    assert "1.5 is not" in found["lines[0].account"]
    assert "true is not" in found["lines[0].debit"]
