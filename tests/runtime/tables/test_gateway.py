"""Rows in and out: every kind of value, what is refused, ids, changes, constraints."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from engine_runtime.documents.models import IdempotencyKey, Version
from engine_runtime.outbox.models import Event
from engine_runtime.tables.batch import Batch, ById, Change, Removal
from engine_runtime.tables.errors import NameUnknown, RowsChanged, ValueRefused
from engine_runtime.tables.fixed import table_of
from engine_runtime.tables.gateway import BLOCK, Gateway
from tests.runtime.tables.shop import BOOK, BY_NAME, PAPER, THING

NAMES = tuple(column.name for column in THING.columns)
INDIA = timezone(timedelta(hours=5, minutes=30))


def thing(tables: Gateway, code: str, **values: Any) -> int:
    """Insert a thing; its id."""
    [number] = tables.ids()
    row = {"id": number, "code": code, **values}
    with tables.transaction():
        tables.write([Batch(THING, tuple(row), [tuple(row.values())])])
    return number


def read(tables: Gateway, number: int) -> dict[str, Any]:
    [row] = tables.fetch(ById(THING, NAMES, [number]))
    return dict(zip(NAMES, row, strict=True))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", ""),
        ("name", "NULL"),
        ("name", 'a "quoted" \\ {braced}, text\nwith\ttabs'),
        ("name", "₹ हिन्दी 😀"),
        ("story", "x" * 100_000),
        ("count", 0),
        ("count", -(2**63)),
        ("count", 2**63 - 1),
        ("price", Decimal("0.00")),
        ("price", Decimal("-0.01")),
        ("price", Decimal("9999999999999999.99")),
        ("price", Decimal("-9999999999999999.99")),
        ("weight", Decimal("0.000001")),
        ("weight", Decimal("-9223372036854.775807")),
        ("good", True),
        ("good", False),
        ("day", date(1, 1, 1)),
        ("day", date(9999, 12, 31)),
        ("hour", time(23, 59, 59, 999999)),
        ("moment", datetime(2026, 4, 1, 0, 0, tzinfo=UTC)),
        ("moment", datetime(2026, 4, 1, 12, 30, 1, 5, tzinfo=UTC)),
        ("more", {"a": [1, "b", None, {"c": True}], "quote": '"\\'}),
        ("more", []),
    ],
)
def test_a_value_comes_back_as_it_went(
    tables: Gateway, name: str, value: Any, request: pytest.FixtureRequest
) -> None:
    number = thing(tables, f"rt{request.node.callspec.indices['value']}", **{name: value})
    found = read(tables, number)
    assert found[name] == value
    assert type(found[name]) is type(value)
    assert [found[other] for other in NAMES if other not in ("id", "code", name)] == [None] * 10


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("1"), "1.00"),
        (Decimal("1.5"), "1.50"),
        (Decimal("1.500"), "1.50"),
        (Decimal("1E+3"), "1000.00"),
        (Decimal("0E-9"), "0.00"),
        (Decimal("-0"), "0.00"),
        (7, "7.00"),
    ],
)
def test_a_number_written_otherwise_is_the_same_number(
    tables: Gateway, value: Any, expected: str, request: pytest.FixtureRequest
) -> None:
    number = thing(tables, f"eq{request.node.callspec.indices['value']}", price=value)
    assert str(read(tables, number)["price"]) == expected


def test_decimals_in_json_stay_text_and_moments_are_utc(tables: Gateway) -> None:
    noon = datetime(2026, 4, 1, 17, 30, tzinfo=INDIA)
    number = thing(tables, "json", more={"price": Decimal("1.10")}, moment=noon)
    found = read(tables, number)
    assert found["more"] == {"price": "1.10"}
    assert found["moment"].isoformat() == "2026-04-01T12:00:00+00:00"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("price", Decimal("1.005"), "more than 2 decimals"),
        ("price", Decimal("10000000000000000.00"), "more than 18 digits"),
        ("price", Decimal("1E+30"), "more than 18 digits"),
        ("price", Decimal("NaN"), "not a number"),
        ("price", Decimal("-Infinity"), "not a number"),
        ("price", 1.1, "not a Decimal"),
        ("price", True, "not a Decimal"),
        ("count", "1", "not an integer"),
        ("count", True, "not an integer"),
        ("name", "a\x00b", "NUL"),
        ("name", 5, "int"),
        ("day", "2026-01-01", "str"),
        ("moment", datetime(2026, 1, 1), "without time zone"),
        ("more", {1, 2, object}, "object"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name(
    tables: Gateway, name: str, value: Any, reason: str
) -> None:
    before = tables.statements
    with pytest.raises(ValueRefused, match=f"doc_thing.{name}"):
        thing(tables, "refused", **{name: value})
    assert tables.statements == before, "it was found out before anything was sent"
    assert not tables.fetch(ById(THING, ("id",), ["refused"], by="code"))


def test_a_text_longer_than_its_column_is_refused(tables: Gateway) -> None:
    with pytest.raises(ValueRefused, match="longer than 20 characters"):
        thing(tables, "x" * 21)


def test_an_unknown_column_is_refused(tables: Gateway) -> None:
    with pytest.raises(NameUnknown, match="doc_thing has no column prise"):
        tables.fetch(ById(THING, ("prise",), [1]))


def test_many_rows_of_many_tables_in_order(tables: Gateway) -> None:
    numbers = list(tables.ids(500))
    papers = [(n, 1, numbers[0], Decimal(n)) for n in tables.ids(20)]
    with tables.transaction():
        before = tables.statements
        written = tables.write(
            [
                # Lines may come before what they point to: foreign keys are checked at the end.
                Batch(PAPER, ("id", "version", "thing_id", "total"), papers),
                Batch(THING, ("id", "code"), [(n, f"many{n}") for n in numbers]),
                Batch(THING, ("id", "code"), []),
            ]
        )
    assert [one.count for one in written] == [20, 500, 0]
    assert tables.statements - before == 2
    assert len(tables.fetch(ById(THING, ("id",), numbers))) == 500
    assert tables.by_id(PAPER, ["total"], [papers[3][0]]) == {
        papers[3][0]: {"id": papers[3][0], "total": Decimal(papers[3][0])}
    }


def test_a_change_checks_the_version(tables: Gateway) -> None:
    first, second = tables.ids(2)
    with tables.transaction():
        tables.write(
            [
                Batch(
                    PAPER,
                    ("id", "version", "total"),
                    [(first, 1, Decimal(1)), (second, 5, Decimal(1))],
                )
            ]
        )
    rows = [(first, 1, 2, Decimal("2.00")), (second, 4, 5, Decimal("2.00"))]
    with pytest.raises(RowsChanged) as caught, tables.transaction():
        tables.write([Change(PAPER, ("id", "version"), ("version", "total"), rows)])
    assert (caught.value.table, caught.value.expected, caught.value.found) == ("doc_paper", 2, 1)
    assert tables.by_id(PAPER, ["version"], [first])[first]["version"] == 1, "rolled back"
    with tables.transaction():
        tables.write([Change(PAPER, ("id", "version"), ("version", "total"), rows[:1])])
        tables.write([Removal(PAPER, "id", [second])])
    found = tables.by_id(PAPER, ["version", "total"], [first, second])
    assert found == {first: {"id": first, "version": 2, "total": Decimal("2.00")}}


def test_ids_never_come_twice(tables: Gateway) -> None:
    seen = list(tables.ids(3)) + list(tables.ids(BLOCK * 2 + 7)) + list(tables.ids(BLOCK))
    assert len(set(seen)) == len(seen) == BLOCK * 3 + 10


class _Undo(Exception):
    pass


def test_ids_taken_in_a_transaction_that_was_rolled_back_are_not_kept(tables: Gateway) -> None:
    tables.ids(BLOCK - 1)
    with contextlib.suppress(_Undo), tables.transaction():
        tables.ids(BLOCK)
        with contextlib.suppress(_Undo), transaction.atomic():
            tables.ids(BLOCK)
            raise _Undo
        raise _Undo
    kept: list[int] = []
    for _ in range(3):
        with tables.transaction():
            kept += tables.ids(600)
    for number in kept:
        assert number not in kept[: kept.index(number)]
    codes = [(number, f"kept{number}") for number in kept]
    with tables.transaction():
        tables.write([Batch(THING, ("id", "code"), codes)])


def test_the_database_refuses_to_change_the_past(tables: Gateway) -> None:
    [number] = tables.ids()
    row = (number, 1, date(2026, 4, 1), Decimal("5.00"), Decimal("5.00"))
    names = tuple(column.name for column in BOOK.columns)
    with tables.transaction():
        tables.write([Batch(BOOK, names, [row])])
    statements = ["UPDATE led_book SET debit = 0, credit = 0", "DELETE FROM led_book"]
    if tables.vendor == "postgresql":
        statements.append("TRUNCATE led_book")
    for statement in statements:
        with pytest.raises(IntegrityError, match="never changed or deleted") as caught:  # noqa: SIM117
            with tables.transaction(), connection.cursor() as cursor:
                cursor.execute(statement)
        violation = tables.violated(caught.value, BY_NAME)
        assert violation is not None
        assert violation.kind == "append_only"
    assert tables.fetch(ById(BOOK, names, [number])) == [row]


def test_postgresql_refuses_a_journal_that_does_not_balance(tables: Gateway) -> None:
    if tables.vendor != "postgresql":
        pytest.skip("SQLite has no statement triggers: there the engine alone checks")
    day, names = date(2026, 4, 1), tuple(column.name for column in BOOK.columns)

    def write(*rows: tuple[int, date, str, str]) -> None:
        made = [
            (number, origin, day, Decimal(debit), Decimal(credit))
            for number, (origin, day, debit, credit) in zip(
                tables.ids(len(rows)), rows, strict=True
            )
        ]
        with tables.transaction():
            tables.write([Batch(BOOK, names, made)])

    write((1, day, "10.00", "0.00"), (1, day, "0.00", "4.00"), (1, day, "0.00", "6.00"))
    write((1, day, "-10.00", "0.00"), (1, day, "0.00", "-10.00"))
    with pytest.raises(IntegrityError, match="document 7 on 2026-04-01 do not balance"):
        write((7, day, "10.00", "0.00"), (7, day, "0.00", "9.99"))
    with pytest.raises(IntegrityError, match="do not balance"):
        write((1, day, "1.00", "0.00"), (2, day, "0.00", "1.00"))
    with pytest.raises(IntegrityError, match="do not balance"):
        write((1, day, "1.00", "0.00"), (1, date(2026, 4, 2), "0.00", "1.00"))


def test_what_was_violated_can_be_told(tables: Gateway) -> None:
    thing(tables, "once")
    with pytest.raises(IntegrityError) as caught:
        thing(tables, "once")
    found = tables.violated(caught.value, BY_NAME)
    assert found is not None
    assert (found.kind, found.table, found.columns) == ("unique", "doc_thing", ("code",))
    with pytest.raises(IntegrityError) as caught:
        thing(tables, "orphan", parent_id=1)
    found = tables.violated(caught.value, BY_NAME)
    assert found is not None
    assert found.kind == "link"


def test_fixed_tables_are_written_in_the_same_round_trip(tables: Gateway) -> None:
    now = datetime(2026, 4, 1, 10, 0, tzinfo=UTC)
    audit, event = tables.ids(2)
    with tables.transaction():
        tables.write(
            [
                Batch(
                    table_of(Version),
                    ("id", "doctype", "document_id", "action", "changes", "at", "reason"),
                    [(audit, "thing", 5, "create", {"price": [None, Decimal("1.00")]}, now, "")],
                ),
                Batch(
                    table_of(Event),
                    (
                        "id",
                        "name",
                        "doctype",
                        "document_id",
                        "body",
                        "created_at",
                        "attempts",
                        "error",
                    ),
                    [(event, "created", "thing", 5, {}, now, 0, "")],
                ),
            ]
        )
    assert Version.objects.get(pk=audit).changes == {"price": [None, "1.00"]}
    assert Event.objects.get(pk=event).created_at == now
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Version.objects.filter(pk=audit).delete()


def test_every_column_of_a_hot_fixed_table_has_a_kind() -> None:
    for model in (Version, Event, IdempotencyKey):
        assert len(table_of(model).columns) == len(model._meta.concrete_fields)
