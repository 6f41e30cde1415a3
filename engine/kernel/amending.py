"""A document changed in place: what stands, what it would post now, and the entries that lie between.

Expressions are worked out whole on the new values; what stands is subtracted (REPOSTING, journal):
the rounded share of a difference is not the difference of the rounded shares.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from engine.catalog.ledgers import Ledger
from engine.kernel.entries import ZERO, Entry, merged
from engine.kernel.mirroring import mirror
from engine.kernel.rows import Row

_Key = tuple[Any, ...]


def difference(
    ledger: Ledger, standing: Sequence[Row], wanted: Iterable[Entry], day: date
) -> list[Entry]:
    """The entries of ``ledger`` that turn ``standing`` into ``wanted``, dated ``day``.

    ``standing``: the document's live entries as ``EntriesQuestion`` answers; ``wanted``: what it would
    post now. Lines that agree in rule, dimensions, details, currency and day of meaning are compared by
    their sums; where nothing differs nothing is written. Nothing that stands is touched.
    """
    found: dict[_Key, Entry] = {}
    for entry in wanted:
        if entry.ledger is ledger:
            _take(found, replace(entry, values=dict(entry.values), worth=dict(entry.worth)), day)
    for row in standing:
        back = mirror(ledger, row, day)
        del back.values["reverses"]
        _take(found, back, day)
    return [entry for entry in merged(list(found.values())) if not entry.is_empty()]


def _take(found: dict[_Key, Entry], entry: Entry, day: date) -> None:
    """Add an entry to the line that it is of."""
    entry.values["date"] = entry.values["meant_for"] = day
    # What it corrects stands already: nothing further follows from the difference by itself.
    entry.is_whole = True
    names = (*entry.ledger.dimensions, *entry.ledger.details)
    line = entry.values["line"]
    place = line["id"] if line is not None and entry.ledger.valuation is not None else None
    key = (entry.rule, place, entry.currency, *(entry.values[name] for name in names))
    known = found.setdefault(key, entry)
    if known is entry:
        return
    for name in entry.ledger.measures:
        known.values[name] = _sum(known.values[name], entry.values[name])
    for name, worth in entry.worth.items():
        known.worth[name] = _sum(known.worth.get(name), worth)


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal:
    return (one if one is not None else ZERO) + (other if other is not None else ZERO)
