"""A doctype is renamed, and all that names it beside its own table goes along: forth by a publish, and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.utils import timezone

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.access.models import Membership
from engine_runtime.documents import acting, moving, service
from engine_runtime.documents.errors import IdempotencyConflict, StateConflict
from engine_runtime.documents.models import MadeOnce, NumberSeries, PackRecord, Version
from engine_runtime.documents.read import get
from engine_runtime.documents.service import Reference
from engine_runtime.documents.standing import history, standing
from engine_runtime.documents.tasks import tasks
from engine_runtime.jobs.models import Job
from engine_runtime.jobs.relay import relay_pending
from engine_runtime.jobs.work import enqueue, work_pending
from engine_runtime.outbox.models import Event
from engine_runtime.posting.session import open_session
from engine_runtime.schema import renaming
from engine_runtime.schema.apply import back
from engine_runtime.workflow.models import Given, Task
from tests.runtime.schema.test_change import changed, publish

pytestmark = pytest.mark.usefixtures("empty_database")

PROGRAM = """
role: Clerk
---
role: Chief
---
doctype: Company
plural: Companies
company: none
name: {by: code}
fields: {code: {type: text, required: true}}
---
doctype: Customer
company: shared
name: {by: code, series: "C{counter:3}"}
fields: {code: {type: text, length: 9}, days: {type: integer}, firm: {type: link, to: Company}}
allow: {Clerk: {can: [read, write, create]}}
---
doctype: Copy
company: required
fields: {about: {type: text}, kind: {type: text, default: far}}
from: {Letter: {set: {about: about}}}
---
doctype: Letter
company: required
submittable: true
amend: in_place
date: day
number: {on: submit, series: {letter: {text: "L{counter:3}"}}}
fields:
  day:      {type: date, default: "2026-05-04"}
  customer: {type: link, to: Customer}
  about:    {type: text}
  times:    {type: integer, default: 1}
  wait:     {type: integer, formula: customer.days * times}
actions:
  copy: {bulk: true, async: true, do: {made: {make: Copy, set: {kind: "'job'"}}}, answer: {made: =made.id}}
  note: {do: {made: {make: Copy, once: [this], set: {kind: "'note'"}}}, answer: {made: =made.id}}
on:
  send: {far: {make: Copy, company: customer.firm, when: customer.firm is not null}}
allow: {Clerk: {can: [read, write, create, submit, cancel]}, Chief: {can: [read, write, submit]}}
---
workflow: Sending
for: Letter
states: {draft: {}, waiting: {edit: all}, sent: {stage: submitted, edit: all}}
transitions:
  hand_in: {from: draft, to: waiting}
  send: {from: waiting, to: sent, needs: {two: {role: Chief, count: 2}}}
"""

NAMES = (
    ("doctype: Letter", "doctype: Note\nrenamed_from: Letter"),
    ("from: {Letter:", "from: {Note:"),
    ("for: Letter", "for: Note"),
    ("role: Chief\n", "role: Boss\nrenamed_from: Chief\n"),
    ("role: Chief,", "role: Boss,"),
    (" Chief: {can", " Boss: {can"),
)
RENAMED = changed(
    PROGRAM,
    *NAMES,
    ("doctype: Customer", "doctype: Client\nrenamed_from: Customer"),
    ("to: Customer}", "to: Client}"),
    ("days: {type: integer}", "term: {type: integer, renamed_from: days}"),
    ("customer.days", "customer.term"),
)


@dataclass
class World:
    company: int
    other: int
    customer: int
    user: Actor

    @property
    def system(self) -> Actor:
        return system_actor(self.company)

    def letter(self, doctype: str = "Letter", **more: Any) -> int:
        body = {"about": "tax", "customer": self.customer, **more}
        return int(service.create(self.system, doctype, [body])[0]["id"])

    def chief(self, number: int) -> Actor:
        name = Membership.objects.filter(user_id=number).values_list("role", flat=True)
        roles = {self.company: frozenset(name)}
        return replace(self.user, user_id=number, username=f"chief{number}", roles=roles)


@pytest.fixture
def world() -> World:
    publish(PROGRAM)
    here, there = service.create(system_actor(), "Company", [{"code": "A"}, {"code": "B"}])
    customer = service.create(system_actor(here["id"]), "Customer", [{"days": 30}])[0]
    for number in (7, 8):
        get_user_model().objects.create(id=number, username=f"chief{number}")
        Membership.objects.create(user_id=number, company_id=here["id"], role="Chief")
    user = Actor(
        user_id=7,
        username="chief7",
        company_id=here["id"],
        companies=frozenset({here["id"]}),
        roles={here["id"]: frozenset({"Chief"})},
    )
    return World(here["id"], there["id"], customer["id"], user)


@pytest.fixture(params=["forth", "back"])
def doctype(request: pytest.FixtureRequest) -> str:
    """What the letter is called in the end: after a publish, or after a publish and the way back."""
    return "Note" if request.param == "forth" else "Letter"


def rename(doctype: str) -> None:
    publish(RENAMED)
    if doctype == "Letter":
        back()


def place(doctype: str) -> str:
    return doctype.lower()


def fixed_columns(name: str) -> Iterator[renaming.Place]:
    for model in apps.get_models():
        if model.__module__.startswith("engine_runtime."):
            for field in model._meta.get_fields():
                if field.name == name:
                    yield model._meta.app_label, model.__name__, name


def test_every_fixed_column_that_names_a_doctype_or_role_is_known() -> None:
    assert set(fixed_columns("doctype")) == set(renaming.DOCTYPES)
    assert set(fixed_columns("role")) == set(renaming.ROLES)


def test_tasks_and_consents_go_on(world: World, doctype: str) -> None:
    number = world.letter()
    moving.move(world.system, "Letter", Reference(number), "hand_in")
    assert not moving.move(world.chief(7), "Letter", Reference(number), "send").moved
    rename(doctype)
    assert {t.doctype for t in Task.objects.all()} == {place(doctype)}
    assert {g.doctype for g in Given.objects.all()} == {place(doctype)}
    boss = "Boss" if doctype == "Note" else "Chief"
    assert [t.role for t in Task.objects.all()] == [boss]
    (waiting,) = tasks(world.chief(8))
    assert (waiting["doctype"], waiting["document"]) == (place(doctype), number)
    shown = standing(world.chief(8), doctype, number)
    assert shown.state == "waiting"
    assert moving.move(world.chief(8), doctype, Reference(number), "send").moved
    assert Task.objects.count() == 0


def test_history_and_numbers_go_on(world: World, doctype: str) -> None:
    world.letter()
    number = world.letter()
    moving.move(world.system, "Letter", Reference(number), "hand_in")
    for chief in (7, 8):
        moving.move(world.chief(chief), "Letter", Reference(number), "send")
    rename(doctype)
    assert [one["action"] for one in history(world.system, doctype, number)][-1] == "create"
    customer = "client" if doctype == "Note" else "customer"
    known = {"company", customer, place(doctype)}
    assert set(Version.objects.values_list("doctype", flat=True)) == known
    keys = NumberSeries.objects.values_list("key", flat=True)
    assert {key.partition("|")[0] for key in keys} == {customer, place(doctype)}
    second = world.letter(doctype)
    moving.move(world.system, doctype, Reference(second), "hand_in")
    for chief in (7, 8):
        row = moving.move(world.chief(chief), doctype, Reference(second), "send").row
    assert row["number"] == "L002"


def test_what_is_made_once_is_not_made_again(world: World, doctype: str) -> None:
    number = world.letter()
    acting.act(world.system, "Letter", Reference(number), "note")
    assert MadeOnce.objects.get().key.startswith("Letter.note.made@")
    rename(doctype)
    assert MadeOnce.objects.get().key.startswith(f"{doctype}.note.made@")
    assert MadeOnce.objects.get().doctype == "copy"
    answer = acting.act(world.system, doctype, Reference(number), "note")
    assert answer == {"made": None}
    assert MadeOnce.objects.count() == 1


def test_events_that_wait_are_delivered(world: World, doctype: str) -> None:
    customer = service.create(world.system, "Customer", [{"days": 1, "firm": world.other}])[0]
    number = world.letter(customer=customer["id"])
    moving.move(world.system, "Letter", Reference(number), "hand_in")
    for chief in (7, 8):
        moving.move(world.chief(chief), "Letter", Reference(number), "send")
    asked = Event.objects.get(name="letter.make_elsewhere")
    rename(doctype)
    asked.refresh_from_db()
    assert (asked.name, asked.doctype) == (f"{place(doctype)}.make_elsewhere", place(doctype))
    assert asked.body["owner"] == doctype
    relay_pending()
    asked.refresh_from_db()
    assert (asked.error, asked.attempts) == ("", 0)
    assert asked.delivered_at is not None
    made = MadeOnce.objects.get()
    assert get(system_actor(world.other), "Copy", [made.document_id]).rows[0]["about"] == "tax"


def test_jobs_that_wait_are_done(world: World, doctype: str) -> None:
    numbers = [world.letter(), world.letter()]
    job = enqueue(world.system, "Letter", "copy", numbers, {})
    assert job.doctype == "letter"
    rename(doctype)
    assert work_pending() == 2
    job.refresh_from_db()
    assert (job.doctype, [result["ok"] for result in job.results]) == (place(doctype), [True, True])
    assert job.error == ""


def test_a_job_under_way_goes_on_under_the_new_name(world: World) -> None:
    numbers = [world.letter(), world.letter()]
    job = enqueue(world.system, "Letter", "copy", numbers, {})
    Job.objects.filter(id=job.id).update(taken_at=timezone.now())
    publish(RENAMED)
    assert service.concrete(open_session(world.system), "Letter").name == "Note"


def test_records_of_packs_stay_theirs(world: World, doctype: str) -> None:
    PackRecord.objects.create(
        pack="x", data="letters", key="1", doctype="letter", document_id=1, shipped="", stored="",
        fields={},
    )  # fmt: skip
    rename(doctype)
    assert PackRecord.objects.get().doctype == place(doctype)


def test_the_same_request_stays_the_same(world: World, doctype: str) -> None:
    body = {"about": "tax", "customer": world.customer}
    first = service.create(world.system, "Letter", [body], idempotency_key="till-1")
    rename(doctype)
    again = service.create(world.system, doctype, [body], idempotency_key="till-1")
    assert again[0]["id"] == first[0]["id"]
    with pytest.raises(IdempotencyConflict):
        service.create(world.system, doctype, [{"about": "x"}], idempotency_key="till-1")


def test_a_submitted_document_keeps_the_facts_of_then(world: World, doctype: str) -> None:
    """What it read of the customer is found under what customer and field are called now."""

    def sent(name: str) -> int:
        number = world.letter(name)
        moving.move(world.system, name, Reference(number), "hand_in")
        for chief in (7, 8):
            moving.move(world.chief(chief), name, Reference(number), "send")
        return number

    before = sent("Letter")
    publish(RENAMED)
    between = sent("Note")
    customer, term = ("Client", "term") if doctype == "Note" else ("Customer", "days")
    if doctype == "Letter":
        back()
    change = {"id": world.customer, "version": 1, term: 99}
    service.save(system_actor(world.company), customer, [change])
    for number in (before, between):
        [row] = get(world.system, doctype, [number]).rows
        change = {"id": number, "version": row["version"], "times": 2}
        [saved] = service.save(world.system, doctype, [change])
        assert saved["wait"] == 60


def test_a_document_finishes_the_workflow_that_it_began(world: World) -> None:
    number = world.letter()
    moving.move(world.system, "Letter", Reference(number), "hand_in")
    publish(changed(PROGRAM, *NAMES, ("count: 2", "count: 1")))
    assert not moving.move(world.chief(7), "Note", Reference(number), "send").moved
    with pytest.raises(StateConflict, match="You have consented; Send waits for Boss"):
        moving.move(world.chief(7), "Note", Reference(number), "send")
    assert moving.move(world.chief(8), "Note", Reference(number), "send").moved
