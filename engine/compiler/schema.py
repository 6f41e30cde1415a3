"""What expressions may see: the compiler's answers to the expression checker.

Besides doctypes there are records that only exist while something is worked out: the entry of a
ledger, the answer of a rule set, what a document posted. They are registered under names that no
doctype can have (``entry:Stock``, ``answer:GST``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from engine.catalog.workflow import STAGES
from engine.compiler import view
from engine.compiler.drafts import DoctypeDraft, FieldDraft, TableDraft
from engine.compiler.packs import Packs
from engine.expr.country import Country
from engine.expr.program import Expr, Read
from engine.expr.scope import LedgerShape, RoleChain, RuleShape
from engine.expr.types import (
    ANY,
    ANY_DOCUMENT,
    BOOLEAN,
    COMPANY_DOCTYPE,
    DATE,
    DATETIME,
    DECIMAL,
    INTEGER,
    PERCENT,
    RATE,
    TEXT,
    Money,
    OneOf,
    Quantity,
    Record,
    Rows,
    Type,
)
from engine.problems.problem import Span

_PLAIN: dict[str, Type] = {
    "integer": INTEGER, "decimal": DECIMAL, "rate": RATE, "percent": PERCENT, "boolean": BOOLEAN,
    "date": DATE, "datetime": DATETIME, "time": ANY, "json": ANY, "money": Money(),
    "quantity": Quantity(),
}  # fmt: skip
"""Field type → expression type; every other plain type is text."""

ENTRY = "entry:"
ANSWER = "answer:"
POSTED = "posted entry:"
POSTINGS = "postings:"
ASKED = "parameters:"
RESULT = "result:"


def plain_type(name: str) -> Type:
    """The type of a value of field type ``name`` that is no link and no table."""
    return _PLAIN.get(name, TEXT)


def unit_type(text: str | None, owner: str, table: str = "") -> Quantity:
    """The type of a quantity whose unit stands at path ``text``, seen from ``table`` of ``owner``.

    In one document a unit has one path, seen from its head: two that differ are two units.
    """
    if text is None:
        return Quantity()
    while table and text.startswith("parent."):
        table, text = table.rpartition(".")[0], text.removeprefix("parent.")
    path = f"{table}.{text}" if table else text
    return Quantity(text.rpartition(".")[2], owner, path)


def record_of(target: str, *, own: bool = False) -> Record:
    """The record that a link target names: ``Item``, or a row: ``Sales Order.items``."""
    doctype, _, path = target.partition(".")
    return Record(doctype, path, own=own)


def candidate_type(targets: Sequence[str]) -> Type:
    """The record that the ``where`` of a link looks at: the candidate's columns, as a dict, when it runs."""
    records = tuple(record_of(target, own="." not in target) for target in targets)
    return records[0] if len(records) == 1 else OneOf(records)


def link_type(targets: Sequence[str]) -> Type:
    """The type of a link to one or several doctypes; anything when there is none."""
    records = tuple(record_of(target) for target in targets)
    if not records:
        return ANY
    return records[0] if len(records) == 1 else OneOf(records)


class RuleShapes(Protocol):
    """Who knows what rule sets are given and answer."""

    def shape(self, key: str) -> RuleShape | None:
        """The rule set of that key as a function."""
        ...

    def keys(self) -> Sequence[str]:
        """The keys of all rule sets."""
        ...


class DraftSchema:
    """Implements ``engine.expr.scope.Schema`` over drafts; ledgers and roles are filled in as passes go."""

    def __init__(
        self,
        drafts: Mapping[str, DoctypeDraft],
        packs: Packs | None = None,
        country: Country | None = None,
    ) -> None:
        self.packs = packs or Packs()
        self.country = country or Country()
        self.drafts = dict(drafts)
        self._cache: dict[Record, Mapping[str, Type]] = {}
        self._ledgers: dict[str, LedgerShape] = {}
        self._ledger_spans: dict[str, Span] = {}
        self._roles: dict[str, RoleChain] = {}
        self._rules: RuleShapes | None = None
        self.differences: set[str] = set()
        """Roles of accounts that are there to take differences."""
        self._virtual: dict[str, Mapping[str, Type]] = {}
        self.lets: dict[str, Mapping[str, Expr]] = {}
        """Doctype → the names of its ``let``, once they are compiled."""
        for draft in drafts.values():
            draft.standard = _standard(draft)

    def lets_of(self, about: Type | None) -> Mapping[str, Expr]:
        """The names of ``let`` that can be read where ``this`` is a document; none for its rows."""
        if isinstance(about, Record) and about.own and not about.path:
            return self.lets.get(about.doctype, {})
        return {}

    # --- what the checker asks ---------------------------------------------------------------

    def field(self, record: Record, name: str) -> Type | None:
        """The type of field ``name``; None when there is none. What was reported before is ``Any``."""
        known = self._known(record).get(name)
        if known is not None:
            return known
        draft = self.drafts.get(record.doctype)
        if draft is not None and (draft.broken or name in self._dropped(draft, record.path)):
            return ANY
        return None

    def names(self, record: Record) -> Sequence[str]:
        """All field names, declared ones first."""
        return tuple(self._known(record))

    def options(self, record: Record, name: str) -> Sequence[str]:
        """The options of a choice as they are declared; the states and stages of a document."""
        draft = self.drafts.get(record.doctype)
        if draft is not None and not record.path and name in ("state", "stage"):
            return draft.states if name == "state" or not draft.submittable else STAGES
        table = draft.tables.get(record.path) if draft is not None else None
        field = table.fields.get(name) if table is not None else None
        return view.texts(field.node, "options") if field is not None else ()

    def money(self, record: Record) -> tuple[str, str] | None:
        """The fields that hold the currency of a document and its rate."""
        draft = self.drafts.get(record.doctype)
        if draft is None or draft.currency is None or draft.rate is None:
            return None
        return draft.currency, draft.rate

    def unit(self, record: Record, name: str) -> str | None:
        """The path that tells the unit of a quantity field."""
        draft = self.field_draft(record, name)
        return view.text(draft.node, "unit") if draft is not None else None

    def tree(self, record: Record) -> str | None:
        """The link that makes the doctype of ``record`` a tree."""
        draft = self.drafts.get(record.doctype)
        return view.text(draft.node, "tree") if draft is not None else None

    def business_keys(self) -> Mapping[str, tuple[str, str]]:
        """Key of every doctype that is known by a business key → (its name, the field)."""
        named = ((draft, view.mapping(draft.node, "name")) for draft in self.drafts.values())
        return {
            draft.key: (draft.name, field)
            for draft, node in named
            if node is not None and (field := view.text(node, "by")) is not None
        }

    def ledger(self, key: str) -> LedgerShape | None:
        return self._ledgers.get(key)

    def ledger_names(self) -> Sequence[str]:
        """The names of all ledgers."""
        return tuple(shape.name for shape in self._ledgers.values())

    def doctypes(self) -> Sequence[str]:
        """The names of all doctypes."""
        return tuple(self.drafts)

    def role(self, name: str) -> RoleChain | None:
        return self._roles.get(name)

    def role_names(self) -> Sequence[str]:
        return tuple(self._roles)

    def rule(self, key: str) -> RuleShape | None:
        return self._rules.shape(key) if self._rules is not None else None

    def rule_names(self) -> Sequence[str]:
        return self._rules.keys() if self._rules is not None else ()

    def takes_rows(self, expects: Type, given: Type) -> bool:
        if isinstance(expects, Rows) and isinstance(given, Rows):
            return self._is_row_of(given.of, expects.of.doctype)
        if isinstance(expects, Record) and isinstance(given, Record):
            return expects.own and self._is_row_of(given, expects.doctype)
        return False

    def _is_row_of(self, record: Record, doctype: str) -> bool:
        """Whether the rows are declared by ``doctype``, or by one that is like it."""
        table = self._table(record)
        name = table.row_type if table is not None else record.doctype
        seen: set[str] = set()
        while name and name not in seen:
            if name == doctype:
                return True
            seen.add(name)
            above = self.drafts.get(name)
            name = (view.text(above.node, "like") or "") if above is not None else ""
        return False

    def role_reads(self) -> frozenset[Read]:
        """What the steps of all roles read."""
        steps = (step for chain in self._roles.values() for step in chain.steps)
        return frozenset(read for step in steps for read in step.reads)

    # --- what passes tell ----------------------------------------------------------------------

    def add_ledger(self, key: str, shape: LedgerShape, span: Span) -> None:
        self._ledgers[key] = shape
        self._ledger_spans[shape.name] = span

    def ledger_span(self, name: str) -> Span | None:
        """Where a ledger is declared."""
        return self._ledger_spans.get(name)

    def set_rules(self, rules: RuleShapes) -> None:
        """Tell who knows the rule sets; they are compiled when they are asked for."""
        self._rules = rules

    def add_role(self, chain: RoleChain) -> None:
        self._roles[chain.role] = chain

    def add_record(self, name: str, fields: Mapping[str, Type]) -> Record:
        """Register a record that is no doctype; it is own: a dict when expressions run."""
        self._virtual[name] = fields
        return Record(name, own=True)

    def add_draft(self, draft: DoctypeDraft) -> Record:
        """Register fields that are asked for: a doctype that exists for one question only."""
        self.drafts[draft.name] = draft
        return Record(draft.name, own=True)

    def draft(self, name: str) -> DoctypeDraft | None:
        return self.drafts.get(name)

    def field_draft(self, record: Record, name: str) -> FieldDraft | None:
        """The declared field behind a read, None for standard fields and records that are no doctype."""
        table = self._table(record)
        return table.fields.get(name) if table is not None else None

    # --- how it is worked out ------------------------------------------------------------------

    def _known(self, record: Record) -> Mapping[str, Type]:
        found = self._cache.get(record)
        if found is None:
            found = self._work_out(record)
            if record.doctype in self.drafts:
                self._cache[record] = found
        return found

    def _work_out(self, record: Record) -> Mapping[str, Type]:
        if record.doctype in self._virtual:
            return self._virtual[record.doctype]
        if record.doctype == ANY_DOCUMENT:
            return _DOCUMENT
        draft = self.drafts.get(record.doctype)
        table = self._table(record)
        if draft is None or table is None:
            return {}
        fields = {f.name: self._type(draft, f, own=record.own) for f in table.fields.values()}
        if table.path:
            fields["index"] = INTEGER
            fields["parent"] = Record(draft.name, table.parent or "", own=record.own)
            fields["id"] = INTEGER
        elif draft.child:
            # Rows of a type that no doctype uses: nothing is known of what they belong to.
            fields |= {"index": INTEGER, "parent": ANY, "id": INTEGER}
        else:
            fields |= {k: v for k, v in draft.standard.items() if k not in fields}
        return fields

    def _table(self, record: Record) -> TableDraft | None:
        draft = self.drafts.get(record.doctype)
        return draft.tables.get(record.path) if draft is not None else None

    def _dropped(self, draft: DoctypeDraft, path: str) -> frozenset[str]:
        table = draft.tables.get(path)
        return table.dropped if table is not None else frozenset()

    def _type(self, draft: DoctypeDraft, field: FieldDraft, *, own: bool) -> Type:
        match field.type:
            case "link":
                return link_type(field.link)
            case "table":
                return Rows(Record(draft.name, field.table or "", own=own))
            case "back":
                return Rows(Record(field.back[0])) if field.back is not None else ANY
            case "money":
                return Money(field.money_in or "")
            case "quantity":
                return field.quantity
        return plain_type(field.type)


_DOCUMENT: dict[str, Type] = {
    "id": INTEGER, "number": TEXT, "company": Record(COMPANY_DOCTYPE), "state": TEXT, "stage": TEXT,
    "version": INTEGER,
    "created_at": DATETIME, "created_by": TEXT, "changed_at": DATETIME, "changed_by": TEXT,
}  # fmt: skip
"""What every document has, whatever its doctype."""


def _standard(draft: DoctypeDraft) -> dict[str, Type]:
    """The standard fields that the head of ``draft`` has."""
    absent = set()
    if draft.company != "required":
        absent.add("company")
    if not draft.submittable:
        absent |= {"state", "stage"}
    if not draft.numbered and not draft.submittable:
        absent.add("number")
    found = {name: type_ for name, type_ in _DOCUMENT.items() if name not in absent}
    return found | ({"amends": INTEGER} if draft.amend == "new" else {})
