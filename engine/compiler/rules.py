"""Pass 4, rules: rule sets as typed functions.

In: the program and the schema. Out: resolved rule sets; roles are told to the schema, and what a
set answers is registered there as the record ``answer:<name>``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, cast

from engine.catalog.fields import FieldType
from engine.catalog.rules import Case, Given, RowSourceMatch, RuleSet, RuleSource, TaxLine
from engine.compiler import view
from engine.compiler.let import bind_let
from engine.compiler.names import key_of
from engine.compiler.program import Program
from engine.compiler.reader import Reader
from engine.compiler.schema import ANSWER, DraftSchema, link_type, plain_type
from engine.compiler.targets import Targets
from engine.expr.compile import constant
from engine.expr.program import Expr, Template
from engine.expr.scope import RoleChain, Scope
from engine.expr.types import ANY, DECIMAL, Money, OneOf, Record, Type, is_open, join
from engine.problems.problem import Problem, Span
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Construct, Listing, Mapping, Scalar
from engine.spec.common import VALUE_TYPES

_UP_TO = re.compile(r"\s*up_to\((.*)\)\s*\Z", re.DOTALL)
_LITERAL_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")
PREFERENCES = ("most specific", "newest")
_VALID = ("valid_from", "valid_to")


@dataclass(slots=True)
class _Asked:
    """A rule set on its way: what it is given, with types."""

    construct: Construct
    given: dict[str, Given]
    types: dict[str, Type]

    @property
    def node(self) -> Mapping:
        return self.construct.node


def compile_rules(
    program: Program, schema: DraftSchema, targets: Targets
) -> tuple[dict[str, RuleSet], list[Problem]]:
    """Rule sets by name. Those with a mistake in them are left out."""
    found: dict[str, RuleSet] = {}
    compiler = _Rules(schema, targets)
    for name, construct in program.rules.items():
        if construct.broken:
            continue
        rule_set = compiler.rule_set(construct)
        if rule_set is not None:
            found[name] = rule_set
    return found, compiler.problems


class _Rules(Reader):
    def __init__(self, schema: DraftSchema, targets: Targets) -> None:
        super().__init__(schema)
        self._targets = targets

    def rule_set(self, construct: Construct) -> RuleSet | None:
        node = construct.node
        before = len(self.problems)
        asked = self._given(construct)
        scope = bind_let(self, node, self.scope(asked.types, bare=None))
        kinds = [key for key in ("roles", "cases", "from") if key in node.entries]
        if len(kinds) != 1 and not node.dropped & {"roles", "cases", "from"}:
            message = "A rule set has exactly one of 'roles', 'cases' and 'from'."
            self.find("E409", message, construct.span)
            return None
        lines = self._lines(asked, scope)
        cases = self._cases(asked, scope, lines)
        roles = self._roles(asked, scope)
        sources = self._sources(asked, scope)
        give, answer = self._give(asked, sources, scope)
        none = view.text(node, "none") or "error"
        if none not in ("error", "nothing"):
            span = view.scalar(node, "none")
            message = f"'none: {none}' is known, not built yet: a value where nothing fits."
            self.find("E111", message, span.span if span else None, "It takes: error, nothing.")
        answer = answer or _answers(cases)
        self.schema.add_record(ANSWER + construct.name, answer)
        if len(self.problems) > before:
            return None
        return RuleSet(
            name=construct.name,
            key=key_of(construct.name),
            given=asked.given,
            pick=cast(Literal["first", "best", "all"], view.text(node, "pick") or "first"),
            none=none,
            roles=roles,
            cases=cases,
            lines=lines,
            sources=sources,
            prefer=self._prefer(node),
            give=give,
            gives=self._gives(node),
            explain=self._explain(asked, sources, scope),
        )

    # --- what it is given ----------------------------------------------------------------------

    def _given(self, construct: Construct) -> _Asked:
        node = construct.node
        optional = set(view.texts(node, "optional"))
        asked = _Asked(construct, {}, {})
        for name, value in view.entries(node, "given"):
            kinds = view.scalars(value)
            if len(kinds) == 1 and kinds[0].text in VALUE_TYPES:
                type_ = cast(FieldType, kinds[0].text)
                asked.given[name.text] = Given(name.text, type_, (), name.text in optional)
                asked.types[name.text] = Money() if type_ == "money" else plain_type(type_)
            else:
                links = self._links(kinds)
                asked.given[name.text] = Given(name.text, "link", links, name.text in optional)
                asked.types[name.text] = link_type(links)
        for name in view.names(node, "optional"):
            if name.text not in asked.given:
                hint = did_you_mean(name.text, asked.given)
                self.find("E405", f"'{name.text}' is not given.", name.span, hint)
        return asked

    def _links(self, kinds: tuple[Scalar, ...]) -> tuple[str, ...]:
        found: list[str] = []
        for kind in kinds:
            targets, problem = self._targets.resolve(kind, others=VALUE_TYPES)
            if problem is not None:
                self.problems.append(problem)
            found += targets
        return tuple(dict.fromkeys(found))

    # --- roles ---------------------------------------------------------------------------------

    def _roles(self, asked: _Asked, scope: Scope) -> dict[str, tuple[Expr, ...]]:
        found: dict[str, tuple[Expr, ...]] = {}
        optional = frozenset(name for name, given in asked.given.items() if given.optional)
        for name, value in view.entries(asked.node, "roles"):
            steps = tuple(
                step
                for step in (self.expression(node, scope) for node in view.scalars(value))
                if step is not None
            )
            if self.schema.role(name.text) is not None:
                self.find(
                    "E115",
                    f"The account role '{name.text}' is declared twice.",
                    name.span,
                    "Keep one.",
                )
                continue
            found[name.text] = steps
            self.schema.add_role(RoleChain(name.text, steps, asked.types, optional))
        return found

    # --- cases ---------------------------------------------------------------------------------

    def _cases(
        self, asked: _Asked, scope: Scope, lines: Dictionary[str, TaxLine]
    ) -> dict[str, Case]:
        found: dict[str, Case] = {}
        certain: str | None = None
        for name, node in view.maps(asked.node, "cases"):
            if certain is not None:
                message = (
                    f"The case '{name.text}' is never reached: '{certain}' before it always holds."
                )
                self.find(
                    "E411",
                    message,
                    name.span,
                    "Give the earlier case a condition, or move it to the end.",
                )
            found[name.text] = self._case(asked, name.text, node, scope, lines)
            if not {"when", "valid"} & (node.entries.keys() | node.dropped):
                certain = name.text
        return found

    def _case(
        self, asked: _Asked, key: str, node: Mapping, scope: Scope, lines: Dictionary[str, TaxLine]
    ) -> Case:
        valid = self._valid(asked, node)
        when = self.condition(view.scalar(node, "when"), scope)
        give = node.get("give")
        if isinstance(give, Mapping):
            values = {
                name.text: value
                for name, node_value in view.texts_of(node, "give")
                if (value := self._literal(node_value, scope)) is not None
            }
            return Case(key, when, (), values, valid)
        known = {name.text for name, _ in view.maps(asked.node, "lines")}
        names: list[str] = []
        for name in view.names(node, "give"):
            if name.text in known:
                names.append(name.text)
            else:
                hint = choices(name.text, lines)
                self.find(
                    "E410", f"There is no line '{name.text}' in this rule set.", name.span, hint
                )
        return Case(key, when, tuple(names), {}, valid)

    def _valid(self, asked: _Asked, node: Mapping) -> tuple[str | None, str | None]:
        valid = node.get("valid")
        if not isinstance(valid, Listing):
            return (None, None)
        given = asked.given.get("date")
        if given is None or given.type != "date":
            message = "A case with dates needs the given 'date' to compare with."
            self.find("E405", message, node.entries["valid"].key.span, "given: {date: date, …}")
        ends = [
            None if text in ("-", "") else text for text in (s.text for s in view.scalars(valid))
        ]
        return (ends[0], ends[1] if len(ends) > 1 else None)

    def _lines(self, asked: _Asked, scope: Scope) -> dict[str, TaxLine]:
        found: dict[str, TaxLine] = {}
        for name, node in view.maps(asked.node, "lines"):
            base = view.scalar(node, "base")
            if base is not None and base.text not in asked.given:
                hint = did_you_mean(base.text, asked.given)
                self.find("E405", f"'{base.text}' is not given.", base.span, hint)
            if not {"rate", "amount"} & (node.entries.keys() | node.dropped):
                self.find("E114", "A line has a 'rate' or an 'amount'.", name.span, "rate: percent")
            known = ("rate", "amount", "base", "round", "help", "since", "deprecated")
            give = {
                key: value
                for key, entry in node.entries.items()
                if key not in known and isinstance(entry.value, Scalar)
                if (value := self.expression(entry.value, scope)) is not None
            }
            found[name.text] = TaxLine(
                key=name.text,
                rate=self.expression(view.scalar(node, "rate"), scope, DECIMAL),
                amount=self.expression(view.scalar(node, "amount"), scope, DECIMAL),
                round=view.integer(node, "round", 2),
                give=give,
            )
        return found

    def _literal(self, node: Scalar, scope: Scope) -> Expr | None:
        """A value under ``give``: numbers, true and false are what they look like unless quoted."""
        text, expression = self.value(node, scope)
        if text is None:
            return expression
        if node.quoted or not isinstance(text, str):
            return constant(text, node.span)
        if text in ("true", "false"):
            return constant(text == "true", node.span)
        if text == "null":
            return constant(None, node.span)
        if _LITERAL_NUMBER.match(text):
            return constant(Decimal(text), node.span)
        return constant(text, node.span)

    # --- rows that users edit --------------------------------------------------------------------

    def _sources(self, asked: _Asked, scope: Scope) -> tuple[RuleSource, ...]:
        names = view.names(asked.node, "from")
        found: list[RuleSource] = []
        known: set[str] = set()
        for name in names:
            source = self._source(asked, name, scope, known)
            if source is not None:
                found.append(source)
        if names and len(found) == len(names):
            for column, _ in view.texts_of(asked.node, "match"):
                if column.text not in known:
                    of = " or ".join(source.doctype for source in found if source.field is None)
                    if of:
                        self.find("E302", f"{of} has no field '{column.text}' to match.", column.span,
                                  self._column_hint(found, column.text))  # fmt: skip
        return tuple(found)

    def _column_hint(self, sources: list[RuleSource], name: str) -> str:
        known = [
            f for s in sources if s.field is None for f in self.schema.names(Record(s.doctype))
        ]
        return did_you_mean(name, known)

    def _source(
        self, asked: _Asked, name: Scalar, scope: Scope, known: set[str]
    ) -> RuleSource | None:
        doctype, _, field = name.text.partition(".")
        place = Scalar(
            doctype,
            Span(name.span.file, name.span.line, name.span.column, name.span.column + len(doctype)),
        )
        targets, problem = self._targets.resolve(place)
        if problem is not None or len(targets) != 1:
            self.problems += [problem] if problem is not None else []
            return None
        if field:
            return self._field_source(asked, name, targets[0], field)
        matches = self._matches(asked, targets[0], scope, known)
        return RuleSource(targets[0], None, None, matches)

    def _field_source(
        self, asked: _Asked, name: Scalar, doctype: str, field: str
    ) -> RuleSource | None:
        given = next((g.name for g in asked.given.values() if g.link == (doctype,)), None)
        if given is None:
            message = f"'{name.text}' is a field of a record that the rule set is not given."
            self.find("E405", message, name.span, f"given: {{{key_of(doctype)}: {doctype}, …}}")
            return None
        if self.schema.field(Record(doctype), field) is None:
            hint = did_you_mean(field, self.schema.names(Record(doctype)))
            self.find("E302", f"{doctype} has no field '{field}'.", name.span, hint)
            return None
        return RuleSource(doctype, field, given, ())

    def _matches(
        self, asked: _Asked, doctype: str, scope: Scope, known: set[str]
    ) -> tuple[RowSourceMatch, ...]:
        record = Record(doctype)
        found: list[RowSourceMatch] = []
        for column, value in view.texts_of(asked.node, "match"):
            limited = _UP_TO.match(value.text)
            kind: Literal["equal", "up_to", "valid"] = "up_to" if limited else "equal"
            type_ = self.schema.field(record, column.text)
            if column.text == "valid" and type_ is None:
                kind, type_ = "valid", self._both_dates(doctype, column)
            if type_ is None:
                continue
            known.add(column.text)
            text, span = value.text, value.span
            if limited:
                start = limited.start(1)
                text = limited.group(1)
                span = Span(
                    span.file, span.line, span.column + start, span.column + start + len(text)
                )
            expression = self.source(text, span, scope, type_)
            if expression is not None:
                found.append(RowSourceMatch(column.text, kind, expression))
        return tuple(found)

    def _both_dates(self, doctype: str, column: Scalar) -> Type | None:
        """The type of ``valid_from`` where the doctype has both ends; a problem where it has one."""
        record = Record(doctype)
        types = [self.schema.field(record, name) for name in _VALID]
        if all(type_ is not None for type_ in types):
            return types[0]
        if any(type_ is not None for type_ in types):
            message = f"'valid' needs {doctype} to have both fields valid_from and valid_to."
            self.find("E302", message, column.span)
            return ANY
        return None

    def _give(
        self, asked: _Asked, sources: tuple[RuleSource, ...], scope: Scope
    ) -> tuple[dict[str, Expr], dict[str, Type]]:
        scope = self._row_scope(asked, sources, scope)
        found: dict[str, Expr] = {}
        for name, value in view.texts_of(asked.node, "give"):
            expression = self._literal(value, scope)
            if expression is not None:
                found[name.text] = expression
        answer = {name: _loose(expression.type) for name, expression in found.items()}
        written = {name.text: cast(Type, ANY) for name, _ in view.texts_of(asked.node, "give")}
        return found, {**written, **answer}

    def _row_scope(self, asked: _Asked, sources: tuple[RuleSource, ...], scope: Scope) -> Scope:
        """Rows of field sources answer to every name, so they bind no types."""
        records = tuple(Record(s.doctype, own=True) for s in sources if s.field is None)
        row: Type = ANY
        if records:
            row = records[0] if len(records) == 1 else OneOf(records)
        return replace(scope, names={**asked.types, "row": row})

    def _explain(
        self, asked: _Asked, sources: tuple[RuleSource, ...], scope: Scope
    ) -> Template | None:
        inner = self._row_scope(asked, sources, scope)
        return self.template(view.scalar(asked.node, "explain"), inner)

    def _prefer(self, node: Mapping) -> tuple[str, ...]:
        for name in view.names(node, "prefer"):
            if name.text not in PREFERENCES:
                self.find(
                    "E113",
                    f"'{name.text}' is no preference.",
                    name.span,
                    choices(name.text, PREFERENCES),
                )
        return view.texts(node, "prefer")

    def _gives(self, node: Mapping) -> str | None:
        gives = view.scalar(node, "gives")
        if gives is not None and self.schema.draft(gives.text) is None:
            problem = self._targets.unknown(gives)
            self.problems.append(problem)
        return gives.text if gives is not None else None


def _answers(cases: Dictionary[str, Case]) -> dict[str, Type]:
    """What a case set answers: every name that some case gives, with the type that covers all."""
    found: dict[str, Type] = {}
    for case in cases.values():
        for name, expression in case.give.items():
            type_ = _loose(expression.type)
            before = found.get(name)
            found[name] = type_ if before is None else (join(before, type_) or ANY)
    return found


def _loose(type_: Type) -> Type:
    """The type of an answer: open where nothing is known, else as it is."""
    return ANY if is_open(type_) else type_
