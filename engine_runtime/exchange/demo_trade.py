"""A quarter of trade: the documents of one day after another, as the demo's people would enter them.

Chance is seeded and knows nothing of the calendar: the same load day gives the same books, and
another load day the same story at other dates. Documents come in date order, because stock is
valued in the order of its movements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from engine_runtime.documents import service
from engine_runtime.documents.service import Reference
from engine_runtime.exchange.demo_masters import GODOWN, MAIN_BRANCH, SHOP, Masters
from engine_runtime.exchange.demo_money import Money
from engine_runtime.exchange.demo_stock import ZERO, Goods, Place, Shelves
from engine_runtime.exchange.records import Record, read_rows

DAYS = 91
SEED = 20261121
WEEK = 7
BRANCHES = ("MUM", "BLR")
EXPORT_RATE = Decimal("88.5")
MRP_OVER_PRICE = Decimal("1.45")
WAREHOUSES = tuple(branch + end for branch in BRANCHES for end in (GODOWN, SHOP))


@dataclass(slots=True)
class Story:
    """The state of the tale: who trades what, what lies where, what is unpaid."""

    masters: Masters
    first: date
    today: date
    chance: Random
    goods: dict[str, Goods]
    customers: list[dict[str, str]]
    suppliers: dict[str, list[str]]
    """Supplier → codes of the items it sells."""
    served_by: dict[str, str]
    """Customer → the branch that sells to it."""
    small_payments: tuple[str, ...]
    """The modes in which small amounts are paid."""
    shelves: Shelves = field(default_factory=Shelves)
    money: Money = field(default_factory=Money)
    counts: dict[str, int] = field(default_factory=dict)
    batches: int = 0

    def submit(self, username: str, doctype: str, documents: Sequence[Record]) -> list[Record]:
        """Create and submit ``documents`` as ``username``, and count them."""
        if not documents:
            return []
        self.counts[doctype] = self.counts.get(doctype, 0) + len(documents)
        actor = self.masters.actor(username)
        return service.create(actor, doctype, documents, submit=True)

    def cancel(self, doctype: str, record: Record, reason: str) -> None:
        """Take a document back that was wrong."""
        self.counts["cancelled"] = self.counts.get("cancelled", 0) + 1
        actor = self.masters.actor("accountant")
        service.cancel(actor, doctype, [Reference(record["id"])], reason=reason)


def open_story(folder: Path, masters: Masters, first: date, today: date) -> Story:
    """The state before the first day, read from the demo's files in ``folder``."""
    items = [row for row in read_rows(folder / "items.csv") if row["is_stocked"] == "true"]
    goods = {row["code"]: Goods.of(row) for row in items}
    suppliers: dict[str, list[str]] = {}
    for row in read_rows(folder / "item_suppliers.csv"):
        if row["item"] in goods:
            suppliers.setdefault(row["supplier"], []).append(row["item"])
    customers = read_rows(folder / "customers.csv")
    served_by = {row["customer"]: row["branch"] for row in read_rows(folder / "served_by.csv")}
    small = tuple(row["mode"] for row in read_rows(folder / "small_payments.csv"))
    chance = Random(SEED)  # noqa: S311 - a story, no secret
    return Story(masters, first, today, chance, goods, customers, suppliers, served_by, small)


def tell(story: Story) -> dict[str, int]:
    """Enter every document from the first day to the last; returns how many of each doctype."""
    _open_books(story)
    for number in range(1, DAYS):
        day = story.first + timedelta(days=number)
        if number % WEEK:
            _trade(story, day, number)
        _month(story, day)
    _leave_drafts(story)
    return story.counts


def _trade(story: Story, day: date, number: int) -> None:
    if story.chance.random() < 0.62:
        _purchase(story, day)
    if number % 8 == 3:
        _transfer(story, day)
    if number % 13 == 5:
        _adjust(story, day)
    _sell(story, day)
    story.money.settle(story, day)


# --- opening ---------------------------------------------------------------------------------


def _open_books(story: Story) -> None:
    entries = [_opening(story, warehouse) for warehouse in WAREHOUSES]
    stored = story.submit("stock", "Stock Entry", entries)
    worth = sum((line["value"] for entry in stored for line in entry["items"]), ZERO)
    capital = Decimal(2_500_000)
    lines = [
        {"account": "1121", "debit": capital},
        {"account": "3900", "debit": worth},
        {"account": "3100", "credit": capital + worth},
    ]
    _journal(story, story.first, "Capital paid in and opening stock", lines)


def _opening(story: Story, warehouse: str) -> Record:
    lines = []
    packs = 2 if warehouse.endswith(SHOP) else 6
    for goods in story.goods.values():
        quantity = Decimal(goods.pack * packs)
        lines.append(_stock_line(story, goods, warehouse, quantity, story.first, goods.buy))
    return {
        "posting_date": story.first, "purpose": "opening", "warehouse": warehouse,
        "reason": "Opening stock", "items": lines,
    }  # fmt: skip


def _stock_line(
    story: Story, goods: Goods, warehouse: str, quantity: Decimal, day: date, rate: Decimal
) -> Record:
    batch = _new_batch(story, goods, day) if goods.has_batches else None
    story.shelves.put(warehouse, (goods.code, batch), quantity)
    return {"item": goods.code, "quantity": quantity, "batch": batch, "rate": rate}


def _new_batch(story: Story, goods: Goods, day: date) -> int:
    story.batches += 1
    batch = {
        "item": goods.code,
        "code": f"{goods.code[:4]}{story.batches:04}",
        "manufactured_on": day - timedelta(days=30),
        "expiry": day + timedelta(days=240 + 10 * (story.batches % 30)),
        "mrp": (goods.sell * MRP_OVER_PRICE).quantize(Decimal(1)) + 1,
    }
    created = service.create(story.masters.actor("stock"), "Batch", [batch])
    return int(created[0]["id"])


# --- buying ----------------------------------------------------------------------------------


def _purchase(story: Story, day: date) -> None:
    supplier = story.chance.choice(sorted(story.suppliers))
    branch = story.chance.choice(BRANCHES)
    warehouse = branch + GODOWN
    offered = story.suppliers[supplier]
    wanted = sorted(offered, key=lambda code: _cover(story, warehouse, code))[:4]
    lines = [_purchase_line(story, warehouse, story.goods[code], day) for code in wanted]
    bill = _bill(story, supplier, branch, day, lines)
    if story.chance.random() < 0.3:
        bill["charges"] = [{"kind": "freight", "amount": story.chance.randrange(200, 1500, 50)}]
    stored = story.submit("purchase", "Purchase Invoice", [bill])[0]
    if story.counts["Purchase Invoice"] % 17 == 0:
        story.cancel("Purchase Invoice", stored, "Entered for the wrong branch")
        _unstock(story, stored, warehouse, lines)
    else:
        story.money.owe("Purchase Invoice", stored, supplier)


def _cover(story: Story, warehouse: str, code: str) -> Decimal:
    """How many usual sales of an item are left; what is scarce is bought first."""
    return story.shelves.of_item(warehouse, code) / story.goods[code].pack


def _purchase_line(story: Story, warehouse: str, goods: Goods, day: date) -> Record:
    quantity = Decimal(goods.pack * story.chance.randint(1, 4))
    change = Decimal(story.chance.randint(-30, 45)) / 1000
    rate = (goods.buy * (1 + change)).quantize(Decimal("0.01"))
    return _stock_line(story, goods, warehouse, quantity, day, rate)


def _bill(story: Story, supplier: str, branch: str, day: date, lines: list[Record]) -> Record:
    number = story.counts.get("Purchase Invoice", 0) + 1
    return {
        "posting_date": day, "supplier": supplier, "branch": branch, "cost_center": branch,
        "bill_number": f"{supplier[-2:]}/{number:04}", "bill_date": day, "items": lines,
    }  # fmt: skip


def _unstock(story: Story, stored: Record, warehouse: str, lines: list[Record]) -> None:
    for line in lines:
        story.shelves.put(warehouse, (line["item"], line["batch"]), -line["quantity"])


# --- moving ----------------------------------------------------------------------------------


def _transfer(story: Story, day: date) -> None:
    branch = story.chance.choice(BRANCHES)
    source, target = branch + GODOWN, branch + SHOP
    places = story.chance.sample(story.shelves.places(source), 5)
    lines = []
    for place in places:
        pack = Decimal(story.goods[place[0]].pack)
        quantity = min(pack * 2, story.shelves.quantity(source, place))
        story.shelves.put(source, place, -quantity)
        story.shelves.put(target, place, quantity)
        lines.append({"item": place[0], "batch": place[1], "quantity": quantity})
    entry = {
        "posting_date": day, "purpose": "transfer", "warehouse": source, "to_warehouse": target,
        "reason": "Filling up the shop", "items": lines,
    }  # fmt: skip
    story.submit("stock", "Stock Entry", [entry])


def _adjust(story: Story, day: date) -> None:
    warehouse = story.chance.choice(WAREHOUSES)
    broken, found = story.chance.sample(story.shelves.places(warehouse), 2)
    story.shelves.put(warehouse, broken, Decimal(-1))
    story.shelves.put(warehouse, found, Decimal(1))
    lines = [
        {"item": broken[0], "batch": broken[1], "quantity": -1},
        {"item": found[0], "batch": found[1], "quantity": 1, "rate": story.goods[found[0]].buy},
    ]
    entry = {
        "posting_date": day, "purpose": "adjustment", "warehouse": warehouse,
        "cost_center": warehouse[:3], "reason": "Shelf count", "items": lines,
    }  # fmt: skip
    story.submit("stock", "Stock Entry", [entry])


# --- selling ---------------------------------------------------------------------------------


def _sell(story: Story, day: date) -> None:
    invoices = [_invoice(story, day) for _ in range(story.chance.choice((1, 1, 2, 2)))]
    for invoice in (found for found in invoices if found is not None):
        customer = invoice["customer"]
        stored = story.submit("sales", "Sales Invoice", [invoice])[0]
        if story.counts["Sales Invoice"] % 28 == 0:
            story.cancel("Sales Invoice", stored, "The customer ordered something else")
            _restock(story, invoice)
            continue
        story.money.owe("Sales Invoice", stored, customer)
        if story.counts["Sales Invoice"] % 25 == 0:
            _credit(story, day, stored, invoice)


def _credit(story: Story, day: date, stored: Record, invoice: Record) -> None:
    """A tenth of the price of the first line is given back and taken off what is owed."""
    first = stored["items"][0]
    rate = (first["rate"] / 10).quantize(Decimal("0.01"))
    note = {
        "posting_date": day, "customer": invoice["customer"], "original": stored["id"],
        "branch": invoice["branch"], "cost_center": invoice["branch"], "reason": "Damaged packing",
        "currency": stored["currency"], "exchange_rate": stored["exchange_rate"],
        "prices_include_tax": stored["prices_include_tax"],
        "items": [{"item": first["item"], "quantity": first["quantity"], "unit": first["unit"], "rate": rate}],
    }  # fmt: skip
    credited = story.submit("accountant", "Credit Note", [note])[0]
    story.money.credit(story, day, stored["id"], credited)


def _restock(story: Story, invoice: Record) -> None:
    for line in invoice["items"]:
        if line["item"] in story.goods:
            place: Place = (line["item"], line.get("batch"))
            story.shelves.put(line["warehouse"], place, _pieces(line))


def _pieces(line: Record) -> Decimal:
    return Decimal(line["quantity"]) * (12 if line.get("unit") == "DOZ" else 1)


def _invoice(story: Story, day: date) -> Record | None:
    customer = _customer(story)
    walk_in = customer["category"] == "unregistered"
    branch = story.served_by[customer["code"]]
    warehouse = branch + (SHOP if walk_in else GODOWN)
    lines = _sale_lines(story, warehouse, customer)
    if not lines:
        return None
    invoice: Record = {
        "posting_date": day, "customer": customer["code"], "branch": branch,
        "cost_center": branch, "warehouse": warehouse, "items": lines,
    }  # fmt: skip
    if customer["category"] == "overseas":
        invoice |= {"currency": "USD", "exchange_rate": EXPORT_RATE}
    elif not walk_in:
        _extras(story, invoice)
    return invoice


def _customer(story: Story) -> dict[str, str]:
    """Every fourth buyer walks in; the others are chosen alike."""
    walk_in = story.chance.random() < 0.25
    return story.chance.choice(
        [row for row in story.customers if (row["category"] == "unregistered") == walk_in]
    )


def _sale_lines(story: Story, warehouse: str, customer: dict[str, str]) -> list[Record]:
    places = story.shelves.places(warehouse)
    # Enough is left of every place for the next one in line, however often this one is drawn.
    places = [p for p in places if story.shelves.quantity(warehouse, p) >= story.goods[p[0]].pack]
    count = min(len(places), story.chance.randint(1, 4))
    lines = [_sale_line(story, warehouse, p) for p in story.chance.sample(places, count)]
    if customer["category"] == "overseas":
        for line in lines:
            dollars = story.goods[line["item"]].sell / EXPORT_RATE
            line["rate"] = max(dollars, Decimal("0.05")).quantize(Decimal("0.01"))
    return lines


def _sale_line(story: Story, warehouse: str, place: Place) -> Record:
    code, batch = place
    goods = story.goods[code]
    held = story.shelves.quantity(warehouse, place)
    line: Record = {"item": code, "batch": batch, "warehouse": warehouse}
    if goods.pack >= 24 and code in ("SWITCH", "BOOK-M"):
        line |= {
            "unit": "DOZ",
            "quantity": Decimal(story.chance.randint(1, min(6, int(held) // 12 or 1))),
        }
        line["quantity"] = min(line["quantity"], held // 12)
    else:
        most = goods.pack if warehouse.endswith(SHOP) else goods.pack * 3
        line["quantity"] = min(held, Decimal(story.chance.randint(-(-most // 3), most)))
        if goods.unit == "KGS" and held > line["quantity"]:
            line["quantity"] += Decimal("0.5")
    if story.chance.random() < 0.15:
        line["discount_percent"] = story.chance.choice((2, Decimal("2.5"), 5))
    story.shelves.put(warehouse, place, -_pieces(line))
    return line


def _extras(story: Story, invoice: Record) -> None:
    """Freight on the bill or as a line of its own, a discount, installation."""
    dice = story.chance.random()
    if dice < 0.12:
        invoice["charges"] = [{"kind": "freight", "amount": story.chance.randrange(150, 1200, 50)}]
    elif dice < 0.2:
        invoice["discount_amount"] = story.chance.randrange(5, 60, 5)
    elif dice < 0.28:
        invoice["items"].append({"item": "FREIGHT", "quantity": 1})
    elif dice < 0.33:
        invoice["items"].append({"item": "INSTALL", "quantity": 1})


# --- the rest --------------------------------------------------------------------------------


def _month(story: Story, day: date) -> None:
    """Rent and salaries on the fifth, the advocates' bill under reverse charge on the twelfth."""
    if day.day == 5:
        rent = [
            {"account": "5300", "cost_center": code, "debit": amount}
            for code, amount in (("MUM", 22000), ("BLR", 14000))
        ]
        _journal(story, day, "Rent of the month", [*rent, {"account": "1121", "credit": 36000}])
        salaries = [
            {"account": "5310", "cost_center": code, "debit": amount}
            for code, amount in (("MUM", 48000), ("BLR", 36000), ("HO", 30000))
        ]
        paid = {"account": "1121", "credit": 114000}
        _journal(story, day, "Salaries of the month", [*salaries, paid])
    if day.day == 12:
        line = {"item": "LEGAL", "quantity": 1, "rate": 15000}
        bill = _bill(story, "S-00010", "BLR", day, [line])
        stored = story.submit("purchase", "Purchase Invoice", [bill])[0]
        story.money.owe("Purchase Invoice", stored, "S-00010")


def _journal(story: Story, day: date, narration: str, lines: list[Any]) -> None:
    entry = {"posting_date": day, "narration": narration, "lines": lines}
    story.submit("accountant", "Journal Entry", [entry])


def _leave_drafts(story: Story) -> None:
    """Some documents that nobody has submitted yet."""
    sales = [_invoice(story, story.today) for _ in range(6)]
    drafts = [invoice for invoice in sales if invoice is not None]
    service.create(story.masters.actor("sales"), "Sales Invoice", drafts)
    lines = [{"item": "CHAIR", "quantity": 4}, {"item": "TABLE", "quantity": 2}]
    bill = _bill(story, "S-00008", MAIN_BRANCH, story.today, lines)
    service.create(story.masters.actor("purchase"), "Purchase Invoice", [bill])
    story.counts["drafts"] = len(drafts) + 1
