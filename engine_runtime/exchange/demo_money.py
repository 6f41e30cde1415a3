"""Who owes what in the demo, and when it is paid."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine_runtime.exchange.records import Record

if TYPE_CHECKING:
    from engine_runtime.exchange.demo_trade import Story

MOST_PER_PAYMENT = 3


@dataclass(slots=True)
class Due:
    """An unpaid invoice or bill."""

    doctype: str
    id: int
    party: str
    due: date
    amount: Decimal
    currency: int
    rate: Decimal


@dataclass(slots=True)
class Money:
    """Unpaid documents, in the order in which they were written."""

    open: list[Due] = field(default_factory=list)

    def owe(self, doctype: str, record: Record, party: str) -> None:
        """Remember that ``record`` waits for its money."""
        total: Decimal = record["grand_total"]
        if total > 0:
            due = Due(
                doctype, record["id"], party, record["due_date"], total,
                record["currency"], record["exchange_rate"],
            )  # fmt: skip
            self.open.append(due)

    def credit(self, story: Story, day: date, invoice: int, note: Record) -> None:
        """Take a credit note off the invoice it is for."""
        due = next(due for due in self.open if due.id == invoice)
        amount = note["grand_total"]
        allocation = {
            "posting_date": day, "credit_note": note["id"], "sales_invoice": invoice, "amount": amount,
        }  # fmt: skip
        story.submit("accountant", "Allocation", [allocation])
        due.amount -= amount

    def settle(self, story: Story, day: date) -> None:
        """Pay what is due on ``day``: most of it in full, some in part, some not yet."""
        parties = sorted({(due.doctype, due.party) for due in self.open if due.due <= day})
        for doctype, party in parties:
            if story.chance.random() < 0.62:
                waiting = [
                    d for d in self.open
                    if d.due <= day and (d.doctype, d.party) == (doctype, party)
                ]  # fmt: skip
                self._pay(story, day, waiting[:MOST_PER_PAYMENT])

    def _pay(self, story: Story, day: date, dues: list[Due]) -> None:
        parts = [self._part(story, due) for due in dues]
        sale = dues[0].doctype == "Sales Invoice"
        extra = Decimal(500) if sale and story.chance.random() < 0.06 else Decimal(0)
        payment = {
            "posting_date": day,
            "direction": "receive" if sale else "pay",
            "customer" if sale else "supplier": dues[0].party,
            "mode": _mode(story, sale, sum(parts)),
            "currency": dues[0].currency,
            "exchange_rate": dues[0].rate,
            "amount": sum(parts) + extra,
            "reference": f"TRF{story.chance.randrange(10**6):06}",
        }
        stored = story.submit("accountant", "Payment", [payment])[0]
        allocations = [
            _allocation(day, stored["id"], due, part) for due, part in zip(dues, parts, strict=True)
        ]
        story.submit("accountant", "Allocation", allocations)
        for due, part in zip(dues, parts, strict=True):
            due.amount -= part
            if not due.amount:
                self.open.remove(due)

    def _part(self, story: Story, due: Due) -> Decimal:
        """All of it, or the larger half in whole rupees."""
        if due.amount > 10_000 and story.chance.random() < 0.15:
            return (due.amount * Decimal("0.6")).quantize(Decimal(1))
        return due.amount


def _mode(story: Story, sale: bool, amount: Any) -> str:
    if amount < 5_000 and sale:
        return story.chance.choice(story.small_payments)
    return story.chance.choice(("BANK", "BANK", "CHEQUE"))


def _allocation(day: date, payment: int, due: Due, amount: Decimal) -> Record:
    invoice = "sales_invoice" if due.doctype == "Sales Invoice" else "purchase_invoice"
    return {"posting_date": day, "payment": payment, invoice: due.id, "amount": amount}
