"""The past of goods in memory: what reposting asks of entries and documents, without a database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.ledgers import Ledger
from engine.kernel.entries import Entry
from engine.kernel.following import Standing, follow
from engine.kernel.movements import Key, Position, how_of
from engine.kernel.past import Past
from engine.kernel.posting_case import PostingCase
from engine.kernel.repost import carried_before
from engine.kernel.rows import Facts, Row
from engine.kernel.valuation import Method
from engine.testing import books
from engine.testing.memory import Memory, Written

END: Position = ((date.max, 0),)
"""Behind everything."""


@dataclass(slots=True)
class Kept:
    """Implements ``Archive`` over ``memory``. ``case_of``: a stored document as it is posted.

    ``pending``: entries about to be written, ``own`` the cases of their documents; ``removed``: documents left out.
    """

    memory: Memory
    case_of: Callable[[Doctype, Row], PostingCase]
    pending: Sequence[Written] = ()
    own: Mapping[int, PostingCase] = field(default_factory=dict)
    removed: frozenset[int] = frozenset()

    def without(self, documents: Collection[int]) -> Kept:
        """The same, as if ``documents`` had never been posted."""
        return replace(self, removed=frozenset(documents))

    def _rows(self, ledger: Ledger) -> list[Row]:
        kept = [*self.memory.written, *self.pending]
        return [
            _row(one)
            for one in kept
            if one.entry.ledger is ledger and one.document not in self.removed
        ]

    def of_keys(self, ledger: Ledger, keys: Collection[Row]) -> list[Row]:
        assert ledger.valuation is not None
        names = ("company", *ledger.valuation.by)
        wanted = {tuple(_id(key[name]) for name in names) for key in keys}
        return [
            row for row in self._rows(ledger) if tuple(_id(row[name]) for name in names) in wanted
        ]

    def of_documents(self, ledger: Ledger, documents: Collection[int]) -> list[Row]:
        return [row for row in self._rows(ledger) if row["origin"] in documents]

    def of_lines(self, ledger: Ledger, lines: Collection[int]) -> list[Row]:
        return [row for row in self._rows(ledger) if row["of_line"] in lines]

    def left_by(self, ledger: Ledger, line: int, tables: tuple[str, ...]) -> list[Row]:
        ids = books.below_row(self.memory, line)
        return [row for row in self._rows(ledger) if row["line"] in ids or row["origin"] == line]

    def above(self, rows: Collection[Row]) -> Mapping[int, frozenset[int]]:
        found: dict[int, frozenset[int]] = {}
        for row in rows:
            path, number, ids = row["line_table"] or "", row["line"], [row["line"]]
            while "." in path:
                record = self.memory.records[f"{row['origin_type']}.{path}"].get(number)
                if record is None:
                    break
                number, path = record["parent"]["id"], path.rpartition(".")[0]
                ids.append(number)
            found[row["line"]] = frozenset(ids)
        return found

    def kind(self, row: Row) -> Doctype:
        return self.memory.catalog.doctypes[row["origin_type"]]

    def method(self, ledger: Ledger, row: Row) -> str:
        assert ledger.valuation is not None
        frame = {"this": row, "facts": self.memory.facts}
        return ledger.valuation.method.run(frame) or "average"

    def worths(self, row: Row, known: Mapping[int, Decimal]) -> Mapping[int, Decimal]:
        case, standing = self.document(row)
        first = {name: [r for r in rows if not r["cause"]] for name, rows in standing.items()}
        return follow(case, first, known).worths

    def know_documents(self, documents: Mapping[int, str]) -> None:
        """They are all at hand."""

    def document(self, row: Row) -> tuple[PostingCase, Standing]:
        number = row["origin"]
        case = self.own.get(number)
        if case is None:
            kind = self.kind(row)
            case = self.case_of(kind, self.memory.records[kind.name][number])
        standing: dict[str, list[Row]] = {}
        written = [one for one in (*self.memory.written, *self.pending) if one.document == number]
        for one in books.live(written):
            standing.setdefault(one.entry.ledger.name, []).append(_row(one))
        return case, standing

    @property
    def facts(self) -> Facts:
        return self.memory.facts

    def titled(self, row: Row) -> str:
        return f"{self.kind(row).label} of {row['date']:%d-%m-%Y}"

    def named(self, ledger: Ledger, row: Row) -> str:
        return ledger.label


def carried(kept: Kept, entry: Entry, doctype: str) -> tuple[Key, Method]:
    """The key of an entry of goods, and how it is carried when all is known."""
    past = Past(kept.memory.catalog, kept)
    key = past.know(entry.ledger, {**entry.values, "origin_type": doctype})
    found = carried_before(past.movements(key), past.method(key), END)
    found.reach(date.max)
    return key, found.now


def _row(one: Written) -> Row:
    row = books.as_row(one) | {"origin_type": one.doctype, "catalog": None}
    return row | {"how": how_of(one.entry)} if one.entry.ledger.of_goods else row


def _id(value: Any) -> Any:
    return value["id"] if isinstance(value, dict) else value
