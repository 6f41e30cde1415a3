"""Whatever is entered late, corrected or taken out: on every day the books show what a naive replay shows there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.kernel.knowledge import by_day
from engine.kernel.movements import Key
from engine.kernel.repost import Reposted
from tests.kernel.reposting import Impossible, Line, Paper, World, entered

FIRST = date(2026, 4, 1)
METHODS = {"A": "average", "F": "fifo", "L": "lifo"}


def key(item: str, place: str = "W") -> Key:
    return ("Stock", f"{item}|{place}")


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def buy(number: int, item: str, quantity: int, worth: int, place: str = "W") -> Paper:
    return Paper(day(number), [Line(key(item, place), quantity, "given", worth)])


def sell(number: int, item: str, quantity: int, place: str = "W") -> Paper:
    return Paper(day(number), [Line(key(item, place), -quantity, "taken")])


def correct(number: int, receipt: Paper, worth: int) -> Paper:
    line = receipt.lines[0]
    return Paper(day(number), [Line(line.key, 0, "adds", worth, of=line)])


def bring_back(number: int, sale: Paper, quantity: int) -> Paper:
    line = sale.lines[0]
    return Paper(day(number), [Line(line.key, quantity, "back", of=line)])


def move(number: int, item: str, quantity: int, source: str, target: str) -> Paper:
    out = Line(key(item, source), -quantity, "taken")
    return Paper(day(number), [out, Line(key(item, target), quantity, "derived", of=out)])


def standing(world: World, on: date) -> dict[int, Any]:
    return {
        line.done.id: entered(line.done.stands, on)
        for paper in world.papers
        if paper.live and paper.day <= on
        for line in paper.lines
        if line.done.date <= on
    }


def check(world: World) -> None:
    for on in world.days():
        assert standing(world, on) == world.naive(on), f"on {on}"


def differences(done: Reposted | None) -> list[tuple[int, dict[int, int]]]:
    assert done is not None
    return [
        (m.id, {(d - FIRST).days: v for d, v in by_day(done.worth[m.id]).items()})
        for m in done.changed
    ]


def test_a_receipt_entered_late_changes_what_left_after_it() -> None:
    world = World(METHODS)
    for paper in (buy(1, "A", 10, 1000), sell(5, "A", 5), sell(6, "A", 5)):
        world.enter(paper)
    done = world.enter(buy(3, "A", 10, 3000))
    assert differences(done) == [(2, {5: -1000}), (3, {6: -1000})]
    check(world)


def test_a_correction_counts_from_its_own_day_on() -> None:
    world = World(METHODS)
    receipt = buy(1, "F", 10, 1000)
    for paper in (receipt, sell(2, "F", 4), sell(8, "F", 3)):
        world.enter(paper)
    done = world.enter(correct(5, receipt, 100))
    # Of the correction 40 go with the first sale, on the 5th; the second sale has it whole on its own day.
    assert differences(done) == [(2, {2: -400, 5: -40}), (3, {8: -330})]
    check(world)


def test_a_late_receipt_before_a_correction_keeps_the_days_apart() -> None:
    world = World(METHODS)
    receipt = buy(1, "F", 10, 1000)
    for paper in (receipt, sell(2, "F", 10), correct(5, receipt, 100)):
        world.enter(paper)
    check(world)
    world.enter(Paper(day(0), [Line(key("F"), 5, "given", 50)]))
    assert entered(world.papers[1].lines[0].done.stands, day(3)) == -5.5
    check(world)


def test_what_follows_in_other_places_follows() -> None:
    world = World(METHODS)
    sale = sell(4, "A", 3, "X")
    for paper in (buy(1, "A", 9, 900), move(2, "A", 6, "W", "X"), sale, bring_back(6, sale, 1)):
        world.enter(paper)
    done = world.enter(buy(0, "A", 9, 1))
    assert done is not None
    assert [m.how for m in done.changed] == ["taken", "derived", "taken", "back"]
    check(world)


def test_what_is_not_there_is_refused_and_nothing_is_kept() -> None:
    world = World(METHODS)
    receipt = buy(1, "A", 10, 1000)
    for paper in (receipt, sell(3, "A", 8)):
        world.enter(paper)
    assert world.enter(sell(2, "A", 5)) is None
    assert world.cancel(receipt) is None
    check(world)


def test_what_came_and_never_came() -> None:
    world = World(METHODS)
    late = buy(2, "A", 10, 3333)
    for paper in (buy(1, "A", 10, 1000), late, sell(3, "A", 7)):
        world.enter(paper)
    done = world.cancel(late)
    assert differences(done) == [(3, {3: -700})]
    check(world)


# --- random histories ----------------------------------------------------------------------------

picks = st.integers(0, 10_000)
quantities = st.integers(1, 30)
worths = st.sampled_from([0, 1, 2, 7, 100, 333, 1000, 99_999])
kinds = st.sampled_from(
    ["buy", "buy", "buy", "sell", "sell", "sell", "move", "make", "back", "correct", "cancel"]
)
steps = st.tuples(kinds, picks, picks, quantities, worths, st.integers(0, 9))


class Playing:
    """Turns random numbers into papers of a world, and keeps count of what was done and refused."""

    def __init__(self) -> None:
        self.world = World(METHODS)
        self.done: dict[str, int] = {}

    def do(self, step: tuple[str, int, int, int, int, int]) -> None:
        kind, *rest = step
        before = {line.done.id: line.done.stands for line in self._lines()}
        made = getattr(self, f"_{kind}")(*rest)
        name = kind if made else f"no {kind}"
        self.done[name] = self.done.get(name, 0) + 1
        if not made:
            after = {line.done.id: line.done.stands for line in self._lines()}
            assert before == after

    def _lines(self) -> list[Line]:
        return [line for paper in self.world.papers if paper.live for line in paper.lines]

    def _enter(self, paper: Paper) -> bool:
        entered_ = self.world.enter(paper) is not None
        if not entered_:
            self._must_be_impossible(paper)
        return entered_

    def _must_be_impossible(self, paper: Paper) -> None:
        """What the kernel refuses, the naive books cannot follow on some day either."""
        self.world.papers.append(paper)
        for place, line in enumerate(paper.lines):
            self.world._movement(paper, place, line)
        days, possible = [*self.world.days(), date.max], True
        try:
            for on in days:
                self.world.naive(on)
        except Impossible:
            possible = False
        self.world.papers.remove(paper)
        self.world._take_out([line.done for line in paper.lines])
        assert not possible, paper

    def _buy(self, a: int, b: int, quantity: int, worth: int, on: int) -> bool:
        item, place = "AFL"[a % 3], "WX"[b % 2]
        return self._enter(buy(on, item, quantity, worth, place))

    def _sell(self, a: int, b: int, quantity: int, worth: int, on: int) -> bool:
        return self._enter(sell(on, "AFL"[a % 3], quantity % 9 + 1, "WX"[b % 2]))

    def _move(self, a: int, b: int, quantity: int, worth: int, on: int) -> bool:
        source, target = ("W", "X") if b % 2 else ("X", "W")
        return self._enter(move(on, "AFL"[a % 3], quantity % 9 + 1, source, target))

    def _make(self, a: int, b: int, quantity: int, worth: int, on: int) -> bool:
        """Assemble: may eat what it makes."""
        used = [Line(key("AFL"[(a + i) % 3]), -(quantity % 5 + 1), "taken") for i in range(2)]
        made = [
            Line(key("AFL"[(b + i) % 3], "WX"[i]), quantity, "derived", share=i + 1)
            for i in range(2)
        ]
        return self._enter(Paper(day(on), [*used, *made], charge=worth))

    def _back(self, a: int, b: int, quantity: int, worth: int, on: int) -> bool:
        sales = [line for line in self._lines() if line.how == "taken"]
        if not sales:
            return False
        line = sales[a % len(sales)]
        back = sum(other.quantity for other in self._lines() if other.of is line)
        left = -line.quantity - back
        later = day(on) > line.done.date
        if left <= 0 or not later:
            return False
        return self._enter(Paper(day(on), [Line(line.key, quantity % left + 1, "back", of=line)]))

    def _correct(self, a: int, b: int, quantity: int, worth: int, on: int) -> bool:
        receipts = [line for line in self._lines() if line.how in ("given", "derived")]
        if not receipts:
            return False
        line = receipts[a % len(receipts)]
        amount = worth if b % 3 else -(worth // 2)
        if day(on) < line.done.date or not amount:
            return False
        return self._enter(Paper(day(on), [Line(line.key, 0, "adds", amount, of=line)]))

    def _cancel(self, a: int, b: int, quantity: int, worth: int, on: int) -> bool:
        live = [paper for paper in self.world.papers if paper.live]
        return bool(live) and self.world.cancel(live[a % len(live)]) is not None


@given(st.lists(steps, min_size=5, max_size=45))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_on_every_day_the_books_show_what_a_replay_shows(found: list[Any]) -> None:
    playing = Playing()
    for step in found:
        playing.do(step)
        check(playing.world)
