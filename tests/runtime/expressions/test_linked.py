"""Paths to rows of others: their fields and parents, rows of linked records, back links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bench.counting import statements
from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.documents import service
from engine_runtime.documents.errors import DocumentInvalid
from engine_runtime.documents.read import get

PROGRAM = "linked"


@dataclass
class World:
    actor: Actor
    other: Actor
    customer: int
    order: dict[str, Any]


@pytest.fixture(scope="module")
def world(module_database: Path) -> World:
    """A customer with two orders here and one in another company."""
    system = system_actor()
    companies = [{"code": "ONE", "name": "First"}, {"code": "TWO", "name": "Second"}]
    actor, other = (system_actor(c["id"]) for c in service.create(system, "Company", companies))
    discounts = [
        {"above": 1, "percent": "2"},
        {"above": 2, "percent": "5"},
        {"above": 9, "percent": "9"},
    ]
    [customer] = service.create(
        actor, "Customer", [{"code": "P", "name": "Punjab", "discounts": discounts}]
    )
    lines = [{"name": "Soap", "quantity": "8"}, {"name": "Oil", "quantity": "24"}]
    order = {"customer": customer["id"], "due": "2026-12-01", "items": lines}
    small = {"customer": customer["id"], "items": [{"name": "Tea", "quantity": "3"}]}
    [made, _] = service.create(actor, "Order", [order, small])
    service.create(other, "Order", [{**small, "items": [{"name": "Tea", "quantity": "500"}]}])
    return World(actor, other, customer["id"], made)


def bill(world: World, *quantities: str, customer: int | None = None) -> dict[str, Any]:
    pairs = zip(world.order["items"], quantities, strict=False)
    lines = [{"order_line": line["id"], "quantity": quantity} for line, quantity in pairs]
    body = {"customer": customer or world.customer, "items": lines}
    [made] = service.create(world.actor, "Bill", [body])
    return made


def test_fields_of_a_linked_row_of_its_parent_and_of_its_sisters(world: World) -> None:
    first, second = bill(world, "2", "24")["items"]
    assert (first["name"], second["name"]) == ("Soap", "Oil")
    assert first["due"] == date(2026, 12, 1)
    assert (first["of_order"], second["of_order"]) == (Decimal("0.062500"), Decimal("0.750000"))
    assert first["largest"] == Decimal("24.000")


def test_rows_of_a_linked_record_with_a_condition(world: World) -> None:
    assert bill(world, "1")["best"] == Decimal("2.0000")
    assert bill(world, "1", "1")["best"] == Decimal("5.0000")


def test_the_other_ends_of_a_link_are_those_of_the_documents_company(world: World) -> None:
    assert bill(world, "1")["others"] == 1
    [shown] = get(world.actor, "Customer", [world.customer]).rows
    assert shown["ordered"] == Decimal("32.000")
    [there] = get(world.other, "Customer", [world.customer]).rows
    assert there["ordered"] == Decimal("500.000")


def test_a_check_reads_the_linked_row(world: World) -> None:
    with pytest.raises(DocumentInvalid) as caught:
        bill(world, "8.001")
    [problem] = caught.value.problems
    assert problem.message == "Line 1 of Soap: 8 were ordered."


def test_where_of_a_link_to_rows_sees_what_the_row_belongs_to(world: World) -> None:
    [stranger] = service.create(world.actor, "Customer", [{"code": "S", "name": "Stranger"}])
    with pytest.raises(DocumentInvalid) as caught:
        bill(world, "1", customer=stranger["id"])
    assert [problem.code for problem in caught.value.problems] == ["link.not_allowed"]


def test_a_row_of_another_company_is_as_if_it_were_not(world: World) -> None:
    body = {
        "customer": world.customer,
        "items": [{"order_line": world.order["items"][0]["id"], "quantity": "1"}],
    }
    with pytest.raises(DocumentInvalid) as caught:
        service.create(world.other, "Bill", [body])
    assert [problem.code for problem in caught.value.problems] == ["link.unknown"]


def test_many_lines_cost_as_many_statements_as_one(world: World) -> None:
    bill(world, "1")
    assert statements(lambda: bill(world, "1", "1")) == statements(lambda: bill(world, "1"))


def test_a_check_sees_the_record_as_it_was_before_the_change(world: World) -> None:
    lines = [{"name": "Soap", "quantity": "8"}]
    body = {"customer": world.customer, "due": "2026-12-01", "items": lines}
    [made] = service.create(world.actor, "Order", [body])

    def save(**fields: Any) -> dict[str, Any]:
        change = {"id": made["id"], "version": made["version"], **fields}
        return service.save(world.actor, "Order", [change])[0]

    row = {"id": made["items"][0]["id"], "name": "Soap"}
    with pytest.raises(DocumentInvalid) as caught:
        save(due="2026-11-30", items=[{**row, "quantity": "7"}])
    told = [problem.message for problem in caught.value.problems]
    assert told == ["It was promised for 2026-12-01.", "8 were ordered."]
    saved = save(due="2026-12-02", items=[{**row, "quantity": "9"}])
    assert (saved["due"], saved["total"]) == (date(2026, 12, 2), Decimal("9.000"))


def test_a_balance_of_all_that_a_back_link_leads_to(world: World) -> None:
    partners = [{"code": f"P{n}", "name": "Partner", "partner": world.customer} for n in (1, 2)]
    made = service.create(world.actor, "Customer", partners)
    for party, pieces in ((world.customer, 1), (made[0]["id"], 10), (made[1]["id"], 100)):
        body = {"on_date": "2026-11-21", "party": party, "pieces": pieces}
        service.create(world.actor, "Handing Out", [body], submit=True)
    rows = get(world.actor, "Customer", [world.customer, made[0]["id"]]).rows
    assert [row["in_hand"] for row in rows] == [111, 10]


def test_a_record_is_found_by_its_business_key(world: World) -> None:
    assert bill(world, "1")["house"] is None
    service.create(world.actor, "Customer", [{"code": "HOUSE", "name": "Over the counter"}])
    assert bill(world, "1")["house"] == "Over the counter"
