"""Pass 5, calculation: formulas and steps of one doctype, compiled; their order is found in ``order``.

In: a draft and the schema. Out: formula steps per field, the written steps in order, and what each
of them reads and writes.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field

from engine.catalog.calculation import DistributeStep, FormulaStep, RuleStep, Step, TaxStep
from engine.catalog.rules import RuleSet
from engine.compiler import view
from engine.compiler.drafts import DoctypeDraft, FieldDraft, TableDraft
from engine.compiler.reader import Reader, own_record
from engine.compiler.schema import ANSWER, DraftSchema, link_type, plain_type
from engine.expr.program import Expr
from engine.expr.scope import Scope
from engine.expr.types import BOOLEAN, DECIMAL, TEXT, Money, Number, Record, Type
from engine.problems.problem import Span
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Mapping, Scalar

Place = tuple[str, str]
"""(table path, field)."""

VERBS = ("rules", "tax", "distribute")
_COMPONENT: dict[str, Type] = {
    "component": TEXT,
    "rate": Number("percent"),
    "base": Money(),
    "amount": Money(),
}
_VERB_KEYS: dict[str, frozenset[str]] = {
    "rules": frozenset({"each", "when", "with", "set", "editable"}),
    "tax": frozenset({"each", "when", "with", "amount", "inclusive", "base", "into"}),
    "distribute": frozenset({"over", "weight", "where", "into"}),
}
_VERB_NEEDS: dict[str, tuple[str, ...]] = {
    "rules": ("set",),
    "tax": ("each", "amount", "base", "into"),
    "distribute": ("over", "weight", "into"),
}
_ANY_STEP = frozenset({"help", "since", "deprecated"})


@dataclass(slots=True, eq=False)
class Work:
    """One thing that writes: a formula or a step, with all it reads and writes."""

    key: str
    """For people: ``items.amount`` or ``step tax``."""
    span: Span
    step: Step
    reads: frozenset[Place]
    writes: tuple[Place, ...]


@dataclass(slots=True)
class Calculation:
    """What is worked out in one doctype."""

    formulas: list[Work] = field(default_factory=list)
    steps: list[Work] = field(default_factory=list)
    computed: list[FormulaStep] = field(default_factory=list)


def expected(field_draft: FieldDraft) -> Type:
    """The type that an expression stored in the field must have."""
    match field_draft.type:
        case "link":
            return link_type(field_draft.link)
        case "money":
            return Money(field_draft.money_in or "")
    return plain_type(field_draft.type)


class CalculationCompiler(Reader):
    """Compiles formulas and steps of one doctype; one writer per field is checked here."""

    def __init__(
        self, schema: DraftSchema, draft: DoctypeDraft, rules: Dictionary[str, RuleSet]
    ) -> None:
        super().__init__(schema)
        self._draft = draft
        self._rules = rules
        self._known_rules: frozenset[str] = frozenset(rules)
        self.work = Calculation()

    def run(self, declared_rules: frozenset[str]) -> Calculation:
        """Everything compiled; ``declared_rules`` also names the sets that had a mistake of their own."""
        self._known_rules = declared_rules
        self._formulas()
        for key, node in view.maps(self._draft.node, "calculate"):
            self._step(key, node)
        self._unwritten()
        return self.work

    # --- formulas ------------------------------------------------------------------------------

    def _formulas(self) -> None:
        live: set[Place] = set()
        found: list[Work] = []
        for table in self._draft.tables.values():
            scope = self.scope({"this": own_record(self._draft, table.path)}, balances=True)
            for target in table.fields.values():
                formula = view.scalar(target.node, "formula")
                if formula is None:
                    continue
                target.writer = "formula"
                target.editable = view.flag(target.node, "editable")
                expression = self.expression(formula, scope, expected(target))
                if expression is not None:
                    work = self._formula(table, target, expression)
                    found.append(work)
                    if expression.balances or self._goes_back(expression):
                        live.add((table.path, target.name))
        self._set_aside(found, live)

    def _formula(self, table: TableDraft, target: FieldDraft, expression: Expr) -> Work:
        step = FormulaStep(table.path, target.name, expression, target.editable)
        name = f"{table.path}.{target.name}" if table.path else target.name
        span = target.span
        return Work(name, span, step, self._places([expression]), ((table.path, target.name),))

    def _goes_back(self, expression: Expr) -> bool:
        """Whether it reads back links: what others link to this record changes without it."""
        own = [read for read in expression.reads if read.record.own]
        drafts = [self.schema.field_draft(read.record, read.field) for read in own]
        return any(draft is not None and draft.type == "back" for draft in drafts)

    def _set_aside(self, found: list[Work], live: set[Place]) -> None:
        """Formulas over balances, and those that read them, are computed when asked and not stored."""
        while True:
            more = {w.writes[0] for w in found if w.reads & live} - live
            if not more:
                break
            live |= more
        for work in found:
            if work.writes[0] in live and isinstance(work.step, FormulaStep):
                self.work.computed.append(work.step)
            else:
                self.work.formulas.append(work)

    def _places(self, expressions: list[Expr]) -> frozenset[Place]:
        """The fields of this document that are read."""
        name = self._draft.name
        return frozenset(
            (read.record.path, read.field)
            for expression in expressions
            for read in expression.reads
            if read.record.own and read.record.doctype == name
        )

    # --- steps ---------------------------------------------------------------------------------

    def _step(self, key: Scalar, node: Mapping) -> None:
        verbs = [verb for verb in VERBS if verb in node.entries]
        if len(verbs) != 1:
            if not node.dropped & {*VERBS, "rows", "pair"}:
                hint = "Exactly one of: " + ", ".join(VERBS) + "."
                what = "has no verb" if not verbs else "has several verbs: " + ", ".join(verbs)
                self.find("E404", f"The step '{key.text}' {what}.", key.span, hint)
            return
        verb = verbs[0]
        if not self._keys_fit(key, node, verb):
            return
        before = len(self.problems)
        work = {"rules": self._ask, "tax": self._tax, "distribute": self._distribute}[verb](
            key, node
        )
        if work is not None and len(self.problems) == before:
            self.work.steps.append(work)

    def _keys_fit(self, key: Scalar, node: Mapping, verb: str) -> bool:
        allowed = _VERB_KEYS[verb] | _ANY_STEP | {verb}
        for name, entry in node.entries.items():
            if name not in allowed:
                message = f"'{name}' does not go with the verb '{verb}'."
                hint = "It takes: " + ", ".join(sorted(_VERB_KEYS[verb])) + "."
                self.find("E404", message, entry.key.span, hint)
                return False
        for name in _VERB_NEEDS[verb]:
            if name not in node.entries:
                if name not in node.dropped:
                    self.find("E114", f"The step '{key.text}' lacks the key '{name}'.", key.span)
                return False
        return True

    def table(self, name: Scalar | None) -> TableDraft | None:
        """The table a step names; the head where it names none."""
        if name is None:
            return self._draft.tables.get("")
        found = self._draft.tables.get(name.text)
        if found is None and not self._is_dropped(name.text):
            known = [path for path in self._draft.tables if path]
            message = f"{self._draft.name} has no table '{name.text}'."
            self.find("E308", message, name.span, choices(name.text, known))
        return found

    def _is_dropped(self, path: str) -> bool:
        parent, _, name = path.rpartition(".")
        table = self._draft.tables.get(parent)
        return table is None or name in table.dropped

    def _names(self, table: TableDraft) -> dict[str, Type]:
        names: dict[str, Type] = {"this": own_record(self._draft)}
        if table.path:
            names["row"] = own_record(self._draft, table.path)
        return names

    def _rule_set(self, name: Scalar) -> RuleSet | None:
        found = self._rules.get(name.text)
        if found is None and name.text not in self._known_rules:
            hint = did_you_mean(name.text, self._known_rules)
            self.find("E307", f"There is no rule set '{name.text}'.", name.span, hint)
        return found

    def _ask(self, key: Scalar, node: Mapping) -> Work | None:
        table = self.table(view.scalar(node, "each"))
        name = view.scalar(node, "rules")
        rules = self._rule_set(name) if name is not None else None
        if table is None or rules is None or name is None:
            return None
        if rules.roles or rules.lines:
            verb = "role(…) in a posting" if rules.roles else "the verb 'tax'"
            self.find(
                "E408",
                f"{rules.name} is no rule set for this verb.",
                name.span,
                f"It is asked by {verb}.",
            )
            return None
        scope = self.scope(self._names(table))
        given = self._bind(rules, node, scope, table, name.span)
        when = self.condition(view.scalar(node, "when"), scope)
        answering = self.scope(
            {**self._names(table), "answer": Record(ANSWER + rules.name, own=True)}
        )
        editable = view.flag(node, "editable")
        set_: dict[str, Expr] = {}
        for target, value in view.texts_of(node, "set"):
            into = self._writes(table, target, key.text)
            if into is not None:
                editable = editable or view.flag(into.node, "editable")
                expression = self.expression(value, answering, expected(into))
                if expression is not None:
                    set_[target.text] = expression
        for name_written in set_:
            table.fields[name_written].editable = editable
        step = RuleStep(key.text, table.path, rules.name, given, set_, when, editable)
        reads = self._places([*given.values(), *set_.values(), *([when] if when else [])])
        writes = tuple((table.path, name_written) for name_written in set_)
        return Work(f"the step '{key.text}'", key.span, step, reads, writes)

    def _bind(
        self, rules: RuleSet, node: Mapping, scope: Scope, table: TableDraft, span: Span
    ) -> dict[str, Expr]:
        """Each given by ``with``, else by its name on the row, the document, or as the document's date."""
        said = {name.text: (name, value) for name, value in view.texts_of(node, "with")}
        for name, (place, _) in said.items():
            if name not in rules.given:
                hint = choices(name, rules.given)
                self.find("E405", f"{rules.name} is not given '{name}'.", place.span, hint)
        taxed = rules.lines and "tax" in node.entries
        found: dict[str, Expr] = {}
        for name, given in rules.given.items():
            if taxed and name == "value":
                continue
            type_ = link_type(given.link) if given.type == "link" else plain_type(given.type)
            if name in said:
                expression = self.expression(said[name][1], scope, type_)
            else:
                source = self._by_name(name, table)
                if source is None:
                    if not given.optional:
                        message = (
                            f"{rules.name} must be given '{name}', and nothing here is called so."
                        )
                        self.find("E405", message, span, f"with: {{{name}: …}}")
                    continue
                expression = self.source(source, span, scope, type_)
            if expression is not None:
                found[name] = expression
        return found

    def _by_name(self, name: str, table: TableDraft) -> str | None:
        schema, head = self.schema, own_record(self._draft)
        if table.path and schema.field(own_record(self._draft, table.path), name) is not None:
            return f"row.{name}"
        if schema.field(head, name) is not None:
            return name
        return self._draft.date if name == "date" else None

    def _tax(self, key: Scalar, node: Mapping) -> Work | None:
        table = self.table(view.scalar(node, "each"))
        name = view.scalar(node, "tax")
        rules = self._rule_set(name) if name is not None else None
        if table is None or rules is None or name is None:
            return None
        if not rules.lines:
            self.find(
                "E408",
                f"{rules.name} gives no tax lines.",
                name.span,
                "The verb 'tax' asks a rule set with 'lines'.",
            )
            return None
        scope = self.scope(self._names(table))
        given = self._bind(rules, node, scope, table, name.span)
        amount = self.expression(view.scalar(node, "amount"), scope, DECIMAL)
        inclusive = self.expression(view.scalar(node, "inclusive"), scope, BOOLEAN)
        when = self.condition(view.scalar(node, "when"), scope)
        base_name, into_name = view.scalar(node, "base"), view.scalar(node, "into")
        base = self._writes(table, base_name, key.text) if base_name is not None else None
        into = self._component_table(table, into_name, rules, key.text)
        if amount is None or base is None or into is None or into_name is None:
            return None
        step = TaxStep(
            key=key.text, each=table.path, rules=rules.name, given=given, amount=amount,
            base=base.name, into=into_name.text, inclusive=inclusive, when=when,
        )  # fmt: skip
        reads = self._places(
            [*given.values(), amount, *(e for e in (inclusive, when) if e is not None)]
        )
        names = [*_COMPONENT, *{n: None for line in rules.lines.values() for n in line.give}]
        writes = (
            (table.path, base.name),
            (table.path, into_name.text),
            *((into.path, n) for n in names),
        )
        return Work(f"the step '{key.text}'", key.span, step, reads, writes)

    def _component_table(
        self, table: TableDraft, name: Scalar | None, rules: RuleSet, key: str
    ) -> TableDraft | None:
        """The child table that takes a row per component: all its columns must be there."""
        if name is None:
            return None
        path = f"{table.path}.{name.text}" if table.path else name.text
        into = self._draft.tables.get(path)
        if into is None:
            if name.text not in table.dropped:
                known = [child.rpartition(".")[2] for child in table.children]
                where = f"the table '{table.path}'" if table.path else self._draft.name
                self.find(
                    "E308",
                    f"There is no table '{name.text}' in {where}.",
                    name.span,
                    choices(name.text, known),
                )
            return None
        wanted: dict[str, Type] = dict(_COMPONENT)
        for line in rules.lines.values():
            wanted |= {give: expression.type for give, expression in line.give.items()}
        missing = [n for n in wanted if n not in into.fields and n not in into.dropped]
        if missing:
            message = (
                f"{into.row_type} lacks the fields that {rules.name} gives: {', '.join(missing)}."
            )
            self.find("E407", message, name.span, "Add them, with the types of the rule set.")
            return None
        into.generated = True
        for written in wanted:
            if written in into.fields:
                self._claim(into, into.fields[written], key, name.span)
        return into

    def _distribute(self, key: Scalar, node: Mapping) -> Work | None:
        table = self.table(view.scalar(node, "over"))
        into_name = view.scalar(node, "into")
        if table is None or into_name is None:
            return None
        into = self._writes(table, into_name, key.text)
        scope = self.scope(self._names(table))
        amount = self.expression(
            view.scalar(node, "distribute"),
            self.scope({"this": own_record(self._draft)}),
            expected(into) if into else DECIMAL,
        )
        weight = self.expression(view.scalar(node, "weight"), scope, DECIMAL)
        where = self.condition(view.scalar(node, "where"), scope)
        if amount is None or weight is None or into is None:
            return None
        step = DistributeStep(key.text, amount, table.path, weight, into.name, where)
        reads = self._places([amount, weight, *([where] if where else [])])
        return Work(f"the step '{key.text}'", key.span, step, reads, ((table.path, into.name),))

    # --- one writer per field ------------------------------------------------------------------

    def _writes(self, table: TableDraft, name: Scalar, key: str) -> FieldDraft | None:
        """The field that a step writes, claimed for it."""
        target = table.fields.get(name.text)
        if target is None:
            if name.text not in table.dropped:
                owner = f"the rows of '{table.path}'" if table.path else self._draft.name
                hint = did_you_mean(name.text, table.fields)
                self.find("E302", f"There is no field '{name.text}' in {owner}.", name.span, hint)
            return None
        if target.type in ("table", "back"):
            self.find("E304", f"A step cannot write '{name.text}', a {target.type}.", name.span)
            return None
        return target if self._claim(table, target, key, name.span) else None

    def _claim(self, table: TableDraft, target: FieldDraft, key: str, span: Span) -> bool:
        if target.writer not in ("person", key):
            other = "its formula" if target.writer == "formula" else f"the step '{target.writer}'"
            message = f"'{target.name}' is written by {other} already; every field has one writer."
            self.find("E401", message, span, "Use a second field, and work the sum out of both.")
            return False
        target.writer = key
        return True

    def _unwritten(self) -> None:
        """``editable`` says that a person may type over a result: there must be one."""
        for table in self._draft.tables.values():
            for target in table.fields.values():
                entry = target.node.entries.get("editable")
                if (
                    entry is not None
                    and target.writer == "person"
                    and "calculate" not in self._draft.node.dropped
                ):
                    message = f"'{target.name}' is editable, but no formula and no step writes it."
                    self.find(
                        "E304",
                        message,
                        entry.key.span,
                        "Take 'editable' away: a person writes it anyway.",
                    )
