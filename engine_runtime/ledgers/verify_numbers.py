"""Numbers without gaps: as many documents as the counters have counted, and no number twice.

The counters are the truth: a series whose text changes in mid-year (a branch gets another code) goes
on counting and has no gap. Where the counts differ, the numbers themselves tell which one is missing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from engine.catalog.doctypes import Doctype
from engine.plan.spec import ColumnSpec, TableSpec
from engine_runtime.ledgers.verify_sums import Books, Difference
from engine_runtime.tables.asking import select
from engine_runtime.tables.identifiers import SERIES
from engine_runtime.tables.query import Condition, Not

_COUNTER = re.compile(r"(.*?)([0-9]+)([^0-9]*)")
"""A number: what stands before the counter, the counter, what stands after it."""

MOST_SHOWN = 20


def check_numbers(books: Books) -> Iterator[Difference]:
    """Gaps and doubles in the numbers of every doctype that is numbered without gaps."""
    for doctype in books.live.catalog.doctypes.values():
        if doctype.number is not None and doctype.number.gapless and not doctype.abstract:
            numbers = _numbers(books, doctype)
            yield from _doubles(books, doctype, numbers)
            counted = _counted(books, doctype)
            if counted is None:
                yield from _series(books, doctype, numbers)
            elif counted != len(numbers):
                told = ("gap", books.company, doctype.label, "numbers taken", None)
                yield Difference(*told, counted, len(numbers))
                yield from _series(books, doctype, numbers)


def _counted(books: Books, doctype: Doctype) -> int | None:
    """How many numbers the counters of the company have given; None where they count over companies."""
    assert doctype.number is not None
    by = doctype.number.by
    if not by or by[0].source != "company":
        return None
    counters = TableSpec(SERIES, (ColumnSpec("key", "text"), ColumnSpec("last", "integer")))
    where = [Condition("key", "starts", f"{doctype.key}|")]
    rows = books.gateway.fetch(select(books.gateway, counters, ("key", "last"), where=where))
    mine = str(books.company)
    return sum(last for key, last in rows if key.split("|")[2:3] == [mine])


def _doubles(books: Books, doctype: Doctype, numbers: list[str]) -> Iterator[Difference]:
    for name, times in Counter(numbers).items():
        if times > 1:
            yield Difference("twice", books.company, doctype.label, name, None, 1, times)


def _series(books: Books, doctype: Doctype, numbers: list[str]) -> Iterator[Difference]:
    counters: dict[tuple[str, str], list[int]] = defaultdict(list)
    for text in numbers:
        match = _COUNTER.fullmatch(text)
        if match is not None:
            counters[(match[1], match[3])].append(int(match[2]))
    for (before, after), taken in sorted(counters.items()):
        yield from _gaps(books, doctype, before, after, taken)


def _gaps(
    books: Books, doctype: Doctype, before: str, after: str, taken: list[int]
) -> Iterator[Difference]:
    last = max(taken)
    missing = sorted(set(range(1, last + 1)) - set(taken))
    for number in missing[:MOST_SHOWN]:
        series = f"series {before}…{after}"
        yield Difference("gap", books.company, doctype.label, series, None, number, "nothing")


def _numbers(books: Books, doctype: Doctype) -> list[str]:
    table = books.live.tables[doctype.head.name]
    where = [Not(Condition("number", "is_null", True))]
    if doctype.company == "required":
        where.append(Condition("company_id", "=", books.company))  # type: ignore[arg-type]
    query = select(books.gateway, table, ("number",), where=where)
    return [row[0] for row in books.gateway.fetch_many([query])[0]]
