"""Balance rows, lots and cost layers, against the entries that they are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.catalog.ledgers import EXPIRES, Ledger
from engine.kernel.entries import balance_key
from engine.plan.tables import OPEN_UNTIL
from engine_runtime.ledgers.verify_sums import ZERO, Books, Name
from engine_runtime.tables.asking import select, totals
from engine_runtime.tables.query import Condition, Not, Where

Figures = dict[str, Any]


def check_balances(books: Books, ledger: Ledger) -> Iterator[Name]:
    """Every balance row is the sum of its entries, and every sum has its row."""
    stored = _stored(books, ledger)
    for by in ledger.keepers:
        keys = tuple(books.column(ledger, name) for name in by)
        columns = _figures(books, ledger)
        for row in books.sums(ledger, keys, columns):
            values = dict(zip(by, row[: len(by)], strict=True))
            key = balance_key(by, books.company, values)
            sums = dict(zip(columns, row[len(by) :], strict=True))
            kept = stored.pop(key, None) or dict.fromkeys(columns, ZERO)
            for column in columns:
                if sums[column] != kept[column]:
                    subject = f"{books.describe_key(ledger, by, row[: len(by)])}, {column}"
                    yield Name("balance_row", ledger, subject, None, sums[column], kept[column])
    for key, kept in stored.items():
        for column, value in kept.items():
            if value:
                yield Name("balance_row", ledger, f"{key}, {column}", None, ZERO, value)


def check_lots(books: Books, ledger: Ledger) -> Iterator[Name]:
    """A lot of which something is left says until when it is open, and no other row does."""
    if not ledger.by_lot:
        return
    table = books.live.tables[f"{ledger.table}__balance"]
    where: list[Where] = [
        Condition("company_id", "=", books.company),
        Not(Condition(OPEN_UNTIL, "is_null", True)),
    ]
    query = select(books.gateway, table, ("key", OPEN_UNTIL), where=where)
    told = dict(books.gateway.fetch_many([query])[0])
    keys, width = tuple(books.column(ledger, name) for name in ledger.by_lot), len(ledger.by_lot)
    for row in books.sums(ledger, keys, tuple(ledger.measures)):
        values = dict(zip(ledger.by_lot, row[:width], strict=True))
        last = values[EXPIRES] if any(row[width:]) else None
        found = told.pop(balance_key(ledger.by_lot, books.company, values), None)
        if found != last:
            subject = books.describe_key(ledger, ledger.by_lot, row[:width])
            yield Name("lots", ledger, subject, None, last, found)
    for key, found in told.items():
        yield Name("lots", ledger, key, None, None, found)


def _figures(books: Books, ledger: Ledger) -> tuple[str, ...]:
    """The columns of amounts in entries and balance rows."""
    worths = (books.worth_column(ledger, name) for name in ledger.measures)
    return (*ledger.measures, *(name for name in worths if name not in ledger.measures))


def _stored(books: Books, ledger: Ledger) -> dict[str, Figures]:
    table = books.live.tables[f"{ledger.table}__balance"]
    columns = _figures(books, ledger)
    where = [Condition("company_id", "=", books.company)]
    query = select(books.gateway, table, ("key", *columns), where=where)
    rows = books.gateway.fetch_many([query])[0]
    return {row[0]: dict(zip(columns, row[1:], strict=True)) for row in rows}


def check_layers(books: Books, ledger: Ledger) -> Iterator[Name]:
    """What is left in the layers of a key is its balance; what they gave is what was consumed.

    Keys at moving average keep no layers: what they hold is their balance row, checked above.
    """
    valuation = ledger.valuation
    if valuation is None:
        return
    layers = books.live.tables[f"{ledger.table}__layer"]
    sides = ("quantity_in", "value_in", "quantity_out", "value_out")
    query = totals(books.gateway, layers, ("key",), sides)
    stored = _stored(books, ledger)
    for key, quantity_in, value_in, quantity_out, value_out in books.gateway.fetch_many([query])[0]:
        balance = stored.get(key)
        if balance is None:
            continue
        left = (quantity_in - quantity_out, value_in - value_out)
        stands = (balance[valuation.per], balance[valuation.column])
        if left != stands:
            expected, found = (f"{pair[0]} worth {pair[1]}" for pair in (stands, left))
            yield Name("layers", ledger, key, None, expected, found)
