"""The verb ``rules``: ask a rule set and write its answer."""

from __future__ import annotations

from engine.catalog.calculation import RuleStep
from engine.compiler import view
from engine.compiler.schema import ANSWER
from engine.compiler.steps import StepReader, Work, expected
from engine.expr.program import Expr
from engine.expr.types import Record
from engine.source.nodes import Mapping, Scalar


class RulesVerb:
    """Compiles the steps of this verb, over what ``steps`` knows."""

    def __init__(self, steps: StepReader) -> None:
        self._steps = steps

    def work(self, key: Scalar, node: Mapping) -> Work | None:
        table = self._steps.table(view.scalar(node, "each"))
        name = view.scalar(node, "rules")
        rules = self._steps.rule_set(name) if name is not None else None
        if table is None or rules is None or name is None:
            return None
        if rules.roles or rules.lines:
            verb = "role(…) in a posting" if rules.roles else "the verb 'tax'"
            self._steps.find(
                "E408",
                f"{rules.name} is no rule set for this verb.",
                name.span,
                f"It is asked by {verb}.",
            )
            return None
        scope = self._steps.scope(self._steps.names(table), rules=True)
        given = self._steps.bind(rules, node, scope, table, name.span)
        when = self._steps.condition(view.scalar(node, "when"), scope)
        answering = self._steps.scope(
            {**self._steps.names(table), "answer": Record(ANSWER + rules.name, own=True)}
        )
        editable = view.flag(node, "editable")
        set_: dict[str, Expr] = {}
        for target, value in view.texts_of(node, "set"):
            into = self._steps.writes(table, target, key.text)
            if into is not None:
                editable = editable or view.flag(into.node, "editable")
                expression = self._steps.expression(value, answering, expected(into))
                if expression is not None:
                    set_[target.text] = expression
        for name_written in set_:
            table.fields[name_written].editable = editable
        step = RuleStep(key.text, table.path, rules.name, given, set_, when, editable)
        expressions = [*given.values(), *set_.values(), *([when] if when else [])]
        reads = self._steps.places(expressions, table.path)
        writes = tuple((table.path, name_written) for name_written in set_)
        return Work(f"the step '{key.text}'", key.span, step, reads, writes)
