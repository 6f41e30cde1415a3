"""The order of a calculation: formulas as soon as what they read is known, steps as written.

A circle is refused with its path, and so is a step that reads what a later one writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.catalog.calculation import Step
from engine.compiler.steps import Calculation, Work
from engine.problems.problem import Problem
from engine.problems.render import way_text


def order_steps(work: Calculation) -> tuple[tuple[Step, ...], list[Problem]]:
    """All formulas and steps in an order in which each finds what it reads."""
    sorter = _Sorter(work)
    for step in work.steps:
        sorter.step(step)
    for formula in work.formulas:
        sorter.formula(formula)
    return tuple(w.step for w in sorter.order), sorter.problems


class _Sorter:
    def __init__(self, work: Calculation) -> None:
        self.order: list[Work] = []
        self.problems: list[Problem] = []
        self._writer = {place: w for w in (*work.formulas, *work.steps) for place in w.writes}
        self._steps = {id(w) for w in work.steps}
        self._done: set[int] = set()
        self._refused: set[int] = set()

    def step(self, work: Work) -> None:
        """Put a step, and before it the formulas it reads, into the order."""
        self._visit(self._below(work), [work])
        if id(work) not in self._done:
            self._done.add(id(work))
            self.order.append(work)

    def formula(self, work: Work) -> None:
        """Put a formula, and before it those it reads, into the order."""
        self._visit(iter((work,)), [])

    def _visit(self, wanted: Iterator[Work], way: list[Work]) -> None:
        """Put all that is ``wanted`` into the order, what it reads first; ``way``: who asks for it.

        A loop, not a recursion: thousands of formulas may build on each other.
        """
        asked = [wanted]
        on_way = {id(work) for work in way}
        while asked:
            work = next(asked[-1], None)
            if work is None:
                asked.pop()
                if asked:
                    on_way.discard(id(way[-1]))
                    self._take(way.pop())
            elif id(work) in self._done or id(work) in self._refused:
                continue
            elif id(work) in on_way:
                ids = [id(each) for each in way]
                self._circle(way[ids.index(id(work)) :])
            elif id(work) in self._steps:
                # A step that is not done yet: the one that asks is before it.
                self._too_early(way, work)
            else:
                way.append(work)
                on_way.add(id(work))
                asked.append(self._below(work))

    def _take(self, work: Work) -> None:
        if id(work) not in self._done and id(work) not in self._refused:
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

    def _circle(self, works: Sequence[Work]) -> None:
        for work in works:
            self._refused.add(id(work))
        path = way_text([w.key for w in (*works, works[0])])
        self.problems.append(
            Problem("E402", f"This goes in a circle: {path}.", works[0].span,
                    "What feeds back on itself is several fields: one before, one after.")
        )  # fmt: skip

    def _too_early(self, way: Sequence[Work], later: Work) -> None:
        asking = way[0]
        if id(asking) not in self._steps:
            return
        path = way_text([w.key for w in (*way, later)])
        for work in way[1:]:
            self._refused.add(id(work))
        self.problems.append(
            Problem("E403", f"{_capital(asking.key)} reads what a later one writes: {path}.", asking.span,
                    "Move the later step before it.")
        )  # fmt: skip


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
