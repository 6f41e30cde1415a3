"""How documents come out of others, as resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.expr.program import Expr


@dataclass(frozen=True, slots=True)
class MakeFrom:
    """How this doctype is made out of a document of ``source``; ``each`` is a child table of the source."""

    source: str
    each: str | None
    into: str | None
    quantity: Expr | None
    set: Mapping[str, Expr]
    """For rows (frame: this = source document, row = source row), or for the head when ``each`` is None."""
    copy: tuple[str, ...]
