"""Lots: an entry towards zero that does not say which is split over what is there, in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from engine.catalog.ledgers import Ledger, Lots
from engine.kernel.entries import ZERO, Entry
from engine.kernel.posting_case import LotsQuestion, PostingCase
from engine.kernel.rows import Row
from engine.kernel.valuation import rounded


def split(case: PostingCase, entries: Iterable[Entry]) -> list[Entry]:
    """``entries``, those that take lots in their parts; each part takes the other dimensions of its lot along.

    As long as only the keys matter (no states) every lot gets a part, so that all keys are locked.
    """
    return [part for entry in entries for part in _parts(case, entry)]


def measure_of(ledger: Ledger) -> str:
    """The measure that is taken from lots: what carries the value, else the first."""
    if ledger.valuation is not None:
        return ledger.valuation.per
    return next(iter(ledger.measures))


def _parts(case: PostingCase, entry: Entry) -> list[Entry]:
    lots = entry.ledger.lots
    if lots is None or entry.is_whole or _says_which(entry, lots):
        return [entry]
    found = _there(case, entry, lots)
    amount = entry.values[measure_of(entry.ledger)]
    standing = sum((row[measure_of(entry.ledger)] for row in found), ZERO)
    if case.states is None:
        return [entry, *(_part(entry, row, ZERO) for row in found)]
    if not amount or standing * amount >= 0:
        return [entry]
    parts = _taken(case, entry, lots, found)
    case.lots_taken += [part.values | part.worth for part in parts]
    return parts


def _says_which(entry: Entry, lots: Lots) -> bool:
    """Whether every dimension that tells lots apart was said."""
    return all(name in entry.said for name in entry.ledger.dimensions if name not in lots.by)


def _there(case: PostingCase, entry: Entry, lots: Lots) -> list[Row]:
    """The lots that the entry may take: what stands, less what this document took already."""
    ledger, main = entry.ledger, measure_of(entry.ledger)
    named = [name for name in ledger.dimensions if name in lots.by or name in entry.said]
    match = {name: entry.values[name] for name in named} | {"company": case.company}
    rows = case.read(LotsQuestion(ledger.name, match)) if case.read is not None else []
    found = []
    for row in rows:
        left = dict(row)
        for taken in case.lots_taken:
            if all(taken.get(name) == row[name] for name in ledger.dimensions):
                left[main] += taken[main]
        if left[main]:
            found.append(left)
    return _in_order(case, lots, found)


def _in_order(case: PostingCase, lots: Lots, rows: list[Row]) -> list[Row]:
    """The lots as ``order`` puts them, those without an order last; the oldest first where it says nothing."""
    if lots.order is None:
        return rows
    order, ranked = lots.order, []
    for place, row in enumerate(rows):
        frame: dict[str, Any] = {"this": row, "row": row, "facts": case.facts}
        rank = order.run(frame)
        ranked.append(((rank is None, rank if rank is not None else 0, place), row))
    return [row for _, row in sorted(ranked, key=lambda pair: pair[0])]


def _taken(case: PostingCase, entry: Entry, lots: Lots, rows: list[Row]) -> list[Entry]:
    """Lot after lot until the amount is taken; what no lot covers stays with the entry."""
    main = measure_of(entry.ledger)
    wanted = entry.values[main]
    left, done = abs(wanted), ZERO
    parts: list[Entry] = []
    for row in rows:
        # A lot on the other side is none that this entry takes towards zero.
        size = min(left, abs(row[main])) if row[main] * wanted < 0 else ZERO
        if size:
            parts.append(_share(_part(entry, row, size), entry, done, done + size))
            left, done = left - size, done + size
    if left:
        rest = replace(entry, values=dict(entry.values), worth=dict(entry.worth))
        parts.append(_share(rest, entry, done, abs(wanted)))
    return parts


def _part(entry: Entry, row: Row, size: Decimal) -> Entry:
    """The entry with the dimensions of a lot."""
    values = dict(entry.values)
    for name in entry.ledger.dimensions:
        values[name] = row[name]
    if not size:
        values |= dict.fromkeys(entry.ledger.measures, ZERO)
    return replace(entry, values=values, worth=dict(entry.worth))


def _share(part: Entry, whole: Entry, start: Decimal, end: Decimal) -> Entry:
    """Give ``part`` its share of all measures, cumulatively: the last takes the rest to the smallest unit."""
    total = abs(whole.values[measure_of(whole.ledger)])
    for figures, source in ((part.values, whole.values), (part.worth, whole.worth)):
        for name, measure in whole.ledger.measures.items():
            if source.get(name) is not None:
                figures[name] = _piece(source[name], start, end, total, measure.scale)
    return part


def _piece(value: Decimal, start: Decimal, end: Decimal, total: Decimal, scale: int) -> Decimal:
    """What the piece from ``start`` to ``end`` of ``total`` has of ``value``."""
    units, places = int(Decimal(value).scaleb(scale)), 6
    whole = int(Decimal(total).scaleb(places))
    upto, before = (rounded(units * int(Decimal(at).scaleb(places)), whole) for at in (end, start))
    return Decimal(upto - before).scaleb(-scale)
