"""Movements: the entries of a valued ledger as facts that stand in one order, and how each finds its worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Protocol

from engine.kernel.entries import Entry
from engine.kernel.knowledge import Known

Key = tuple[str, str]
"""(ledger name, balance key of its valuation)."""

Position = tuple[Any, ...]
"""(moment, document, ordinals …): one total order of all movements. What corrects a receipt stands right behind it."""

How = Literal["given", "taken", "back", "derived", "adds", "rest"]
"""``given``: its worth was said · ``taken``: what is carried there leaves · ``back``: a share of what the row of
another document left with · ``derived``: worked out by its document from other movements of it · ``adds``: worth
without quantity, on the receipt ``target`` or on what is there · ``rest``: what is left where nothing is any more."""


@dataclass(slots=True, eq=False)
class Movement:
    """A live entry of a valued ledger, with all corrections of it.

    ``quantity``: signed, in the smallest unit. ``stands``: what the books say it is worth, likewise.
    """

    id: int
    key: Key
    position: Position
    document: int
    date: date
    quantity: int
    how: How
    stands: Known
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """Of what a movement ``back`` takes its share: the movements that left, and those that came back before it."""

    left: Sequence[Movement]
    earlier: Sequence[Movement]


def how_of(entry: Entry) -> How:
    """How an entry of a valued ledger, as its document makes it, finds its worth."""
    valuation = entry.ledger.valuation
    assert valuation is not None
    if entry.corrects is not None:
        return "adds"
    if entry.values.get("reverses") is not None:
        return "derived"
    if entry.cost_of is not None:
        return "back"
    moves = bool(entry.values[valuation.per])
    if valuation.of not in entry.said:
        return "taken" if moves else "rest"
    if not moves:
        # Worth that is said for no quantity is on what is there; what is left over says a quantity.
        return "rest" if entry.against is not None else "adds"
    return "derived" if entry.level else "given"


class History(Protocol):
    """The movements as they are to stand: with what is new, without what was taken back."""

    def method(self, key: Key) -> str:
        """How a key is valued: ``average``, ``fifo``, ``lifo``."""
        ...

    def movements(self, key: Key) -> Sequence[Movement]:
        """Those of a key by position."""
        ...

    def dependants(self, movement: Movement) -> Sequence[Movement]:
        """Those whose worth follows from this one's; all stand behind it."""
        ...

    def shared(self, movement: Movement) -> Shared:
        """What a movement ``back`` shares."""
        ...

    def derive(self, movement: Movement, known: Mapping[int, int]) -> int:
        """What a ``derived`` movement is worth where others of its document (by id) are worth ``known``."""
        ...

    def siblings(self, movement: Movement) -> Sequence[Movement]:
        """The movements of its document from which a ``derived`` one may follow."""
        ...
