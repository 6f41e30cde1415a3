"""Fields that change after submit, and only these."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from engine_runtime.access.actor import Actor
from engine_runtime.documents import service
from engine_runtime.documents.errors import DocumentError, StateConflict, VersionConflict
from engine_runtime.documents.models import Version
from engine_runtime.documents.read import get

PROGRAM = "subscriptions"
Row = dict[str, Any]


@pytest.fixture
def subscription(actors: tuple[Actor, Actor], plan: int) -> Row:
    body = {"plan": plan, "next_from": "2026-05-04"}
    return service.create(actors[0], "Subscription", [body], submit=True)[0]


@pytest.fixture(scope="module")
def plan(actors: tuple[Actor, Actor]) -> int:
    row = {"code": "M", "months": 1, "price": 100}
    number: int = service.create(actors[0], "Plan", [row])[0]["id"]
    return number


def change(actor: Actor, row: Row, **fields: Any) -> Row:
    body = {"id": row["id"], "version": row["version"], **fields}
    return service.save(actor, "Subscription", [body])[0]


def test_a_late_field_changes_with_a_new_version_and_a_history(
    actors: tuple[Actor, Actor], subscription: Row
) -> None:
    changed = change(actors[0], subscription, next_from="2026-06-04")
    assert changed["version"] == subscription["version"] + 1
    stored = get(actors[0], "Subscription", [subscription["id"]]).rows[0]
    assert (stored["next_from"], stored["stage"]) == (date(2026, 6, 4), "submitted")
    last = Version.objects.filter(document_id=subscription["id"]).latest("at", "id")
    assert (last.action, last.changes) == ("save", {"next_from": ["2026-05-04", "2026-06-04"]})
    with pytest.raises(VersionConflict):
        change(actors[0], subscription, next_from="2026-07-04")


def test_everything_else_stands_still(
    actors: tuple[Actor, Actor], plan: int, subscription: Row
) -> None:
    with pytest.raises(StateConflict):
        change(actors[0], subscription, plan=plan + 1)


def test_a_late_field_is_checked(actors: tuple[Actor, Actor], subscription: Row) -> None:
    with pytest.raises(DocumentError) as raised:
        change(actors[0], subscription, next_from=None)
    assert [p.path for p in raised.value.problems] == ["next_from"]
    with pytest.raises(DocumentError):
        change(actors[0], subscription, next_from="soon")
