"""Workflows that change under documents that go through them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from engine.catalog.whole import Catalog
from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.active.catalog import active
from engine_runtime.active.sources import compile_sources
from engine_runtime.documents import service
from engine_runtime.documents.errors import NotAllowed, NotFound
from engine_runtime.documents.moving import move
from engine_runtime.documents.read import get
from engine_runtime.documents.service import Reference
from engine_runtime.documents.standing import standing
from engine_runtime.schema.apply import apply, back, planned
from engine_runtime.schema.errors import SchemaRefused
from engine_runtime.workflow.models import Task
from tests.runtime.schema.test_change import PACK, changed, publish

pytestmark = pytest.mark.usefixtures("empty_database")

PAPERS = """
role: Clerk
---
doctype: Letter
company: none
submittable: true
fields: {about: {type: text}}
allow: {Clerk: {can: [read, write, create, submit, cancel]}}
---
workflow: Sending
for: Letter
states: {draft: {}, waiting: {}, sent: {stage: submitted}, filed: {stage: submitted}}
transitions:
  hand_in: {from: draft, to: waiting}
  give_back: {from: waiting, to: draft}
  send: {from: waiting, to: sent}
  file: {from: sent, to: filed, not: [submitter]}
"""


def catalog_of(text: str) -> Catalog:
    catalog = compile_sources({"pack.yaml": PACK, "x.yaml": text}).catalog
    assert catalog is not None
    return catalog


def letter() -> int:
    [row] = service.create(system_actor(), "Letter", [{"about": "tax"}])
    return int(row["id"])


def go(number: int, name: str, actor: Actor | None = None) -> dict[str, Any]:
    return move(actor or system_actor(), "Letter", Reference(number), name).row


def state(number: int) -> str:
    return str(get(system_actor(), "Letter", [number]).rows[0]["state"])


def test_a_state_in_which_documents_stand_is_not_taken_away() -> None:
    first = publish(PAPERS)
    numbers = [letter() for _ in range(3)]
    for number in numbers[:2]:
        go(number, "hand_in")
    without = changed(
        PAPERS,
        (" waiting: {},", ""),
        ("  hand_in: {from: draft, to: waiting}\n  give_back: {from: waiting, to: draft}\n", ""),
        ("{from: waiting, to: sent}", "{from: draft, to: sent}"),
    )
    with pytest.raises(SchemaRefused, match="2 documents of Letter stand in the state 'waiting'"):
        publish(without)
    assert active().version == first
    publish(without + "moves: {waiting: draft}\n")
    assert go(numbers[0], "send")["state"] == "sent"
    with pytest.raises(SchemaRefused, match="state"):
        publish(changed(without, ("sent: {stage: submitted}, ", ""), ("to: sent", "to: filed"),
                        ("  file: {from: sent, to: filed, not: [submitter]}\n", "")))  # fmt: skip


TAKEN_BACK = changed(PAPERS, ("sent: {stage: submitted}", "sent: {}"), (", not: [submitter]", ""))
"""What was submitted is a draft from now on."""
AT_ONCE = changed(
    PAPERS,
    ("waiting: {}", "waiting: {stage: submitted}"),
    ("  give_back: {from: waiting, to: draft}\n", ""),
)
"""What was a draft is submitted from now on."""


@pytest.mark.parametrize(
    ("turned", "ways", "name", "was", "would", "to"),
    [
        (TAKEN_BACK, ["hand_in", "send"], "sent", "submitted", "draft", "filed"),
        (AT_ONCE, ["hand_in"], "waiting", "draft", "submitted", "draft"),
    ],
)
def test_a_state_in_which_documents_stand_keeps_its_stage(
    turned: str, ways: list[str], name: str, was: str, would: str, to: str
) -> None:
    first = publish(PAPERS)
    number = letter()
    for way in ways:
        go(number, way)
    says = (
        f"1 documents of Letter stand in the state '{name}', which is of stage {was} and would be of stage {would}. "
        f"Give the state of stage {would} another name"
    )
    with pytest.raises(SchemaRefused, match=says):
        publish(turned)
    assert (active().version, state(number)) == (first, name)
    planned_lines = [line for line in planned(catalog_of(turned)) if f"'{name}'" in line]
    assert f"would be of stage {would}" in planned_lines[0]
    # The way out that it tells: a name of its own, and where the documents go.
    fresh = changed(turned, (f"{name}: {{", "fresh: {"))
    fresh = fresh.replace(f"to: {name}", "to: fresh").replace(f"from: {name}", "from: fresh")
    publish(fresh + f"moves: {{{name}: {to}}}\n")
    assert state(number) == to


def test_a_stage_changes_where_no_document_stands_and_not_back_where_one_does() -> None:
    publish(PAPERS)
    assert publish(AT_ONCE) == 2
    go(letter(), "hand_in")
    with pytest.raises(SchemaRefused, match="is of stage submitted and would be of stage draft"):
        back()


def test_a_document_that_enters_a_lost_state_during_the_publish_refuses_it() -> None:
    publish(PAPERS)
    number = letter()
    without = changed(
        PAPERS,
        ("doctype: Letter", "doctype: Note\nrenamed_from: Letter"),
        ("for: Letter", "for: Note"),
        ("about: {type: text}", "about: {type: text}, title: {type: text, backfill: about}"),
        (" waiting: {},", ""),
        ("  hand_in: {from: draft, to: waiting}\n  give_back: {from: waiting, to: draft}\n", ""),
        ("{from: waiting, to: sent}", "{from: draft, to: sent}"),
    )

    def said(text: str) -> None:
        if "rows filled" in text:
            go(number, "hand_in")

    sources = {"pack.yaml": PACK, "x.yaml": without}
    catalog = compile_sources(sources).catalog
    assert catalog is not None
    with pytest.raises(SchemaRefused, match="1 documents of Note stand in the state 'waiting'"):
        apply(catalog, sources, said=said)
    assert (active().version, state(number)) == (1, "waiting")


def test_the_way_back_is_looked_at_as_well() -> None:
    publish(changed(PAPERS, (", filed: {stage: submitted}", ""),
                    ("  file: {from: sent, to: filed, not: [submitter]}\n", "")))  # fmt: skip
    publish(PAPERS)
    number = letter()
    for name in ("hand_in", "send", "file"):
        go(number, name)
    with pytest.raises(SchemaRefused, match="1 documents of Letter stand in the state 'filed'"):
        back()


def test_a_document_finishes_on_the_workflow_that_it_began_with() -> None:
    publish(PAPERS)
    old = letter()
    go(old, "hand_in")
    publish(changed(PAPERS, ("  give_back: {from: waiting, to: draft}\n", "")))
    new = letter()
    go(new, "hand_in")
    with pytest.raises(NotFound):
        go(new, "give_back")
    assert go(old, "give_back")["state"] == "draft"


def test_who_submitted_it_does_not_do_the_rest() -> None:
    publish(PAPERS)
    roles: dict[int, frozenset[str]] = {}
    asha = Actor(1, "asha", None, frozenset(), roles, superuser=True)
    bina = Actor(2, "bina", None, frozenset(), roles, superuser=True)
    number = letter()
    go(number, "hand_in", bina)
    go(number, "send", asha)
    with pytest.raises(NotAllowed, match="submitted"):
        go(number, "file", asha)
    assert go(number, "file", bina)["state"] == "filed"


RENAMED = changed(
    PAPERS,
    (" waiting: {},", " asked: {},"),
    ("to: waiting", "to: asked"),
    ("{from: waiting, to: draft}", "{from: asked, to: draft}"),
    ("{from: waiting, to: sent}", "{from: asked, to: sent}"),
)


def test_documents_go_where_the_new_workflow_says_and_on_from_there() -> None:
    publish(PAPERS)
    drafted, waiting, returned = letter(), letter(), letter()
    go(waiting, "hand_in")
    go(returned, "hand_in")
    Task.objects.create(
        id=1, doctype="letter", document_id=waiting, state="waiting", transition="send",
        need="any", role="Clerk", since=datetime(2026, 5, 4, tzinfo=UTC),
    )  # fmt: skip
    publish(RENAMED + "moves: {waiting: asked}\n")
    assert [state(number) for number in (drafted, waiting, returned)] == ["draft", "asked", "asked"]
    assert Task.objects.get().state == "asked"
    assert standing(system_actor(), "Letter", waiting).state == "asked"
    assert go(returned, "give_back")["state"] == "draft"
    for number in (drafted, returned):
        assert go(number, "hand_in")["state"] == "asked"
    for number in (drafted, waiting, returned):
        assert go(number, "send")["state"] == "sent"


def test_the_way_back_takes_documents_back_to_where_they_stood() -> None:
    publish(PAPERS)
    number = letter()
    go(number, "hand_in")
    publish(RENAMED + "moves: {waiting: asked}\n")
    back()
    assert state(number) == "waiting"
    assert go(number, "send")["state"] == "sent"


def test_documents_do_not_go_to_another_stage_by_a_publish() -> None:
    publish(PAPERS)
    number = letter()
    go(number, "hand_in")
    with pytest.raises(SchemaRefused, match="They are of stage draft and 'sent' is not"):
        publish(RENAMED + "moves: {waiting: sent}\n")
    assert state(number) == "waiting"


def test_a_draft_does_not_enter_a_state_that_was_taken_out() -> None:
    publish(PAPERS)
    number = letter()
    publish(RENAMED)
    assert go(number, "hand_in")["state"] == "asked"


def test_documents_whose_pack_was_out_are_moved_when_it_is_back() -> None:
    publish(PAPERS)
    number = letter()
    go(number, "hand_in")
    publish("doctype: Other\ncompany: none\nfields: {a: {type: text}}\n")
    publish(RENAMED + "moves: {waiting: asked}\n")
    assert state(number) == "asked"
    assert go(number, "send")["state"] == "sent"


def test_a_doctype_renamed_with_its_state_keeps_its_documents() -> None:
    publish(PAPERS)
    number = letter()
    go(number, "hand_in")
    named = changed(RENAMED, ("doctype: Letter", "doctype: Note\nrenamed_from: Letter"),
                    ("for: Letter", "for: Note"))  # fmt: skip
    publish(named + "moves: {waiting: asked}\n")
    assert move(system_actor(), "Note", Reference(number), "send").row["state"] == "sent"
