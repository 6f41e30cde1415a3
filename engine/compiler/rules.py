"""Pass 4, rules: rule sets as typed functions.

In: the program and the schema. Out: resolved rule sets; roles are told to the schema, and what a
set answers is registered there as the record ``answer:<name>``. Rule sets may ask one another, so
each is compiled when it is first asked for; those that ask in a circle, or too many in a row, are refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import replace
from typing import Literal, cast

from engine.catalog.rules import Case, RuleSet, TaxLine
from engine.compiler import view
from engine.compiler.givens import Givens, read_givens
from engine.compiler.let import bind_let
from engine.compiler.names import key_of
from engine.compiler.program import Program
from engine.compiler.reader import Reader
from engine.compiler.rule_cases import CaseCompiler, literal_or_expression
from engine.compiler.rule_sources import SourceCompiler
from engine.compiler.schema import ANSWER, DraftSchema
from engine.compiler.targets import Targets
from engine.expr.functions import names as function_names
from engine.expr.program import Expr, Template
from engine.expr.scope import RoleChain, RuleShape, Scope
from engine.expr.types import ANY, Record, Type, fits, is_open, join
from engine.problems.problem import Problem, Span
from engine.problems.render import way_text
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Construct, Mapping, Scalar

MOST_ASKED_IN_A_ROW = 20
"""How many rule sets may ask, each the next: their answers are worked out within one another."""

_COMPONENT = ("component", "rate", "base", "amount")
"""What every row of a tax line has."""


def compile_rules(
    program: Program, schema: DraftSchema, targets: Targets
) -> tuple[dict[str, RuleSet], list[Problem]]:
    """Rule sets by name. Those with a mistake in them are left out."""
    compiler = _Rules(program, schema, targets)
    schema.set_rules(compiler)
    found: dict[str, RuleSet] = {}
    for name in program.rules:
        rule_set = compiler.rule_set(name)
        if rule_set is not None:
            found[name] = rule_set
    return found, compiler.problems


class _Rules(Reader):
    """Compiles rule sets when they are asked for; also the schema's answers about them."""

    def __init__(self, program: Program, schema: DraftSchema, targets: Targets) -> None:
        super().__init__(schema)
        self._targets = targets
        self._program = program
        self._names = {key_of(name): name for name in program.rules}
        self._done: dict[str, RuleSet | None] = {}
        self._shapes: dict[str, RuleShape] = {}
        self._open: list[str] = []
        self._depths: dict[str, int] = {}
        """How many rule sets one leads through, itself included."""
        self._refused: set[str] = set()

    # --- as functions ----------------------------------------------------------------------------

    def keys(self) -> Sequence[str]:
        return tuple(self._names)

    def shape(self, key: str) -> RuleShape | None:
        """The rule set as a function; one that is being compiled asks itself, however far around."""
        name = self._names.get(key)
        if name is None or key in function_names():
            return None
        nothing = RuleShape(name, key, {}, frozenset(), "", ANY)
        if name in self._open:
            self._refuse(self._open[self._open.index(name) :], name, "in a circle")
            return nothing
        if len(self._open) + self._depths.get(name, 1) > MOST_ASKED_IN_A_ROW:
            self._refuse(self._open, name, f"more than {MOST_ASKED_IN_A_ROW} in a row")
            return nothing
        self.rule_set(name)
        if self._open:
            asking = self._open[-1]
            depth = 1 + self._depths.get(name, 1)
            self._depths[asking] = max(self._depths.get(asking, 1), depth)
        return self._shapes.get(name) or nothing

    def _refuse(self, way: Sequence[str], name: str, how: str) -> None:
        """Tell, once for all that are on the way, that rule sets ask each other without end or too far."""
        if self._refused.isdisjoint((*way, name)):
            message = f"Rule sets ask each other {how}: {way_text((*way, name))}."
            span = self._program.rules[way[0]].span
            self.find("E464", message, span, "Let one of them decide by itself.")
        self._refused.update(way, (name,))

    def rule_set(self, name: str) -> RuleSet | None:
        """The rule set, compiled once; None where there is a mistake in it."""
        construct = self._program.rules[name]
        if construct.broken:
            return None
        if name not in self._done:
            self._open.append(name)
            self._done[name] = self._compile(construct)
            self._open.pop()
        return self._done[name]

    def _told(self, construct: Construct, asked: Givens, found: RuleSet, types: _Types) -> None:
        """Tell what the set is as a function."""
        why = ""
        if found.pick == "all":
            why = "it gives several answers, not one"
        elif found.roles:
            why = "it is asked by role(…)"
        elif found.lines or len(types) != 1:
            why = f"it answers {len(types) or 'no'} values, and a function has one"
        name, type_ = next(iter(types.items()), ("", ANY))
        optional = frozenset(name for name, given in asked.given.items() if given.optional)
        self._shapes[construct.name] = RuleShape(
            construct.name, found.key, asked.types, optional, name, type_, why,
            found.reads_balances,
        )  # fmt: skip

    # --- one rule set ----------------------------------------------------------------------------

    def _compile(self, construct: Construct) -> RuleSet | None:
        node = construct.node
        before = len(self.problems)
        asked = read_givens(self, self._targets, node)
        scope = bind_let(self, node, self.scope(asked.types, bare=None, balances=True, rules=True))
        if not self._one_kind(construct):
            return None
        pick = cast(Literal["first", "best", "all"], view.text(node, "pick") or "first")
        self._pick_suits(node, pick)
        cases = CaseCompiler(self, node, asked, scope)
        sources = SourceCompiler(self, self._targets, node, asked, scope)
        rows = sources.compile()
        lines, found = cases.lines(), cases.cases(first=pick == "first")
        give, answer = sources.give()
        answer = answer or _answers(self, found)
        kind, none_give = self._none(node, scope, answer, lines)
        self.schema.add_record(ANSWER + construct.name, answer)
        rule_set = RuleSet(
            name=construct.name,
            key=key_of(construct.name),
            given=asked.given,
            pick=pick,
            none=kind,
            none_give=none_give,
            roles=self._roles(asked, node, scope),
            cases=found,
            lines=lines,
            sources=rows,
            prefer=sources.prefer(),
            give=give,
            gives=self._gives(node, answer, lines),
            explain=sources.explain(),
        )
        if len(self.problems) > before:
            return None
        rule_set = _with_reads(rule_set)
        self._told(construct, asked, rule_set, answer)
        return rule_set

    def _one_kind(self, construct: Construct) -> bool:
        node = construct.node
        kinds = [key for key in ("roles", "cases", "from") if key in node.entries]
        if len(kinds) == 1 or node.dropped & {"roles", "cases", "from"}:
            return True
        message = "A rule set has exactly one of 'roles', 'cases' and 'from'."
        self.find("E409", message, construct.span)
        return False

    def _pick_suits(self, node: Mapping, pick: str) -> None:
        place = view.scalar(node, "pick")
        if place is None:
            return
        if pick == "best" and "cases" in node.entries:
            message = "Cases stand in order; only rows are compared for the best."
            self.find("E461", message, place.span, "pick: first, or all")
        elif pick == "all" and "lines" in node.entries:
            message = "The lines of a tax come from one case; several would tax twice."
            self.find("E461", message, place.span, "pick: first")
        elif "roles" in node.entries and pick != "first":
            message = "A role is the first of its accounts that is not null."
            self.find("E461", message, place.span, "Leave 'pick' out.")

    # --- roles -----------------------------------------------------------------------------------

    def _roles(self, asked: Givens, node: Mapping, scope: Scope) -> dict[str, tuple[Expr, ...]]:
        found: dict[str, tuple[Expr, ...]] = {}
        optional = frozenset(name for name, given in asked.given.items() if given.optional)
        for name, value in view.entries(node, "roles"):
            steps = tuple(
                step
                for step in (self.expression(part, scope) for part in view.scalars(value))
                if step is not None
            )
            if self.schema.role(name.text) is not None:
                message = f"The account role '{name.text}' is declared twice."
                self.find("E115", message, name.span, "Keep one.")
                continue
            found[name.text] = steps
            self.schema.add_role(RoleChain(name.text, steps, asked.types, optional))
        self._differences(node, found)
        return found

    def _differences(self, node: Mapping, roles: Dictionary[str, object]) -> None:
        """Roles whose accounts may take what is missing to balance, whatever it is."""
        part = view.mapping(node, "roles")
        for name in view.names(node, "difference"):
            if name.text in roles:
                self.schema.differences.add(name.text)
            elif part is None or name.text not in part.dropped:
                message = f"There is no role '{name.text}' here."
                self.find("E522", message, name.span, choices(name.text, roles))

    # --- where nothing fits ----------------------------------------------------------------------

    def _none(
        self, node: Mapping, scope: Scope, answer: _Types, lines: Dictionary[str, TaxLine]
    ) -> tuple[Literal["error", "nothing", "value"], dict[str, Expr]]:
        written = node.get("none")
        if written is None:
            return "error", {}
        if isinstance(written, Scalar):
            if written.text in ("error", "nothing"):
                return ("error", {}) if written.text == "error" else ("nothing", {})
            if len(answer) != 1 or lines:
                message = f"The rule set answers {_listed(answer)}, and 'none' is one value."
                hint = "none: error, nothing, or answer: value of each"
                self.find("E463", message, written.span, hint)
                return "error", {}
            pairs = [(next(iter(answer)), written)]
        else:
            pairs = [(name.text, value) for name, value in view.texts_of(node, "none")]
            self._none_names(node, answer)
        found: dict[str, Expr] = {}
        for name, value in pairs:
            expression = literal_or_expression(self, value, scope)
            if expression is not None and name in answer:
                if fits(answer[name], expression.type):
                    found[name] = expression
                else:
                    self.misfit(answer[name], expression.type, value.span)
        return "value", found

    def _none_names(self, node: Mapping, answer: _Types) -> None:
        written = {name.text: name for name, _ in view.texts_of(node, "none")}
        for name, place in written.items():
            if name not in answer:
                message = f"The rule set has no answer '{name}'."
                self.find("E463", message, place.span, did_you_mean(name, answer))
        missing = [name for name in answer if name not in written]
        if missing and written.keys() <= answer.keys():
            message = f"'none' leaves out {_listed(missing)}."
            self.find("E463", message, node.entries["none"].key.span, "Say null where it is empty.")

    # --- what it gives ---------------------------------------------------------------------------

    def _gives(self, node: Mapping, answer: _Types, lines: Dictionary[str, TaxLine]) -> str | None:
        """The doctype of its rows: it must have every field that is given, of a type that takes it."""
        gives = view.scalar(node, "gives")
        if gives is None:
            return None
        draft = self.schema.draft(gives.text)
        if draft is None:
            self.problems.append(self._targets.unknown(gives))
            return None
        if gives.text not in self._targets.children:
            message = f"The answers are rows, and '{gives.text}' is a record of its own."
            self.find("E462", message, gives.span, "Name a doctype that is 'child: true'.")
            return None
        for name, (type_, span) in self._given_fields(node, answer, lines).items():
            self._field_takes(gives.text, name, type_, span)
        return gives.text

    def _given_fields(
        self, node: Mapping, answer: _Types, lines: Dictionary[str, TaxLine]
    ) -> dict[str, tuple[Type, Span]]:
        """Field of the rows → type and place of what is written into it."""
        found: dict[str, tuple[Type, Span]] = {}
        for _, owner in [("", node), *view.maps(node, "cases")]:
            for name, _ in view.texts_of(owner, "give"):
                found.setdefault(name.text, (answer.get(name.text, ANY), name.span))
        for key, part in view.maps(node, "lines"):
            line = lines.get(key.text)
            for name_, expression in (line.give if line is not None else {}).items():
                place = part.entries[name_].key.span
                found.setdefault(name_, (expression.type, place))
        return found

    def _field_takes(self, doctype: str, name: str, type_: Type, span: Span) -> None:
        draft = self.schema.draft(doctype)
        assert draft is not None
        table = draft.tables[""]
        if name in table.dropped:
            return
        field = table.fields.get(name)
        if field is None:
            message = f"{doctype} has no field '{name}' for what is given."
            self.find("E462", message, span, did_you_mean(name, table.fields), missing=name)
            return
        expects = self.schema.field(Record(doctype, own=True), name) or ANY
        if not fits(expects, type_):
            self.misfit(expects, type_, span)


_Types = dict[str, Type]


def _answers(reader: Reader, cases: Dictionary[str, Case]) -> _Types:
    """What a case set answers: every name that some case gives, with the type that covers all.

    A value of another kind than the cases before give is reported.
    """
    found: _Types = {}
    for case in cases.values():
        for name, expression in case.give.items():
            type_ = _loose(expression.type)
            before = found.get(name)
            both = type_ if before is None else join(before, type_)
            if both is None and before is not None:
                reader.misfit(before, type_, expression.span)
            found[name] = both or ANY
    return found


def _loose(type_: Type) -> Type:
    """The type of an answer: open where nothing is known, else as it is."""
    return ANY if is_open(type_) else type_


def _listed(names: Sequence[str] | _Types) -> str:
    return ", ".join(f"'{name}'" for name in names) or "nothing"


def _with_reads(rules: RuleSet) -> RuleSet:
    """With what it asks of other rule sets and of ledgers."""
    expressions = list(expressions_of(rules))
    asks = dict.fromkeys(key for each in expressions for key in each.asks)
    return replace(
        rules,
        asks=tuple(asks),
        reads_balances=any(each.balances for each in expressions),
    )


def expressions_of(rules: RuleSet) -> Iterator[Expr | Template]:
    """Everything that is worked out when the rule set is asked."""
    for case in rules.cases.values():
        yield from case.give.values()
        if case.when is not None:
            yield case.when
    for line in rules.lines.values():
        yield from line.give.values()
        yield from (each for each in (line.rate, line.amount) if each is not None)
    for source in rules.sources:
        yield from (match.value for match in source.matches)
    yield from rules.give.values()
    yield from rules.none_give.values()
    for steps in rules.roles.values():
        yield from steps
    if rules.explain is not None:
        yield rules.explain
