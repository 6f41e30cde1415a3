"""Rule sets: all that fit, the best by a tree, lists, values of none, as functions, and their index."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.catalog.rules import RuleSet
from engine.catalog.whole import Catalog
from engine.kernel.candidates import Bound, candidate_bounds
from engine.kernel.rule_rows import FEW_ROWS, RuleRows, fitting
from engine.kernel.rules import Answer, ask, ask_all, asker
from tests.kernel.programs import document, worked_out
from tests.language.programs import catalog_of, good

D = Decimal
DAY = date(2026, 6, 1)
FACTS: dict[str, dict[int, dict[str, Any]]] = {
    "Item": {1: {"id": 1, "group": 12}, 2: {"id": 2, "group": None}, 3: {"id": 3, "group": 13}},
    "Group": {
        10: {"id": 10, "above": None},
        11: {"id": 11, "above": 10},
        12: {"id": 12, "above": 11},
        13: {"id": 13, "above": 14},
        14: {"id": 14, "above": 13},
    },
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return catalog_of(good("rules"))


def offer(number: int, **cells: Any) -> dict[str, Any]:
    names = ("item", "group", "least", "valid_from", "valid_to", "priority", "percent")
    return {**dict.fromkeys(names), "id": number, "percent": D(number), **cells}


def discount(catalog: Catalog, rows: list[dict[str, Any]], item: int, quantity: str) -> Any:
    given = {"item": item, "quantity": D(quantity), "date": DAY}
    answer = ask(catalog.rules["Item Discount"], given, FACTS, {"Offer": RuleRows(rows)})
    assert answer is not None
    return answer.values["percent"]


# --- which row -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "percent"),
    [
        ([], 0),
        ([offer(1, group=10), offer(2, group=11)], 2),
        ([offer(1, group=12), offer(2, group=11)], 1),
        ([offer(1, item=1), offer(2, group=12)], 2),
        ([offer(1, item=1, group=12), offer(2, group=12)], 1),
        ([offer(1, group=13), offer(2)], 2),
        ([offer(1, priority=2), offer(2, item=1, group=12, priority=1), offer(3, item=1)], 1),
        ([offer(1, least=D(5)), offer(2, least=D(6)), offer(3, least=D(2))], 1),
        ([offer(1, valid_to=DAY), offer(2, valid_from=DAY + timedelta(1))], 1),
    ],
)
def test_the_best_row(catalog: Catalog, rows: list[dict[str, Any]], percent: int) -> None:
    assert discount(catalog, rows, item=1, quantity="5") == percent


def test_a_tree_that_goes_in_a_circle_ends(catalog: Catalog) -> None:
    assert discount(catalog, [offer(1, group=14), offer(2, group=10)], item=3, quantity="1") == 1


def test_an_item_of_no_group_is_under_none(catalog: Catalog) -> None:
    assert discount(catalog, [offer(1, group=10), offer(2)], item=2, quantity="1") == 2


# --- several answers -----------------------------------------------------------------------------


def told(answers: list[Answer]) -> list[tuple[str, str]]:
    return [(str(a.values["percent"]), str(a.values["units"])) for a in answers]


def test_all_rows_that_name_one_of_the_items(catalog: Catalog) -> None:
    lines = [
        {"item": 1, "quantity": D(2)},
        {"item": 3, "quantity": D(4)},
        {"item": 1, "quantity": D(1)},
    ]
    rows = [
        offer(5, item=1),
        offer(6, item=2),
        offer(7, item=3, priority=9),
        offer(8, item=1, valid_to=date(2020, 1, 1)),
    ]
    given = {"lines": lines, "date": DAY}
    found = ask_all(catalog.rules["Offers of a Bill"], given, FACTS, {"Offer": rows})
    assert told(found) == [("7", "4"), ("5", "3")]
    assert [answer.case for answer in found] == ["Offer 7", "Offer 5"]
    assert (
        ask_all(
            catalog.rules["Offers of a Bill"], {"lines": [], "date": DAY}, FACTS, {"Offer": rows}
        )
        == []
    )


def test_all_cases_that_hold(catalog: Catalog) -> None:
    rules = catalog.rules["Surcharges"]
    given = {"amount": D(2000), "line": {"item": 1, "quantity": D(12)}}
    assert told(ask_all(rules, given, {}, {})) == [("1", "12"), ("2", "12")]
    given = {"amount": D(10), "line": {"item": 1, "quantity": D(1)}}
    assert ask_all(rules, given, {}, {}) == []
    assert ask_all(replace(rules, pick="first"), given, {}, {}) == []


# --- where nothing fits --------------------------------------------------------------------------


def test_values_of_none(catalog: Catalog) -> None:
    rules = catalog.rules["Risk"]
    values = [ask(rules, {"code": code}, {}, {}) for code in ("A", "B", "C", None)]
    assert [v.values for v in values if v] == [
        {"grade": "good", "limit": D(100)},
        {"grade": "fair", "limit": D(10)},
        {"grade": "X", "limit": D(0)},
        {"grade": "X", "limit": D(0)},
    ]
    assert [v.case for v in values if v] == ["good", "fair", "none", "none"]
    assert values[0] is not None
    assert values[0].inputs == {"code": "A"}


# --- as functions --------------------------------------------------------------------------------


def test_a_formula_asks_a_rule_set_that_asks_another(catalog: Catalog) -> None:
    line = {"item": 2, "quantity": D(2), "rate": D(100)}
    fields = {"day": DAY, "pan": "ABCDE1234F", "lines": [line]}
    rows = {
        "Certificate": [{"id": 1, "pan": "ABCDE1234F", "percent": D("1.5")}],
        "Offer": [offer(4)],
    }
    row, findings = worked_out(catalog, "Bill", fields, FACTS, rows)
    assert findings == []
    assert row["total"] == D("192.00")
    assert row["withheld"] == D("2.88"), "1.5 % of 192"
    row, _ = worked_out(catalog, "Bill", fields, FACTS, {"Offer": [offer(4)]})
    assert row["withheld"] == D("19.20"), "the full rate that was given"


def test_a_function_without_what_it_needs_is_null(catalog: Catalog) -> None:
    answer = asker(catalog, {}, {})
    assert answer("withholding", {"pan": None, "amount": D(5)}) is None
    assert answer("certificate_rate", {"pan": "ABCDE1234F"}) == {"percent": D(20)}


def test_who_had_no_answer_is_told(catalog: Catalog) -> None:
    rules = replace(catalog.rules["Risk"], none="error", none_give={})
    silent: list[RuleSet] = []
    other = replace(catalog, rules={"Risk": rules})
    assert asker(other, {}, {}, unanswered=silent.append)("risk", {"code": "Z"}) is None
    assert silent == [rules]


def test_what_rule_sets_ask_of_others_is_known(catalog: Catalog) -> None:
    assert catalog.rules["Withholding"].asks == ("certificate_rate",)
    assert catalog.doctypes["Bill"].facts.rules == ("Item Discount", "Certificate Rate")
    assert catalog.doctypes["Bill"].facts.columns["Group"] == ("above", "code")
    assert not catalog.rules["Withholding"].reads_balances


# --- the index -----------------------------------------------------------------------------------


def many_offers(count: int) -> list[dict[str, Any]]:
    roll = random.Random(7)
    return [
        offer(
            number,
            item=roll.choice([None, *range(1, 400)]),
            group=roll.choice([None, None, 10, 11, 12, 13]),
            least=roll.choice([None, D(5), D(10), D(50)]),
            valid_from=roll.choice([None, DAY, DAY + timedelta(roll.randrange(-90, 90))]),
            valid_to=roll.choice([None, DAY + timedelta(roll.randrange(-30, 90))]),
            priority=roll.choice([None, 1, 2]),
        )
        for number in range(1, count + 1)
    ]


def questions(catalog: Catalog, facts: Any) -> Iterator[dict[str, Any]]:
    roll = random.Random(8)
    for _ in range(200):
        item, quantity = roll.randrange(1, 420), D(roll.randrange(1, 60))
        yield {"item": item, "quantity": quantity, "date": DAY, "facts": facts, "let": {}}


@pytest.mark.parametrize("count", [FEW_ROWS, 40, 3000])
def test_the_index_finds_what_comparing_every_row_finds(catalog: Catalog, count: int) -> None:
    facts = {**FACTS, "Item": {n: {"id": n, "group": 10 + n % 5} for n in range(1, 420)}}
    (source,) = catalog.rules["Item Discount"].sources
    rows = many_offers(count)
    indexed = RuleRows(rows)
    for frame in questions(catalog, facts):
        found = sorted(row["id"] for row in fitting(source, indexed, frame))
        assert found == [row["id"] for row in fitting(source, rows, frame)]


def test_of_ten_thousand_rows_a_question_looks_at_five(catalog: Catalog) -> None:
    """`make bench ONLY=compile` takes the time; how many rows are compared is what a test can hold it to."""
    rows = [offer(n, item=1 + n % 2000, least=D(n % 5)) for n in range(10_000)]
    indexed, match = RuleRows(rows), catalog.rules["Item Discount"].sources[0].matches[0]
    for item in (1, 700, 2000):
        near = list(indexed.near({match.field: (match, item)}))
        assert [row["item"] for row in near] == [item] * 5


# --- which rows to fetch -------------------------------------------------------------------------


def test_only_rows_that_may_fit_are_asked_for(catalog: Catalog) -> None:
    lines = [
        {"item": 1, "quantity": D(2), "rate": D(1)},
        {"item": 2, "quantity": D(9), "rate": D(1)},
    ]
    bill = document(catalog, "Bill", {"day": DAY, "lines": lines})
    found = candidate_bounds(catalog, catalog.doctypes["Bill"], [bill], FACTS)
    assert found["Offer"] == [
        (
            Bound("item", "among", (1, 2)),
            Bound("group", "among", (12, 11, 10)),
            Bound("least", "up_to", (D(2), D(9))),
            Bound("valid", "valid", (DAY,)),
        )
    ]
    assert found["Certificate"] == [()], "a function is given what is only worked out"
