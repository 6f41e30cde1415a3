"""Who wants to know of an event. A consumer is short: what takes long it leaves to a task of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils import timezone

from engine_runtime.documents.amending import AMEND
from engine_runtime.documents.effecting import ELSEWHERE, SEND, make_elsewhere
from engine_runtime.documents.expiring import EXPIRE
from engine_runtime.documents.rederiving import REDERIVE
from engine_runtime.documents.settling import settle_after
from engine_runtime.jobs.books import request_check
from engine_runtime.outbox.models import Event

Consumer = Callable[[Event], None]


def ask_for_verification(event: Event) -> None:
    """The books of a company have changed: they are checked when it is quiet again."""
    if event.company_id is not None:
        request_check(event.company_id, timezone.now())


def move_what_may(event: Event) -> None:
    """Documents that move by themselves do so once what happened makes it hold."""
    settle_after(event.doctype, event.document_id, event.company_id)


CONSUMERS: Mapping[str, tuple[Consumer, ...]] = {
    "submit": (ask_for_verification,),
    AMEND: (ask_for_verification,),
    REDERIVE: (ask_for_verification,),
    "cancel": (ask_for_verification,),
    EXPIRE: (ask_for_verification,),
    ELSEWHERE: (make_elsewhere,),
}
"""Action → consumers, in order. An event that nobody wants is delivered to nobody."""


def consumers_of(event: Event) -> tuple[Consumer, ...]:
    """Who wants ``event``; it is named ``<doctype key>.<action>``."""
    action = event.name.rpartition(".")[2]
    found = CONSUMERS.get(action, ())
    return found if action in (ELSEWHERE, SEND) else (*found, move_what_may)
