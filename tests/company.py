"""A small trading company for tests: one branch, two warehouses, a customer, a supplier, a bank.

A test makes the items it moves, so tests that share a database do not meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from django.conf import settings

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.active.catalog import active
from engine_runtime.documents import service
from engine_runtime.documents.service import Reference
from engine_runtime.exchange.company import found_company, load_reference
from engine_runtime.tables.asking import select
from engine_runtime.tables.gateway import gateway
from engine_runtime.tables.query import Condition

DATA = Path(settings.METADATA_DIR)
DAY = date(2026, 5, 4)
Row = dict[str, Any]


@dataclass
class Company:
    """What a test does with a company. Records are named by their codes."""

    actor: Actor
    _codes: Any = field(default_factory=lambda: count(1))

    def make(self, doctype: str, **fields: Any) -> Row:
        """Store one record."""
        return service.create(self.actor, doctype, [fields])[0]

    def item(self, method: str = "average", **more: Any) -> str:
        """A new stocked item; its code."""
        code = f"I{next(self._codes)}"
        common = {"group": "ALL", "hsn": "9403", "stock_unit": "NOS", "standard_price": 100}
        fields = {"code": code, "name": f"Thing {code}", "valuation_method": method}
        self.make("Item", **common, **fields, **more)
        return code

    def submit(self, doctype: str, **fields: Any) -> Row:
        """Store and submit one document."""
        document = {"posting_date": DAY, **fields}
        return service.create(self.actor, doctype, [document], submit=True)[0]

    def buy(self, *lines: Row, **more: Any) -> Row:
        """A bill of goods that come in."""
        number = f"B{next(self._codes)}"
        fields: Row = {"supplier": "S1", "branch": "PUN", "bill_number": number, "bill_date": DAY}
        return self.submit("Purchase Invoice", **fields | {"items": list(lines)} | more)

    def sell(self, *lines: Row, **more: Any) -> Row:
        """An invoice of goods that go out."""
        fields: Row = {"customer": "C1", "branch": "PUN"}
        return self.submit("Sales Invoice", **fields | {"items": list(lines)} | more)

    def move(self, purpose: str, *lines: Row, warehouse: str = "W", **more: Any) -> Row:
        """A stock entry."""
        fields = {"purpose": purpose, "warehouse": warehouse, "items": list(lines)}
        return self.submit("Stock Entry", **fields | more)

    def pay(self, amount: Any, **more: Any) -> Row:
        """Money from the customer, unless told otherwise."""
        party = {} if "supplier" in more else {"customer": "C1"}
        return self.submit("Payment", **party | {"mode": "BANK", "amount": amount} | more)

    def cancel(self, doctype: str, *documents: Row, reason: str = "") -> list[Row]:
        """Cancel ``documents``."""
        references = [Reference(document["id"]) for document in documents]
        return service.cancel(self.actor, doctype, references, reason=reason)

    def entries(self, ledger: str, document: Row | None = None) -> list[Row]:
        """The stored entries of a ledger, oldest first; of one document where told."""
        where = [] if document is None else [Condition("origin_id", "=", document["id"])]
        table = active().catalog.ledgers[ledger].table
        return rows_of(table, where, ["moment", "recorded_at", "id"])

    def stock(self, item: str, warehouse: str = "W") -> tuple[Decimal, Decimal]:
        """(quantity, value) of an item in a warehouse, summed from the entries."""
        where = [
            Condition("item_id", "=", self.id_of("Item", item)),
            Condition("warehouse_id", "=", self.id_of("Warehouse", warehouse)),
        ]
        rows = rows_of(active().catalog.ledgers["Stock"].table, where)
        zero = Decimal(0)
        quantity = sum((row["quantity"] for row in rows), zero)
        return quantity, sum((row["value"] for row in rows), zero)

    def id_of(self, doctype: str, code: str) -> int:
        """The id of the record with that code."""
        [row] = rows_of(
            active().catalog.doctypes[doctype].head.name, [Condition("code", "=", code)]
        )
        return int(row["id"])


def line(item: str, quantity: Any, rate: Any = None, **more: Any) -> Row:
    """A line of a bill or invoice."""
    found = {"item": item, "quantity": quantity, "warehouse": "W", **more}
    return found if rate is None else {**found, "rate": rate}


def moved(item: str, quantity: Any, rate: Any = None) -> Row:
    """A line of a stock entry."""
    found = {"item": item, "quantity": quantity}
    return found if rate is None else {**found, "rate": rate}


def rows_of(
    table: str, where: Sequence[Condition] = (), order: Sequence[str] = ("id",)
) -> list[Row]:
    """The rows of a generated table as they are stored, by column."""
    spec = active().tables[table]
    names = tuple(column.name for column in spec.columns)
    query = select(gateway(), spec, names, where=list(where), order=list(order))
    return [dict(zip(names, row, strict=True)) for row in gateway().fetch_many([query])[0]]


def found() -> Company:
    """Make the company in the database in use."""
    load_reference(system_actor(), DATA)
    stored = found_company(DATA, {"code": "SHOP", "name": "Small shop", "currency": "INR"})
    company = Company(system_actor(stored["id"]))
    company.make("Branch", code="PUN", name="Pune", gst_state="27")
    company.make("Warehouse", code="W", name="Shop", branch="PUN")
    company.make("Warehouse", code="X", name="Godown", branch="PUN")
    for group in ("Customer Group", "Supplier Group", "Item Group"):
        company.make(group, code="ALL", name="All")
    buyer = {"name": "Buyer", "category": "unregistered", "gst_state": "27"}
    company.make("Customer", code="C1", group="ALL", **buyer)
    seller = {"name": "Seller", "gst_state": "29", "gstin": "29ZZQFB5678K1ZG"}
    company.make("Supplier", code="S1", group="ALL", **seller)
    company.make("Payment Mode", code="BANK", name="Bank", account="1121")
    return company
