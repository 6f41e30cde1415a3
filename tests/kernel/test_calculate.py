"""Working documents out: tax on and inside an amount, shares, order of steps, rules of rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.catalog.whole import Catalog
from engine.kernel.rules import ask
from tests.kernel.programs import compiled, table, worked_out

D = Decimal

BILL = """
rules: Tax
given: {value: money, percent: percent, cess: percent, per_unit: rate, units: quantity, inside: boolean}
optional: [percent, cess, per_unit, units, inside]
pick: first
none: error
cases:
  free:   {when: percent is null, give: []}
  within: {when: inside, give: [cgst, sgst, cess]}
  across: {give: [igst, cess]}
gives: Tax Row
lines:
  cgst: {rate: percent / 2, base: value, round: 2}
  sgst: {rate: percent / 2, base: value, round: 2}
  igst: {rate: percent, base: value, round: 2}
  cess: {rate: cess, amount: per_unit * units, base: value, round: 2}
---
doctype: Bill
company: none
fields:
  inclusive: {type: boolean}
  inside:    {type: boolean}
  freight:   {type: money, in: company}
  items:     {type: table, of: Bill Line}
  shared:    {type: money, in: company, formula: sum(i.share for i in items)}
  total:     {type: money, in: company, formula: net + tax}
  net:       {type: money, in: company, formula: sum(items.taxable)}
  tax:       {type: money, in: company, formula: sum(items.taxes.amount)}
calculate:
  freight: {distribute: freight, over: items, where: row.is_goods, weight: row.amount, into: share}
  tax:
    {each: items, tax: Tax, amount: "row.amount + coalesce(row.share, 0)", inclusive: inclusive, base: taxable,
     into: taxes,
     with: {percent: row.percent, cess: row.cess, per_unit: row.per_unit, units: row.quantity, inside: inside}}
allow:
  Keeper: {can: [read, write, create]}
---
doctype: Bill Line
child: true
fields:
  quantity: {type: quantity, default: 1}
  rate:     {type: rate}
  is_goods: {type: boolean}
  percent:  {type: percent}
  cess:     {type: percent}
  per_unit: {type: rate}
  amount:   {type: money, in: company, formula: quantity * rate}
  share:    {type: money, in: company}
  taxable:  {type: money, in: company}
  taxes:    {type: table, of: Tax Row, generated: true}
---
doctype: Tax Row
child: true
fields:
  component: {type: text, length: 10}
  rate:      {type: percent}
  base:      {type: money, in: company}
  amount:    {type: money, in: company}
"""

TAXES = """
story                     | quantity | rate    | percent | cess | per unit | inclusive | inside | taxable | taxes
on top, within            | 1        | 100     | 18      |      |          | no        | yes    | 100.00  | cgst 9.00 sgst 9.00 cess 0.00
on top, across            | 3        | 33.333  | 18      |      |          | no        | no     | 100.00  | igst 18.00 cess 0.00
halves of an odd paisa    | 1        | 0.25    | 18      |      |          | no        | yes    | 0.25    | cgst 0.02 sgst 0.02 cess 0.00
half away from zero       | 1        | 0.50    | 5       |      |          | no        | no     | 0.50    | igst 0.03 cess 0.00
inside, within            | 1        | 118     | 18      |      |          | yes       | yes    | 100.00  | cgst 9.00 sgst 9.00 cess 0.00
inside, what is left      | 1        | 100     | 18      |      |          | yes       | yes    | 84.74   | cgst 7.63 sgst 7.63 cess 0.00
inside, across            | 1        | 100     | 18      |      |          | yes       | no     | 84.75   | igst 15.25 cess 0.00
cess on top               | 2        | 500     | 28      | 12   |          | no        | no     | 1000.00 | igst 280.00 cess 120.00
cess inside               | 1        | 1400    | 28      | 12   |          | yes       | no     | 1000.00 | igst 280.00 cess 120.00
so much per unit          | 10       | 10      | 28      | 5    | 4.17     | no        | no     | 100.00  | igst 28.00 cess 46.70
so much per unit, inside  | 10       | 17.47   | 28      | 5    | 4.17     | yes       | no     | 100.00  | igst 28.00 cess 46.70
nothing to tax            | 1        | 100     |         |      |          | no        | no     | 100.00  |
nothing at all            | 0        | 100     | 18      |      |          | no        | no     | 0.00    | igst 0.00 cess 0.00
given back                | -1       | 100     | 18      |      |          | no        | yes    | -100.00 | cgst -9.00 sgst -9.00 cess 0.00
"""  # noqa: E501


@pytest.fixture(scope="module")
def bill() -> Catalog:
    return compiled(BILL)


def number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


@pytest.mark.parametrize("case", [pytest.param(row[1:], id=row[0]) for row in table(TAXES)])
def test_tax(bill: Catalog, case: list[str]) -> None:
    quantity, rate, percent, cess, per_unit, inclusive, inside, taxable, taxes = case
    item = {
        "quantity": number(quantity),
        "rate": number(rate),
        "percent": number(percent),
        "cess": number(cess),
        "per_unit": number(per_unit),
    }
    fields = {"inclusive": inclusive == "yes", "inside": inside == "yes", "items": [item]}
    row, found = worked_out(bill, "Bill", fields)
    assert found == []
    [line] = row["items"]
    assert line["taxable"] == D(taxable)
    assert " ".join(f"{t['component']} {t['amount']}" for t in line["taxes"]) == taxes
    if inclusive == "yes":
        assert row["total"] == line["amount"], "value and taxes add up to the price"
    assert all(t["base"] == line["taxable"] for t in line["taxes"])


def test_rates_that_take_all_of_an_inclusive_amount_are_told(bill: Catalog) -> None:
    item = {"quantity": D(1), "rate": D(5), "percent": D(-100)}
    row, found = worked_out(bill, "Bill", {"inclusive": True, "inside": True, "items": [item]})
    assert [(f.code, f.path) for f in found] == [("tax.no_base", "items[0].taxable")]
    assert row["items"][0]["taxes"] == []


def test_taxes_are_made_anew_each_time(bill: Catalog) -> None:
    item = {"quantity": D(1), "rate": D(100), "percent": D(18)}
    row, _ = worked_out(bill, "Bill", {"items": [item]})
    again, _ = worked_out(bill, "Bill", {"items": [{**item, "taxes": [{"amount": D(99)}]}]})
    assert again["tax"] == row["tax"] == 18


def test_steps_run_when_what_they_read_is_known(bill: Catalog) -> None:
    """`total` stands before what it adds up, and the freight is taxed with the goods."""
    goods = {"quantity": D(1), "rate": D(100), "percent": D(18), "is_goods": True}
    service = {**goods, "rate": D(50), "is_goods": False}
    fields = {"freight": D("10.01"), "items": [goods, service, {**goods, "rate": D(200)}]}
    row, found = worked_out(bill, "Bill", fields)
    assert found == []
    assert [line["share"] for line in row["items"]] == [D("3.34"), D("0.00"), D("6.67")]
    assert [line["taxable"] for line in row["items"]] == [D("103.34"), D(50), D("206.67")]
    assert row["shared"] == D("10.01")
    assert row["total"] == row["net"] + row["tax"] == D("360.01") + D("64.80")


def test_a_share_without_a_row_is_told(bill: Catalog) -> None:
    service = {"quantity": D(1), "rate": D(50), "is_goods": False}
    _, found = worked_out(bill, "Bill", {"freight": D(10), "items": [service]})
    assert [(f.code, f.path) for f in found] == [("distribute.no_rows", "items")]
    _, found = worked_out(bill, "Bill", {"freight": None, "items": [service]})
    assert found == []


def test_a_result_that_does_not_fit_is_told_at_its_place(bill: Catalog) -> None:
    line = {"quantity": D("999999999999"), "rate": D("999999999999"), "percent": D(18)}
    row, found = worked_out(bill, "Bill", {"items": [{"rate": D(1)}, line]})
    assert ("value.too_large", "items[1].amount") in {(f.code, f.path) for f in found}
    assert row["items"][1]["amount"] is None


# --- rules over rows that people keep -----------------------------------------------------------

PRICES = """
rules: Price
given: {item: Goods, customer: Buyer, quantity: quantity, date: date}
pick: best
none: nothing
from: [Price Row, Goods.price]
match: {item: item, customer: customer, minimum: up_to(quantity), valid: date}
prefer: [most specific, newest]
give: {rate: =row.rate}
---
doctype: Goods
company: none
fields:
  price: {type: rate}
---
doctype: Buyer
company: none
fields:
  name: {type: text, length: 20}
---
doctype: Price Row
company: none
fields:
  item:       {type: link, to: Goods, required: true}
  customer:   {type: link, to: Buyer}
  minimum:    {type: quantity}
  valid_from: {type: date}
  valid_to:   {type: date}
  rate:       {type: rate}
---
doctype: Quote
company: none
fields:
  item:     {type: link, to: Goods}
  customer: {type: link, to: Buyer}
  quantity: {type: quantity}
  day:      {type: date}
  rate:     {type: rate, editable: true}
calculate:
  price: {rules: Price, with: {date: day}, set: {rate: answer.rate}, editable: true}
"""

ROWS = """
rate | item | customer | minimum | from       | to
10   | 1    |          |         |            |
9    | 1    |          | 10      |            |
8    | 1    |          | 100     |            |
7    | 1    | 5        |         |            |
6    | 1    | 5        |         | 2026-01-01 |
5    | 1    | 5        |         | 2026-04-01 | 2026-04-30
4    | 1    | 6        | 10      |            |
20   | 2    |          |         | 2026-01-01 | 2026-01-31
"""

ASKED = """
story                              | item | customer | quantity | day        | rate
what fits everybody                | 1    | 9        | 1        | 2026-06-01 | 10
from ten                           | 1    | 9        | 10       | 2026-06-01 | 9
one less than a hundred            | 1    | 9        | 99.999   | 2026-06-01 | 9
from a hundred                     | 1    | 9        | 100      | 2026-06-01 | 8
the customer's own                 | 1    | 5        | 1        | 2025-12-31 | 7
the newest of the customer's       | 1    | 5        | 1        | 2026-01-01 | 6
only in April, first day           | 1    | 5        | 1        | 2026-04-01 | 5
only in April, last day            | 1    | 5        | 1        | 2026-04-30 | 5
and no longer                      | 1    | 5        | 1        | 2026-05-01 | 6
most specific                      | 1    | 6        | 10       | 2026-06-01 | 4
not enough for it                  | 1    | 6        | 9        | 2026-06-01 | 10
nobody's row: the record's price   | 3    | 5        | 1        | 2026-06-01 | 33
out of date: the record's price    | 2    | 5        | 1        | 2026-02-01 | 22
nothing at all                     | 4    | 5        | 1        | 2026-06-01 |
no record                          |      | 5        | 1        | 2026-06-01 |
"""


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def whole(text: str) -> int | None:
    return int(text) if text else None


def price_rows() -> list[dict[str, Any]]:
    return [
        {
            "id": place,
            "rate": D(rate),
            "item": int(item),
            "customer": whole(customer),
            "minimum": number(minimum),
            "valid_from": day(start),
            "valid_to": day(end),
        }
        for place, (rate, item, customer, minimum, start, end) in enumerate(table(ROWS))
    ]


@pytest.fixture(scope="module")
def prices() -> Catalog:
    return compiled(PRICES)


@pytest.mark.parametrize("case", [pytest.param(row[1:], id=row[0]) for row in table(ASKED)])
@pytest.mark.parametrize("turn", [False, True], ids=["", "reversed"])
def test_the_row_that_is_picked(prices: Catalog, case: list[str], turn: bool) -> None:
    item, customer, quantity, on, rate = case
    fields = {
        "item": whole(item),
        "customer": whole(customer),
        "quantity": number(quantity),
        "day": day(on),
    }
    known = {n: {"id": n, "price": p} for n, p in ((1, D(11)), (2, D(22)), (3, D(33)), (4, None))}
    facts = {"Goods": known, "Buyer": {n: {"id": n} for n in (5, 6, 9)}}
    rows = price_rows()[::-1] if turn else price_rows()
    row, found = worked_out(prices, "Quote", fields, facts, {"Price Row": rows})
    assert found == []
    assert row["rate"] == number(rate)


def test_what_a_person_typed_is_not_asked_for(prices: Catalog) -> None:
    fields = {"item": 1, "quantity": D(1), "day": date(2026, 6, 1), "rate": D(3), "typed": "rate"}
    facts = {"Goods": {1: {"id": 1, "price": D(11)}}}
    row, _ = worked_out(prices, "Quote", fields, facts, {"Price Row": price_rows()})
    assert row["rate"] == 3


def test_prefer_is_kept_in_its_order() -> None:
    """The customer's own price is more specific; the general one begins later."""
    rows = [
        {"id": 1, "rate": D(7), "item": 1, "customer": 5, "minimum": None},
        {"id": 2, "rate": D(6), "item": 1, "customer": None, "minimum": None},
    ]
    starts = (date(2026, 1, 1), date(2026, 4, 1))
    dated = [
        row | {"valid_from": day, "valid_to": None} for row, day in zip(rows, starts, strict=True)
    ]
    given = {"item": 1, "customer": 5, "quantity": D(1), "date": date(2026, 6, 1)}
    for written, rate in (("most specific, newest", 7), ("newest, most specific", 6)):
        catalog = compiled(PRICES.replace("most specific, newest", written))
        answer = ask(catalog.rules["Price"], given, {}, {"Price Row": dated})
        assert answer is not None
        assert answer.values["rate"] == rate
