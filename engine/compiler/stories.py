"""Pass 12, stories: tests after those that they are `with`, and what they name of each other looked up.

In: tests as written. Out: tests as they are played. A step is checked in the test that has it, when all that comes
before it is known: its document has a doctype then, with fields, transitions and actions.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field, replace

from engine.catalog.doctypes import Doctype
from engine.catalog.ledgers import EXPIRES, SUBMIT, Ledger
from engine.catalog.tests import GivenRecord, Step, Test, made_name
from engine.compiler import view
from engine.compiler.circles import from_below
from engine.compiler.known import Known
from engine.compiler.story_reader import StoryReader
from engine.compiler.then import ThenReader
from engine.expr.types import COMPANY_DOCTYPE
from engine.problems.problem import Problem, Span
from engine.problems.render import way_text
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Mapping, Scalar

COMPANY_FIELD = "company"
SAVE = "save"
WITHOUT_DOCUMENT = frozenset({"schedule", "expire", "close"})
"""Verbs whose steps are about no document."""


@dataclass(frozen=True, slots=True)
class StoryDraft:
    """A test as written: ``test`` has its own records and steps only, ``before`` names those that come first.

    ``nodes``: place of the name of a record or step → what is said of it. ``lost``: names of records and steps that
    were reported; ``is_cut``: nobody knows what else there should be.
    """

    test: Test
    node: Mapping
    before: tuple[Scalar, ...]
    nodes: Dictionary[Span, Mapping]
    lost: frozenset[str]
    is_cut: bool


@dataclass(slots=True)
class _Names:
    """What a story has called by name so far: name → doctype, None where that is not known."""

    kinds: dict[str, Doctype | None] = field(default_factory=dict)
    without: set[str] = field(default_factory=set)
    """Steps that have no document: schedules, lots that expire, and what closes books."""
    are_all: bool = True
    """Whether nothing was lost of which nobody knows the name."""

    def has(self, name: str) -> bool:
        """Whether it may be spoken of: ``sold.payment`` is what the step ``sold`` made."""
        step, dot, _ = name.partition(".")
        is_made = bool(dot) and step in {*self.kinds, *self.without}
        return name in self.kinds or is_made or not (self.are_all or name in self.without)

    def companies(self) -> list[str]:
        """What a step may say it happens in."""
        kinds = self.kinds.items()
        return [name for name, kind in kinds if kind is not None and kind.name == COMPANY_DOCTYPE]


def join_stories(
    known: Known, doctypes: Dictionary[str, Doctype], drafts: Dictionary[str, StoryDraft]
) -> tuple[dict[str, Test], list[Problem]]:
    """Each test with the records and steps of those it is `with` before its own."""
    joiner = _Joiner(known, doctypes, drafts)
    joiner.join()
    tests = {name: joiner.test(name) for name in drafts}
    return tests, joiner.problems


class _Joiner(StoryReader):
    def __init__(
        self,
        known: Known,
        doctypes: Dictionary[str, Doctype],
        drafts: Dictionary[str, StoryDraft],
    ) -> None:
        super().__init__(known, doctypes)
        self._drafts = drafts
        self._begun_with = {
            word.text
            for name, draft in drafts.items()
            for word in draft.before
            if word.text != name
        }
        self._joined: dict[str, StoryDraft] = {}
        self._then = ThenReader(known, doctypes)
        self._then.problems = self.problems

    def join(self) -> None:
        """Each test with those that it is `with`, these first. Circles are told."""
        order, circles = from_below(
            {name: [word.text for word in draft.before] for name, draft in self._drafts.items()}
        )
        for circle in circles:
            closing = next(w for w in self._drafts[circle[-1]].before if w.text == circle[0])
            path = way_text((*circle, circle[0]))
            self.find("E583", f"These tests come before one another: {path}.", closing.span)
        for name in order:
            self._joined[name] = self._whole(self._drafts[name])

    def _whole(self, draft: StoryDraft) -> StoryDraft:
        records: dict[Span, GivenRecord] = {}
        steps: dict[Span, Step] = {}
        company, lost, is_cut = draft.test.company, draft.lost, draft.is_cut
        for before in draft.before:
            scene = self._joined.get(before.text)
            if scene is None:
                is_cut = True
                if before.text not in self._drafts:
                    hint = did_you_mean(before.text, self._drafts)
                    self.find("E583", f"There is no test '{before.text}'.", before.span, hint)
                continue
            records |= {record.span: record for record in scene.test.records}
            steps |= {step.span: step for step in scene.test.steps}
            company, lost = company or scene.test.company, lost | scene.lost
            is_cut = is_cut or scene.is_cut
        test = replace(
            draft.test,
            records=(*records.values(), *draft.test.records),
            steps=(*steps.values(), *draft.test.steps),
            company=company,
        )
        return replace(draft, test=test, lost=lost, is_cut=is_cut)

    def test(self, name: str) -> Test:
        """The test as it is played, looked through."""
        whole, own = self._joined[name], self._drafts[name]
        self._check(whole, own)
        expects = any(step.then for step in whole.test.steps)
        return replace(whole.test, is_scene=name in self._begun_with and not expects)

    # --- what a test names -----------------------------------------------------------------------

    def _check(self, whole: StoryDraft, own: StoryDraft) -> None:
        """What a test names is there. What a scene lacks is said of the scene."""
        names = _Names(dict.fromkeys(whole.lost), are_all=not whole.is_cut)
        told: set[str] = set()
        for record in whole.test.records:
            node = own.nodes.get(record.span)
            if node is not None:
                self._company_of_record(record, node, names)
            self._once(whole.test, record.name, record.span, told)
            names.kinds[record.name] = self.doctypes.get(record.doctype)
        self._company(view.scalar(own.node, "company"), names)
        for step in whole.test.steps:
            kind = self._kind_of(step, names)
            node = own.nodes.get(step.span)
            if node is not None:
                self._step(step, node, kind, names)
            self._once(whole.test, step.key, step.span, told)
            if step.verb in WITHOUT_DOCUMENT:
                names.without.add(step.key)
            else:
                names.kinds[step.key] = kind
            names.kinds |= dict(self._made(step))

    def _once(self, test: Test, name: str, span: Span, told: set[str]) -> None:
        if name in told:
            message = f"'{name}' stands twice in the test {test.name}."
            self.find("E583", message, span, "Give one of them another name.")
        told.add(name)

    def _kind_of(self, step: Step, names: _Names) -> Doctype | None:
        """The doctype of the document of a step, where that is known."""
        if step.verb == "make":
            return self.doctypes.get(step.subject)
        return names.kinds.get(step.of or "")

    def _made(self, step: Step) -> Iterator[tuple[str, Doctype | None]]:
        """What a step made, by the names under which later steps speak of it."""
        made = step.then.get("made")
        for doctype, documents in made.items() if isinstance(made, dict) else ():
            count = len(documents) if isinstance(documents, list) else 1
            for place in range(count):
                name = made_name(doctype, place, count)
                yield f"{step.key}.{name}", self.doctypes.get(doctype)

    # --- one step --------------------------------------------------------------------------------

    def _step(self, step: Step, node: Mapping, kind: Doctype | None, names: _Names) -> None:
        for word in view.names(node, "from"):
            if word.text not in self.known.program.ledgers:
                self._named(word, names)
        of = view.scalar(node, "of" if step.verb in ("go", "action") else step.verb)
        if of is not None and step.verb in ("go", "action", "change", "rederive", "expect"):
            self._named(of, names)
        self._company(view.scalar(node, "company"), names)
        self._roles(node)
        self._subject(step, view.scalar(node, step.verb), kind)
        if kind is not None and step.verb in ("make", "change"):
            self._transition(view.scalar(node, "do"), kind)
            self._given(view.mapping(node, "given"), kind)
        self._issued(step, view.scalar(node, "issued"))
        has_lines = step.verb == "expire"
        has_document = step.verb not in WITHOUT_DOCUMENT
        self._then.of_step(node, kind, has_document=has_document, has_lines=has_lines)

    def _issued(self, step: Step, word: Scalar | None) -> None:
        """A number comes along where something is submitted."""
        way = step.subject if step.verb == "go" else step.do
        if word is not None and (way != SUBMIT or step.verb not in ("make", "change", "go")):
            message = "A number comes along with what is submitted, and this step submits nothing."
            self.find("E581", message, word.span, f"do: {SUBMIT}")

    def _given(self, given: Mapping | None, kind: Doctype) -> None:
        for name, entry in given.entries.items() if given is not None else ():
            if name == COMPANY_FIELD and name not in kind.fields:
                message = "Nobody fills in the company of a document: it is that of the step."
                self.find("E581", message, entry.key.span, "Write 'company' beside 'given'.")
            else:
                self.field(entry, kind)

    def _named(self, word: Scalar, names: _Names) -> None:
        if not names.has(word.text):
            hint = did_you_mean(word.text, names.kinds)
            message = f"No record and no earlier step is called '{word.text}'."
            if word.text in names.without:
                message = f"The step '{word.text}' has no document."
                hint = f"Name what it made: {word.text}., and the doctype in small letters."
            self.find("E583", message, word.span, hint)

    def _company_of_record(self, record: GivenRecord, node: Mapping, names: _Names) -> None:
        kind = self.doctypes[record.doctype]
        if COMPANY_FIELD not in kind.fields:
            self._company(view.scalar(node, COMPANY_FIELD), names)

    def _company(self, word: Scalar | None, names: _Names) -> None:
        """Where something happens is a company that the test knows by then."""
        if word is None or word.text in names.companies():
            return
        kind = names.kinds.get(word.text)
        if kind is None and (word.text in names.kinds or not names.are_all):
            return
        message = f"There is no company '{word.text}' in this test."
        if kind is not None:
            message = f"'{word.text}' is no company: it is of the doctype {kind.name}."
        self.find("E583", message, word.span, choices(word.text, names.companies()))

    def _subject(self, step: Step, word: Scalar | None, kind: Doctype | None) -> None:
        """The transition, action, schedule or ledger of a step is there."""
        program = self.known.program
        if word is None:
            return
        if step.verb == "schedule" and word.text not in program.schedules:
            hint = choices(word.text, program.schedules)
            self.find("E583", f"There is no schedule '{word.text}'.", word.span, hint)
        elif step.verb == "expire":
            self._expiring(word)
        elif step.verb == "go" and kind is not None:
            self._transition(word, kind)
        elif step.verb == "rederive" and kind is not None:
            self._submitted(word, kind)
        elif step.verb == "action" and kind is not None and word.text not in kind.actions:
            node = self.known.drafts[kind.name].node
            actions = view.mapping(node, "actions")
            dropped = node.dropped | (actions.dropped if actions is not None else frozenset())
            if not dropped & {"actions", word.text}:
                message = f"{kind.name} has no action '{word.text}'."
                self.unknown("E469", message, word, choices(word.text, kind.actions))

    def _expiring(self, word: Scalar) -> None:
        """A ledger whose lots expire."""
        ledgers = self.known.ledgers
        found = ledgers.get(word.text)
        expiring = [ledger.name for ledger in ledgers.values() if ledger.by_lot]
        if found is None and word.text not in self.known.program.ledgers:
            hint = choices(word.text, expiring)
            self.find("E583", f"There is no ledger '{word.text}'.", word.span, hint)
        elif found is not None and not found.by_lot and not self._is_lost(found):
            message = f"The lots of {word.text} do not expire."
            self.find("E583", message, word.span, choices(word.text, expiring))

    def _is_lost(self, ledger: Ledger) -> bool:
        """Whether what is said of its lots was reported."""
        node = self.known.ledger_drafts[ledger.name].node
        lots = view.mapping(node, "lots")
        return "lots" in node.dropped or (lots is not None and EXPIRES in lots.dropped)

    def _submitted(self, word: Scalar, kind: Doctype) -> None:
        """Only what is submitted stands by rules of then."""
        if not kind.submittable and settled_transitions(self.known, kind) is not None:
            message = f"{kind.name} is never submitted, so it always follows the rules of today."
            hint = "Take the step out, or add submittable: true."
            self.find("E542", message, word.span, hint)

    def _transition(self, word: Scalar | None, kind: Doctype) -> None:
        if word is None or word.text == SAVE:
            return
        known = settled_transitions(self.known, kind)
        if known is not None and word.text not in known:
            message = f"{kind.name} has no transition '{word.text}'."
            hint = choices(word.text, known) if known else "It is never submitted."
            self.find("E542", message, word.span, hint)

    def _roles(self, node: Mapping) -> None:
        roles = self.known.program.roles
        for word in view.names(node, "roles"):
            if word.text not in roles:
                hint = did_you_mean(word.text, roles) or f"Declare it: role: {word.text}"
                self.unknown("E311", f"There is no role '{word.text}'.", word, hint)


def settled_transitions(known: Known, kind: Doctype) -> tuple[str, ...] | None:
    """The transitions of a doctype; None where something was said already of what it goes through."""
    node, workflows = known.drafts[kind.name].node, known.program.workflows
    if kind.submittable and kind.workflow.declared:
        declared = view.mapping(workflows[kind.workflow.name].node, "transitions")
        if declared is None:
            return None
        more = (*declared.entries, *declared.dropped)
        return tuple(dict.fromkeys((*kind.workflow.transitions, *more)))
    is_for_it = (
        each.broken or kind.name in view.texts(each.node, "for") for each in workflows.values()
    )
    if node.dropped & {"submittable", "workflow"} or "workflow" in node.entries or any(is_for_it):
        return None
    return tuple(kind.workflow.transitions) if kind.submittable else ()
