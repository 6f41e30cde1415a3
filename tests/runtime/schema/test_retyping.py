"""Fields and measures whose type changes, and changes again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from engine_runtime.access.actor import system_actor
from engine_runtime.active.catalog import active
from engine_runtime.active.models import AppliedCatalog
from engine_runtime.active.sources import compile_sources
from engine_runtime.documents import service
from engine_runtime.schema.apply import apply, back, planned
from engine_runtime.schema.errors import SchemaRefused
from engine_runtime.schema.registry import LABEL, state
from engine_runtime.schema.stored import from_json
from tests.runtime.schema.test_change import (
    FIRST,
    LEDGERS,
    PACK,
    changed,
    column,
    columns,
    create,
    publish,
    stored,
)

pytestmark = pytest.mark.usefixtures("empty_database")

WHOLE = """
doctype: Booking
company: none
fields:
  what:    {type: text}
  minutes: {type: integer}
"""
PARTS = changed(WHOLE, ("minutes: {type: integer}", "minutes: {type: decimal, scale: 2}"))


def plan(*texts: str) -> list[str]:
    sources = {f"{place}.yaml": text for place, text in enumerate((PACK, *texts))}
    catalog = compile_sources(sources).catalog
    assert catalog is not None
    return list(planned(catalog))


def test_a_field_changes_its_type_and_back_as_often_as_it_likes() -> None:
    publish(WHOLE)
    number = create("Booking", minutes=7)
    for text in (PARTS, WHOLE, PARTS, WHOLE):
        publish(text)
        assert stored("Booking", number)["minutes"] == 7
    kept = {name for name in columns("doc_booking") if "__" in name}
    assert kept == {
        "minutes__integer", "minutes__integer2", "minutes__decimal", "minutes__decimal2"
    }  # fmt: skip


def test_the_values_of_before_stay_under_the_name_that_the_plan_says() -> None:
    publish(WHOLE)
    number = create("Booking", minutes=7)
    publish(PARTS)
    publish(WHOLE)
    [told] = [line for line in plan(PARTS) if "value by value" in line]
    assert "the old ones stay as minutes__integer2" in told
    publish(PARTS)
    assert column("doc_booking", "minutes__integer2", number) == 7


def test_what_a_required_field_held_is_not_asked_for_any_more() -> None:
    needed = ("{type: integer}", "{type: integer, required: true}")
    publish(changed(WHOLE, needed))
    create("Booking", minutes=7)
    publish(PARTS)
    assert stored("Booking", create("Booking", minutes="7.25"))["minutes"] == Decimal("7.25")


def test_ways_back_over_the_same_field_lead_on() -> None:
    publish(WHOLE)
    number = create("Booking", minutes=7)
    publish(PARTS)
    back()
    publish(PARTS)
    assert back() == 5
    assert stored("Booking", number)["minutes"] == 7


MEASURED = changed(LEDGERS, ("{points: {type: integer}}", "{points: {type: quantity}}"))


def gain(points: int) -> int:
    person = create("Person", code="ann")
    company = create("Company", code="N", name="North")
    given = {"day": date(2026, 4, 1), "person": person, "points": points}
    [row] = service.create(system_actor(company), "Gain", [given], submit=True)
    return int(row["id"])


def figures(table: str = "led_points") -> list[Decimal]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT points FROM {table}")
        return [row[0] for row in cursor.fetchall()]


def test_a_measure_that_has_entries_keeps_its_type() -> None:
    publish(FIRST, LEDGERS)
    gain(5)
    told = (
        "led_points.points is integer and cannot become decimal: 1 entry stands there, and what is in the "
        "books is never rewritten. Keep the type, or give what is of the new type another name."
    )
    before = columns("led_points"), columns("led_points__balance")
    lines = plan(FIRST, MEASURED)
    assert lines[0] == f"refused      {told}"
    assert any("entries that stand there refuse the publish" in line for line in lines[1:])
    with pytest.raises(SchemaRefused) as caught:
        publish(FIRST, MEASURED)
    assert caught.value.reasons == (told,)
    assert (columns("led_points"), columns("led_points__balance")) == before
    assert (active().version, figures()) == (1, [5])
    with pytest.raises(SchemaRefused, match="what is in the books is never rewritten"):
        publish(FIRST, changed(MEASURED, ("ledger: Points\n", "ledger: Marks\nrenamed_from: Points\n"),
                               ("{ledger: Points", "{ledger: Marks")))  # fmt: skip


def test_a_measure_without_entries_takes_another_type() -> None:
    publish(FIRST, LEDGERS)
    assert publish(FIRST, MEASURED) == 2
    gain(5)
    assert plan(FIRST, MEASURED) == ["0 changes: safe"]


def test_an_entry_that_comes_in_during_the_publish_refuses_it() -> None:
    publish(FIRST, LEDGERS)
    create("Person", code="ben", size="4")
    sources = {"pack.yaml": PACK, "ledger.yaml": MEASURED}
    sources["x.yaml"] = changed(FIRST, ("size:    {type: text}", "size:    {type: integer}"))
    catalog = compile_sources(sources).catalog
    assert catalog is not None

    def said(text: str) -> None:
        if text.startswith("doc_person:") and not figures():
            gain(5)

    with pytest.raises(SchemaRefused, match="1 entry stands there"):
        apply(catalog, sources, said=said)
    assert (active().version, figures()) == (1, [5])
    assert "points__new" not in columns("led_points")


def test_a_measure_with_entries_takes_other_decimals() -> None:
    money = changed(LEDGERS, ("{points: {type: integer}}", "{points: {type: money}}"))
    publish(FIRST, money)
    gain(5)
    ledger = "led_points", "led_points__balance"
    for text in (MEASURED, money, MEASURED):
        publish(FIRST, text)
        assert [shown(table) for table in ledger] == [5, 5]
    assert active().version == 4


def shown(table: str) -> Decimal:
    """The figure of the only row, as the engine reads it."""
    live = AppliedCatalog.objects.order_by("-version").first()
    assert live is not None
    model = state(from_json(live.tables)).apps.get_model(LABEL, table)
    return Decimal(model._default_manager.values_list("points", flat=True).get())
