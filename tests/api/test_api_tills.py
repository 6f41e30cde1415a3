"""Documents that come with the number of their till, over HTTP; and the tasks of limits that they passed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from rest_framework.test import APIClient

from engine_runtime.access.actor import system_actor
from engine_runtime.access.members import member
from engine_runtime.access.models import Membership
from engine_runtime.api import tokens
from engine_runtime.documents import service

PROGRAM = "till"
Client = Callable[[str], APIClient]


@pytest.fixture
def of(db: None) -> Client:
    """``of("Cashier")``: the client of somebody with that role, in a company with two tills and a customer."""
    company = service.create(system_actor(), "Company", [{"code": "ONE"}])[0]["id"]
    actor = system_actor(company)
    service.create(actor, "Till", [{"code": "T1"}, {"code": "T2"}])
    service.create(actor, "Customer", [{"code": "JOHN"}])
    service.create(actor, "Item", [{"code": "SOAP"}])
    delivery = {"day": "2026-05-04", "item": "SOAP", "quantity": 100}
    service.create(actor, "Delivery", [delivery], submit=True)

    def client(role: str) -> APIClient:
        name = role.lower().replace(" ", "_")
        user, _ = get_user_model().objects.get_or_create(username=name)
        Membership.objects.get_or_create(user=user, company_id=company, role=role)
        found = member(user.pk)
        assert found is not None
        made = APIClient()
        token, _ = tokens.issue(found.user_id, found.fingerprint)
        made.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return made

    return client


def bill(till: str = "T1", quantity: int = 1, **more: Any) -> dict[str, Any]:
    line = {"item": "SOAP", "quantity": quantity, "rate": 10}
    return {"day": "2026-05-04", "till": till, "customer": "JOHN", "lines": [line], **more}


def issued(number: str) -> dict[str, Any]:
    return {"issued": {"number": number}}


def post(client: APIClient, path: str, body: Any = None, **more: Any) -> Any:
    return client.post(f"/api/{path}", body or {}, format="json", **more)


def sell(client: APIClient, number: str, **more: Any) -> Any:
    return post(client, "bills?submit=true", {**bill(**more), **issued(number)})


def codes(answer: Any) -> list[str]:
    return [problem["code"] for problem in answer.json()["problems"]]


def test_a_bill_keeps_the_number_that_its_till_gave_it(of: Client) -> None:
    machine = of("Till Machine")
    created = sell(machine, "T1-2627/000123")
    assert created.status_code == 201
    assert (created.json()["number"], created.json()["stage"]) == ("T1-2627/000123", "submitted")
    draft = post(machine, "bills", bill()).json()
    path, body = (
        f"bills/{draft['id']}/submit",
        {"version": draft["version"], **issued("T1-2627/000122")},
    )
    assert post(machine, path, body).json()["number"] == "T1-2627/000122"
    given = post(machine, "bills?submit=true", bill()).json()
    assert given["number"] == "T1-2627/000124", "the server goes on behind the greatest"
    history = machine.get(f"/api/bills/{draft['id']}/history").json()["history"]
    told = next(each for each in history if each["action"] == "submit")
    assert told["changes"]["issued"] == "T1-2627/000122"


def test_many_bills_come_at_once_or_none_of_them(of: Client) -> None:
    machine = of("Till Machine")
    numbers = ["T1-2627/000003", "T1-2627/000001", "T2-2627/000001"]
    sent = [{**bill(number[:2]), **issued(number)} for number in numbers]
    answer = post(machine, "bills?submit=true", sent)
    assert [row["number"] for row in answer.json()] == numbers
    again = post(machine, "bills?submit=true", [{**bill(), **issued("T1-2627/000002")}, sent[0]])
    assert (again.status_code, codes(again)) == (422, ["number.taken"])
    assert again.json()["problems"][0]["path"] == "[1].issued.number"
    twice = [{**bill(), **issued("T1-2627/000002")}] * 2
    assert codes(post(machine, "bills?submit=true", twice)) == ["number.taken"]
    mixed = post(machine, "bills?submit=true", [bill(), twice[0]])
    assert (mixed.status_code, codes(mixed)) == (400, ["number.mixed"])
    assert sell(machine, "T1-2627/000002").status_code == 201


def test_the_same_request_again_gives_the_same_bill(of: Client) -> None:
    machine = of("Till Machine")
    body = {**bill(), **issued("T1-2627/000001")}
    first, second = (
        post(machine, "bills?submit=true", body, HTTP_IDEMPOTENCY_KEY="T1-1") for _ in range(2)
    )
    assert first.json()["id"] == second.json()["id"]
    other = post(
        machine,
        "bills?submit=true",
        {**body, **issued("T1-2627/000002")},
        HTTP_IDEMPOTENCY_KEY="T1-1",
    )
    assert other.status_code == 409
    draft = post(machine, "bills", bill()).json()
    path = f"bills/{draft['id']}/submit"
    once = [
        post(machine, path, issued("T1-2627/000002"), HTTP_IDEMPOTENCY_KEY="T1-2") for _ in "ab"
    ]
    assert [answer.json()["number"] for answer in once] == ["T1-2627/000002"] * 2
    changed = post(machine, path, issued("T1-2627/000003"), HTTP_IDEMPOTENCY_KEY="T1-2")
    assert changed.status_code == 409


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("T2-2627/000001", "number.not_of_series"),
        ("T1-2526/000001", "number.not_of_series"),
        ("T1C2627/000001", "number.not_of_series"),
        ("T1-2627/1", "number.not_of_series"),
        ("T1-2627/0000001", "number.not_of_series"),
        ("T1-2627/000000", "number.not_of_series"),
        ("T1-2627/-00001", "number.not_of_series"),
        ("T1-2627/00000१", "number.not_of_series"),
        ("T1-2627/", "number.not_of_series"),
        ("T1-2627/900001", "number.far_ahead"),
        ("T1-2627/00000000001", "number.too_long"),
    ],
)
def test_a_number_that_is_none_of_the_till_is_refused(of: Client, number: str, code: str) -> None:
    machine = of("Till Machine")
    refused = sell(machine, number)
    assert (refused.status_code, codes(refused)) == (422, [code])
    assert refused.json()["problems"][0]["path"] == "issued.number"
    assert post(machine, "bills?submit=true", bill()).json()["number"] == "T1-2627/000001"


@pytest.mark.parametrize(
    "said", ["T1-2627/000001", {}, {"number": 7}, {"number": ""}, {"number": "T", "of": 1}, []]
)
def test_a_number_of_another_shape_is_malformed(of: Client, said: Any) -> None:
    refused = post(of("Till Machine"), "bills?submit=true", bill(issued=said))
    assert (refused.status_code, codes(refused)) == (400, ["input.shape"])


def test_a_number_comes_with_what_is_submitted_only(of: Client) -> None:
    machine, number = of("Till Machine"), issued("T1-2627/000001")
    draft = post(machine, "bills", bill()).json()
    change = {"version": draft["version"], **number}
    for refused in (
        post(machine, "bills", {**bill(), **number}),
        post(machine, "bills/preview", {**bill(), **number}),
        machine.patch(f"/api/bills/{draft['id']}", change, format="json"),
    ):
        assert (refused.status_code, codes(refused)) == (400, ["number.not_now"])
    came = sell(machine, "T1-2627/000001").json()
    change = {"version": came["version"], **issued("T1-2627/000002")}
    assert codes(machine.patch(f"/api/bills/{came['id']}", change, format="json")) == [
        "number.not_now"
    ]


def test_what_the_server_numbers_alone_comes_without(of: Client) -> None:
    machine = of("Till Machine")
    get_user_model().objects.filter(username="till_machine").update(is_superuser=True)
    body = {"day": "2026-05-04", "item": "SOAP", "quantity": 1, **issued("D1")}
    refused = post(machine, "deliveries?submit=true", body)
    assert (refused.status_code, codes(refused)) == (400, ["number.not_issued"])


def test_who_brings_numbers_needs_the_right(of: Client) -> None:
    cashier = of("Cashier")
    refused = sell(cashier, "T1-2627/000001")
    assert (refused.status_code, refused.json()["code"]) == (403, "access.forbidden")
    assert "issue" in refused.json()["detail"]
    draft = post(cashier, "bills", bill(quantity=101)).json()
    path = f"bills/{draft['id']}/submit"
    assert post(cashier, path, issued("T1-2627/000001")).status_code == 403
    refused = post(cashier, path)
    assert (refused.status_code, codes(refused)) == (422, ["limit.left"])


def test_what_it_passed_is_a_task_until_somebody_has_seen_to_it(of: Client) -> None:
    sold = sell(of("Till Machine"), "T1-2627/000001", quantity=103)
    assert [w["code"] for w in sold.json()["warnings"]] == ["limit.left"]
    keeper, manager = of("Stock Keeper"), of("Shop Manager")
    (task,) = keeper.get("/api/tasks").json()["tasks"]
    assert (task["route"], task["document"], task["role"]) == (
        "bills",
        sold.json()["id"],
        "Stock Keeper",
    )
    assert (task["title"], task["transition"]) == ("T1-2627/000001", "")
    breach = task["breach"]
    assert {name: breach[name] for name in ("limit", "ledger", "name", "key", "measured", "allowed")} == {
        "limit": "left", "ledger": "Shelf", "name": "Shelf: left", "key": "Item SOAP", "measured": "-3", "allowed": "0",
    }  # fmt: skip
    assert breach["brought_by"] == "till_machine"
    moves = keeper.get(f"/api/bills/{sold.json()['id']}/moves").json()
    assert [each["breach"]["measured"] for each in moves["tasks"]] == ["-3", "-3"]
    (his,) = manager.get("/api/tasks").json()["tasks"]
    path = f"tasks/{task['id']}/done"
    assert post(keeper, path, {"note": " "}).status_code == 422
    assert post(keeper, path, {}).status_code == post(keeper, path, {"note": 1}).status_code == 400
    assert post(keeper, path, {"note": "x" * 2001}).status_code == 400
    assert post(of("Cashier"), path, {"note": "Mine now"}).status_code == 404
    done = post(keeper, path, {"note": "Counted: two were in the window."})
    assert (done.status_code, done.json()["done_by"]) == (200, "stock_keeper")
    assert keeper.get("/api/tasks").json() == manager.get("/api/tasks").json() == {"tasks": []}
    for again in (task["id"], his["id"]):
        assert post(manager, f"tasks/{again}/done", {"note": "I as well"}).status_code == 404
    history = keeper.get(f"/api/bills/{sold.json()['id']}/history").json()["history"]
    told = {each["action"]: each for each in history}
    assert told["breach_done"]["by"] == "stock_keeper"
    assert told["breach_done"]["reason"] == "Counted: two were in the window."
    assert told["breach"]["changes"]["measured"] == "-3"


def test_who_has_both_roles_has_one_task(of: Client) -> None:
    sell(of("Till Machine"), "T1-2627/000001", quantity=101)
    of("Stock Keeper")
    user = get_user_model().objects.get(username="stock_keeper")
    company = Membership.objects.filter(user=user).values_list("company_id", flat=True)[0]
    Membership.objects.create(user=user, company_id=company, role="Shop Manager")
    assert len(of("Stock Keeper").get("/api/tasks").json()["tasks"]) == 1


def test_the_description_knows_the_number(of: Client) -> None:
    found = of("Cashier").get("/api/openapi.json").json()
    submit = found["paths"]["/api/bills/{id}/submit"]["post"]["requestBody"]["content"][
        "application/json"
    ]["schema"]
    assert submit["properties"]["issued"] == {"$ref": "#/components/schemas/Issued"}
    schemas = found["components"]["schemas"]
    assert "issued" in schemas["Bill.Input"]["properties"]
    assert "issued" not in schemas["Bill.Change"]["properties"]
    assert "issued" not in schemas["Delivery.Input"]["properties"]
    assert "/api/tasks/{id}/done" in found["paths"]
