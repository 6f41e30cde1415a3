"""Limits over the books where documents are submitted: their keys are held, then they are measured.

Keys are held before any balance is locked and in one order, so that of two documents which share a limit
the second sees what the first wrote. The kernel measures (``engine.kernel.declared_limits``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection

from engine.catalog.doctypes import Doctype
from engine.expr.program import BalanceCall
from engine.kernel.declared_limits import (
    LimitCase,
    LimitOutcome,
    Standing,
    TransitionRequest,
    check_declared,
    limit_keys,
)
from engine.kernel.entries import Entry
from engine.kernel.finding import Finding
from engine.kernel.rows import Row
from engine_runtime.documents.asking import asked_of
from engine_runtime.documents.balances import answers, under
from engine_runtime.documents.difference import plain
from engine_runtime.documents.errors import Diverted, DocumentError, LimitExceeded, NotAllowed
from engine_runtime.documents.locking import hold_keys
from engine_runtime.documents.lookups import candidates, gather
from engine_runtime.documents.prepare import confirmed, refuse
from engine_runtime.documents.reading import answer_reads
from engine_runtime.posting.session import Session
from engine_runtime.workflow.records import remember_breaches

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(slots=True)
class Limited:
    """The documents of one call that limits apply to, and the books as they stand for each."""

    cases: list[LimitCase]
    standings: list[Standing]

    @property
    def is_free(self) -> bool:
        """Whether no limit applies to anything."""
        return not any(case.limits for case in self.cases)


def limited(session: Session, documents: Sequence[tuple[Session, Doctype, Row, str]]) -> Limited:
    """What limits apply to ``documents`` (session of their facts, doctype, row, transition)."""
    found, actor = Limited([], []), session.actor
    # Nobody asks the engine whether it goes beyond a limit.
    roles = frozenset[str]() if actor.system else actor.roles_here()
    for own, doctype, row, transition in documents:
        passed = _passed(own, doctype, row) if doctype.limits and session.knowing.passed else {}
        found.cases.append(LimitCase(doctype, row, transition, passed, own.done, roles))
        found.standings.append(_standing(own, doctype, row))
    return found


def _standing(session: Session, doctype: Doctype, row: Row) -> Standing:
    asks = any(each.asks for limit in doctype.limits.values() for each in limit.expressions())
    rows = candidates(session, doctype, [row]) if asks else {}
    known: dict[str, Any] = {}

    def balance(call: BalanceCall) -> Any:
        name = repr(call)
        if name not in known:
            known[name] = answers(session, [call])[0]
        return known[name]

    read = answer_reads(session, doctype, row)
    return Standing(
        session.catalog, session.facts, rows, balance, read, lambda nodes: under(session, nodes)
    )


def _passed(session: Session, doctype: Doctype, row: Row) -> dict[str, dict[str, Any]]:
    """The limits that the actor goes beyond, with what was asked. Raises NotAllowed, DocumentInvalid."""
    found: dict[str, dict[str, Any]] = {}
    for key, said in session.knowing.passed.items():
        limit = doctype.limits.get(key)
        if limit is None or limit.passing is None:
            continue
        actor = session.actor
        if not actor.system and not set(limit.passing.roles) & actor.roles_here():
            roles = " or ".join(limit.passing.roles)
            raise NotAllowed(f"{limit.name} is passed by {roles} only.")
        asked = limit.passing.ask
        found[key] = asked_of(session, asked, said, row) if asked is not None else {}
    return found


def hold(session: Session, work: Limited) -> None:
    """Hold the keys of all limits until the transaction ends."""
    if work.is_free:
        return
    keys: set[str] = set()
    for case, standing in zip(work.cases, work.standings, strict=True):
        keys.update(limit_keys([case], standing))
    hold_keys(session, keys)


def measured(work: Limited, entries: Sequence[Entry], session: Session) -> list[LimitOutcome]:
    """What limits say of each document, once over all of ``entries``; what a person confirmed only warns."""
    if work.is_free:
        return [LimitOutcome() for _ in work.cases]
    found: list[LimitOutcome] = []
    for case, standing in zip(work.cases, work.standings, strict=True):
        (outcome,) = check_declared([case], entries, standing)
        outcome.findings = [confirmed(session, finding) for finding in outcome.findings]
        found.append(outcome)
    return found


def refuse_limited(
    findings: Sequence[tuple[int, Finding]], count: int, outcomes: Sequence[LimitOutcome]
) -> None:
    """As ``refuse``; a limit's refusal carries its declared answer, and the ways that documents go instead."""
    try:
        refuse(findings, count)
    except LimitExceeded as error:
        error.answer = next((each.answer for each in outcomes if each.answer is not None), None)
        error.moves = tuple(move for each in outcomes for move in each.transitions)
        raise


def knowingly_passed(outcome: LimitOutcome) -> dict[str, Any]:
    """What history keeps of limits that a person went beyond; nothing where there was none."""
    if not outcome.passed:
        return {}
    said = outcome.passed.items()
    return {"passed": {key: {n: plain(v) for n, v in told.items()} for key, told in said}}


def check_at(session: Session, doctype: Doctype, row: Row, transition: str) -> dict[str, Any]:
    """Measure the limits at a transition or action that posts nothing; what history keeps of it.

    Raises LimitExceeded, ConfirmationNeeded.
    """
    if not any(transition in limit.at for limit in doctype.limits.values()):
        return {}
    gather(session, doctype, [row])
    work = limited(session, [(session, doctype, row, transition)])
    hold(session, work)
    outcomes = measured(work, [], session)
    refuse_limited([(0, finding) for finding in outcomes[0].findings], 1, outcomes)
    remember_breaches(session, doctype, row, outcomes[0].breaches)
    return knowingly_passed(outcomes[0])


def moving_on(carry_out: Callable[[Any, TransitionRequest], list[Diverted]]) -> Any:
    """A call that, refused by a limit that says ``go``, takes the document there before it raises, and says so.

    ``carry_out(actor, request)`` is one transaction of its own, after the attempt is undone.
    """

    def decorate(call: Callable[P, R]) -> Callable[P, R]:
        @wraps(call)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return call(*args, **kwargs)
            except DocumentError as error:
                # An action may have put its own answer in the place of the limit's.
                first = error if isinstance(error, LimitExceeded) else error.__cause__
                if isinstance(first, LimitExceeded) and not connection.in_atomic_block:
                    moved = [
                        each for request in first.moves for each in carry_out(args[0], request)
                    ]
                    first.tell(moved)
                raise

        return run

    return decorate
