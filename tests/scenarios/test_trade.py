"""Buy, sell, get paid, cancel, look at the trial balance: the path of a small company, to the paisa."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine_runtime.documents import service
from engine_runtime.documents.effects import effects
from engine_runtime.documents.errors import DocumentError, DocumentInvalid, InUse, LimitExceeded
from engine_runtime.documents.read import get
from engine_runtime.documents.service import Reference
from engine_runtime.ledgers.verify import verify
from engine_runtime.reports.run import run
from tests.scenarios.shop import BRANCH, Shop, line

D = Decimal


def test_buy_sell_get_paid_cancel(shop: Shop) -> None:
    shop.buy("B1", line("A", 10, 100))
    assert shop.accounts() == {"1141": D(1000), "1153": D(180), "2110": D(-1180)}
    shop.buy("B2", line("A", 5, 130))
    sale = shop.sell(line("A", 6))
    assert sale["number"] == "PUN2627/00001"
    assert sale["grand_total"] == D("1416.00")
    # moving average: 1650 for 15, so 6 cost 660
    after = shop.accounts()
    assert after["1141"] == D(990)
    assert after["5100"] == D(660)
    assert after["4100"] == D(-1200)
    assert (after["2121"], after["2122"]) == (D(-108), D(-108))
    assert after["1130"] == D(1416)

    paid = shop.submit("Payment", customer="C1", mode="BANK", amount=1500)
    shop.submit("Allocation", payment=paid["id"], sales_invoice=sale["id"], amount=1416)
    open_items = run(shop.actor, "receivables_outstanding", {"to_date": "2026-05-31"})
    assert [row["outstanding"] for row in open_items.rows] == [D(-84)]

    second = shop.sell(line("A", 2, 250))
    before = shop.accounts()
    third = shop.sell(line("A", 1))
    cancelled = service.cancel(
        shop.actor, "Sales Invoice", [Reference(third["id"])], reason="Wrong"
    )
    assert cancelled[0]["state"] == "cancelled"
    assert shop.accounts() == before
    assert second["number"] == "PUN2627/00002"
    assert verify(None) == []


def test_fifo_takes_the_oldest_first(shop: Shop) -> None:
    shop.buy("B1", line("F", 4, 300))
    shop.buy("B2", line("F", 4, 360))
    shop.sell(line("F", 5))
    accounts = shop.accounts()
    assert accounts["5100"] == D(4 * 300 + 360)
    assert accounts["1141"] == D(3 * 360)
    assert verify(None) == []


def test_nothing_is_sold_that_is_not_there(shop: Shop) -> None:
    shop.buy("B1", line("A", 3, 100))
    with pytest.raises(LimitExceeded) as refused:
        shop.sell(line("A", 4))
    assert refused.value.problems[0].path == "items[0]"
    assert "Chair" in refused.value.problems[0].message
    assert "1141" in shop.accounts()
    shop.sell(line("A", 3))
    assert "1141" not in shop.accounts()
    assert verify(None) == []


def test_an_invoice_is_not_paid_twice(shop: Shop) -> None:
    shop.buy("B1", line("A", 3, 100))
    sale = shop.sell(line("A", 1))
    paid = shop.submit("Payment", customer="C1", mode="BANK", amount=1000)

    def allocate(amount: int) -> dict[str, Any]:
        return shop.submit(
            "Allocation", payment=paid["id"], sales_invoice=sale["id"], amount=amount
        )

    with pytest.raises(LimitExceeded):
        allocate(300)
    done = allocate(236)
    with pytest.raises(LimitExceeded):
        allocate(1)
    for doctype, settled in (("Sales Invoice", sale), ("Payment", paid)):
        with pytest.raises(DocumentError):
            service.cancel(shop.actor, doctype, [Reference(settled["id"])])
    service.cancel(shop.actor, "Allocation", [Reference(done["id"])])
    assert get(shop.actor, "Payment", [paid["id"]]).rows[0]["unallocated"] == D(1000)
    allocate(200)
    assert get(shop.actor, "Sales Invoice", [sale["id"]]).rows[0]["outstanding"] == D(36)
    assert verify(None) == []


def test_a_payment_pays_its_own_party_only(shop: Shop) -> None:
    shop.buy("B1", line("A", 3, 100))
    sale = shop.sell(line("A", 1))
    other = {"name": "Other", "group": "ALL", "category": "unregistered", "gst_state": "27"}
    service.create(shop.actor, "Customer", [{"code": "C2", **other}])
    paid = shop.submit("Payment", customer="C2", mode="BANK", amount=100)
    with pytest.raises(DocumentInvalid) as refused:
        shop.submit("Allocation", payment=paid["id"], sales_invoice=sale["id"], amount=100)
    assert refused.value.problems[0].path == "sales_invoice"


def test_reverse_charge_is_owed_to_the_government_not_to_the_supplier(shop: Shop) -> None:
    bill = shop.buy("B1", line("A", 10, 100), reverse_charge=True)
    assert bill["grand_total"] == D(1000)
    accounts = shop.accounts()
    assert accounts == {"1141": D(1000), "1153": D(180), "2128": D(-180), "2110": D(-1000)}


def test_tax_without_credit_is_a_cost(shop: Shop) -> None:
    common = {"group": "ALL", "hsn": "9403", "stock_unit": "NOS", "no_input_credit": True}
    service.create(shop.actor, "Item", [{"code": "N", "name": "Sofa", **common}])
    shop.buy("B1", line("N", 10, 100))
    assert shop.accounts() == {"1141": D(1180), "2110": D(-1180)}


def test_a_transfer_moves_goods_at_their_cost(shop: Shop) -> None:
    service.create(shop.actor, "Warehouse", [{"code": "X", "name": "Godown", "branch": "PUN"}])
    shop.buy("B1", line("F", 2, 300), line("F", 2, 360))
    items = [{"item": "F", "quantity": 3}]
    shop.submit("Stock Entry", purpose="transfer", warehouse="W", to_warehouse="X", items=items)
    rows = run(
        shop.actor, "stock_balance", {"from_date": "2026-05-01", "to_date": "2026-05-31"}
    ).rows
    held = sorted((row["quantity"], row["value"]) for row in rows)
    assert held == [(D(1), D(360)), (D(3), D(960))]
    assert verify(None) == []


def test_a_dozen_is_twelve(shop: Shop) -> None:
    shop.buy("B1", line("A", 2, 1200, unit="DOZ"))
    sale = shop.sell(line("A", 1, unit="DOZ"))
    assert sale["items"][0]["rate"] == D(2400)
    rows = run(
        shop.actor, "stock_balance", {"from_date": "2026-05-01", "to_date": "2026-05-31"}
    ).rows
    assert [(row["quantity"], row["value"]) for row in rows] == [(D(12), D(1200))]


def test_the_document_tells_what_it_did(shop: Shop) -> None:
    bill = shop.buy("B1", line("A", 10, 100))
    written = effects(shop.actor, "Purchase Invoice", bill["id"]).ledgers
    assert set(written) == {"General", "Stock", "Payables", "Supplier Bills"}
    stored = get(shop.actor, "Purchase Invoice", [bill["id"]]).rows[0]
    assert stored["state"] == "submitted"
    assert stored["outstanding"] == D(1180)


def test_a_credit_note_keeps_the_tax_of_its_supply(shop: Shop) -> None:
    """Cement bore 28 % until 21 September 2025 and bears 18 % since."""
    common = {"group": "ALL", "hsn": "2523", "stock_unit": "BAG", "is_stocked": False}
    service.create(shop.actor, "Item", [{"code": "CEM", "name": "Cement", **common}])
    row = {"item": "CEM", "quantity": 10, "rate": 100}
    sale = shop.sell(row, posting_date=date(2025, 9, 20))
    assert (sale["number"], sale["grand_total"]) == ("PUN2526/00001", D(1280))
    told = {"customer": "C1", "branch": BRANCH, "original": sale["id"], "reason": "Wet bags"}
    with pytest.raises(
        DocumentInvalid, match=r"PUN2526/00001: amount 1,280 is there, 1,408 is wanted"
    ):
        shop.submit("Credit Note", items=[{**row, "quantity": 11}], **told)
    note = shop.submit("Credit Note", items=[{**row, "quantity": 2}], **told)
    assert (note["number"], note["grand_total"]) == ("PUNN2627/00001", D(256))
    settles = {"credit_note": note["id"], "sales_invoice": sale["id"]}
    with pytest.raises(LimitExceeded):
        shop.submit("Allocation", amount=257, **settles)
    shop.submit("Allocation", amount=256, **settles)
    assert get(shop.actor, "Sales Invoice", [sale["id"]]).rows[0]["outstanding"] == D(1024)
    assert get(shop.actor, "Credit Note", [note["id"]]).rows[0]["unused"] == 0
    assert verify(None) == []


def test_credit_notes_never_exceed_their_invoice(shop: Shop) -> None:
    shop.buy("B1", line("A", 3, 100))
    sale = shop.sell(line("A", 2))
    told = {"customer": "C1", "branch": BRANCH, "original": sale["id"], "reason": "Too dear"}
    row = {"item": "A", "quantity": 1, "rate": 200, "warehouse": "W"}
    shop.submit("Credit Note", items=[row], **told)
    shop.submit("Credit Note", items=[row], **told)
    with pytest.raises(LimitExceeded, match=r"amount 0 is there, 236 is wanted"):
        shop.submit("Credit Note", items=[row], **told)
    with pytest.raises(InUse, match="Credit Note PUNN2627/00001"):
        service.cancel(shop.actor, "Sales Invoice", [Reference(sale["id"])])
    assert verify(None) == []


def test_an_open_item_is_only_settled_towards_zero(shop: Shop) -> None:
    shop.buy("B1", line("A", 3, 100))
    sale = shop.sell(line("A", 1))
    refund = shop.submit("Payment", customer="C1", mode="BANK", direction="pay", amount=236)
    with pytest.raises(LimitExceeded, match="this would add to the 236"):
        shop.submit("Allocation", payment=refund["id"], sales_invoice=sale["id"], amount=236)
    paid = shop.submit("Payment", customer="C1", mode="BANK", amount=500)
    shop.submit("Allocation", payment=paid["id"], sales_invoice=sale["id"], amount=236)
    with pytest.raises(LimitExceeded, match=r"PUN2627/00001.*nothing is open any more"):
        shop.submit("Allocation", payment=paid["id"], sales_invoice=sale["id"], amount=1)
    assert verify(None) == []


def test_nothing_is_settled_before_it_is_there(shop: Shop) -> None:
    shop.buy("B1", line("A", 3, 100))
    paid = shop.submit("Payment", customer="C1", mode="BANK", amount=500)
    sale = shop.sell(line("A", 1), posting_date=date(2026, 5, 20))
    early = {"payment": paid["id"], "sales_invoice": sale["id"], "amount": 236}
    with pytest.raises(DocumentInvalid, match="What is settled is of"):
        shop.submit("Allocation", posting_date=date(2026, 5, 19), **early)


def test_a_payment_in_another_currency_does_not_pay_an_invoice_in_rupees(shop: Shop) -> None:
    shop.buy("B1", line("A", 3, 100))
    sale = shop.sell(line("A", 1))
    dollars = {"currency": "USD", "exchange_rate": D("88.5"), "amount": 3}
    paid = shop.submit("Payment", customer="C1", mode="BANK", **dollars)
    assert shop.accounts()["1121"] == D("265.50")
    with pytest.raises(DocumentInvalid, match="different currencies"):
        shop.submit("Allocation", payment=paid["id"], sales_invoice=sale["id"], amount=3)
    assert verify(None) == []
