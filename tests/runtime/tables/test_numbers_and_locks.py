"""Numbers without gaps, and balances that add up, under several writers at once."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from engine_runtime.tables.batch import Batch, ById, Change, Counters, Lock, Number
from engine_runtime.tables.errors import RowsChanged
from engine_runtime.tables.gateway import Gateway, gateway
from tests.runtime.tables.shop import BALANCE, PAPER

COLUMNS = ("id", "version", "total")


def paper(tables: Gateway, *numbers: Number) -> tuple[str, ...]:
    """Insert a paper per number; the numbers."""
    rows = [(number, 1, Decimal(0)) for number in tables.ids(len(numbers))]
    return tables.write([Batch(PAPER, COLUMNS, rows, numbers)])[0].numbers


def in_threads(work: Callable[[int], Any], threads: int = 4) -> list[Any]:
    """``work(0)``, ``work(1)`` … at once, each on a connection of its own."""

    def run(number: int) -> Any:
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


def test_numbers_follow_each_other_per_series(tables: Gateway) -> None:
    with tables.transaction():
        first = paper(
            tables,
            Number("a", "A/", 4),
            Number("b", "B", 1, "/26"),
            Number("a", "X-", 2),
            Number("b", "B", 1, "/26"),
        )
    assert first == ("A/0001", "B1/26", "X-02", "B2/26")
    with tables.transaction():
        assert paper(tables, Number("a", "A/", 4)) == ("A/0003",)


def test_a_counter_wider_than_its_place_is_not_cut(tables: Gateway) -> None:
    with tables.transaction():
        found = paper(tables, *[Number("wide", "", 1)] * 12)
    assert found == tuple(str(number) for number in range(1, 13))


def test_a_number_of_what_was_rolled_back_is_given_again(tables: Gateway) -> None:
    with contextlib.suppress(ZeroDivisionError), tables.transaction():
        assert paper(tables, Number("gap", "", 3)) == ("001",)
        raise ZeroDivisionError
    with tables.transaction():
        assert paper(tables, Number("gap", "", 3)) == ("001",)


def test_a_draft_gets_its_number_when_it_is_changed(tables: Gateway) -> None:
    first, second = tables.ids(2)
    with tables.transaction():
        tables.write([Batch(PAPER, COLUMNS, [(first, 1, Decimal(0)), (second, 1, Decimal(0))])])
    numbers = (Number("draft", "D", 2), Number("draft", "D", 2))
    rows = [(second, 1, 2), (first, 1, 2)]
    with tables.transaction():
        [written] = tables.write([Change(PAPER, ("id", "version"), ("version",), rows, numbers)])
    assert written.numbers == ("D01", "D02"), "in the order of the rows"
    stored = dict(tables.fetch(ById(PAPER, ("id", "number"), [first, second])))
    assert stored == {second: "D01", first: "D02"}
    with pytest.raises(RowsChanged), tables.transaction():
        tables.write([Change(PAPER, ("id", "version"), ("version",), rows, numbers)])
    with tables.transaction():
        assert paper(tables, Number("draft", "D", 2)) == ("D03",), "the refused change took none"


def test_a_counter_goes_on_behind_what_was_given_elsewhere(tables: Gateway) -> None:
    with tables.transaction():
        tables.write([Counters({"till": 7, "tills": 3})])
        assert paper(tables, Number("till", "T", 3)) == ("T008",)
        tables.write([Counters({"till": 5, "tills": 9}), Counters({})])
        assert paper(tables, Number("till", "T", 3)) == ("T009",), "it never goes back"
        assert paper(tables, Number("tills", "U", 1)) == ("U10",)
    with contextlib.suppress(ZeroDivisionError), tables.transaction():
        tables.write([Counters({"till": 99})])
        raise ZeroDivisionError
    with tables.transaction():
        assert paper(tables, Number("till", "T", 3)) == ("T010",)


def test_counters_are_raised_and_taken_in_one_order_by_everybody(tables: Gateway) -> None:
    names = [f"order{letter}" for letter in "abcd"]

    def work(seed: int) -> list[str]:
        chance, mine, given = random.Random(seed), gateway(), []
        for _ in range(25):
            asked = chance.sample(names, 3)
            with mine.transaction():
                if chance.random() < 0.5:
                    mine.write([Counters(dict.fromkeys(asked, chance.randrange(100)))])
                else:
                    given += paper(mine, *(Number(name, name, 4) for name in asked))
        return given

    given = [number for found in in_threads(work) for number in found]
    assert len(given) == len(set(given)) > 0


def test_no_gap_and_no_double_under_writers_that_fail(tables: Gateway) -> None:
    series = [Number("busy", "N", 4), Number("busier", "M", 4)]

    def work(seed: int) -> list[str]:
        chance, mine, kept = random.Random(seed), gateway(), []
        for _ in range(25):
            asked = chance.sample(series, chance.choice((1, 2)))
            try:
                with mine.transaction():
                    found = paper(mine, *asked)
                    if chance.random() < 0.3:
                        raise ZeroDivisionError
                kept += found
            except ZeroDivisionError:
                continue
        return kept

    given = sorted(number for found in in_threads(work) for number in found)
    for letter in "NM":
        mine = [number for number in given if number.startswith(letter)]
        assert mine == [f"{letter}{count:04}" for count in range(1, len(mine) + 1)]
        assert mine


def test_missing_balances_are_made_at_zero_and_found_again(tables: Gateway) -> None:
    with tables.transaction():
        first = tables.lock_balances(BALANCE, {"k|2": 1, "k|1": 7})
        again = tables.lock_balances(BALANCE, {"k|1": 7, "k|3": 1})
    assert list(first) == ["k|1", "k|2"]
    assert first["k|1"] | {"id": 0} == {
        "id": 0,
        "company_id": 7,
        "key": "k|1",
        "amount": Decimal("0.00"),
        "version": 0,
        "last_entry": None,
    }
    assert again["k|1"] == first["k|1"]
    assert tables.lock_all([Lock(BALANCE, {})]) == [{}]


def test_balances_add_up_and_nobody_deadlocks(tables: Gateway) -> None:
    keys = [f"shared|{number}" for number in range(8)]

    def work(seed: int) -> dict[str, int]:
        chance, mine, added = random.Random(seed), gateway(), dict.fromkeys(keys, 0)
        for _ in range(20):
            asked = chance.sample(keys, 4)
            with mine.transaction():
                rows = mine.lock_balances(BALANCE, dict.fromkeys(asked, 1))
                assert sorted(rows) == sorted(asked)
                changes = [
                    (row["id"], row["amount"] + 1, row["version"] + 1) for row in rows.values()
                ]
                mine.write([Change(BALANCE, ("id",), ("amount", "version"), changes)])
            for key in asked:
                added[key] += 1
        return added

    added = in_threads(work)
    with tables.transaction():
        found = tables.lock_balances(BALANCE, dict.fromkeys(keys, 1))
    assert len(found) == len(keys)
    for key, row in found.items():
        assert row["amount"] == row["version"] == sum(one[key] for one in added)
