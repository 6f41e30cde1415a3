"""Pass 5, calculation: formulas and steps of one doctype, compiled; their order is found in ``order``.

In: a draft and the schema. Out: formula steps per field, the written steps in order, and what each
of them reads and writes.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary

from engine.catalog.calculation import FormulaStep
from engine.catalog.fields import child_path
from engine.catalog.rules import RuleSet
from engine.compiler import view
from engine.compiler.drafts import DoctypeDraft, FieldDraft, TableDraft
from engine.compiler.reader import own_record
from engine.compiler.schema import DraftSchema
from engine.compiler.step_distribute import DistributeVerb
from engine.compiler.step_pair import PairVerb
from engine.compiler.step_rows import RowsVerb
from engine.compiler.step_rules import RulesVerb
from engine.compiler.step_tax import TaxVerb
from engine.compiler.steps import Calculation, Place, StepReader, Verb, Work, expected
from engine.expr.program import Expr
from engine.source.nodes import Mapping, Scalar

VERBS = ("rules", "tax", "distribute", "rows", "pair")
_VERB_KEYS: dict[str, frozenset[str]] = {
    "rules": frozenset({"each", "when", "with", "set", "into", "editable"}),
    "tax": frozenset(
        {"each", "when", "with", "amount", "inclusive", "base", "into", "round", "editable"}
    ),
    "distribute": frozenset({"each", "when", "over", "weight", "where", "into", "method"}),
    "pair": frozenset({"when", "with", "passes", "into", "editable"}),
    "rows": frozenset({"each", "when", "from", "want", "take", "set", "editable"}),
}
_VERB_NEEDS: dict[str, tuple[str, ...]] = {
    "rules": (),
    "pair": ("with", "passes", "into"),
    "tax": ("each", "amount", "base", "into"),
    "distribute": ("over", "weight", "into"),
    "rows": ("from", "set"),
}
_ANY_STEP = frozenset({"after", "help", "since", "deprecated"})


class CalculationCompiler(StepReader):
    """Compiles formulas and steps of one doctype; one writer per field is checked here."""

    def __init__(
        self,
        schema: DraftSchema,
        draft: DoctypeDraft,
        rules: Dictionary[str, RuleSet],
        broken: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(schema, draft, rules, broken)
        self.work = Calculation()
        self._verbs: dict[str, Verb] = {
            "rules": RulesVerb(self),
            "tax": TaxVerb(self),
            "distribute": DistributeVerb(self),
            "rows": RowsVerb(self),
            "pair": PairVerb(self),
        }

    def run(self, declared_rules: frozenset[str]) -> Calculation:
        """Everything compiled; ``declared_rules`` also names the sets that had a mistake of their own."""
        self.known_rules = declared_rules
        self._formulas()
        for key, node in view.maps(self.draft.node, "calculate"):
            self._step(key, node)
        self._unwritten()
        return self.work

    # --- formulas ------------------------------------------------------------------------------

    def _formulas(self) -> None:
        live: set[Place] = set()
        found: list[Work] = []
        for table in self.draft.tables.values():
            scope = self.scope(
                {"this": own_record(self.draft, table.path)}, balances=True, rules=True
            )
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
        name = child_path(table.path, target.name)
        span = target.span
        reads = self.places([expression], table.path)
        return Work(name, span, step, reads, ((table.path, target.name),))

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

    # --- steps ---------------------------------------------------------------------------------

    def _step(self, key: Scalar, node: Mapping) -> None:
        verbs = [verb for verb in VERBS if verb in node.entries]
        if len(verbs) != 1:
            if not node.dropped & {*VERBS}:
                hint = "Exactly one of: " + ", ".join(VERBS) + "."
                what = "has no verb" if not verbs else "has several verbs: " + ", ".join(verbs)
                self.find("E404", f"The step '{key.text}' {what}.", key.span, hint)
            return
        verb = verbs[0]
        if not self._keys_fit(key, node, verb):
            return
        before = len(self.problems)
        work = self._verbs[verb].work(key, node)
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
        each = node.get("each")
        if each is not None and not isinstance(each, Scalar) and not _makes_rows(node, verb):
            message = "This step goes through the rows of a table of the document."
            hint = "each: items. Of any other source, 'rules' writes rows with 'into'."
            self.find("E450", message, each.span, hint)
            return False
        for name in _VERB_NEEDS[verb]:
            if name not in node.entries:
                if name not in node.dropped:
                    self.find("E114", f"The step '{key.text}' lacks the key '{name}'.", key.span)
                return False
        return True

    def _unwritten(self) -> None:
        """``editable`` says that a person may type over a result: there must be one."""
        for table in self.draft.tables.values():
            for target in table.fields.values():
                entry = target.node.entries.get("editable")
                if (
                    entry is not None
                    and target.writer == "person"
                    and "calculate" not in self.draft.node.dropped
                ):
                    message = f"'{target.name}' is editable, but no formula and no step writes it."
                    self.find(
                        "E304",
                        message,
                        entry.key.span,
                        "Take 'editable' away: a person writes it anyway.",
                    )


def _makes_rows(node: Mapping, verb: str) -> bool:
    """Whether it is a step that may go through any source."""
    return verb == "rules" and "into" in node.entries
