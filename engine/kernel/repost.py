"""Reposting: what movements are worth after the past has changed (REPOSTING, section 6).

From the positions at which something new stands, or something no longer stands, every key is carried on to its end;
what becomes worth something else wakes the keys of those who follow from it. All that a movement depends on stands
before it, so one pass in order is enough. Nothing is written here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from heapq import heappop, heappush

from engine.kernel.knowledge import Carried, Known, known_at, stepped
from engine.kernel.movements import History, Key, Movement, Position
from engine.kernel.valuation import (
    LAYERED,
    Average,
    Layer,
    Method,
    NotApart,
    NotCovered,
    Slice,
    WorthBelowNothing,
    rounded,
)

Wake = tuple[Position, Key]

CARRIED = ("taken", "rest")
"""What is carried decides what these are worth."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the past cannot be changed so.

    ``short``: ``missing`` quantity; ``order``: what it follows from would stand later; ``worth``: below nothing;
    ``apart``: worth on all that is there would lie on layers of which something has left.
    """

    kind: str
    movement: Movement
    missing: int = 0


@dataclass(slots=True)
class Reposted:
    """What movements are worth now.

    ``worth``: movement id → what is known of it when, of those that differ from what stands (``changed``).
    ``slices``: what every movement of the keys took of layers. ``states``: keys as they are carried at the end.
    """

    worth: dict[int, Known] = field(default_factory=dict)
    changed: list[Movement] = field(default_factory=list)
    slices: dict[int, list[Slice]] = field(default_factory=dict)
    states: dict[Key, Method] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)


@dataclass(slots=True)
class _Cursor:
    movements: Sequence[Movement]
    place: int
    carried: Carried


def repost(history: History, wakes: Iterable[Wake], stale: Iterable[Movement] = ()) -> Reposted:
    """Carry the keys of ``wakes`` on from there; ``stale``: movements whose worth has to be worked out anew.

    A key that finds trouble stops there; the others go on, so that all troubles are told.
    """
    work = _Work(history)
    for movement in stale:
        work.make_stale(movement)
    for wake in wakes:
        work.wake(wake)
    work.run()
    return work.found


def carried_before(movements: Sequence[Movement], method: str, position: Position) -> Carried:
    """A key as it is carried before ``position``, by what stands."""
    return _stood(movements[: _place(movements, position)], method)


def _place(movements: Sequence[Movement], position: Position) -> int:
    return bisect_left(movements, position, key=lambda movement: movement.position)


def _stood(
    movements: Iterable[Movement], method: str, slices: dict[int, list[Slice]] | None = None
) -> Carried:
    carried = Carried({date.min: new_state(method)})
    for movement in movements:
        carried.reach(movement.date)
        carried.foresee(day for day, _ in movement.stands[1:])
        said = None if movement.how in CARRIED else movement.stands
        _, pieces = _move(carried, movement, said)
        if slices is not None:
            slices[movement.id] = pieces
    return carried


def new_state(method: str) -> Method:
    """Nothing, valued by ``method``."""
    return LAYERED[method]([]) if method in LAYERED else Average(Layer(0, 0))


class _Work:
    """One pass."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.found = Reposted()
        self.cursors: dict[Key, _Cursor] = {}
        self.heap: list[Wake] = []
        self.stale: set[int] = set()
        self.stopped: set[Key] = set()

    def wake(self, wake: Wake) -> None:
        """Go through the key from the position on; one that is gone through already comes there by itself."""
        if wake[1] not in self.cursors:
            heappush(self.heap, wake)

    def make_stale(self, movement: Movement) -> None:
        """Work out what ``movement`` is worth when its turn comes."""
        self.stale.add(movement.id)
        self.wake((movement.position, movement.key))

    def run(self) -> None:
        while self.heap:
            position, key = heappop(self.heap)
            if key in self.stopped:
                continue
            cursor = self.cursors.get(key) or self._begin(key, position)
            self._advance(key, cursor)
        for key, cursor in self.cursors.items():
            cursor.carried.reach(date.max)
            self.found.states[key] = cursor.carried.last

    def _begin(self, key: Key, position: Position) -> _Cursor:
        movements = self.history.movements(key)
        place = _place(movements, position)
        before = _stood(movements[:place], self.history.method(key), self.found.slices)
        cursor = _Cursor(movements, place, before)
        self.cursors[key] = cursor
        return cursor

    def _advance(self, key: Key, cursor: _Cursor) -> None:
        """Go on in the key for as long as its next movement is the first of all."""
        while cursor.place < len(cursor.movements):
            movement = cursor.movements[cursor.place]
            if self.heap and (movement.position, key) > self.heap[0]:
                heappush(self.heap, (movement.position, key))
                return
            cursor.place += 1
            if not self._step(cursor.carried, movement):
                self.stopped.add(key)
                return

    def _step(self, carried: Carried, movement: Movement) -> bool:
        carried.reach(movement.date)
        said = self._said(movement)
        if said == ():
            # It follows from something that was found in trouble already.
            return False
        if said is not None:
            carried.foresee(day for day, _ in said[1:])
        try:
            worth, slices = _move(carried, movement, said)
        except NotCovered as short:
            return self._trouble("short", movement, short.missing)
        except NotApart:
            return self._trouble("apart", movement)
        except WorthBelowNothing:
            return self._trouble("worth", movement)
        self.found.slices[movement.id] = slices
        if worth != movement.stands:
            self._change(movement, worth)
        return True

    def _trouble(self, kind: str, movement: Movement, missing: int = 0) -> bool:
        self.found.troubles.append(Trouble(kind, movement, missing))
        return False

    def _change(self, movement: Movement, worth: Known) -> None:
        self.found.worth[movement.id] = worth
        self.found.changed.append(movement)
        for other in self.history.dependants(movement):
            if other.position <= movement.position:
                self._trouble("order", other)
                continue
            self.make_stale(other)

    # --- what a movement says it is worth ---

    def _now(self, movement: Movement) -> Known:
        return self.found.worth.get(movement.id, movement.stands)

    def _said(self, movement: Movement) -> Known | None:
        """None: what is carried decides."""
        if movement.how in CARRIED:
            return None
        if movement.id not in self.stale:
            return movement.stands
        if movement.how == "derived":
            return self._derived(movement)
        return self._back(movement)

    def _derived(self, movement: Movement) -> Known:
        others = {other.id: self._now(other) for other in self.history.siblings(movement)}
        if not all(others.values()):
            return ()
        return _over_time(
            movement.date,
            others.values(),
            lambda day: self.history.derive(
                movement, {number: known_at(known, day) for number, known in others.items()}
            ),
        )

    def _back(self, movement: Movement) -> Known:
        shared = self.history.shared(movement)
        whole = -sum(other.quantity for other in shared.left)
        done = sum(other.quantity for other in shared.earlier)
        left = [self._now(other) for other in shared.left]
        back = [self._now(other) for other in shared.earlier]
        if not all((*left, *back)):
            return ()

        def at(day: date) -> int:
            worth = -sum(known_at(known, day) for known in left)
            given = sum(known_at(known, day) for known in back)
            return max(rounded(worth * (done + movement.quantity), whole) - given, 0)

        return _over_time(movement.date, [*left, *back], at)


def _over_time(first: date, knowns: Iterable[Known], at: Callable[[date], int]) -> Known:
    """What ``at`` gives from ``first`` on, on every day on which something more is known of ``knowns``."""
    later = {day for known in knowns for day, _ in known if day > first}
    return stepped((day, at(day)) for day in (first, *sorted(later)))


# --- one movement in one key ---------------------------------------------------------------------


def _move(carried: Carried, movement: Movement, said: Known | None) -> tuple[Known, list[Slice]]:
    """Carry ``movement`` at ``said`` (None: at what is carried); what it is worth, and what it took of layers.

    Raises NotCovered, NotApart, and WorthBelowNothing.
    """
    slices: list[Slice] = []

    def work(day: date, state: Method) -> int:
        worth = None if said is None else known_at(said, max(day, movement.date))
        found, pieces = _apply(state, movement, worth)
        slices[:] = pieces
        return found

    return carried.each(movement.date, work), slices


def _apply(state: Method, movement: Movement, worth: int | None) -> tuple[int, list[Slice]]:
    if not movement.quantity:
        return _revalue(state, movement, worth), []
    if state.quantity and (movement.quantity > 0) != (state.sign > 0):
        return _towards(state, movement, worth)
    size, sign = abs(movement.quantity), 1 if movement.quantity > 0 else -1
    if worth is None:
        raise NotCovered(size)
    if sign * worth < 0:
        raise WorthBelowNothing
    if not state.quantity:
        state.sign = sign
    state.put(size, sign * worth, source=movement.id)
    return worth, []


def _towards(state: Method, movement: Movement, worth: int | None) -> tuple[int, list[Slice]]:
    size = abs(movement.quantity)
    if worth is None:
        taken, slices = state.take(size)
        return -state.sign * taken, slices
    said = -state.sign * worth
    if size > state.quantity:
        raise NotCovered(size - state.quantity)
    if said < 0 or (size < state.quantity and said > state.value):
        raise WorthBelowNothing
    return worth, state.take_at(size, said)


def _revalue(state: Method, movement: Movement, worth: int | None) -> int:
    """Worth without quantity."""
    if worth is None:
        return _empty(state)
    if worth:
        more = state.sign * worth
        if not state.quantity:
            raise WorthBelowNothing
        state.add_value(more, source=movement.target)
    return worth


def _empty(state: Method) -> int:
    """What is left where nothing is any more goes."""
    if state.quantity or not state.value:
        return 0
    left = state.sign * state.value
    if isinstance(state, Average):
        state.layer = Layer(0, 0)
    else:
        for layer in state.layers:
            layer.value_out = layer.value_in
    return -left
