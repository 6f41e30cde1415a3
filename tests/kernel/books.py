"""Books without a database: documents are posted through the kernel, and what they wrote is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from engine.catalog.whole import Catalog
from engine.kernel.books import answer
from engine.kernel.entries import ZERO, Entry, balance_key
from engine.kernel.entries_at_hand import as_row, is_asked, with_lots
from engine.kernel.posting import EntriesQuestion, LotsQuestion, PostingCase, begin, finish
from engine.kernel.rows import Row, rows_at
from engine.kernel.sources import LedgerQuestion
from engine.kernel.valuation import LAYERED, Average, Layer, Method
from tests.kernel.programs import document

HOME, FOREIGN = 1, 2
"""Ids of the company's currency and of another."""
COMPANY = 1
DAY = date(2026, 5, 4)


class States(dict[tuple[str, str], Method]):
    """Cost layers of every key, made empty when first asked for."""

    def __init__(self, methods: Mapping[str, str]) -> None:
        super().__init__()
        self._methods = methods

    def __missing__(self, key: tuple[str, str]) -> Method:
        method = self._methods.get(key[1].rpartition("|")[2], "average")
        self[key] = LAYERED[method]([]) if method in LAYERED else Average(Layer(0, 0))
        return self[key]


class Books:
    """What documents of ``catalog`` wrote. ``facts`` are the masters; documents join them as they are posted."""

    def __init__(self, catalog: Catalog, facts: Mapping[str, dict[int, Row]]) -> None:
        self.catalog = catalog
        self.facts: dict[str, dict[int, Row]] = {name: dict(rows) for name, rows in facts.items()}
        self.entries: list[Entry] = []
        items = self.facts.get("Item", {})
        self.states = States({str(number): row["method"] for number, row in items.items()})
        self._last = 1000

    def next(self) -> int:
        self._last += 1
        return self._last

    def make(self, name: str, fields: Mapping[str, Any]) -> Row:
        """A document with ids, not yet posted."""
        row = document(self.catalog, name, {"day": DAY, **fields})
        doctype = self.catalog.doctypes[name]
        for path in doctype.tables:
            for each in rows_at(row, path):
                each["id"] = self.next()
                self.facts.setdefault(f"{name}.{path}" if path else name, {})[each["id"]] = each
        return row

    def case(self, name: str, row: Row, *transitions: str) -> PostingCase:
        doctype = self.catalog.doctypes[name]
        return PostingCase(
            self.catalog, doctype, row, self.facts, row["day"], COMPANY, HOME,
            row.get("currency") or HOME, row.get("exchange_rate") or Decimal(1),
            transitions=frozenset(transitions or ("submit",)), read=self.read,
        )  # fmt: skip

    def post(
        self, name: str, fields: Mapping[str, Any] | Row, *transitions: str
    ) -> tuple[PostingCase, list[Entry]]:
        """Post a document; what has no finding is kept."""
        row = fields if isinstance(fields.get("id"), int) else self.make(name, fields)
        case = self.case(name, row, *transitions)
        drafts = begin(case)
        drafts.keyed()
        entries = finish(drafts, self.states)
        for entry in entries:
            entry.id = self.next()
        if not case.findings:
            self.entries += entries
        return case, entries

    # --- what the kernel asks ------------------------------------------------------------------

    def read(self, question: Any) -> list[Row]:
        own = [entry for entry in self.entries if entry.ledger.name == question.ledger]
        if isinstance(question, LedgerQuestion):
            return answer(question, self.catalog.ledgers[question.ledger], map(as_row, own))
        if isinstance(question, LotsQuestion):
            return with_lots([], own, question)
        assert isinstance(question, EntriesQuestion)
        gone = {entry.values.get("reverses") for entry in own}
        return [as_row(e) for e in own if e.id not in gone and is_asked(e, question)]

    # --- what tests ask ------------------------------------------------------------------------

    def balance(self, ledger: str, measure: str, **match: Any) -> Decimal:
        """The balance of all that was kept; ``measure`` may be a worth."""
        total = ZERO
        for entry in self.entries:
            if entry.ledger.name == ledger and all(entry.values[n] == v for n, v in match.items()):
                total += (
                    entry.worth.get(measure.removesuffix("_worth"), ZERO)
                    if (measure.endswith("_worth"))
                    else entry.values[measure]
                )
        return total

    def cost(self, item: int) -> tuple[Decimal, Decimal]:
        """(quantity, value) of the cost layers of an item."""
        state = self.states[("Stock", balance_key(("item",), COMPANY, {"item": item}))]
        return Decimal(state.quantity).scaleb(-3), Decimal(state.value).scaleb(-2)


def told(entries: list[Entry], facts: Mapping[str, dict[int, Row]]) -> list[str]:
    """The lines of the general ledger as ``rule account debit credit``, in company currency."""
    lines = []
    for entry in entries:
        if entry.ledger.name == "General":
            account = facts["Account"][entry.values["account"]]["code"]
            debit, credit = (entry.worth.get(n, entry.values[n]) for n in ("debit", "credit"))
            lines.append(f"{entry.rule} {account} {debit.normalize():f} {credit.normalize():f}")
    return lines


def with_posting(catalog: Catalog, name: str, key: str, **changes: Any) -> Catalog:
    """``catalog`` with one posting of a doctype changed."""
    doctype = catalog.doctypes[name]
    posts = {**doctype.posts, key: replace(doctype.posts[key], **changes)}
    return replace(catalog, doctypes={**catalog.doctypes, name: replace(doctype, posts=posts)})
