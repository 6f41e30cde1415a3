"""States that a catalog takes away: where documents stand of which the next workflow knows nothing."""

from __future__ import annotations

from dataclasses import dataclass

from engine.catalog.whole import Catalog


@dataclass(frozen=True, slots=True)
class LostState:
    """Documents in ``table`` (of the catalog before) may stand in ``state``, which ``workflow`` has no more."""

    doctype: str
    table: str
    workflow: str
    state: str


def lost_states(before: Catalog, after: Catalog) -> list[LostState]:
    """States of doctypes in ``before`` that ``after`` neither has nor moves elsewhere; not those of cancelled ones."""
    former = {name: d for d in after.doctypes.values() for name in d.former.names}
    found: list[LostState] = []
    for old in before.doctypes.values():
        new = after.doctypes.get(old.name) or former.get(old.name)
        if new is None or not (old.submittable and new.submittable) or old.abstract or old.child:
            continue
        flow = new.workflow
        found += [
            LostState(new.label, old.head.name, flow.name, state.name)
            for state in old.workflow.states.values()
            if state.stage != "cancelled"
            and state.name not in flow.states.keys() | flow.moves.keys()
        ]
    return found
