"""The verb ``rules``: ask a rule set and write its answer, or a row per answer."""

from __future__ import annotations

from engine.catalog.calculation import RuleStep
from engine.catalog.rules import RuleSet
from engine.catalog.sources import RowSource, TableSource
from engine.compiler import view
from engine.compiler.drafts import TableDraft
from engine.compiler.schema import ANSWER
from engine.compiler.sources import SourceCompiler, reads_of
from engine.compiler.sources_ledger import Bound
from engine.compiler.steps import Place, StepReader, Work, expected
from engine.expr.program import Expr
from engine.expr.types import Record, Type, is_numeric
from engine.source.nodes import Mapping, Scalar


class RulesVerb:
    """Compiles the steps of this verb, over what ``steps`` knows."""

    def __init__(self, steps: StepReader) -> None:
        self._steps = steps

    def work(self, key: Scalar, node: Mapping) -> Work | None:
        """The step ``key``; None where it was reported."""
        name = view.scalar(node, "rules")
        rules = self._steps.rule_set(name) if name is not None else None
        if rules is None or name is None or not self._answers(rules, name):
            return None
        if "into" in node.entries:
            return self._into_rows(key, node, rules, name)
        if "set" not in node.entries:
            if not {"set", "into"} & node.dropped:
                message = f"The step '{key.text}' lacks the key 'set'."
                self._steps.find("E114", message, key.span, "set: {field: answer.…}")
            return None
        return self._into_fields(key, node, rules, name)

    def _answers(self, rules: RuleSet, name: Scalar) -> bool:
        if not rules.roles and not rules.lines:
            return True
        verb = "role(…) in a posting" if rules.roles else "the verb 'tax'"
        message = f"{rules.name} is no rule set for this verb."
        self._steps.find("E408", message, name.span, f"It is asked by {verb}.")
        return False

    def _into_fields(self, key: Scalar, node: Mapping, rules: RuleSet, name: Scalar) -> Work | None:
        steps = self._steps
        table = steps.table(view.scalar(node, "each"))
        if table is None:
            return None
        names = steps.names(table)
        scope = steps.scope(names, balances=True, rules=True)
        given = steps.bind(rules, node, scope, table, name.span)
        when = steps.condition(view.scalar(node, "when"), scope)
        answering = steps.scope({**names, "answer": _answer(rules)}, balances=True, rules=True)
        editable = view.flag(node, "editable")
        set_: dict[str, Expr] = {}
        for target, value in view.texts_of(node, "set"):
            into = steps.writes(table, target, key.text)
            if into is not None:
                editable = editable or view.flag(into.node, "editable")
                expression = steps.expression(value, answering, expected(into))
                if expression is not None:
                    set_[target.text] = expression
        for name_written in set_:
            table.fields[name_written].editable = editable
        step = RuleStep(key.text, table.path, rules.name, given, set_, when, editable)
        expressions = [*given.values(), *set_.values(), *([when] if when else [])]
        reads = steps.places(expressions, table.path)
        writes = tuple((table.path, name_written) for name_written in set_)
        return Work(f"the step '{key.text}'", key.span, step, reads, writes)

    # --- rows ----------------------------------------------------------------------------------

    def _into_rows(self, key: Scalar, node: Mapping, rules: RuleSet, name: Scalar) -> Work | None:
        """A row per answer: below the rows of a table, or of the head for every row of another source."""
        steps = self._steps
        written = node.get("each")
        plain = isinstance(written, Scalar) and written.text in steps.draft.tables
        table = steps.table(written if isinstance(written, Scalar) and plain else None)
        into = steps.table_below(table, view.scalar(node, "into")) if table is not None else None
        if table is None or into is None:
            return None
        bound = None
        names = steps.names(table)
        if written is not None and not plain:
            sources = SourceCompiler(steps.schema, steps.draft, steps.broken)
            bound = sources.rows_of(written, names)
            steps.problems += sources.problems
            if bound is None:
                return None
            names = dict(bound.names)
        scope = steps.scope(names, balances=True, rules=True)
        given = steps.bind(rules, node, scope, table, name.span, _row_record(bound))
        when = steps.condition(view.scalar(node, "when"), scope)
        set_ = self._set(key, node, into, rules, names)
        expressions = [*given.values(), *set_.values(), *reads_of(bound)]
        expressions += [when] if when is not None else []
        step = RuleStep(
            key.text, table.path, rules.name, given, set_, when,
            source=_source(bound), into=into.path,
            identity=tuple(n for n in set_ if not is_numeric(expected(into.fields[n]))),
        )  # fmt: skip
        reads = steps.places(expressions, table.path)
        if bound is not None:
            reads |= steps.source_places(bound, expressions)
        parent, _, last = into.path.rpartition(".")
        writes: tuple[Place, ...] = ((parent, last), *((into.path, n) for n in set_))
        return Work(f"the step '{key.text}'", key.span, step, reads, writes)

    def _set(
        self,
        key: Scalar,
        node: Mapping,
        into: TableDraft,
        rules: RuleSet,
        names: dict[str, Type],
    ) -> dict[str, Expr]:
        """What ``set`` says; every answer that it does not name goes into the field of its name."""
        steps = self._steps
        place = view.scalar(node, "into") or key
        found: dict[str, Expr] = {}
        if not steps.take_table(into, key.text, place, editable=False):
            return found
        scope = steps.scope({**names, "answer": _answer(rules)}, balances=True, rules=True)
        said = {name.text: (name, value) for name, value in view.texts_of(node, "set")}
        for place_of, value in said.values():
            target = steps.writes(into, place_of, key.text)
            if target is not None:
                expression = steps.expression(value, scope, expected(target))
                if expression is not None:
                    found[place_of.text] = expression
        for name in steps.schema.names(Record(ANSWER + rules.name, own=True)):
            own = into.fields.get(name)
            if name in said or own is None or not steps.claim(into, own, key.text, place.span):
                continue
            expression = steps.source(f"answer.{name}", place.span, scope, expected(own))
            if expression is not None:
                found[name] = expression
        if not found and not said:
            message = f"The rows of '{into.path}' have no field that {rules.name} answers with."
            steps.find("E407", message, place.span, "Add fields of these names, or say 'set'.")
        return found


def _answer(rules: RuleSet) -> Record:
    return Record(ANSWER + rules.name, own=True)


def _row_record(bound: Bound | None) -> Record | None:
    return bound.row if bound is not None and isinstance(bound.row, Record) else None


def _source(bound: Bound | None) -> RowSource | None:
    if bound is None:
        return None
    source = bound.source
    return None if isinstance(source, TableSource) and not source.path else source
