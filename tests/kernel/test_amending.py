"""A document changed in place writes the difference, and an entry tells what it was made of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.catalog.whole import Catalog
from engine.kernel.amending import difference
from engine.kernel.entries import Entry
from engine.kernel.entries_at_hand import as_row
from engine.kernel.entry_reasons import reason
from tests.kernel.books import FOREIGN, Books, told
from tests.kernel.programs import compiled
from tests.kernel.test_posting_keys import BANK, FACTS, count, receive
from tests.language.programs import good

D = Decimal
LATER = date(2026, 5, 20)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return compiled(good("posting").partition("---")[2])


def between(catalog: Catalog, old: list[Entry], new: list[Entry], ledger: str) -> list[Entry]:
    standing = [as_row(entry) for entry in old if entry.ledger.name == ledger]
    return difference(catalog.ledgers[ledger], standing, new, LATER)


def test_nothing_differs(catalog: Catalog) -> None:
    _, old = count(Books(catalog, FACTS))
    _, new = count(Books(catalog, FACTS))
    assert between(catalog, old, new, "General") == []


def test_only_what_differs_is_written(catalog: Catalog) -> None:
    _, old = count(Books(catalog, FACTS))
    _, new = count(Books(catalog, FACTS), counted=D(99))
    found = between(catalog, old, new, "General")
    assert told(found, FACTS) == ["safe bank 2 0", "short cost 0 2"]
    assert {entry.date for entry in found} == {LATER}
    assert all(entry.values.get("reverses") is None for entry in found)


def test_another_account_is_one_line_back_and_one_there(catalog: Catalog) -> None:
    _, old = count(Books(catalog, FACTS))
    _, new = count(Books(catalog, FACTS), account=10)
    assert sorted(told(between(catalog, old, new, "General"), FACTS)) == [
        "safe bank 0 97",
        "safe inventory 97 0",
    ]


def test_the_rounding_is_that_of_the_whole(catalog: Catalog) -> None:
    given = {"currency": FOREIGN, "exchange_rate": D(7), "rate": D("1.005"), "most": D(9)}
    _, old = count(Books(catalog, FACTS), counted=D(97), **given)
    _, new = count(Books(catalog, FACTS), counted=D(98), **given)
    # 97 × 1.005 is 97.49 (97.485), 98 × 1.005 is 98.49: a rupee more, not 1.01.
    assert told(between(catalog, old, new, "General"), FACTS)[0] == "safe bank 1 0"


def test_an_entry_tells_what_it_was_made_of(catalog: Catalog) -> None:
    books = Books(catalog, FACTS)
    receive(books, 20, ("3", "100"))
    case, entries = books.post(
        "Scrapping", {"account": BANK, "item": 20, "quantity": D(1), "value": D(30)}
    )
    goods, asset = (next(e for e in entries if e.rule == rule) for rule in ("goods", "stock.asset"))
    found = reason(case, goods)
    assert (found.rule, found.line, found.catalog) == ("goods", "", catalog.digest)
    expression, read = found.inputs["quantity"]
    assert expression == "-quantity"
    assert [(part.text, part.value) for part in read] == [("quantity", D(1))]
    assert reason(case, asset).inputs["debit"][1][0].value == D(-30)
