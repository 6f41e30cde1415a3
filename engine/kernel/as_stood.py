"""What of a document keeps its worth when the document is posted again: goods, and what is carried in layers.

What they moved at followed from what had moved before, and what moved later followed from them. So they are not
worked out a second time: an entry of theirs that comes out again takes the value at which it stands, and one that
comes out otherwise is a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.catalog.whole import Catalog
from engine.kernel.entries import Entry, balance_key
from engine.kernel.rows import Row
from engine.kernel.valuation import Average, Method

Stood = Mapping[str, Sequence[Row]]
"""Ledger name → the live entries of a document there, as ``EntriesQuestion`` answers."""

_Key = tuple[Any, ...]


@dataclass(slots=True)
class AsStood:
    """The entries that keep their worth. ``layers``: (ledger, balance key) of what is carried in layers; ``all``: every
    entry of a valued ledger keeps it."""

    catalog: Catalog
    layers: frozenset[tuple[str, str]] = frozenset()
    all: bool = False
    _rows: dict[_Key, list[Row]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, catalog: Catalog, stood: Stood, states: Mapping[tuple[str, str], Method] | None
    ) -> AsStood:
        """Of what ``stood``; without ``states`` everything keeps its worth."""
        layered = {key for key, state in (states or {}).items() if not isinstance(state, Average)}
        found = cls(catalog, frozenset(layered), all=states is None)
        for name, rows in stood.items():
            for row in rows:
                # What a ledger wrote by itself (`stock.asset`) is not valued: it follows.
                if "." not in row["rule"] and found._is_kept(name, row):
                    found._rows.setdefault(_key(name, row, catalog), []).append(row)
        return found

    def keeps(self, entry: Entry) -> bool:
        """Whether the entry takes its worth from what stands."""
        return self._is_kept(entry.ledger.name, entry.values)

    def take(self, entry: Entry, known: Decimal | None) -> Row | None:
        """The stored entry that ``entry`` is once more; None where there is none. ``known``: the value it brings."""
        valuation = entry.ledger.valuation
        assert valuation is not None
        rows = self._rows.get(_key_of(entry, self.catalog), [])
        for place, row in enumerate(rows):
            same = row[valuation.per] == entry.values[valuation.per]
            same = same and row["of_line"] == entry.values.get("of_line")
            if same and known in (None, row[valuation.column]):
                return rows.pop(place)
        return None

    def leftover(self, entry: Entry) -> Row | None:
        """The stored entry that took what was left over of ``entry``, which has just been taken."""
        valuation = entry.ledger.valuation
        assert valuation is not None
        rows = self._rows.get(_key_of(entry, self.catalog), [])
        if not entry.values[valuation.per]:
            return None
        place = next((n for n, row in enumerate(rows) if not row[valuation.per]), None)
        return None if place is None else rows.pop(place)

    def ledgers_left(self) -> Iterable[str]:
        """The ledgers in which entries stand that did not come out again."""
        return dict.fromkeys(key[0] for key, rows in self._rows.items() if rows)

    def _is_kept(self, name: str, values: Row) -> bool:
        ledger = self.catalog.ledgers[name]
        valuation = ledger.valuation
        if valuation is None:
            return False
        if self.all or ledger.of_goods:
            return True
        return (name, balance_key(valuation.by, values["company"], values)) in self.layers


def _key_of(entry: Entry, catalog: Catalog) -> _Key:
    row = {**entry.values, "rule": entry.rule, "currency": entry.currency}
    return _key(entry.ledger.name, row, catalog)


def _key(name: str, row: Row, catalog: Catalog) -> _Key:
    """What entries of a valued ledger are told apart by; the day, so that none moves to another."""
    ledger = catalog.ledgers[name]
    line = row["line"]["id"] if isinstance(row["line"], dict) else row["line"]
    names = (*ledger.dimensions, *ledger.details)
    return (name, row["rule"], line, row["meant_for"], row["currency"], *(row[n] for n in names))
