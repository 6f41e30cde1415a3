"""Two shops with points, in a database of the module's own (``PROGRAM = "expiry"``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

import pytest

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.active.catalog import active
from engine_runtime.documents import service
from engine_runtime.documents.effects import effects
from engine_runtime.documents.service import Reference
from engine_runtime.jobs import expiry
from engine_runtime.posting.session import at
from engine_runtime.tables.query import Condition
from tests.company import rows_of

Row = dict[str, Any]
CODES = ("sales", "promised", "liability", "lapsed")


@dataclass
class Shop:
    """What a test does in one company. A test takes customers of its own, so that tests do not meet."""

    actor: Actor
    programme: int
    _codes: Any = field(default_factory=lambda: count(1))

    def customer(self) -> int:
        """A new customer; its id."""
        code = f"{self.actor.company_id}-{next(self._codes)}"
        return int(service.create(self.actor, "Customer", [{"code": code}])[0]["id"])

    def bill(self, customer: int, day: str, *, earned: int = 0, spent: int = 0) -> Row:
        """A submitted bill."""
        body = {
            "day": day,
            "customer": customer,
            "programme": self.programme,
            "earned": earned,
            "spent": spent,
        }
        with at(noon(date.fromisoformat(day))):
            return service.create(self.actor, "Bill", [body], submit=True)[0]

    def cancel(self, bill: Row) -> None:
        """Take a bill back."""
        service.cancel(self.actor, "Bill", [Reference(bill["id"])])

    def points(self, customer: int) -> int:
        """What the customer has, summed from the entries."""
        where = [Condition("customer_id", "=", customer)]
        return sum(row["points"] for row in rows_of("led_points", where))

    def lapsed(self, bill: Row) -> list[tuple[int, date]]:
        """(points, day) of what was taken out for a bill."""
        entries = effects(self.actor, "Bill", bill["id"]).ledgers["Points"]
        return [(e["points"], e["date"]) for e in entries if e["rule"] == "expired lot"]


def noon(day: date) -> datetime:
    """The middle of a day, by the clock of the business."""
    return datetime.combine(day, time(6, 30), tzinfo=UTC)


def run(day: str, **how: Any) -> expiry.Run:
    """The worker's run on a day."""
    return expiry.expire_due(noon(date.fromisoformat(day)), **how)


def rows_left(day: date) -> list[Row]:
    """Balance rows of lots that are open and over."""
    table = active().catalog.ledgers["Points"].table
    return rows_of(f"{table}__balance", [Condition("open_until", "<", day)])


@pytest.fixture(scope="module")
def shops(module_database: None) -> tuple[Shop, Shop]:
    """The first and the second of two companies, which share a programme."""
    companies = service.create(system_actor(), "Company", [{"code": "ONE"}, {"code": "TWO"}])
    actors = [system_actor(company["id"], user_id=5) for company in companies]
    programme = service.create(actors[0], "Programme", [{"code": "FRIENDS", "days": 30}])[0]["id"]
    for actor, company in zip(actors, companies, strict=True):
        made = service.create(actor, "Account", [{"code": code} for code in CODES])
        accounts = {code: row["id"] for code, row in zip(CODES, made, strict=True)}
        body = {"id": company["id"], "version": company["version"], **accounts}
        service.save(actor, "Company", [body])
    first, second = (Shop(actor, programme) for actor in actors)
    return first, second


@pytest.fixture(scope="module")
def shop(shops: tuple[Shop, Shop]) -> Shop:
    """The first company."""
    return shops[0]


@pytest.fixture
def set_lapsed(shop: Shop) -> Callable[[Shop, int | None], None]:
    """Fill in, or leave empty, the account that takes what lapses."""

    def work(of: Shop, account: int | None) -> None:
        [row] = rows_of("doc_company", [Condition("id", "=", of.actor.company_id)])
        body = {"id": row["id"], "version": row["version"], "lapsed": account}
        service.save(of.actor, "Company", [body])

    return work
