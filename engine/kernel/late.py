"""Closed days: what they refuse, and what their ledgers take on the first open day instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

from engine.catalog.ledgers import Ledger
from engine.catalog.whole import Catalog
from engine.kernel.entries import Entry
from engine.kernel.finding import Finding

ALL = "all"
"""The area that covers every ledger."""

Locks = Mapping[str, date]
"""Area → last locked day, of one company."""

Until = Callable[[str], date | None]
"""The last closed day of an area; None where nothing is closed."""


def move_late(catalog: Catalog, entries: Iterable[Entry], until: Until) -> None:
    """Date entries of closed days on the first open day; ``meant_for`` keeps the day they were meant for.

    What reaches the double-entry book moves together, day by day, so that the books balance on every
    day: the later open day wins for all, and one ledger that refuses keeps all where they are. Any
    other ledger moves by itself.
    """
    together: dict[date, list[Entry]] = {}
    for entry in entries:
        if _reaches_book(catalog, entry.ledger):
            together.setdefault(entry.date, []).append(entry)
        else:
            _move([entry], until)
    for group in together.values():
        _move(group, until)


def move_open(entries: Iterable[Entry], until: Until) -> None:
    """As ``move_late`` of entries that nobody asked for, whatever their ledgers say: those of one day move together."""
    together: dict[date, list[Entry]] = {}
    for entry in entries:
        together.setdefault(entry.date, []).append(entry)
    for group in together.values():
        if any(_is_closed(entry, until) for entry in group):
            _date_open(group, until)


def _reaches_book(catalog: Catalog, ledger: Ledger) -> bool:
    return ledger.double_entry is not None or any(
        _reaches_book(catalog, catalog.ledgers[post.ledger]) for post in ledger.posts.values()
    )


def _move(group: list[Entry], until: Until) -> None:
    closed = [entry for entry in group if _is_closed(entry, until)]
    if not closed or any(entry.ledger.late == "refuse" for entry in closed):
        return
    _date_open(group, until)


def _date_open(group: list[Entry], until: Until) -> None:
    days = [day for entry in group if (day := until(entry.ledger.lock_area)) is not None]
    first = max(days) + timedelta(days=1)
    for entry in group:
        entry.values["date"] = first


def _is_closed(entry: Entry, until: Until) -> bool:
    day = until(entry.ledger.lock_area)
    return day is not None and entry.date <= day


def locked_until(locks: Locks, area: str) -> date | None:
    """The last locked day of an area; None where nothing is locked."""
    return max((locks[name] for name in (area, ALL) if name in locks), default=None)


def closed(locks: Locks, entries: Iterable[Entry], date_field: str) -> list[Finding]:
    """One finding per area of ``entries`` whose date is locked, at the document's date field."""
    found: dict[str, Finding] = {}
    for entry in entries:
        area = entry.ledger.lock_area
        until = locked_until(locks, area)
        if until is not None and entry.date <= until and area not in found:
            found[area] = Finding(
                "period.closed",
                date_field,
                f"The period of {area} is closed until {until:%d-%m-%Y}; "
                f"nothing can be dated {entry.date:%d-%m-%Y}.",
                hint=f"Take a date after {until:%d-%m-%Y}.",
            )
    return list(found.values())
