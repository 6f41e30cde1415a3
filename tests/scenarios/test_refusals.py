"""What an accountant would strike out is refused, with the field and the reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine_runtime.access.actor import system_actor
from engine_runtime.documents import service
from engine_runtime.documents.errors import LimitExceeded
from engine_runtime.documents.previewing import preview
from engine_runtime.documents.read import get
from engine_runtime.documents.service import Reference
from engine_runtime.exchange.company import found_company
from tests.helpers import refused_for
from tests.scenarios.shop import BRANCH, DATA, DAY, Shop, line

D = Decimal
DOLLARS = {"currency": "USD", "exchange_rate": D("83.5")}


def test_money_of_another_currency_needs_its_rate(shop: Shop) -> None:
    shop.buy("B1", line("A", 3, 100))
    dollars = {"currency": "USD"}
    assert "exchange_rate" in refused_for(shop.sell, line("A", 1), **dollars)
    assert "exchange_rate" in refused_for(shop.buy, "B2", line("A", 1, 5), **dollars)
    draft = {"customer": "C1", "branch": BRANCH, "items": [line("A", 1)], **dollars}
    shown = preview(shop.actor, "Sales Invoice", [draft])[0]
    assert "exchange_rate" in {problem.path for problem in shown.problems}
    pay = {"customer": "C1", "mode": "BANK", "amount": D("32.10"), **dollars}
    assert "exchange_rate" in refused_for(shop.submit, "Payment", **pay)
    assert "exchange_rate" in refused_for(shop.submit, "Payment", **pay, exchange_rate=0)
    paid = shop.submit("Payment", **pay, exchange_rate=D("83.5"))
    assert paid["exchange_rate"] == D("83.5")
    home = shop.submit("Payment", customer="C1", mode="BANK", amount=1)
    assert home["exchange_rate"] == 1


def test_a_rate_of_tax_is_between_nothing_and_all(shop: Shop) -> None:
    shop.buy("B1", line("A", 3, 100))
    for typed in ({"gst_percent": -5}, {"gst_percent": 500}, {"cess_percent": -10}):
        (name,) = typed
        assert f"items[0].{name}" in refused_for(shop.sell, line("A", 1, **typed))
    assert "items[0].cess_per_unit" in refused_for(shop.sell, line("A", 1, cess_per_unit=-1))


def test_only_exports_and_zones_are_zero_rated(shop: Shop) -> None:
    shop.buy("B1", line("A", 3, 100))
    assert "zero_rated" in refused_for(shop.sell, line("A", 1), zero_rated="lut")
    abroad = {"name": "Abroad", "group": "ALL", "category": "overseas", "gst_state": "96"}
    shop.make("Customer", code="X1", **abroad)
    sale = shop.sell(line("A", 1), customer="X1")
    assert (sale["zero_rated"], sale["tax_total"]) == ("lut", 0)


def test_nothing_is_due_before_it_is_billed(shop: Shop) -> None:
    early = {"due_date": date(2026, 5, 3)}
    assert "due_date" in refused_for(shop.buy, "B1", line("A", 1, 1), **early)
    shop.buy("B1", line("A", 1, 1))
    assert "2026-05-04" in refused_for(shop.sell, line("A", 1), **early)["due_date"]


def test_only_our_own_invoices_in_our_own_currency_are_rounded(shop: Shop) -> None:
    bill = shop.buy("B1", line("A", 3, D("100.33")))
    assert (bill["rounding"], bill["grand_total"]) == (0, D("355.17"))
    sale = shop.sell(line("A", 1, D("100.33")))
    assert (sale["rounding"], sale["grand_total"]) == (D("-0.39"), D(118))
    exact = shop.sell(line("A", 1, D("100.33")), round_off=False)
    assert (exact["rounding"], exact["grand_total"]) == (0, D("118.39"))
    dollars = shop.sell(line("A", 1, D("27.20")), **DOLLARS)
    assert (dollars["rounding"], dollars["grand_total"]) == (0, D("32.10"))


def test_the_default_accounts_of_a_company_are_its_own(shop: Shop) -> None:
    other = found_company(DATA, {"code": "TWO", "name": "Second", "currency": "INR"})
    mine = get(shop.actor, "Company", [shop.actor.company_id]).rows[0]
    for name in ("receivable_account", "income_account", "output_cgst_account"):
        fields = {"id": mine["id"], "version": mine["version"], name: other[name]}
        assert name in refused_for(service.save, shop.actor, "Company", [fields])
        own = {"id": other["id"], "version": other["version"], name: mine[name]}
        assert name in refused_for(service.save, system_actor(other["id"]), "Company", [own])


def test_a_bill_is_entered_once(shop: Shop) -> None:
    """In capitals or not; again in another year, from another supplier, or after a cancellation."""
    first = shop.buy("b1", line("A", 1, 100), moves_stock=False)
    with pytest.raises(LimitExceeded, match="Bill B1 of Seller is entered already for 2026-27"):
        shop.buy("B1", line("A", 2, 100))
    shop.buy("B1", line("A", 1, 100), bill_date=date(2026, 3, 31), due_date=DAY)
    unregistered = {"name": "Other", "category": "unregistered", "gst_state": "27"}
    shop.make("Supplier", code="S2", group="ALL", **unregistered)
    shop.buy("B1", line("A", 1, 100), supplier="S2")
    service.cancel(shop.actor, "Purchase Invoice", [Reference(first["id"])])
    shop.buy("B1", line("A", 1, 100))
    with pytest.raises(LimitExceeded):
        shop.buy("B1", line("A", 1, 100))


def test_a_rule_without_an_answer_says_what_it_was_asked(shop: Shop) -> None:
    shop.make("HSN", code="990001", description="New", kind="services")
    common = {"group": "ALL", "hsn": "990001", "stock_unit": "NOS", "is_stocked": False}
    shop.make("Item", code="N", name="Novelty", **common)
    told = refused_for(shop.sell, line("N", 1, 10))
    assert "no answer for Item Novelty, on 04-05-2026" in told["items[0].gst_percent"]
    told = refused_for(shop.sell, line("N", 1, 10, hsn="990001"))
    assert "for HSN or SAC 990001, Item Novelty, on" in told["items[0].gst_percent"]
    told = refused_for(shop.sell, line("A", 1, 10, unit="KGS"))
    assert "Item Chair, Unit KGS, stock unit NOS" in told["items[0].unit_holds"]
