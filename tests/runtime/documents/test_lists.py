"""Lists: paths over links, filters, search, order, pages that neither lose nor repeat a row."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import orjson
import pytest

from engine_runtime.access.actor import Actor
from engine_runtime.documents import service
from engine_runtime.documents.errors import InputMalformed
from engine_runtime.documents.listing import ListQuery, list_rows
from engine_runtime.tables.gateway import gateway
from tests.runtime.documents.world import World, code

REGIONS = 3
PARTNERS = 23
"""Pages of most sizes do not divide them evenly."""


@pytest.fixture(scope="module")
def mark(world: World) -> str:
    """What the partners and orders of this module have in their names."""
    mark = code("mark")
    regions = [{"code": f"{mark}R{n}", "name": f"Region {n}"} for n in range(REGIONS)]
    service.create(world.actor, "Region", regions)
    partners = [
        {
            "code": f"{mark}P{n:02}",
            "name": f"{mark} partner {n % 5}",
            "region": f"{mark}R{n % REGIONS}" if n % 4 else None,
            "rating": n % 3 if n % 5 else None,
        }
        for n in range(PARTNERS)
    ]
    stored = service.create(world.actor, "Partner", partners)
    orders = [
        world.order({"name": mark, "quantity": n + 1}, partner=row["id"], remark=mark)
        for n, row in enumerate(stored)
    ]
    world.create(*orders, submit=True)
    return mark


def ask(actor: Actor, doctype: str, *filters: tuple[str, str, Any], **more: Any) -> list[Any]:
    """All rows of a list, page by page."""
    rows: list[Any] = []
    cursor = None
    for _ in range(100):
        page = list_rows(
            actor, doctype, ListQuery(filters=filters, cursor=cursor, **({"limit": 7} | more))
        )
        rows += page.rows
        cursor = page.next
        if cursor is None:
            return rows
        assert len(page.rows) == more.get("limit", 7)
    raise AssertionError("the pages never end")


SORTS = [
    ("code",),
    ("-code",),
    ("name",),
    ("-name", "code"),
    ("rating",),
    ("-rating",),
    ("rating", "-name"),
    ("-rating", "name"),
    ("region.name",),
    ("-region.code", "rating"),
    ("region",),
    ("id",),
    ("-id",),
    (),
]


@pytest.mark.parametrize("limit", [1, 4, 7, 23, 50])
@pytest.mark.parametrize("sort", SORTS, ids="+".join)
def test_pages_have_every_row_once_in_order(
    world: World, mark: str, sort: tuple[str, ...], limit: int
) -> None:
    fields = ("code", "name", "rating", "region", "region.name", "region.code")
    asked = {"fields": fields, "sort": sort}
    paged = ask(world.actor, "Partner", ("code", "starts", mark), limit=limit, **asked)
    whole = ask(world.actor, "Partner", ("code", "starts", mark), limit=500, **asked)
    assert [row["code"] for row in paged] == [row["code"] for row in whole]
    assert sorted(row["code"] for row in whole) == [f"{mark}P{n:02}" for n in range(PARTNERS)]
    for name in sort[:1]:
        values = [row[name.lstrip("-")] for row in whole]
        present = [value for value in values if value is not None]
        assert present == sorted(present, reverse=name.startswith("-"))
        empty = [place for place, value in enumerate(values) if value is None]
        together = not empty or empty[-1] - empty[0] == len(empty) - 1
        assert together, "rows without the value stand together"


FILTERS: list[tuple[tuple[str, str, Any], list[int]]] = [
    (("rating", "=", 2), [2, 8, 11, 14, 17]),
    (("rating", "in", [1, 2]), [1, 2, 4, 7, 8, 11, 13, 14, 16, 17, 19, 22]),
    (("rating", ">=", 2), [2, 8, 11, 14, 17]),
    (("rating", "is_null", True), [0, 5, 10, 15, 20]),
    (("rating", "=", None), [0, 5, 10, 15, 20]),
    (("region", "is_null", True), [0, 4, 8, 12, 16, 20]),
    (("region.name", "=", "Region 1"), [1, 7, 10, 13, 19, 22]),
    (("region.name", "contains", "gion 1"), [1, 7, 10, 13, 19, 22]),
    (("code", "contains", "P1"), list(range(10, 20))),
    (("code", "in", []), []),
    (("name", "contains", "100%"), []),
    (("name", "contains", "_"), []),
    (("name", "contains", "' OR 1=1 --"), []),
]


@pytest.mark.parametrize(("condition", "expected"), FILTERS)
def test_filters(
    world: World, mark: str, condition: tuple[str, str, Any], expected: list[int]
) -> None:
    rows = ask(world.actor, "Partner", ("code", "starts", mark), condition, fields=("code",))
    assert sorted(int(row["code"][-2:]) for row in rows) == expected


def test_orders_are_filtered_over_two_links(world: World, mark: str) -> None:
    rows = ask(
        world.actor,
        "Order",
        ("remark", "=", mark),
        ("partner.region.name", "=", "Region 1"),
        ("total", ">", "100"),
        fields=("number", "partner", "partner.name", "partner.region.code", "total"),
        sort=("-total",),
    )
    assert [int(row["total"]) for row in rows] == [230, 200, 140, 110]
    assert {row["partner.region.code"] for row in rows} == {f"{mark}R1"}


def test_links_come_with_their_titles(world: World, mark: str) -> None:
    page = list_rows(
        world.actor, "Order", ListQuery(fields=("partner",), filters=(("remark", "=", mark),))
    )
    assert {page.titles["partner"][row["partner"]] for row in page.rows} <= {
        f"{mark} partner {n}" for n in range(5)
    }


def test_search_looks_in_the_fields_that_the_doctype_names(world: World, mark: str) -> None:
    found = ask(world.actor, "Partner", search=f"{mark}p07", fields=("code",))
    assert [row["code"] for row in found] == [f"{mark}P07"]
    found = ask(world.actor, "Partner", ("code", "starts", mark), search="region 2")
    assert len(found) == 5
    found = ask(world.actor, "Order", ("remark", "=", mark), search=f"{mark} partner 3")
    assert len(found) == 4
    number = ask(world.actor, "Order", ("remark", "=", mark), fields=("number",))[0]["number"]
    found = ask(world.actor, "Order", ("remark", "=", mark), search=number, fields=("number",))
    assert [row["number"] for row in found] == [number]
    assert ask(world.actor, "Partner", search="%") == []


def test_computed_fields_cost_no_statement_per_row(world: World, mark: str) -> None:
    """As many statements for 20 rows as for 2, and the right figures."""
    counts = []
    for limit in (2, 20):
        before = gateway().statements
        page = list_rows(
            world.actor,
            "Partner",
            ListQuery(
                fields=("code", "turnover", "region.name"),
                filters=(("code", "starts", mark),),
                sort=("code",),
                limit=limit,
            ),
        )
        counts.append(gateway().statements - before)
        assert [row["turnover"] for row in page.rows] == [10 * (n + 1) for n in range(limit)]
    assert counts[0] == counts[1] <= 4


def test_whole_documents_cost_no_statement_per_row(world: World, mark: str) -> None:
    before = gateway().statements
    world.create(*[world.order({"name": mark}, remark="few") for _ in range(2)], submit=True)
    few = gateway().statements - before
    before = gateway().statements
    world.create(*[world.order({"name": mark}, remark="many") for _ in range(40)], submit=True)
    many = gateway().statements - before
    # SQLite takes numbers one by one; ids come in blocks.
    assert many <= few + 4 + (40 if gateway().vendor == "sqlite" else 0)


def test_others_see_nothing_of_it(world: World, mark: str) -> None:
    assert ask(world.other, "Order", ("remark", "=", mark)) == []


def test_what_one_may_not_read_one_may_not_ask_for(world: World, mark: str) -> None:
    """Region is not a reader's: neither shown, nor filtered, nor sorted, nor searched by."""
    company = world.actor.company_id
    assert company is not None
    reader = replace(world.actor, system=False, roles={company: frozenset({"Reader"})})
    starts = ("code", "starts", mark)
    assert len(ask(reader, "Partner", starts)) == PARTNERS
    for asked in (
        {"fields": ("region.name",)},
        {"sort": ("region.name",)},
        {"filters": (("region.name", "=", "Region 1"),)},
    ):
        with pytest.raises(InputMalformed, match="not yours to read"):
            list_rows(reader, "Partner", ListQuery(**asked))
    assert ask(reader, "Partner", starts, search="region 2") == []


BAD: list[dict[str, Any]] = [
    {"fields": ("colour",)},
    {"fields": ("name.first",)},
    {"fields": ("region.colour",)},
    {"fields": ("",)},
    {"filters": (("colour", "=", 1),)},
    {"filters": (("name", "~", "x"),)},
    {"filters": (("name", "= 1 OR", "x"),)},
    {"filters": (("rating", "=", "x"),)},
    {"filters": (("rating", "contains", "1"),)},
    {"filters": (("rating", "in", 1),)},
    {"filters": (("rating", "in", list(range(501))),)},
    {"filters": (("rating", "is_null", "yes"),)},
    {"filters": (("region", "=", "N"),)},
    {"filters": (("turnover", "=", 1),)},
    {"filters": (("name", "=", "x"),) * 21},
    {"sort": ("turnover",)},
    {"sort": ("colour",)},
    {"sort": ("name; DROP TABLE doc_partner",)},
    {"limit": 0},
    {"limit": 501},
    {"cursor": "x"},
    {"cursor": "नमस्ते"},
    {"cursor": base64.urlsafe_b64encode(b"[]").decode()},
    {"cursor": base64.urlsafe_b64encode(orjson.dumps([["-id"], 5])).decode()},
    {"cursor": base64.urlsafe_b64encode(orjson.dumps([["-id"], ["x"]])).decode()},
    {"cursor": base64.urlsafe_b64encode(orjson.dumps([["-id"], [1, 2]])).decode()},
]


@pytest.mark.parametrize("asked", BAD, ids=str)
def test_what_cannot_be_asked_is_refused(world: World, asked: dict[str, Any]) -> None:
    with pytest.raises(InputMalformed):
        list_rows(world.actor, "Partner", ListQuery(**asked))


def test_a_cursor_belongs_to_its_order(world: World, mark: str) -> None:
    page = list_rows(world.actor, "Partner", ListQuery(sort=("code",), limit=2))
    assert page.next is not None
    with pytest.raises(InputMalformed, match="cursor"):
        list_rows(world.actor, "Partner", ListQuery(sort=("name",), cursor=page.next))


def test_a_row_that_comes_meanwhile_moves_no_other(world: World, mark: str) -> None:
    asked = ListQuery(
        fields=("code",), filters=(("code", "starts", mark),), sort=("code",), limit=10
    )
    first = list_rows(world.actor, "Partner", asked)
    fresh = service.create(world.actor, "Partner", [{"code": f"{mark}P00a", "name": "New"}])[0]
    second = list_rows(world.actor, "Partner", replace(asked, cursor=first.next))
    service.delete(world.actor, "Partner", [service.Reference(fresh["id"])])
    codes = [row["code"] for row in (*first.rows, *second.rows)]
    assert codes == [f"{mark}P{n:02}" for n in range(20)]
