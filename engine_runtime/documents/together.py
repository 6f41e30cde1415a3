"""What a person can do with several documents at once: with how many of them, and what keeps them from the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.catalog.doctypes import Doctype
from engine.kernel.rows import Row
from engine.kernel.workflow import Possible, possible
from engine_runtime.access.actor import Actor
from engine_runtime.access.gate import require
from engine_runtime.documents import acting
from engine_runtime.documents.balances import compute
from engine_runtime.documents.lookups import gather
from engine_runtime.documents.moving import Case, case_of
from engine_runtime.documents.read import load_known
from engine_runtime.documents.service import concrete
from engine_runtime.posting.session import open_session


@dataclass(slots=True)
class Way:
    """A transition or action: with ``able`` documents it can be done; ``reasons``: why not with others → how many."""

    name: str
    label: str
    able: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Together:
    """What can be done with documents of which ``total`` were asked for; only what one of them offers."""

    total: int
    transitions: list[Way]
    actions: list[Way]


def together(actor: Actor, doctype: str, ids: Sequence[int]) -> Together:
    """What the actor can do now with the documents ``ids``. Raises Forbidden.

    Of actions only those that are for many.
    """
    session = open_session(actor)
    kind = concrete(session, doctype)
    require(actor, "read", kind)
    rows = load_known(session, kind, ids)
    gather(session, kind, rows)
    compute(session, kind, rows)
    cases = [case_of(session, kind, row) for row in rows]
    bulk = {action.name: action.label for action in kind.actions.values() if action.bulk}
    moves = [_moves(case) if kind.submittable else {} for case in cases]
    acts = [_acts(case, kind, bulk) for case in cases]
    gone = len(ids) - len(rows)
    return Together(
        len(ids),
        _summed(moves, [_state(case, case.row) for case in cases], gone),
        _summed(acts, ["" for _ in cases], gone),
    )


def _moves(case: Case) -> dict[str, Possible]:
    found = possible(case.kind, case.workflow, case.person, case.consents, case.frame)
    return {each.name: each for each in found}


def _acts(case: Case, kind: Doctype, bulk: Mapping[str, str]) -> dict[str, Possible]:
    found = {}
    for name, label in bulk.items():
        one = acting.Case(case.session, kind, kind.actions[name], case.frame)
        reasons = acting.possible(one, case.row)
        offered = not any(reason.code == "action.not_offered" for reason in reasons)
        found[name] = Possible(name, label, tuple(reasons), (), offered)
    return found


def _state(case: Case, row: Row) -> str:
    """Why a transition is none of a document's."""
    if not case.kind.submittable:
        return ""
    label = case.workflow.state_of(row["state"], row["stage"]).label
    return f"It does not lead out of the state {label}."


def _summed(found: Sequence[Mapping[str, Possible]], other: Iterable[str], gone: int) -> list[Way]:
    """``found``: of each document what it has; ``other``: why it has no more."""
    offered = (each for one in found for each in one.values() if each.offered)
    ways = {each.name: Way(each.name, each.label) for each in offered}
    for one, elsewhere in zip(found, other, strict=True):
        for name, way in ways.items():
            each = one.get(name)
            if each is not None and each.ok:
                way.able += 1
            else:
                reason = each.reasons[0].message if each is not None else elsewhere
                way.reasons[reason] += 1
    for way in ways.values() if gone else ():
        way.reasons["It is no more there."] += gone
    return list(ways.values())
