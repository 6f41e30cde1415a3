"""A ledger that the catalog declares no more: what documents wrote there stands, and they wait for its return."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.active.catalog import active, forget
from engine_runtime.active.sources import compile_sources
from engine_runtime.documents import service
from engine_runtime.documents.errors import InUse
from engine_runtime.documents.service import Reference
from engine_runtime.schema.apply import planned
from tests.runtime.schema.test_change import FIRST, LEDGERS, PACK, changed, create, publish

pytestmark = pytest.mark.usefixtures("empty_database")

SHOP = changed(
    LEDGERS,
    (LEDGERS[: LEDGERS.index("doctype: Gain")], ""),
    ("posts:\n  gain: {ledger: Points, set: {person: person, points: points}}\n", ""),
)
CRATES = """
ledger: Crate Book
dimensions: {person: {link: Person, required: true}}
measures: {crates: {type: integer}}
limits: {lent: {by: [person], measure: crates, min: 0}}
---
overlay: {doctype: Gain}
fields: {crates: {type: integer, default: 0}}
posts: {crates: {ledger: Crate Book, when: crates > 0, set: {person: person, crates: crates}}}
"""


def gain(actor: Actor, **fields: Any) -> int:
    [row] = service.create(actor, "Gain", [{"day": date(2026, 4, 1), **fields}], submit=True)
    return int(row["id"])


def cancel(actor: Actor, number: int) -> None:
    service.cancel(actor, "Gain", [Reference(number)], reason="wrong")


def book() -> tuple[int, int, int]:
    """(entries, their sum, the balance)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(crates) FROM led_crate_book")
        [(count, total)] = cursor.fetchall()
        cursor.execute("SELECT sum(crates) FROM led_crate_book__balance")
        [(balance,)] = cursor.fetchall()
    return int(count), int(total), int(balance)


@pytest.mark.parametrize("fresh", [False, True])
def test_a_document_with_entries_out_of_sight_waits_for_their_ledger(fresh: bool) -> None:
    publish(FIRST, SHOP, CRATES)
    person = create("Person", code="ann")
    actor = system_actor(create("Company", code="N", name="North"))
    with_crates = gain(actor, person=person, points=1, crates=5)
    without = gain(actor, person=person, points=1)
    undone = gain(actor, person=person, points=1, crates=2)
    cancel(actor, undone)
    publish(FIRST, SHOP)
    if fresh:
        forget()  # as a process that starts now
    cancel(actor, without)
    with pytest.raises(InUse, match=r"Gain G001 has entries in a ledger .*led_crate_book.*Publish"):
        cancel(actor, with_crates)
    assert book() == (3, 5, 5)
    publish(FIRST, SHOP, CRATES)
    assert active().unseen == ()
    cancel(actor, with_crates)
    assert book() == (4, 0, 0)


def test_the_plan_says_what_waits() -> None:
    publish(FIRST, SHOP, CRATES)
    compiled = compile_sources({"pack.yaml": PACK, "x.yaml": f"{FIRST}---\n{SHOP}"})
    assert compiled.catalog is not None
    told = list(planned(compiled.catalog))
    assert (
        "safe         the table led_crate_book is used no more; its rows stay, "
        "and documents that wrote them cannot be cancelled meanwhile (0 rows)"
    ) in told
