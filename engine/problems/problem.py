"""A problem is a value: what is wrong, where, and the way out. Nothing in ``engine`` raises for bad metadata."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a source file; lines and columns count from 1, ``end_column`` is exclusive."""

    file: str
    line: int
    column: int
    end_column: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in metadata. ``code`` is a key of ``engine.problems.codes.CODES``."""

    code: str
    message: str
    span: Span | None
    hint: str = ""
    severity: str = "error"
    also: tuple[Span, ...] = ()
    """Further places of the same mistake: where else the name stands that nobody declares."""
