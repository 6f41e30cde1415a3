"""Whom a person names to act in their place, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib.auth import get_user_model

from engine_runtime.access.actor import Actor
from engine_runtime.posting.session import open_session
from engine_runtime.workflow.models import StandIn


class StandInRefused(Exception):
    """Nobody of that name, oneself, or days that end before they begin. ``detail`` says which."""

    code = "stand_in.refused"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True, slots=True)
class StandInDay:
    """``stand_in`` may act for the person from one day to another, both included."""

    id: int
    stand_in: str
    from_date: date
    to_date: date


def named_by(actor: Actor) -> list[StandInDay]:
    """Whom ``actor`` has named, the latest first."""
    rows = StandIn.objects.filter(person=actor.username).order_by("-to_date", "-id")
    return [StandInDay(r.id, r.stand_in, r.from_date, r.to_date) for r in rows]


def name_stand_in(actor: Actor, name: str, start: date, until: date) -> list[StandInDay]:
    """Let ``name`` act for ``actor`` from ``start`` to ``until``; all that is named then. Raises StandInRefused."""
    if name == actor.username:
        raise StandInRefused("You cannot stand in for yourself.")
    if until < start:
        raise StandInRefused("These days end before they begin.")
    if not get_user_model().objects.filter(username=name, is_active=True).exists():
        raise StandInRefused(f"There is no user '{name}'.")
    number = open_session(actor).gateway.ids(1)[0]
    StandIn.objects.create(
        id=number, person=actor.username, stand_in=name, from_date=start, to_date=until
    )
    return named_by(actor)


def end(actor: Actor, number: int) -> None:
    """Take back what ``actor`` named."""
    StandIn.objects.filter(id=number, person=actor.username).delete()
