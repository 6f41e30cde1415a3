"""Entries with the other sign: what stands is taken back, or is written again the other way on a later day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from engine.catalog.ledgers import Ledger, Posting
from engine.kernel.entries import Entry
from engine.kernel.posting_case import EntriesQuestion, PostingCase
from engine.kernel.rows import Row


def undone(case: PostingCase, posting: Posting) -> list[Entry]:
    """The mirror of every entry that the postings of ``undo`` wrote and that nobody took back yet."""
    day = case.date
    if posting.date is not None:
        found = posting.date.run(case.frame({}))
        if isinstance(found, date):
            day = found
        else:
            case.find(
                "posting.no_date",
                None,
                f"The date on which '{posting.key}' takes back cannot be worked out.",
                f"Fill in {posting.date.source}.",
            )
    made: list[Entry] = []
    for ledger in _reached(case, posting.undo):
        rows = case.ask(EntriesQuestion(ledger.name, document=case.document["id"]))
        made += [mirror(ledger, row, day) for row in rows if row["posting"] in posting.undo]
    return made


def _reached(case: PostingCase, keys: Iterable[str]) -> list[Ledger]:
    """The ledgers that postings write, and those that these write further."""
    found: dict[str, Ledger] = {}
    waiting = [case.doctype.posts[key].ledger for key in keys]
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = case.catalog.ledgers[name]
            waiting += [post.ledger for post in found[name].posts.values()]
    return list(found.values())


def mirror(ledger: Ledger, row: Row, day: date) -> Entry:
    """The entry that takes back a stored one (as an answer to ``EntriesQuestion``), dated ``day``."""
    values = {name: row[name] for name in (*ledger.dimensions, *ledger.details)}
    line = row["line"]
    values |= {
        "company": row["company"],
        "date": day,
        "meant_for": day,
        "origin": row["origin"],
        "line": {"id": line} if isinstance(line, int) else line,
        "line_table": row["line_table"],
        "of_line": row["of_line"],
        "reverses": row["id"],
    }
    worth: dict[str, Decimal] = {}
    for name in ledger.measures:
        values[name], known = _turned(ledger, row, name)
        if known is not None:
            worth[name] = known
    return Entry(
        ledger, row["rule"], values, currency=row.get("currency"), worth=worth,
        line_table=row["line_table"], posting=row["posting"], given=True, is_whole=True,
    )  # fmt: skip


def _turned(ledger: Ledger, row: Row, name: str) -> tuple[Decimal, Decimal | None]:
    """(measure, its worth) the other way: a debit as a credit, every other measure as its negative."""
    source, sign = name, -1
    if ledger.double_entry is not None and name in ledger.double_entry:
        debit, credit = ledger.double_entry
        source, sign = (credit if name == debit else debit), 1
    known = row.get(f"{source}_worth")
    return sign * row[source], None if known is None else sign * known


def reversed_later(entries: Iterable[Entry]) -> list[Entry]:
    """The second set of what is to be reversed on a day: the same with the other sign, standing there."""
    return [_later(entry) for entry in entries if entry.reverse_on is not None]


def _later(entry: Entry) -> Entry:
    ledger = entry.ledger
    row = entry.values | {f"{name}_worth": worth for name, worth in entry.worth.items()}
    values = dict(entry.values)
    worth: dict[str, Decimal] = {}
    for name in ledger.measures:
        values[name], known = _turned(ledger, row, name)
        if known is not None:
            worth[name] = values[f"{name}_worth"] = known
    values["date"] = values["meant_for"] = entry.reverse_on
    return replace(
        entry, values=values, worth=worth, given=True, is_whole=True, cost_of=None, slices=[],
        reverse_on=None, corrects=None,
    )  # fmt: skip
