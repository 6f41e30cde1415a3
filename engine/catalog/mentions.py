"""One place where something that is declared is used."""

from __future__ import annotations

from dataclasses import dataclass

from engine.problems.problem import Span


@dataclass(frozen=True, slots=True)
class Use:
    """``owner`` (a construct) uses the thing at ``place`` (keys, by dots), in the expression ``text`` if it is one."""

    owner: str
    place: str
    text: str
    span: Span | None


Mention = tuple[str, Use]
"""(what is used, written as people name it: ``Sales Invoice.items.rate``; where its name stands)."""
