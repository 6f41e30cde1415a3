"""Pass 13, effects: what transitions, actions and schedules set going.

``EffectCompiler`` compiles one map of effects in a given scope; ``on_of`` reads the key ``on`` of a
doctype; ``check_effect_circles`` refuses documents that make one another without end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass

from engine.catalog.flow import Effect, Go, Make, Send, Set
from engine.catalog.sources import DoctypeSource, RowSource
from engine.compiler import view
from engine.compiler.circles import from_below
from engine.compiler.drafts import DoctypeDraft
from engine.compiler.program import Program
from engine.compiler.reader import Reader, own_record
from engine.compiler.schema import DraftSchema
from engine.compiler.setting import made_doctype, set_fields
from engine.compiler.sources import SourceCompiler
from engine.compiler.sources_ledger import Bound
from engine.compiler.workflow import transition_names
from engine.expr.program import Expr
from engine.expr.scope import Scope
from engine.expr.types import ANY, COMPANY_DOCTYPE, Record, Type
from engine.problems.problem import Problem, Span
from engine.problems.render import way_text
from engine.problems.suggest import choices
from engine.source.nodes import Listing, Mapping, Scalar

_VERBS = ("make", "go", "send")
_WITH = {
    "make": frozenset({"set", "submit", "company", "once"}),
    "go": frozenset[str](),
    "send": frozenset({"set"}),
    "set": frozenset[str](),
}
"""Verb → the further keys that go with it, beside `each` and `when`."""
_BOUND = ("submit", "company", "once")


@dataclass(frozen=True, slots=True)
class Seen:
    """What effects may read. ``names``: frame key → type; ``subject``: the doctype of ``this``, if there is one."""

    owner: str
    names: Dictionary[str, Type]
    bare: str | None = "this"
    subject: DoctypeDraft | None = None
    clock: bool = False


class EffectCompiler(Reader):
    """Compiles maps of effects. ``problems`` fills up as it goes."""

    def __init__(
        self, schema: DraftSchema, drafts: Dictionary[str, DoctypeDraft], program: Program
    ) -> None:
        super().__init__(schema)
        self._drafts = drafts
        self._program = program

    def effects(self, node: Mapping, seen: Seen) -> tuple[Effect, ...]:
        """The effects in ``node`` (key → effect), in order; each sees what the ones before it made, by key."""
        names = dict(seen.names)
        found: list[Effect] = []
        for entry in node.entries.values():
            if not isinstance(entry.value, Mapping):
                continue
            scope = Seen(seen.owner, names, seen.bare, seen.subject, seen.clock)
            effect = self._effect(entry.key, entry.value, scope)
            if effect is None:
                names.setdefault(entry.key.text, ANY)
                continue
            found.append(effect)
            if isinstance(effect, Make) and effect.each is None:
                names.setdefault(effect.key, Record(effect.doctype, own=True))
        return tuple(found)

    def _effect(self, key: Scalar, node: Mapping, seen: Seen) -> Effect | None:
        verb = self._verb(key, node)
        if verb is None:
            return None
        names = dict(seen.names)
        subject, each = seen.subject, None
        if "each" in node.dropped:
            names["row"] = ANY
        elif "each" in node.entries:
            bound = self._rows(node, names, seen)
            if bound is None:
                return None
            each, names = bound.source, dict(bound.names)
            if isinstance(each, DoctypeSource):
                subject = self._drafts.get(each.doctype)
        scope = self.scope(names, bare=seen.bare, clock=seen.clock, balances=True)
        when = self.condition(view.scalar(node, "when"), scope)
        match verb:
            case "make":
                return self._make(key, node, seen, scope, each, when)
            case "go":
                return self._go(key, node, seen, subject, each, when)
            case "set":
                return self._set(key, node, seen, scope, subject, each, when)
        name = view.text(node, "send") or ""
        return Send(key.text, seen.owner, name, each, when, self._free(node, scope))

    def _verb(self, key: Scalar, node: Mapping) -> str | None:
        """The verb of an effect; None where that was reported."""
        verbs = [name for name in _VERBS if name in node.entries]
        if not verbs and "set" in node.entries:
            verbs = ["set"]
        if len(verbs) != 1:
            if not node.dropped & {*_VERBS, "set"}:
                many = " and ".join(f"'{name}'" for name in verbs)
                message = f"An effect does one thing; '{key.text}' has {many or 'no verb'}."
                self.find("E540", message, key.span, "Verbs: make, go, set, send.")
            return None
        verb = verbs[0]
        for name in (*_BOUND, "set"):
            if name in node.entries and name != verb and name not in _WITH[verb]:
                span = node.entries[name].key.span
                self.find("E545", f"'{name}' does not go with '{verb}'.", span, "Take it out.")
                return None
        return verb

    def _rows(self, node: Mapping, names: Dictionary[str, Type], seen: Seen) -> Bound | None:
        """The rows of `each`."""
        compiler = SourceCompiler(self.schema, seen.subject, clock=seen.clock)
        bound = compiler.rows_of(node.get("each"), names)
        self.problems += compiler.problems
        return bound

    # --- make ----------------------------------------------------------------------------------

    def _make(
        self, key: Scalar, node: Mapping, seen: Seen, scope: Scope, each: RowSource | None,
        when: Expr | None,
    ) -> Make | None:  # fmt: skip
        name = view.scalar(node, "make")
        target = made_doctype(self, self._drafts, name) if name is not None else None
        if target is None:
            return None
        submit = view.flag(node, "submit")
        if submit and not target.submittable:
            message = f"{target.name} is never submitted."
            span = node.entries["submit"].key.span
            self.find("E541", message, span, "Take 'submit' out.")
            return None
        company = self._company(node, scope, target)
        once = self._once(node, scope)
        set_ = set_fields(self, node, scope, target)
        return Make(
            key.text, seen.owner, target.name, each, when, set_, submit, company, once
        )  # fmt: skip

    def _company(self, node: Mapping, scope: Scope, target: DoctypeDraft) -> Expr | None:
        said = view.scalar(node, "company")
        if said is None:
            return None
        if target.company != "required":
            message = f"{target.name} belongs to no company."
            self.find("E545", message, node.entries["company"].key.span, "Take 'company' out.")
            return None
        return self.expression(said, scope, Record(COMPANY_DOCTYPE))

    def _once(self, node: Mapping, scope: Scope) -> tuple[Expr, ...]:
        listed = node.get("once")
        if not isinstance(listed, Listing):
            return ()
        found = [self.expression(item, scope) for item in view.scalars(listed)]
        return tuple(expression for expression in found if expression is not None)

    # --- go, set, send -------------------------------------------------------------------------

    def _go(
        self, key: Scalar, node: Mapping, seen: Seen, subject: DoctypeDraft | None,
        each: RowSource | None, when: Expr | None,
    ) -> Go | None:  # fmt: skip
        name = view.scalar(node, "go")
        if name is None or not self._has_subject(name, subject):
            return None
        assert subject is not None
        known = transitions_of(subject, self._program)
        if name.text not in known:
            message = f"{subject.name} has no transition '{name.text}'."
            self.unknown("E542", message, name, choices(name.text, known))
            return None
        return Go(key.text, seen.owner, name.text, subject.name, each, when)

    def _set(
        self, key: Scalar, node: Mapping, seen: Seen, scope: Scope, subject: DoctypeDraft | None,
        each: RowSource | None, when: Expr | None,
    ) -> Set | None:  # fmt: skip
        if not self._has_subject(key, subject):
            return None
        assert subject is not None
        fields = set_fields(self, node, scope, subject, late=subject.submittable)
        return Set(key.text, seen.owner, subject.name, fields, each, when)

    def _has_subject(self, name: Scalar, subject: DoctypeDraft | None) -> bool:
        if subject is None:
            message = "There is no document here that this could be done to."
            self.find("E545", message, name.span, "Give the schedule 'each: {doctype: …}'.")
        return subject is not None

    def _free(self, node: Mapping, scope: Scope) -> dict[str, Expr]:
        compiled = {
            name.text: self.expression(value, scope) for name, value in view.texts_of(node, "set")
        }
        return {name: found for name, found in compiled.items() if found is not None}


def transitions_of(draft: DoctypeDraft, program: Program) -> tuple[str, ...]:
    """The transitions of a doctype: those of its workflow, else submit and cancel."""
    return transition_names(draft, program) if draft.submittable else ()


def on_of(
    compiler: EffectCompiler, draft: DoctypeDraft, program: Program
) -> dict[str, tuple[Effect, ...]]:
    """The effects of a doctype by transition; problems go to ``compiler``."""
    found: dict[str, tuple[Effect, ...]] = {}
    known = transitions_of(draft, program)
    seen = Seen(draft.name, {"this": own_record(draft)}, subject=draft)
    for name, node in view.maps(draft.node, "on"):
        if name.text not in known:
            if draft.abstract or "submittable" in draft.node.dropped:
                continue
            message = f"{draft.name} has no transition '{name.text}'."
            hint = choices(name.text, known) if known else "Add submittable: true."
            compiler.unknown("E542", message, name, hint)
            continue
        found[name.text] = compiler.effects(node, seen)
    return found


def check_effect_circles(
    on: Dictionary[str, Dictionary[str, tuple[Effect, ...]]],
    spans: Dictionary[str, Span],
) -> list[Problem]:
    """Doctypes that always make one another when submitted: one problem per circle, with its path."""
    edges = {
        name: tuple(_always(effects.get("submit", ()))) for name, effects in on.items()
    }  # fmt: skip
    _, circles = from_below(edges)
    problems: list[Problem] = []
    for circle in circles:
        way = way_text((*circle, circle[0]))
        message = f"These documents make one another without end: {way}."
        hint = "Give one of the effects a 'when' that ends it, or 'once'."
        problems.append(Problem("E544", message, spans[circle[0]], hint))
    return problems


def _always(effects: Sequence[Effect]) -> Iterator[str]:
    """What is always made and submitted along: nothing in the effect ends a circle."""
    for effect in effects:
        ends = effect.when is not None or effect.each is not None
        if isinstance(effect, Make) and effect.submit and not ends and not effect.once:
            yield effect.doctype
