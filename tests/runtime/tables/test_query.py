"""SELECT from specs: the same rows from both databases as from a list in Python, and nothing unchecked in the text."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine_runtime.tables.batch import Batch
from engine_runtime.tables.errors import NameUnknown, ValueRefused
from engine_runtime.tables.gateway import Gateway
from engine_runtime.tables.query import (
    Aggregate,
    AllOf,
    AnyOf,
    Condition,
    Not,
    Order,
    Select,
    Where,
    build,
)
from tests.runtime.tables.shop import BY_NAME, PAPER, THING

ROWS: list[dict[str, Any]] = [
    {"code": "q1", "name": "Bolt 10%", "count": 1, "price": Decimal("1.50"), "day": date(2026, 4, 1), "good": True},
    {"code": "q2", "name": "bolt_20", "count": 2, "price": Decimal("0.05"), "day": date(2026, 4, 2), "good": False},
    {"code": "q3", "name": "Nut\\", "count": None, "price": Decimal("-3.00"), "day": None, "good": None},
    {"code": "q4", "name": None, "count": 4, "price": None, "day": date(2026, 5, 1), "good": True},
    {"code": "q5", "name": "B'OLT", "count": 2, "price": Decimal("100.00"), "day": date(2025, 4, 1), "good": False},
]  # fmt: skip


@pytest.fixture(scope="module")
def shop(module_database: None) -> dict[str, int]:
    """The rows above and papers that point to them; code → id."""
    from engine_runtime.tables.gateway import gateway  # noqa: PLC0415 - the database is not there before

    tables = gateway()
    ids = dict(zip((row["code"] for row in ROWS), tables.ids(len(ROWS)), strict=True))
    names = ("id", "parent_id", *ROWS[0])
    things = [(ids[row["code"]], ids["q1"], *row.values()) for row in ROWS]
    papers = [
        (number, 1, ids[f"q{place % 3 + 1}"] if place % 4 else None, ids["q2"], Decimal(place))
        for place, number in enumerate(tables.ids(12))
    ]
    with tables.transaction():
        tables.write(
            [
                Batch(THING, names, things),
                Batch(PAPER, ("id", "version", "thing_id", "party_id", "total"), papers),
            ]
        )
    return ids


def codes(tables: Gateway, *where: Where) -> list[str]:
    select = Select(THING, ("code",), where, (Order("code"),))
    return [row[0] for row in tables.select([select], BY_NAME)[0]]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Condition("count", "=", 2), "q2 q5"),
        (Condition("count", "!=", 2), "q1 q3 q4"),
        (Condition("price", "<", Decimal("0.05")), "q3"),
        (Condition("price", "<=", Decimal("0.05")), "q2 q3"),
        (Condition("price", ">", Decimal("1.50")), "q5"),
        (Condition("price", ">=", Decimal("1.5")), "q1 q5"),
        (Condition("price", "in", [Decimal("1.50"), Decimal("-3.00"), Decimal("7.00")]), "q1 q3"),
        (Condition("code", "in", ["q4", "q'", "q1"]), "q1 q4"),
        (Condition("code", "in", []), ""),
        (Condition("day", "in", [date(2026, 5, 1)]), "q4"),
        (Condition("good", "in", [True]), "q1 q4"),
        (Condition("good", "=", False), "q2 q5"),
        (Condition("day", ">=", date(2026, 4, 1)), "q1 q2 q4"),
        (Condition("name", "contains", "BOLT"), "q1 q2"),
        (Condition("name", "contains", "%"), "q1"),
        (Condition("name", "contains", "_"), "q2"),
        (Condition("name", "contains", "\\"), "q3"),
        (Condition("name", "contains", "'"), "q5"),
        (Condition("name", "starts", "b"), "q1 q2 q5"),
        (Condition("name", "is_null", True), "q4"),
        (Condition("name", "is_null", False), "q1 q2 q3 q5"),
        (AnyOf((Condition("count", "=", 1), Condition("count", "=", 4))), "q1 q4"),
        (AllOf((Condition("count", "=", 2), Condition("good", "=", False))), "q2 q5"),
        (Not(Condition("count", "=", 2)), "q1 q3 q4"),
        (AnyOf(()), ""),
        (AllOf(()), "q1 q2 q3 q4 q5"),
        (Condition("parent_id.code", "=", "q1"), "q1 q2 q3 q4 q5"),
        (Condition("parent_id.parent_id.price", ">", Decimal("1.49")), "q1 q2 q3 q4 q5"),
    ],
)
def test_conditions(tables: Gateway, shop: dict[str, int], where: Where, expected: str) -> None:
    assert codes(tables, where) == expected.split()


def test_columns_over_links_and_no_row_lost_without_one(
    tables: Gateway, shop: dict[str, int]
) -> None:
    select = Select(
        PAPER,
        ("total", "thing_id.code", "thing_id.price", "party_id[doc_thing].name"),
        order=(Order("total"),),
        limit=4,
    )
    assert tables.select([select], BY_NAME) == [
        [
            (Decimal("0.00"), None, None, "bolt_20"),
            (Decimal("1.00"), "q2", Decimal("0.05"), "bolt_20"),
            (Decimal("2.00"), "q3", Decimal("-3.00"), "bolt_20"),
            (Decimal("3.00"), "q1", Decimal("1.50"), "bolt_20"),
        ]
    ]


def test_sums_by_group_and_of_nothing(tables: Gateway, shop: dict[str, int]) -> None:
    by_code = Select(
        PAPER,
        ("thing_id.code", Aggregate("sum", "total"), Aggregate("count"), Aggregate("max", "total")),
        (Condition("thing_id", "is_null", False),),
        (Order("thing_id.code"),),
    )
    nothing = Select(
        PAPER,
        (Aggregate("sum", "total"), Aggregate("sum", "version"), Aggregate("max", "total")),
        (Condition("total", ">", Decimal(1000)),),
    )
    difference = Select(PAPER, (Aggregate("sum", "total", less="total"), Aggregate("min", "total")))
    days = Select(THING, (Aggregate("min", "day"), Aggregate("max", "day")))
    found = tables.select([by_code, nothing, difference, days], BY_NAME)
    assert found[0] == [
        ("q1", Decimal("18.00"), 3, Decimal("9.00")),
        ("q2", Decimal("18.00"), 3, Decimal("10.00")),
        ("q3", Decimal("18.00"), 3, Decimal("11.00")),
    ]
    assert found[1] == [(Decimal("0.00"), 0, None)]
    assert (str(found[1][0][0]), type(found[1][0][1])) == ("0.00", int)
    assert found[2] == [(Decimal("0.00"), Decimal("0.00"))]
    assert found[3] == [(date(2025, 4, 1), date(2026, 5, 1))]


@pytest.mark.parametrize("seed", range(6))
def test_pages_show_every_row_once_whatever_the_order(
    tables: Gateway, shop: dict[str, int], seed: int
) -> None:
    chance = random.Random(seed)
    group = f"page{seed}"
    rows = [
        (
            number,
            f"{group}-{place}",
            group,
            chance.choice((None, 1, 2)),
            chance.choice((None, Decimal("1.00"), Decimal("2.50"))),
            chance.choice((None, date(2026, 1, 1), date(2026, 1, 1) + timedelta(place % 3))),
        )
        for place, number in enumerate(tables.ids(25))
    ]
    with tables.transaction():
        tables.write([Batch(THING, ("id", "code", "story", "count", "price", "day"), rows)])
    names = chance.sample(["count", "price", "day"], 2)
    order = (
        *(Order(name, chance.random() < 0.5) for name in names),
        Order("id", chance.random() < 0.5),
    )
    where = (Condition("story", "=", group),)
    columns = (*names, "id")
    [whole] = tables.select([Select(THING, columns, where, order)], BY_NAME)
    after, paged = None, []
    while True:
        select = Select(THING, columns, where, order, after, limit=chance.choice((1, 4, 7)))
        [page] = tables.select([select], BY_NAME)
        if not page:
            break
        paged += page
        after = page[-1]
    assert paged == whole
    assert sorted(row[2] for row in whole) == sorted(row[0] for row in rows)
    for place, part in enumerate(order[:1]):
        values = [row[place] for row in whole]
        empty = values.count(None)
        known = [value for value in values if value is not None]
        known.sort(reverse=part.descending)
        gap = [None] * empty
        assert values == (gap + known if part.descending else known + gap)


@pytest.mark.parametrize(
    "select",
    [
        Select(THING, ("nothing",)),
        Select(THING, ('id" FROM doc_paper --',)),
        Select(THING, ("name.code",)),
        Select(THING, ("parent_id.nothing",)),
        Select(THING, ("parent_id[doc_paper].total",)),
        Select(PAPER, ("party_id.code",)),
        Select(PAPER, ("party_id[users].code",)),
        Select(THING, ("id",), (Condition("count", "like", 1),)),  # type: ignore[arg-type]
        Select(THING, ("id",), (Condition("count", "; DROP TABLE", 1),)),  # type: ignore[arg-type]
        Select(THING, ("id",), (Condition("count", "=", None),)),
        Select(THING, ("id",), (Condition("count", "contains", "1"),)),
        Select(THING, ("id",), order=(Order("id; --"),)),
        Select(THING, (Aggregate("sum", "name"),)),
        Select(THING, ("id",), order=(Order("id"),), after=()),
    ],
)
@pytest.mark.parametrize("vendor", ["postgresql", "sqlite"])
def test_a_name_that_is_not_known_never_reaches_the_text(select: Select, vendor: str) -> None:
    with pytest.raises(NameUnknown):
        build(select, BY_NAME, vendor)


@pytest.mark.parametrize("value", ["x", 1.5, Decimal("NaN"), Decimal("1.001"), [1]])
def test_a_value_of_another_type_is_refused(tables: Gateway, value: Any) -> None:
    with pytest.raises(ValueRefused, match="price"):
        codes(tables, Condition("price", "=", value))


@pytest.mark.parametrize("value", ["'; DROP TABLE doc_thing; --", "\\'", "$2", "?2", "{a,b}", "%s"])
def test_a_value_is_never_part_of_the_text(
    tables: Gateway, shop: dict[str, int], value: str
) -> None:
    assert codes(tables, Condition("name", "=", value)) == []
    assert codes(tables, Condition("name", "in", [value])) == []
    assert codes(tables, Condition("name", "contains", value)) == []
    query = build(Select(THING, ("id",), (Condition("name", "=", value),)), BY_NAME, tables.vendor)
    assert value not in query.sql
