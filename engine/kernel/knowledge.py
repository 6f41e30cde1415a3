"""What is carried, by the day from which it is known.

A landed cost or a bill of the 15th changes what goods cost that came on the 1st, but books of the 10th must go on
showing what was known on the 10th. So the worth of a movement is a step function of the day, and a key is carried
once per day from which something more is known: on each day the books then show what a replay of all that counts on
that day gives (REPOSTING, invariant 7).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date

from engine.kernel.valuation import Average, Fifo, Layer, Method

Known = tuple[tuple[date, int], ...]
"""(from this day on, the worth in the smallest unit), ascending; the first day is that of the movement."""


def known_at(known: Known, day: date) -> int:
    """What ``known`` says on ``day``; before its first day what it says first."""
    worth = known[0][1]
    for start, value in known:
        if start > day:
            break
        worth = value
    return worth


def stepped(steps: Iterable[tuple[date, int]]) -> Known:
    """``steps`` (ascending) without those that change nothing."""
    found: list[tuple[date, int]] = []
    for day, worth in steps:
        if not found or found[-1][1] != worth:
            found.append((day, worth))
    return tuple(found)


def by_day(known: Known) -> dict[date, int]:
    """What is to be entered on which day, so that on each day the sum is what is known there."""
    found, before = {}, 0
    for day, worth in known:
        found[day], before = worth - before, worth
    return found


@dataclass(slots=True)
class Carried:
    """A key as it is carried at one moment: ``states`` by the day from which they are known, ascending.

    The first is what is known now. All have the same quantities.
    """

    states: dict[date, Method]

    def reach(self, day: date) -> None:
        """The moment is on ``day``: what is known by then counts now."""
        days = list(self.states)
        for start, following in itertools.pairwise(days):
            if following <= day:
                del self.states[start]

    def foresee(self, days: Iterable[date]) -> None:
        """Carry the key apart from each of ``days`` on, which are later than the moment."""
        for day in sorted(set(days) - self.states.keys()):
            start = max((known for known in self.states if known < day), default=None)
            if start is not None:
                self.states[day] = _copied(self.states[start])
        self.states = dict(sorted(self.states.items()))

    def each(self, day: date, work: Callable[[date, Method], int]) -> Known:
        """What ``work`` gives for every state, by the day from which it counts; the first counts from ``day``."""
        return stepped(
            (max(start, day) if place else day, work(start, state))
            for place, (start, state) in enumerate(self.states.items())
        )

    @property
    def now(self) -> Method:
        """The state by what is known at the moment."""
        return next(iter(self.states.values()))

    @property
    def last(self) -> Method:
        """The state when all is known."""
        return list(self.states.values())[-1]


def _copied(state: Method) -> Method:
    if isinstance(state, Average):
        return Average(_layer(state.layer), state.sign)
    twin: Fifo = copy(state)
    twin.layers = [_layer(layer) for layer in state.layers]
    twin.closed = list(state.closed)
    twin.added, twin.touched = [], []
    return twin


def _layer(layer: Layer) -> Layer:
    return Layer(
        layer.quantity_in, layer.value_in, layer.quantity_out, layer.value_out, layer.id, layer.source
    )  # fmt: skip
