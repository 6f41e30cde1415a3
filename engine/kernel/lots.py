"""Lots: an entry towards zero that does not say which is split over what is there, in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from engine.catalog.ledgers import EXPIRES, Ledger, Lots
from engine.catalog.whole import Catalog
from engine.kernel.entries import ZERO, Entry, balance_key
from engine.kernel.posting_case import LotsQuestion, PostingCase
from engine.kernel.rows import Row
from engine.kernel.valuation import rounded

EXPIRED = "expired lot"
"""The rule of entries that take out what expired, and the posting to which what follows from them goes back.

No posting that is declared can be called so.
"""


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
    if lots is None or entry.is_whole:
        return [entry]
    if lots.expires is not None and EXPIRES in entry.said and case.states is not None:
        _note_expired(case, entry, _standing(case, entry, lots.by))
    if _says_which(entry, lots):
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
    """The lots that the entry may take: what stands, less what this document took already.

    One whose last day is over on the day of the entry is taken only where the entry says that day.
    """
    ledger, main = entry.ledger, measure_of(entry.ledger)
    rows = _standing(case, entry, [n for n in ledger.dimensions if n in lots.by or n in entry.said])
    if lots.expires is not None and EXPIRES not in entry.said:
        rows = _note_expired(case, entry, rows)
    found = []
    for row in rows:
        left = dict(row)
        for taken in case.lots_taken:
            if all(taken.get(name) == row[name] for name in ledger.dimensions):
                left[main] += taken[main]
        if left[main]:
            found.append(left)
    return _in_order(case, lots, found)


def _standing(case: PostingCase, entry: Entry, named: Iterable[str]) -> list[Row]:
    """The lots that have what ``entry`` has in the dimensions ``named``."""
    match = {name: entry.values[name] for name in named} | {"company": case.company}
    return case.read(LotsQuestion(entry.ledger.name, match)) if case.read is not None else []


def _note_expired(case: PostingCase, entry: Entry, rows: list[Row]) -> list[Row]:
    """Those of ``rows`` whose last day is not over; the case remembers the others, which limits do not count."""
    ledger, left = entry.ledger, []
    for row in rows:
        if not is_over(row, entry.date):
            left.append(row)
        else:
            key = balance_key(ledger.by_lot, case.company, row)
            case.lots_expired[(ledger.name, key)] = row | {"company": case.company}
    return left


def leave_out(
    catalog: Catalog,
    before: Mapping[tuple[str, str], dict[str, Any]],
    expired: Mapping[tuple[str, str], Row],
    entries: Sequence[Entry],
) -> None:
    """Take what is left of lots that were passed over out of the balances ``before``: limits do not count it.

    So it makes no difference to them whether the engine has taken it out already. ``entries``: those that were
    written since the lots were looked at.
    """
    for (name, place), lot in expired.items():
        ledger = catalog.ledgers[name]
        left = {measure: lot[measure] for measure in ledger.measures}
        for entry in entries:
            values = entry.values
            is_here = entry.ledger.name == name and values["company"] == lot["company"]
            if is_here and balance_key(ledger.by_lot, lot["company"], values) == place:
                left = {measure: left[measure] + values[measure] for measure in left}
        if left[measure_of(ledger)] * lot[measure_of(ledger)] <= 0:
            continue
        for by in ledger.keepers:
            balances = before.get((name, balance_key(by, lot["company"], lot)), {})
            for measure in left if balances else ():
                balances[measure] -= left[measure]


def is_over(lot: Row, day: date) -> bool:
    """Whether the last day of a lot lies before ``day``."""
    return lot[EXPIRES] is not None and lot[EXPIRES] < day


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
        figures.update(pieces(whole.ledger, source, start, end, total))
    return part


def pieces(ledger: Ledger, whole: Row, start: Decimal, end: Decimal, total: Decimal) -> Row:
    """What the piece from ``start`` to ``end`` of ``total`` has of every measure that ``whole`` has."""
    return {
        name: _piece(whole[name], start, end, total, measure.scale)
        for name, measure in ledger.measures.items()
        if whole.get(name) is not None
    }


def _piece(value: Decimal, start: Decimal, end: Decimal, total: Decimal, scale: int) -> Decimal:
    """What the piece from ``start`` to ``end`` of ``total`` has of ``value``."""
    units, places = int(Decimal(value).scaleb(scale)), 6
    whole = int(Decimal(total).scaleb(places))
    upto, before = (rounded(units * int(Decimal(at).scaleb(places)), whole) for at in (end, start))
    return Decimal(upto - before).scaleb(-scale)
