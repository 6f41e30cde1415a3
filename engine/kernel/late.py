"""Entries of closed days whose ledgers take them on the first open day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from engine.catalog.ledgers import Ledger
from engine.catalog.whole import Catalog
from engine.kernel.entries import Entry

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


def _reaches_book(catalog: Catalog, ledger: Ledger) -> bool:
    return ledger.double_entry is not None or any(
        _reaches_book(catalog, catalog.ledgers[post.ledger]) for post in ledger.posts.values()
    )


def _move(group: list[Entry], until: Until) -> None:
    closed = [entry for entry in group if _is_closed(entry, until)]
    if not closed or any(entry.ledger.late == "refuse" for entry in closed):
        return
    days = [day for entry in group if (day := until(entry.ledger.lock_area)) is not None]
    first = max(days) + timedelta(days=1)
    for entry in group:
        entry.values["date"] = first


def _is_closed(entry: Entry, until: Until) -> bool:
    day = until(entry.ledger.lock_area)
    return day is not None and entry.date <= day
