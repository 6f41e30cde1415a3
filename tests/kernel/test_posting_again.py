"""A document posted again: what comes out as it stands writes nothing, and what has to stay may not be another."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.catalog.whole import Catalog
from engine.kernel.entries import Entry, balance_key
from engine.kernel.entries_at_hand import as_row
from engine.kernel.limits import Replaced, check_limits
from engine.kernel.posting import PostingCase, begin
from engine.kernel.posting_again import Again, post_again
from engine.kernel.rows import Row
from tests.kernel.books import COMPANY, DAY, FOREIGN, Books, told
from tests.kernel.programs import compiled
from tests.kernel.test_posting_keys import BANK, FACTS, count, deliver, give_back, receive
from tests.language.programs import good

D = Decimal
Fields = dict[str, Any]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return compiled(good("posting").partition("---")[2])


@pytest.fixture
def books(catalog: Catalog) -> Books:
    """Goods of every method, some of which have left."""
    found = Books(catalog, FACTS)
    for item in (20, 21, 22):
        receive(found, item, ("3", "100"), ("4", "90.01"))
        deliver(found, item, (None, "2"))
    return found


def again(books: Books, name: str, row: Row) -> tuple[PostingCase, Again]:
    """Post ``row`` again, in the books as they are without it; they stay as they are."""
    own = [entry for entry in books.entries if entry.values["origin"] == row["id"]]
    stood: dict[str, list[Row]] = {}
    for entry in own:
        stood.setdefault(entry.ledger.name, []).append(as_row(entry))
    kept, books.entries = books.entries, [e for e in books.entries if e not in own]
    case = books.case(name, row)
    found = post_again(begin(case), stood, deepcopy(books.states))
    books.entries = kept
    return case, found


def moved_since(books: Books) -> None:
    """More comes at another cost, and leaves."""
    for item in (20, 21, 22):
        receive(books, item, ("5", "777"))
        deliver(books, item, (None, "1"))


PAPERS: dict[str, Fields] = {
    "Receipt": {"account": BANK, "lines": [{"item": 21, "quantity": D(2), "value": D(50)}]},
    "Delivery": {"lines": [{"item": n, "picks": [{"quantity": D(2)}]} for n in (20, 21, 22)]},
    "Scrapping": {"account": BANK, "item": 20, "quantity": D(5), "value": D(100)},
    "Assembly": {
        "labour": D(7),
        "components": [{"item": 20, "quantity": D(2)}],
        "outputs": [{"item": 22, "quantity": D(1), "share": D(1)}],
    },
}


@pytest.mark.parametrize("name", PAPERS)
def test_goods_come_out_at_what_they_moved_at(books: Books, name: str) -> None:
    case, entries = books.post(name, deepcopy(PAPERS[name]))
    assert (case.findings, bool(entries)) == ([], True)
    moved_since(books)
    case, found = again(books, name, case.document)
    assert (case.findings, found.entries) == ([], [])


def test_what_was_left_over_stays_where_it_went(books: Books) -> None:
    """All of it left for less than it was carried at: the residue was an entry of its own."""
    case, entries = books.post("Scrapping", deepcopy(PAPERS["Scrapping"]))
    goods = [entry for entry in entries if entry.ledger.name == "Stock"]
    assert [entry.values["quantity"] for entry in goods] == [D(-5), D(0)]
    case, found = again(books, "Scrapping", case.document)
    assert (case.findings, found.entries) == ([], [])


@pytest.mark.parametrize("change", [{"quantity": D(1)}, {"item": 22}, {"batch": "X"}])
def test_goods_that_would_move_otherwise_are_told(books: Books, change: Fields) -> None:
    case, _ = books.post("Delivery", deepcopy(PAPERS["Delivery"]))
    line = case.document["lines"][1]
    (line if "item" in change else line["picks"][0]).update(change)
    case, found = again(books, "Delivery", case.document)
    assert {finding.code for finding in case.findings} == {"posting.waits_for_reposting"}
    assert found.entries == []


def test_goods_that_would_not_move_any_more_are_told(books: Books) -> None:
    case, _ = books.post("Delivery", deepcopy(PAPERS["Delivery"]))
    case.document["lines"].pop()
    case, found = again(books, "Delivery", case.document)
    assert [finding.code for finding in case.findings] == ["posting.waits_for_reposting"]
    assert found.entries == []


def test_another_value_of_what_came_in_is_told(books: Books) -> None:
    case, _ = books.post("Receipt", deepcopy(PAPERS["Receipt"]))
    case.document["lines"][0]["value"] = D(51)
    case, _found = again(books, "Receipt", case.document)
    assert [finding.code for finding in case.findings] == ["posting.waits_for_reposting"]


def test_what_came_back_stays_at_what_it_came_back_at(books: Books) -> None:
    line, _ = deliver(books, 20, (None, "2"))
    case, _ = give_back(books, line, 20, "1")
    give_back(books, line, 20, "1")
    case, found = again(books, "Return", case.document)
    assert (case.findings, found.entries) == ([], [])


def test_what_follows_from_goods_follows(books: Books) -> None:
    """Their account is another by now: its entries are written, at what the goods moved at."""
    case, _entries = books.post("Scrapping", deepcopy(PAPERS["Scrapping"]))
    company = books.facts["Company"][COMPANY]
    books.facts["Company"] = {COMPANY: {**company, "inventory": company["labour"]}}
    case, found = again(books, "Scrapping", case.document)
    assert case.findings == []
    assert {entry.ledger.name for entry in found.entries} == {"General"}
    assert sorted(told(found.entries, FACTS))[0].startswith("stock.asset inventory")


def test_what_is_posted_on_a_day_of_its_own_may_not_be_another(catalog: Catalog) -> None:
    books = Books(catalog, FACTS)
    later = DAY + timedelta(days=9)
    case, _ = count(books, counted=D(97), on=later)
    document = case.document
    assert again(books, "Count", document)[1].entries == []
    document["counted"] = D(98)
    case, found = again(books, "Count", document)
    assert {finding.code for finding in case.findings} == {"amend.other_day"}
    assert found.entries == []
    document |= {"counted": D(97), "on": later + timedelta(days=1)}
    assert again(books, "Count", document)[0].findings[0].code == "amend.other_day"


def test_the_mirror_of_another_day_is_a_part_of_it(catalog: Catalog) -> None:
    """Both days together come to nothing, and neither may be another."""
    books = Books(catalog, FACTS)
    due = {"due": date(2026, 6, 1), "amount": D(10)}
    body: Fields = {"account": BANK, "customer": 30, "currency": FOREIGN, "exchange_rate": D(80)}
    bill = books.post("Bill", {**body, "total": D(10), "parts": [due]})[0].document
    fields = {"customer": 30, "bill": bill["id"], "difference": D(5)}
    case, entries = books.post("Revaluation", fields)
    assert len({entry.date for entry in entries}) == 2
    assert again(books, "Revaluation", case.document)[1].entries == []
    case.document["difference"] = D(6)
    case, _ = again(books, "Revaluation", case.document)
    assert "amend.other_day" in {finding.code for finding in case.findings}


# --- open items ----------------------------------------------------------------------------------


def item(catalog: Catalog, amount: str, origin: int) -> Entry:
    """An entry of the open item 7, written by the document ``origin``."""
    values = {"party": 30, "document": 7, "due": None, "company": COMPANY, "line": None}
    return Entry(
        catalog.ledgers["Receivables"], "x", {**values, "origin": origin, "amount": D(amount)}
    )


@pytest.mark.parametrize(
    ("origin", "open_now", "old", "wanted", "broken"),
    [
        pytest.param(7, "0", "105", "94.5", True, id="its own document, settled, to less"),
        pytest.param(7, "0", "105", "126", False, id="its own document, settled, to more"),
        pytest.param(7, "60", "105", "94.5", False, id="its own document, open for more"),
        pytest.param(7, "10", "105", "94.5", True, id="its own document, open for less"),
        pytest.param(7, "0", "105", "0", True, id="its own document, to nothing"),
        pytest.param(7, "-20", "105", "100", True, id="below nothing already, and further"),
        pytest.param(7, "-20", "105", "110", False, id="below nothing already, and back"),
        pytest.param(9, "0", "-105", "-90", False, id="what settles it, to less"),
        pytest.param(9, "0", "-105", "-106", True, id="what settles it, beyond"),
        pytest.param(9, "5", "-100", "-105", False, id="what settles it, to the last"),
        pytest.param(9, "0", "-105", "0", False, id="what settled it, to nothing"),
    ],
)
def test_an_open_item_is_told_by_the_whole_of_what_is_posted_again(
    catalog: Catalog, origin: int, open_now: str, old: str, wanted: str, broken: bool
) -> None:
    stood, now = item(catalog, old, origin), item(catalog, wanted, origin)
    between = item(catalog, str(D(wanted) - D(old)), origin)
    by = catalog.ledgers["Receivables"].limits["open_item"].by
    before = {("Receivables", balance_key(by, COMPANY, now.values)): {"amount": D(open_now)}}
    replaced = Replaced({"Receivables": [stood.values]}, [now] if D(wanted) else [])
    found = check_limits(catalog, FACTS, before, [between], replaced=replaced)
    assert [broken.finding.code for broken in found] == (["limit.open_item"] if broken else [])
