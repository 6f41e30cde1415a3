"""Bills from orders, parts of bills back: what is left, merging, and two at once."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from engine_runtime.access.actor import Actor
from engine_runtime.documents import service
from engine_runtime.documents.effects import effects
from engine_runtime.documents.errors import DocumentInvalid, LimitExceeded
from engine_runtime.documents.making import new
from engine_runtime.documents.read import get
from engine_runtime.documents.service import Reference
from tests.concurrency.crowd import failures, together

PROGRAM = "fulfilment"
D = Decimal
Row = dict[str, Any]
DAY = "2026-05-04"


@dataclass
class World:
    actor: Actor
    customer: int
    other: int

    def order(self, *quantities: Any, **more: Any) -> Row:
        items = [
            {"what": f"Thing {n}", "quantity": q, "rate": 10} for n, q in enumerate(quantities)
        ]
        body = {"day": DAY, "customer": self.customer, "items": items, **more}
        return service.create(self.actor, "Sales Order", [body], submit=True)[0]

    def made(self, doctype: str, source: str, *rows: Row) -> list[Row]:
        return new(self.actor, doctype, (source, [row["id"] for row in rows])).rows

    def submit(self, doctype: str, made: Row, **more: Any) -> Row:
        return service.create(self.actor, doctype, [sent(made) | {"day": DAY} | more], submit=True)[
            0
        ]


def sent(made: Row) -> Row:
    """A made document as the form sends it: without what is worked out."""
    worked_out = {"id", "parent", "typed", "index", "amount", "taxable", "total", "discount_share"}
    worked_out |= {"kept", "state", "number", "titles"}
    return {
        name: [sent(row) for row in value] if isinstance(value, list) else value
        for name, value in made.items()
        if name not in worked_out and value is not None
    }


@pytest.fixture(scope="module")
def world(actors: tuple[Actor, Actor]) -> World:
    first, second = service.create(actors[0], "Customer", [{"code": "C"}, {"code": "D"}])
    return World(actors[0], first["id"], second["id"])


def test_a_bill_takes_what_is_left(world: World) -> None:
    order = world.order(5, 3, terms="30 days", parts=[{"name": "one"}, {"name": "two"}])
    [made] = world.made("Bill", "Sales Order", order)
    assert [(r["what"], r["quantity"], r["rate"]) for r in made["items"]] == [
        ("Thing 0", D("5.000"), D("10.00")),
        ("Thing 1", D("3.000"), D("10.00")),
    ]
    assert [r["order_line"] for r in made["items"]] == [r["id"] for r in order["items"]]
    assert (made["customer"], made["terms"]) == (world.customer, "30 days")
    assert [p["name"] for p in made["parts"]] == ["one", "two"]
    made["items"][0]["quantity"] = 2
    world.submit("Bill", {**made, "items": made["items"][:1]})
    [rest] = world.made("Bill", "Sales Order", order)
    assert [r["quantity"] for r in rest["items"]] == [D("3.000"), D("3.000")]
    world.submit("Bill", rest)
    assert world.made("Bill", "Sales Order", order)[0]["items"] == []


def test_more_than_is_left_is_refused(world: World) -> None:
    [made] = world.made("Bill", "Sales Order", world.order(5))
    made["items"][0]["quantity"] = D("5.001")
    with pytest.raises(LimitExceeded) as raised:
        world.submit("Bill", made)
    assert raised.value.problems[0].path == "items[0]"


def test_alike_orders_become_one_bill(world: World) -> None:
    orders = [world.order(1), world.order(2), world.order(4, customer=world.other)]
    one, two = world.made("Bill", "Sales Order", *orders)
    assert [r["quantity"] for r in one["items"]] == [D("1.000"), D("2.000")]
    assert (two["customer"], len(two["items"])) == (world.other, 1)
    billed = world.submit("Bill", one)
    assert billed["total"] == D("30.00")


def test_a_draft_is_no_source(world: World) -> None:
    body = {"day": DAY, "customer": world.customer, "items": []}
    [draft] = service.create(world.actor, "Sales Order", [body])
    with pytest.raises(DocumentInvalid):
        world.made("Bill", "Sales Order", draft)


def test_two_bills_of_one_line_at_once(world: World) -> None:
    order = world.order(5)
    [made] = world.made("Bill", "Sales Order", order)
    results = together([partial(world.submit, "Bill", made) for _ in range(8)])
    refused = failures(results)
    assert len(refused) == 7
    assert {type(error) for error in refused} == {LimitExceeded}
    assert world.made("Bill", "Sales Order", order)[0]["items"] == []


def test_a_cancelled_bill_gives_back_what_it_took(world: World) -> None:
    order = world.order(5)
    [made] = world.made("Bill", "Sales Order", order)
    bill = world.submit("Bill", made)
    service.cancel(world.actor, "Bill", [Reference(bill["id"])])
    assert world.made("Bill", "Sales Order", order)[0]["items"][0]["quantity"] == D("5.000")


def test_a_part_that_is_said_otherwise_is_refused(world: World) -> None:
    """Nothing that is sent is replaced without a word; what is the part anyway may stay."""
    item = {"what": "Pen", "quantity": 3, "rate": 10, "packing": "3.00"}
    wraps = [{"what": "Box", "weight": "0.300"}]
    body = {"day": DAY, "customer": world.customer, "items": [item | {"wraps": wraps}]}
    bill = service.create(world.actor, "Bill", [body], submit=True)[0]
    row = {"original": bill["items"][0]["id"], "what": "Pen", "quantity": 1}

    def create(**more: Any) -> Row:
        sent = {"day": DAY, "customer": world.customer, "items": [row | more]}
        return service.create(world.actor, "Bill Return", [sent])[0]

    wrong = [
        ("packing", "2.00", "items[0].packing", "names: 1.00; it cannot be set"),
        ("wraps", [{"what": "Bag"}], "items[0].wraps", "it cannot be set"),
        ("wraps", [{"what": "Box"}, {"what": "Box"}], "items[0].wraps", "it cannot be set"),
    ]
    for name, value, path, says in wrong:
        with pytest.raises(DocumentInvalid, match=says) as raised:
            create(**{name: value})
        problem = raised.value.problems[0]
        assert (problem.code, problem.path) == ("input.computed_field", path)
        assert problem.hint == "Leave it out."
    draft = create(packing="1.00", wraps=[{"what": "Box", "weight": "0.100"}])
    assert (draft["items"][0]["packing"], draft["items"][0]["wraps"][0]["weight"]) == (
        D("1.00"), D("0.100"),
    )  # fmt: skip
    change = {"id": draft["items"][0]["id"], "quantity": 2, "packing": "1.00"}
    sent = {"id": draft["id"], "version": 1, "items": [change]}
    with pytest.raises(DocumentInvalid) as raised:
        service.save(world.actor, "Bill Return", [sent])
    assert raised.value.problems[0].path == "items[0].packing"
    del change["packing"]
    sent = {"id": draft["id"], "version": 1, "items": [change]}
    [saved] = service.save(world.actor, "Bill Return", [sent])
    assert saved["items"][0]["packing"] == D("2.00")


def returned(world: World, bill: Row, *quantities: Any) -> list[Row]:
    """Returns of the first line of ``bill``, one after another."""
    found = []
    for quantity in quantities:
        [made] = world.made("Bill Return", "Bill", bill)
        made["items"] = made["items"][:1]
        made["items"][0]["quantity"] = D(quantity)
        found.append(world.submit("Bill Return", made))
    return found


def billed(world: World) -> Row:
    """Three pieces and one, with a discount of 1.00 that does not divide."""
    items = [
        {"what": "Pen", "quantity": 3, "rate": "33.33"},
        {"what": "Ink", "quantity": 1, "rate": "33.34"},
    ]
    body = {"day": DAY, "customer": world.customer, "discount": "1.00", "items": items}
    return service.create(world.actor, "Bill", [body], submit=True)[0]


def test_parts_add_up_and_the_last_takes_the_rest(world: World) -> None:
    bill = billed(world)
    whole = bill["items"][0]
    assert (whole["amount"], whole["discount_share"]) == (D("99.99"), D("0.75"))
    parts = [r["items"][0] for r in returned(world, bill, "1", "0.5", "1.5")]
    assert [p["discount_share"] for p in parts] == [D("0.25"), D("0.13"), D("0.37")]
    assert sum(p["amount"] for p in parts) == whole["amount"]
    assert sum(p["discount_share"] for p in parts) == whole["discount_share"]
    assert [p["taxable"] for p in parts] == [p["amount"] - p["discount_share"] for p in parts]
    assert [r["what"] for r in world.made("Bill Return", "Bill", bill)[0]["items"]] == ["Ink"]


def test_parts_taken_at_once_add_up(world: World) -> None:
    bill = billed(world)
    [made] = world.made("Bill Return", "Bill", bill)
    made["items"] = [{**made["items"][0], "quantity": D(1)}]
    results = together([partial(world.submit, "Bill Return", made) for _ in range(5)])
    parts = [r["items"][0]["discount_share"] for r in results if isinstance(r, dict)]
    assert sorted(parts) == [D("0.25"), D("0.25"), D("0.25")]
    assert {type(error) for error in failures(results)} == {LimitExceeded}


# --- what people are told ------------------------------------------------------------------------


def test_a_link_to_a_row_is_called_by_its_document_and_place(world: World) -> None:
    order = world.order(5, 3)
    bill = world.submit("Bill", world.made("Bill", "Sales Order", order)[0])
    told = get(world.actor, "Bill", [bill["id"]]).titles["sales_order"]
    first, second = (row["id"] for row in order["items"])
    assert told[first] == f"{order['number']}, line 1"
    assert told[second] == f"{order['number']}, line 2"
    seen = effects(world.actor, "Bill", bill["id"])
    assert seen.titles["sales_order"][second] == f"{order['number']}, line 2"
    assert seen.titles["bill"][bill["items"][0]["id"]] == f"{bill['number']}, line 1"


def test_what_is_taken_twice_is_told_by_document_and_place(world: World) -> None:
    order = world.order(5, 3)
    made = world.made("Bill", "Sales Order", order)[0]
    made["items"][1]["quantity"] = 4
    with pytest.raises(LimitExceeded) as refused:
        world.submit("Bill", made)
    (problem,) = refused.value.problems
    assert problem.message.startswith(f"Order line {order['number']}, line 2: ")
    assert problem.path == "items[1]"


def test_a_cancellation_names_what_was_built_on_it(world: World) -> None:
    order = world.order(5, 3)
    bill = world.submit("Bill", world.made("Bill", "Sales Order", order)[0])
    with pytest.raises(LimitExceeded) as refused:
        service.cancel(world.actor, "Sales Order", [Reference(order["id"])])
    first = refused.value.problems[0]
    assert first.message.startswith(f"Order line {order['number']}, line 1: ")
    assert first.hint == f"Cancel Bill {bill['number']} first."
    service.cancel(world.actor, "Bill", [Reference(bill["id"])])
    service.cancel(world.actor, "Sales Order", [Reference(order["id"])])
