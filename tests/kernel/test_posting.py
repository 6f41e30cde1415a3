"""What documents post: merging, signs, worth, the order of issues and receipts, numbers, limits."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.catalog.whole import Catalog
from engine.kernel.entries import Entry, balance_key
from engine.kernel.limits import check_limits
from engine.kernel.numbering import plan_number
from engine.kernel.posting import PostingCase, begin, finish
from engine.kernel.valuation import Average, Fifo, Layer
from tests.kernel.programs import compiled, document, table

D = Decimal
DAY = date(2026, 5, 4)

BOOKS = """
pack: books
version: 1.0.0
fiscal_year: {starts: 04-01}
---
doctype: Company
plural: Companies
company: none
fields: {name: {type: text, length: 20}}
---
doctype: Account
company: none
title: "{name}"
fields: {name: {type: text, length: 20}}
---
doctype: Goods
company: none
title: "{name}"
fields:
  name:    {type: text, length: 20}
  method:  {type: choice, options: [average, fifo], default: average}
  account: {type: link, to: Account}
---
ledger: General
double_entry: {debit: debit, credit: credit}
currency: true
dimensions: {account: {link: Account, required: true}}
details:    {narration: {type: text}}
measures:   {debit: {type: money}, credit: {type: money}}
lock: {area: accounts, late: refuse}
---
ledger: Stock
dimensions: {goods: {link: Goods, required: true}}
measures:   {quantity: {type: quantity}, value: {type: money, in: company}}
valuation:  {of: value, per: quantity, by: [goods], method: goods.method}
limits:     {on_hand: {by: [goods], measure: quantity, min: 0}}
posts:      {asset: {ledger: General, set: {account: goods.account, debit: value}}}
lock: {area: stock, late: refuse}
---
doctype: Voucher
company: required
date: day
money: {currency: currency, rate: exchange_rate}
submittable: true
amend: new
number: {on: submit, gapless: true, max_length: 16, by: [company, book], reset: fiscal_year, series: {plus: {when: total > 0, text: "V{book}{fiscal_year(day):2526}/{counter:5}"}, other: {when: total < 0, text: "M{book}{fiscal_year(day):2526}{counter:3}-X"}}}
fields:
  day:           {type: date}
  book:          {type: text, length: 3}
  currency:      {type: link, to: Account}
  exchange_rate: {type: rate}
  total:         {type: money}
  balance:       {type: link, to: Account}
  lines:         {type: table, of: Voucher Line}
posts:
  lines: {ledger: General, each: lines, set: {account: row.account, debit: row.amount, narration: row.text}}
  rest:  {ledger: General, set: {account: balance, credit: total}}
---
doctype: Voucher Line
child: true
fields:
  account: {type: link, to: Account}
  amount:  {type: money}
  text:    {type: text, length: 20}
---
doctype: Mix
company: required
date: day
submittable: true
amend: new
fields:
  day:   {type: date}
  other: {type: link, to: Account}
  lines: {type: table, of: Mix Line}
posts:
  made: {ledger: Stock, each: lines, when: row.quantity > 0, set: {goods: row.goods, quantity: row.quantity, value: row.value}}
  used: {ledger: Stock, each: lines, when: row.quantity < 0, set: {goods: row.goods, quantity: row.quantity}}
  gain: {ledger: General, each: posted.made, set: {account: other, credit: row.value}}
  loss: {ledger: General, each: posted.used, set: {account: other, debit: -row.value}}
---
doctype: Mix Line
child: true
fields:
  goods:    {type: link, to: Goods}
  quantity: {type: quantity}
  value:    {type: money, in: company}
"""  # noqa: E501

ACCOUNTS = {number: {"id": number, "name": f"Account {number}"} for number in (10, 11, 12, 13)}
GOODS = {
    20: {"id": 20, "name": "Soap", "method": "average", "account": 13},
    21: {"id": 21, "name": "Salt", "method": "fifo", "account": 13},
}
FACTS = {"Account": ACCOUNTS, "Goods": GOODS, "Company": {1: {"id": 1, "currency": 90}}}


@pytest.fixture(scope="module")
def books() -> Catalog:
    return compiled(BOOKS)


def case(books: Catalog, name: str, fields: dict[str, Any], **more: Any) -> PostingCase:
    settings = {"currency": 90, "rate": D(1)} | more
    row = document(books, name, {"day": DAY, **fields})
    for number, line in enumerate(row["lines"]):
        line["id"] = 100 + number
    doctype = books.doctypes[name]
    return PostingCase(books, doctype, row, FACTS, DAY, 1, 90, **settings)


def voucher(books: Catalog, lines: str, **more: Any) -> tuple[PostingCase, list[Entry]]:
    """Lines as ``account amount text``, parted by commas; account 10 takes the rest."""
    rows = []
    for text in lines.split(","):
        account, amount, *words = text.split()
        rows.append({"account": int(account), "amount": D(amount), "text": " ".join(words) or None})
    total = sum(row["amount"] for row in rows) + more.pop("more", D(0))
    made = case(books, "Voucher", {"lines": rows, "total": total, "balance": 10}, **more)
    return made, finish(begin(made), {})


VOUCHERS = """
story                                  | lines                        | entries
one line each                          | 11 5, 12 7                   | lines 11 5 0; lines 12 7 0; rest 10 0 12
the same account twice                 | 11 5, 11 7                   | lines 11 12 0; rest 10 0 12
what is told apart stays apart         | 11 5 a, 11 7 b, 11 1 a       | lines 11 6 0; lines 11 7 0; rest 10 0 13
a negative debit is a credit           | 11 -5                        | lines 11 0 5; rest 10 5 0
the net of both                        | 11 5, 11 -7                  | lines 11 0 2; rest 10 2 0
what comes to nothing is not written   | 11 5, 11 -5, 12 1            | lines 12 1 0; rest 10 0 1
nothing at all                         | 11 5, 12 -5                  | lines 11 5 0; lines 12 0 5
other postings keep their own rule     | 10 5                         | lines 10 5 0; rest 10 0 5
"""


@pytest.mark.parametrize("row", [pytest.param(r[1:], id=r[0]) for r in table(VOUCHERS)])
def test_merging_and_signs(books: Catalog, row: list[str]) -> None:
    made, entries = voucher(books, row[0])
    assert made.findings == []
    told = [
        f"{e.rule} {e.values['account']} {e.values['debit']} {e.values['credit']}" for e in entries
    ]
    assert "; ".join(told) == row[1]


def test_what_does_not_balance_is_told(books: Catalog) -> None:
    made, _ = voucher(books, "11 5", more=D("0.01"))
    assert [f.code for f in made.findings] == ["posting.unbalanced"]
    assert "0.01 too much credit" in made.findings[0].message


def test_conversion_leaves_its_rounding_on_the_largest_line(books: Catalog) -> None:
    made, entries = voucher(books, "11 0.33, 12 0.33, 13 0.34", currency=91, rate=D("88.335"))
    assert made.findings == []
    worth = {e.values["account"]: e.worth["debit"] - e.worth["credit"] for e in entries}
    # 29.15055 and 30.0339 round up and down; 88.335 is 88.34: the largest line gives way.
    assert worth == {11: D("29.15"), 12: D("29.15"), 13: D("30.03"), 10: D("-88.33")}
    assert {e.currency for e in entries} == {91}


def test_more_than_rounding_is_not_settled(books: Catalog) -> None:
    made, _ = voucher(books, "11 1", more=D(1), currency=91, rate=D("88.335"))
    assert [f.code for f in made.findings] == ["posting.unbalanced"]


def test_issues_go_before_receipts(books: Catalog) -> None:
    lines = [
        {"goods": 20, "quantity": D(5), "value": D(500)},
        {"goods": 20, "quantity": D(-2)},
    ]
    made = case(books, "Mix", {"lines": lines, "other": 12})
    key = ("Stock", balance_key(("goods",), 1, {"goods": 20}))
    state = Average(Layer(10_000, 3_00))
    entries = finish(begin(made), {key: state})
    assert made.findings == []
    stock = [e for e in entries if e.ledger.name == "Stock"]
    assert sorted(e.values["value"] for e in stock) == [D("-0.60"), D(500)]
    assert (state.quantity, state.value) == (13_000, 502_40)
    general = [e for e in entries if e.ledger.name == "General"]
    assert sum(e.values["debit"] - e.values["credit"] for e in general) == 0
    assert {e.rule for e in general} == {"stock.asset", "gain", "loss"}


def test_what_is_not_there_is_told_at_its_line(books: Catalog) -> None:
    lines = [{"goods": 21, "quantity": D(5), "value": D(1)}, {"goods": 21, "quantity": D(-2)}]
    made = case(books, "Mix", {"lines": lines, "other": 12})
    key = ("Stock", balance_key(("goods",), 1, {"goods": 21}))
    finish(begin(made), {key: Fifo([Layer(1_500, 100)])})
    [finding] = made.findings
    assert (finding.code, finding.path) == ("limit.not_covered", "lines[1]")
    assert finding.message == "Goods Salt: 1.5 is there, 2 is wanted."


# --- numbers -----------------------------------------------------------------------------------

NUMBERS = """
story                   | day        | book | total | series                 | prefix    | width | suffix
the first that applies  | 2026-05-04 | A    | 1     | voucher/plus/1/A/2627  | VA2627/   | 5     |
the year before         | 2026-03-31 | A    | 1     | voucher/plus/1/A/2526  | VA2526/   | 5     |
its first day           | 2026-04-01 | A    | 1     | voucher/plus/1/A/2627  | VA2627/   | 5     |
another book            | 2026-05-04 | B    | 1     | voucher/plus/1/B/2627  | VB2627/   | 5     |
another series          | 2026-05-04 | A    | -1    | voucher/other/1/A/2627 | MA2627    | 3     | -X
none applies            | 2026-05-04 | A    | 0     |                        |           |       |
"""


@pytest.mark.parametrize("row", [pytest.param(r[1:], id=r[0]) for r in table(NUMBERS)])
def test_numbers(books: Catalog, row: list[str]) -> None:
    day, book, total, series, prefix, width, suffix = row
    fields = {"day": date.fromisoformat(day), "book": book, "total": D(total)}
    plan = plan_number(books.doctypes["Voucher"], document(books, "Voucher", fields), FACTS)
    if not series:
        assert plan is None
        return
    assert plan is not None
    kept = plan.series.split("|")
    year = kept.pop()
    assert kept == series.split("/")[:-1]
    assert year[2:4] + year[-2:] == series[-4:]
    assert (plan.prefix, plan.width, plan.suffix) == (prefix, int(width), suffix)


# --- limits ------------------------------------------------------------------------------------

LIMITS = """
story                             | stood | moves | broken
enough                            | 5     | -5    | no
one too many                      | 5     | -6    | yes
the end counts, not the way       | 5     | -6 1  | no
more of what was wrong already    | -3    | -1    | yes
less of what was wrong already    | -3    | 1     | no
nothing changes                   | -3    | 0     | no
"""


@pytest.mark.parametrize("row", [pytest.param(r[1:], id=r[0]) for r in table(LIMITS)])
def test_a_floor(books: Catalog, row: list[str]) -> None:
    stood, moves, broken = row
    ledger = books.ledgers["Stock"]
    base = {"goods": 20, "company": 1, "line": None, "value": D(0)}
    entries = [Entry(ledger, "x", {**base, "quantity": D(move)}) for move in moves.split()]
    before = {("Stock", balance_key(("goods",), 1, base)): {"quantity": D(stood)}}
    found = check_limits(books, FACTS, before, entries)
    assert [broken.finding.code for broken in found] == (
        ["limit.on_hand"] if broken == "yes" else []
    )
    if found:
        assert "Soap" in found[0].finding.message
