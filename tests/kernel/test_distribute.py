"""Sharing amounts out: a table of examples, and the properties that must always hold."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.kernel.distribute import largest_remainder

TABLE = """
amount   | weights         | shares
100.00   | 1 1 1           | 33.33 33.33 33.34
500.00   | 5000 3000 2000  | 250.00 150.00 100.00
0.01     | 1 1 1           | 0.00 0.00 0.01
-100.00  | 1 1 1           | -33.33 -33.33 -33.34
0.02     | 1 1 1           | 0.00 0.01 0.01
10.00    | 0 0             | 5.00 5.00
10.00    | 0 7             | 0.00 10.00
0.00     | 3 4             | 0.00 0.00
100.00   | 2.5 2.5 5       | 25.00 25.00 50.00
1.00     | 1 -1 2          | 0.50 -0.50 1.00
"""


def cases() -> list[tuple[str, str, str]]:
    lines = [line for line in TABLE.strip().splitlines()[1:] if line.strip()]
    return [tuple(part.strip() for part in line.split("|")) for line in lines]  # type: ignore[misc]


@pytest.mark.parametrize(("amount", "weights", "shares"), cases())
def test_shares(amount: str, weights: str, shares: str) -> None:
    found = largest_remainder(Decimal(amount), [Decimal(w) for w in weights.split()], 2)
    assert found == [Decimal(share) for share in shares.split()]


def test_no_row_takes_an_amount() -> None:
    with pytest.raises(ValueError, match="no row"):
        largest_remainder(Decimal("1.00"), [], 2)
    assert largest_remainder(Decimal("0.00"), [], 2) == []


def test_an_amount_finer_than_the_shares_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 2 decimals"):
        largest_remainder(Decimal("1.005"), [Decimal(1)], 2)


@given(
    amount=st.decimals("-1000000", "1000000", places=2),
    weights=st.lists(st.decimals("0", "100000", places=3), min_size=1, max_size=30),
)
def test_shares_add_up_and_are_near(amount: Decimal, weights: list[Decimal]) -> None:
    shares = largest_remainder(amount, weights, 2)
    assert sum(shares) == amount
    total = sum(weights)
    for share, weight in zip(shares, weights, strict=True):
        exact = amount * weight / total if total else amount / len(weights)
        assert abs(share - exact) < Decimal("0.0100001")
