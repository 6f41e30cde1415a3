"""What the tests of limits share: customers, and orders as somebody sends them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

from engine_runtime.access.actor import Actor
from engine_runtime.documents import service
from engine_runtime.documents.read import get
from engine_runtime.documents.service import Reference

Row = dict[str, Any]
_codes = count(1)


@dataclass(frozen=True)
class Trade:
    """``actor`` acts in the one company."""

    actor: Actor

    def customers(self, limit: int | None, number: int = 2) -> list[str]:
        """Codes of new customers of one new group with a credit limit."""
        codes = [f"C{next(_codes)}" for _ in range(number)]
        group = f"G{next(_codes)}"
        ids = [
            row["id"]
            for row in service.create(self.actor, "Customer", [{"code": c} for c in codes])
        ]
        body = {"code": group, "credit_limit": limit, "members": [{"customer": n} for n in ids]}
        (stored,) = service.create(self.actor, "Credit Group", [body])
        changes = [{"id": n, "version": 1, "credit_group": stored["id"]} for n in ids]
        service.save(self.actor, "Customer", changes)
        return codes

    def order(
        self, customer: str, quantity: float = 1, rate: float = 100, item: str = "Soap"
    ) -> Row:
        """An order as somebody sends it."""
        line = {"item": item, "quantity": quantity, "rate": rate}
        return {"day": "2026-05-04", "customer": customer, "lines": [line]}

    def draft(self, *documents: Row) -> list[Row]:
        return service.create(self.actor, "Order", list(documents))

    def submit(self, *rows: Row) -> list[Row]:
        return service.submit(self.actor, "Order", [Reference(row["id"]) for row in rows])

    def read(self, row: Row) -> Row:
        """The order as it is stored."""
        return get(self.actor, "Order", [row["id"]]).rows[0]
