"""Bounds that are drawn closer than what rows hold: told with how many, and no reason to refuse."""

from __future__ import annotations

from datetime import date

import pytest

from engine_runtime.access.actor import system_actor
from engine_runtime.active.sources import compile_sources
from engine_runtime.documents import service
from engine_runtime.documents.errors import DocumentInvalid
from engine_runtime.schema.apply import apply
from tests.runtime.schema.test_change import PACK, changed, create, publish, stored
from tests.runtime.schema.test_retyping import plan

pytestmark = pytest.mark.usefixtures("empty_database")

STAFF = """
doctype: Staff
company: none
fields:
  pay:   {type: money}
  hours: {type: integer}
  parts: {type: table, fields: {rate: {type: decimal, scale: 4}}}
"""
ORDER = """
doctype: Order
company: none
submittable: true
date: day
fields:
  day:   {type: date}
  size:  {type: integer, max: 100}
  items: {type: table, fields: {rate: {type: decimal, scale: 4}}}
"""


def bounds(*texts: str) -> list[str]:
    return [line for line in plan(*texts) if "rows that hold" in line]


def test_the_plan_says_how_many_rows_are_outside() -> None:
    publish(STAFF)
    for pay, hours in (("77777.77", 10), ("50000.00", 61), ("50000.01", None)):
        create("Staff", pay=pay, hours=hours)
    narrow = changed(STAFF, ("pay:   {type: money}", "pay:   {type: money, max: 50000}"),
                     ("{type: integer}", "{type: integer, min: 10.5, max: 60}"))  # fmt: skip
    fate = "from now on; rows that hold something else keep it: the next save asks for a value within it"
    assert bounds(narrow) == [
        f"needs_data   Staff.pay: at most 50000 {fate} (2 rows)",
        f"needs_data   Staff.hours: at least 10.5 and at most 60 {fate} (2 rows)",
    ]
    assert plan(narrow)[-1] == "2 changes: needs_data"


def test_what_nobody_holds_is_safe_and_what_is_wider_not_told() -> None:
    publish(changed(STAFF, ("{type: integer}", "{type: integer, min: 0, max: 60}")))
    create("Staff", hours=40)
    [told] = bounds(changed(STAFF, ("{type: integer}", "{type: integer, min: 0, max: 50}")))
    assert told.startswith("safe         Staff.hours: at most 50 from now on")
    assert told.endswith("(0 rows)")
    assert bounds(changed(STAFF, ("{type: integer}", "{type: integer, min: -5, max: 70}"))) == []


def test_rows_outside_are_told_by_a_publish_and_refused_by_a_save() -> None:
    publish(STAFF)
    number = create("Staff", pay="77777.77")
    sources = {"pack.yaml": PACK, "x.yaml": changed(STAFF, ("{type: money}", "{type: money, max: 9}"))}  # fmt: skip
    catalog = compile_sources(sources).catalog
    assert catalog is not None
    told: list[str] = []
    assert apply(catalog, sources, said=told.append) == 2
    assert told == [
        "Staff.pay: at most 9 from now on; 1 row holds something else, which stays: "
        "the next save asks for a value within it"
    ]
    version = stored("Staff", number)["version"]
    with pytest.raises(DocumentInvalid, match="the most is 9"):
        service.save(system_actor(), "Staff", [{"id": number, "version": version, "hours": 1}])


def test_submitted_documents_are_not_counted_unless_they_are_changed_in_place() -> None:
    publish(ORDER)
    given = {"day": date(2026, 4, 1), "size": 80, "items": [{"rate": "1.5"}, {"rate": "2.5"}]}
    service.create(system_actor(), "Order", [given], submit=True)
    service.create(system_actor(), "Order", [given, given])
    narrow = changed(ORDER, ("max: 100", "max: 50"), ("scale: 4}", "scale: 4, max: 2.49999}"))
    size, rate = bounds(narrow)
    assert "submitted documents are left alone (2 rows)" in size
    assert (rate.partition(":")[0].split()[-1], rate[-8:]) == ("Order.items.rate", "(2 rows)")
    in_place = changed(narrow, ("submittable: true", "submittable: true\namend: in_place"))
    assert [line[-8:] for line in bounds(in_place)] == ["(3 rows)", "(3 rows)"]


def test_bounds_of_what_is_renamed_are_looked_at_under_the_former_names() -> None:
    publish(STAFF)
    create("Staff", pay="10", parts=[{"rate": "0.5"}])
    named = changed(
        STAFF,
        ("doctype: Staff", "doctype: Crew\nrenamed_from: Staff"),
        ("pay:   {type: money}", "wage: {type: money, renamed_from: pay, min: 11}"),
        ("rate: {type", "factor: {renamed_from: rate, min: 1, type"),
    )
    assert [line.split()[1:2] + line.split()[-2:] for line in bounds(named)] == [
        ["Crew.wage:", "(1", "rows)"],
        ["Crew.parts.factor:", "(1", "rows)"],
    ]


def test_records_that_become_documents_are_drafts() -> None:
    publish(STAFF)
    create("Staff", pay="10")
    papers = changed(
        STAFF,
        ("company: none\n", "company: none\nsubmittable: true\n"),
        ("{type: money}", "{type: money, max: 9}"),
    )
    assert [line[-8:] for line in bounds(papers)] == ["(1 rows)"]
    publish(papers)
