"""A mistake in an expression, with its place in the text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at ``start`` (characters from 0); ``end`` is exclusive."""

    code: str
    message: str
    start: int = 0
    end: int = 0
    hint: str = ""
    missing: str = ""
    """The name that nobody declares, where that is the mistake."""
