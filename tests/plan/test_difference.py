"""Changes between two sets of tables and their risk: each line is before, after, what is expected."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.plan.difference import difference, worst
from engine.plan.spec import ColumnSpec, TableSpec

ID = ColumnSpec("id", "id")
NAME = ColumnSpec("name", "text", null=True, length=20)
PRICE = ColumnSpec("price", "decimal", precision=18, scale=2)


def table(
    *columns: ColumnSpec, name: str = "doc_item", unique: tuple[tuple[str, ...], ...] = ()
) -> TableSpec:
    return TableSpec(name, (ID, *columns), unique=unique)


@pytest.mark.parametrize(
    ("before", "after", "risk"),
    [
        (NAME, replace(NAME, length=40), "safe"),
        (NAME, replace(NAME, length=0), "safe"),
        (NAME, replace(NAME, length=10), "destructive"),
        (NAME, replace(NAME, kind="long_text", length=0), "safe"),
        (NAME, replace(NAME, kind="date", length=0), "destructive"),
        (NAME, replace(NAME, null=False), "needs_data"),
        (NAME, replace(NAME, null=False, default=""), "safe"),
        (replace(NAME, null=False), NAME, "safe"),
        (PRICE, replace(PRICE, scale=1), "destructive"),
        (PRICE, replace(PRICE, scale=4), "destructive"),
        (PRICE, replace(PRICE, precision=20, scale=4), "safe"),
        (PRICE, replace(PRICE, precision=10), "destructive"),
        (ColumnSpec("a_id", "link"), ColumnSpec("a_id", "link", references="doc_a"), "needs_data"),
        (ColumnSpec("a_id", "link", references="doc_a"), ColumnSpec("a_id", "link"), "safe"),
    ],
)
def test_changed_column(before: ColumnSpec, after: ColumnSpec, risk: str) -> None:
    (change,) = difference([table(before)], [table(after)])
    assert (change.kind, change.column, change.risk) == ("change_column", after.name, risk)
    assert (change.before, change.after) == (before, after)


@pytest.mark.parametrize(
    ("column", "risk"),
    [(NAME, "safe"), (PRICE, "needs_data"), (replace(PRICE, default="0"), "safe")],
)
def test_added_column(column: ColumnSpec, risk: str) -> None:
    (change,) = difference([table()], [table(column)])
    assert (change.kind, change.risk) == ("add_column", risk)


def test_dropped_column_and_table() -> None:
    changes = difference([table(NAME), table(name="doc_gone")], [table()])
    assert [(c.kind, c.table, c.risk) for c in changes] == [
        ("drop_column", "doc_item", "destructive"),
        ("drop_table", "doc_gone", "destructive"),
    ]


def test_new_table_is_safe() -> None:
    (change,) = difference([], [table(NAME)])
    assert (change.kind, change.risk) == ("add_table", "safe")


def test_keys() -> None:
    (change,) = difference([table(NAME)], [table(NAME, unique=(("name",),))])
    assert (change.kind, change.risk) == ("change_keys", "needs_data")
    (change,) = difference([table(NAME, unique=(("name",),))], [table(NAME)])
    assert (change.kind, change.risk) == ("change_keys", "safe")


def test_nothing_changes() -> None:
    assert difference([table(NAME)], [table(NAME)]) == ()
    assert worst(()) == "safe"


def test_the_worst_counts() -> None:
    changes = difference([table(NAME)], [table(PRICE)])
    assert worst(changes) == "destructive"
