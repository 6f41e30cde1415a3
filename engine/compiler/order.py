"""The order of a calculation: formulas as soon as what they read is known, steps as written.

A circle is refused with its path, and so is a step that reads what a later one writes.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.catalog.calculation import Step
from engine.compiler.steps import Calculation, Work
from engine.problems.problem import Problem


def order_steps(work: Calculation) -> tuple[tuple[Step, ...], list[Problem]]:
    """All formulas and steps in an order in which each finds what it reads."""
    sorter = _Sorter(work)
    for position, step in enumerate(work.steps):
        sorter.step(step, position)
    for formula in work.formulas:
        sorter.visit(formula, (), len(work.steps))
    return tuple(w.step for w in sorter.order), sorter.problems


class _Sorter:
    def __init__(self, work: Calculation) -> None:
        self.order: list[Work] = []
        self.problems: list[Problem] = []
        self._writer = {place: w for w in (*work.formulas, *work.steps) for place in w.writes}
        self._position = {id(w): i for i, w in enumerate(work.steps)}
        self._done: set[int] = set()
        self._refused: set[int] = set()

    def step(self, work: Work, position: int) -> None:
        """Put a step, and before it the formulas it reads, into the order."""
        for below in self._below(work):
            self.visit(below, (work,), position)
        if id(work) not in self._done:
            self._done.add(id(work))
            self.order.append(work)

    def visit(self, work: Work, above: tuple[Work, ...], position: int) -> None:
        """Put ``work`` into the order, all that it reads first. ``position``: of the step that asks."""
        if id(work) in self._done or id(work) in self._refused:
            return
        if work in above:
            self._circle(above[above.index(work) :])
            return
        at = self._position.get(id(work))
        if at is not None:
            # A step that is not done yet: the one that asks is before it.
            self._too_early(above, work)
            return
        for below in self._below(work):
            self.visit(below, (*above, work), position)
        if id(work) not in self._refused and id(work) not in self._done:
            self._done.add(id(work))
            self.order.append(work)

    def _below(self, work: Work) -> Iterator[Work]:
        """What writes what ``work`` reads, in a stable order."""
        seen: set[int] = set()
        for place in sorted(work.reads):
            writer = self._writer.get(place)
            if writer is not None and id(writer) not in seen:
                seen.add(id(writer))
                # A step may read a field that it writes itself only as it was typed: that is a circle too.
                yield writer

    def _circle(self, works: tuple[Work, ...]) -> None:
        for work in works:
            self._refused.add(id(work))
        path = " → ".join(w.key for w in (*works, works[0]))
        self.problems.append(
            Problem("E402", f"This goes in a circle: {path}.", works[0].span,
                    "What feeds back on itself is several fields: one before, one after.")
        )  # fmt: skip

    def _too_early(self, above: tuple[Work, ...], later: Work) -> None:
        asking = above[0]
        if self._position.get(id(asking)) is None:
            return
        path = " → ".join(w.key for w in (*above, later))
        for work in above[1:]:
            self._refused.add(id(work))
        self.problems.append(
            Problem("E403", f"{_capital(asking.key)} reads what a later one writes: {path}.", asking.span,
                    "Move the later step before it.")
        )  # fmt: skip


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
