"""Nonsense of every type at every kind of address: whatever comes, the answer is below 500.

Each test tells all the doors that broke at once, so that a mistake made in one place is seen wherever it is made.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from rest_framework.test import APIClient

from engine_runtime.active.catalog import active
from tests.api.world import World

Journal = Callable[..., dict[str, Any]]
ODD = "/api/odd_things"
NONSENSE: tuple[Any, ...] = (
    None, True, 0, -1, 2**31, 2**63, 10**30, 1.5, "", "x", "x" * 1001, "é" * 30, "2026-13-45", "0001-01-01",
    "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00+14:00", "25:61", "1e999", "NaN", "²", "١٢", "%", "\\", "draft",
    [], {}, [None], [1, "x"], {"id": True}, {"id": 10**30}, {"id": "x" * 41}, {"id": {}}, [{"id": 10**30}],
    [{"id": []}], [{"goods": "x" * 41}],
)  # fmt: skip
TEXTS: tuple[str, ...] = (
    *(json.dumps(value) for value in NONSENSE),
    *(value for value in NONSENSE if isinstance(value, str)),
    "\x00", "x\x00y", "1,2,3", "a=b", "[[", "eyJ9", "bnVsbA==", "W1tdLFtdXQ==",
)  # fmt: skip
HEADERS = (
    "X-Company", "If-Match", "If-None-Match", "Idempotency-Key", "X-Confirm", "X-Pass", "X-Request-ID",
    "Authorization", "Content-Type", "Accept",
)  # fmt: skip


class Doors:
    """A client that notes every answer of 500 and above, and goes on."""

    def __init__(self, client: APIClient) -> None:
        self.client = client
        self.client.raise_request_exception = False
        self.broken: list[str] = []

    def knock(self, method: str, path: str, body: Any = None, **more: Any) -> None:
        ask = getattr(self.client, method)
        answer = ask(path, body, **({"format": "json"} if method != "get" else {}), **more)
        if answer.status_code >= 500:
            said = json.dumps(body, default=str)[:120]
            self.broken.append(f"{answer.status_code} {method} {path} {said} {str(more)[:80]}")


@pytest.fixture
def doors(keeper: APIClient) -> Iterator[Doors]:
    found = Doors(keeper)
    yield found
    assert found.broken == [], f"{len(found.broken)} doors: " + "\n".join(found.broken[:60])


@pytest.fixture
def odd(keeper: APIClient) -> dict[str, Any]:
    answer = keeper.post(ODD, {"word": "odd", "rows": [{"count": 1}]}, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()  # type: ignore[no-any-return]


def fields_of(doctype: str) -> list[str]:
    return list(active().catalog.doctypes[doctype].fields)


STANDARD = (
    "id",
    "number",
    "state",
    "stage",
    "version",
    "created_at",
    "changed_at",
    "company",
    "created_by",
    "typed",
)
LINKED = (
    "company.code",
    "account.code",
    "account.opened",
    "journal.posting_date",
    "any_one",
    "line.debit",
    "either",
    "rows",
)


@pytest.mark.parametrize("operator", ["=", "<", "in", "contains", "is_null"])
def test_filters(doors: Doors, odd: dict[str, Any], operator: str) -> None:
    for name in (*fields_of("Odd Thing"), *STANDARD, *LINKED):
        for value in NONSENSE:
            doors.knock("get", ODD, {"filter": json.dumps([[name, operator, value]])})


@pytest.mark.parametrize("name", ["fields", "filter", "search", "sort", "limit", "cursor"])
def test_parameters_of_a_list(doors: Doors, odd: dict[str, Any], name: str) -> None:
    for path in (ODD, "/api/accounts", "/api/books/journals"):
        for text in TEXTS:
            doors.knock("get", path, {name: text})


def test_cursors_of_every_order(doors: Doors, odd: dict[str, Any]) -> None:
    for name in (*fields_of("Odd Thing"), *STANDARD):
        for value in NONSENSE:
            cursor = base64.urlsafe_b64encode(json.dumps([[name, "id"], [value, 1]]).encode())
            doors.knock("get", ODD, {"sort": f"{name},id", "cursor": cursor.decode()})


@pytest.mark.parametrize("way", ["create", "submit", "preview", "change", "rows"])
def test_fields_of_a_document(doors: Doors, odd: dict[str, Any], way: str) -> None:
    names = (*fields_of("Odd Thing"), *STANDARD, "nothing")
    for name in ("goods", "count", "day", "id", "index") if way == "rows" else names:
        for value in NONSENSE:
            body: dict[str, Any] = {name: value}
            if way == "change":
                doors.knock("patch", f"{ODD}/{odd['id']}", {"version": odd["version"], **body})
            elif way == "rows":
                doors.knock("post", f"{ODD}/preview", {"id": odd["id"], "rows": [body]})
                doors.knock("post", ODD, {"rows": [body]})
            else:
                path = {"create": ODD, "submit": f"{ODD}?submit=true", "preview": f"{ODD}/preview"}
                doors.knock("post", path[way], body)


@pytest.mark.parametrize(
    "path",
    ["", "/preview", "/{id}/submit", "/{id}/cancel", "/{id}/remark", "/{id}/later", "/remark", "/later", "/submit",
     "/cancel", "/{id}/amend"],
)  # fmt: skip
def test_whole_bodies(doors: Doors, odd: dict[str, Any], path: str) -> None:
    address = ODD + path.format(id=odd["id"])
    for value in NONSENSE:
        doors.knock("post", address, value)
        for key in ("version", "reason", "documents", "ids", "id"):
            doors.knock("post", address, {key: value})
        doors.knock("post", address, {"documents": [value]})
        doors.knock("post", address, {"documents": [odd["id"], value]})


@pytest.mark.parametrize("name", ["words", "many", "sum", "on", "at", "really", "to", "nothing"])
def test_what_an_action_asks(doors: Doors, odd: dict[str, Any], name: str) -> None:
    for value in NONSENSE:
        doors.knock("post", f"{ODD}/{odd['id']}/remark", {name: value})
        doors.knock("post", f"{ODD}/remark", {"documents": [odd["id"]], name: value})


def test_parameters_of_reports(doors: Doors, world: World) -> None:
    for key in ("odd_report", "account_ledger", "goods_balance"):
        report = next(r for r in active().catalog.reports.values() if r.key == key)
        usual = {"account": world.cash} if key == "account_ledger" else {}
        for name in (*report.ask, "company", "nothing"):
            for text in TEXTS:
                doors.knock("get", f"/api/reports/{key}", {**usual, name: text})


@pytest.mark.parametrize("name", HEADERS)
def test_headers(doors: Doors, odd: dict[str, Any], name: str) -> None:
    key = "CONTENT_TYPE" if name == "Content-Type" else "HTTP_" + name.upper().replace("-", "_")
    for text in TEXTS:
        sent = text.encode("utf-8").decode("latin-1")
        more = {key: sent}
        doors.knock("get", f"{ODD}/{odd['id']}", **more)
        doors.knock("post", ODD, {"word": "x"}, **more)
        doors.knock("post", f"{ODD}/{odd['id']}/remark", {"words": "x"}, **more)


def test_numbers_and_words_in_addresses(doors: Doors, odd: dict[str, Any]) -> None:
    ends = ("", "/submit", "/effects", "/moves", "/history", "/explain", "/remark", "/rows")
    for text in (*TEXTS, str(2**63 - 1), str(2**64)):
        part = quote(text, safe="")
        for end in ends:
            doors.knock("get", f"{ODD}/{part}{end}")
        for path in (
            f"/api/jobs/{part}",
            f"/api/reports/{part}",
            f"/api/{part}",
            f"/api/docs/{part}",
        ):
            doors.knock("get", path)
        doors.knock("delete", f"/api/stand-ins?id={part}")
        doors.knock("get", f"{ODD}/new?from={part}")
        doors.knock("get", f"/api/moves/new?from=books/journals/{part}")
        doors.knock("get", f"{ODD}/{odd['id']}/explain?field={part}")
        doors.knock("post", f"{ODD}/preview?field={part}", {})
        doors.knock("get", f"/api/meta/uses?of={part}")


def test_fixed_addresses(doors: Doors) -> None:
    shapes = {
        "period-locks": {"area": "accounts", "until": "2020-01-31", "reason": ""},
        "stand-ins": {"stand_in": "clerk", "from_date": "2026-01-01", "to_date": "2026-01-02"},
        "auth/token": {"username": "x", "password": "y"},
        "auth/login": {"username": "x", "password": "y"},
    }
    for path, shape in shapes.items():
        for value in NONSENSE:
            doors.knock("post", f"/api/{path}", value)
            for name in shape:
                doors.knock("post", f"/api/{path}", {**shape, name: value})


def test_a_name_longer_than_any_key_is_an_unknown_link(keeper: APIClient) -> None:
    answer = keeper.post(ODD, {"account": "Zanzibar Imports Ltd, Zanzibar"}, format="json")
    assert answer.status_code == 422
    problem = answer.json()["problems"][0]
    assert (problem["code"], problem["path"]) == ("link.unknown", "account")
    found = keeper.get("/api/reports/account_ledger", {"account": "9" * 41})
    assert (found.status_code, found.json()["code"]) == (400, "report.parameter")
    asked = [["company.code", "=", "LONGERTHAN8"]]
    assert keeper.get(ODD, {"filter": json.dumps(asked)}).json()["rows"] == []


@pytest.mark.parametrize("number", [True, 10**30, 0, "1", {}])
def test_a_preview_of_what_can_be_no_document(keeper: APIClient, number: Any) -> None:
    answer = keeper.post(f"{ODD}/preview", {"id": number}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "input.malformed")


@pytest.mark.parametrize(
    ("name", "value"), [("amount", "1"), ("created_at", "2026"), ("notes", "x")]
)
def test_texts_are_looked_for_in_texts_only(keeper: APIClient, name: str, value: str) -> None:
    for operator in ("contains", "starts"):
        asked = [[name, operator, value]]
        answer = keeper.get(ODD, {"filter": json.dumps(asked)})
        assert (answer.status_code, answer.json()["problems"][0]["code"]) == (
            400,
            "list.bad_filter",
        )
