"""Numbers without gaps: in every gapless series 1, 2, 3 … up to the last, each once."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from engine.catalog.types import Doctype
from engine_runtime.ledgers.verify_sums import Books, Difference
from engine_runtime.tables.asking import select
from engine_runtime.tables.query import Condition, Not

_COUNTER = re.compile(r"(.*?)([0-9]+)([^0-9]*)")
"""A number: what stands before the counter, the counter, what stands after it."""

MOST_SHOWN = 20


def check_numbers(books: Books) -> Iterator[Difference]:
    """Gaps and doubles in the numbers of every doctype that is numbered without gaps."""
    for doctype in books.live.catalog.doctypes.values():
        if doctype.number is not None and doctype.number.gapless and not doctype.abstract:
            yield from _series(books, doctype)


def _series(books: Books, doctype: Doctype) -> Iterator[Difference]:
    counters: dict[tuple[str, str], list[int]] = defaultdict(list)
    for text in _numbers(books, doctype):
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
    for number, times in Counter(taken).items():
        if times > 1:
            name = f"{before}{number}{after}"
            yield Difference("twice", books.company, doctype.label, name, None, 1, times)


def _numbers(books: Books, doctype: Doctype) -> list[str]:
    table = books.live.tables[doctype.head.name]
    where = [Not(Condition("number", "is_null", True))]
    if doctype.company == "required":
        where.append(Condition("company_id", "=", books.company))  # type: ignore[arg-type]
    query = select(books.gateway, table, ("number",), where=where)
    return [row[0] for row in books.gateway.fetch_many([query])[0]]
