"""Documents over HTTP: every endpoint, and what each refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from bench.counting import statements
from engine_runtime.documents import read
from engine_runtime.outbox.models import Event
from tests.api.world import World

Clients = Callable[..., APIClient]
Journal = Callable[..., dict[str, Any]]
ROUTE = "/api/books/journals"


def created(client: APIClient, body: dict[str, Any], *, submit: bool = False) -> dict[str, Any]:
    answer = client.post(ROUTE + ("?submit=true" if submit else ""), body, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()  # type: ignore[no-any-return]


def test_create_get_change_delete(keeper: APIClient, journal: Journal, world: World) -> None:
    answer = keeper.post(ROUTE, journal("120.50"), format="json")
    document = answer.json()
    place = f"{ROUTE}/{document['id']}"
    assert (answer.status_code, answer["Location"], answer["ETag"]) == (201, place, '"1"')
    assert document["total"] == "120.50"
    assert document["state"] == "draft"
    assert document["company"] == {"id": world.north, "title": "North Ltd"}
    assert document["lines"][0]["account"]["id"] == world.cash
    assert [row["index"] for row in document["lines"]] == [1, 2]

    read = keeper.get(place)
    assert read.json() == document
    assert keeper.get(place, HTTP_IF_NONE_MATCH=read["ETag"]).status_code == 304
    assert keeper.head(place).status_code == 200

    changed = keeper.patch(place, {"narration": "Sold twice", "version": 1}, format="json")
    assert (changed.status_code, changed["ETag"]) == (200, '"2"')
    assert changed.json()["lines"] == document["lines"]
    by_tag = keeper.patch(place, {"narration": "Sold"}, format="json", HTTP_IF_MATCH='"2"')
    assert by_tag.json()["version"] == 3

    assert keeper.delete(place, HTTP_IF_MATCH='"1"').status_code == 409
    assert keeper.delete(place).status_code == 204
    gone = keeper.get(place)
    assert (gone.status_code, gone.json()["code"]) == (404, "document.not_found")


def test_child_tables_come_whole_and_rows_with_id_are_kept(
    keeper: APIClient, journal: Journal
) -> None:
    document = created(keeper, journal())
    first, second = document["lines"]
    lines = [
        {"id": second["id"], "account": second["account"], "credit": "70"},
        {"account": first["account"], "debit": "70.00"},
    ]
    answer = keeper.patch(
        f"{ROUTE}/{document['id']}", {"lines": lines, "version": 1}, format="json"
    )
    assert answer.status_code == 200, answer.content
    rows = answer.json()["lines"]
    assert rows[0]["id"] == second["id"]
    assert rows[1]["id"] != first["id"]
    assert answer.json()["total"] == "70.00"


def test_a_list_of_documents_is_created_as_one(keeper: APIClient, journal: Journal) -> None:
    answer = keeper.post(ROUTE, [journal("1"), journal("2")], format="json")
    assert answer.status_code == 201
    assert [d["total"] for d in answer.json()] == ["1.00", "2.00"]
    bad = keeper.post(ROUTE, [journal("3"), journal("x")], format="json")
    assert bad.status_code == 400
    assert any(p["path"].startswith("[1]") for p in bad.json()["problems"]), bad.json()
    assert len(keeper.get(ROUTE).json()["rows"]) == 2


def test_submit_effects_cancel(keeper: APIClient, journal: Journal, world: World) -> None:
    document = created(keeper, journal())
    place = f"{ROUTE}/{document['id']}"
    early = keeper.post(f"{place}/cancel", {}, format="json")
    assert (early.status_code, early.json()["code"]) == (409, "document.state")
    stale = keeper.post(f"{place}/submit", {"version": 7}, format="json")
    assert (stale.status_code, stale.json()["code"]) == (409, "document.version")

    done = keeper.post(f"{place}/submit")
    assert done.status_code == 200, done.content
    assert (done.json()["state"], done.json()["number"]) == ("submitted", "J00001")
    again = keeper.post(f"{place}/submit", {}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "document.state")

    general = keeper.get(f"{place}/effects").json()["ledgers"]["General"]
    assert [c["name"] for c in general["columns"]] == ["account", "narration", "debit", "credit"]
    amounts = [(e["account"]["id"], e["debit"], e["credit"]) for e in general["entries"]]
    assert amounts == [(world.cash, "100.00", "0.00"), (world.sales, "0.00", "100.00")]
    assert general["entries"][0]["line"] == {"table": "lines", "index": 1}
    assert general["entries"][0]["reverses"] is None
    assert general["entries"][0]["date"] == "2026-05-10"

    reason = {"reason": "wrong customer", "version": done.json()["version"]}
    cancelled = keeper.post(f"{place}/cancel", reason, format="json")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    entries = keeper.get(f"{place}/effects").json()["ledgers"]["General"]["entries"]
    assert len(entries) == 4
    assert {e["reverses"] for e in entries[2:]} == {e["id"] for e in entries[:2]}
    actions = Event.objects.filter(document_id=document["id"]).values_list("name", flat=True)
    assert sorted(actions) == ["journal.cancel", "journal.create", "journal.submit"]


def test_preview_saves_nothing(keeper: APIClient, journal: Journal, world: World) -> None:
    answer = keeper.post(f"{ROUTE}/preview", journal("50"), format="json")
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body["document"]["total"] == "50.00"
    assert body["document"]["id"] is None
    assert [e["debit"] for e in body["entries"]["General"]] == ["50.00", "0.00"]
    assert body["entries"]["General"][0]["account"] == {"id": world.cash, "title": "1000"}
    assert body["problems"] == []
    assert keeper.get(ROUTE).json()["rows"] == []
    lopsided = journal("50")
    lopsided["lines"][0]["debit"] = "49.00"
    found = keeper.post(f"{ROUTE}/preview", lopsided, format="json").json()["problems"]
    assert [(p["path"], p["action"]) for p in found] == [("lines", "refuse")]


def test_preview_on_top_of_what_is_saved(keeper: APIClient, journal: Journal) -> None:
    document = created(keeper, journal("50"))
    changes = {"id": document["id"], "narration": "Other"}
    body = keeper.post(f"{ROUTE}/preview", changes, format="json").json()
    assert (body["document"]["narration"], body["document"]["total"]) == ("Other", "50.00")
    assert keeper.get(f"{ROUTE}/{document['id']}").json()["narration"] == "Sold"


def test_new_documents(keeper: APIClient, journal: Journal) -> None:
    empty = keeper.get(f"{ROUTE}/new").json()
    assert empty["id"] is None
    assert len(empty["posting_date"]) == 10
    source = created(keeper, journal(), submit=True)
    made = keeper.get(f"/api/moves/new?from=books/journals/{source['id']}")
    assert made.status_code == 200, made.content
    assert made.json()["posting_date"] == "2026-05-10"
    for bad in ("books/journals", "nothing/7", "books/journals/7/submit", "accounts/99999999"):
        answer = keeper.get(f"/api/moves/new?from={bad}")
        assert answer.status_code in (400, 404), bad


@pytest.mark.parametrize("submit", [False, True])
def test_an_idempotency_key_does_it_once(keeper: APIClient, journal: Journal, submit: bool) -> None:
    place = ROUTE + ("?submit=true" if submit else "")
    first = keeper.post(place, journal(), format="json", HTTP_IDEMPOTENCY_KEY="till-1-17")
    second = keeper.post(place, journal(), format="json", HTTP_IDEMPOTENCY_KEY="till-1-17")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert len(keeper.get(ROUTE).json()["rows"]) == 1
    other = keeper.post(place, journal("7"), format="json", HTTP_IDEMPOTENCY_KEY="till-1-17")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency.conflict")
    bad = keeper.post(place, journal(), format="json", HTTP_IDEMPOTENCY_KEY="with space")
    assert (bad.status_code, bad.json()["code"]) == (400, "request.header_refused")


# --- lists ------------------------------------------------------------------------------------


def test_lists_filter_sort_search_and_page(keeper: APIClient, journal: Journal) -> None:
    for day in range(1, 6):
        created(keeper, journal(f"{day}.00", f"2026-05-0{day}", narration=f"Day {day}"))
    query = {"fields": "narration,total", "sort": "-posting_date", "limit": "2"}
    first = keeper.get(ROUTE, query).json()
    assert [r["narration"] for r in first["rows"]] == ["Day 5", "Day 4"]
    assert set(first["rows"][0]) == {"id", "narration", "total"}
    second = keeper.get(ROUTE, {**query, "cursor": first["next"]}).json()
    assert [r["narration"] for r in second["rows"]] == ["Day 3", "Day 2"]
    last = keeper.get(ROUTE, {**query, "cursor": second["next"]}).json()
    assert ([r["narration"] for r in last["rows"]], last["next"]) == (["Day 1"], None)

    some = keeper.get(ROUTE, {"filter": '[["posting_date", ">=", "2026-05-04"]]'}).json()
    assert len(some["rows"]) == 2
    found = keeper.get(ROUTE, {"search": "day 3"}).json()["rows"]
    assert [r["narration"] for r in found] == ["Day 3"]


def test_lists_reach_over_links(keeper: APIClient, world: World) -> None:
    rows = keeper.get("/api/accounts", {"fields": "code,company.code"}).json()["rows"]
    assert {(r["code"], r["company.code"]) for r in rows} == {("1000", "NORTH"), ("4000", "NORTH")}


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"feilds": "code"}, "query.feilds"),
        ({"filter": "["}, "query.filter"),
        ({"filter": "{}"}, "query.filter"),
        ({"filter": '[["code"]]'}, "query.filter"),
        ({"filter": '[["code", "=", NaN]]'}, "query.filter"),
        ({"limit": "0"}, "query.limit"),
        ({"limit": "many"}, "query.limit"),
        ({"limit": "100000"}, "query.limit"),
        ({"search": "x" * 500}, "query.search"),
        ({"fields": "nothing"}, None),
        ({"fields": "code.name"}, None),
        ({"sort": "nothing"}, None),
        ({"filter": '[["nothing", "=", 1]]'}, None),
        ({"filter": '[["code", "~", 1]]'}, None),
        ({"filter": '[["opened", ">", "soon"]]'}, None),
        ({"filter": '[["code", "in", 3]]'}, None),
        ({"cursor": "nonsense"}, None),
        ({"fields": 'code"; DROP TABLE doc_account; --'}, None),
    ],
)
def test_a_bad_list_query_is_400(
    keeper: APIClient, world: World, query: dict[str, str], path: str | None
) -> None:
    answer = keeper.get("/api/accounts", query)
    assert answer.status_code == 400, answer.content
    if path is not None:
        assert answer.json()["problems"][0]["path"] == path


def test_a_parameter_given_twice_is_400(keeper: APIClient) -> None:
    answer = keeper.get("/api/accounts?limit=1&limit=2")
    assert answer.json()["problems"][0]["path"] == "query.limit"


# --- rights -----------------------------------------------------------------------------------


def test_actions_follow_the_roles(as_user: Clients, world: World, journal: Journal) -> None:
    clerk = as_user("clerk")
    document = created(clerk, journal())
    place = f"{ROUTE}/{document['id']}"
    for answer in (
        clerk.post(f"{place}/submit", {}, format="json"),
        clerk.delete(place),
        clerk.post(f"{ROUTE}?submit=true", journal(), format="json"),
        clerk.post("/api/accounts", {"code": "9", "name": "Nine"}, format="json"),
        as_user("outsider").get(ROUTE),
        as_user("outsider").get(place),
        as_user("outsider").get(f"{place}/effects"),
        as_user("outsider").post(f"{ROUTE}/preview", journal(), format="json"),
        as_user("nobody").get(ROUTE),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "access.forbidden")
    assert as_user("root").get(place).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", ROUTE), ("post", ROUTE), ("get", "/api/meta"), ("get", "/api/reports/trial_balance"),
     ("patch", f"{ROUTE}/1"), ("delete", f"{ROUTE}/1"), ("get", "/api/auth/me")],
)  # fmt: skip
def test_nothing_without_a_log_in(world: World, method: str, path: str) -> None:
    answer = getattr(APIClient(), method)(path)
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.required")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_other_companies_are_out_of_sight(
    as_user: Clients, keeper: APIClient, journal: Journal, world: World
) -> None:
    document = created(keeper, journal())
    south = as_user("keeper", world.south)
    assert south.get(f"{ROUTE}/{document['id']}").status_code == 404
    assert south.get(ROUTE).json()["rows"] == []
    assert south.post(f"{ROUTE}/{document['id']}/submit").status_code == 404
    foreign = journal()
    foreign["lines"][0]["account"] = world.foreign_cash
    answer = keeper.post(ROUTE, foreign, format="json")
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["path"] == "lines[0].account"


def test_another_document_takes_the_place_of_one(keeper: APIClient, journal: Journal) -> None:
    document = created(keeper, journal("75"), submit=True)
    place = f"{ROUTE}/{document['id']}"
    assert document["amends"] is None
    amended = keeper.post(f"{place}/amend", {"version": 1, "reason": "wrong"}, format="json")
    draft = amended.json()
    assert (amended.status_code, amended["Location"]) == (201, f"{ROUTE}/{draft['id']}")
    assert (draft["amends"], draft["state"], draft["total"]) == (document["id"], "draft", "75.00")
    assert keeper.get(place).json()["state"] == "cancelled"
    again = keeper.post(f"{place}/amend", {}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "document.state")
    sent = keeper.post(f"{ROUTE}/{draft['id']}/submit", {}, format="json").json()
    assert sent["number"] != document["number"]


def odd_thing(keeper: APIClient, **more: Any) -> dict[str, Any]:
    answer = keeper.post("/api/odd_things", {"word": "odd", **more}, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()  # type: ignore[no-any-return]


def test_what_an_action_asks_by_the_name_of_a_field_is_written(keeper: APIClient) -> None:
    place = f"/api/odd_things/{odd_thing(keeper)['id']}"
    keeper.post(f"{place}/submit", {}, format="json")
    before = keeper.get(place).json()["version"]
    answer = keeper.post(f"{place}/tell", {"word": "hi"}, format="json")
    assert (answer.status_code, answer.json()) == (200, {"word": "hi"})
    found = keeper.get(place).json()
    assert (found["word"], found["version"]) == ("hi", before + 1)
    changes = [
        one["changes"].get("word") for one in keeper.get(f"{place}/history").json()["history"]
    ]
    assert ["odd", "hi"] in changes
    again = keeper.post(f"{place}/tell", {"word": "hi"}, format="json")
    assert (again.status_code, keeper.get(place).json()["version"]) == (200, before + 1)


def test_what_follows_from_what_an_action_writes_is_worked_out(keeper: APIClient) -> None:
    place = f"/api/odd_things/{odd_thing(keeper, amount='2.00', day='2026-01-01')['id']}"
    answer = keeper.post(f"{place}/price", {"amount": "5", "day": "2026-01-02"}, format="json")
    assert answer.json() == {"amount": "5.00", "doubled": "10.00"}
    found = keeper.get(place).json()
    assert (found["amount"], found["doubled"], found["day"]) == ("5.00", "10.00", "2026-01-02")


def test_an_action_writes_nothing_into_what_is_cancelled(keeper: APIClient) -> None:
    place = f"/api/odd_things/{odd_thing(keeper)['id']}"
    for step in ("submit", "cancel"):
        assert keeper.post(f"{place}/{step}", {}, format="json").status_code == 200
    answer = keeper.post(f"{place}/note", {"word": "late"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "document.state")
    assert keeper.get(place).json()["word"] == "odd"


def test_a_list_calls_rows_by_their_documents(
    keeper: APIClient, journal: Callable[..., dict[str, Any]]
) -> None:
    sold = keeper.post("/api/books/journals?submit=true", journal(), format="json").json()
    line = sold["lines"][1]["id"]
    made = odd_thing(keeper, line=line)
    assert made["line"] == {"id": line, "title": f"{sold['number']}, line 2"}
    (shown,) = keeper.get("/api/odd_things", {"fields": "line"}).json()["rows"]
    assert shown["line"] == {"id": line, "title": f"{sold['number']}, line 2"}
    refused = keeper.get("/api/odd_things", {"fields": "line.debit"})
    assert (refused.status_code, refused.json()["code"]) == (400, "input.malformed")


def test_many_are_submitted_and_cancelled_for_a_reason(
    keeper: APIClient, journal: Journal, as_user: Clients
) -> None:
    first, second = (created(keeper, journal())["id"] for _ in range(2))
    ids = {"documents": [first, second]}
    can = keeper.post(f"{ROUTE}/moves", ids, format="json").json()
    assert [(way["name"], way["able"]) for way in can["transitions"]] == [("submit", 2)]
    seen = as_user("clerk").post(f"{ROUTE}/moves", ids, format="json").json()
    assert seen["transitions"][0]["reasons"] == [
        {"message": "Submit takes the right to submit.", "count": 2}
    ]
    done = keeper.post(f"{ROUTE}/submit", ids, format="json").json()["results"]
    assert [row["status"] for row in done] == [200, 200]
    body = {**ids, "reason": "Entered twice"}
    back = keeper.post(f"{ROUTE}/cancel", body, format="json").json()["results"]
    assert [row["answer"]["state"] for row in back] == ["cancelled", "cancelled"]
    history = keeper.get(f"{ROUTE}/{first}/history").json()["history"]
    assert (history[0]["action"], history[0]["reason"]) == ("cancel", "Entered twice")
    again = keeper.post(f"{ROUTE}/cancel", body, format="json").json()["results"]
    assert {row["status"] for row in again} == {409}
    for wrong in ({}, {"documents": []}, {"documents": [first, first]}, {**ids, "more": 1}):
        assert keeper.post(f"{ROUTE}/moves", wrong, format="json").status_code == 400
    assert keeper.get(f"{ROUTE}/moves").status_code == 405


def test_answers_tell_what_is_computed_when_asked(keeper: APIClient, world: World) -> None:
    """What a write answers is what a GET tells; a doctype without such fields is asked for nothing more."""
    bought = {"posting_date": "2026-05-01", "lines": [
        {"goods": world.nails, "quantity": "5", "rate": "2.00"}]}  # fmt: skip
    draft = keeper.post("/api/moves", bought, format="json").json()
    place = f"/api/moves/{draft['id']}"
    assert draft["lines"][0]["on_hand"] == "0.000"
    done = keeper.post(f"{place}/submit", {}, format="json").json()
    assert done["lines"][0]["on_hand"] == "5.000"
    assert done == keeper.get(place).json()
    goods = f"/api/goods/{world.nails}"
    named = keeper.patch(goods, {"name": "Long nails", "version": 1}, format="json").json()
    assert named["on_hand"] == "5.000"
    assert named == keeper.get(goods).json()
    back = keeper.post(f"{place}/cancel", {}, format="json").json()
    assert back["lines"][0]["on_hand"] == "0.000"
    made = keeper.post("/api/goods", [{"code": "X", "name": "X"}], format="json").json()
    assert made[0]["on_hand"] == "0.000"


def test_what_is_computed_costs_one_look_up_per_answer(
    keeper: APIClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = {"goods": world.nails, "quantity": "1", "rate": "2.00"}
    bought = {"posting_date": "2026-05-01", "lines": [line] * 20}

    def cost(number: int) -> int:
        sent = bought | {"remark": f"No {number}"}
        return statements(lambda: keeper.post("/api/moves?submit=true", sent, format="json"))

    cost(0)
    with_it = min(cost(number) for number in range(1, 4))
    monkeypatch.setattr(read, "compute", lambda *_: None)
    assert with_it - min(cost(number) for number in range(4, 7)) == 1
