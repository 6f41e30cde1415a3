"""Bringing the database from one set of tables to another: what happens, what is kept, what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from engine.plan.spec import TableSpec
from engine_runtime.active.models import AppliedCatalog
from engine_runtime.schema import stored
from engine_runtime.schema.errors import SchemaRefused
from engine_runtime.schema.registry import NameTooLong
from engine_runtime.schema.versions import bring
from engine_runtime.tables.batch import Batch, ById
from engine_runtime.tables.gateway import gateway
from tests.runtime.tables.shop import BOOK, PAPER, SHOP, THING, column

pytestmark = pytest.mark.usefixtures("empty_database")


def with_columns(table: TableSpec, *changed: Any, without: str = "") -> TableSpec:
    """``table`` with columns added or replaced by name, and one taken away."""
    columns = {c.name: c for c in table.columns if c.name != without}
    columns |= {c.name: c for c in changed}
    return replace(table, columns=tuple(columns.values()))


def shop_with(*tables: TableSpec) -> tuple[TableSpec, ...]:
    """The shop with some of its tables replaced or added."""
    return tuple(
        ({table.name: table for table in SHOP} | {table.name: table for table in tables}).values()
    )


@pytest.fixture
def things() -> list[int]:
    """Two things in the shop."""
    bring(SHOP, "shop", {"shop.yaml": "…"})
    tables = gateway()
    ids = list(tables.ids(2))
    rows = [(ids[0], "a", Decimal("1.25"), "four", 1), (ids[1], "b", None, None, None)]
    with tables.transaction():
        tables.write([Batch(THING, ("id", "code", "price", "name", "count"), rows)])
    return ids


def values(table: TableSpec, name: str, ids: list[int]) -> list[Any]:
    found = dict(gateway().fetch(ById(table, ("id", name), ids)))
    return [found[number] for number in ids]


def physical() -> dict[str, Any]:
    """Table → columns (type, null allowed) and constraints, as the database tells it; fixed tables left out."""
    found = {}
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            if not name.startswith(("doc_", "led_")):
                continue
            described = connection.introspection.get_table_description(cursor, name)
            found[name] = {
                c.name: (
                    f"{c.type_code}({c.display_size},{c.precision},{c.scale})",
                    bool(c.null_ok),
                )
                for c in described
            }
    return found


def _constraints(described: dict[str, dict[str, Any]]) -> list[str]:
    keys = ("columns", "unique", "primary_key", "foreign_key", "check", "index")
    return sorted(str([one[key] for key in keys]) for one in described.values())


def test_a_version_is_recorded_once_with_its_sources_and_tables() -> None:
    assert bring(SHOP, "one", {"shop.yaml": "text"}) == 1
    assert bring(SHOP, "one", {"shop.yaml": "text"}) == 1
    assert bring(SHOP, "two", {}) == 2
    assert bring(shop_with(with_columns(PAPER, column("more", null=True))), "two", {}) == 3
    first = AppliedCatalog.objects.get(version=1)
    assert (first.digest, first.sources) == ("one", {"shop.yaml": "text"})
    assert stored.from_json(first.tables) == SHOP


def test_optional_and_defaulted_columns_are_added_to_rows(things: list[int]) -> None:
    more = with_columns(
        THING,
        column("note", null=True),
        column("grade", length=3, default="A"),
        column("rate", "decimal", null=True, default="2.50"),
        column("open", "boolean", default=True),
        column("since", "date", default="2026-04-01"),
    )
    assert bring(shop_with(more), "more", {}) == 2
    assert [values(more, name, things) for name in ("note", "grade", "rate", "open", "since")] == [
        [None, None],
        ["A", "A"],
        [Decimal("2.50")] * 2,
        [True, True],
        [date(2026, 4, 1)] * 2,
    ]
    assert values(more, "price", things) == [Decimal("1.25"), None], "the other values stay"


def test_a_scale_grows_without_changing_the_numbers(things: list[int]) -> None:
    finer = with_columns(THING, column("price", "decimal", null=True, scale=4))
    bring(shop_with(finer), "finer", {})
    assert str(values(finer, "price", things)[0]) == "1.2500"
    bring(SHOP, "back", {})
    assert str(values(THING, "price", things)[0]) == "1.25"


def test_a_link_becomes_a_checked_one_and_back(things: list[int]) -> None:
    checked = with_columns(PAPER, column("party_id", "link", null=True, references="doc_thing"))
    bring(shop_with(checked), "checked", {})
    names = ("id", "version", "total", "party_id")
    with pytest.raises(IntegrityError), gateway().transaction():
        gateway().write([Batch(checked, names, [(gateway().ids()[0], 1, Decimal(0), 5)])])
    with gateway().transaction():
        gateway().write([Batch(checked, names, [(gateway().ids()[0], 1, Decimal(0), things[0])])])
    assert bring(SHOP, "unchecked", {}) == 3


def test_new_tables_may_refer_to_each_other_in_a_circle() -> None:
    one = TableSpec(
        "doc_one", (column("id", "id"), column("two_id", "link", null=True, references="doc_two"))
    )
    two = TableSpec("doc_two", (column("id", "id"), column("one_id", "link", references="doc_one")))
    assert bring((one, two), "circle", {}) == 1
    first, second = gateway().ids(2)
    with gateway().transaction():
        gateway().write(
            [
                Batch(one, ("id", "two_id"), [(first, second)]),
                Batch(two, ("id", "one_id"), [(second, first)]),
            ]
        )


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (with_columns(THING, column("must")), "doc_thing.must is new and required"),
        (with_columns(THING, column("name")), "doc_thing.name becomes required"),
        (with_columns(THING, column("name", null=True, length=3)), "longer than 3 characters"),
        (with_columns(THING, column("name", "integer", null=True)), "is no integer"),
        (
            with_columns(THING, column("price", "decimal", null=True, scale=1)),
            "more than 1 decimals",
        ),
        (
            with_columns(THING, column("price", "decimal", null=True, precision=2, scale=2)),
            "more than 2 digits",
        ),
        (
            with_columns(THING, column("count", "link", null=True, references="doc_paper")),
            "links to rows that are not in doc_paper",
        ),
    ],
)
def test_what_rows_stand_against_is_refused_and_changes_nothing(
    things: list[int], changed: TableSpec, reason: str
) -> None:
    before = physical()
    with pytest.raises(SchemaRefused, match=reason):
        bring(shop_with(changed, TableSpec("doc_new", (column("id", "id"),))), "refused", {})
    assert physical() == before
    assert AppliedCatalog.objects.count() == 1


def test_every_reason_is_told_at_once(things: list[int]) -> None:
    with pytest.raises(SchemaRefused) as caught:
        bring((with_columns(THING, column("must"), column("name")),), "refused", {})
    assert len(caught.value.reasons) == 2


def test_the_same_changes_pass_where_no_row_is() -> None:
    bring(SHOP, "shop", {})
    changed = with_columns(
        THING,
        column("must"),
        column("name", "integer"),
        column("price", "decimal", scale=1),
        without="day",
    )
    assert bring((replace(changed, indexes=()),), "changed", {}, drop_data=True) == 2
    assert list(physical()) == ["doc_thing"]


def test_data_is_dropped_when_that_is_said(things: list[int]) -> None:
    smaller = with_columns(THING, without="price")
    assert bring(shop_with(smaller), "less", {}, drop_data=True) == 2
    assert "price" not in physical()["doc_thing"]
    assert values(smaller, "name", things) == ["four", None]


def test_a_repeated_value_stands_against_uniqueness(things: list[int]) -> None:
    with gateway().transaction():
        gateway().write([Batch(THING, ("id", "code", "name"), [(gateway().ids()[0], "c", "four")])])
    with pytest.raises(SchemaRefused, match="doc_thing holds rows with the same name"):
        bring(shop_with(replace(THING, unique=(("code",), ("name",)))), "unique", {})
    assert bring(shop_with(replace(THING, unique=(("code", "name"),))), "pair", {}) == 2


def test_an_altered_ledger_still_refuses_changes() -> None:
    bring(SHOP, "shop", {})
    names = tuple(c.name for c in BOOK.columns)
    row = (gateway().ids()[0], 1, date(2026, 4, 1), Decimal(5), Decimal(5))
    with gateway().transaction():
        gateway().write([Batch(BOOK, names, [row])])
    wider = with_columns(
        BOOK, column("note", null=True, default="old"), column("debit", "decimal", scale=3)
    )
    bring(shop_with(wider), "wider", {})
    assert values(wider, "note", [row[0]]) == ["old"]
    with pytest.raises(IntegrityError, match="never changed"):  # noqa: SIM117
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE led_book SET note = 'new'")
    if connection.vendor == "postgresql":
        wrong = (gateway().ids()[0], 1, date(2026, 4, 1), Decimal(5), Decimal(4))
        with pytest.raises(IntegrityError, match="do not balance"), gateway().transaction():
            gateway().write([Batch(wider, names, [wrong])])


NOTED = replace(with_columns(THING, column("note", null=True), without="day"), indexes=())
NARROWED = with_columns(
    THING,
    column("name", length=9),
    column("count", "link", null=True, references="doc_paper"),
)
RETYPED = with_columns(
    PAPER,
    column("total", "decimal", precision=12, scale=4),
    column("party_id", null=True),
)


@pytest.mark.parametrize(
    "steps",
    [
        (SHOP, shop_with(NOTED)),
        (SHOP, shop_with(NARROWED), SHOP, shop_with(NOTED)),
        (SHOP, (THING, PAPER), SHOP),
        (SHOP, shop_with(RETYPED), SHOP),
        (SHOP, shop_with(replace(THING, unique=(("name", "code"),), indexes=(("price",),))), SHOP),
    ],
)
def test_altered_tables_are_what_new_ones_would_be(
    steps: tuple[tuple[TableSpec, ...], ...], databases: Any
) -> None:
    for number, step in enumerate(steps):
        bring(step, str(number), {}, drop_data=True)
    altered = physical()
    with databases.clone(None):
        bring(steps[-1], "new", {})
        assert altered == physical()


def test_two_publishers_at_once_make_one_version() -> None:
    def work(number: int) -> int:
        try:
            return bring(SHOP, "same", {})
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(work, range(3))) == [1, 1, 1]
    assert AppliedCatalog.objects.count() == 1


@pytest.mark.parametrize("name", ["doc_" + "x" * 60, "doc_" + "ä" * 30])
def test_a_name_that_postgresql_would_cut_is_refused(name: str) -> None:
    with pytest.raises(NameTooLong, match="give the doctype or the field a shorter name"):
        bring((TableSpec(name, (column("id", "id"),)),), "long", {})


def test_tables_are_not_altered_inside_a_transaction() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="of their own"):
        bring(SHOP, "shop", {})


def test_a_failure_in_the_middle_leaves_everything_as_it_was(
    things: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = physical()

    def fail(*args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("engine_runtime.schema.triggers.create", fail)
    with pytest.raises(ZeroDivisionError):
        bring(shop_with(with_columns(BOOK, column("note", null=True))), "broken", {})
    monkeypatch.undo()
    assert physical() == before
    assert bring(shop_with(with_columns(BOOK, column("note", null=True))), "mended", {}) == 2
