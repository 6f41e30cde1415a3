"""Ledger entries as the kernel makes them, before they are stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from engine.catalog.ledgers import Ledger
from engine.kernel.rows import Row
from engine.kernel.valuation import Slice
from engine.money import round_half_up

ZERO = Decimal(0)


@dataclass(slots=True)
class Entry:
    """One line of a ledger.

    ``values``: dimensions, details and measures by name, and ``company``, ``date``, ``origin`` (id of
    the document) and ``line`` (the row it came from, or None), so that ``posted`` rows and the
    ledger's own expressions read it as a record. ``worth``: for money in the document's currency,
    its worth in company currency. ``source``: the entry whose ledger wrote this one.

    ``posting``: the key of the document's posting it goes back to, kept only where an ``undo`` may take
    it back. ``given``: its value was said, and is not worked out from what is carried. ``cost_of`` and
    ``corrects``: the row (its id) whose cost it carries back, the stored entry whose value it corrects.
    ``reverse_on``: the day of its mirror. ``is_whole``: its ledger writes nothing further for it.
    ``said``: the dimensions that its posting gave.
    ``against``: the account that takes the other side of what its ledger writes into the books.
    """

    ledger: Ledger
    rule: str
    values: Row
    currency: int | None = None
    worth: dict[str, Decimal] = field(default_factory=dict)
    line_table: str | None = None
    source: Entry | None = None
    slices: list[Slice] = field(default_factory=list)
    id: int | None = None
    posting: str | None = None
    given: bool = False
    cost_of: int | None = None
    cost_of_tables: tuple[str, ...] = ()
    corrects: int | None = None
    reverse_on: date | None = None
    is_whole: bool = False
    said: frozenset[str] = frozenset()
    against: int | None = None
    opens: bool = False
    """Its open item is a record that never posts by itself, so whoever names it may open it."""
    has_no_rate: bool = False
    """It is in a currency of its own, and only what is carried tells its worth."""
    row: Row | None = None
    """The row that ``each`` was at, for whoever asks why."""
    level: int = 0
    """How many postings of its document came before the one that it follows from; 0: it follows from none."""
    cause: int | None = None
    """The document that changed the past, where the entry is the difference that this makes."""
    moment: Any = None
    """Where it stands, if not where its document does: as whoever stores it counts (a datetime on databases)."""

    @property
    def date(self) -> date:
        value = self.values["date"]
        assert isinstance(value, date)
        return value

    def is_empty(self) -> bool:
        """Whether it would count nothing."""
        return not any(self.values[name] for name in self.ledger.measures) and not any(
            self.worth.values()
        )


def balance_key(by: Iterable[str], company: int, values: Mapping[str, Any]) -> str:
    """The key of the balance kept for dimensions ``by``: ``item,warehouse|1|12|-`` (``-`` = none).

    A number is the same however many zeros it was written with.
    """
    names = tuple(by)
    parts = [_part(values.get(name)) for name in names]
    return "|".join([",".join(names), str(company), *parts])


def _part(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "-" if value is None else str(value)


def merged(entries: list[Entry]) -> list[Entry]:
    """Entries that differ only in measures become one.

    Valued ledgers keep every line: each is a movement of its own; what takes a stored entry back stays one too.
    """
    found: dict[tuple[Any, ...], Entry] = {}
    result: list[Entry] = []
    for entry in entries:
        if entry.ledger.valuation is not None or entry.values.get("reverses") is not None:
            result.append(entry)
            continue
        key = _identity(entry)
        first = found.get(key)
        if first is None:
            found[key] = entry
            result.append(entry)
        else:
            _add(first, entry)
    for entry in result:
        _normalise(entry)
    return result


def _identity(entry: Entry) -> tuple[Any, ...]:
    ledger, values = entry.ledger, entry.values
    names = (*ledger.dimensions, *ledger.details)
    place = (ledger.name, entry.rule, entry.posting, entry.date, entry.currency)
    return (*place, *(values[name] for name in names))


def _add(first: Entry, other: Entry) -> None:
    for name in first.ledger.measures:
        first.values[name] += other.values[name]
    for name in first.worth:
        first.worth[name] += other.worth[name]
    if first.values["line"] is not other.values["line"]:
        first.values["line"] = None
        first.line_table = None


def _normalise(entry: Entry) -> None:
    """A negative debit is written as a credit, and the other way round."""
    if entry.ledger.double_entry is None:
        return
    debit, credit = entry.ledger.double_entry
    for amounts in (entry.values, entry.worth):
        net = amounts.get(debit, ZERO) - amounts.get(credit, ZERO)
        if debit in amounts:
            amounts[debit], amounts[credit] = (net, ZERO) if net >= 0 else (ZERO, -net)


def worth_of(amount: Decimal, rate: Decimal, scale: int) -> Decimal:
    """``amount`` in company currency at ``rate``, rounded half away from zero."""
    return round_half_up(amount * rate, scale)


def settle_conversion(entries: list[Entry]) -> Decimal:
    """Make worth balance where only conversion rounding is left, and return what is still open.

    Worth is debit − credit summed over the double-entry ledgers, day by day. A leftover of at most one
    smallest unit per line goes to the largest line that no other ledger wrote (a line of nothing will
    do, such as the rounding of a document that has none). Where one currency takes part, amounts must
    balance by themselves. What is returned is that of the first day that does not balance.
    """
    book = [entry for entry in entries if entry.ledger.double_entry is not None]
    days: dict[date, list[Entry]] = {}
    for entry in book:
        days.setdefault(entry.date, []).append(entry)
    return next((left for own in days.values() if (left := _settle_day(own))), ZERO)


def _settle_day(book: list[Entry]) -> Decimal:
    open_worth = open_in_worth(book)
    one_currency = len({entry.currency for entry in book}) == 1
    if not open_worth or (one_currency and open_in_amount(book)):
        return open_worth
    if abs(open_worth) > Decimal("0.01") * len(book):
        return open_worth
    own = [
        entry
        for entry in book
        if entry.source is None and entry.worth and entry.values.get("reverses") is None
    ]
    if not own:
        return open_worth
    largest = max(own, key=lambda entry: abs(_net(entry, entry.worth)))
    assert largest.ledger.double_entry is not None
    debit, _ = largest.ledger.double_entry
    largest.worth[debit] -= open_worth
    _normalise_worth(largest)
    return ZERO


def open_in_worth(book: Iterable[Entry]) -> Decimal:
    """Debit − credit of entries of double-entry ledgers, in company currency."""
    return sum((_net(entry, _in_company_currency(entry)) for entry in book), ZERO)


def open_in_amount(book: Iterable[Entry]) -> Decimal:
    """Debit − credit of entries of double-entry ledgers, as they were written."""
    return sum((_net(entry, entry.values) for entry in book), ZERO)


def _in_company_currency(entry: Entry) -> Mapping[str, Any]:
    """Its worth; the amounts themselves where the ledger counts in company currency."""
    return entry.worth or entry.values


def _normalise_worth(entry: Entry) -> None:
    assert entry.ledger.double_entry is not None
    debit, credit = entry.ledger.double_entry
    net = entry.worth[debit] - entry.worth[credit]
    entry.worth[debit], entry.worth[credit] = (net, ZERO) if net >= 0 else (ZERO, -net)


def _net(entry: Entry, amounts: Mapping[str, Any]) -> Decimal:
    assert entry.ledger.double_entry is not None
    debit, credit = entry.ledger.double_entry
    net: Decimal = amounts[debit] - amounts[credit]
    return net
