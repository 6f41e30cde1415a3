"""When schedules are due."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from engine.catalog.flow import Every
from engine.kernel.schedules import MOST_DUE, due
from tests.language.programs import compile_text, good

INDIA = ZoneInfo("Asia/Kolkata")


def at(text: str) -> datetime:
    """A time in India."""
    return datetime.fromisoformat(text).replace(tzinfo=INDIA)


DAILY = Every("day", hour=2)
MONTH_END = Every("month", day=31, hour=6)


@pytest.mark.parametrize(
    ("every", "after", "until", "expected"),
    [
        (DAILY, "2026-05-04 02:00", "2026-05-05 01:59", []),
        (DAILY, "2026-05-04 02:00", "2026-05-05 02:00", ["2026-05-05 02:00"]),
        (DAILY, "2026-05-01 09:00", "2026-05-03 09:00", ["2026-05-02 02:00", "2026-05-03 02:00"]),
        (
            MONTH_END,
            "2026-01-31 06:00",
            "2026-04-30 23:00",
            ["2026-02-28 06:00", "2026-03-31 06:00", "2026-04-30 06:00"],
        ),
        (Every("minute", 15), "2026-05-04 09:00", "2026-05-04 12:50", ["2026-05-04 12:45"]),
        (Every("minute", 15), "2026-05-04 12:45", "2026-05-04 12:50", []),
        (Every("hour", 6), "2026-05-03 23:00", "2026-05-04 05:00", ["2026-05-04 00:00"]),
    ],
)
def test_due(every: Every, after: str, until: str, expected: list[str]) -> None:
    assert due(every, at(after), at(until), INDIA) == [at(text) for text in expected]


def test_the_zone_of_the_question_does_not_matter() -> None:
    until = datetime(2026, 5, 4, 20, 30, tzinfo=UTC)  # 02:00 of the 5th in India
    assert due(DAILY, at("2026-05-04 02:00"), until, INDIA) == [until]


def test_a_long_pause_is_made_up_for_within_bounds() -> None:
    found = due(DAILY, at("2020-01-01 00:00"), at("2026-05-04 03:00"), INDIA)
    assert len(found) == MOST_DUE
    assert found[-1] == at("2026-05-04 02:00")


def test_what_a_schedule_says() -> None:
    catalog = compile_text(good("subscriptions")).catalog
    assert catalog is not None
    bill, remind = catalog.schedules.values()
    assert (bill.every, bill.subject) == (DAILY, "Subscription")
    assert [effect.key for effect in bill.do] == ["bill", "next"]
    assert (remind.every, remind.subject, remind.each) == (MONTH_END, None, None)
    assert bill.facts.columns["Plan"][0] == "months"
