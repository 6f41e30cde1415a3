"""One document about to be posted, and what can be found wrong with its entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import DOCUMENT
from engine.catalog.ledgers import SUBMIT, Dimension, Posting
from engine.catalog.whole import Catalog
from engine.expr.errors import RoleUnresolved
from engine.expr.formats import shown
from engine.expr.program import BalanceCall, Expr
from engine.kernel.as_stood import AsStood
from engine.kernel.entries import Entry, balance_key
from engine.kernel.finding import Finding, path_of
from engine.kernel.rows import Facts, Row, worth_at
from engine.kernel.rules import Asker
from engine.kernel.valuation import Method


@dataclass(frozen=True, slots=True)
class EntriesQuestion:
    """Which stored entries: ``frame['read'](EntriesQuestion(…)) -> list[Row]``, in the order they were written.

    Exactly one of: ``document`` (all that it wrote in ``ledger``), ``line`` (all that came from this row
    or from rows below it; ``tables`` names the tables it may be of, as ``Sales Invoice.items``), ``of_line`` (all that
    carried back or corrected the cost of this row), or ``match`` (dimension → value, a key; ``after``: only those
    that do not stand before this entry).

    An answer has the dimensions, details, measures and worths of the ledger by name, and ``id``,
    ``company``, ``date``, ``meant_for``, ``origin``, ``line`` (an id), ``line_table``, ``rule``,
    ``posting``, ``reverses``, ``of_line``, ``currency``. Entries that were reversed, and the reversals, are left out.
    """

    ledger: str
    document: int | None = None
    line: int | None = None
    tables: tuple[str, ...] = ()
    of_line: int | None = None
    match: Mapping[str, Any] | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class LotsQuestion:
    """What is there, lot by lot: ``frame['read'](LotsQuestion(…)) -> list[Row]``, the oldest first.

    A row per combination of all dimensions of ``ledger`` whose balance is not 0, with the dimensions, the
    balances of the measures and their worths; ``match``: dimension → value.
    """

    ledger: str
    match: Mapping[str, Any]


@dataclass(slots=True)
class PostingCase:
    """One document about to be posted.

    ``states``: (ledger name, balance key) → cost layers of every valued key; None as long as only
    the keys matter, and issues are worth 0. ``currency`` and ``rate``: the document's;
    ``company_currency``: the id of the company's. ``transitions``: whose postings are
    written (that which submits by another name is ``submit`` as well).
    ``balance`` answers ``balance()``, ``read`` questions for stored rows, ``rules`` those to rule sets.
    """

    catalog: Catalog
    doctype: Doctype
    document: Row
    facts: Facts
    date: date
    company: int
    company_currency: int | None
    currency: int | None
    rate: Decimal
    states: Mapping[tuple[str, str], Method] | None = None
    findings: list[Finding] = field(default_factory=list)
    transitions: frozenset[str] = frozenset({SUBMIT})
    balance: Callable[[BalanceCall], Decimal] | None = None
    read: Callable[[Any], list[Row]] | None = None
    rules: Asker | None = None
    carried_back: list[Row] = field(default_factory=list)
    """Values of the entries of this document that carried a cost back."""
    lots_taken: list[Row] = field(default_factory=list)
    """Values of the entries of this document that took lots."""
    reposts: bool = False
    """Whether what it changes in the past is worked out after it."""
    revised: list[Entry] = field(default_factory=list)
    """Entries that change what others, which stand already, are worth."""
    lots_expired: dict[tuple[str, str], Row] = field(default_factory=dict)
    """(ledger name, key of a lot) → what is left of it: its last day was over, and it was passed over."""
    as_stood: AsStood | None = None
    """Of a document that is posted again: what keeps the worth at which it stands."""
    taken_back: frozenset[str] = frozenset()
    """Keys of postings that another one took back: they stay so, and write nothing."""

    def state_of(self, entry: Entry) -> Method | None:
        """The cost layers of the key of ``entry``; None as long as only the keys matter."""
        valuation = entry.ledger.valuation
        assert valuation is not None
        if self.states is None:
            return None
        return self.states[
            (entry.ledger.name, balance_key(valuation.by, self.company, entry.values))
        ]

    def shown(self, value: Decimal) -> str:
        """A number for people."""
        return shown(value, self.catalog.country.digit_groups)

    def postings(self) -> list[Posting]:
        """Those that the transitions write, in their order."""
        posts = self.doctype.posts.values()
        return [p for p in posts if p.on in self.transitions and p.key not in self.taken_back]

    def frame(self, posted: Mapping[str, list[Row]]) -> dict[str, Any]:
        """What the expressions of postings run in."""
        return {
            "this": self.document,
            "facts": self.facts,
            "posted": posted,
            "worth": worth_at(self.doctype, self.document),
            "balance": self.balance,
            "read": self.read,
            "ask": self.rules,
        }

    def entry_frame(self, entry: Entry) -> dict[str, Any]:
        """What the expressions of a ledger run in."""
        worth = {f"{name}_worth": amount for name, amount in entry.worth.items()}
        return {
            "this": {**entry.values, **worth} if worth else entry.values,
            "facts": self.facts, "balance": self.balance, "read": self.read,
        }  # fmt: skip

    def ask(self, question: EntriesQuestion) -> list[Row]:
        """Stored entries; none where nobody answers."""
        return self.read(question) if self.read is not None else []

    def run(self, entry: Entry, expr: Expr, frame: Mapping[str, Any]) -> Any:
        """The value of ``expr``; an account that no role gives is a finding, and None."""
        try:
            return expr.run(frame)
        except RoleUnresolved as unresolved:
            self.find(
                "posting.no_account",
                entry,
                str(unresolved),
                f"Fill in one of the fields that the role '{unresolved.role}' looks at.",
            )
            return None

    def find(self, code: str, entry: Entry | None, message: str, hint: str = "") -> None:
        """Note what keeps the document from being posted, at the row that ``entry`` came from."""
        self.findings.append(
            Finding(code, place(entry) if entry is not None else "", message, hint=hint)
        )

    def unset(self, entry: Entry, name: str, *exprs: Expr) -> None:
        """Note that a measure cannot be worked out; ``exprs``: what it comes of, by which is told what to fill in."""
        label = entry.ledger.measures[name].label
        empty = [label for expr in exprs for label in self._empty(entry, expr)]
        hint = f"Fill in {' and '.join(dict.fromkeys(empty))}." if empty else ""
        if exprs and not empty:
            hint = f"Something that '{exprs[0].source}' is made of is empty."
        self.find(
            "posting.no_amount",
            entry,
            f"{label} of {entry.ledger.label} cannot be worked out.",
            hint,
        )

    def _empty(self, entry: Entry, expr: Expr) -> list[str]:
        """The labels of the fields of the document, and of the row it is about, that are empty and read."""
        rows = {entry.line_table or "": entry.values.get("line"), "": self.document}
        found = []
        for read in sorted(expr.reads, key=lambda read: (read.record.path, read.field)):
            row = rows.get(read.record.path)
            if read.record.doctype != self.doctype.name or not isinstance(row, dict):
                continue
            field = self.doctype.tables[read.record.path].fields.get(read.field)
            if field is not None and row.get(field.name, "") is None:
                found.append(field.label)
        return found

    def named(self, entry: Entry) -> str:
        """The key of an entry as a person would say it, from the facts at hand."""
        valuation = entry.ledger.valuation
        names = valuation.by if valuation else tuple(entry.ledger.dimensions)
        return describe(self.catalog, self.facts, entry, names)


def place(entry: Entry) -> str:
    """The JSON path of the row that an entry came from; ``""`` for none, and for one that is only known by its id."""
    line = entry.values["line"]
    if not isinstance(line, dict) or "index" not in line:
        return ""
    return path_of(line, entry.line_table or "")


def describe(catalog: Catalog, facts: Facts, entry: Entry, names: tuple[str, ...]) -> str:
    """``Item Soap, Warehouse Main``: dimensions ``names`` of ``entry`` by the titles in ``facts``."""
    words: list[str] = []
    for name in names:
        value, dimension = entry.values[name], entry.ledger.dimensions[name]
        if value is None:
            continue
        words.append(f"{dimension.label} {title(catalog, facts, dimension, value)}")
    return ", ".join(words) or entry.ledger.label


def title(catalog: Catalog, facts: Facts, dimension: Dimension, value: Any) -> Any:
    """How a person knows the record: its number where it has one, else its title."""
    any_document = dimension.link == (DOCUMENT,)
    for target in facts if any_document else dimension.link:
        record = facts.get(target, {}).get(value)
        if record is not None:
            number = record.get("number") if any_document else None
            name, _, path = target.partition(".")
            if path:
                return _row_title(catalog, facts, name, record) or value
            return number or record.get(catalog.doctypes[name].title_field) or value
    return value


def _row_title(catalog: Catalog, facts: Facts, doctype: str, row: Row) -> str:
    """``SO0007, line 2``: a row is known by its document and its place."""
    parent = row.get("parent")
    document = parent if isinstance(parent, dict) else facts.get(doctype, {}).get(parent or 0, {})
    title = document.get("number") or document.get(catalog.doctypes[doctype].title_field)
    return row_title(title, row["index"]) if title and "index" in row else ""


def row_title(document: str, place: Any) -> str:
    """What a row is called: by its document and its place in it."""
    return f"{document}, line {place}"
