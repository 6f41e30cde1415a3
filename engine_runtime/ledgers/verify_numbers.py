"""Numbers without gaps: as many documents as the counters have counted, and no number twice.

The counters are the truth: a series whose text changes in mid-year (a branch gets another code) goes
on counting and has no gap. Where the counts differ, the numbers themselves tell which one is missing.

Numbers that tills give by themselves (``issued_by``) arrive in any order: one that is missing is outstanding, which is
no gap of the books.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.catalog.doctypes import Doctype, Numbering, Series
from engine.kernel.numbering import COUNTER
from engine.plan.spec import ColumnSpec, TableSpec
from engine_runtime.ledgers.verify_sums import Books, Difference
from engine_runtime.tables.asking import select
from engine_runtime.tables.identifiers import SERIES
from engine_runtime.tables.query import Condition, Not

_COUNTER = re.compile(r"(.*?)([0-9]+)([^0-9]*)")
"""A number: what stands before the counter, the counter, what stands after it."""

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Outstanding:
    """Numbers of one series that a till has passed over, and that have not arrived. ``spans``: (first, last)."""

    company: int
    doctype: str
    before: str
    after: str
    width: int
    spans: tuple[tuple[int, int], ...]

    @property
    def count(self) -> int:
        """How many they are."""
        return sum(last - first + 1 for first, last in self.spans)

    def __str__(self) -> str:
        shown = [self._span(*span) for span in self.spans[:MOST_SHOWN]]
        more = ", …" if len(self.spans) > MOST_SHOWN else ""
        series = f"series {self.before}…{self.after}"
        return (
            f"{self.doctype}, {series}: not yet arrived: {', '.join(shown)}{more} ({self.count})."
        )

    def _span(self, first: int, last: int) -> str:
        text = f"{first:0{self.width}d}"
        return text if first == last else f"{text} to {last:0{self.width}d}"


def check_numbers(books: Books) -> Iterator[Difference]:
    """Gaps and doubles in the numbers of every doctype that is numbered without gaps."""
    for doctype in books.live.catalog.doctypes.values():
        if doctype.number is not None and doctype.number.gapless and not doctype.abstract:
            numbers = _numbers(books, doctype)
            yield from _doubles(books, doctype, numbers)
            counted = _counted(books, doctype)
            if doctype.number.issued_by is not None:
                yield from _lost(books, doctype, numbers, counted)
            elif counted is None:
                yield from _series(books, doctype, numbers)
            elif counted != len(numbers):
                told = ("gap", books.company, doctype.label, "numbers taken", None)
                yield Difference(*told, counted, len(numbers))
                yield from _series(books, doctype, numbers)


def outstanding(books: Books) -> Iterator[Outstanding]:
    """The numbers that have not arrived, of every series that tills number by themselves as well."""
    for doctype in books.live.catalog.doctypes.values():
        numbering = doctype.number
        if numbering is not None and numbering.issued_by is not None and not doctype.abstract:
            numbers, counted = _numbers(books, doctype), _counted(books, doctype)
            # A text that changed on the way looks as if it began anew: the counters know better.
            if counted is None or counted > len(numbers):
                yield from _not_arrived(books, doctype, numbering, numbers)


def _not_arrived(
    books: Books, doctype: Doctype, numbering: Numbering, numbers: Sequence[str]
) -> Iterator[Outstanding]:
    forms = [_form(series) for series in numbering.series.values()]
    width = min(series.counter_width for series in numbering.series.values())
    taken: dict[tuple[str, str], list[int]] = defaultdict(list)
    for text in numbers:
        match = next((found for form in forms if (found := form.fullmatch(text))), None)
        if match is not None:
            taken[(match[1], match[3])].append(int(match[2]))
    for (before, after), counters in sorted(taken.items()):
        spans = tuple(_spans(counters))
        if spans:
            yield Outstanding(books.company, doctype.label, before, after, width, spans)


def _form(series: Series) -> re.Pattern[str]:
    """Where the counter stands in a number. What a digit may stand before is taken to be as wide as it says."""
    ahead = next(
        p.partition(COUNTER)[0] for p in series.text.parts if isinstance(p, str) and COUNTER in p
    )
    if ahead and not ahead[-1].isdigit():
        return _COUNTER
    return re.compile(rf"(.*)([0-9]{{{series.counter_width}}})([^0-9]*)")


def _spans(counters: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(first, last) of what is missing between 1 and the greatest of ``counters``."""
    before = 0
    for counter in sorted(set(counters)):
        if counter > before + 1:
            yield before + 1, counter - 1
        before = counter


def _lost(
    books: Books, doctype: Doctype, numbers: Sequence[str], counted: int | None
) -> Iterator[Difference]:
    """Numbers that were taken here and are not there: more than the tills have passed over."""
    assert doctype.number is not None
    if counted is None or counted == len(numbers):
        return
    waiting = sum(o.count for o in _not_arrived(books, doctype, doctype.number, numbers))
    if not 0 <= counted - len(numbers) <= waiting:
        told = ("gap", books.company, doctype.label, "numbers taken", None)
        yield Difference(*told, counted, len(numbers) + waiting)


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
