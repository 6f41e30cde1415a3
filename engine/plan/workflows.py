"""States that a catalog takes away, or makes another stage of: where documents stand that would mean nothing there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.catalog.doctypes import Doctype
from engine.catalog.whole import Catalog
from engine.catalog.workflow import State


@dataclass(frozen=True, slots=True)
class LostState:
    """Documents in ``table`` (of the catalog before) may stand in ``state``, which ``workflow`` has no more.

    ``wrong``: where it says that they go, which is a state of another stage. ``becomes``: the state is there, and of
    that stage from now on: what stands there was submitted or was not, whatever the state is called.
    """

    doctype: str
    table: str
    workflow: str
    state: str
    stage: str
    wrong: str = ""
    becomes: str = ""

    @property
    def why(self) -> str:
        """What is wrong with the state."""
        if not self.becomes:
            return "is no more"
        return f"is of stage {self.stage} and would be of stage {self.becomes}"

    @property
    def way_out(self) -> str:
        """What says where such documents go."""
        where = f"workflow: {self.workflow}" if self.workflow else "its workflow"
        if self.becomes:
            return (
                f"Give the state of stage {self.becomes} another name, and say in {where} which one of stage "
                f"{self.stage} they go to: moves: {{{self.state}: …}}."
            )
        if self.wrong:
            return (
                f"They are of stage {self.stage} and '{self.wrong}' is not: "
                f"name a state of stage {self.stage} in {where}: moves."
            )
        return f"Say where they go in {where}: moves: {{{self.state}: …}}."

    @property
    def text(self) -> str:
        """What a plan says of it."""
        return (
            f"{self.doctype}: the state '{self.state}' {self.why}, and documents that stand in it "
            f"refuse the publish. {self.way_out}"
        )


@dataclass(frozen=True, slots=True)
class MovedState:
    """Documents in ``table`` (a present name) that stand in ``state``, which is no more, stand in ``to`` from now on.

    ``stage``: that of both. ``is_news``: the catalog before had the state; else only documents that it did not
    see, because their pack was out, may stand there still.
    """

    doctype: str
    table: str
    state: str
    to: str
    stage: str
    is_news: bool = True

    @property
    def text(self) -> str:
        """What a plan says of it."""
        return f"{self.doctype}: what stands in '{self.state}' goes on in '{self.to}'"


def lost_states(before: Catalog, after: Catalog) -> list[LostState]:
    """States of doctypes in ``before`` that ``after`` neither has nor moves elsewhere, not those of cancelled ones;
    and states that are of another stage in ``after``.
    """
    found = []
    for old, new in _both(before, after):
        for state in old.workflow.states.values():
            now = new.workflow.states.get(state.name)
            if now is not None and now.stage != state.stage:
                at = (new.label, old.head.name, new.workflow.name, state.name, state.stage)
                found.append(LostState(*at, becomes=now.stage))
    for old, new, state in _gone(before, after):
        to = _target(old, new, state)
        if state.stage == "cancelled" or (to is not None and to.stage == state.stage):
            continue
        wrong = to.name if to is not None else ""
        name = new.workflow.name
        found.append(LostState(new.label, old.head.name, name, state.name, state.stage, wrong))
    return found


def moved_states(before: Catalog | None, after: Catalog) -> list[MovedState]:
    """States that ``after`` has no more and whose documents go on in another of the same stage."""
    found: dict[tuple[str, str], MovedState] = {}
    for old, new, state in _gone(before, after) if before is not None else ():
        to = _target(old, new, state)
        if to is not None and to.stage == state.stage:
            one = MovedState(new.label, new.head.name, state.name, to.name, to.stage)
            found[one.table, one.state] = one
    for new in after.doctypes.values():
        if new.abstract or new.child or not new.submittable:
            continue
        for name, said in new.workflow.moves.items():
            stage = new.workflow.states[said].stage
            one = MovedState(new.label, new.head.name, name, said, stage, before is None)
            found.setdefault((one.table, one.state), one)
    return list(found.values())


def _target(old: Doctype, new: Doctype, state: State) -> State | None:
    """Where documents in ``state`` go: where the new workflow says, or back to the one they were moved from."""
    said = new.workflow.moves.get(state.name)
    if said is None:
        moved = [former for former, to in old.workflow.moves.items() if to == state.name]
        known = [former for former in moved if former in new.workflow.states]
        said = known[0] if len(known) == 1 else ""
    return new.workflow.states.get(said)


def _gone(before: Catalog, after: Catalog) -> Iterator[tuple[Doctype, Doctype, State]]:
    """(doctype before, doctype after, state) of every state that is no more."""
    for old, new in _both(before, after):
        for state in old.workflow.states.values():
            if state.name not in new.workflow.states:
                yield old, new, state


def _both(before: Catalog, after: Catalog) -> Iterator[tuple[Doctype, Doctype]]:
    """Every doctype with documents that are submitted, as it was and as it is."""
    former = {name: d for d in after.doctypes.values() for name in d.former.names}
    for old in before.doctypes.values():
        new = after.doctypes.get(old.name) or former.get(old.name)
        if new is None or not (old.submittable and new.submittable) or old.abstract or old.child:
            continue
        yield old, new
