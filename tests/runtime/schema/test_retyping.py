"""Fields and measures whose type changes, and changes again."""

from __future__ import annotations

import pytest

from engine_runtime.active.sources import compile_sources
from engine_runtime.schema.apply import back, planned
from tests.runtime.schema.test_change import PACK, changed, column, columns, create, publish, stored

pytestmark = pytest.mark.usefixtures("empty_database")

WHOLE = """
doctype: Booking
company: none
fields:
  what:    {type: text}
  minutes: {type: integer}
"""
PARTS = changed(WHOLE, ("minutes: {type: integer}", "minutes: {type: decimal, scale: 2}"))


def plan(text: str) -> list[str]:
    catalog = compile_sources({"pack.yaml": PACK, "x.yaml": text}).catalog
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


def test_ways_back_over_the_same_field_lead_on() -> None:
    publish(WHOLE)
    number = create("Booking", minutes=7)
    publish(PARTS)
    back()
    publish(PARTS)
    assert back() == 5
    assert stored("Booking", number)["minutes"] == 7
