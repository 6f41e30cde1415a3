"""What leaves is worth what stays away: cost layers in exact integers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.kernel.valuation import Average, Fifo, Layer, Method, NotCovered, rounded

TABLE = """
method  | movements (+quantity@value, -quantity)      | values of the issues | left
average | +10@100 +10@200 -5 -15                      | 75 225               | 0 0
average | +3@100 -1 -1 -1                             | 33 34 33             | 0 0
average | +10@100 -3 +5@60 -12                        | 30 130               | 0 0
average | +10@1 -5 -5                                 | 1 0                  | 0 0
fifo    | +10@100 +10@200 -5 -10 -5                   | 50 150 100           | 0 0
fifo    | +3@100 -1 -1 -1                             | 33 34 33             | 0 0
fifo    | +10@100 +10@200 -12                         | 140                  | 8 160
average | +10000@3333 -3333 -3333 -3334               | 1111 1111 1111       | 0 0
"""


def make(method: str) -> Method:
    return Average(Layer(0, 0)) if method == "average" else Fifo([])


@pytest.mark.parametrize("line", TABLE.strip().splitlines()[1:])
def test_table(line: str) -> None:
    method, movements, issues, left = (part.strip() for part in line.split("|"))
    state = make(method)
    taken = []
    for movement in movements.split():
        if movement.startswith("+"):
            quantity, value = movement[1:].split("@")
            state.put(int(quantity), int(value))
        else:
            taken.append(state.take(int(movement[1:]))[0])
    assert taken == [int(value) for value in issues.split()]
    assert [state.quantity, state.value] == [int(part) for part in left.split()]


@pytest.mark.parametrize("method", ["average", "fifo"])
def test_more_than_there_is_is_refused_and_changes_nothing(method: str) -> None:
    state = make(method)
    state.put(5, 50)
    with pytest.raises(NotCovered) as caught:
        state.take(7)
    assert caught.value.missing == 2
    assert (state.quantity, state.value) == (5, 50)


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(5, 2, 3), (-5, 2, -3), (4, 3, 1), (-4, 3, -1), (0, 7, 0), (7, 14, 1)],
)
def test_half_goes_away_from_zero(numerator: int, denominator: int, expected: int) -> None:
    assert rounded(numerator, denominator) == expected


MOVES = st.lists(
    st.tuples(st.integers(1, 10_000), st.integers(0, 1_000_000)), min_size=1, max_size=15
)


@given(moves=MOVES, parts=st.lists(st.integers(1, 5_000), max_size=60), fifo=st.booleans())
def test_nothing_is_lost_and_nothing_is_left(
    moves: list[tuple[int, int]], parts: list[int], fifo: bool
) -> None:
    state = make("fifo" if fifo else "average")
    came = went = 0
    for quantity, value in moves:
        state.put(quantity, value)
        came += value
        for part in parts[: len(parts) // 2]:
            if part <= state.quantity:
                went += state.take(part)[0]
    for part in parts[len(parts) // 2 :]:
        if part <= state.quantity:
            went += state.take(part)[0]
    assert came == went + state.value
    if state.quantity:
        went += state.take(state.quantity)[0]
    assert (state.quantity, state.value) == (0, 0)
    assert came == went
