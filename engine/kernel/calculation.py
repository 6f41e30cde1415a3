"""One document about to be worked out: what is known around it, and what was found on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field, Table
from engine.catalog.rules import RuleSet
from engine.catalog.whole import Catalog
from engine.kernel.finding import Finding, path_of
from engine.kernel.rows import Facts, Row, new_row, worth_at
from engine.kernel.rules import Asker, Candidates, asker
from engine.kernel.sources import Question, Reader
from engine.kernel.stored import OVERFLOW, as_stored

Balance = Callable[[Any], Decimal]


@dataclass(slots=True)
class Calculation:
    """What working out one document needs. ``balance`` answers ``balance()`` in formulas, if any."""

    catalog: Catalog
    doctype: Doctype
    document: Row
    facts: Facts
    candidates: Candidates
    balance: Balance | None = None
    read: Reader | None = None
    """Answers the questions of row sources, if any."""
    findings: list[Finding] = field(default_factory=list)
    explanations: dict[str, str] = field(default_factory=dict)
    """Path → why a rule answered as it did."""
    unanswered: dict[str, None] = field(default_factory=dict)
    """Rule sets that were asked as functions and had no answer, each told once."""
    ask: Asker = field(init=False)

    def __post_init__(self) -> None:
        self.ask = asker(self.catalog, self.facts, self.candidates, self.around(), self._unanswered)

    def around(self) -> dict[str, Any]:
        """What rule sets may ask besides what they are given; ``balance`` may be set later."""
        return {"balance": self._balance, "read": self._read}

    def _balance(self, call: Any) -> Decimal:
        if self.balance is None:
            raise LookupError(f"nobody answers {call}")
        return self.balance(call)

    def _read(self, question: Question) -> Sequence[Row]:
        return (self.read or _nothing_at_hand)(question)

    def _unanswered(self, rules: RuleSet) -> None:
        if rules.name not in self.unanswered:
            self.unanswered[rules.name] = None
            said = f"{rules.name} has no answer for this document."
            self.find("rule.no_answer", "", said, hint=f"Add what {rules.name} looks for.")

    def frame(
        self, row: Row | None = None, answer: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The frame of a step: this = document, row, answer."""
        return {
            "this": self.document,
            "row": row,
            "answer": answer,
            "facts": self.facts,
            "worth": worth_at(self.doctype, self.document),
            "balance": self.balance,
            "read": self.read or _nothing_at_hand,
            "ask": self.ask,
        }

    def explain(self, path: str, why: str) -> None:
        """Keep why the field or row at ``path`` is what it is; ``""`` forgets it."""
        if why:
            self.explanations[path] = why
        else:
            self.explanations.pop(path, None)

    def find(self, code: str, path: str, message: str, hint: str = "") -> None:
        self.findings.append(Finding(code, path, message, hint=hint))


def _nothing_at_hand(question: Question) -> list[Row]:
    raise LookupError(f"nobody answers {question}")


def store(calculation: Calculation, path: str, row: Row, target: Field, value: Any) -> None:
    """Write ``value`` into the field ``target`` of ``row``; what does not fit is left out and found."""
    stored = as_stored(target, value)
    if stored is OVERFLOW:
        row[target.name] = None
        calculation.find(
            "value.too_large",
            path_of(row, path, target.name),
            f"{target.label} would be {value}, which is more than the field holds.",
            hint="Enter less in what it is worked out of.",
        )
    else:
        row[target.name] = stored


class Kept:
    """The rows that a table had before it is made again: who asks for the same key gets the same row.

    Rows with the same key are given out in their order; without ``identity`` the place is the key.
    """

    def __init__(
        self, table: Table, parent: Row, name: str, identity: tuple[str, ...]
    ) -> None:  # fmt: skip
        self._table = table
        self._parent = parent
        self._name = name
        self._rows: list[Row] = []
        self._there: dict[tuple[Any, ...], list[Row]] = {}
        for row in parent[name]:
            key = tuple(row[field] for field in identity)
            self._there.setdefault(key, []).append(row)

    def take(self, key: tuple[Any, ...]) -> Row:
        """The row of this key that was there, emptied of nothing, or a new one; it stands next."""
        there = self._there.get(key)
        if there:
            row = there.pop(0)
            row["index"] = len(self._rows) + 1
        else:
            row = new_row(self._table, self._parent, len(self._rows) + 1)
            row["id"] = None
        self._rows.append(row)
        return row

    def close(self) -> None:
        """The table has the rows that were taken, and no others."""
        self._parent[self._name] = self._rows


def stored_key(
    fields: Mapping[str, Field], identity: tuple[str, ...], values: Mapping[str, Any]
) -> tuple[Any, ...]:
    """What ``values`` are told apart by, as fields keep it."""
    found = [as_stored(fields[name], values[name]) for name in identity]
    return tuple(None if value is OVERFLOW else value for value in found)
