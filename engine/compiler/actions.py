"""Pass 13, actions: what can be done with documents of a doctype beside their transitions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, cast

from engine.catalog.actions import Action, ErrorAnswer
from engine.catalog.flow import Effect, Make
from engine.catalog.workflow import Workflow
from engine.compiler import view
from engine.compiler.answers import AnswerCompiler
from engine.compiler.asked import Asked
from engine.compiler.drafts import DoctypeDraft
from engine.compiler.effects import EffectCompiler, Seen
from engine.compiler.known import Known
from engine.compiler.names import key_of, label_of
from engine.compiler.people import PeopleReader
from engine.compiler.reader import own_record
from engine.compiler.workflow import RESERVED
from engine.expr.types import TEXT, Record, Type
from engine.problems.suggest import choices
from engine.source.nodes import Construct, Mapping, Scalar

PROBLEM = "problem:"
PROBLEMS = frozenset(
    {"access", "action", "amend", "check", "company", "distribute", "document", "effect", "field", "input",
     "limit", "link", "make", "move", "number", "period", "posting", "proof", "rows", "rule", "tax", "tree", "value"}
)  # fmt: skip
"""The first words of the codes of what may be found of a document."""
_LIMITS = frozenset({"exceeded", "not_covered"})
"""Limits that the engine keeps by itself: what is carried at a cost is never less than nothing."""


def results_of(effects: Sequence[Effect]) -> dict[str, Type]:
    """What effects make, by their keys: what the answer and later effects read."""
    return {
        e.key: Record(e.doctype, own=True)
        for e in effects
        if isinstance(e, Make) and e.each is None
    }


class ActionCompiler(PeopleReader):
    """Compiles ``actions`` of one doctype."""

    def __init__(self, draft: DoctypeDraft, known: Known, workflow: Workflow) -> None:
        super().__init__(known)
        self._draft = draft
        self._workflow = workflow
        self._asked = Asked(known, draft)
        self._answers = AnswerCompiler(known.schema, draft)

    def run(self) -> dict[str, Action]:
        """Actions by key."""
        found: dict[str, Action] = {}
        routes: dict[tuple[str, str], str] = {}
        for key, node in view.maps(self._draft.node, "actions"):
            action = self._action(key, node)
            other = routes.setdefault((action.method, action.route), action.name)
            if other != action.name:
                message = f"'{other}' has the address '{action.route}' already."
                self.find("E570", message, key.span, "Give one of them another 'api'.")
            found[key.text] = action
        self.problems += [*self._asked.problems, *self._answers.problems]
        return found

    def _action(self, key: Scalar, node: Mapping) -> Action:
        route = view.scalar(node, "api") or key
        self._name(key, route)
        asked = self._asked.doctype(key, node)
        names: dict[str, Type] = {"this": own_record(self._draft)}
        if asked is not None:
            names["asked"] = asked[1]
        scope = self.scope(names, clock=True, balances=True)
        plain = self.scope({"this": names["this"]}, clock=True, balances=True)
        self._does(key, node)
        do = self._effects(key, node, names)
        results = {**names, **results_of(do)}
        when = self.condition(view.scalar(node, "when"), plain)
        ask = asked[0] if asked is not None else None
        return Action(
            name=key.text,
            label=view.text(node, "label") or label_of(key.text),
            people=self.people(node, plain, "write"),
            route=route.text,
            method=cast("Literal['post', 'put']", view.text(node, "method") or "post"),
            when=when,
            checks=self.conditions(node, scope),
            ask=ask,
            written=self._asked.written_when(ask, when),
            do=do,
            answer=self._answers.answer(node.get("answer"), results),
            errors=self._errors(node, names),
            confirm=self.template(view.scalar(node, "confirm"), plain),
            bulk=view.flag(node, "bulk"),
            later=view.flag(node, "async"),
        )

    def _name(self, key: Scalar, route: Scalar) -> None:
        taken = self._draft.submittable and route.text in self._workflow.transitions
        if route.text in RESERVED or taken:
            what = "a transition has it" if taken else "documents have that"
            message = f"No action can have the address '{route.text}': {what} already."
            self.find("E570", message, route.span, "Choose another.")

    def _does(self, key: Scalar, node: Mapping) -> None:
        if "answer" not in node.entries and "do" not in node.entries and not node.dropped:
            message = f"The action '{key.text}' does nothing and answers nothing."
            self.find("E575", message, key.span, "Say what it does (do) or answers (answer).")

    def _effects(self, key: Scalar, node: Mapping, names: dict[str, Type]) -> tuple[Effect, ...]:
        do = view.mapping(node, "do")
        if do is None:
            return ()
        compiler = EffectCompiler(self.schema, self.known.drafts, self.known.program)
        owner = f"{self._draft.name}.{key.text}"
        found = compiler.effects(do, Seen(owner, names, subject=self._draft))
        self.problems += compiler.problems
        return found

    def _errors(self, node: Mapping, names: dict[str, Type]) -> dict[str, ErrorAnswer]:
        problem = self.schema.add_record(
            PROBLEM + self._draft.name, {"code": TEXT, "message": TEXT, "path": TEXT}
        )
        found: dict[str, ErrorAnswer] = {}
        for key, part in view.maps(node, "errors"):
            answer = self._answers.answer(part.get("answer"), {**names, "problem": problem})
            self._codes(part)
            if answer is not None:
                codes = view.texts(part, "for")
                found[key.text] = ErrorAnswer(
                    key.text, codes, view.integer(part, "status", 422), answer
                )
        return found

    def _codes(self, node: Mapping) -> None:
        """Codes that no problem has, and keys of limits and checks that there are none of."""
        for name in view.names(node, "for"):
            kind, _, key = name.text.partition(".")
            if kind not in PROBLEMS:
                message = f"No problem has the code '{name.text}'."
                self.find("E577", message, name.span, choices(kind, sorted(PROBLEMS)))
                continue
            known = self._declared(kind)
            if key and known is not None and key not in known:
                message = f"There is no {kind} '{key}'."
                self.find("E577", message, name.span, choices(key, sorted(known)))

    def _declared(self, kind: str) -> set[str] | None:
        """The keys of all limits, checks or proofs of the packs; None where the engine knows the problem itself."""
        program = self.known.program
        doctypes = program.doctypes.values()
        if kind == "limit":
            in_ledgers = _keys_under(program.ledgers.values(), "limits")
            return {*in_ledgers, *(key_of(name) for name in program.limits), *_LIMITS}
        part = {"check": "validate", "proof": "proof"}.get(kind)
        return _keys_under(doctypes, part) if part is not None else None


def _keys_under(constructs: Iterable[Construct], part: str) -> set[str]:
    return {key.text for each in constructs for key, _ in view.entries(each.node, part)}
