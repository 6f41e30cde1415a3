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
    """The key of the balance kept for dimensions ``by``: ``item,warehouse|1|12|-`` (``-`` = none)."""
    names = tuple(by)
    parts = ["-" if values.get(name) is None else str(values[name]) for name in names]
    return "|".join([",".join(names), str(company), *parts])


def merged(entries: list[Entry]) -> list[Entry]:
    """Entries that differ only in measures become one.

    Valued ledgers keep every line: each is a movement of its own.
    """
    found: dict[tuple[Any, ...], Entry] = {}
    result: list[Entry] = []
    for entry in entries:
        if entry.ledger.valuation is not None:
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
    return (ledger.name, entry.rule, entry.currency, *(values[name] for name in names))


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

    Worth is debit − credit summed over the double-entry ledgers. A leftover of at most one smallest
    unit per line goes to the largest line that no other ledger wrote (a line of nothing will do, such
    as the rounding of a document that has none). Where one currency takes part, amounts must balance
    by themselves.
    """
    book = [entry for entry in entries if entry.ledger.double_entry is not None]
    open_worth = sum((_net(entry, _in_company_currency(entry)) for entry in book), ZERO)
    one_currency = len({entry.currency for entry in book}) == 1
    if not open_worth or (one_currency and sum((_net(e, e.values) for e in book), ZERO)):
        return open_worth
    if abs(open_worth) > Decimal("0.01") * len(book):
        return open_worth
    own = [entry for entry in book if entry.source is None and entry.worth]
    if not own:
        return open_worth
    largest = max(own, key=lambda entry: abs(_net(entry, entry.worth)))
    assert largest.ledger.double_entry is not None
    debit, _ = largest.ledger.double_entry
    largest.worth[debit] -= open_worth
    _normalise_worth(largest)
    return ZERO


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
