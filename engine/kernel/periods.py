"""Cutting a stretch of days into days, weeks, months, quarters or years."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from engine.expr.library import add_months, fiscal_year, quarter

MOST_PERIODS = 4_000
"""More than ten years of days; beyond it somebody mistyped a year."""
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_LAST_YEAR = 9000


class SourceRefused(ValueError):
    """A source has more rows than anybody can mean; the text says which, and what to look at."""


def cut(start: date, end: date, step: str, first_month: int) -> list[dict[str, Any]]:
    """The periods from ``start`` to ``end``, both included; the first and the last may be shorter.

    Weeks begin on Monday; quarters and years are those of the fiscal
    year, which begins with ``first_month``. None where ``end`` is
    before ``start``. Raises SourceRefused for more than ``MOST_PERIODS``.
    """
    found: list[dict[str, Any]] = []
    begin = start
    while start <= end:
        if len(found) == MOST_PERIODS or end.year > _LAST_YEAR:
            raise SourceRefused(
                f"From {begin:%d-%m-%Y} to {end:%d-%m-%Y} there are more than {MOST_PERIODS:,} {step}s: "
                "look at the years."
            )
        last = min(_last(start, step, first_month), end)
        found.append(
            {"start": start, "end": last, "days": (last - start).days + 1, "label": _label(start, step, first_month)}
        )  # fmt: skip
        start = last + timedelta(days=1)
    return found


def _last(day: date, step: str, first_month: int) -> date:
    """The last day of the period that ``day`` lies in."""
    if step == "day":
        return day
    if step == "week":
        return day + timedelta(days=6 - day.weekday())
    months = _MONTHS[step]
    # Months since the year began, cut down to the first of the period.
    since = (day.month - first_month) % 12 % months
    first = day.replace(day=1)
    after = add_months(first, months - since)
    assert after is not None  # no year beyond _LAST_YEAR
    return after - timedelta(days=1)


def _label(day: date, step: str, first_month: int) -> str:
    if step in ("day", "week"):
        return f"{day:%d-%m-%Y}"
    if step == "month":
        return f"{day:%b %Y}"
    year = fiscal_year(day, first_month)
    label = year.label if year is not None else ""
    return label if step == "year" else f"Q{quarter(day, first_month)} {label}"
