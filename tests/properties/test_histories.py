"""Random histories of a trading company: whatever people do, in whatever order, on whatever day, the books are right.

After every few operations the proof of the books finds nothing, and stock, receivables, the stock account and the cost
of every sale are what a naive replay of all that stands says, gone through from the beginning in the order of days.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine_runtime.documents.errors import DocumentError, InUse, LimitExceeded
from engine_runtime.documents.read import get
from engine_runtime.ledgers.verify import verify
from engine_runtime.tables.query import Condition
from tests.company import DAY, Company, Row, line, moved, rows_of
from tests.properties.replay import Bin

ITEMS = ("average", "fifo", "average", "fifo")
WAREHOUSES = ("W", "X")
CHECK_EVERY = 6
Key = tuple[int, str]

quantities = st.integers(1, 20_000).map(lambda n: Decimal(n).scaleb(-3)) | st.integers(1, 12).map(
    Decimal
)
rates = st.sampled_from(
    ["0", "0.001", "0.01", "0.333333", "1", "33.335", "99.99", "123456.789"]
).map(Decimal)
picks = st.integers(0, 10_000)
lines = st.lists(st.tuples(picks, quantities, rates), min_size=1, max_size=4)
steps = st.one_of(
    st.tuples(st.just("buy"), lines, picks),
    st.tuples(st.just("buy"), lines, picks),
    st.tuples(st.just("sell"), lines, picks),
    st.tuples(st.just("sell"), lines, picks),
    st.tuples(st.just("transfer"), lines, picks),
    st.tuples(st.just("adjust"), lines, picks),
    st.tuples(st.just("pay"), picks, quantities),
    st.tuples(st.just("allocate"), picks, picks),
    st.tuples(st.just("cancel"), picks, picks),
    st.tuples(st.just("cancel"), picks, picks),
    st.tuples(st.just("day"), picks, picks),
)  # fmt: skip


def fraction(value: Any) -> Fraction:
    return Fraction(Decimal(value))


@dataclass
class Movement:
    """What one line of a document did to a bin."""

    key: Key
    quantity: Fraction
    cost: Fraction = Fraction(0)


@dataclass
class Done:
    """A submitted document as the replay knows it."""

    doctype: str
    row: Row
    day: date
    movements: list[Movement] = field(default_factory=list)
    open: Fraction = Fraction(0)
    refers: tuple[Done, ...] = ()
    amount: Fraction = Fraction(0)
    live: bool = True


class History:
    """One history: does each step in the company and in the replay, which must agree on what is allowed."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.items = [company.item(method) for method in ITEMS]
        self.ids = [company.id_of("Item", code) for code in self.items]
        buyer = {"group": "ALL", "name": "Buyer", "category": "unregistered", "gst_state": "27"}
        self.customer = company.make("Customer", **buyer)["code"]
        self.bins: dict[Key, Bin] = {}
        self.done: list[Done] = []
        self.day: date = DAY
        self.replay()
        self.refused = 0

    # --- steps ---

    def do(self, step: tuple[Any, ...]) -> None:
        getattr(self, f"do_{step[0]}")(*step[1:])

    def do_day(self, first: int, second: int) -> None:
        """The next day that something is entered on: mostly later, now and then an earlier one."""
        days = first % 3 if second % 3 else -(first % 5)
        self.day = max(self.day + timedelta(days=days), DAY)

    def do_buy(self, wanted: list[Any], where: int) -> None:
        found = [(pick % len(ITEMS), quantity, rate) for pick, quantity, rate in wanted]
        warehouse = WAREHOUSES[where % 2]
        rows = [line(self.items[i], q, r, warehouse=warehouse) for i, q, r in found]
        row = self.company.buy(*rows, posting_date=self.day)
        movements = [
            Movement((i, warehouse), fraction(q), cost=fraction(stored["cost"]))
            for (i, q, _), stored in zip(found, row["items"], strict=True)
        ]
        self._keep("Purchase Invoice", row, movements)

    def do_sell(self, wanted: list[Any], where: int) -> None:
        found = self._parts(wanted, WAREHOUSES[where % 2], where)
        if not found:
            return
        rows = [line(self.items[i], q, r, warehouse=WAREHOUSES[where % 2]) for i, q, r in found]
        movements = [Movement((i, WAREHOUSES[where % 2]), -fraction(q)) for i, q, _ in found]
        more = {"customer": self.customer, "posting_date": self.day}
        row = self._try(movements, lambda: self.company.sell(*rows, **more))
        if row is not None:
            done = self._keep("Sales Invoice", row, movements)
            done.open = done.amount = fraction(row["grand_total"])

    def do_transfer(self, wanted: list[Any], where: int) -> None:
        source, target = WAREHOUSES[where % 2], WAREHOUSES[1 - where % 2]
        found = self._parts(wanted, source, where)
        if not found:
            return
        movements = [Movement((i, source), -fraction(q)) for i, q, _ in found]
        movements += [Movement((i, target), fraction(q)) for i, q, _ in found]
        rows = [moved(self.items[i], q) for i, q, _ in found]
        more = {"warehouse": source, "to_warehouse": target, "posting_date": self.day}
        row = self._try(movements, lambda: self.company.move("transfer", *rows, **more))
        if row is not None:
            self._keep("Stock Entry", row, movements)

    def do_adjust(self, wanted: list[Any], where: int) -> None:
        """The first line takes out, the others put in."""
        warehouse = WAREHOUSES[where % 2]
        out = self._parts(wanted[:1], warehouse, where)
        rows = [moved(self.items[i], -q) for i, q, _ in out]
        movements = [Movement((i, warehouse), -fraction(q)) for i, q, _ in out]
        start = len(rows)
        added = [(pick % len(ITEMS), quantity, rate) for pick, quantity, rate in wanted[1:]]
        rows += [moved(self.items[i], q, r) for i, q, r in added]
        if not rows:
            return
        more = {"warehouse": warehouse, "posting_date": self.day}
        row = self._try(movements, lambda: self.company.move("adjustment", *rows, **more))
        if row is not None:
            stored = row["items"][start:]
            movements += [
                Movement((i, warehouse), fraction(q), cost=fraction(kept["value"]))
                for (i, q, _), kept in zip(added, stored, strict=True)
            ]
            self._keep("Stock Entry", row, movements)

    def do_pay(self, _: int, amount: Decimal) -> None:
        paid = max(amount.quantize(Decimal("0.01")), Decimal("0.01"))
        more = {"customer": self.customer, "posting_date": self.day}
        done = self._keep("Payment", self.company.pay(paid, **more), [])
        done.open = done.amount = fraction(paid)

    def do_allocate(self, first: int, second: int) -> None:
        payments = [d for d in self.done if d.doctype == "Payment" and d.live]
        invoices = [d for d in self.done if d.doctype == "Sales Invoice" and d.live and d.amount]
        if not payments or not invoices:
            return
        payment, invoice = payments[first % len(payments)], invoices[second % len(invoices)]
        most = min(payment.open, invoice.open)
        # Now and then a paisa too much.
        amount = most + Fraction(1, 100) if (first + second) % 5 == 0 else most
        if amount == 0:
            return
        settled = {"payment": payment.row["id"], "sales_invoice": invoice.row["id"]}
        day = max(self.day, payment.day, invoice.day)
        asked = {"posting_date": day, "amount": _decimal(amount), **settled}
        if amount > most:
            with pytest.raises(LimitExceeded):
                self.company.submit("Allocation", **asked)
            self.refused += 1
            return
        done = self._keep("Allocation", self.company.submit("Allocation", **asked), [])
        done.refers, done.amount = (payment, invoice), amount
        payment.open -= amount
        invoice.open -= amount

    def do_cancel(self, first: int, _: int) -> None:
        live = [done for done in self.done if done.live]
        if not live:
            return
        done = live[first % len(live)] if first % 2 else live[-1]
        error = self._in_the_way(done)
        if error is not None:
            with pytest.raises(error):
                self.company.cancel(done.doctype, done.row)
            self.refused += 1
            return
        done.live = False
        if not self.replay():
            done.live = True
            self.replay()
            with pytest.raises(DocumentError):
                self.company.cancel(done.doctype, done.row)
            self.refused += 1
            return
        self.company.cancel(done.doctype, done.row)
        for other in done.refers:
            other.open += done.amount

    # --- what they share ---

    def _parts(
        self, wanted: list[Any], warehouse: str, chance: int
    ) -> list[tuple[int, Decimal, Decimal]]:
        """Of what is there: some of it, all of it, or (rarely) more than that."""
        found = []
        for pick, quantity, rate in wanted:
            place = pick % len(ITEMS)
            there = _decimal(self.bins[(place, warehouse)].quantity())
            share = (quantity, there, there / 2, min(quantity, there))[(pick + chance) % 4]
            share = share.quantize(Decimal("0.001"))
            if share > 0:
                found.append((place, share, rate))
        return found

    def _try(self, movements: list[Movement], call: Any) -> Row | None:
        """The document, if the replay has enough of everything; else the company must refuse as well."""
        trial = Done("", {"purpose": ""}, self.day, movements)
        self.done.append(trial)
        possible = self.replay()
        self.done.remove(trial)
        if possible:
            return call()  # type: ignore[no-any-return]
        self.replay()
        with pytest.raises(DocumentError):
            call()
        self.refused += 1
        return None

    def _keep(self, doctype: str, row: Row, movements: list[Movement]) -> Done:
        done = Done(doctype, row, self.day, movements)
        self.done.append(done)
        assert self.replay()
        return done

    def replay(self) -> bool:
        """Go through all that stands from the beginning; whether there was always enough.

        Of a document, what leaves comes first, and what a transfer brings is worth what it took.
        """
        self.bins = {(i, w): Bin(method) for i, method in enumerate(ITEMS) for w in WAREHOUSES}
        in_order = sorted((one for one in self.done if one.live), key=lambda one: one.day)
        return all(self._again(done) for done in in_order)

    def _again(self, done: Done) -> bool:
        left = []
        for movement in done.movements:
            if movement.quantity < 0:
                bin_ = self.bins[movement.key]
                if bin_.quantity() < -movement.quantity:
                    return False
                pieces = bin_.issue(-movement.quantity)
                movement.cost = sum((piece[2] for piece in pieces), Fraction(0))
                left.append(movement.cost)
        transfer = done.doctype == "Stock Entry" and done.row["purpose"] == "transfer"
        for movement in done.movements:
            if movement.quantity > 0:
                if transfer:
                    movement.cost = left.pop(0)
                self.bins[movement.key].receive(movement.quantity, movement.cost)
        return True

    def _in_the_way(self, done: Done) -> type[DocumentError] | None:
        if any(done in other.refers for other in self.done if other.live):
            return InUse
        return None

    # --- proof ---

    def check(self) -> None:
        assert verify(None) == []
        for (place, warehouse), bin_ in self.bins.items():
            quantity, value = self.company.stock(self.items[place], warehouse)
            expected = (bin_.quantity(), bin_.value())
            assert (fraction(quantity), fraction(value)) == expected, (ITEMS[place], warehouse)
            assert quantity or not value
        self._check_account()
        self._check_sales()
        for done in self.done:
            if done.doctype in ("Sales Invoice", "Payment"):
                name = "outstanding" if done.doctype == "Sales Invoice" else "unallocated"
                stored = get(self.company.actor, done.doctype, [done.row["id"]]).rows[0]
                assert fraction(stored[name]) == (done.open if done.live else 0)

    def _check_account(self) -> None:
        """The stock account holds what the replay's bins hold."""
        origins = [done.row["id"] for done in self.done]
        where = [Condition("rule", "=", "stock.asset"), Condition("origin_id", "in", origins)]
        entries = rows_of("led_general", where) if origins else []
        account = sum((fraction(e["debit"] - e["credit"]) for e in entries), Fraction(0))
        assert account == sum((bin_.value() for bin_ in self.bins.values()), Fraction(0))

    def _check_sales(self) -> None:
        """The cost of every sale that stands is what the replay says left with it, in stock and in the journal."""
        for done in self.done:
            if done.doctype == "Sales Invoice" and done.live:
                cost = sum((movement.cost for movement in done.movements), Fraction(0))
                entries = self.company.entries("Stock", done.row)
                assert -sum(fraction(e["value"]) for e in entries) == cost
                where = [
                    Condition("rule", "=", "cost"),
                    Condition("origin_id", "=", done.row["id"]),
                ]
                journal = rows_of("led_general", where)
                assert sum(fraction(e["debit"] - e["credit"]) for e in journal) == cost


def _decimal(amount: Fraction) -> Decimal:
    return Decimal(amount.numerator) / Decimal(amount.denominator)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=st.lists(steps, min_size=25, max_size=60))
def test_the_books_are_right_whatever_people_do(company: Company, history: list[Any]) -> None:
    told = History(company)
    for number, step in enumerate(history):
        told.do(step)
        if number % CHECK_EVERY == 0:
            told.check()
    told.check()
