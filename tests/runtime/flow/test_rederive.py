"""Submitted documents brought under the masters of today: shown first, done as it was seen, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.access.errors import Forbidden
from engine_runtime.active.catalog import active
from engine_runtime.documents import closing, effects, service
from engine_runtime.documents.comparing import FieldChange, RowChange
from engine_runtime.documents.errors import (
    DifferenceMoved,
    DocumentInvalid,
    InUse,
    LimitExceeded,
    PeriodClosed,
    StateConflict,
    VersionConflict,
)
from engine_runtime.documents.facts import stored_facts
from engine_runtime.documents.models import Version
from engine_runtime.documents.read import get
from engine_runtime.documents.rederiving import Difference, Rederived, look, rederive
from engine_runtime.documents.service import Reference
from engine_runtime.ledgers.verify import verify
from engine_runtime.outbox.models import Event
from engine_runtime.posting.session import open_session

PROGRAM = "rederive"
DAY = "2026-05-04"
D = Decimal
Row = dict[str, Any]
_NUMBERS = count(1)


@dataclass
class Shop:
    """A company with its masters, all of them its own; 10 of the article lie there at 40 each."""

    actor: Actor
    ids: dict[str, int] = field(default_factory=dict)

    def make(self, doctype: str, submit: bool = False, **fields: Any) -> Row:
        return service.create(self.actor, doctype, [fields], submit=submit)[0]

    def change(self, doctype: str, name: str, **fields: Any) -> None:
        """Change the master called ``name``."""
        row = get(self.actor, doctype, [self.ids[name]]).rows[0]
        body = {"id": row["id"], "version": row["version"], **fields}
        service.save(self.actor, doctype, [body])

    def dearer(self, rate: int) -> None:
        self.change("Price", "price of article", rate=rate)

    def sell(self, *items: Row) -> Row:
        accounts = {name: self.ids[name] for name in ("debtors", "income")}
        lines = [{"article": self.ids["article"], **item} for item in items or ({"quantity": 2},)]
        return self.make("Sale", submit=True, day=DAY, items=lines, **accounts)

    def look(self, row: Row, actor: Actor | None = None) -> Difference:
        return look(actor or self.actor, "Sale", row["id"])

    def rederive(self, row: Row, seen: Difference, actor: Actor | None = None) -> Rederived:
        reference = Reference(row["id"], seen.version)
        return rederive(actor or self.actor, "Sale", reference, seen.seen, reason="new rates")

    def stored(self, row: Row) -> Row:
        return get(self.actor, "Sale", [row["id"]]).rows[0]

    def posted(self, row: Row, ledger: str, *names: str) -> list[tuple[Any, ...]]:
        found = effects.effects(self.actor, "Sale", row["id"]).ledgers.get(ledger, [])
        return [tuple(entry[name] for name in names) for entry in found]


@pytest.fixture
def shop(module_database: None) -> Iterator[Shop]:
    ids = {}
    mark = next(_NUMBERS)
    for name in ("debtors", "income", "stock", "taxes", "cash"):
        row = service.create(system_actor(), "Account", [{"code": f"{name}{mark}"}])[0]
        ids[name] = row["id"]
    body = {"code": f"C{mark}", "stock": ids["stock"], "taxes": ids["taxes"]}
    ids["company"] = service.create(system_actor(), "Company", [body])[0]["id"]
    made = Shop(system_actor(ids["company"], user_id=5), ids)
    ids["levy"] = made.make("Levy", code=f"L{mark}", percent=5)["id"]
    ids["other levy"] = made.make("Levy", code=f"M{mark}", percent=5)["id"]
    for name, levy in (("article", "levy"), ("other", "other levy")):
        ids[name] = made.make("Article", code=f"{name}{mark}", levy=ids[levy])["id"]
        ids[f"price of {name}"] = made.make("Price", article=ids[name], rate=100)["id"]
        body = {"article": ids[name], "quantity": 10, "value": 400, "paid_by": ids["cash"]}
        made.make("Receipt", submit=True, day="2026-05-01", **body)
    yield made
    assert verify(ids["company"]) == []


def person(shop: Shop, *roles: str) -> Actor:
    company = shop.ids["company"]
    return Actor(9, "asha", company, frozenset({company}), {company: frozenset(roles)})


def written() -> tuple[int, int]:
    return Version.objects.count(), Event.objects.count()


# --- what is shown, and what is done -------------------------------------------------------------


def test_what_would_change_is_shown_and_nothing_is_written(shop: Shop) -> None:
    row = shop.sell({"quantity": 2}, {"article": shop.ids["other"], "rate": 90})
    shop.dearer(110)
    shop.change("Levy", "other levy", percent=12)
    before, entries = written(), shop.posted(row, "Book", "account", "debit", "credit")
    found = shop.look(row)
    fields = {c.place: (c.old, c.new) for c in found.changes if isinstance(c, FieldChange)}
    assert fields == {
        "net": (D(290), D(310)),
        "levied": (D("14.50"), D("21.80")),
        "total": (D("304.50"), D("331.80")),
        "items[0].rate": (D(100), D(110)),
        "items[0].amount": (D(200), D(220)),
        "items[0].levied": (D(10), D(11)),
        "items[1].percent": (D(5), D(12)),
        "items[1].levied": (D("4.50"), D("10.80")),
        "slabs[0].amount": (D(290), D(220)),
    }
    rows = [
        (c.place, c.is_new, c.row["percent"]) for c in found.changes if isinstance(c, RowChange)
    ]
    assert rows == [("slabs[1]", True, D(12))]
    told = {name: [entry.rule for entry in rows] for name, rows in found.entries.items()}
    assert told == {"Owed": ["owed"], "Book": ["owed.control", "income", "levied"]}
    assert (found.problems, found.withheld, found.is_nothing) == ([], False, False)
    assert written() == before
    assert shop.posted(row, "Book", "account", "debit", "credit") == entries
    assert shop.stored(row)["version"] == 1
    assert shop.look(row).seen == found.seen


def test_what_was_seen_is_done(shop: Shop) -> None:
    row = shop.sell()
    shop.dearer(110)
    done = shop.rederive(row, shop.look(row))
    assert (done.is_changed, done.row["total"]) == (True, D(231))
    stored = shop.stored(row)
    assert (stored["version"], stored["number"], stored["stage"]) == (2, row["number"], "submitted")
    assert [line["id"] for line in stored["items"]] == [line["id"] for line in row["items"]]
    assert shop.posted(row, "Owed", "amount", "date") == [
        (D(210), date(2026, 5, 4)),
        (D(21), date(2026, 5, 4)),
    ]
    last = Version.objects.filter(document_id=row["id"]).latest("id")
    assert (last.action, last.user_id, last.reason) == ("rederive", 5, "new rates")
    assert last.changes["total"] == ["210.00", "231.00"]
    line = last.changes["items"][str(row["items"][0]["id"])]
    assert line["rate"] == ["100.00", "110.00"]
    assert Event.objects.filter(document_id=row["id"], name="sale.rederive").count() == 1


def test_it_stands_by_the_catalog_and_the_facts_of_today(shop: Shop) -> None:
    row = shop.sell()
    shop.change("Levy", "levy", percent=12)
    shop.rederive(row, shop.look(row))
    session = open_session(shop.actor)
    kind = session.catalog.doctypes["Sale"]
    facts = stored_facts(session, kind, row["id"])
    assert [levy["percent"] for levy in facts["Levy"].values()] == ["12.0000"]
    assert shop.stored(row)["catalog"] == active().version
    shop.change("Levy", "levy", percent=18)
    body = {"id": row["id"], "version": 2, "waived": 1}
    service.save(shop.actor, "Sale", [body])
    assert shop.stored(row)["total"] == D(224)


def test_it_is_cancelled_whole_afterwards(shop: Shop) -> None:
    row = shop.sell()
    shop.dearer(110)
    shop.rederive(row, shop.look(row))
    service.cancel(shop.actor, "Sale", [Reference(row["id"], 2)])
    assert sum(amount for (amount,) in shop.posted(row, "Owed", "amount")) == 0
    assert len(shop.posted(row, "Owed", "amount")) == 4


def test_a_second_time_there_is_nothing_to_do(shop: Shop) -> None:
    row = shop.sell()
    shop.dearer(110)
    shop.rederive(row, shop.look(row))
    before = written()
    again = shop.look(row)
    assert (again.is_nothing, again.changes, again.entries) == (True, [], {})
    done = shop.rederive(row, again)
    assert (done.is_changed, done.row["version"]) == (False, 2)
    assert written() == before


def test_what_a_person_typed_over_stays(shop: Shop) -> None:
    row = shop.sell({"quantity": 2, "rate": 90})
    shop.dearer(110)
    assert shop.look(row).is_nothing


# --- what has moved since ------------------------------------------------------------------------


def test_what_was_not_seen_is_not_done(shop: Shop) -> None:
    row = shop.sell()
    shop.dearer(110)
    seen = shop.look(row)
    shop.change("Levy", "levy", percent=12)
    before = written()
    with pytest.raises(DifferenceMoved) as raised:
        shop.rederive(row, seen)
    now = raised.value.difference
    totals = [c.new for c in now.changes if isinstance(c, FieldChange) and c.place == "total"]
    assert totals == [D("246.40")]
    assert written() == before
    assert shop.rederive(row, now).row["total"] == D("246.40")


def test_new_rows_are_the_same_each_time(shop: Shop) -> None:
    row = shop.sell({"quantity": 2}, {"article": shop.ids["other"]})
    shop.change("Levy", "levy", percent=12)
    assert shop.look(row).seen == shop.look(row).seen
    assert shop.rederive(row, shop.look(row)).is_changed


def test_a_changed_document_is_looked_at_again(shop: Shop) -> None:
    row = shop.sell()
    shop.dearer(110)
    seen = shop.look(row)
    service.save(shop.actor, "Sale", [{"id": row["id"], "version": 1, "note": "urgent"}])
    with pytest.raises(VersionConflict):
        shop.rederive(row, seen)


# --- what stands in the way ----------------------------------------------------------------------


def test_a_settled_item_is_not_taken_below_nothing(shop: Shop) -> None:
    row = shop.sell()
    body = {"sale": row["id"], "debtors": shop.ids["debtors"], "cash": shop.ids["cash"]}
    shop.make("Settlement", submit=True, day=DAY, amount=210, **body)
    shop.dearer(90)
    found = shop.look(row)
    assert [problem.code for problem in found.problems] == ["limit.open"]
    assert "210.00 of it is settled, and 189.00 would stand" in found.problems[0].message
    with pytest.raises(LimitExceeded):
        shop.rederive(row, found)
    shop.dearer(120)
    assert shop.rederive(row, shop.look(row)).is_changed
    assert shop.posted(row, "Owed", "amount") == [(D(210),), (D(42),)]


def test_nothing_is_written_into_a_closed_period(shop: Shop) -> None:
    row = shop.sell()
    shop.dearer(110)
    closing.close(shop.actor, "accounts", date(2026, 5, 31), "done")
    found = shop.look(row)
    assert [(p.code, p.path) for p in found.problems] == [("period.closed", "day")]
    assert {c.place for c in found.changes if isinstance(c, FieldChange)} >= {"total"}
    with pytest.raises(PeriodClosed):
        shop.rederive(row, found)
    shop.dearer(100)
    assert not shop.rederive(row, shop.look(row)).is_changed


def test_goods_that_would_move_otherwise_keep_it_as_it_is(shop: Shop) -> None:
    row = shop.sell()
    shop.change("Article", "article", pack=3)
    found = shop.look(row)
    assert [(p.code, p.path) for p in found.problems] == [
        ("posting.waits_for_reposting", "items[0]")
    ]
    assert "make a new one" in found.problems[0].hint
    with pytest.raises(DocumentInvalid):
        shop.rederive(row, found)
    assert shop.posted(row, "Stock", "quantity", "value") == [(D(-2), D(-80))]


def test_a_row_that_somebody_refers_to_is_not_taken_out(shop: Shop) -> None:
    shop.change("Levy", "levy", percent=12)
    row = shop.sell({"quantity": 2}, {"article": shop.ids["other"]})
    shop.make("Doubt", slab=row["slabs"][1]["id"])
    shop.change("Levy", "levy", percent=5)
    found = shop.look(row)
    assert [problem.code for problem in found.problems] == ["document.in_use"]
    with pytest.raises(InUse, match="Doubt"):
        shop.rederive(row, found)
    assert shop.stored(row)["version"] == 1


def test_only_what_is_submitted_is_brought_under_rules(shop: Shop) -> None:
    row = shop.sell()
    service.cancel(shop.actor, "Sale", [Reference(row["id"])])
    with pytest.raises(StateConflict, match="cancelled"):
        shop.look(row)
    with pytest.raises(StateConflict, match="never submitted"):
        look(shop.actor, "Levy", shop.ids["levy"])


# --- who may -------------------------------------------------------------------------------------


def test_the_right_is_one_of_its_own(shop: Shop) -> None:
    row = shop.sell()
    shop.dearer(110)
    seen = shop.look(row)
    clerk = person(shop, "Clerk")
    with pytest.raises(Forbidden):
        shop.look(row, clerk)
    with pytest.raises(Forbidden):
        shop.rederive(row, seen, clerk)
    assert shop.rederive(row, seen, person(shop, "Controller")).is_changed


def test_entries_that_a_person_may_not_read_are_withheld(shop: Shop) -> None:
    """What is owed has a report for clerks only; what it writes into the book has none."""
    row = shop.sell()
    shop.dearer(110)
    controller = person(shop, "Controller")
    found, whole = shop.look(row, controller), shop.look(row)
    assert (list(found.entries), found.withheld) == (["Book"], True)
    assert (sorted(whole.entries), whole.withheld) == (["Book", "Owed"], False)
    assert found.seen == whole.seen
    assert shop.rederive(row, found, controller).is_changed
    assert shop.posted(row, "Owed", "amount") == [(D(210),), (D(21),)]
