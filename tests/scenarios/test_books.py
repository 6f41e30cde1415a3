"""The books as an accountant opens them: by account or whole, by item, with what stood before."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine_runtime.exchange.company import found_company
from engine_runtime.reports.errors import ReportError
from engine_runtime.reports.run import Answer, run
from tests.scenarios.shop import DATA, Shop, line

D = Decimal
PAID = date(2026, 5, 5)
MAY = {"from_date": "2026-05-01", "to_date": "2026-05-31"}
JUNE = {"from_date": "2026-06-01", "to_date": "2026-06-30"}


@pytest.fixture
def books(shop: Shop) -> Shop:
    """Ten chairs bought in May, one sold in May and one in June, the first one paid."""
    shop.buy("B1", line("A", 10, 100))
    shop.sell(line("A", 1))
    shop.submit(
        "Payment", customer="C1", mode="BANK", amount=236, reference="UTR 1", posting_date=PAID
    )
    shop.sell(line("A", 1), posting_date=date(2026, 6, 1))
    return shop


def _ask(shop: Shop, report: str, **asked: Any) -> Answer:
    return run(shop.actor, report, asked)


def _title(answer: Answer, row: int, column: str) -> str:
    target = answer.types[row][column]
    assert target is not None
    return answer.titles[target][answer.rows[row][column]]


def test_an_account_is_known_by_its_code(books: Shop) -> None:
    """With the voucher, the party, and the balance after each entry."""
    answer = _ask(books, "general_ledger", account="1130", **MAY)
    assert [row["balance"] for row in answer.rows] == [D(236), D(0)]
    assert _title(answer, 0, "origin") == "PUN2627/00001"
    assert _title(answer, 0, "party") == "Buyer"
    june = _ask(books, "general_ledger", account=answer.asked["account"], **JUNE)
    assert june.opening == {"balance": D(0)}
    assert june.closing == {"balance": D(236)}
    bank = _ask(books, "general_ledger", account="1121", **MAY)
    assert [row["narration"] for row in bank.rows] == ["UTR 1"]
    income = _ask(books, "general_ledger", account="4100", **MAY)
    assert [row["narration"] for row in income.rows] == ["Buyer"]


def test_without_an_account_the_whole_journal_shows(books: Shop) -> None:
    answer = _ask(books, "general_ledger", **MAY)
    shown = {_title(answer, i, "account").split()[0] for i in range(len(answer.rows))}
    assert shown == {"1121", "1130", "1141", "1153", "2110", "2121", "2122", "4100", "5100"}
    assert answer.totals["debit"] == answer.totals["credit"] == D(1180 + 236 + 100 + 236)
    of_party = _ask(books, "general_ledger", party="C1", **MAY)
    assert {_title(of_party, i, "account")[:4] for i in range(len(of_party.rows))} == {"1130"}


def test_an_account_that_is_not_there_is_named(books: Shop) -> None:
    with pytest.raises(ReportError, match="Account: there is no Account 9999"):
        _ask(books, "general_ledger", account="9999", **MAY)
    other = found_company(DATA, {"code": "TWO", "name": "Second", "currency": "INR"})
    foreign = str(other["opening_account"])
    with pytest.raises(ReportError, match=f"there is no Account {foreign}"):
        _ask(books, "general_ledger", account=foreign, **MAY)


def test_an_item_shows_its_movements(books: Shop) -> None:
    answer = _ask(books, "stock_ledger", item="A", **MAY)
    assert [(r["quantity"], r["value"]) for r in answer.rows] == [(10, 1000), (-1, -100)]
    assert [(r["on_hand"], r["worth"]) for r in answer.rows] == [(10, 1000), (9, 900)]
    june = _ask(books, "stock_ledger", item="A", warehouse="W", **JUNE)
    assert june.opening == {"on_hand": D(9), "worth": D(900)}


def test_stock_and_its_account_move_alike(books: Shop) -> None:
    stock = _ask(books, "stock_balance", **JUNE).totals
    accounts = _ask(books, "trial_balance", **JUNE)
    titles = accounts.titles["account"]
    (row,) = [row for row in accounts.rows if titles[row["account"]].startswith("1141")]
    assert stock["opening_value"] == row["opening_debit"] == D(900)
    assert (stock["inward_value"], stock["outward_value"]) == (row["debit"], row["credit"])
    assert stock["value"] == row["closing_debit"] == D(800)
    assert "rate" not in stock
