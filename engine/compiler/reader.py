"""From a scalar to a compiled expression, value or template; problems are collected on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.catalog.fields import Literals
from engine.compiler import view
from engine.compiler.drafts import DoctypeDraft
from engine.compiler.finder import Finder
from engine.compiler.own_fields import full_name
from engine.compiler.schema import DraftSchema
from engine.expr.compile import compile_expression, compile_template
from engine.expr.program import Expr, Template
from engine.expr.scope import Scope
from engine.expr.types import BOOLEAN, Money, Quantity, Record, Type, describe
from engine.problems.problem import Span
from engine.source.nodes import Scalar


class Reader(Finder):
    """Compiles the expressions of one construct. ``problems`` fills up as it goes."""

    def __init__(self, schema: DraftSchema) -> None:
        super().__init__()
        self.schema = schema

    def scope(
        self,
        names: Mapping[str, Type],
        *,
        bare: str | None = "this",
        clock: bool = False,
        balances: bool = False,
        rules: bool = False,
        bound: Mapping[str, Expr] | None = None,
    ) -> Scope:
        """A scope over the schema; where the document is in sight, with the names of its ``let``."""
        return Scope(
            names,
            bare,
            self.schema,
            bound or {},
            self.schema.lets_of(names.get("this")),
            clock=clock,
            balances=balances,
            rules=rules,
        )

    def expression(
        self, node: Scalar | None, scope: Scope, expects: Type | None = None
    ) -> Expr | None:
        """The compiled expression; None where there is none or it was reported."""
        if node is None:
            return None
        return self.source(node.text, node.span, scope, expects)

    def condition(self, node: Scalar | None, scope: Scope) -> Expr | None:
        """An expression that holds or not."""
        return self.expression(node, scope, BOOLEAN)

    def source(
        self, text: str, span: Span, scope: Scope, expects: Type | None = None
    ) -> Expr | None:
        """As ``expression``, from bare text."""
        scope = self._in_pack(scope, span)
        expression, problems = compile_expression(text, span, scope, expects)
        self.problems += problems
        if expression is not None:
            self._in_sight(expression, span)
        return expression

    def misfit(self, expects: Type, given: Type, span: Span) -> None:
        """Report a value of another type than is taken."""
        both = (expects, given)
        units = all(isinstance(t, Money) for t in both) or all(
            isinstance(t, Quantity) for t in both
        )
        message = f"This gives {describe(given)}; {describe(expects)} is expected."
        self.find("E209" if units else "E205", message, span)

    def value(
        self, node: Scalar | None, scope: Scope, expects: Type | None = None
    ) -> tuple[Literals, Expr | None]:
        """(literal, expression) of a value key: one of them is None."""
        if node is None:
            return None, None
        if not node.text.startswith("="):
            return node.text, None
        return None, self.source(node.text[1:], node.span.behind(1), scope, expects)

    def template(
        self, node: Scalar | None, scope: Scope, *, people: bool = True
    ) -> Template | None:
        """A text with holes; ``people``: for eyes, not a code."""
        if node is None:
            return None
        scope = self._in_pack(scope, node.span)
        template, problems = compile_template(node.text, node.span, scope, people=people)
        self.problems += problems
        if template is not None:
            self._in_sight(template, node.span)
        return template

    def _in_pack(self, scope: Scope, span: Span) -> Scope:
        """The scope as the pack sees it whose text stands at ``span``: its own fields come first."""
        pack = self.schema.packs.of(span)
        return replace(scope, own=full_name(pack, "")) if pack else scope

    def _in_sight(self, found: Expr | Template, span: Span) -> None:
        """An expression reads only what its pack requires."""
        packs = self.schema.packs
        if len(packs.order) < 2:
            return
        # What a role reads is named where the role is declared, not where it is asked for.
        through = self.schema.role_reads() if "role(" in found.source else frozenset()
        for read in sorted(found.reads - through, key=lambda read: read.field):
            field = self.schema.field_draft(read.record, read.field)
            if field is not None:
                wrong = packs.fault(
                    read.field, span, field.declared or field.span, view.text(field.node, "since")
                )
                if wrong is not None:
                    self.problems.append(wrong)
                    return
        for asked in found.balances:
            owner = self.schema.ledger_span(asked.ledger)
            wrong = packs.fault(asked.ledger, span, owner, None) if owner is not None else None
            if wrong is not None:
                self.problems.append(wrong)
                return


def own_record(draft: DoctypeDraft, path: str = "") -> Record:
    """A row of table ``path`` of the document in hand."""
    return Record(draft.name, path, own=True)
