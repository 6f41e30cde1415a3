"""Why a value is what it is, and where something declared is used, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rest_framework.test import APIClient

from tests.api.world import World

Journal = Callable[..., dict[str, Any]]
ROUTE = "/api/books/journals"


def test_a_draft_and_a_submitted_document_tell_why(keeper: APIClient, journal: Journal) -> None:
    for query in ("", "?submit=true"):
        document = keeper.post(ROUTE + query, journal("120.50"), format="json").json()
        found = keeper.get(f"{ROUTE}/{document['id']}/explain?field=total")
        assert found.status_code == 200, found.content
        assert found.json() == {
            "field": "total",
            "by": "formula",
            "text": "sum(lines.debit)",
            "step": "",
            "because": "",
            "inputs": [{"text": "sum(lines.debit)", "value": "120.50"}],
        }
        line = keeper.get(f"{ROUTE}/{document['id']}/explain?field=lines[1].account").json()
        assert (line["by"], line["inputs"]) == ("person", [])


def test_a_path_that_leads_nowhere(keeper: APIClient, journal: Journal) -> None:
    document = keeper.post(ROUTE, journal("5"), format="json").json()
    for place in ("totel", "lines", "lines[7].debit", "lines.debit", "", "lines[x].debit"):
        found = keeper.get(f"{ROUTE}/{document['id']}/explain", {"field": place})
        assert found.status_code == 400, (place, found.content)


def test_what_is_not_saved_tells_why_as_well(keeper: APIClient, journal: Journal) -> None:
    found = keeper.post(f"{ROUTE}/preview?field=total", journal("7"), format="json").json()
    assert found["explained"]["inputs"] == [{"text": "sum(lines.debit)", "value": "7.00"}]
    assert "explained" not in keeper.post(f"{ROUTE}/preview", journal("7"), format="json").json()


def test_what_may_not_be_read_is_not_explained_away(
    as_user: Callable[..., APIClient], keeper: APIClient, world: World
) -> None:
    person = keeper.post("/api/people", {"code": "ASHA", "salary": "777.77"}, format="json").json()
    body = {"person": person["id"], "hours": 3}
    sheet = keeper.post("/api/job_sheets", body, format="json").json()
    asked = f"/api/job_sheets/{sheet['id']}/explain?field=cost"
    assert keeper.get(asked).json()["inputs"] == [
        {"text": "person.salary", "value": "777.77"},
        {"text": "hours", "value": 3},
    ]
    clerk = as_user("clerk", world.north)
    assert clerk.get(f"/api/people/{person['id']}").status_code == 403
    assert clerk.get(asked).json()["inputs"] == [
        {"text": "person.salary", "value": None, "withheld": True},
        {"text": "hours", "value": 3},
    ]


def test_where_something_is_used_is_told_to_who_may_change_it(
    as_user: Callable[..., APIClient], keeper: APIClient
) -> None:
    found = as_user("root").get("/api/meta/uses", {"of": "Journal.lines.debit"})
    assert found.status_code == 200, found.content
    assert ("Journal", "sum(lines.debit)") in {
        (use["owner"], use["text"]) for use in found.json()["uses"]
    }
    wrong = as_user("root").get("/api/meta/uses", {"of": "Journal.lines.debet"})
    assert (wrong.status_code, "Journal.lines.debit" in wrong.json()["detail"]) == (400, True)
    assert keeper.get("/api/meta/uses", {"of": "Journal"}).status_code == 403
