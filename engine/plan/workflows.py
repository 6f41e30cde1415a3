"""States that a catalog takes away: where documents stand of which the next workflow knows nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.catalog.doctypes import Doctype
from engine.catalog.whole import Catalog
from engine.catalog.workflow import State


@dataclass(frozen=True, slots=True)
class LostState:
    """Documents in ``table`` (of the catalog before) may stand in ``state``, which ``workflow`` has no more."""

    doctype: str
    table: str
    workflow: str
    state: str

    @property
    def way_out(self) -> str:
        """What says where such documents go."""
        where = f"workflow: {self.workflow}" if self.workflow else "its workflow"
        return f"Say where they go in {where}: moves: {{{self.state}: …}}."

    @property
    def text(self) -> str:
        """What a plan says of it."""
        return (
            f"{self.doctype}: the state '{self.state}' is no more, and documents that stand in it "
            f"refuse the publish. {self.way_out}"
        )


def lost_states(before: Catalog, after: Catalog) -> list[LostState]:
    """States of doctypes in ``before`` that ``after`` neither has nor moves elsewhere; not those of cancelled ones."""
    return [
        LostState(new.label, old.head.name, new.workflow.name, state.name)
        for old, new, state in _gone(before, after)
        if state.stage != "cancelled" and state.name not in new.workflow.moves
    ]


def moved_states(before: Catalog, after: Catalog) -> list[str]:
    """Of states that ``after`` has no more and whose documents go on in another: a sentence each."""
    return [
        f"{new.label}: what stands in '{state.name}' goes on in '{new.workflow.moves[state.name]}'"
        for _, new, state in _gone(before, after)
        if state.name in new.workflow.moves
    ]


def _gone(before: Catalog, after: Catalog) -> Iterator[tuple[Doctype, Doctype, State]]:
    """(doctype before, doctype after, state) of every state that is no more."""
    former = {name: d for d in after.doctypes.values() for name in d.former.names}
    for old in before.doctypes.values():
        new = after.doctypes.get(old.name) or former.get(old.name)
        if new is None or not (old.submittable and new.submittable) or old.abstract or old.child:
            continue
        for state in old.workflow.states.values():
            if state.name not in new.workflow.states:
                yield old, new, state
