"""Actions over HTTP answer literally what programs were promised: bodies, statuses and addresses."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from rest_framework.test import APIClient

from engine_runtime.access.actor import system_actor
from engine_runtime.access.members import member
from engine_runtime.access.models import Membership
from engine_runtime.api import tokens
from engine_runtime.documents import service
from engine_runtime.jobs.work import work_pending

PROGRAM = "deeds"


@pytest.fixture
def client(db: None) -> APIClient:
    """A seller of a company with a customer, an item of which there are 10, and a way to pay."""
    company = service.create(system_actor(), "Company", [{"code": "ONE"}])[0]["id"]
    actor = system_actor(company)
    service.create(actor, "Customer", [{"code": "C1", "name": "Punjab Traders"}])
    service.create(actor, "Item", [{"code": "I1", "name": "Soap"}])
    service.create(actor, "Payment Mode", [{"code": "CASH"}])
    service.create(actor, "Stock Receipt", [{"item": "I1", "quantity": 10}], submit=True)
    user = get_user_model().objects.create_user("ravi")
    Membership.objects.create(user=user, company_id=company, role="Seller")
    found = member(user.pk)
    assert found is not None
    made = APIClient()
    token, _ = tokens.issue(found.user_id, found.fingerprint)
    made.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return made


def post(client: APIClient, path: str, body: Any = None, **more: Any) -> Any:
    return client.post(f"/api/{path}", body or {}, format="json", **more)


def order(client: APIClient, quantity: int, rate: int = 10) -> int:
    items = [{"item": "I1", "quantity": quantity, "rate": rate}]
    return int(post(client, "sales/orders", {"customer": "C1", "items": items}).json()["id"])


def invoice(client: APIClient, total: int) -> int:
    body = {"customer": "C1", "total": total}
    return int(post(client, "sales/invoices?submit=true", body).json()["id"])


def test_allocating_inventory(client: APIClient) -> None:
    number = order(client, 4)
    answer = post(client, f"sales/orders/{number}/allocate_inventory/")
    assert answer.status_code == 200
    assert answer.json() == {
        "message": "Inventory allocated successfully",
        "order_number": "SO0001",
        "allocation_details": [
            {
                "line_number": 1,
                "item": "Soap",
                "success": True,
                "allocated_qty": "4.000",
                "message": "Successfully allocated 4 units",
            }
        ],
    }


def test_what_is_not_there_is_not_allocated(client: APIClient) -> None:
    post(client, f"sales/orders/{order(client, 8)}/allocate_inventory/")
    second = post(client, f"sales/orders/{order(client, 8)}/allocate_inventory/").json()
    line = second["allocation_details"][0]
    assert (line["success"], line["allocated_qty"]) == (False, "2.000")


def test_credit_that_does_not_suffice(client: APIClient) -> None:
    invoice(client, 700)
    number = order(client, 5, 100)
    answer = post(client, f"sales/orders/{number}/confirm/")
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "Credit limit exceeded",
        "details": {
            "approved": False,
            "credit_limit": "1000.00",
            "outstanding_balance": "700.00",
            "available_credit": "300.00",
            "order_amount": "500.00",
            "message": "Insufficient credit. Available: 300.00, Required: 500.00",
        },
    }
    assert client.get(f"/api/sales/orders/{number}").json()["stage"] == "draft"


def test_credit_that_does_not_suffice_as_problem_details(client: APIClient) -> None:
    invoice(client, 700)
    number = order(client, 5, 100)
    problems = {"Accept": "application/json, application/problem+json"}
    answer = post(client, f"sales/orders/{number}/confirm/", headers=problems)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    found = answer.json()
    assert found["answer"]["error"] == "Credit limit exceeded"
    assert [each["action"] for each in found["problems"]] == ["refuse"]


def test_credit_that_suffices(client: APIClient) -> None:
    number = order(client, 5, 100)
    answer = post(client, f"sales/orders/{number}/confirm/")
    assert answer.json() == {
        "message": "Order confirmed", "order_number": "SO0001", "stage": "submitted",
    }  # fmt: skip
    again = post(client, f"sales/orders/{number}/confirm/")
    assert (again.status_code, again.json()["code"]) == (409, "document.state")


def test_recording_a_payment(client: APIClient) -> None:
    number = invoice(client, 1000)
    body = {"payment_amount": "400", "payment_method": "CASH"}
    answer = post(client, f"sales/invoices/{number}/record_payment/", body)
    assert answer.status_code == 200, answer.json()
    found = answer.json()
    payment = found.pop("payment_id")
    assert found == {
        "message": "Payment recorded",
        "invoice_number": "SI0001",
        "amount_paid": "400.00",
        "amount_due": "600.00",
    }
    assert client.get(f"/api/payments/{payment}").json()["stage"] == "submitted"


def test_a_payment_is_allocated_over_several_invoices(client: APIClient) -> None:
    """`POST /api/payments/allocate` (PAY-1): never more than is owed, nor than was paid."""
    first, second = invoice(client, 300), invoice(client, 500)
    paid = post(client, "payments?submit=true", {"customer": "C1", "amount": 600, "mode": "CASH"})
    payment = paid.json()["id"]

    def allocate(*documents: tuple[int, int]) -> Any:
        rows = [{"invoice": number, "amount": amount} for number, amount in documents]
        body = {"payment": payment, "documents": rows}
        return post(client, "payments/allocate?submit=true", body)

    def left() -> list[str]:
        addresses = [f"payments/{payment}", f"sales/invoices/{first}", f"sales/invoices/{second}"]
        rows = [client.get(f"/api/{address}").json() for address in addresses]
        return [str(row.get("unallocated", row.get("outstanding"))) for row in rows]

    done = allocate((first, 300), (second, 100))
    assert (done.status_code, done.json()["allocated"]) == (201, "400.00"), done.json()
    assert left() == ["200.00", "0.00", "400.00"]
    for too_much in (((first, 1),), ((second, 201),), ((second, 401),)):
        assert allocate(*too_much).status_code == 422
    assert left() == ["200.00", "0.00", "400.00"]
    assert allocate((second, 200)).status_code == 201
    assert left() == ["0.00", "0.00", "200.00"]


def test_a_payment_by_put(client: APIClient) -> None:
    number = invoice(client, 500)
    address = f"/api/sales/invoices/{number}/payment"
    answer = client.put(address, {"amount": 200, "mode": "CASH"}, format="json")
    assert answer.json() | {"payment_id": 0} == {
        "payment_id": 0, "amount_due": "300.00", "status": "partially paid",
    }  # fmt: skip
    rest = client.put(address, {"amount": 300, "mode": "CASH"}, format="json").json()
    assert (rest["amount_due"], rest["status"]) == ("0.00", "paid")
    assert post(client, f"sales/invoices/{number}/payment", {}).status_code == 405


def test_more_than_is_owed_is_refused_and_nothing_is_stored(client: APIClient) -> None:
    number = invoice(client, 100)
    body = {"payment_amount": "100.01", "payment_method": "CASH"}
    answer = post(client, f"sales/invoices/{number}/record_payment/", body)
    assert answer.status_code == 422
    assert client.get("/api/payments").json()["rows"] == []


def test_the_same_payment_sent_twice_is_one(client: APIClient) -> None:
    number = invoice(client, 100)
    body = {"payment_amount": "40", "payment_method": "CASH"}
    address = f"sales/invoices/{number}/record_payment/"
    first = post(client, address, body, HTTP_IDEMPOTENCY_KEY="p-1")
    again = post(client, address, body, HTTP_IDEMPOTENCY_KEY="p-1")
    assert first.json() == again.json()
    assert len(client.get("/api/payments").json()["rows"]) == 1
    other = post(client, address, {**body, "payment_amount": "41"}, HTTP_IDEMPOTENCY_KEY="p-1")
    assert other.status_code == 409


def test_what_is_asked_is_checked_by_name(client: APIClient) -> None:
    number = invoice(client, 100)
    address = f"sales/invoices/{number}/record_payment/"
    missing = post(client, address, {"payment_amount": "1"})
    assert (missing.status_code, missing.json()["problems"][0]["path"]) == (422, "payment_method")
    unknown = post(client, address, {"amount": "1", "payment_method": "CASH"})
    assert (unknown.status_code, unknown.json()["problems"][0]["path"]) == (400, "amount")
    problem = unknown.json()["problems"][0]
    assert problem["message"] == "Record payment does not ask for 'amount'."
    assert problem["hint"] == "It asks for: Payment amount, Payment method."


def test_no_internal_name_is_shown(client: APIClient) -> None:
    told = [
        post(client, f"sales/invoices/{invoice(client, 100)}/record_payment/", {"zz": 1}).json(),
        client.get("/api/openapi.json").json(),
    ]
    assert "ask:" not in str(told)


def test_a_limit_that_there_is_none_of_is_not_passed(client: APIClient) -> None:
    answer = client.get("/api/sales/invoices", HTTP_X_PASS='{"limit.credit": {}}')
    assert (answer.status_code, answer.json()["code"]) == (400, "request.header_refused")
    assert answer.json()["detail"].endswith("Known: none.")


def test_many_are_named_by_documents(client: APIClient) -> None:
    answer = post(client, "sales/invoices/record_payment", {"ids": [1], "payment_method": "CASH"})
    assert (answer.status_code, answer.json()["code"]) == (400, "request.malformed_body")
    assert '{"documents": [7, 8]}' in answer.json()["detail"]


def test_many_at_once_each_for_itself(client: APIClient) -> None:
    good_one, draft = (
        invoice(client, 100),
        post(client, "sales/invoices", {"customer": "C1", "total": 5}),
    )
    ids = [good_one, draft.json()["id"], 999_999_999]
    body = {"documents": ids, "payment_method": "CASH"}
    results = post(client, "sales/invoices/record_payment", body).json()["results"]
    assert [(r["id"], r["status"]) for r in results] == list(zip(ids, (200, 409, 404), strict=True))
    assert results[0]["answer"]["amount_due"] == "0.00"
    assert results[1]["problem"]["detail"].startswith("Record payment")
    can = post(client, "sales/invoices/moves", {"documents": ids}).json()
    ways = {way["name"]: way for way in can["actions"]}
    assert (can["total"], ways["remind"]["able"]) == (3, 1)
    assert {reason["count"] for reason in ways["remind"]["reasons"]} == {1}


def test_work_in_the_background_tells_how_far_it_is(client: APIClient) -> None:
    first, second = invoice(client, 100), invoice(client, 200)
    accepted = post(client, "sales/invoices/remind", {"documents": [first, second]})
    assert accepted.status_code == 202
    address = accepted.headers["Location"]
    assert client.get(address).json()["state"] == "waiting"
    assert work_pending() == 2
    job = client.get(address).json()
    assert (job["state"], job["done"], job["failed"]) == ("finished", 2, 0)
    assert job["results"][0]["answer"] == {"message": "Reminded", "invoice_number": "SI0001"}


def test_what_can_be_done_is_told(client: APIClient) -> None:
    number = invoice(client, 100)
    found = client.get(f"/api/sales/invoices/{number}/moves").json()
    assert [a["name"] for a in found["actions"] if a["ok"]] == [
        "record_payment",
        "payment",
        "remind",
    ]
    assert [(t["name"], t["ok"]) for t in found["transitions"]] == [("cancel", False)]
    history = client.get(f"/api/sales/invoices/{number}/history").json()["history"]
    assert [(h["action"], h["by"]) for h in history] == [("submit", "ravi")]


def test_stand_ins_are_named_and_ended(client: APIClient) -> None:
    get_user_model().objects.create_user("hari")
    body = {"stand_in": "hari", "from_date": "2026-11-01", "to_date": "2026-12-31"}
    named = post(client, "stand-ins", body)
    assert named.status_code == 201
    number = named.json()["stand_ins"][0]["id"]
    assert post(client, "stand-ins", {**body, "stand_in": "nobody"}).status_code == 422
    assert client.delete(f"/api/stand-ins?id={number}").status_code == 204
    assert client.get("/api/stand-ins").json() == {"stand_ins": []}
    assert client.get("/api/tasks").json() == {"tasks": []}
