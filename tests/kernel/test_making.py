"""Documents out of documents, as the good program ``fulfilment`` says them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine.catalog.whole import Catalog
from engine.expr.program import BalanceCall
from engine.kernel.calculate import calculate
from engine.kernel.calculation import Calculation
from engine.kernel.making import alike, make
from engine.kernel.parts import originals_wanted, parts_among, prorate, share
from engine.kernel.rows import Row, new_row
from tests.kernel.programs import document, table
from tests.language.programs import catalog_of, good

D = Decimal


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """The program."""
    return catalog_of(good("fulfilment"))


def left(open_now: dict[int, str]) -> dict[str, Any]:
    """The frame of books in which of each row so much is left."""

    def balance(call: BalanceCall) -> Decimal:
        (row,) = call.match.values()
        return D(open_now.get(row if isinstance(row, int) else row["id"], "0"))

    return {"facts": {}, "balance": balance}


def order(catalog: Catalog, first: int, customer: int = 7, **more: Any) -> Row:
    """A stored order with two lines, ``first`` and the next."""
    lines = [
        {"id": first, "what": "Pen", "quantity": D(5), "rate": D(10)},
        {"id": first + 1, "what": "Ink", "quantity": D(3), "rate": D(20)},
    ]
    return document(catalog, "Sales Order", {"customer": customer, "items": lines, **more})


def made(catalog: Catalog, sources: list[Row], books: dict[int, str]) -> Row:
    """The bill of ``sources``."""
    bill = catalog.doctypes["Bill"]
    row = new_row(bill.head)
    origin = catalog.doctypes["Sales Order"]
    make(bill, origin, bill.make_from["Sales Order"], sources, row, left(books))
    return row


def test_rows_with_nothing_left_are_left_out_and_rows_know_theirs(catalog: Catalog) -> None:
    bill = made(catalog, [order(catalog, 10)], {10: "0", 11: "2.5"})
    [line] = bill["items"]
    assert (line["what"], line["quantity"], line["rate"]) == ("Ink", D("2.500"), D("20.00"))
    assert (line["order_line"], line["index"], line["id"]) == (11, 1, None)


def test_whole_tables_are_copied(catalog: Catalog) -> None:
    source = order(catalog, 10, terms="cash", parts=[{"name": "a"}, {"name": "b"}])
    bill = made(catalog, [source], {10: "5", 11: "3"})
    assert (bill["customer"], bill["terms"]) == (7, "cash")
    assert [(p["name"], p["index"], p["id"]) for p in bill["parts"]] == [
        ("a", 1, None),
        ("b", 2, None),
    ]


def test_sources_that_are_alike_become_one(catalog: Catalog) -> None:
    orders = [order(catalog, 10), order(catalog, 20, customer=8), order(catalog, 30)]
    groups = alike(catalog.doctypes["Bill"].make_from["Sales Order"], orders)
    assert [[o["items"][0]["id"] for o in group] for group in groups] == [[10, 30], [20]]
    bill = made(catalog, groups[0], {10: "1", 11: "1", 30: "1", 31: "1"})
    assert [(r["order_line"], r["index"]) for r in bill["items"]] == [
        (10, 1), (11, 2), (30, 3), (31, 4),
    ]  # fmt: skip


SHARES = """
total  | whole | parts          | shares
0.75   | 3     | 1, 0.5, 1.5    | 0.25, 0.13, 0.37
0.01   | 3     | 1, 1, 1        | 0.00, 0.01, 0.00
100.00 | 3     | 1, 1, 1        | 33.33, 33.34, 33.33
-100.00| 3     | 1, 1, 1        | -33.33, -33.34, -33.33
0.00   | 7     | 3, 4           | 0.00, 0.00
10.00  | 0.3   | 0.1, 0.1, 0.1  | 3.33, 3.34, 3.33
"""


@pytest.mark.parametrize("row", table(SHARES), ids=lambda row: " | ".join(row))
def test_parts_add_up(row: list[str]) -> None:
    total, whole = D(row[0]), D(row[1])
    parts = [D(part) for part in row[2].split(",")]
    start = D(0)
    found = []
    for part in parts:
        found.append(share(total, (start, start + part, whole), 2))
        start += part
    assert found == [D(part) for part in row[3].split(",")]
    assert sum(f for f in found if f is not None) == total


def test_a_part_is_kept_from_being_worked_out_again(catalog: Catalog) -> None:
    bill = document(
        catalog,
        "Bill",
        {
            "items": [
                {"id": 50, "quantity": D(3), "amount": D("99.99"), "discount_share": D("0.75")}
            ]
        },
    )
    back = catalog.doctypes["Bill Return"]
    lines = [{"original": 50, "quantity": D("0.5"), "rate": D(1)}, {"quantity": D(2), "rate": D(3)}]
    row = document(catalog, "Bill Return", {"items": lines})
    assert originals_wanted(back, row) == {"Bill": {"items": {50}}}
    frame = left({50: "2"})  # one was returned before
    prorate(back, row, {50: bill["items"][0]}, {}, frame)
    assert calculate(Calculation(catalog, back, row, {}, {})) == []
    part, plain = row["items"]
    assert (part["amount"], part["discount_share"], part["taxable"]) == (
        D("16.67"), D("0.13"), D("16.54"),
    )  # fmt: skip
    assert plain["amount"] == D("6.00")


def test_the_last_part_takes_what_is_left_when_one_before_it_was_taken_back(
    catalog: Catalog,
) -> None:
    """0.99 over three: 0.33 each; of 1.00 the second took 0.34. Once that is cancelled, 0.34 are left."""
    bill = document(
        catalog,
        "Bill",
        {"items": [{"id": 50, "quantity": D(3), "amount": D("1.00"), "discount_share": D(0)}]},
    )
    back = catalog.doctypes["Bill Return"]
    parts = []
    for number, stage, amount in (
        (1, "submitted", "0.33"),
        (2, "cancelled", "0.34"),
        (3, "submitted", "0.33"),
    ):
        line = {"original": 50, "quantity": D(1), "amount": D(amount), "discount_share": D(0)}
        parts.append(
            document(catalog, "Bill Return", {"items": [line]}) | {"id": number, "stage": stage}
        )
    standing = parts_among(back, parts, None)
    assert [row["amount"] for row in standing[50]] == [D("0.33"), D("0.33")]
    assert [row["amount"] for row in parts_among(back, parts, 3)[50]] == [D("0.33")]
    row = document(catalog, "Bill Return", {"items": [{"original": 50, "quantity": D(1)}]})
    prorate(back, row, {50: bill["items"][0]}, standing, left({50: "1"}))
    assert row["items"][0]["amount"] == D("0.34")
    # By its quantity alone it would take 1.00 - 0.67; so it does where others took a part of it.
    prorate(back, row, {50: bill["items"][0]}, {}, left({50: "1"}))
    assert row["items"][0]["amount"] == D("0.33")
