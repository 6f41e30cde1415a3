"""The life of a document: draft, saved, submitted, cancelled or deleted, and every wrong step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine_runtime.active.catalog import active
from engine_runtime.documents import service
from engine_runtime.documents.errors import (
    ConfirmationNeeded,
    DocumentInvalid,
    IdempotencyConflict,
    InputMalformed,
    InUse,
    LimitExceeded,
    NotFound,
    StateConflict,
    VersionConflict,
)
from engine_runtime.documents.models import IdempotencyKey, Version
from engine_runtime.documents.read import get
from engine_runtime.documents.service import Reference
from engine_runtime.ledgers.verify import verify
from engine_runtime.outbox.models import Event
from engine_runtime.posting.session import Knowing, knowingly
from tests.company import rows_of
from tests.runtime.documents.world import World, code, problems, rows_per_table

D = Decimal


def test_a_document_goes_from_draft_to_cancelled(world: World) -> None:
    [draft] = world.create()
    assert (draft["state"], draft["version"], draft["number"]) == ("draft", 1, None)
    assert (draft["created_by"], draft["changed_by"]) == (5, 5)
    assert rows_of("led_sales") == [] or all(
        row["origin_id"] != draft["id"] for row in rows_of("led_sales")
    )
    saved = world.save(draft, remark="Changed")
    assert (saved["state"], saved["version"], saved["remark"]) == ("draft", 2, "Changed")
    assert saved["changed_at"] > draft["created_at"] == saved["created_at"]
    [submitted] = world.submit(saved)
    assert (submitted["state"], submitted["version"]) == ("submitted", 3)
    assert submitted["catalog"] == active().version
    [cancelled] = world.cancel(submitted, reason="Wrong")
    assert (cancelled["state"], cancelled["version"]) == ("cancelled", 4)
    stored = world.read(draft)
    assert stored["state"] == "cancelled"
    assert stored["number"] is not None, "its number stays taken"
    assert verify(None) == []


def test_what_is_unusual_is_done_only_knowingly(world: World) -> None:
    """Only who has read exactly this sentence goes on; with another amount it is another sentence."""
    large = world.order({"name": code("N"), "quantity": 2, "rate": "600000"})
    before = rows_per_table()
    with pytest.raises(ConfirmationNeeded) as refused:
        world.create(large, submit=True)
    (asked,) = refused.value.problems
    assert (asked.code, asked.path) == ("check.large", "total")
    assert rows_per_table() == before
    larger = world.order({"name": code("N"), "quantity": 3, "rate": "600000"})
    with knowingly(Knowing(frozenset({asked.confirmation}))):
        [stored] = world.create(large, submit=True)
        with pytest.raises(ConfirmationNeeded):
            world.create(larger, submit=True)
    assert stored["state"] == "submitted"
    assert [(w.code, w.action) for w in stored["warnings"]] == [("check.large", "warn")]


def test_the_answer_is_what_is_stored(world: World) -> None:
    lines = [{"name": code("N"), "quantity": "1.5", "marks": [{"mark": "a"}, {"mark": "b"}]}]
    for answer in (*world.create(world.order(*lines)), *world.create(submit=True)):
        stored = world.read(answer)
        for field in ("posting_date", "partner", "shelf", "net", "total", "due_date", "state"):
            assert stored[field] == answer[field], field
        assert [row["id"] for row in stored["lines"]] == [row["id"] for row in answer["lines"]]
        assert [[m["mark"] for m in row["marks"]] for row in stored["lines"]] == [
            [m["mark"] for m in row["marks"]] for row in answer["lines"]
        ]


STEPS: list[tuple[str, str, type[Exception]]] = [
    ("draft", "cancel", StateConflict),
    ("submitted", "submit", StateConflict),
    ("submitted", "save", StateConflict),
    ("submitted", "delete", StateConflict),
    ("cancelled", "submit", StateConflict),
    ("cancelled", "cancel", StateConflict),
    ("cancelled", "save", StateConflict),
    ("cancelled", "delete", StateConflict),
]


@pytest.mark.parametrize(("state", "step", "error"), STEPS)
def test_wrong_steps_are_refused_and_change_nothing(
    world: World, state: str, step: str, error: type[Exception]
) -> None:
    [row] = world.create(submit=state != "draft")
    if state == "cancelled":
        [row] = world.cancel(row)
    steps: dict[str, Callable[[], Any]] = {
        "submit": lambda: world.submit(row),
        "cancel": lambda: world.cancel(row),
        "save": lambda: world.save(row, remark="No"),
        "delete": lambda: service.delete(world.actor, "Order", [Reference(row["id"])]),
    }
    before = rows_per_table()
    with pytest.raises(error, match=f"is {state}"):
        steps[step]()
    assert rows_per_table() == before
    assert world.read(row)["version"] == row["version"]


def test_a_stale_version_is_refused_by_every_step(world: World) -> None:
    [draft] = world.create()
    world.save(draft, remark="Somebody was faster")
    stale = [Reference(draft["id"], draft["version"])]
    for step in (
        lambda: world.save(draft, remark="Late"),
        lambda: service.submit(world.actor, "Order", stale),
        lambda: service.delete(world.actor, "Order", stale),
    ):
        with pytest.raises(VersionConflict, match="version 1, it is at 2"):
            step()
    [row] = world.submit(draft)
    with pytest.raises(VersionConflict):
        service.cancel(world.actor, "Order", [Reference(row["id"], 2)])
    service.cancel(world.actor, "Order", [Reference(row["id"], 3)])


@pytest.mark.parametrize(
    "change", [{"version": 1}, {"id": "1", "version": 1}, {"id": True, "version": 1}]
)
def test_a_change_names_its_document(world: World, change: dict[str, Any]) -> None:
    with pytest.raises(InputMalformed, match="'id'"):
        service.save(world.actor, "Order", [change])


@pytest.mark.parametrize("version", [None, "1", True, 1.0])
def test_a_change_names_its_version(world: World, version: Any) -> None:
    [draft] = world.create()
    with pytest.raises(InputMalformed, match="'version'"):
        service.save(world.actor, "Order", [{"id": draft["id"], "version": version}])


def test_the_same_document_twice_in_a_call_is_refused(world: World) -> None:
    [draft] = world.create()
    with pytest.raises(InputMalformed, match="twice"):
        world.submit(draft, draft)


def test_what_is_not_there_is_not_found(world: World) -> None:
    for step in (world.submit, world.cancel):
        with pytest.raises(NotFound):
            step({"id": 999_999_999})
    with pytest.raises(NotFound, match="no doctype"):
        service.create(world.actor, "Ordr", [{}])
    with pytest.raises(NotFound):
        service.create(world.actor, "Order Line", [{"name": "x"}])


def test_a_master_is_neither_submitted_nor_cancelled(world: World) -> None:
    references = [Reference(world.partner)]
    with pytest.raises(StateConflict, match="cannot be submitted"):
        service.submit(world.actor, "Partner", references)
    with pytest.raises(StateConflict, match="cannot be cancelled"):
        service.cancel(world.actor, "Partner", references)
    with pytest.raises(StateConflict):
        service.create(world.actor, "Partner", [{"code": code("P"), "name": "x"}], submit=True)


def test_a_deleted_draft_is_gone_with_its_rows(world: World) -> None:
    before = rows_per_table()
    marks = [{"name": "x", "marks": [{"mark": "m"}]}]
    [draft] = world.create(world.order(*marks))
    service.delete(world.actor, "Order", [Reference(draft["id"])])
    after = rows_per_table()
    trail = {Version._meta.db_table: 2, Event._meta.db_table: 2}
    assert after == {t: n + trail.get(t, 0) for t, n in before.items()}
    with pytest.raises(NotFound):
        world.read(draft)
    version = Version.objects.filter(document_id=draft["id"]).latest("at")
    assert version.action == "delete"
    assert version.changes["deleted"]["lines"][0]["marks"] == [{"mark": "m"}]


def test_what_is_in_use_is_not_deleted(world: World) -> None:
    partner = service.create(world.actor, "Partner", [{"code": code("P"), "name": "Kept"}])[0]
    [draft] = world.create(world.order(partner=partner["id"]))
    with pytest.raises(InUse, match="used by other records"):
        service.delete(world.actor, "Partner", [Reference(partner["id"])])
    service.delete(world.actor, "Order", [Reference(draft["id"])])
    [row] = world.create(world.order(partner=partner["id"]), submit=True)
    world.cancel(row)
    with pytest.raises(InUse):
        service.delete(world.actor, "Partner", [Reference(partner["id"])])
    alone = service.create(world.actor, "Partner", [{"code": code("P"), "name": "Alone"}])[0]
    service.delete(world.actor, "Partner", [Reference(alone["id"])])


# --- all or nothing ---------------------------------------------------------------------------


def bad_lists(world: World) -> dict[str, tuple[list[dict[str, Any]], type[Exception], str]]:
    """Lists of three orders, the second of which is wrong: what, the error, the path."""
    good = world.order()
    sell = [{"name": "nothing there", "quantity": -1}]
    return {
        "unknown field": ([good, world.order(colour=1), good], InputMalformed, "[1].colour"),
        "missing": ([good, {k: v for k, v in good.items() if k != "partner"}, good], DocumentInvalid, "[1].partner"),
        "no rows": ([good, {**good, "lines": []}, good], DocumentInvalid, "[1].lines"),
        "check": ([good, world.order(discount=100), good], DocumentInvalid, "[1].discount"),
        "limit": ([good, world.order(*sell), good], LimitExceeded, "[1].lines[0]"),
        "shape": ([good, world.order(lines=[3]), good], InputMalformed, "[1].lines[0]"),
        "no object": ([good, 3, good], InputMalformed, "[1]"),  # type: ignore[list-item]
    }  # fmt: skip


@pytest.mark.parametrize(
    "what", ["unknown field", "missing", "no rows", "check", "limit", "shape", "no object"]
)
def test_a_list_is_stored_as_a_whole_or_not_at_all(world: World, what: str) -> None:
    documents, error, path = bad_lists(world)[what]
    before = rows_per_table()
    with pytest.raises(error) as refused:
        service.create(world.actor, "Order", documents, submit=True)
    assert [problem.path for problem in refused.value.problems] == [path]  # type: ignore[attr-defined]
    after = rows_per_table()
    assert after == before, {t: (before[t], after[t]) for t in after if before[t] != after[t]}


def test_a_list_is_submitted_and_cancelled_as_a_whole(world: World) -> None:
    name = code("N")
    receipts = world.create(world.order({"name": name, "quantity": 1}))
    issues = world.create(world.order({"name": name, "quantity": -2}))
    with pytest.raises(LimitExceeded):
        world.submit(*receipts, *issues)
    assert world.read(receipts[0])["state"] == "draft"
    rows = world.submit(*receipts)
    more = world.create(world.order({"name": name, "quantity": -1}), submit=True)
    with pytest.raises(LimitExceeded):
        world.cancel(*rows)
    world.cancel(*rows, *more)
    assert verify(None) == []


def test_every_problem_of_every_document_is_told_at_once(world: World) -> None:
    documents = [world.order(partner=None), world.order({"name": ""}, {"quantity": 1}, shelf=None)]
    with pytest.raises(DocumentInvalid) as refused:
        service.create(world.actor, "Order", documents)
    assert sorted(problems(refused.value)) == [
        ("field.required", "[0].partner"),
        ("field.required", "[1].lines[0].name"),
        ("field.required", "[1].lines[1].name"),
        ("field.required", "[1].shelf"),
    ]


def test_an_empty_list_is_nothing_to_do(world: World) -> None:
    before = rows_per_table()
    assert service.create(world.actor, "Order", []) == []
    assert service.create(world.actor, "Order", [], submit=True) == []
    assert service.save(world.actor, "Order", []) == []
    assert service.submit(world.actor, "Order", []) == []
    assert service.cancel(world.actor, "Order", []) == []
    service.delete(world.actor, "Order", [])
    assert rows_per_table() == before


def test_a_list_takes_numbers_in_its_order(world: World) -> None:
    rows = world.create(*[world.order() for _ in range(12)], submit=True)
    counters = [int(row["number"][1:]) for row in rows]
    assert counters == list(range(counters[0], counters[0] + 12))


# --- what is remembered ------------------------------------------------------------------------


def test_every_step_is_in_the_audit_trail(world: World) -> None:
    [draft] = world.create()
    saved = world.save(draft, remark="New", posting_date=date(2026, 5, 6))
    [row] = world.submit(saved)
    world.cancel(row, reason="Wrong partner")
    trail = list(Version.objects.filter(document_id=draft["id"]).order_by("at"))
    assert [version.action for version in trail] == ["create", "save", "submit", "cancel"]
    assert [version.reason for version in trail] == ["", "", "", "Wrong partner"]
    for version in trail:
        assert (version.doctype, version.user_id) == ("order", 5)
        assert version.company_id == world.actor.company_id
    changes = trail[1].changes
    assert changes["remark"] == [None, "New"]
    assert changes["posting_date"] == ["2026-05-04", "2026-05-06"]
    assert set(changes) == {"remark", "posting_date"}


def test_rows_that_came_went_or_changed_are_told_one_by_one(world: World) -> None:
    lines = [{"name": n, "quantity": 1} for n in ("keep", "change", "drop")]
    [draft] = world.create(world.order(*lines))
    keep, change, drop = draft["lines"]
    sent = [
        {"id": change["id"], "name": "change", "quantity": "2.5"},
        {"name": "first new"},
        {"id": keep["id"], "name": "keep"},
        {"name": "second new"},
    ]
    saved = world.save(draft, lines=sent)
    assert [row["id"] for row in saved["lines"]][::2] == [change["id"], keep["id"]]
    told = Version.objects.get(document_id=draft["id"], action="save").changes["lines"]
    new = {str(row["id"]): row["name"] for row in saved["lines"][1::2]}
    assert set(told) == {str(change["id"]), str(drop["id"]), *new}
    assert told[str(change["id"])]["quantity"] == ["1.000", "2.500"]
    assert told[str(drop["id"])]["removed"]["name"] == "drop"
    assert {key: told[key]["added"]["name"] for key in new} == new


def test_every_step_is_an_event(world: World) -> None:
    [draft] = world.create()
    world.submit(world.save(draft, remark="x"))
    events = list(Event.objects.filter(document_id=draft["id"]).order_by("created_at"))
    assert [event.name for event in events] == ["order.create", "order.save", "order.submit"]
    assert [event.body["version"] for event in events] == [1, 2, 3]
    assert all(event.company_id == world.actor.company_id for event in events)
    assert all(event.delivered_at is None and event.attempts == 0 for event in events)


# --- the same request twice --------------------------------------------------------------------


def test_the_same_request_twice_is_one(world: World) -> None:
    key, body = code("key-"), [world.order()]
    first = service.create(world.actor, "Order", body, submit=True, idempotency_key=key)
    before = rows_per_table()
    again = service.create(world.actor, "Order", body, submit=True, idempotency_key=key)
    assert rows_per_table() == before
    assert [(r["id"], r["number"]) for r in again] == [(r["id"], r["number"]) for r in first]
    with pytest.raises(IdempotencyConflict, match=key):
        service.create(world.actor, "Order", [world.order()], submit=True, idempotency_key=key)
    with pytest.raises(IdempotencyConflict):
        service.create(world.actor, "Order", body, idempotency_key=key)
    with pytest.raises(IdempotencyConflict):
        service.submit(world.actor, "Order", [Reference(first[0]["id"])], idempotency_key=key)
    assert rows_per_table() == before
    theirs = [world.order()]
    made = service.create(world.other, "Order", theirs, idempotency_key=key)
    assert made[0]["id"] != first[0]["id"], "a key is its actor's own"


def test_a_submit_is_told_again(world: World) -> None:
    [draft] = world.create()
    key, references = code("key-"), [Reference(draft["id"])]
    for _ in range(2):
        [row] = service.submit(world.actor, "Order", references, idempotency_key=key)
        assert (row["state"], row["version"]) == ("submitted", 2)


def test_a_refused_request_leaves_its_key_free(world: World) -> None:
    key = code("key-")
    with pytest.raises(DocumentInvalid):
        service.create(world.actor, "Order", [world.order(partner=None)], idempotency_key=key)
    assert not IdempotencyKey.objects.filter(key=key).exists()
    service.create(world.actor, "Order", [world.order()], idempotency_key=key)


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_a_key_has_a_length(world: World, key: str) -> None:
    with pytest.raises(InputMalformed, match="1 to 200"):
        service.create(world.actor, "Order", [world.order()], idempotency_key=key)


# --- companies ---------------------------------------------------------------------------------


def test_a_document_of_another_company_is_not_there(world: World) -> None:
    [row] = world.create(submit=True)
    for step in (
        lambda: get(world.other, "Order", [row["id"]]),
        lambda: service.cancel(world.other, "Order", [Reference(row["id"])]),
        lambda: service.save(world.other, "Order", [{"id": row["id"], "version": 1}]),
        lambda: service.delete(world.other, "Order", [Reference(row["id"])]),
    ):
        with pytest.raises(NotFound):
            step()


def test_a_link_into_another_company_is_refused(world: World) -> None:
    with pytest.raises(DocumentInvalid) as refused:
        world.create(world.order(shelf=world.their_shelf))
    assert problems(refused.value) == [("link.unknown", "shelf")]


def test_a_key_means_the_record_of_the_own_company(world: World) -> None:
    [mine] = world.create(world.order(shelf="S"))
    [theirs] = service.create(world.other, "Order", [world.order(shelf="S")])
    assert (mine["shelf"], theirs["shelf"]) == (world.shelf, world.their_shelf)


def test_a_document_never_changes_its_company(world: World) -> None:
    [draft] = world.create()
    with pytest.raises(DocumentInvalid, match="never changes its company"):
        world.save(draft, company=world.other.company_id)
    world.save(draft, company=world.actor.company_id)


def test_nobody_works_where_they_do_not(world: World) -> None:
    assert world.actor.company_id is not None
    roles = {world.actor.company_id: frozenset({"Keeper"})}
    keeper = replace(world.actor, system=False, roles=roles)
    service.create(keeper, "Order", [world.order()])
    with pytest.raises(DocumentInvalid) as refused:
        service.create(keeper, "Order", [world.order(company=world.other.company_id)])
    assert problems(refused.value) == [("company.refused", "company")]
