"""Rounding and division, against fractions and by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.money import ROUNDING_MODES, divide, round_half_up, round_with
from tests.language.expressions import oracle

amounts = st.decimals(min_value=-(10**15), max_value=10**15, places=6)


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        ("0.005", 2, "0.01"),
        ("-0.005", 2, "-0.01"),
        ("0.00499999999999999999999", 2, "0.00"),
        ("1250", -2, "1300"),
        ("0.5", 0, "1"),
        ("1E+40", 2, "1E+40"),
        ("123456789012345678901234567.895", 2, "123456789012345678901234567.90"),
    ],
)
def test_ties_go_away_from_zero(value: str, places: int, expected: str) -> None:
    assert round_half_up(Decimal(value), places) == Decimal(expected)


def test_the_scale_is_that_of_the_places() -> None:
    assert str(round_half_up(Decimal("2"), 2)) == "2.00"
    assert str(round_half_up(Decimal("1250"), -2)) == "1300"


def test_what_is_too_large_to_have_decimals_comes_back() -> None:
    huge = Decimal("1E+500")
    assert round_half_up(huge, 2) == huge


@given(amounts, st.integers(-3, 6), st.sampled_from(sorted(ROUNDING_MODES)))
def test_rounding_is_that_of_fractions(value: Decimal, places: int, mode: str) -> None:
    assert round_with(value, places, ROUNDING_MODES[mode]) == oracle.rounded(value, places, mode)


@given(amounts, amounts)
def test_division_is_that_of_fractions(a: Decimal, b: Decimal) -> None:
    assert divide(a, b) == oracle.quotient(a, b)


def test_division_by_zero_is_null() -> None:
    assert divide(Decimal(1), Decimal(0)) is None
    assert divide(1, 0) is None


def test_whole_numbers_divide_exactly() -> None:
    assert divide(7, 2) == Decimal("3.5")
    assert str(divide(1, 3)) == "0.333333333333"
