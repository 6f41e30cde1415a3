"""The shape of one row of the table of problem codes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """What a problem code means: ``example`` is a short source that earns it, comments included."""

    title: str
    explanation: str
    example: str
