"""Every key of a posting, run: what is written, to the paisa."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.catalog.whole import Catalog
from engine.kernel.entries import Entry
from engine.kernel.late import move_late
from tests.kernel.books import DAY, FOREIGN, HOME, Books, told
from tests.kernel.programs import compiled
from tests.language.programs import good

D = Decimal
NAMES = ("inventory", "cost", "receivable", "exchange", "leftover", "labour", "bank")
ACCOUNTS = {
    10 + i: {"id": 10 + i, "code": name, "is_control": False} for i, name in enumerate(NAMES)
}
BANK = 16
THIRD = 77
COMPANY = {"id": 1, "currency": HOME} | {name: 10 + i for i, name in enumerate(NAMES[:-1])}
ITEMS = {
    n: {"id": n, "code": m, "method": m} for n, m in ((20, "average"), (21, "fifo"), (22, "lifo"))
}
FACTS: dict[str, dict[int, dict[str, Any]]] = {
    "Account": ACCOUNTS, "Company": {1: COMPANY}, "Item": ITEMS, "Customer": {30: {"id": 30, "code": "A"}},
}  # fmt: skip


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return compiled(good("posting").partition("---")[2])


@pytest.fixture
def books(catalog: Catalog) -> Books:
    return Books(catalog, FACTS)


def receive(books: Books, item: int, *lots: tuple[str, str], batch: str | None = None) -> list[int]:
    """Receive ``(quantity, value)`` …; the ids of the lines."""
    lines = [{"item": item, "batch": batch, "quantity": D(q), "value": D(v)} for q, v in lots]
    case, _ = books.post("Receipt", {"account": BANK, "lines": lines})
    assert case.findings == []
    return [row["id"] for row in case.document["lines"]]


def deliver(books: Books, item: int, *picks: tuple[str | None, str]) -> tuple[int, list[Entry]]:
    """Deliver ``(batch, quantity)`` … of one line; its id and what was written."""
    rows = [{"batch": batch, "quantity": D(quantity)} for batch, quantity in picks]
    case, entries = books.post("Delivery", {"lines": [{"item": item, "picks": rows}]})
    assert case.findings == []
    return case.document["lines"][0]["id"], entries


def give_back(books: Books, line: int, item: int, quantity: str, batch: str | None = None) -> Any:
    row = {"item": item, "batch": batch, "quantity": D(quantity), "original": line}
    return books.post("Return", {"lines": [row]})


def stock(entries: list[Entry]) -> list[tuple[Decimal, Decimal]]:
    return [(e.values["quantity"], e.values["value"]) for e in entries if e.ledger.name == "Stock"]


# --- cost_of -----------------------------------------------------------------------------------


def test_three_partial_returns_give_back_exactly_what_left(books: Books) -> None:
    receive(books, 20, ("3", "100"))
    line, _ = deliver(books, 20, (None, "3"))
    receive(books, 20, ("7", "990"))  # another cost since
    back = []
    for _ in range(3):
        case, entries = give_back(books, line, 20, "1")
        assert case.findings == []
        back += [value for _, value in stock(entries)]
    assert back == [D("33.33"), D("33.34"), D("33.33")]
    assert books.cost(20) == (D(10), D(1090))
    case, _ = give_back(books, line, 20, "1")
    assert [f.code for f in case.findings] == ["posting.more_than_left"]


def test_goods_come_back_batch_by_batch(books: Books) -> None:
    receive(books, 21, ("2", "20"), batch="a")
    receive(books, 21, ("3", "300"), batch="b")
    line, _ = deliver(books, 21, ("a", "2"), ("b", "3"))
    case, entries = give_back(books, line, 21, "1", "b")
    assert (case.findings, stock(entries)) == ([], [(D(1), D(100))])
    case, entries = give_back(books, line, 21, "2", "a")
    assert (case.findings, stock(entries)) == ([], [(D(2), D(20))])
    case, _ = give_back(books, line, 21, "1", "c")
    assert [f.code for f in case.findings] == ["posting.cost_unknown"]


def test_one_document_returns_in_two_rows(books: Books) -> None:
    receive(books, 20, ("3", "100"))
    line, _ = deliver(books, 20, (None, "3"))
    rows = [{"item": 20, "quantity": D(q), "original": line} for q in ("1", "2")]
    case, entries = books.post("Return", {"lines": rows})
    assert case.findings == []
    assert stock(entries) == [(D(1), D("33.33")), (D(2), D("66.67"))]


# --- corrects ----------------------------------------------------------------------------------


@pytest.mark.parametrize("item", [20, 21, 22])
def test_a_receipt_that_lies_whole_is_corrected(books: Books, item: int) -> None:
    first, _ = receive(books, item, ("3", "100"), ("1", "5"))
    case, entries = books.post(
        "Landed Cost", {"account": BANK, "receipt_line": first, "amount": D("10")}
    )
    assert case.findings == []
    assert stock(entries) == [(D(0), D(10))]
    assert told(entries, FACTS) == ["stock.asset inventory 10 0", "owed bank 0 10"]
    assert books.cost(item) == (D(4), D(115))


@pytest.mark.parametrize("item", [20, 21])
def test_what_was_drawn_on_waits_for_reposting(books: Books, item: int) -> None:
    first, second = receive(books, item, ("3", "100"), ("1", "5"))
    deliver(books, item, (None, "1"))
    case, _ = books.post("Landed Cost", {"account": BANK, "receipt_line": first, "amount": D(10)})
    assert [f.code for f in case.findings] == ["posting.waits_for_reposting"]
    # In its own layer the other line lies untouched; at average all goods of the key have moved.
    case, _ = books.post("Landed Cost", {"account": BANK, "receipt_line": second, "amount": D(10)})
    assert bool(case.findings) is (item == 20)


def test_a_receipt_is_never_worth_less_than_nothing(books: Books) -> None:
    [line] = receive(books, 20, ("3", "100"))
    case, _ = books.post("Landed Cost", {"account": BANK, "receipt_line": line, "amount": D(-101)})
    assert [f.code for f in case.findings] == ["posting.bad_value"]


# --- a value that is said, and what it leaves over ---------------------------------------------


def test_the_residue_goes_to_its_account(books: Books) -> None:
    receive(books, 20, ("3", "100"))
    case, entries = books.post(
        "Scrapping", {"account": BANK, "item": 20, "quantity": D(3), "value": D(90)}
    )
    assert case.findings == []
    assert told(entries, FACTS) == [
        "stock.asset inventory 0 100",
        "money bank 90 0",
        "stock.asset.residue leftover 10 0",
    ]
    assert books.cost(20) == (D(0), D(0))
    assert books.balance("Stock", "value") == 0


def test_last_in_first_out(books: Books) -> None:
    receive(books, 22, ("1", "10"), ("1", "70"))
    _, entries = deliver(books, 22, (None, "1"))
    assert stock(entries) == [(D(-1), D(-70))]


# --- distribute --------------------------------------------------------------------------------


def test_an_assembly_is_worth_what_went_into_it(books: Books) -> None:
    receive(books, 20, ("3", "100"))
    case, entries = books.post(
        "Assembly",
        {
            "labour": D("0.01"),
            "components": [{"item": 20, "quantity": D(2)}],
            "outputs": [{"item": 21, "quantity": D(1), "share": D(1)} for _ in range(3)],
        },
    )
    assert case.findings == []
    assert [value for _, value in stock(entries)] == [
        D("-66.67"),
        D("22.22"),
        D("22.23"),
        D("22.23"),
    ]


def test_nobody_takes_a_share(books: Books) -> None:
    receive(books, 20, ("3", "100"))
    case, _ = books.post(
        "Assembly", {"labour": D(0), "components": [{"item": 20, "quantity": D(2)}]}
    )
    assert [f.code for f in case.findings] == ["posting.no_share"]


# --- open items in another currency ------------------------------------------------------------


def bill(books: Books, rate: str, *parts: tuple[str, date | None]) -> int:
    total = sum((D(amount) for amount, _ in parts), D(0))
    rows = [{"due": due, "amount": D(amount)} for amount, due in parts]
    case, _ = books.post(
        "Bill",
        {"customer": 30, "account": BANK, "total": total, "parts": rows, "currency": FOREIGN,
         "exchange_rate": D(rate)},
    )  # fmt: skip
    assert case.findings == []
    return case.document["id"]


def money_in(books: Books, rate: str, amount: str) -> int:
    case, _ = books.post(
        "Money In",
        {"customer": 30, "account": BANK, "amount": D(amount), "currency": FOREIGN,
         "exchange_rate": D(rate)},
    )  # fmt: skip
    assert case.findings == []
    return case.document["id"]


def settle(books: Books, payment: int, owed: int, amount: str) -> Any:
    return books.post(
        "Settlement",
        {"customer": 30, "payment": payment, "bill": owed, "amount": D(amount),
         "currency": FOREIGN, "exchange_rate": D(99)},
    )  # fmt: skip


def test_items_leave_at_their_own_worth_and_the_rest_is_the_exchange_difference(
    books: Books,
) -> None:
    owed = bill(books, "80.01", ("30", None), ("70", date(2026, 6, 1)))
    paid = money_in(books, "85.005", "60")
    case, entries = settle(books, paid, owed, "60")
    assert case.findings == []
    # 60 of the payment came at 85.005, 60 of the bill went out at 80.01; 99 plays no part.
    open_items = [e for e in entries if e.ledger.name == "Receivables"]
    assert [(e.rule, e.values["amount"], e.worth["amount"]) for e in open_items] == [
        ("used", D(60), D("5100.30")),
        ("settled", D(-60), D("-4800.60")),
    ]
    assert told(entries, FACTS)[-1] == "exchange exchange 0 299.7"
    assert books.balance("Receivables", "amount_worth", document=paid) == 0
    assert books.balance("Receivables", "amount_worth", document=owed) == D("3200.40")


def cross(books: Books, owed: int, taken: str, settles: str, **more: Any) -> Any:
    paid, _ = books.post(
        "Money In",
        {"customer": 30, "account": BANK, "amount": D("50"), "currency": THIRD, "exchange_rate": D("95.5")},
    )  # fmt: skip
    return books.post(
        "Cross Settlement",
        {"customer": 30, "payment": paid.document["id"], "bill": owed, "amount": D(taken), "currency": THIRD,
         "exchange_rate": D(1), "settles": D(settles), "settles_in": FOREIGN} | more,
    )  # fmt: skip


def test_an_amount_brings_its_currency_and_leaves_at_its_own_worth(books: Books) -> None:
    owed = bill(books, "80.01", ("60", None))
    case, entries = cross(books, owed, "50", "60")
    assert case.findings == []
    open_items = [e for e in entries if e.ledger.name == "Receivables"]
    assert [(e.currency, e.values["amount"], e.worth["amount"]) for e in open_items] == [
        (THIRD, D(50), D("4775.00")), (FOREIGN, D(-60), D("-4800.60")),
    ]  # fmt: skip
    assert told(entries, FACTS)[-1] == "exchange exchange 25.6 0"
    assert [e.currency for e in entries if e.ledger.name == "General"] == [THIRD, FOREIGN, HOME]


@pytest.mark.parametrize(
    ("settles", "more", "code"),
    [("61", {}, "limit.not_covered"), ("60", {"settles_in": None}, "posting.no_currency")],
)
def test_an_amount_without_a_rate_settles_only_what_is_there(
    books: Books, settles: str, more: dict[str, Any], code: str
) -> None:
    owed = bill(books, "80.01", ("60", None))
    case, _ = cross(books, owed, "50", settles, **more)
    assert [finding.code for finding in case.findings] == [code]


def test_a_rate_that_is_said_is_that_of_the_amount(books: Books) -> None:
    case, entries = books.post(
        "Cross Charge",
        {"account": BANK, "currency": FOREIGN, "exchange_rate": D(80), "charge": D("7.77"), "charged_in": THIRD,
         "charge_rate": D("95.555")},
    )  # fmt: skip
    assert case.findings == []
    assert told(entries, FACTS) == ["charge cost 742.46 0", "bank bank 0 742.46"]
    assert {e.currency for e in entries} == {THIRD}


def test_lots_are_taken_in_order_with_their_dimensions(books: Books) -> None:
    owed = bill(books, "80", ("70", date(2026, 6, 1)), ("30", date(2026, 5, 10)))
    paid = money_in(books, "80", "60")
    _, entries = settle(books, paid, owed, "60")
    taken = [(e.values["due"], e.values["amount"]) for e in entries if e.rule == "settled"]
    assert taken == [(date(2026, 5, 10), D(-30)), (date(2026, 6, 1), D(-30))]
    _, entries = settle(books, paid, owed, "0")
    assert entries == []


def test_a_revaluation_is_reversed_on_its_day(books: Books) -> None:
    owed = bill(books, "80", ("100", DAY))
    case, entries = books.post(
        "Revaluation", {"customer": 30, "bill": owed, "difference": D("250.50"), "currency": FOREIGN,
                        "exchange_rate": D(82)},
    )  # fmt: skip
    assert case.findings == []
    days = {day: list(told([e for e in entries if e.date == day], FACTS))
            for day in (DAY, date(2026, 5, 5))}  # fmt: skip
    assert days[DAY] == ["receivables.control receivable 250.5 0", "result exchange 0 250.5"]
    assert days[date(2026, 5, 5)] == [
        "receivables.control receivable 0 250.5", "result exchange 250.5 0",
    ]  # fmt: skip
    assert books.balance("Receivables", "amount") == 100
    assert books.balance("Receivables", "amount_worth") == 8000


# --- date, rate, rest, at_most -----------------------------------------------------------------


def count(books: Books, **fields: Any) -> Any:
    given = {"account": BANK, "expected": D(100), "counted": D(97), "most": D(5), "rate": D(2),
             "on": date(2026, 5, 9)} | fields  # fmt: skip
    return books.post("Count", given)


def test_the_rest_takes_what_is_missing(books: Books) -> None:
    case, entries = count(books)
    assert case.findings == []
    assert told(entries, FACTS) == ["out labour 0 100", "safe bank 97 0", "short cost 3 0"]
    assert {e.date for e in entries} == {date(2026, 5, 9)}


def test_the_rate_is_that_of_the_posting(books: Books) -> None:
    case, entries = count(books, currency=FOREIGN, exchange_rate=D(7), most=D(6))
    assert case.findings == []
    assert told(entries, FACTS) == ["out labour 0 200", "safe bank 194 0", "short cost 6 0"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"counted": D(90)}, "posting.rest_too_large"),
        ({"on": None}, "posting.no_date"),
        ({"currency": FOREIGN, "exchange_rate": D(7), "rate": None}, "posting.no_rate"),
    ],
)
def test_what_keeps_it_from_being_posted(books: Books, fields: dict[str, Any], code: str) -> None:
    case, _ = count(books, **fields)
    assert {f.code for f in case.findings} == {code}


def test_a_control_account_takes_no_other_writer(catalog: Catalog) -> None:
    accounts = {number: row | {"is_control": number == BANK} for number, row in ACCOUNTS.items()}
    books = Books(catalog, FACTS | {"Account": accounts})
    case, _ = count(books)
    assert [f.code for f in case.findings] == ["posting.control_account"]
    assert "bank is a control account" in case.findings[0].message


# --- transitions and undo ----------------------------------------------------------------------


def cheque(books: Books) -> dict[str, Any]:
    fields = {"customer": 30, "account": BANK, "amount": D(500)}
    row = books.make("Cheque", fields)
    case, entries = books.post("Cheque", row, "receive", "submit")
    assert case.findings == []
    assert told(entries, FACTS) == [
        "cheques.account labour 500 0",
        "receivables.control receivable 0 500",
    ]
    return row


def test_each_transition_writes_its_own_on_its_day(books: Books) -> None:
    row = cheque(books)
    row["cleared_on"] = date(2026, 5, 8)
    case, entries = books.post("Cheque", row, "clear")
    assert case.findings == []
    assert told(entries, FACTS) == ["cheques.account labour 0 500", "banked bank 500 0"]
    assert {entry.date for entry in entries} == {date(2026, 5, 8)}


def test_undo_takes_back_what_was_written_and_only_once(books: Books) -> None:
    row = cheque(books)
    row["cleared_on"], row["bounced_on"] = date(2026, 5, 8), date(2026, 5, 9)
    books.post("Cheque", row, "clear")
    case, entries = books.post("Cheque", row, "bounce")
    assert case.findings == []
    mirrored = [e for e in entries if e.values.get("reverses") is not None]
    assert {e.date for e in mirrored} == {date(2026, 5, 9)}
    assert len({e.values["reverses"] for e in mirrored}) == len(mirrored) == 7
    # Of the bounce itself only the fee stands, which reads what `clear` had written.
    assert [line for line in told(entries, FACTS) if line.startswith(("fee", "taken"))] == [
        "fee leftover 1 0",
        "taken bank 0 1",
    ]
    assert books.balance("Receivables", "amount_worth", document=row["id"]) == 0
    assert books.balance("Cheques", "amount") == 0
    _, entries = books.post("Cheque", row, "bounce")
    assert [e for e in entries if e.values.get("reverses") is not None] == []


# --- rows from the books -----------------------------------------------------------------------


def test_what_is_posted_may_come_from_balances(books: Books) -> None:
    count(books, on=DAY)
    case, entries = books.post("Sweep", {"account": BANK})
    assert case.findings == []
    assert told(entries, FACTS) == [
        "out cost 0 3",
        "out labour 100 0",
        "to bank 0 97",
    ]


# --- closed periods ----------------------------------------------------------------------------


def closed(**areas: date) -> Any:
    return areas.get


def test_late_entries_stand_on_the_first_open_day(catalog: Catalog, books: Books) -> None:
    receive(books, 20, ("1", "10"))
    entries = list(books.entries)
    move_late(catalog, entries, closed(stock=date(2026, 5, 31)))
    # The books balance day by day: what the document writes beside its stock moves along.
    assert {entry.date for entry in entries} == {date(2026, 6, 1)}
    assert {entry.values["meant_for"] for entry in entries} == {DAY}


def test_the_later_open_day_wins_for_all(catalog: Catalog, books: Books) -> None:
    receive(books, 20, ("1", "10"))
    entries = list(books.entries)
    move_late(catalog, entries, closed(stock=date(2026, 5, 31), accounts=date(2026, 6, 30)))
    assert {entry.date for entry in entries} == {date(2026, 7, 1)}


def test_one_ledger_that_refuses_keeps_all(catalog: Catalog, books: Books) -> None:
    bill(books, "80", ("10", None))  # Receivables refuse; the general ledger would move.
    entries = list(books.entries)
    move_late(catalog, entries, lambda _: date(2026, 5, 31))
    assert {entry.date for entry in entries} == {DAY}
