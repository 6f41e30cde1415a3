"""Tills that number by themselves: stories on both databases, what is outstanding, tasks that stay, renames."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from engine.catalog.tests import FIRST_DAY
from engine.testing.stage import Moment
from engine.testing.story import EVERYBODY, play
from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.active.catalog import active
from engine_runtime.documents import service
from engine_runtime.documents.errors import StateConflict
from engine_runtime.documents.models import NumberSeries
from engine_runtime.documents.tasks import see_to, tasks
from engine_runtime.documents.waiting import escalate_due
from engine_runtime.ledgers.verify import not_arrived, verify
from engine_runtime.workflow.models import BreachRecord, Task
from tests.cases.database import on_this_database
from tests.databases import Databases

PROGRAM = "till"
STORIES = ("A till brings what it has sold", "Limits that refuse what has happened, and others")


@pytest.fixture(scope="module")
def business(module_database: None) -> Actor:
    """A company with a customer and as many soaps as anybody wants."""
    company = service.create(system_actor(), "Company", [{"code": "ONE"}])[0]["id"]
    actor = system_actor(company)
    service.create(actor, "Customer", [{"code": "JOHN"}])
    service.create(actor, "Item", [{"code": "SOAP"}])
    delivery = {"day": "2026-05-04", "item": "SOAP", "quantity": 1000}
    service.create(actor, "Delivery", [delivery], submit=True)
    return actor


def bill(till: str, quantity: int = 1, **more: Any) -> dict[str, Any]:
    line = {"item": "SOAP", "quantity": quantity, "rate": 1}
    return {"day": "2026-05-04", "till": till, "customer": "JOHN", "lines": [line], **more}


def bring(actor: Actor, till: str, *counters: int, **more: Any) -> list[dict[str, Any]]:
    numbers = [{"number": f"{till}-2627/{counter:06}"} for counter in counters]
    sent = [bill(till, issued=number, **more) for number in numbers]
    return service.create(actor, "Bill", sent, submit=True)


@pytest.mark.parametrize("story", STORIES)
def test_the_stories_of_the_pack_go_as_told_on_the_database(
    story: str,
    databases: Databases,
    module_metadata: Path,
    django_db_blocker: pytest.FixtureRequest,
) -> None:
    with django_db_blocker.unblock(), databases.clone(module_metadata):  # type: ignore[attr-defined]
        stage = on_this_database(Moment(FIRST_DAY, EVERYBODY, None, None))
        assert [str(failure) for failure in play(stage, stage.catalog.tests[story])] == []


def test_all_stories_are_played(business: Actor) -> None:
    told = [test.name for test in active().catalog.tests.values() if not test.is_scene]
    assert sorted(told) == sorted(STORIES)


def test_what_has_not_arrived_is_outstanding_and_no_gap(business: Actor) -> None:
    service.create(business, "Till", [{"code": "A1"}])
    bring(business, "A1", 9)
    bring(business, "A1", 3, 1)
    given = service.create(business, "Bill", [bill("A1")], submit=True)[0]
    assert given["number"] == "A1-2627/000010"
    assert verify(None) == []
    (waiting,) = not_arrived(None)
    assert (waiting.spans, waiting.count) == (((2, 2), (4, 8)), 6)
    said = "Bill, series A1-2627/…: not yet arrived: 000002, 000004 to 000008 (6)."
    assert str(waiting) == said
    out = StringIO()
    call_command("verify_books", stdout=out)
    assert said in out.getvalue()
    assert "The books agree" in out.getvalue()
    bring(business, "A1", 2, 4, 5, 6, 7, 8)
    assert not_arrived(None) == verify(None) == []


def test_a_counter_right_behind_a_digit_is_told_apart(business: Actor) -> None:
    service.create(business, "Till", [{"code": "A7"}])
    slips = [{"till": "A7", "issued": {"number": number}} for number in ("A70003", "A70001")]
    service.create(business, "Slip", slips, submit=True)
    (waiting,) = not_arrived(None)
    assert str(waiting) == "Slip, series A7…: not yet arrived: 0002 (1)."
    service.create(business, "Slip", [{"till": "A7", "issued": {"number": "A70002"}}], submit=True)
    assert not_arrived(None) == verify(None) == []


def test_a_cancelled_bill_has_arrived(business: Actor) -> None:
    service.create(business, "Till", [{"code": "A2"}])
    first, second = bring(business, "A2", 1, 2)
    service.cancel(business, "Bill", [service.Reference(first["id"])])
    assert second["number"] == "A2-2627/000002"
    assert not_arrived(None) == verify(None) == []


def test_a_number_that_the_server_gave_and_lost_is_a_gap(business: Actor) -> None:
    service.create(business, "Till", [{"code": "A3"}])
    bring(business, "A3", 3)
    NumberSeries.objects.filter(key__endswith="|2026-27", last=3).update(last=5)
    try:
        assert [difference.check for difference in verify(None)] == ["gap"]
    finally:
        NumberSeries.objects.filter(key__endswith="|2026-27", last=5).update(last=3)
    bring(business, "A3", 1, 2)


def test_a_till_that_gets_another_code_goes_on_counting(business: Actor) -> None:
    (till,) = service.create(business, "Till", [{"code": "A4"}])
    bring(business, "A4", 1, 2)
    service.save(business, "Till", [{"id": till["id"], "version": 1, "code": "B4"}])
    assert bring(business, "B4", 3)[0]["number"] == "B4-2627/000003"
    assert not_arrived(None) == verify(None) == []


def test_tasks_of_breaches_stay_whatever_else_documents_wait_for(business: Actor) -> None:
    service.create(business, "Till", [{"code": "A5"}])
    (sold,) = bring(business, "A5", 1, quantity=5000)
    mine = Task.objects.filter(document_id=sold["id"])
    assert sorted(mine.values_list("role", flat=True)) == ["Shop Manager", "Stock Keeper"]
    assert escalate_due(timezone.now()) == 0
    company = business.company_id or 0
    roles = {company: frozenset({"Stock Keeper"})}
    keeper = Actor(5, "anna", company, frozenset({company}), roles)
    (task,) = tasks(keeper)
    assert see_to(keeper, task["id"], " Counted anew ")["note"] == "Counted anew"
    record = BreachRecord.objects.get(document_id=sold["id"])
    assert (record.done_by, record.note) == ("anna", "Counted anew")
    assert record.done_at is not None
    assert not mine.exists()


def test_of_two_who_see_to_it_one_is_told_so(business: Actor) -> None:
    service.create(business, "Till", [{"code": "A6"}])
    (sold,) = bring(business, "A6", 1, quantity=5000)
    (first, second) = Task.objects.filter(document_id=sold["id"])
    BreachRecord.objects.filter(id=first.breach).update(done_at=timezone.now(), done_by="anna")
    with pytest.raises(StateConflict, match="meanwhile"):
        see_to(business, second.id, "I as well")
