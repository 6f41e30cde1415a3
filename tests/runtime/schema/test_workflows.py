"""Workflows that change under documents that go through them."""

from __future__ import annotations

from typing import Any

import pytest

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.active.catalog import active
from engine_runtime.active.sources import compile_sources
from engine_runtime.documents import service
from engine_runtime.documents.errors import NotAllowed, NotFound
from engine_runtime.documents.moving import move
from engine_runtime.documents.read import get
from engine_runtime.documents.service import Reference
from engine_runtime.schema.apply import apply, back
from engine_runtime.schema.errors import SchemaRefused
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
