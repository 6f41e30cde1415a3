"""What a country says of the calendar, the clock, large numbers and digits; the language itself knows none."""

from __future__ import annotations

from dataclasses import dataclass

MILLIONS = "1000000000000 Trillion,1000000000 Billion,1000000 Million"
"""Words for large numbers as ``amount_in_words`` takes them: from the largest, each with what it stands for."""


@dataclass(frozen=True, slots=True)
class Country:
    """What the packs of a project say; without any the calendar year, UTC, millions and groups of three digits."""

    first_month: int = 1
    """Of the fiscal year, 1 to 12."""
    time_zone: str = "UTC"
    """By its IANA name: where `today` is."""
    large_numbers: str = MILLIONS
    digit_groups: str = "3"
    """How many digits of a number stand together, from the right, parted by commas; the last goes on. ``""``: all."""
