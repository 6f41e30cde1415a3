"""The verbs of a calculation: shares by every method, tax as a whole and typed over, rows of answers, pairs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.kernel.calculate import calculate
from engine.kernel.calculation import Calculation
from engine.kernel.distribute import shares
from engine.kernel.rows import Row
from tests.kernel.programs import document
from tests.kernel.test_sources import World, catalog, values

D = Decimal
DAY = date(2026, 5, 4)


def line(amount: str, **more: Any) -> Row:
    return {"quantity": D(1), "price": D(amount), "months": 0, **more}


def bill(*lines: Row, doctype: str = "Bill", **more: Any) -> Row:
    return again(
        document(catalog(), doctype, {"on_date": DAY, "lines": list(lines), **more}), doctype
    )


def again(row: Row, doctype: str = "Bill") -> Row:
    """The document worked out once more."""
    case = Calculation(catalog(), catalog().doctypes[doctype], row, {}, {})
    found = calculate(case)
    assert found == []
    row["why"] = case.explanations
    return row


def cells(bill: Row, name: str) -> list[Decimal]:
    return [row[name] for row in bill["lines"]]


def test_every_method_is_exact_and_says_who_takes_the_rest() -> None:
    made = bill(
        line("100", percent=D(5)), line("200", percent=D(5)), line("100"), line("100", percent=D(5)),
        freight=D("10.01"), discount=D("0.05"), gift=D("0.03"), tip=D("0.08"),
    )  # fmt: skip
    assert cells(made, "freight_share") == [D("2.00"), D("4.01"), D("2.00"), D("2.00")]
    # 0.0125, 0.025, none, 0.0125: each rounded half away from zero, the last takes what is left.
    assert cells(made, "discount_share") == [D("0.01"), D("0.03"), D("0.00"), D("0.01")]
    assert cells(made, "gift_share") == [D("0.00"), D("0.01"), D("0.01"), D("0.01")]
    assert cells(made, "tip_share") == [D("0.02"), D("0.02"), D("0.02"), D("0.02")]


@pytest.mark.parametrize("method", ["largest_remainder", "last_row", "first_row", "biggest_row"])
@pytest.mark.parametrize("amount", ["0.01", "-0.05", "100.00", "-99.99", "0.00"])
@pytest.mark.parametrize(
    "weights", [["1", "1", "1"], ["0", "0"], ["-50", "200.5", "0"], ["0.3", "0"], ["7"], ["5", "-5"]]
)  # fmt: skip
def test_shares_add_up_whatever_the_weights(
    method: str, amount: str, weights: list[str]
) -> None:  # fmt: skip
    given = [D(weight) for weight in weights]
    found = shares(D(amount), given, 2, method)
    assert sum(found) == D(amount)
    assert all(share == share.quantize(D("0.01")) for share in found)
    if any(given) and sum(given):
        assert all(share == 0 for share, weight in zip(found, given, strict=True) if not weight)


def test_a_typed_share_stays_and_the_others_share_the_rest() -> None:
    made = bill(line("100"), line("100"), line("100"), freight=D(30))
    made["lines"][1] |= {"freight_share": D(20), "typed": "freight_share"}
    assert cells(again(made), "freight_share") == [D(5), D(20), D(5)]


def test_a_share_below_every_row() -> None:
    made = bill(line("100", months=3), line("0.05", months=2))
    parts = [values(row["parts"], "starts", "amount") for row in made["lines"]]
    assert [sum(amount for _, amount in rows) for rows in parts] == [D(100), D("0.05")]
    assert parts[0] == [
        (date(2026, 5, 4), D("30.43")), (date(2026, 6, 1), D("32.61")),
        (date(2026, 7, 1), D("33.70")), (date(2026, 8, 1), D("3.26")),
    ]  # fmt: skip


def taxes(bill: Row) -> list[list[tuple[Any, ...]]]:
    return [values(row["taxes"], "component", "amount") for row in bill["lines"]]


def test_rounding_by_line_and_by_document() -> None:
    lines = [line("10.10", percent=D(5)) for _ in range(3)]
    by_line, whole = bill(*lines), bill(*lines, doctype="Whole Bill")
    # 2.5 percent of 10.10 is 0.2525: three lines of 0.25, or 0.7575 in all.
    assert by_line["tax"] == D("1.50")
    assert whole["tax"] == D("1.52")
    assert taxes(whole) == [
        [("cgst", D("0.25")), ("sgst", D("0.25")), ("cess", D(0))],
        [("cgst", D("0.25")), ("sgst", D("0.25")), ("cess", D(0))],
        [("cgst", D("0.26")), ("sgst", D("0.26")), ("cess", D(0))],
    ]


@pytest.mark.parametrize("doctype", ["Bill", "Whole Bill"])
def test_an_inclusive_price_comes_out_again(doctype: str) -> None:
    lines = [line("118", percent=D(18)), line("9.99", percent=D(5), per_unit=D("0.25"))]
    made = bill(*lines, inclusive=True, doctype=doctype)
    assert made["total"] == D("127.99")
    assert made["lines"][0]["taxable"] == D(100)


def test_a_component_that_a_person_typed_stays() -> None:
    made = bill(line("100", percent=D(18)))
    made["lines"][0]["taxes"][0] |= {"amount": D("9.01"), "typed": "amount", "id": 5}
    made["lines"][0]["price"] = D(200)
    assert taxes(again(made)) == [[("cgst", D("9.01")), ("sgst", D(18)), ("cess", D(0))]]
    assert made["lines"][0]["taxes"][0]["id"] == 5
    made["inclusive"] = True
    again(made)
    assert made["total"] == D(200)


def test_a_row_per_answer_of_every_group() -> None:
    made = bill(
        line("600", section="194C"), line("50", section="194J"), line("700", section="194C"),
        line("10"),
    )  # fmt: skip
    assert values(made["withheld"], "section", "base", "rate", "share") == [
        ("194C", D(1300), D(10), D(130)), ("194J", D(50), D(1), D("0.50")), (None, D(10), D(0), D(0)),
    ]  # fmt: skip
    assert made["why"]["withheld[0]"] == "Withheld: large"
    first = made["withheld"][1]
    first["id"] = 9
    made["lines"].pop(0)
    again(made)
    assert values(made["withheld"], "id", "section", "base") == [
        (9, "194J", D(50)), (None, "194C", D(700)), (None, None, D(10)),
    ]  # fmt: skip


# --- pairs ---------------------------------------------------------------------------------------


def entry(item: int, side: str, amount: str, reference: str | None = None, day: int = 4) -> Row:
    return {
        "company": 1, "date": date(2026, 5, day), "account": "A", "item": item, "side": side,
        "reference": reference, "amount": D(amount),
    }  # fmt: skip


def matched(entries: Sequence[Row], row: Row | None = None) -> Row:
    world = World({"Unreconciled": list(entries)}, {})
    made, found = world.work_out("Bank Match", {"account": "A"}, row)
    assert found == []
    return made


def pairs(row: Row) -> list[tuple[Any, ...]]:
    return [
        (pair["found_by"], [b["item"] for b in pair["books"]], [x["item"] for x in pair["lines"]])
        for pair in row["pairs"]
    ]


def test_passes_from_the_surest_to_the_least_sure() -> None:
    found = matched([
        entry(1, "book", "100", "R1"), entry(2, "book", "100", "R2"),
        entry(11, "bank", "-100", "R2"), entry(12, "bank", "-100", None, 6),
        entry(3, "book", "40", "R3"), entry(4, "book", "60", "R3"), entry(13, "bank", "-100", "R3", 20),
        entry(5, "book", "7"), entry(6, "book", "7"), entry(14, "bank", "-7"),
    ])  # fmt: skip
    assert pairs(found) == [
        ("exact", [2], [11]),
        ("amount", [1], [12]),
        ("reference", [3, 4], [13]),
    ]
    assert values(found["pairs"][2]["books"], "amount") == [(D(40),), (D(60),)]


def test_several_against_several_of_one_reference() -> None:
    found = matched([
        entry(1, "book", "30", "R"), entry(2, "book", "70", "R"), entry(11, "bank", "-60", "R"),
        entry(12, "bank", "-40", "R"),
    ])  # fmt: skip
    assert pairs(found) == [("reference", [1, 2], [11, 12])]


def test_a_pair_that_a_person_made_stays_and_uses_its_rows_up() -> None:
    entries = [
        entry(1, "book", "10", "R"),
        entry(2, "book", "10", "R"),
        entry(11, "bank", "-10", "R"),
    ]
    found = matched(entries)
    assert pairs(found) == [("exact", [1], [11])]
    found["pairs"][0]["books"][0] |= {"item": 2, "typed": "item"}
    assert pairs(matched(entries, found)) == [("exact", [2], [11])]
    # What it used is nobody else's; what it left is matched again.
    more = matched([*entries, entry(12, "bank", "-10", "R")], found)
    assert pairs(more) == [("exact", [2], [11]), ("exact", [1], [12])]
