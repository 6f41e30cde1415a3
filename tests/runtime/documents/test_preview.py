"""A preview shows what would be and would be written, and leaves no trace."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from engine_runtime.documents.errors import InputMalformed, NotFound
from engine_runtime.documents.making import new
from engine_runtime.documents.previewing import Preview, preview
from engine_runtime.documents.read import get
from tests.runtime.documents.world import World, code, rows_per_table

D = Decimal


@pytest.fixture
def unseen() -> Callable[..., Preview]:
    """`preview` of one order, with every row of every table counted before and after."""

    def show(world: World, document: dict[str, Any]) -> Preview:
        before = rows_per_table()
        [found] = preview(world.actor, "Order", [document])
        assert rows_per_table() == before
        return found

    return show


def test_a_new_document_is_worked_out_and_posted_on_paper(
    world: World, unseen: Callable[..., Preview]
) -> None:
    name = code("N")
    shown = unseen(world, world.order({"name": name, "quantity": 3}, {"name": "x", "rate": 4}))
    assert shown.problems == []
    document = shown.document
    assert (document["net"], document["total"]) == (34, 34)
    assert document["id"] is None
    assert all(row["id"] is None for row in document["lines"])
    written = {
        ledger: [entry.values for entry in entries] for ledger, entries in shown.entries.items()
    }
    assert set(written) == {"Sales", "Goods"}
    assert [entry["amount"] for entry in written["Sales"]] == [34]
    assert [(e["name"], e["quantity"]) for e in written["Goods"]] == [(name, 3), ("x", 1)]
    assert shown.titles["partner"][world.partner] == "Partner"


def test_what_is_shown_is_what_is_written(world: World, unseen: Callable[..., Preview]) -> None:
    body = world.order({"name": code("N"), "quantity": "1.5"}, total="14.20")
    shown = unseen(world, body)
    [row] = world.create(body, submit=True)
    for field in ("net", "total", "due_date", "typed", "posting_date"):
        assert shown.document[field] == row[field]


def test_a_change_of_a_draft_is_shown_on_top_of_it(
    world: World, unseen: Callable[..., Preview]
) -> None:
    [draft] = world.create(world.order({"name": "a"}, {"name": "b"}))
    shown = unseen(world, {"id": draft["id"], "discount": "5"})
    assert (shown.document["net"], shown.document["total"]) == (20, 15)
    assert [row["id"] for row in shown.document["lines"]] == [r["id"] for r in draft["lines"]]
    assert world.read(draft)["discount"] is None


def test_every_problem_is_shown_and_none_raised(
    world: World, unseen: Callable[..., Preview]
) -> None:
    shown = unseen(world, world.order({"quantity": 1}, partner="NOBODY"))
    assert {(p.code, p.path) for p in shown.problems} == {
        ("link.unknown", "partner"),
        ("field.required", "lines[0].name"),
    }
    assert shown.entries == {}
    shown = unseen(world, world.order({"name": code("N"), "quantity": -1}))
    assert [(p.code, p.path) for p in shown.problems] == [("limit.on_hand", "lines[0]")]
    shown = unseen(world, world.order({"name": "x", "quantity": "0.25"}))
    assert [(p.code, p.action) for p in shown.problems] == [("check.round", "warn")]


def test_malformed_input_is_raised(world: World) -> None:
    before = rows_per_table()
    with pytest.raises(InputMalformed):
        preview(world.actor, "Order", [world.order(colour=1)])
    with pytest.raises(NotFound):
        preview(world.other, "Order", [{"id": world.create()[0]["id"]}])
    assert rows_per_table()["doc_order"] == before["doc_order"] + 1


def test_looking_leaves_no_trace_either(world: World) -> None:
    [row] = world.create(submit=True)
    before = rows_per_table()
    new(world.actor, "Order")
    get(world.actor, "Order", [row["id"]])
    assert rows_per_table() == before
