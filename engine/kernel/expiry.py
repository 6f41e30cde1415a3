"""Lots whose last day is over: what is left of them goes, written for the documents that brought it.

So every entry has its document, and cancelling that document takes back what it brought and what went of it
alike. What is left is asked anew each time: it may be run again at any moment, and takes what there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from engine.catalog.ledgers import EXPIRES, Ledger
from engine.kernel.entries import ZERO, Entry, merged
from engine.kernel.ledger_posts import with_ledger_posts
from engine.kernel.lots import EXPIRED, is_over, measure_of, pieces
from engine.kernel.posting import check_balance
from engine.kernel.posting_case import PostingCase
from engine.kernel.rows import Row

History = Callable[[Row], list[Row]]
"""The live entries of a lot, as ``EntriesQuestion`` answers."""


@dataclass(frozen=True, slots=True)
class Share:
    """What is written into a lot for the document ``origin``: ``figures`` are added on ``day``.

    ``like``: an entry of the lot, whose dimensions and details it takes.
    """

    origin: int
    like: Row
    figures: Row
    day: date


def shares(ledger: Ledger, lots: Sequence[Row], history: History, day: date) -> list[Share]:
    """What brings the lots of one key (as ``LotsQuestion`` answers) to rest whose last day lies before ``day``.

    * What was taken out too much, because something else was written into the lot since, comes back.
    * What is left goes, but never more than stands at the key in all.
    * The rest of it settles lots on the other side of zero: so a debt is not asked for twice.
    """
    key = _Key(ledger, [dict(lot) for lot in lots], history)
    over = [lot for lot in key.lots if is_over(lot, day)]
    found: list[Share] = []
    for lot in sorted(over, key=lambda lot: lot[EXPIRES]):
        found += key.put_back(lot)
        found += key.take_out(lot)
    return found


@dataclass(slots=True)
class _Lot:
    """A lot that comes to rest: ``whole`` is what it was, ``done`` how much of its measure has been dealt with."""

    row: Row
    whole: Row
    rows: list[Row]
    done: Decimal = ZERO


class _Key:
    """The lots of one key, as they come to be."""

    def __init__(self, ledger: Ledger, lots: list[Row], history: History) -> None:
        self.lots = lots
        self._ledger = ledger
        self._main = measure_of(ledger)
        self._history = history
        self._known: dict[int, list[Row]] = {}

    def put_back(self, row: Row) -> Iterator[Share]:
        """What was taken out of a lot and is missing there since, the newest document first."""
        lot = self._opened(row)
        moves = (entry[self._main] for entry in lot.rows if entry["posting"] != EXPIRED)
        side = next((amount for amount in moves if amount), ZERO)
        if side * row[self._main] >= 0:
            return  # what is left is on the side on which it came
        sign = 1 if row[self._main] > 0 else -1
        gone: dict[int, Decimal] = {}
        for entry in lot.rows:
            if entry["posting"] == EXPIRED:
                taken = sign * entry[self._main]
                gone[entry["origin"]] = gone.get(entry["origin"], ZERO) + taken
        for origin, amount in reversed(gone.items()):
            part = min(abs(row[self._main]), amount)
            if part > 0:
                yield self._share(lot, part, origin, self._day(lot, origin))

    def take_out(self, row: Row) -> Iterator[Share]:
        """All that is left of a lot, document by document; ``settles``: so much of it stays at the key."""
        lot, left = self._opened(row), row[self._main]
        if not left:
            yield from self._remains(lot)
            return
        total = sum((other[self._main] for other in self.lots), ZERO)
        settles = abs(left) - (min(abs(left), abs(total)) if left * total > 0 else ZERO)
        others = [self._opened(o) for o in self.lots if o[self._main] * left < 0 and settles]
        for origin, amount in self._brought(lot, left):
            day = self._day(lot, origin)
            yield self._share(lot, amount, origin, day)
            for other in others:
                part = min(settles, amount, abs(other.row[self._main]))
                if part:
                    yield self._share(other, part, origin, day)
                    settles, amount = settles - part, amount - part

    def _opened(self, row: Row) -> _Lot:
        """A lot with its entries, those included that are about to be written."""
        rows = self._known.get(id(row))
        if rows is None:
            rows = self._known[id(row)] = list(self._history(row))
        return _Lot(row, dict(row), rows)

    def _remains(self, lot: _Lot) -> Iterator[Share]:
        """Nothing is left of what is counted, but of something else: the last document takes it."""
        if any(lot.row[name] for name in self._ledger.measures):
            origin = lot.rows[-1]["origin"]
            yield self._written(lot, dict(lot.whole), origin, self._day(lot, origin))

    def _brought(self, lot: _Lot, left: Decimal) -> Iterator[tuple[int, Decimal]]:
        """The documents that brought what is left, the oldest first: what was taken was of the oldest."""
        sign = 1 if left > 0 else -1
        moved: dict[int, Decimal] = {}
        for entry in lot.rows:
            moved[entry["origin"]] = moved.get(entry["origin"], ZERO) + sign * entry[self._main]
        taken = -sum((amount for amount in moved.values() if amount < 0), ZERO)
        for origin, amount in moved.items():
            own = min(taken, max(amount, ZERO))
            taken -= own
            if amount > own:
                yield origin, amount - own

    def _day(self, lot: _Lot, origin: int) -> date:
        """The day after the last one; never before what the document brought stands there."""
        own = (e["date"] for e in lot.rows if e["origin"] == origin and e["posting"] != EXPIRED)
        last: date = lot.row[EXPIRES]
        after: date = max([last + timedelta(days=1), *own])
        return after

    def _share(self, lot: _Lot, amount: Decimal, origin: int, day: date) -> Share:
        """The next ``amount`` of a lot, with its part of all other measures, as it is taken out."""
        start, lot.done = lot.done, lot.done + amount
        total = abs(lot.whole[self._main])
        part = pieces(self._ledger, lot.whole, start, lot.done, total)
        return self._written(lot, part, origin, day)

    def _written(self, lot: _Lot, part: Row, origin: int, day: date) -> Share:
        figures = {name: -part[name] for name in self._ledger.measures}
        for name, amount in figures.items():
            lot.row[name] += amount
        own = [entry for entry in lot.rows if entry["origin"] == origin]
        like = (own or lot.rows)[-1]
        lot.rows.append({**like, **figures, "origin": origin, "posting": EXPIRED, "date": day})
        return Share(origin, like, figures, day)


def entries_for(case: PostingCase, ledger: Ledger, own: Sequence[Share]) -> list[Entry]:
    """What is written for the shares of the document of ``case``, with what follows. Findings go to the case."""
    made = [_entry(case, ledger, share) for share in own]
    found = merged(with_ledger_posts(case, made))
    check_balance(case, found)
    return [entry for entry in found if not entry.is_empty()]


def _entry(case: PostingCase, ledger: Ledger, share: Share) -> Entry:
    values = {dimension.name: share.like[dimension.name] for dimension in ledger.carried}
    values |= {
        "company": case.company, "origin": share.origin, "line": None, "line_table": None,
        "of_line": None, "date": share.day, "meant_for": share.day, **share.figures,
    }  # fmt: skip
    said = frozenset(ledger.dimensions)
    entry = Entry(ledger, EXPIRED, values, posting=EXPIRED, said=said, given=True)
    residue = ledger.lots.residue if ledger.lots is not None else None
    if residue is not None:
        entry.against = case.run(entry, residue, case.entry_frame(entry))
        if entry.against is None and not case.findings:
            message = f"Nothing says which account takes what expires of {ledger.label}."
            case.find("posting.no_account", entry, message, f"Fill in {residue.source}.")
    return entry
