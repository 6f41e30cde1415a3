"""Pass 13, workflow: states and transitions, worked out over the fields of each doctype that goes through them.

In: the program and a draft. Out: the ``Workflow`` of the doctype. A workflow that several doctypes go
through is compiled for each; what is wrong with it is told once.
"""

from __future__ import annotations

import hashlib
import re
from typing import cast

from engine.catalog.workflow import (
    IN_PLACE,
    STANDARD,
    Stage,
    State,
    Timer,
    Transition,
    Unit,
    Workflow,
)
from engine.compiler import view
from engine.compiler.asked import Asked
from engine.compiler.consents import NeedCompiler
from engine.compiler.drafts import DoctypeDraft
from engine.compiler.known import Known
from engine.compiler.names import label_of
from engine.compiler.people import PeopleReader
from engine.compiler.program import Program
from engine.compiler.reader import own_record
from engine.expr.scope import Scope
from engine.expr.types import TEXT, ListOf, Type
from engine.problems.problem import Problem
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Construct, Mapping, Node, Scalar

RESERVED = frozenset(
    {
        "new",
        "preview",
        "effects",
        "moves",
        "explain",
        "history",
        "tasks",
        "search",
        "create",
        "save",
        "delete",
        "consent",
        "rederive",
    }
)
"""What addresses of a document are called already, and what its history calls other things."""

_AFTER = re.compile(r"(\d{1,4}) (hours|days|working days|hour|day|working day)\Z")
_ORDER = {"draft": 0, "submitted": 1, "cancelled": 2}


def compile_workflow(draft: DoctypeDraft, known: Known) -> tuple[Workflow, list[Problem]]:
    """The workflow of a doctype: the one it names or that is for it, else the usual one."""
    construct, problems = _workflow_of(draft, known.program)
    if construct is None or construct.broken:
        return (IN_PLACE if draft.amend == "in_place" else STANDARD), problems
    if not draft.submittable and not draft.abstract:
        if "submittable" not in draft.node.dropped:
            message = (
                f"{draft.name} goes through the workflow '{construct.name}', so it is submitted."
            )
            hint = "Add submittable: true."
            problems.append(Problem("E564", message, draft.construct.span, hint))
        return STANDARD, problems
    compiler = WorkflowCompiler(draft, known, construct)
    found = compiler.run()
    return found, problems + compiler.problems


def transition_names(draft: DoctypeDraft, program: Program) -> tuple[str, ...]:
    """The transitions of a submittable doctype, before its workflow is compiled."""
    construct, _ = _workflow_of(draft, program)
    if construct is None or construct.broken:
        return tuple(STANDARD.transitions)
    names = [key.text for key, _ in view.entries(construct.node, "transitions")]
    states = [view.text(node, "stage") for _, node in view.maps(construct.node, "states")]
    return (*names, *(("cancel",) if "cancelled" not in states and "cancel" not in names else ()))


def state_names(draft: DoctypeDraft, program: Program) -> tuple[str, ...]:
    """What ``state`` of a doctype may be, before its workflow is compiled; empty where that is not known."""
    if not draft.submittable:
        return ()
    construct, wrong = _workflow_of(draft, program)
    if construct is None:
        return () if wrong or "workflow" in draft.node.dropped else tuple(STANDARD.states)
    states = construct.node.get("states")
    if construct.broken or not isinstance(states, Mapping) or states.dropped:
        return ()
    return tuple(dict.fromkeys((*states.entries, "cancelled")))


def _workflow_of(draft: DoctypeDraft, program: Program) -> tuple[Construct | None, list[Problem]]:
    named = view.scalar(draft.node, "workflow")
    workflows = program.workflows
    if named is not None:
        found = workflows.get(named.text)
        if found is None:
            hint = did_you_mean(named.text, workflows)
            message = f"There is no workflow '{named.text}'."
            return None, [Problem("E565", message, named.span, hint, missing=named.text)]
        return found, []
    ours = [w for w in workflows.values() if draft.name in view.texts(w.node, "for")]
    if len(ours) > 1:
        message = f"'{ours[0].name}' and '{ours[1].name}' are both for {draft.name}."
        hint = f"Say which one in the doctype: workflow: {ours[0].name}"
        return None, [Problem("E564", message, ours[1].span, hint)]
    return (ours[0] if ours else None), []


def unused_workflows(known: Known) -> list[Problem]:
    """Workflows that are for doctypes that are not there, or that no doctype goes through."""
    named = {view.text(d.node, "workflow") or "" for d in known.drafts.values()} - {""}
    # A name that is none, which is told, may be meant for any of them.
    told = not named <= known.program.workflows.keys()
    found: list[Problem] = []
    for construct in known.program.workflows.values():
        if construct.broken:
            continue
        targets = view.names(construct.node, "for")
        for target in targets:
            if target.text not in known.program.doctypes:
                hint = did_you_mean(target.text, known.program.doctypes)
                message = f"There is no doctype '{target.text}'."
                found.append(Problem("E301", message, target.span, hint, missing=target.text))
        idle = not targets and construct.name not in named
        if idle and not told and "for" not in construct.node.dropped:
            message = f"No doctype goes through the workflow '{construct.name}'."
            found.append(Problem("E564", message, construct.span, "for: Purchase Order"))
    return found


class WorkflowCompiler(PeopleReader):
    """Compiles one workflow over one doctype."""

    def __init__(self, draft: DoctypeDraft, known: Known, construct: Construct) -> None:
        super().__init__(known)
        self._draft = draft
        self._construct = construct
        self._node = construct.node
        self._states: dict[str, State] = {}
        self._asked = Asked(known, draft)
        self._needs = NeedCompiler(draft, known)

    def run(self) -> Workflow:
        """The workflow; problems are collected."""
        for key, node in view.maps(self._node, "states"):
            self._states[key.text] = self._state(key, node)
        self._first()
        transitions: dict[str, Transition] = {}
        for key, node in view.maps(self._node, "transitions"):
            found = self._transition(key, node)
            if found is not None:
                transitions[key.text] = found
        self._cancelled(transitions)
        self._reached(transitions)
        self.problems += [*self._asked.problems, *self._needs.problems]
        return Workflow(
            name=self._construct.name,
            declared=True,
            version=_digest(self._node),
            states=self._states,
            transitions=transitions,
            timers=self._timers(),
            watched=self._watched(),
            moves=self._moves(),
        )

    # --- states ----------------------------------------------------------------------------------

    def _state(self, key: Scalar, node: Mapping) -> State:
        stage = cast("Stage", view.text(node, "stage") or "draft")
        return State(
            name=key.text,
            label=view.text(node, "label") or label_of(key.text),
            stage=stage,
            edit=self._edit(node, stage),
            colour=view.text(node, "colour") or _COLOURS[stage],
        )

    def _edit(self, node: Mapping, stage: str) -> frozenset[str] | None:
        said = node.get("edit")
        if said is None:
            in_place = stage == "submitted" and self._draft.amend == "in_place"
            return None if stage == "draft" or in_place else frozenset()
        if isinstance(said, Scalar):
            return None if said.text == "all" else frozenset()
        fields = self._draft.tables[""].fields
        names = view.scalars(said)
        for name in names:
            if name.text not in fields and name.text not in self._draft.tables[""].dropped:
                hint = did_you_mean(name.text, fields)
                message = f"{self._draft.name} has no field '{name.text}'."
                self.unknown("E302", message, name, hint)
        return frozenset(name.text for name in names)

    def _first(self) -> None:
        first = next(iter(self._states.values()), None)
        if first is not None and first.stage != "draft":
            entry = next(view.entries(self._node, "states"))[0]
            message = (
                f"A new document stands in the first state, and '{first.name}' is {first.stage}."
            )
            self.find("E562", message, entry.span, "Put a state of stage draft first.")

    def _cancelled(self, transitions: dict[str, Transition]) -> None:
        """A workflow that does not say how documents are cancelled leaves that as it is elsewhere."""
        stages = {s.stage for s in self._states.values()}
        if "cancelled" in stages or "submitted" not in stages:
            return
        if "cancel" in transitions or "cancelled" in self._states:
            return
        usual = STANDARD.transitions["cancel"]
        sources = tuple(s.name for s in self._states.values() if s.stage == "submitted")
        self._states["cancelled"] = STANDARD.states["cancelled"]
        transitions["cancel"] = Transition(usual.name, usual.label, sources, usual.to, usual.people)

    def _reached(self, transitions: dict[str, Transition]) -> None:
        """Every state must be reached from the first, unless some way there was reported already."""
        if self.problems or self._node.dropped or not self._states:
            return
        seen: set[str] = set()
        waiting = [next(iter(self._states))]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += [t.to for t in transitions.values() if name in t.sources]
        for key, _ in view.maps(self._node, "states"):
            if key.text not in seen:
                message = f"No transition leads to '{key.text}'."
                self.find("E561", message, key.span, "Add one, or take the state out.")

    # --- transitions -----------------------------------------------------------------------------

    def _transition(self, key: Scalar, node: Mapping) -> Transition | None:
        self._name(key)
        sources = [name for name in view.names(node, "from") if self._known_state(name)]
        target = view.scalar(node, "to")
        if target is None or not self._known_state(target) or not sources:
            return None
        to = self._states[target.text]
        stages = [self._states[name.text].stage for name in sources]
        self._stages(sources, target)
        asked = self._asked.doctype(key, node)
        ask = asked[0] if asked is not None else None
        names: dict[str, Type] = {"this": own_record(self._draft)}
        if asked is not None:
            names["asked"] = asked[1]
        scope = self.scope(names, clock=True, balances=True)
        self._alone(key, node)
        return Transition(
            name=key.text,
            label=view.text(node, "label") or label_of(key.text),
            sources=tuple(name.text for name in sources),
            to=to.name,
            people=self.people(node, self._with_approvers(names), _right(stages[0], to.stage)),
            when=self.condition(view.scalar(node, "when"), scope),
            checks=self.conditions(node, scope),
            ask=ask,
            written=self._asked.written(ask),
            needs=self._needs.needs(node, names),
            system=view.flag(node, "system"),
            auto=self.condition(
                view.scalar(node, "auto"),
                self.scope({"this": own_record(self._draft)}, balances=True),
            ),
            confirm=self.template(view.scalar(node, "confirm"), scope),
        )

    def _with_approvers(self, names: dict[str, Type]) -> Scope:
        return self.scope({**names, "approvers": ListOf(TEXT)}, clock=True, balances=True)

    def _name(self, key: Scalar) -> None:
        if key.text in RESERVED:
            message = f"No transition can be called '{key.text}': documents have that already."
            self.find("E570", message, key.span, "Choose another name.")

    def _known_state(self, name: Scalar) -> bool:
        if name.text in self._states:
            return True
        states = self._node.get("states")
        dropped = states.dropped if isinstance(states, Mapping) else frozenset()
        if name.text not in dropped and "states" not in self._node.dropped:
            hint = choices(name.text, self._states)
            message = f"The workflow has no state '{name.text}'."
            self.unknown("E560", message, name, hint)
        return False

    def _stages(self, sources: list[Scalar], target: Scalar) -> None:
        """A document is submitted, then cancelled, and never comes back."""
        to = self._states[target.text].stage
        for name in sources:
            stage = self._states[name.text].stage
            if _ORDER[to] - _ORDER[stage] not in (0, 1):
                message = f"No way leads from {stage} to {to}: '{name.text}' to '{target.text}'."
                hint = (
                    "A draft is deleted, or kept in a state of stage draft."
                    if to == "cancelled"
                    else "What was posted is cancelled, and made anew by amending."
                )
                self.find("E563", message, name.span, hint)
                return

    def _alone(self, key: Scalar, node: Mapping) -> None:
        """What only the engine does asks nobody."""
        engine = next((k for k in ("system", "auto") if k in node.entries), None)
        if engine is None or (engine == "system" and not view.flag(node, "system")):
            return
        people = ("role", "who", "not", "needs", "ask", "stand_in", "confirm")
        for name in (n for n in people if n in node.entries):
            message = f"'{name}' does not go with '{engine}': nobody is asked."
            self.find(
                "E567",
                message,
                node.entries[name].key.span,
                f"Take one of them out of '{key.text}'.",
            )
            return

    # --- the rest --------------------------------------------------------------------------------

    def _timers(self) -> dict[str, Timer]:
        found: dict[str, Timer] = {}
        for key, node in view.maps(self._node, "escalate"):
            state, after = view.scalar(node, "in"), view.scalar(node, "after")
            if state is None or after is None or not self._known_state(state):
                continue
            parts = _AFTER.match(after.text)
            if parts is None:
                message = f"'{after.text}' is no length of time."
                self.find(
                    "E571", message, after.span, "For example: 4 hours, 3 days, 2 working days."
                )
                continue
            names: dict[str, Type] = {"this": own_record(self._draft), "who": self._needs.late()}
            to = self.who(view.scalar(node, "to"), self.scope(names))
            if to is not None:
                unit = cast("Unit", parts[2] if parts[2].endswith("s") else parts[2] + "s")
                found[key.text] = Timer(key.text, state.text, int(parts[1]), unit, to[0])
        return found

    def _watched(self) -> tuple[str, ...] | None:
        names = view.names(self._node, "again_if_changed")
        fields = self._draft.tables[""].fields
        for name in names:
            if name.text not in fields and name.text not in self._draft.tables[""].dropped:
                hint = did_you_mean(name.text, fields)
                message = f"{self._draft.name} has no field '{name.text}'."
                self.unknown("E302", message, name, hint)
        return tuple(name.text for name in names) or None

    def _moves(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for key, value in view.texts_of(self._node, "moves"):
            if key.text in self._states:
                message = f"'{key.text}' is still a state, so nothing moves out of it."
                self.find("E560", message, key.span, "Name a state that is no more.")
            elif self._known_state(value):
                found[key.text] = value.text
        return found


_COLOURS: dict[str, str] = {"draft": "neutral", "submitted": "success", "cancelled": "danger"}


def _right(source: Stage, target: Stage) -> str:
    """What one must be allowed to do where no role is named."""
    if source == target:
        return "write"
    return "submit" if target == "submitted" else "cancel"


def _digest(node: Mapping) -> str:
    """Of all that is written in the construct."""
    return hashlib.sha256(repr(_plain(node)).encode()).hexdigest()[:16]


def _plain(node: Node) -> object:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Mapping):
        return [(name, _plain(entry.value)) for name, entry in node.entries.items()]
    return tuple(_plain(item) for item in node.items)
