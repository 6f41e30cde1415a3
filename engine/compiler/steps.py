"""What the verbs of a calculation share: the document, its tables, who writes which field.

``Work`` is one thing that writes, with all that it reads: the order of a calculation is found from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from typing import Protocol

from engine.catalog.calculation import FormulaStep, Step
from engine.catalog.fields import child_path
from engine.catalog.rules import RuleSet
from engine.catalog.sources import GroupedSource, TableSource
from engine.compiler import view
from engine.compiler.drafts import DoctypeDraft, FieldDraft, TableDraft
from engine.compiler.givens import Around, Binding, bind_givens
from engine.compiler.reader import Reader, own_record
from engine.compiler.schema import DraftSchema, link_type, plain_type
from engine.compiler.sources_ledger import Bound
from engine.expr.program import Expr
from engine.expr.scope import Scope
from engine.expr.types import Money, Record, Type
from engine.problems.problem import Span
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Mapping, Scalar

Place = tuple[str, str]
"""(table path, field)."""


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
        case "quantity":
            return field_draft.quantity
    return plain_type(field_draft.type)


def _way(path: str) -> Iterator[Place]:
    """The table fields that lead to the rows of ``path``: they are there once who makes them has run."""
    while path:
        parent, _, name = path.rpartition(".")
        yield parent, name
        path = parent


class Verb(Protocol):
    """Compiles the steps of one verb."""

    def work(self, key: Scalar, node: Mapping) -> Work | None:
        """The step ``key``; None where it was reported."""
        ...


class StepReader(Reader):
    """Reads the parts of steps of one doctype; one writer per field is checked here."""

    def __init__(
        self,
        schema: DraftSchema,
        draft: DoctypeDraft,
        rules: Dictionary[str, RuleSet],
        broken: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(schema)
        self.draft = draft
        self.broken = broken
        """Ledgers that are known and damaged."""
        self.rules = rules
        self.known_rules: frozenset[str] = frozenset(rules)

    def places(self, expressions: Iterable[Expr], path: str = "") -> frozenset[Place]:
        """The fields of this document that are read, and the tables whose rows ``path`` goes through."""
        name = self.draft.name
        found = {
            (read.record.path, read.field)
            for expression in expressions
            for read in expression.reads
            if read.record.own and read.record.doctype == name
        }
        return frozenset({*found, *_way(path)})

    def table(self, name: Scalar | None) -> TableDraft | None:
        """The table a step names; the head where it names none."""
        if name is None:
            return self.draft.tables.get("")
        found = self.draft.tables.get(name.text)
        if found is None and not self._is_dropped(name.text):
            known = [path for path in self.draft.tables if path]
            message = f"{self.draft.name} has no table '{name.text}'."
            hint = choices(name.text, known)
            self.unknown("E308", message, name, hint, self.draft.first_unknown(name.text))
        return found

    def _is_dropped(self, path: str) -> bool:
        parent, _, name = path.rpartition(".")
        table = self.draft.tables.get(parent)
        return table is None or name in table.dropped

    def names(self, table: TableDraft) -> dict[str, Type]:
        names: dict[str, Type] = {"this": own_record(self.draft)}
        if table.path:
            names["row"] = own_record(self.draft, table.path)
        return names

    def rule_set(self, name: Scalar) -> RuleSet | None:
        found = self.rules.get(name.text)
        if found is None and name.text not in self.known_rules:
            hint = did_you_mean(name.text, self.known_rules)
            self.unknown("E307", f"There is no rule set '{name.text}'.", name, hint)
        return found

    def bind(
        self,
        rules: RuleSet,
        node: Mapping,
        scope: Scope,
        table: TableDraft,
        span: Span,
        row: Record | None = None,
    ) -> dict[str, Expr]:
        """Each given by ``with``, else by its name on the row, the document, or as the document's date."""
        given = rules.given
        if rules.lines and "tax" in node.entries:
            given = {name: each for name, each in given.items() if name != "value"}
        around = Around(self.draft, table.path, row)
        binding = Binding(rules.name, given, around, scope, span)
        return bind_givens(self, binding, view.mapping(node, "with"))

    def table_below(self, table: TableDraft, name: Scalar | None) -> TableDraft | None:
        """The table called ``name`` directly below ``table``."""
        if name is None:
            return None
        path = child_path(table.path, name.text)
        into = self.draft.tables.get(path)
        if into is None and name.text not in table.dropped:
            known = [child.rpartition(".")[2] for child in table.children]
            where = f"the table '{table.path}'" if table.path else self.draft.name
            message = f"There is no table '{name.text}' in {where}."
            self.unknown("E308", message, name, choices(name.text, known))
        return into

    def source_places(self, bound: Bound, expressions: Iterable[Expr]) -> frozenset[Place]:
        """What is read of the document by going through a source: its rows, and the fields that are summed."""
        source = bound.source
        if isinstance(source, TableSource):
            return frozenset(_way(source.path))
        if not isinstance(source, GroupedSource):
            return frozenset()
        read = {
            (source.path, read.field)
            for expression in expressions
            for read in expression.reads
            if read.record == bound.row and read.field in source.sums
        }
        return frozenset({*read, *((source.path, key) for key in source.by), *_way(source.path)})

    def take_table(self, into: TableDraft, key: str, name: Scalar, *, editable: bool) -> bool:
        """Claim the rows of a table for the step ``key``; another step that makes them is refused."""
        if into.maker not in (None, key):
            message = f"The rows of '{into.path}' are made by the step '{into.maker}' already."
            self.find("E401", message, name.span, "Every table has one step that makes its rows.")
            return False
        into.maker = key
        into.generated = not editable
        return True

    # --- one writer per field ------------------------------------------------------------------

    def writes(self, table: TableDraft, name: Scalar, key: str) -> FieldDraft | None:
        """The field that a step writes, claimed for it."""
        target = table.fields.get(name.text)
        if target is None:
            if name.text not in table.dropped:
                owner = f"the rows of '{table.path}'" if table.path else self.draft.name
                hint = did_you_mean(name.text, table.fields)
                self.unknown("E302", f"There is no field '{name.text}' in {owner}.", name, hint)
            return None
        if target.type in ("table", "back"):
            self.find("E304", f"A step cannot write '{name.text}', a {target.type}.", name.span)
            return None
        return target if self.claim(table, target, key, name.span) else None

    def claim(self, table: TableDraft, target: FieldDraft, key: str, span: Span) -> bool:
        if target.writer not in ("person", key):
            other = "its formula" if target.writer == "formula" else f"the step '{target.writer}'"
            message = f"'{target.name}' is written by {other} already; every field has one writer."
            self.find("E401", message, span, "Use a second field, and work the sum out of both.")
            return False
        target.writer = key
        return True
