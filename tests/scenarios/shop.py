"""A small shop to try things in: one branch, one warehouse, an item at average cost and one at FIFO."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.documents import service
from engine_runtime.exchange.company import found_company, load_reference
from engine_runtime.reports.run import run

DATA = Path(settings.METADATA_DIR)
DAY = date(2026, 5, 4)
BRANCH = "PUN"


@dataclass(frozen=True)
class Shop:
    """The shop, and what people do in it. Documents are of ``DAY`` unless told otherwise."""

    actor: Actor

    def make(self, doctype: str, **fields: Any) -> dict[str, Any]:
        """Store one master record."""
        return service.create(self.actor, doctype, [fields])[0]

    def submit(self, doctype: str, **fields: Any) -> dict[str, Any]:
        """Store and submit one document."""
        document = {"posting_date": DAY, **fields}
        return service.create(self.actor, doctype, [document], submit=True)[0]

    def buy(self, number: str, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A bill of the supplier S1."""
        common = {"supplier": "S1", "branch": BRANCH, "bill_date": DAY}
        fields = {**common, "bill_number": number, "items": list(lines), **more}
        return self.submit("Purchase Invoice", **fields)

    def sell(self, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
        """An invoice to the customer C1."""
        fields = {"customer": "C1", "branch": BRANCH, "items": list(lines), **more}
        return self.submit("Sales Invoice", **fields)

    def accounts(self) -> dict[str, Decimal]:
        """Account code → debit − credit at the end of May 2026, without those at 0."""
        asked = {"from_date": "2026-04-01", "to_date": "2026-05-31"}
        answer = run(self.actor, "trial_balance", asked)
        titles = answer.titles["account"]
        net = {
            titles[row["account"]].split()[0]: row["closing_debit"] - row["closing_credit"]
            for row in answer.rows
        }
        assert sum(net.values()) == 0
        return {code: amount for code, amount in net.items() if amount}


def found_shop() -> Shop:
    """The shop in the database in hand."""
    load_reference(system_actor(), DATA)
    company = found_company(DATA, {"code": "SHOP", "name": "Small shop", "currency": "INR"})
    shop = Shop(system_actor(company["id"]))
    shop.make("Branch", code=BRANCH, name="Pune", gst_state="27")
    shop.make("Warehouse", code="W", name="Shop", branch=BRANCH)
    for group in ("Customer Group", "Supplier Group", "Item Group"):
        shop.make(group, code="ALL", name="All")
    buyer = {"name": "Buyer", "category": "unregistered", "gst_state": "27"}
    shop.make("Customer", code="C1", group="ALL", **buyer)
    seller = {"name": "Seller", "gst_state": "29", "gstin": "29ZZQFB5678K1ZG"}
    shop.make("Supplier", code="S1", group="ALL", **seller)
    common = {"group": "ALL", "hsn": "9403", "stock_unit": "NOS"}
    shop.make("Item", code="A", name="Chair", standard_price=200, **common)
    shop.make("Item", code="F", name="Table", valuation_method="fifo", standard_price=500, **common)
    shop.make("Payment Mode", code="BANK", name="Bank", account="1121")
    return shop


def line(item: str, quantity: Any, rate: Any = None, **more: Any) -> dict[str, Any]:
    """A line of an invoice or bill, from or into the shop; without a rate at the price of the item."""
    found = {"item": item, "quantity": quantity, "warehouse": "W", **more}
    return found if rate is None else {**found, "rate": rate}
