"""What the GST Acts ask of documents: the same tax back, heads kept apart, one rate at a time."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine_runtime.documents import service
from engine_runtime.documents.errors import DocumentError
from engine_runtime.documents.read import get
from engine_runtime.ledgers.verify import verify
from tests.helpers import refused_for
from tests.scenarios.shop import BRANCH, Shop, line

D = Decimal


def _change(shop: Shop, doctype: str, number: int, **fields: Any) -> None:
    stored = get(shop.actor, doctype, [number]).rows[0]
    service.save(shop.actor, doctype, [{"id": number, "version": stored["version"], **fields}])


def test_a_credit_note_takes_back_the_taxes_that_were_charged(shop: Shop) -> None:
    shop.buy("B1", line("A", 3, 100))
    sale = shop.sell(line("A", 1))
    note = {"customer": "C1", "branch": BRANCH, "original": sale["id"], "reason": "Broken"}
    note["items"] = [{**line("A", 1, 200), "warehouse": "W"}]
    told = refused_for(shop.submit, "Credit Note", **note, place_of_supply="29")
    assert sale["number"] in told["place_of_supply"]
    assert "reverse_charge" in refused_for(shop.submit, "Credit Note", **note, reverse_charge=True)
    shop.make("Branch", code="BLR", name="Bengaluru", gst_state="29")
    assert "branch" in refused_for(shop.submit, "Credit Note", **{**note, "branch": "BLR"})
    shop.submit("Credit Note", **note)
    assert not {"2121", "2122", "2123"} & set(shop.accounts())


def test_composition_keeps_inside_its_state(shop: Shop) -> None:
    shop.buy("B1", line("A", 3, 100))
    shop.make("Branch", code="CMP", name="Stall", gst_state="27", scheme="composition")
    stall = {"branch": "CMP", "moves_stock": False}
    chair = {"item": "A", "quantity": 1}
    assert "place_of_supply" in refused_for(shop.sell, chair, **stall, place_of_supply="29")
    sale = shop.sell(chair, **stall)
    assert (sale["kind"], sale["tax_total"]) == ("bill_of_supply", 0)


def test_reverse_charge_is_kept_by_head(shop: Shop) -> None:
    """CGST, SGST and IGST are owed apart (GSTR-3B, 3.1 d)."""
    local = {"name": "Lorry", "category": "unregistered", "gst_state": "27"}
    shop.make("Supplier", code="S2", group="ALL", **local)
    shop.buy("B1", line("A", 1, 100), reverse_charge=True)
    shop.buy("B2", line("A", 1, 100), supplier="S2", reverse_charge=True)
    accounts = shop.accounts()
    assert [accounts.get(code) for code in ("2126", "2127", "2128")] == [D(-9), D(-9), D(-18)]
    assert verify(None) == []


def test_two_rates_never_begin_on_one_day(shop: Shop) -> None:
    rate = {"hsn": "9403", "percent": 28, "valid_from": "2026-06-01"}
    shop.make("GST Rate", **rate)
    with pytest.raises(DocumentError, match="first day"):
        shop.make("GST Rate", **{**rate, "percent": 5})
    shop.make("GST Rate", **rate, item="A")


def test_a_unit_holds_one_number_of_another(shop: Shop) -> None:
    with pytest.raises(DocumentError):
        shop.make("Unit Conversion", unit="DOZ", stock_unit="NOS", holds=10)
    assert "unit" in refused_for(
        shop.make, "Unit Conversion", unit="NOS", stock_unit="NOS", holds=2
    )


def test_a_movement_moves_something(shop: Shop) -> None:
    shop.make("Unit Conversion", unit="GMS", stock_unit="NOS", holds="0.0001")
    nothing = {"item": "A", "quantity": 1, "unit": "GMS", "rate": 1}
    entry = {"purpose": "adjustment", "warehouse": "W"}
    assert "items[0].quantity" in refused_for(shop.submit, "Stock Entry", **entry, items=[nothing])
    assert "items[0].quantity" in refused_for(shop.buy, "B1", {**nothing, "warehouse": "W"})


def test_a_disabled_account_is_offered_to_nobody(shop: Shop) -> None:
    company = get(shop.actor, "Company", [shop.actor.company_id]).rows[0]
    spare = shop.make("Account", code="4900", name="Spare", root_type="income")
    _change(shop, "Account", spare["id"], disabled=True)
    taken = {"income_account": spare["id"]}
    assert "income_account" in refused_for(_change, shop, "Company", company["id"], **taken)
