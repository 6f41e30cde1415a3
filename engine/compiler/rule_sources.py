"""Rows that users edit as cases: where they come from, what they are compared with, which is best."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from engine.catalog.rules import RowSourceMatch, RuleSource
from engine.compiler import view
from engine.compiler.givens import Givens
from engine.compiler.names import key_of
from engine.compiler.reader import Reader
from engine.compiler.rule_cases import literal_or_expression
from engine.compiler.targets import Targets
from engine.expr.nodes import Name
from engine.expr.program import Expr, Template
from engine.expr.scope import Scope
from engine.expr.types import (
    ANY,
    BOOLEAN,
    Date,
    ListOf,
    OneOf,
    Record,
    Type,
    fits,
    is_numeric,
)
from engine.expr.walk import every
from engine.problems.problem import Span
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Mapping, Scalar

_WRAPPED = re.compile(r"\s*(up_to|under)\((.*)\)\s*\Z", re.DOTALL)
PREFERENCES = ("most specific", "newest")
_VALID = ("valid_from", "valid_to")
Kind = Literal["equal", "among", "up_to", "valid", "under"]


@dataclass(frozen=True, slots=True)
class _Compared:
    """One line of ``match`` taken apart: how the column is compared, and with which expression."""

    kind: Kind
    text: str
    span: Span


class SourceCompiler:
    """Compiles ``from``, ``match``, ``prefer``, ``give`` and ``explain`` of one rule set."""

    def __init__(
        self, reader: Reader, targets: Targets, node: Mapping, asked: Givens, scope: Scope
    ) -> None:
        self._reader = reader
        self._targets = targets
        self._node = node
        self._asked = asked
        self._scope = scope
        self.sources: tuple[RuleSource, ...] = ()

    def compile(self) -> tuple[RuleSource, ...]:
        """The sources in order, each with the matches whose column it has."""
        names = view.names(self._node, "from")
        found: list[RuleSource] = []
        known: set[str] = set()
        for name in names:
            source = self._source(name, known)
            if source is not None:
                found.append(source)
        if names and len(found) == len(names):
            self._all_known(found, known)
        self.sources = tuple(found)
        return self.sources

    def _all_known(self, found: list[RuleSource], known: set[str]) -> None:
        doctypes = [source.doctype for source in found if source.field is None]
        for column, _ in view.texts_of(self._node, "match"):
            if column.text not in known and doctypes:
                names = [n for d in doctypes for n in self._reader.schema.names(Record(d))]
                message = f"{' or '.join(doctypes)} has no field '{column.text}' to match."
                hint = did_you_mean(column.text, names)
                self._reader.unknown("E302", message, column, hint)

    def _source(self, name: Scalar, known: set[str]) -> RuleSource | None:
        doctype, _, field = name.text.partition(".")
        span = name.span
        place = Scalar(doctype, replace(span, end_column=span.column + len(doctype)))
        targets, problem = self._targets.resolve(place)
        if problem is not None or len(targets) != 1:
            self._reader.problems += [problem] if problem is not None else []
            return None
        if field:
            return self._field_source(name, targets[0], field)
        return RuleSource(targets[0], None, None, self._matches(targets[0], known))

    def _field_source(self, name: Scalar, doctype: str, field: str) -> RuleSource | None:
        reader, schema = self._reader, self._reader.schema
        given = next((g.name for g in self._asked.given.values() if g.link == (doctype,)), None)
        if given is None:
            message = f"'{name.text}' is a field of a record that the rule set is not given."
            reader.unknown("E405", message, name, f"given: {{{key_of(doctype)}: {doctype}, …}}")
            return None
        if schema.field(Record(doctype), field) is None:
            hint = did_you_mean(field, schema.names(Record(doctype)))
            reader.unknown("E302", f"{doctype} has no field '{field}'.", name, hint)
            return None
        return RuleSource(doctype, field, given, ())

    # --- what is compared ------------------------------------------------------------------------

    def _matches(self, doctype: str, known: set[str]) -> tuple[RowSourceMatch, ...]:
        found: list[RowSourceMatch] = []
        for column, value in view.texts_of(self._node, "match"):
            compared = _compared(value)
            type_ = self._reader.schema.field(Record(doctype), column.text)
            if column.text == "valid" and type_ is None:
                type_ = self._both_dates(doctype, column)
                compared = replace(compared, kind="valid")
            if type_ is None:
                continue
            known.add(column.text)
            match = self._match(column, compared, type_)
            if match is not None:
                found.append(match)
        return tuple(found)

    def _match(self, column: Scalar, compared: _Compared, type_: Type) -> RowSourceMatch | None:
        reader = self._reader
        tree = self._tree(column, type_) if compared.kind == "under" else None
        if compared.kind == "under" and tree is None:
            return None
        expression = reader.source(compared.text, compared.span, self._scope)
        if expression is None:
            return None
        kind, given = compared.kind, expression.type
        if isinstance(given, ListOf) and kind == "equal":
            kind, given = "among", given.of
        if not fits(type_, given):
            reader.misfit(type_, given, compared.span)
            return None
        givens = frozenset(n.name for n in every(expression.tree) if isinstance(n, Name))
        return RowSourceMatch(column.text, kind, expression, tree, givens)

    def _tree(self, column: Scalar, type_: Type) -> tuple[str, str] | None:
        """The doctype that the column links to and its link to the node above; a problem where it is no tree."""
        schema = self._reader.schema
        draft = schema.draft(type_.doctype) if isinstance(type_, Record) else None
        above = view.text(draft.node, "tree") if draft is not None else None
        if draft is None or above is None:
            message = f"'{column.text}' leads to no tree, so nothing is under it."
            hint = "Compare with the value itself, or give that doctype the key 'tree'."
            self._reader.find("E473", message, column.span, hint)
            return None
        return draft.name, above

    def _both_dates(self, doctype: str, column: Scalar) -> Type | None:
        """The type of ``valid_from`` where the doctype has both ends; a problem where it has one."""
        record = Record(doctype)
        types = [self._reader.schema.field(record, name) for name in _VALID]
        if all(type_ is not None for type_ in types):
            return types[0]
        if any(type_ is not None for type_ in types):
            message = f"'valid' needs {doctype} to have both fields valid_from and valid_to."
            absent = next(name for name, type_ in zip(_VALID, types, strict=True) if type_ is None)
            self._reader.find("E302", message, column.span, missing=absent)
            return ANY
        return None

    # --- which is best, and what it gives --------------------------------------------------------

    def prefer(self) -> tuple[str, ...]:
        """What tells the better row: words, or columns of which the greater goes first."""
        doctypes = [source.doctype for source in self.sources if source.field is None]
        for name in view.names(self._node, "prefer"):
            if name.text in PREFERENCES:
                continue
            types = [self._reader.schema.field(Record(d), name.text) for d in doctypes]
            if not types or any(not _is_ordered(type_) for type_ in types):
                message = f"'{name.text}' is no preference."
                hint = choices(name.text, PREFERENCES)
                if any(type_ is not None for type_ in types):
                    hint = (
                        "A column that tells the better row is a number or a date of every source."
                    )
                self._reader.find("E113", message, name.span, hint)
        return view.texts(self._node, "prefer")

    def give(self) -> tuple[dict[str, Expr], dict[str, Type]]:
        """What a row answers, and the types of all answers that are written."""
        scope = self._row_scope()
        found: dict[str, Expr] = {}
        written: dict[str, Type] = {}
        for name, value in view.texts_of(self._node, "give"):
            written[name.text] = ANY
            expression = literal_or_expression(self._reader, value, scope)
            if expression is not None:
                found[name.text] = expression
                written[name.text] = expression.type
        return found, written

    def explain(self) -> Template | None:
        """Why a row was taken, in words."""
        return self._reader.template(view.scalar(self._node, "explain"), self._row_scope())

    def _row_scope(self) -> Scope:
        """Rows of field sources answer to every name, so they bind no types."""
        records = tuple(Record(s.doctype, own=True) for s in self.sources if s.field is None)
        row: Type = ANY
        if records:
            row = records[0] if len(records) == 1 else OneOf(records)
        return replace(self._scope, names={**self._asked.types, "row": row})


def _compared(value: Scalar) -> _Compared:
    wrapped = _WRAPPED.match(value.text)
    if wrapped is None:
        return _Compared("equal", value.text, value.span)
    kind: Kind = "up_to" if wrapped[1] == "up_to" else "under"
    span, start = value.span, wrapped.start(2)
    place = Span(span.file, span.line, span.column + start, span.column + start + len(wrapped[2]))
    return _Compared(kind, wrapped[2], place)


def _is_ordered(type_: Type | None) -> bool:
    return type_ is not None and (is_numeric(type_) or isinstance(type_, Date) or type_ == BOOLEAN)
