"""The second half of a sub-ledger: what its ``posts`` should have written, against what stands."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from engine.catalog.ledgers import Ledger, Posting
from engine_runtime.ledgers.verify_sums import ZERO, Books, Name
from engine_runtime.tables.query import Condition, Not

Place = tuple[str, int, Any]
"""Doctype key and id of a document, and the date of the entries."""


def check_posts(books: Books, ledger: Ledger) -> Iterator[Name]:
    """Every posting of ``ledger`` into a double-entry ledger, document by document and day by day."""
    for post in ledger.posts.values():
        book = books.live.catalog.ledgers[post.ledger]
        if book.double_entry is None:
            continue
        rule = f"{ledger.key}.{post.key}"
        expected = _expected(books, ledger, post, book)
        found = _found(books, book, rule)
        for place in sorted(expected.keys() | found.keys(), key=str):
            should, stands = expected.get(place, ZERO), found.get(place, ZERO)
            if should != stands:
                kind, origin, day = place
                yield Name("posts", ledger, (kind, origin), day, should, stands)


def _expected(books: Books, ledger: Ledger, post: Posting, book: Ledger) -> dict[Place, Decimal]:
    """Debit − credit in company currency that the entries of each document ask for.

    Amounts of one document and day are summed first: the expressions of a ledger's posting are
    linear in its measures, so the posting of the sum is the sum of the postings.
    """
    assert book.double_entry is not None
    measures = tuple(ledger.measures)
    dimensions = _dimensions(ledger, post, book)
    by = ("origin_type", "origin_id", "date", *(books.column(ledger, n) for n in dimensions))
    columns = tuple(books.worth_column(ledger, name) for name in measures)
    expected: dict[Place, Decimal] = {}
    for row in books.sums(ledger, by, columns):
        entry = dict(zip((*dimensions, *measures), row[3:], strict=True))
        worth = _net(post, book, {"company": books.company, "date": row[2], **entry})
        if worth:
            place = (row[0], row[1], row[2])
            expected[place] = expected.get(place, ZERO) + worth
    return {place: worth for place, worth in expected.items() if worth}


def _dimensions(ledger: Ledger, post: Posting, book: Ledger) -> tuple[str, ...]:
    """The dimensions and details that decide whether or how much it posts."""
    deciding = [post.when] if post.when is not None else []
    deciding += [post.set[name] for name in book.measures if name in post.set]
    read = {field.field for expr in deciding for field in expr.reads if field.record.own}
    return tuple(n for n in (*ledger.dimensions, *ledger.details) if n in read)


def _net(post: Posting, book: Ledger, entry: dict[str, Any]) -> Decimal:
    assert book.double_entry is not None
    frame: dict[str, Any] = {"this": entry, "facts": {}}
    if post.when is not None and post.when.run(frame) is not True:
        return ZERO
    debit, credit = (
        (post.set[name].run(frame) if name in post.set else None) or ZERO
        for name in book.double_entry
    )
    return Decimal(debit) - Decimal(credit)


def _found(books: Books, book: Ledger, rule: str) -> dict[Place, Decimal]:
    rows = books.sums(
        book,
        ("origin_type", "origin_id", "date"),
        _sides(books, book),
        where=[Condition("rule", "=", rule)],
    )
    return {(r[0], r[1], r[2]): r[3] - r[4] for r in rows if r[3] != r[4]}


def _sides(books: Books, book: Ledger) -> tuple[str, str]:
    assert book.double_entry is not None
    debit, credit = book.double_entry
    return books.worth_column(book, debit), books.worth_column(book, credit)


def check_writers(books: Books, book: Ledger) -> Iterator[Name]:
    """Nobody but a ledger writes the accounts (first dimension of ``book``) that it keeps.

    So the balance of a control account is that of its ledger.
    """
    catalog = books.live.catalog
    rules = {
        f"{ledger.key}.{post.key}"
        for ledger in catalog.ledgers.values()
        for post in ledger.posts.values()
        if post.ledger == book.name
    }
    account = books.column(book, next(iter(book.dimensions)))
    theirs = Condition("rule", "in", sorted(rules))
    accounts = {row[0] for row in books.sums(book, (account,), _sides(books, book), [theirs])}
    if not accounts:
        return
    where = (Condition(account, "in", sorted(accounts)), Not(theirs))
    by = ("origin_type", "origin_id", "date")
    for kind, origin, day, debit, credit in books.sums(book, by, _sides(books, book), where):
        yield Name("other_writer", book, (kind, origin), day, ZERO, debit - credit)
