"""The company that is measured: the demo company, with 100 more customers, 200 more items and stock of them."""

from __future__ import annotations

import datetime
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command

from bench.measure import MeasurementFailed
from engine_runtime.access.actor import Actor
from engine_runtime.access.members import actor_of, member
from engine_runtime.active.catalog import active
from engine_runtime.documents import read, service
from engine_runtime.documents.listing import ListQuery, list_rows
from engine_runtime.exchange.demo_users import ADMINISTRATOR

CUSTOMERS = 100
ITEMS = 200
STOCK = 1_000_000
BATCH = 100
Document = dict[str, Any]


@dataclass(frozen=True)
class World:
    """What the measured documents are made of. Links are ids."""

    actor: Actor
    branch: int
    warehouse: int
    mode: int
    customers: tuple[int, ...]
    items: tuple[int, ...]
    day: datetime.date

    def sale(self, number: int, lines: int) -> Document:
        """The ``number``-th invoice: a customer of the branch's State, ``lines`` different items."""
        chance = random.Random(number)
        rows = [
            {"item": item, "quantity": chance.randint(1, 9), "rate": chance.randint(50, 5000)}
            for item in chance.sample(self.items, lines)
        ]
        return {
            "customer": chance.choice(self.customers),
            "branch": self.branch,
            "warehouse": self.warehouse,
            "posting_date": self.day,
            "items": rows,
        }


def build() -> World:
    """Make the fixed tables, publish metadata/, load the demo company and what is added to it."""
    call_command("migrate", verbosity=0)
    with open(os.devnull, "w") as nowhere:
        call_command("publish", "metadata/", stdout=nowhere)
        call_command("load_demo", stdout=nowhere)
    user = get_user_model().objects.get(username=ADMINISTRATOR)
    found = member(user.pk)
    assert found is not None
    actor = actor_of(found, None)
    branch = _first(actor, "Branch", lambda row: row["warehouse"] is not None)
    customer = _first(
        actor,
        "Customer",
        lambda row: row["category"] == "registered" and row["gst_state"] == branch["gst_state"],
    )
    item = _first(
        actor,
        "Item",
        lambda row: (
            row["valuation_method"] == "average" and row["is_stocked"] and not row["has_batches"]
        ),
    )
    world = World(
        actor=actor,
        branch=branch["id"],
        warehouse=branch["warehouse"],
        mode=_first(actor, "Payment Mode", lambda _row: True)["id"],
        customers=_clones(actor, "Customer", customer, CUSTOMERS),
        items=_clones(actor, "Item", item, ITEMS),
        day=datetime.date.today(),
    )
    _stock(world)
    return world


def _first(actor: Actor, doctype: str, fits: Any) -> Document:
    catalog = active().catalog
    page = list_rows(actor, doctype, ListQuery(fields=("id",), limit=200))
    ids = [row["id"] for row in page.rows]
    for row in read.get(actor, catalog.doctypes[doctype].name, ids).rows:
        if fits(row):
            return row
    raise MeasurementFailed(f"The demo company has no {doctype} that the measurement can copy.")


def _clones(actor: Actor, doctype: str, model: Document, count: int) -> tuple[int, ...]:
    """``count`` records like ``model`` with codes of their own."""
    documents = [
        plain(doctype, model) | {"code": f"BENCH-{n:05}", "name": f"Bench {n}"}
        for n in range(count)
    ]
    rows: list[Document] = []
    for start in range(0, count, BATCH):
        rows += service.create(actor, doctype, documents[start : start + BATCH])
    return tuple(row["id"] for row in rows)


def plain(doctype: str, row: Document) -> Document:
    """What a person would type to get a record like ``row``: no children, nothing worked out, nothing empty."""
    fields = active().catalog.doctypes[doctype].fields.values()
    typed = [
        f for f in fields if f.type not in ("table", "back") and f.formula is None and not f.unique
    ]
    return {f.name: row[f.name] for f in typed if row.get(f.name) is not None}


def _stock(world: World) -> None:
    lines: Sequence[Document] = [
        {"item": item, "quantity": STOCK, "rate": 100} for item in world.items
    ]
    entry = {
        "purpose": "opening",
        "warehouse": world.warehouse,
        "posting_date": world.day,
        "items": lines,
    }
    service.create(world.actor, "Stock Entry", [entry], submit=True)
