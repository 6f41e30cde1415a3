"""The yardsticks of `make bench` write exactly the rows that were recorded, with fresh ids."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from bench import databases, generated, plain_postgresql, plain_sqlite
from bench.measure import Times, interleave
from bench.written import Renewal, Rows, Shape, Written, difference
from engine.compiler.compile import compile_folder

HEAD = Shape(
    "doc_bill",
    ("id", "number", "state", "total", "facts"),
    ("bigint", "text", "text", "numeric(18,2)", "jsonb"),
    0,
)
LINE = Shape(
    "doc_bill__lines", ("id", "amount", "parent_id"), ("bigint", "numeric(18,2)", "bigint"), 0
)
BALANCE = Shape("led_due__balance", ("id", "key", "amount"), ("bigint", "text", "numeric(18,2)"), 0)

BEFORE = {
    "doc_bill": (HEAD, {}),
    "doc_bill__lines": (LINE, {}),
    "led_due__balance": (BALANCE, {1: (1, "7|1|5", Decimal("1.00"))}),
    "documents_numberseries": (
        Shape("documents_numberseries", ("id", "last"), ("bigint", "bigint"), 0),
        {3: (3, 8)},
    ),
}
AFTER = {
    "doc_bill": (HEAD, {100: (100, "B-0009", "submitted", Decimal("9.50"), '{"a": 100}')}),
    "doc_bill__lines": (LINE, {101: (101, Decimal("4.50"), 100), 102: (102, Decimal("5.00"), 100)}),
    "led_due__balance": (
        BALANCE,
        {1: (1, "7|1|5", Decimal("10.50")), 103: (103, "7|1|100", Decimal("9.50"))},
    ),
    "documents_numberseries": (BEFORE["documents_numberseries"][0], {3: (3, 9)}),
}
TABLES = """
create table doc_bill (id {id} primary key, number text unique, state text, total numeric(18,2), facts {json});
create table doc_bill__lines (id {id} primary key, amount numeric(18,2),
    parent_id bigint references doc_bill deferrable initially deferred);
create table led_due__balance (id {id} primary key, key text unique, amount numeric(18,2));
create table documents_numberseries (id {id} primary key, last bigint);
insert into led_due__balance values (1, '7|1|5', 1);
insert into documents_numberseries values (3, 8);
"""


def bill() -> Written:
    return difference(BEFORE, AFTER, ("doc_bill",))


def test_the_difference_tells_new_from_changed_rows() -> None:
    written = bill()
    assert [(group.shape.name, len(group.rows)) for group in written.new] == [
        ("doc_bill", 1),
        ("doc_bill__lines", 2),
        ("led_due__balance", 1),
    ]
    assert [group.rows for group in written.changed] == [((1, "7|1|5", Decimal("10.50")),)]
    assert written.counter is not None
    assert written.counter.rows == ((3, 9),)
    assert written.row_count == 6
    assert written.describe() == "4 tables, 6 rows"


def test_renewed_documents_have_fresh_ids_that_still_hang_together() -> None:
    renewal = Renewal(1000)
    first, second = renewal.renew(bill()), renewal.renew(bill())
    heads = [w.new[0].rows[0] for w in (first, second)]
    assert len({head[0] for head in heads}) == 2
    assert len({head[1] for head in heads} | {"B-0009"}) == 3
    for written, head in zip((first, second), heads, strict=True):
        assert {row[2] for row in written.new[1].rows} == {head[0]}
        assert written.new[2].rows[0][1] == f"7|1|{head[0]}"
        assert head[4] == '{"a": 100}', "what was recorded as JSON stays"
    assert first.changed == bill().changed


@pytest.mark.parametrize("name", ["Y", "Yr", "Yp"])
def test_a_yardstick_writes_all_rows_on_postgresql(postgresql_database: str, name: str) -> None:
    with psycopg.connect(postgresql_database) as setup:
        setup.execute(TABLES.format(id="bigint", json="jsonb"))
    renewal = Renewal(1000)
    with plain_postgresql.connect(postgresql_database) as line:
        for _ in range(3):
            plain_postgresql.writers(line)[name](
                plain_postgresql.prepared(renewal.renew(bill()), name)
            )
    after = plain_postgresql.snapshot(postgresql_database)
    counts = {table: len(rows) for table, (_, rows) in after.items()}
    assert counts == {
        "doc_bill": 3,
        "doc_bill__lines": 6,
        "led_due__balance": 4,
        "documents_numberseries": 1,
    }
    assert after["led_due__balance"][1][1] == (1, "7|1|5", Decimal("10.50"))
    assert after["documents_numberseries"][1][3] == (3, 9)


def test_copy_writes_new_rows(postgresql_database: str) -> None:
    with psycopg.connect(postgresql_database) as setup:
        setup.execute(TABLES.format(id="bigint", json="jsonb"))
    with plain_postgresql.connect(postgresql_database) as line:
        plain_postgresql.copy_in(line, bill())
    assert len(plain_postgresql.snapshot(postgresql_database)["doc_bill__lines"][1]) == 2


def test_the_yardstick_writes_all_rows_on_sqlite(tmp_path: Path) -> None:
    path = tmp_path / "plain.sqlite3"
    line = plain_sqlite.connect(path)
    line.executescript(TABLES.format(id="integer", json="text"))
    integers = Written(
        tuple(
            Rows(g.shape, tuple(tuple(map(_scaled, row)) for row in g.rows), changed=False)
            for g in bill().new
        ),
        tuple(
            Rows(g.shape, tuple(tuple(map(_scaled, row)) for row in g.rows), changed=True)
            for g in bill().changed
        ),
        bill().counter,
    )
    plain_sqlite.writer(line)(plain_sqlite.prepared(integers))
    after = plain_sqlite.snapshot(path)
    assert len(after["doc_bill__lines"][1]) == 2
    assert after["led_due__balance"][1][1][2] == 1050
    assert after["documents_numberseries"][1][3] == (3, 9)


def _scaled(value: object) -> object:
    return int(value * 100) if isinstance(value, Decimal) else value


def test_a_database_that_the_measurement_did_not_make_is_left(postgresql_database: str) -> None:
    with (
        pytest.raises(SystemExit, match="was not made by make bench"),
        databases.fresh_postgresql(postgresql_database),
    ):
        pass


def test_times() -> None:
    times = Times([0.001, 0.002, 0.003, 0.004, 0.090])
    assert times.p50_ms == 3.0
    assert times.p95_ms == 90.0
    assert round(times.per_s) == 50
    seen: list[tuple[str, int]] = []
    found = interleave(
        {"a": lambda n: seen.append(("a", n)), "b": lambda n: seen.append(("b", n))}, 2, 1
    )
    assert seen == [("a", 0), ("b", 0), ("a", 1), ("b", 1), ("a", 2), ("b", 2)]
    assert [len(times.seconds) for times in found.values()] == [2, 2]


def test_the_generated_catalog_compiles(tmp_path: Path) -> None:
    generated.write(tmp_path, 20)
    compiled = compile_folder(tmp_path)
    assert compiled.catalog is not None, "\n".join(map(str, compiled.problems))
    things = [
        doctype
        for doctype in compiled.catalog.doctypes.values()
        if doctype.name.startswith("Thing")
    ]
    assert len(things) == 20
    assert all(len(thing.head.fields) >= 28 or thing.child for thing in things)
