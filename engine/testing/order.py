"""What the order of movements forbids in memory, as on a database: see decisions 0010 and 0014."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import DOCUMENT
from engine.kernel.entries import Entry, balance_key
from engine.kernel.finding import Finding, path_of
from engine.testing import books
from engine.testing.memory import Memory, Written


def backdated(memory: Memory, kind: Doctype, entries: Sequence[Entry]) -> list[Finding]:
    """A finding where goods would move before a movement that stands: it would change its cost."""
    own = [entry for entry in entries if _is_goods(entry)]
    on = min((entry.date for entry in own), default=None)
    for entry in own:
        last = max((one.entry.date for one in _beside(memory, entry)), default=None)
        if on is not None and last is not None and last > on:
            line = entry.values["line"]
            path = path_of(line, entry.line_table or "") if line is not None else kind.date or ""
            return [Finding("posting.backdated", path, _before(entry, last, on))]
    return []


def _before(entry: Entry, last: date, on: date) -> str:
    return (
        f"{entry.ledger.label} has moved on {last:%d-%m-%Y} already; "
        f"an earlier movement on {on:%d-%m-%Y} would change its cost."
    )


def in_the_way(memory: Memory, own: Iterable[Written]) -> list[Finding]:
    """A finding per receipt among ``own`` whose key has moved since: taking it back would change that cost."""
    return [
        Finding(
            "posting.later_movement",
            "",
            f"{one.entry.ledger.label} has moved since, by {later.doctype} {later.document} on "
            f"{later.entry.date:%d-%m-%Y}; taking the receipt back would change its cost.",
        )
        for one in own
        if (later := _later(memory, one)) is not None
    ]


def _later(memory: Memory, one: Written) -> Written | None:
    """The first movement of another document after a receipt."""
    if not _is_goods(one.entry) or _moved(one.entry) < 0:
        return None
    place = (one.entry.date, one.id)
    later = [
        other
        for other in _beside(memory, one.entry)
        if (other.entry.date, other.id) > place and other.document != one.document
    ]
    return min(later, key=lambda other: (other.entry.date, other.id), default=None)


def settled_by(memory: Memory, kind: Doctype, number: int) -> list[Finding]:
    """A finding where entries of another document name this one: it is cancelled first."""
    for one in books.live(memory.written):
        if one.document == number:
            continue
        for dimension in one.entry.ledger.dimensions.values():
            is_one = dimension.link == (DOCUMENT,) or kind.name in dimension.link
            if is_one and one.entry.values[dimension.name] == number:
                said = f"{one.doctype} {one.document} refers to this {kind.label}. Cancel it first."
                return [Finding("document.in_use", "", said)]
    return []


def _is_goods(entry: Entry) -> bool:
    return entry.ledger.of_goods


def _moved(entry: Entry) -> int:
    """The sign of what an entry moves; 0 for a value alone."""
    assert entry.ledger.valuation is not None
    amount = entry.values[entry.ledger.valuation.per] or 0
    return (amount > 0) - (amount < 0)


def _beside(memory: Memory, entry: Entry) -> Iterator[Written]:
    """The movements that stand in the key of ``entry``."""
    assert entry.ledger.valuation is not None
    by, company = entry.ledger.valuation.by, entry.values["company"]
    key = balance_key(by, company, entry.values)
    for one in books.live(memory.written):
        is_ours = one.entry.ledger is entry.ledger and one.entry.values["company"] == company
        if is_ours and balance_key(by, company, one.entry.values) == key:
            yield one
