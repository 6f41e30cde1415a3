"""What expires, whatever was written into the lots before: they come to rest, and nothing is taken twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog.ledgers import Ledger
from engine.kernel.expiry import Share, shares
from engine.kernel.lots import EXPIRED
from engine.kernel.rows import Row
from tests.kernel.programs import compiled
from tests.language.programs import good

DAY = date(2026, 5, 1)
LEDGER: Ledger = compiled(good("expiry").partition("---")[2]).ledgers["Points"]
DIMENSIONS = tuple(LEDGER.dimensions)


@dataclass
class Book:
    """The lots of one key."""

    entries: list[Row] = field(default_factory=list)

    def write(
        self, origin: int, last: date, points: int, value: Decimal, posting: str | None = None
    ) -> None:
        self.entries.append({
            "id": len(self.entries), "origin": origin, "posting": posting, "date": min(last, DAY), "note": "",
            "customer": 1, "programme": 2, "expires": last, "points": Decimal(points), "value": value,
        })  # fmt: skip

    def lots(self) -> list[Row]:
        found: dict[date, Row] = {}
        for entry in self.entries:
            lot = found.setdefault(
                entry["expires"], {**entry, "points": Decimal(0), "value": Decimal(0)}
            )
            lot["points"] += entry["points"]
            lot["value"] += entry["value"]
        return [
            {name: lot[name] for name in (*DIMENSIONS, "points", "value")}
            for lot in found.values()
            if lot["points"] or lot["value"]
        ]

    def due(self, day: date = DAY) -> list[Share]:
        def history(lot: Row) -> list[Row]:
            return [e for e in self.entries if e["expires"] == lot["expires"]]

        return shares(LEDGER, self.lots(), history, day)

    def expire(self, day: date = DAY) -> list[Share]:
        found = self.due(day)
        for share in found:
            figures = share.figures
            self.write(
                share.origin, share.like["expires"], figures["points"], figures["value"], EXPIRED
            )
        return found

    def cancel(self, origin: int) -> None:
        self.entries = [entry for entry in self.entries if entry["origin"] != origin]

    @property
    def total(self) -> Decimal:
        return sum((entry["points"] for entry in self.entries), Decimal(0))


days = st.integers(-3, 3).map(lambda n: DAY + timedelta(days=n))
values = st.integers(-5000, 5000).map(lambda n: Decimal(n).scaleb(-2))
moves = st.lists(st.tuples(st.integers(1, 5), days, st.integers(-20, 40), values), max_size=12)


@settings(max_examples=400, deadline=None)
@given(moves, moves, st.lists(st.integers(1, 5), max_size=2))
def test_lots_come_to_rest_and_stay_there(first: list, more: list, gone: list) -> None:  # type: ignore[type-arg]
    book = Book()
    for number in (None, *gone):
        if number is not None:
            book.cancel(number)
        for origin, last, points, value in more if number is not None else first:
            book.write(origin, last, points, value)
        before, is_first = book.total, all(e["posting"] is None for e in book.entries)
        book.expire()
        assert [lot for lot in book.lots() if lot["expires"] < DAY] == []
        assert book.due() == []
        if is_first:  # nothing was taken out before that could come back
            assert before * book.total >= 0
            assert abs(book.total) <= abs(before)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 4), days, st.integers(1, 40), values), min_size=1, max_size=9)
)
def test_what_was_only_brought_goes_whole_from_whom_it_came(brought: list) -> None:  # type: ignore[type-arg]
    book = Book()
    for origin, last, points, value in brought:
        book.write(origin, last, points, abs(value))
    over = [move for move in brought if move[1] < DAY]
    wanted: dict[int, Decimal] = {}
    for origin, _, points, _ in over:
        wanted[origin] = wanted.get(origin, Decimal(0)) - points
    got: dict[int, Decimal] = {}
    for share in book.expire():
        assert share.day > share.like["expires"]
        got[share.origin] = got.get(share.origin, Decimal(0)) + share.figures["points"]
    assert got == wanted
    # Cancelling every document takes back all that was written.
    for origin in {move[0] for move in brought}:
        book.cancel(origin)
    assert book.entries == []


def test_a_value_without_points_goes_as_well() -> None:
    book = Book()
    book.write(1, DAY - timedelta(days=1), 3, Decimal("1.00"))
    book.write(2, DAY - timedelta(days=1), -3, Decimal("-0.99"))
    [share] = book.expire()
    assert (share.origin, share.figures) == (2, {"points": 0, "value": Decimal("-0.01")})


@pytest.mark.parametrize(("day", "points"), [(DAY - timedelta(days=1), 0), (DAY, -3)])
def test_the_last_day_is_a_day_of_its_life(day: date, points: int) -> None:
    book = Book()
    book.write(1, DAY - timedelta(days=1), 3, Decimal(1))
    assert sum(share.figures["points"] for share in book.expire(day)) == points
