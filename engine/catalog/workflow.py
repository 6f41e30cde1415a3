"""Workflows, as resolved: one per doctype, worked out over its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

from engine.expr.program import Expr, Template

if TYPE_CHECKING:
    from engine.catalog.doctypes import Doctype

Stage = Literal["draft", "submitted", "cancelled"]
STAGES: Final = ("draft", "submitted", "cancelled")
Unit = Literal["hours", "days", "working days"]

ALL = "all"


@dataclass(frozen=True, slots=True)
class State:
    """Where a document stands. ``edit``: None for everything, else the fields that may be changed."""

    name: str
    label: str
    stage: Stage
    edit: frozenset[str] | None = None
    colour: str = "neutral"


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold; ``message`` says what to do where it does not. Frame: this, asked, user, today, now."""

    key: str
    check: Expr
    message: Template
    when: Expr | None = None


@dataclass(frozen=True, slots=True)
class People:
    """Who may do something: of one of ``roles``, or among ``who``; neither: whoever has ``right``.

    ``who`` gives a log-in name, a list of them, or nothing. ``barred``: creator, submitter.
    """

    right: str = "write"
    roles: tuple[str, ...] = ()
    who: Expr | None = None
    barred: tuple[str, ...] = ()
    stand_in: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """Consents that are needed. Exactly one of: ``who`` (per row of ``each``), ``roles``, ``rules``.

    ``person``: the record behind ``who`` (None where it gives names): what timers know as ``who``.
    ``given``: given name → expression, for ``rules``, which answers ``role`` or ``who``, and ``count``.
    """

    key: str
    each: str | None = None
    who: Expr | None = None
    person: Expr | None = None
    roles: tuple[str, ...] = ()
    count: Expr | None = None
    sees: Literal["own lines", "all"] = "all"
    rules: str | None = None
    given: Mapping[str, Expr] = field(default_factory=dict)
    when: Expr | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """A way from ``sources`` to ``to``. ``system``: only the engine; ``auto``: as soon as it holds."""

    name: str
    label: str
    sources: tuple[str, ...]
    to: str
    people: People
    when: Expr | None = None
    checks: Mapping[str, Condition] = field(default_factory=dict)
    ask: Doctype | None = None
    """What is asked for: a doctype that exists for this question only."""
    written: tuple[str, ...] = ()
    """What is asked for by the name of a field, which takes the answer."""
    needs: Mapping[str, Need] = field(default_factory=dict)
    system: bool = False
    auto: Expr | None = None
    confirm: Template | None = None


@dataclass(frozen=True, slots=True)
class Timer:
    """After so long in ``state``, ``to`` may act as well. Frame: this, who (a record's id or a name)."""

    key: str
    state: str
    amount: int
    unit: Unit
    to: Expr


@dataclass(frozen=True, slots=True)
class Workflow:
    """What documents of one doctype go through; the first state is that of a new document.

    ``declared`` is false for the one every submittable doctype has without saying so.
    ``version``: changes with what is written in the construct. ``watched``: None = every field.
    """

    name: str
    declared: bool
    version: str
    states: Mapping[str, State]
    transitions: Mapping[str, Transition]
    timers: Mapping[str, Timer] = field(default_factory=dict)
    watched: tuple[str, ...] | None = None
    moves: Mapping[str, str] = field(default_factory=dict)

    @property
    def initial(self) -> State:
        return next(iter(self.states.values()))

    def state_of(self, state: str | None, stage: str | None) -> State:
        """The state of a stored document; one that is no more is where ``moves`` says, else the first of its stage."""
        found = self.states.get(state or "") or self.states.get(self.moves.get(state or "", ""))
        if found is not None:
            return found
        same = (s for s in self.states.values() if s.stage == (stage or "draft"))
        return next(same, self.initial)

    def knows(self, earlier: Workflow) -> bool:
        """Whether every state of ``earlier`` is one of this workflow as well, of the same stage."""
        return all(
            state.name in self.states and self.states[state.name].stage == state.stage
            for state in earlier.states.values()
        )

    def leaving(self, state: str) -> tuple[Transition, ...]:
        """The transitions out of ``state``, in the order written."""
        return tuple(t for t in self.transitions.values() if state in t.sources)

    @property
    def keeps_submitter(self) -> bool:
        """Whether it is remembered who submitted a document, because somebody is not to be that person."""
        return any("submitter" in way.people.barred for way in self.transitions.values())


def _standard() -> Workflow:
    """Draft, submitted, cancelled: what a document goes through when nothing is said."""
    states = {
        "draft": State("draft", "Draft", "draft"),
        "submitted": State("submitted", "Submitted", "submitted", frozenset()),
        "cancelled": State("cancelled", "Cancelled", "cancelled", frozenset()),
    }
    transitions = {
        "submit": Transition("submit", "Submit", ("draft",), "submitted", People("submit")),
        "cancel": Transition("cancel", "Cancel", ("submitted",), "cancelled", People("cancel")),
    }
    return Workflow("", False, "", states, transitions)


STANDARD = _standard()
IN_PLACE = replace(
    STANDARD,
    states={**STANDARD.states, "submitted": replace(STANDARD.states["submitted"], edit=None)},
)
"""The same, of documents that are changed in place: submitted ones can be edited."""


def entering(workflow: Workflow) -> tuple[str, ...]:
    """The transitions that submit: from a state of stage draft to one of stage submitted."""
    states = workflow.states
    return tuple(
        way.name
        for way in workflow.transitions.values()
        if states[way.to].stage == "submitted"
        and any(states[name].stage == "draft" for name in way.sources)
    )
