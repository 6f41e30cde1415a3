"""Pass 9, limits: each compiled over every doctype that it applies to.

In: the program, and doctypes with their workflows and actions. Out: the doctypes with their limits. What is
wrong in a limit however it is used is told once, though it is compiled once per doctype.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, replace
from typing import Any, cast

from engine.catalog.doctypes import Doctype
from engine.catalog.limits import Limit, LimitAction, LimitPass
from engine.compiler import view
from engine.compiler.answers import AnswerCompiler
from engine.compiler.asked import Asked
from engine.compiler.drafts import DoctypeDraft
from engine.compiler.givens import Around, Binding, Givens, bind_givens, read_givens
from engine.compiler.if_done import read_if_done
from engine.compiler.known import Known
from engine.compiler.let import bind_let
from engine.compiler.names import key_of
from engine.compiler.reader import Reader, own_record
from engine.expr.program import Expr
from engine.expr.scope import Scope
from engine.expr.types import DECIMAL, Type, fits
from engine.problems.problem import Problem
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Construct, Mapping, Scalar


def compile_limits(
    known: Known, doctypes: Dictionary[str, Doctype]
) -> tuple[dict[str, Doctype], list[Problem]]:
    """``doctypes`` with the limits that apply to each."""
    found: dict[str, dict[str, Limit]] = {}
    problems: list[Problem] = []
    for construct in known.program.limits.values():
        if construct.broken:
            continue
        compiler = _LimitCompiler(known, construct, doctypes)
        for name, limit in compiler.uses().items():
            found.setdefault(name, {})[limit.key] = limit
        problems += _once(compiler.problems)
    return {
        name: replace(doctype, limits=found[name]) if name in found else doctype
        for name, doctype in doctypes.items()
    }, problems


def _once(problems: list[Problem]) -> list[Problem]:
    """Without what was found again for a further doctype."""
    return list({(problem.code, problem.span): problem for problem in problems[::-1]}.values())[
        ::-1
    ]


@dataclass(frozen=True, slots=True)
class _Use:
    """A limit over one doctype: the scope of its expressions, and of what is told of it."""

    draft: DoctypeDraft
    asked: Givens
    scope: Scope
    told: Scope


class _LimitCompiler(Reader):
    """Compiles one limit over each of its doctypes."""

    def __init__(
        self, known: Known, construct: Construct, doctypes: Dictionary[str, Doctype]
    ) -> None:
        super().__init__(known.schema)
        self._known = known
        self._construct = construct
        self._node = construct.node
        self._doctypes = doctypes

    def uses(self) -> dict[str, Limit]:
        """Doctype → the limit as it applies there."""
        node = self._node
        if not {"max", "min"} & (node.entries.keys() | node.dropped):
            message = f"The limit '{self._construct.name}' limits nothing."
            self.find("E114", message, self._construct.span, "max: customer.credit_limit")
        found: dict[str, Limit] = {}
        for name, at in view.entries(node, "at"):
            resolved, problem = self._known.targets.resolve(name)
            self.problems += [problem] if problem is not None else []
            for target in resolved:
                doctype, draft = self._doctypes.get(target), self._known.drafts.get(target)
                if doctype is None or draft is None or draft.broken:
                    continue
                transitions = self._transitions(doctype, view.scalars(at))
                limit = self._limit(draft, doctype, transitions, name)
                if limit is not None:
                    found[target] = limit
        return found

    def _transitions(self, doctype: Doctype, names: tuple[Scalar, ...]) -> tuple[str, ...]:
        known = [*doctype.actions]
        if doctype.submittable:
            known = [*doctype.workflow.transitions, *known]
        for name in names:
            if name.text not in known:
                message = f"{doctype.name} has no transition and no action '{name.text}'."
                hint = choices(name.text, known) if known else "It is never submitted."
                self.unknown("E469", message, name, hint)
        return tuple(name.text for name in names)

    def _limit(
        self, draft: DoctypeDraft, doctype: Doctype, at: tuple[str, ...], place: Scalar
    ) -> Limit | None:
        before = len(self.problems)
        each = self._each(draft)
        asked = read_givens(self, self._known.targets, self._node)
        here: dict[str, Type] = {"this": own_record(draft)}
        if each is not None:
            here["row"] = own_record(draft, each)
        binding = Binding(
            self._construct.name,
            asked.given,
            Around(draft, each or ""),
            self.scope(here),
            place.span,
            can_say=False,
        )
        given = bind_givens(self, binding)
        names = {**asked.types, **({"row": here["row"]} if "row" in here else {})}
        scope = self.scope(names, bare=None, balances=True, rules=True)
        scope = bind_let(self, self._node, scope)
        measure = self.expression(view.scalar(self._node, "measure"), scope, DECIMAL)
        if len(self.problems) > before or measure is None:
            return None
        bounds = {key: self._bound(key, measure, scope) for key in ("max", "min")}
        use = _Use(draft, asked, scope, self._told(scope, measure, bounds))
        action, transition = self._action(doctype)
        node = self._node
        go = view.mapping(node, "action")
        passing = self._passing(draft)
        return Limit(
            name=self._construct.name,
            key=key_of(self._construct.name),
            at=at,
            given=given,
            measure=measure,
            each=each,
            by=self._by(scope),
            maximum=bounds["max"],
            minimum=bounds["min"],
            when=self.condition(view.scalar(node, "when"), scope),
            unless=self.condition(view.scalar(node, "unless"), scope),
            action=action,
            transition=transition,
            reason=self.template(view.scalar(go, "reason"), use.told) if go is not None else None,
            message=self.template(view.scalar(node, "message"), use.told),
            passing=passing,
            answer=self._answer(use),
            if_done=read_if_done(
                self, node, self._known.program.roles, passing.roles if passing else ()
            ),
        )

    def _each(self, draft: DoctypeDraft) -> str | None:
        name = view.scalar(self._node, "each")
        if name is not None and (name.text not in draft.tables or not name.text):
            message = f"{draft.name} has no table '{name.text}'."
            known = [path for path in draft.tables if path]
            hint = choices(name.text, known)
            self.unknown("E308", message, name, hint, draft.first_unknown(name.text))
        return name.text if name is not None else None

    def _bound(self, key: str, measure: Expr, scope: Scope) -> Expr | None:
        """A bound is of the kind of the measure: money in its currency, a quantity in its unit."""
        place = view.scalar(self._node, key)
        bound = self.expression(place, scope, DECIMAL)
        if bound is not None and place is not None and not fits(measure.type, bound.type):
            self.misfit(measure.type, bound.type, place.span)
        return bound

    def _told(self, scope: Scope, measure: Expr, bounds: Dictionary[str, Expr | None]) -> Scope:
        """What a message sees besides: the figures."""
        figures: dict[str, Type] = {"measured": measure.type, "before": measure.type}
        figures |= {key: bound.type for key, bound in bounds.items() if bound is not None}
        return replace(scope, names={**scope.names, **figures})

    def _by(self, scope: Scope) -> dict[str, Expr]:
        found: dict[str, Expr] = {}
        for name in view.names(self._node, "by"):
            if name.text not in scope.names and name.text not in scope.let:
                hint = did_you_mean(name.text, [*scope.names, *scope.let])
                message = f"'{name.text}' is neither given nor a name of 'let'."
                self.unknown("E405", message, name, hint)
                continue
            expression = self.expression(name, scope)
            if expression is not None:
                found[name.text] = expression
        return found

    def _action(self, doctype: Doctype) -> tuple[LimitAction, str]:
        node = self._node.get("action")
        if isinstance(node, Scalar):
            return cast(LimitAction, node.text), ""
        go = view.scalar(node, "go") if isinstance(node, Mapping) else None
        if go is None:
            return "refuse", ""
        if go.text not in doctype.workflow.transitions:
            message = f"{doctype.name} has no transition '{go.text}'."
            self.unknown("E469", message, go, choices(go.text, doctype.workflow.transitions))
        return "go", go.text

    def _passing(self, draft: DoctypeDraft) -> LimitPass | None:
        node = view.mapping(self._node, "pass")
        if node is None:
            return None
        for role in view.names(node, "role"):
            if role.text not in self._known.program.roles:
                hint = did_you_mean(role.text, self._known.program.roles)
                self.unknown("E311", f"There is no role '{role.text}'.", role, hint)
        asker = Asked(self._known, draft)
        key = Scalar(key_of(self._construct.name), self._construct.span)
        asked = asker.doctype(key, node)
        self.problems += asker.problems
        return LimitPass(view.texts(node, "role"), asked[0] if asked is not None else None)

    def _answer(self, use: _Use) -> Any:
        compiler = _LimitAnswers(self._known.schema, use.draft, use.told)
        found = compiler.answer(self._node.get("answer"), dict(use.told.names))
        self.problems += compiler.problems
        return found


class _LimitAnswers(AnswerCompiler):
    """Answers over what a limit sees, in place of the fields of a document."""

    def __init__(self, schema: Any, draft: DoctypeDraft, told: Scope) -> None:
        super().__init__(schema, draft)
        self._told = told

    def scope(self, names: Dictionary[str, Type], **_: Any) -> Scope:
        return replace(self._told, names=names)
