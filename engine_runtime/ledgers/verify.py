"""Proof that the books are right: every projection and every second half, against the entries.

``verify`` answers with what differs, at every month end and now:

* every document balances in every double-entry ledger, and so does the trial balance;
* what the entries of a ledger should have posted (its ``posts``) stands in the other ledger, document
  by document, and nobody else writes the accounts it writes: sub-ledger = control account;
* balance rows are the sums of their entries, lots with something left say when they expire, cost layers are the
  balances they carry;
* where no quantity is left, no value is left;
* numbers of a gapless series have no gap.

``not_arrived`` tells which numbers of tills are still to come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from engine.catalog.ledgers import Ledger
from engine_runtime.access.companies import company_ids
from engine_runtime.active.catalog import active
from engine_runtime.ledgers.verify_numbers import Outstanding, check_numbers, outstanding
from engine_runtime.ledgers.verify_posts import check_posts, check_writers
from engine_runtime.ledgers.verify_projections import check_balances, check_layers, check_lots
from engine_runtime.ledgers.verify_sums import Books, Difference, Name, month_ends, running
from engine_runtime.tables.gateway import gateway

__all__ = ["Difference", "Outstanding", "not_arrived", "verify"]


def verify(company_id: int | None, at: date | None = None) -> list[Difference]:
    """Every difference in the books of a company (None: of all), up to and including day ``at``.

    With ``at``, balance rows, cost layers and numbers are left out: they are as of now. Reads only.
    """
    live, found = active(), []
    companies = company_ids() if company_id is None else [company_id]
    for company in companies:
        books = Books(gateway(), live, company, at)
        found += list(_company(books))
    return found


def not_arrived(company_id: int | None) -> list[Outstanding]:
    """Numbers that tills of a company (None: of all) have passed over, and that have not arrived. No difference."""
    live = active()
    companies = company_ids() if company_id is None else [company_id]
    return [one for company in companies for one in outstanding(Books(gateway(), live, company))]


def _company(books: Books) -> Iterator[Difference]:
    names: list[Name] = []
    for ledger in books.live.catalog.ledgers.values():
        if ledger.double_entry is not None:
            names += _check_balance(books, ledger)
            names += check_writers(books, ledger)
        if ledger.valuation is not None:
            names += _check_nothing_left(books, ledger)
        names += check_posts(books, ledger)
        if books.at is None and ledger.keepers:
            names += check_balances(books, ledger)
            names += check_lots(books, ledger)
            names += check_layers(books, ledger)
    yield from books.named(names)
    if books.at is None:
        yield from check_numbers(books)


def _check_balance(books: Books, ledger: Ledger) -> Iterator[Name]:
    """Each document, then the whole book at each month end."""
    assert ledger.double_entry is not None
    debit, credit = (books.worth_column(ledger, name) for name in ledger.double_entry)
    rows = books.sums(ledger, ("origin_type", "origin_id", "date"), (debit, credit))
    for kind, origin, day, debits, credits_ in rows:
        if debits != credits_:
            yield Name("document_balances", ledger, (kind, origin), day, debits, credits_)
    by_day = ((day, (debits, credits_)) for _, _, day, debits, credits_ in rows)
    for day, (debits, credits_) in running(by_day, month_ends(books, rows, 2)):
        if debits != credits_:
            yield Name("trial_balance", ledger, None, day, debits, credits_)


def _check_nothing_left(books: Books, ledger: Ledger) -> Iterator[Name]:
    """At each month end: quantity 0 means value 0 at every key that is valued."""
    valuation = ledger.valuation
    assert valuation is not None
    by = tuple(books.column(ledger, name) for name in valuation.by)
    rows = books.sums(ledger, (*by, "date"), (valuation.per, valuation.column))
    ends = month_ends(books, rows, len(by))
    for key, moves in _grouped(rows, len(by)):
        for day, (quantity, value) in running(moves, ends):
            if not quantity and value:
                subject = books.describe_key(ledger, valuation.by, key)
                yield Name("nothing_left", ledger, subject, day, quantity, value)


def _grouped(
    rows: Iterable[tuple[object, ...]], width: int
) -> Iterator[tuple[tuple[object, ...], list[tuple[date, tuple[object, ...]]]]]:
    """Rows (key …, date, sums …) as key → [(date, sums)]."""
    found: dict[tuple[object, ...], list[tuple[date, tuple[object, ...]]]] = {}
    for row in rows:
        day = row[width]
        assert isinstance(day, date)
        found.setdefault(row[:width], []).append((day, row[width + 1 :]))
    yield from found.items()
