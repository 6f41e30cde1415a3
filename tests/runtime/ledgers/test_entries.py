"""What an entry knows: its rule, line, document, catalog, what it reverses, when it stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from engine_runtime.active.catalog import active
from engine_runtime.documents.effects import effects
from engine_runtime.documents.read import get
from engine_runtime.ledgers.verify import verify
from tests.company import DAY, Company, Row, line, rows_of

D = Decimal
NOON = datetime(2026, 5, 4, 6, 30, tzinfo=UTC)
LEDGERS = ("General", "Stock", "Receivables")


@pytest.fixture
def sale(company: Company) -> Row:
    """Two lines of two items, one of them at two rates of tax."""
    one, two = company.item(), company.item("fifo")
    company.buy(line(one, 10, 40), line(two, 10, 60))
    return company.sell(line(one, 2), line(two, 3), line(one, 1))


def test_every_entry_tells_where_it_comes_from(company: Company, sale: Row) -> None:
    now = datetime.now(UTC)
    for name in LEDGERS:
        entries = company.entries(name, sale)
        assert entries
        for entry in entries:
            assert (entry["origin_type"], entry["origin_id"]) == ("sales_invoice", sale["id"])
            assert entry["company_id"] == company.actor.company_id
            assert entry["catalog"] == active().version == sale["catalog"]
            assert entry["date"] == entry["meant_for"] == DAY
            assert NOON <= entry["moment"] < NOON + timedelta(minutes=1)
            assert now - timedelta(minutes=1) < entry["recorded_at"] <= now
            assert entry["reverses"] is entry["corrects"] is None


def test_stock_keeps_every_line_and_names_it(company: Company, sale: Row) -> None:
    entries = company.entries("Stock", sale)
    lines = {row["id"]: row for row in rows_of("doc_sales_invoice__items")}
    found = [(e["rule"], e["line_table"], lines[e["line_id"]]["position"]) for e in entries]
    assert sorted(found) == [("goods", "items", 1), ("goods", "items", 2), ("goods", "items", 3)]
    assert {e["quantity"] for e in entries} == {D(-2), D(-3), D(-1)}
    assert {lines[e["line_id"]]["item_id"] == e["item_id"] for e in entries} == {True}


def test_the_general_ledger_merges_what_only_amounts_tell_apart(
    company: Company, sale: Row
) -> None:
    rules = [entry["rule"] for entry in company.entries("General", sale)]
    assert sorted(rules) == sorted(
        ["cost", "income", "receivables.control", "stock.asset", "tax", "tax"]
    )
    entries = {e["rule"]: e for e in company.entries("General", sale) if e["rule"] != "tax"}
    assert entries["income"]["credit"] == 600
    assert entries["income"]["line_id"] is None, "several lines: it names none"
    assert entries["cost"]["debit"] == entries["stock.asset"]["credit"] == 3 * 40 + 3 * 60
    assert entries["receivables.control"]["debit"] == sale["grand_total"] == 708
    assert entries["receivables.control"]["party_id"] == sale["customer"]


def test_an_entry_of_one_line_names_it(company: Company) -> None:
    item = company.item()
    bill = company.buy(line(item, 1, 40))
    [asset] = [e for e in company.entries("General", bill) if e["rule"] == "stock.asset"]
    assert (asset["line_table"], asset["line_id"]) == ("items", bill["items"][0]["id"])


def test_a_cancellation_mirrors_what_stands(company: Company, sale: Row) -> None:
    before = {name: company.entries(name, sale) for name in LEDGERS}
    company.cancel("Sales Invoice", sale, reason="Wrong customer")
    for name in LEDGERS:
        stored = {e["id"]: e for e in company.entries(name, sale)}
        assert len(stored) == 2 * len(before[name])
        mirrors = [e for e in stored.values() if e["reverses"] is not None]
        assert {e["reverses"] for e in mirrors} == {e["id"] for e in before[name]}
        for mirror in mirrors:
            original = stored[mirror["reverses"]]
            same = ("rule", "date", "moment", "line_table", "line_id", "origin_type", "origin_id")
            assert [mirror[n] for n in same] == [original[n] for n in same]
            assert mirror["recorded_at"] > original["recorded_at"]
            if name == "General":
                sides = ("debit", "credit", "debit_worth", "credit_worth")
                back = ("credit", "debit", "credit_worth", "debit_worth")
                assert [mirror[n] for n in sides] == [original[n] for n in back]
                assert mirror["account_id"] == original["account_id"]
            elif name == "Stock":
                assert mirror["quantity"] == -original["quantity"]
                assert mirror["value"] == -original["value"]
    assert verify(None) == []


def test_what_a_document_did_is_told_with_its_lines(company: Company, sale: Row) -> None:
    told = effects(company.actor, "Sales Invoice", sale["id"])
    assert set(told.ledgers) == set(LEDGERS)
    goods = told.ledgers["Stock"]
    assert [entry["line"] for entry in goods] == [
        {"table": "items", "index": index} for index in (1, 2, 3)
    ]
    assert {entry["rule"] for entry in goods} == {"goods"}
    for entry in told.ledgers["General"]:
        assert entry["account"] in told.titles["account"]
        assert entry["debit"] == 0 or entry["credit"] == 0
    debits = sum(entry["debit"] for entry in told.ledgers["General"])
    assert debits == sum(entry["credit"] for entry in told.ledgers["General"]) > 0


def test_foreign_money_keeps_amount_currency_and_worth(company: Company) -> None:
    dollars = {"currency": "USD", "exchange_rate": D("88.333333")}
    paid = company.pay("3.33", **dollars)
    entries = company.entries("General", paid)
    usd = get(company.actor, "Payment", [paid["id"]]).rows[0]["currency"]
    assert {e["currency_id"] for e in entries} == {usd}
    worth = D("294.15")
    assert {(e["debit"], e["credit"]) for e in entries} == {(D("3.33"), 0), (0, D("3.33"))}
    assert {(e["debit_worth"], e["credit_worth"]) for e in entries} == {(worth, 0), (0, worth)}
    [item] = company.entries("Receivables", paid)
    assert (item["amount"], item["amount_worth"]) == (D("-3.33"), -worth)


def test_a_purchase_in_dollars_is_carried_in_rupees(company: Company) -> None:
    item = company.item()
    bill = company.buy(line(item, 3, "3.33"), currency="USD", exchange_rate=D("88.333333"))
    assert company.stock(item) == (3, D("882.45"))
    entries = company.entries("General", bill)
    debits = sum(e["debit_worth"] for e in entries)
    assert debits == sum(e["credit_worth"] for e in entries)
    assert verify(None) == []
