"""A trading company of movements alone: papers, their place in time, and the books kept a second time, naively.

The second keeping shares no code with the kernel: for a day it goes through everything that counts on that day from
the beginning, with fractions (``tests/properties/replay.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from engine.kernel.knowledge import Known, known_at
from engine.kernel.movements import How, Key, Movement, Shared
from engine.kernel.repost import Reposted, repost
from engine.kernel.valuation import rounded
from tests.properties.replay import Bin, Lot, paise


class Impossible(Exception):
    """The naive books cannot follow: more leaves than there is, or worth goes below nothing."""


@dataclass(eq=False)
class Line:
    """One movement of a paper. ``share``: of what a paper makes; ``of``: the line that is brought back or corrected."""

    key: Key
    quantity: int
    how: How
    worth: int = 0
    share: int = 0
    of: Line | None = None
    movement: Movement | None = None

    @property
    def done(self) -> Movement:
        assert self.movement is not None
        return self.movement


@dataclass(eq=False)
class Paper:
    """A document on ``day``; ``charge``: what is added to the worth of what it makes."""

    day: date
    lines: list[Line]
    charge: int = 0
    number: int = 0
    live: bool = True


class World:
    """The papers that stand, as ``History`` tells them to the kernel; what is entered is kept or refused whole."""

    def __init__(self, methods: Mapping[str, str]) -> None:
        self.methods = methods
        self.papers: list[Paper] = []
        self.last = 0
        self.keys: dict[Key, list[Movement]] = {}
        self.of: dict[int, tuple[Paper, Line]] = {}

    # --- History ---

    def method(self, key: Key) -> str:
        return self.methods[key[1].split("|")[0]]

    def movements(self, key: Key) -> Sequence[Movement]:
        return sorted(self.keys.get(key, []), key=lambda movement: movement.position)

    def dependants(self, movement: Movement) -> Sequence[Movement]:
        paper, line = self.of[movement.id]
        found = [own for own in self._made(paper) if movement in self.siblings(own)]
        origin = line.of if line.how == "back" else line
        later = [own for own in self._backs(origin) if own.position > movement.position]
        return found + (later if line.how in ("taken", "back") else [])

    def shared(self, movement: Movement) -> Shared:
        origin = self.of[movement.id][1].of
        assert origin is not None
        earlier = [own for own in self._backs(origin) if own.position < movement.position]
        return Shared([origin.done], earlier)

    def siblings(self, movement: Movement) -> Sequence[Movement]:
        paper, line = self.of[movement.id]
        if line.of is not None:
            return [line.of.done]
        return [own.done for own in paper.lines if own.how == "taken"]

    def derive(self, movement: Movement, known: Mapping[int, int]) -> int:
        paper, line = self.of[movement.id]
        if line.of is not None:
            return -known[line.of.done.id]
        made = [own for own in paper.lines if own.how == "derived"]
        total, whole = paper.charge - sum(known.values()), sum(own.share for own in made)
        before = sum(own.share for own in made[: made.index(line)])
        return rounded(total * (before + line.share), whole) - rounded(total * before, whole)

    def _made(self, paper: Paper) -> list[Movement]:
        return [own.done for own in paper.lines if own.how == "derived"]

    def _backs(self, origin: Line | None) -> list[Movement]:
        lines = (own for paper in self.papers if paper.live for own in paper.lines)
        found = [own.done for own in lines if own.how == "back" and own.of is origin]
        return sorted(found, key=lambda movement: movement.position)

    # --- what people do ---

    def enter(self, paper: Paper) -> Reposted | None:
        """Enter a paper at the end of its day; None, and nothing is kept, where that is impossible."""
        paper.number = len(self.papers) + 1
        self.papers.append(paper)
        own = [self._movement(paper, place, line) for place, line in enumerate(paper.lines)]
        done = repost(self, [(m.position, m.key) for m in own], self._stale(own))
        return self._keep(done, paper)

    def cancel(self, paper: Paper) -> Reposted | None:
        """Take a paper out; None, and it stands, where that is impossible or others refer to it."""
        if any(line.of in paper.lines for other in self._others(paper) for line in other.lines):
            return None
        own = [line.done for line in paper.lines]
        stale = [other for m in own for other in self.dependants(m) if other not in own]
        paper.live = False
        self._take_out(own)
        done = repost(self, [(m.position, m.key) for m in own], stale)
        if done.troubles:
            paper.live = True
            for movement in own:
                self.keys[movement.key].append(movement)
            return None
        self._note(done)
        return done

    def _others(self, paper: Paper) -> Iterator[Paper]:
        return (other for other in self.papers if other.live and other is not paper)

    def _movement(self, paper: Paper, place: int, line: Line) -> Movement:
        self.last += 1
        level = {"taken": 0, "given": 1, "back": 1, "adds": 1, "derived": 2}[line.how]
        position = (paper.day, paper.number, level, place)
        day, stands, target = paper.day, ((paper.day, line.worth),), None
        if line.how == "adds":
            assert line.of is not None
            target, day = line.of.done.id, line.of.done.date
            position = (*line.of.done.position, paper.number, place)
            stands = ((paper.day, line.worth),) if paper.day <= day else ((day, 0), *stands)
        elif line.how != "given":
            stands = ()
        line.movement = Movement(
            self.last,
            line.key,
            position,
            paper.number,
            day,
            line.quantity,
            line.how,
            stands,
            target,
        )
        self.of[self.last] = paper, line
        self.keys.setdefault(line.key, []).append(line.movement)
        return line.movement

    def _stale(self, own: Iterable[Movement]) -> list[Movement]:
        found = []
        for movement in own:
            if movement.how in ("derived", "back"):
                found.append(movement)
            if movement.how == "back":
                found += [o for o in self.dependants(movement) if o.how == "back"]
        return found

    def _keep(self, done: Reposted, paper: Paper) -> Reposted | None:
        if done.troubles:
            self.papers.remove(paper)
            self._take_out([line.done for line in paper.lines])
            return None
        self._note(done)
        return done

    def _take_out(self, own: Iterable[Movement]) -> None:
        for movement in own:
            self.keys[movement.key].remove(movement)

    def _note(self, done: Reposted) -> None:
        for movement in done.changed:
            movement.stands = done.worth[movement.id]

    # --- the naive books ---

    def days(self) -> list[date]:
        return sorted({paper.day for paper in self.papers if paper.live})

    def naive(self, day: date) -> dict[int, Fraction]:
        """What everything that counts on ``day`` is worth, movement by movement, gone through from the beginning."""
        bins: dict[Key, Bin] = {}
        worth: dict[int, Fraction] = {}
        for paper, line in self._in_order(day):
            found = bins.setdefault(line.key, _bin(self.method(line.key)))
            worth[line.done.id] = self._naively(found, paper, line, worth)
        return worth

    def _in_order(self, day: date) -> list[tuple[Paper, Line]]:
        found = [
            (paper, line)
            for paper in self.papers
            if paper.live and paper.day <= day
            for line in paper.lines
            if line.done.date <= day
        ]
        return sorted(found, key=lambda pair: pair[1].done.position)

    def _naively(
        self, found: Bin, paper: Paper, line: Line, worth: dict[int, Fraction]
    ) -> Fraction:
        quantity = Fraction(line.quantity)
        if line.how == "taken":
            if -quantity > found.quantity():
                raise Impossible
            return -sum((cost for _, _, cost in found.issue(-quantity)), Fraction(0))
        if line.how == "adds":
            lot = found.lots[-1]
            lot.cost += Fraction(line.worth, 100)
            if lot.cost < 0:
                raise Impossible
            return Fraction(line.worth, 100)
        value = self._brought(paper, line, worth)
        if value < 0:
            raise Impossible
        found.receive(quantity, value)
        return value

    def _brought(self, paper: Paper, line: Line, worth: dict[int, Fraction]) -> Fraction:
        if line.how == "given":
            return Fraction(line.worth, 100)
        if line.how == "derived" and line.of is not None:
            return -worth[line.of.done.id]
        if line.how == "derived":
            taken = [own for own in paper.lines if own.how == "taken"]
            total = Fraction(paper.charge, 100) - sum(worth[own.done.id] for own in taken)
            made = [own for own in paper.lines if own.how == "derived"]
            before = sum(own.share for own in made[: made.index(line)])
            whole = sum(own.share for own in made)
            return paise(total * (before + line.share) / whole) - paise(total * before / whole)
        assert line.of is not None
        if line.of.done.id not in worth:
            raise Impossible
        back = [o for o in self._backs(line.of) if o.id in worth and o is not line.done]
        left, done = -worth[line.of.done.id], sum(Fraction(own.quantity) for own in back)
        upto = paise(left * (done + line.quantity) / -line.of.quantity)
        return max(upto - sum(worth[own.id] for own in back), Fraction(0))


class LastFirst(Bin):
    """Last in, first out."""

    def issue(self, quantity: Fraction) -> list[tuple[Lot, Fraction, Fraction]]:
        self.lots.reverse()
        pieces = super().issue(quantity)
        self.lots.reverse()
        return pieces


def _bin(method: str) -> Bin:
    return LastFirst(method) if method == "lifo" else Bin(method)


def entered(known: Known, day: date) -> Fraction:
    """What the books show on ``day`` of a movement, in rupees."""
    return Fraction(known_at(known, day), 100)
