"""Whom a person names to act in their place, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth import get_user_model

from engine.catalog.doctypes import Doctype
from engine_runtime.access.actor import Actor
from engine_runtime.access.errors import CompanyRefused
from engine_runtime.access.gate import allowed
from engine_runtime.access.members import actor_named
from engine_runtime.posting.session import open_session
from engine_runtime.workflow.models import StandIn


class StandInRefused(Exception):
    """Nobody of that name, oneself, somebody who sees nothing of it, or days that end before they begin.

    ``detail`` says which.
    """

    code = "stand_in.refused"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True, slots=True)
class StandInDay:
    """``stand_in`` may act for the person from one day to another, both included.

    ``unread``: labels of doctypes in which the person may be asked, and the stand-in sees nothing.
    """

    id: int
    stand_in: str
    from_date: date
    to_date: date
    unread: tuple[str, ...] = ()


def named_by(actor: Actor) -> list[StandInDay]:
    """Whom ``actor`` has named, the latest first."""
    rows = list(StandIn.objects.filter(person=actor.username).order_by("-to_date", "-id"))
    wanted = _asked_in(actor) if rows else []
    unread = {name: _unread(name, actor, wanted) for name in {row.stand_in for row in rows}}
    return [StandInDay(r.id, r.stand_in, r.from_date, r.to_date, unread[r.stand_in]) for r in rows]


def _asked_in(actor: Actor) -> list[Doctype]:
    """The doctypes that the actor reads and that stand-ins take further."""
    return [
        kind
        for kind in open_session(actor).catalog.doctypes.values()
        if kind.submittable and not (kind.abstract or kind.child) and allowed(actor, "read", kind)
        if any(way.people.stand_in for way in kind.workflow.transitions.values())
    ]


def _unread(name: str, actor: Actor, wanted: Sequence[Doctype]) -> tuple[str, ...]:
    """The labels of those of ``wanted`` that the user ``name`` may not read in the company in hand."""
    try:
        other = actor_named(name, actor.company_id)
    except (CompanyRefused, get_user_model().DoesNotExist):
        return tuple(kind.label for kind in wanted)
    return tuple(kind.label for kind in wanted if not allowed(other, "read", kind))


def name_stand_in(actor: Actor, name: str, start: date, until: date) -> list[StandInDay]:
    """Let ``name`` act for ``actor`` from ``start`` to ``until``; all that is named then. Raises StandInRefused."""
    if name == actor.username:
        raise StandInRefused("You cannot stand in for yourself.")
    if until < start:
        raise StandInRefused("These days end before they begin.")
    if not get_user_model().objects.filter(username=name, is_active=True).exists():
        raise StandInRefused(f"There is no user '{name}'.")
    wanted = _asked_in(actor)
    unread = _unread(name, actor, wanted)
    if wanted and len(unread) == len(wanted):
        raise StandInRefused(
            f"'{name}' may not read what you are asked about: {', '.join(unread)}. "
            "Name somebody who may, or have them given a role that reads it."
        )
    number = open_session(actor).gateway.ids(1)[0]
    StandIn.objects.create(
        id=number, person=actor.username, stand_in=name, from_date=start, to_date=until
    )
    return named_by(actor)


def end(actor: Actor, number: int) -> None:
    """Take back what ``actor`` named."""
    StandIn.objects.filter(id=number, person=actor.username).delete()
