"""Which series numbers a document, and what its number looks like around the counter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.catalog.doctypes import Doctype, Numbering
from engine.expr.library import fiscal_year
from engine.kernel.rows import Facts, Row

COUNTER = "\x00"
MOST_DIGITS = 15
"""Of a counter that comes along with a number; the column of counters holds it with room to spare."""


@dataclass(frozen=True, slots=True)
class NumberPlan:
    """``series``: the key of the counter. The number is prefix + counter zero-padded to ``width`` + suffix."""

    series: str
    prefix: str
    width: int
    suffix: str
    max_length: int

    def text(self, counter: int) -> str:
        """The number with ``counter`` in it."""
        return f"{self.prefix}{counter:0{self.width}d}{self.suffix}"

    def counter(self, number: str) -> int | None:
        """The counter in ``number``; None where it is no number of this series."""
        if not number.startswith(self.prefix) or not number.endswith(self.suffix):
            return None
        digits = number[len(self.prefix) : len(number) - len(self.suffix)]
        if not digits.isascii() or not digits.isdecimal() or len(digits) > MOST_DIGITS:
            return None
        counter = int(digits)
        return counter if counter > 0 and self.text(counter) == number else None


def plan_number(doctype: Doctype, document: Row, facts: Facts) -> NumberPlan | None:
    """The series that numbers ``document``: the first that applies; None without numbering or series."""
    numbering = doctype.number
    if numbering is None:
        return None
    frame: dict[str, Any] = {"this": document, "facts": facts, "counter": COUNTER}
    for series in numbering.series.values():
        if series.when is None or series.when.run(frame) is True:
            prefix, _, suffix = series.text.run(frame).partition(COUNTER)
            scope = _scope(doctype, numbering, document, frame)
            return NumberPlan(
                f"{doctype.key}|{series.key}|{scope}",
                prefix,
                series.counter_width,
                suffix,
                numbering.max_length,
            )
    return None


def plan_name(doctype: Doctype, document: Row, facts: Facts) -> NumberPlan | None:
    """The series that gives a record its business key; None where a person gives it."""
    series = doctype.name_series
    if series is None or doctype.name_by is None:
        return None
    frame: dict[str, Any] = {"this": document, "facts": facts, "counter": COUNTER}
    prefix, _, suffix = series.text.run(frame).partition(COUNTER)
    company = document.get("company")
    longest = doctype.fields[doctype.name_by].length
    key = f"{doctype.key}|name|{company or ''}|{prefix}|{suffix}"
    return NumberPlan(key, prefix, series.counter_width, suffix, longest)


def _scope(doctype: Doctype, numbering: Numbering, document: Row, frame: dict[str, Any]) -> str:
    parts = [str(expr.run(frame)) for expr in numbering.by]
    if numbering.reset == "fiscal_year" and doctype.date is not None:
        year = fiscal_year(document[doctype.date], numbering.first_month)
        parts.append(year.label if year is not None else "")
    return "|".join(parts)
