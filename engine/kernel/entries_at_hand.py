"""Entries at hand as answers to what postings ask: what the database does with a query.

For entries of a transaction that are not stored yet, and for the world without a database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from engine.catalog.ledgers import Ledger
from engine.kernel.entries import ZERO, Entry
from engine.kernel.posting_case import EntriesQuestion, LotsQuestion
from engine.kernel.rows import Row


def as_row(entry: Entry) -> Row:
    """An entry as ``EntriesQuestion`` answers."""
    row = dict(entry.values) | {f"{name}_worth": worth for name, worth in entry.worth.items()}
    line = entry.values["line"]
    row["line"] = line["id"] if line is not None else None
    row |= {"id": entry.id, "rule": entry.rule, "posting": entry.posting}
    row |= {"reverses": entry.values.get("reverses"), "of_line": entry.values.get("of_line")}
    row |= {"corrects": entry.corrects, "cause": entry.cause, "moment": entry.moment}
    return row | {"currency": entry.currency, "level": entry.level}


def folded(ledger: Ledger, rows: Sequence[Row]) -> list[Row]:
    """Entries of ``ledger`` as they stand: what corrects the worth of one after the past changed is added to it."""
    if ledger.valuation is None:
        return list(rows)
    found = {row["id"]: dict(row) for row in rows if not row["cause"]}
    column = ledger.valuation.column
    for row in rows:
        if row["cause"] and row["corrects"] in found:
            found[row["corrects"]][column] += row[column]
    return list(found.values())


def is_asked(entry: Entry, question: EntriesQuestion) -> bool:
    """Whether an entry of the ledger is one that ``question`` asks for; reversals are not."""
    values = entry.values
    if values.get("reverses") is not None:
        return False
    if question.document is not None:
        return bool(values["origin"] == question.document)
    if question.of_line is not None:
        return bool(values.get("of_line") == question.of_line)
    if question.line is not None:
        return _came_from(entry, question)
    if any(values[name] != value for name, value in (question.match or {}).items()):
        return False
    return question.after is None or (entry.id or 0) > question.after


def _came_from(entry: Entry, question: EntriesQuestion) -> bool:
    """Whether the entry came from the row, from one below it, or from the document itself."""
    line = entry.values["line"]
    while line is not None:
        if line["id"] == question.line:
            return True
        line = line.get("parent")
    return bool(entry.values["origin"] == question.line)


def with_lots(stored: Sequence[Row], entries: Iterable[Entry], question: LotsQuestion) -> list[Row]:
    """Lots that stand, with what ``entries`` of the same ledger add and take."""
    found: dict[tuple[Any, ...], Row] = {}
    names: tuple[str, ...] = ()
    rows = list(stored)
    for entry in entries:
        if all(entry.values[name] == value for name, value in question.match.items()):
            names = tuple(entry.ledger.dimensions)
            rows.append(_lot(entry))
    if not names:
        return rows
    for row in rows:
        key = tuple(row[name] for name in names)
        known = found.get(key)
        if known is None:
            found[key] = dict(row)
            continue
        for name, value in row.items():
            if name not in names:
                known[name] += value
    return [row for row in found.values() if any(row[name] for name in row if name not in names)]


def _lot(entry: Entry) -> Row:
    row = {name: entry.values[name] for name in entry.ledger.dimensions}
    row |= {name: entry.values[name] or ZERO for name in entry.ledger.measures}
    return row | {f"{name}_worth": worth for name, worth in entry.worth.items()}
