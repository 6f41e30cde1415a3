"""The verb ``tax``: components on top of, or inside, an amount."""

from __future__ import annotations

from engine.catalog.calculation import TaxStep
from engine.catalog.rules import RuleSet
from engine.compiler import view
from engine.compiler.drafts import TableDraft
from engine.compiler.steps import StepReader, Work
from engine.expr.types import BOOLEAN, DECIMAL, TEXT, Money, Number, Type
from engine.source.nodes import Mapping, Scalar

_COMPONENT: dict[str, Type] = {
    "component": TEXT,
    "rate": Number("percent"),
    "base": Money(),
    "amount": Money(),
}


class TaxVerb:
    """Compiles the steps of this verb, over what ``steps`` knows."""

    def __init__(self, steps: StepReader) -> None:
        self._steps = steps

    def work(self, key: Scalar, node: Mapping) -> Work | None:
        table = self._steps.table(view.scalar(node, "each"))
        name = view.scalar(node, "tax")
        rules = self._steps.rule_set(name) if name is not None else None
        if table is None or rules is None or name is None:
            return None
        if not rules.lines:
            self._steps.find(
                "E408",
                f"{rules.name} gives no tax lines.",
                name.span,
                "The verb 'tax' asks a rule set with 'lines'.",
            )
            return None
        scope = self._steps.scope(self._steps.names(table), rules=True)
        given = self._steps.bind(rules, node, scope, table, name.span)
        amount = self._steps.expression(view.scalar(node, "amount"), scope, DECIMAL)
        inclusive = self._steps.expression(view.scalar(node, "inclusive"), scope, BOOLEAN)
        when = self._steps.condition(view.scalar(node, "when"), scope)
        editable = view.flag(node, "editable")
        base_name, into_name = view.scalar(node, "base"), view.scalar(node, "into")
        base = self._steps.writes(table, base_name, key.text) if base_name is not None else None
        into = self._component_table(table, into_name, rules, key.text, editable=editable)
        if amount is None or base is None or into is None or into_name is None:
            return None
        step = TaxStep(
            key=key.text, each=table.path, rules=rules.name, given=given, amount=amount,
            base=base.name, into=into_name.text, inclusive=inclusive, when=when, editable=editable,
            round="document" if view.text(node, "round") == "document" else "line",
        )  # fmt: skip
        reads = self._steps.places(
            [*given.values(), amount, *(e for e in (inclusive, when) if e is not None)],
            table.path,
        )
        names = [*_COMPONENT, *{n: None for line in rules.lines.values() for n in line.give}]
        writes = (
            (table.path, base.name),
            (table.path, into_name.text),
            *((into.path, n) for n in names),
        )
        return Work(f"the step '{key.text}'", key.span, step, reads, writes)

    def _component_table(
        self, table: TableDraft, name: Scalar | None, rules: RuleSet, key: str, *, editable: bool
    ) -> TableDraft | None:
        """The child table that takes a row per component: all its columns must be there."""
        into = self._steps.table_below(table, name)
        if into is None or name is None:
            return None
        wanted: dict[str, Type] = dict(_COMPONENT)
        for line in rules.lines.values():
            wanted |= {give: expression.type for give, expression in line.give.items()}
        missing = [n for n in wanted if n not in into.fields and n not in into.dropped]
        if missing:
            message = (
                f"{into.row_type} lacks the fields that {rules.name} gives: {', '.join(missing)}."
            )
            self._steps.find(
                "E407", message, name.span, "Add them, with the types of the rule set."
            )
            return None
        if not self._steps.take_table(into, key, name, editable=editable):
            return None
        for written in wanted:
            if written in into.fields:
                self._steps.claim(into, into.fields[written], key, name.span)
        if "amount" in into.fields:
            into.fields["amount"].editable = into.fields["amount"].editable or editable
        return into
