"""Answering questions to ledgers from entries at hand: what the database does with a query.

For the world without a database, and to test the other one.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from engine.catalog.ledgers import Ledger
from engine.kernel.rows import Row
from engine.kernel.sources import LedgerQuestion

_NOTHING = Decimal(0)


def measures_of(ledger: Ledger) -> tuple[str, ...]:
    """The measures, and the worth of those that are kept in the document's currency."""
    worths = (f"{m.name}_worth" for m in ledger.measures.values() if m.money_in == "document")
    return (*ledger.measures, *worths)


def keys_of(ledger: Ledger, question: LedgerQuestion) -> tuple[str, ...]:
    """What the answer is grouped by: ``by``, and the currency of a ledger that keeps several."""
    return (*question.by, *(("currency",) if ledger.currency else ()))


def answer(question: LedgerQuestion, ledger: Ledger, entries: Iterable[Row]) -> list[Row]:
    """The rows that answer ``question``. Entries are rows as ``posted`` has them, of all companies."""
    keys, measures = keys_of(ledger, question), measures_of(ledger)
    found: dict[tuple[Any, ...], Row] = {}
    for entry in entries:
        if not _is_meant(question, entry):
            continue
        key = tuple(entry.get(name) for name in keys)
        row = found.setdefault(
            key, {**dict(zip(keys, key, strict=True)), **dict.fromkeys(measures, _NOTHING)}
        )
        for name in measures:
            row[name] += _side(question.side, entry.get(name) or _NOTHING)
    return list(found.values())


def _is_meant(question: LedgerQuestion, entry: Row) -> bool:
    if question.at is not None and entry["date"] > question.at:
        return False
    if question.between is not None:
        start, end = question.between
        if not start <= entry["date"] <= end:
            return False
    return all(
        entry.get(name) in value if isinstance(value, list) else entry.get(name) == value
        for name, value in question.match.items()
    )


def _side(side: str, value: Any) -> Any:
    if (side == "in" and value < 0) or (side == "out" and value > 0):
        return _NOTHING
    return value
