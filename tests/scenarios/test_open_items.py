"""What is open is settled in the account where it was opened, whatever the masters say today."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine_runtime.documents import service
from engine_runtime.documents.errors import DocumentInvalid
from engine_runtime.documents.read import get
from engine_runtime.documents.service import Reference
from engine_runtime.ledgers.verify import verify
from tests.scenarios.shop import BRANCH, Shop, line

D = Decimal


def _change(shop: Shop, doctype: str, record: dict[str, Any], **fields: Any) -> None:
    service.save(shop.actor, doctype, [{"id": record["id"], "version": 1, **fields}])


def test_an_invoice_is_settled_in_its_own_account(shop: Shop) -> None:
    shop.make("Account", code="1135", name="Other", root_type="asset", kind="receivable")
    shop.buy("B1", line("A", 3, 100))
    sale = shop.sell(line("A", 1))
    _change(shop, "Customer", {"id": sale["customer"]}, receivable_account="1135")
    paid = shop.submit("Payment", customer="C1", mode="BANK", amount=236)
    before = shop.accounts()
    assert (before["1130"], before["1135"]) == (D(236), D(-236))

    done = shop.submit("Allocation", payment=paid["id"], sales_invoice=sale["id"], amount=236)
    settled = shop.accounts()
    assert not {"1130", "1135"} & set(settled)
    service.cancel(shop.actor, "Allocation", [Reference(done["id"])])
    assert shop.accounts() == before
    assert verify(None) == []


def test_a_bill_is_settled_in_its_own_account(shop: Shop) -> None:
    shop.make("Account", code="2115", name="Other", root_type="liability", kind="payable")
    bill = shop.buy("B1", line("A", 1, 100))
    _change(shop, "Supplier", {"id": bill["supplier"]}, payable_account="2115")
    paid = shop.submit("Payment", supplier="S1", mode="BANK", direction="pay", amount=118)
    assert shop.accounts()["2115"] == D(118)
    shop.submit("Allocation", payment=paid["id"], purchase_invoice=bill["id"], amount=118)
    assert not {"2110", "2115"} & set(shop.accounts())
    assert verify(None) == []


def test_a_draft_does_without_the_account_and_an_invoice_does_not(shop: Shop) -> None:
    shop.buy("B1", line("A", 3, 100))
    company = get(shop.actor, "Company", [shop.actor.company_id]).rows[0]
    without = {"version": company["version"], "receivable_account": None}
    service.save(shop.actor, "Company", [{"id": company["id"], **without}])
    fields = {"customer": "C1", "branch": BRANCH, "items": [line("A", 1)]}
    draft = service.create(shop.actor, "Sales Invoice", [fields])[0]
    assert draft["receivable_account"] is None
    with pytest.raises(DocumentInvalid, match=r"[Rr]eceivable"):
        service.submit(shop.actor, "Sales Invoice", [Reference(draft["id"])])
