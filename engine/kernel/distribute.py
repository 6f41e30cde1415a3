"""Sharing an amount out over rows, exact to the smallest unit."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction


def largest_remainder(amount: Decimal, weights: Sequence[Decimal], places: int) -> list[Decimal]:
    """Share ``amount`` in proportion to ``weights``; the shares add up to ``amount`` exactly.

    ``places`` is the scale of the shares; ``amount`` must fit it. Every share is first cut to the
    unit below, then the units that are left go to the largest remainders, ties to the later row
    (the policy of ``tests/vectors/india``). Where all weights are 0 the rows share alike.

    Raises ValueError when there is an amount and no row to take it.
    """
    units = int(amount.scaleb(places))
    if Decimal(units).scaleb(-places) != amount:
        raise ValueError(f"{amount} has more than {places} decimals")
    if not weights:
        if units:
            raise ValueError("there is no row to take a share")
        return []
    return parted(amount, [Fraction(weight) for weight in weights], places)


def parted(amount: Decimal, weights: Sequence[Fraction], places: int) -> list[Decimal]:
    """As ``largest_remainder``, in proportion to weights that no decimal holds; ``amount`` fits ``places``."""
    units = int(amount.scaleb(places))
    if not units:
        return [amount] * len(weights)
    return [Decimal(part).scaleb(-places) for part in _units(units, list(weights))]


def rounded(value: Fraction, places: int) -> Decimal:
    """To ``places`` decimals, half away from zero."""
    return Decimal(_half_away(value * 10**places)).scaleb(-places)


def shares(
    amount: Decimal, weights: Sequence[Decimal], places: int, method: str = "largest_remainder"
) -> list[Decimal]:
    """As ``largest_remainder``; by another method every share is rounded half away from zero, and one
    row takes what is left over: the last, the first, or the one of the largest weight (the first of
    those) that has a weight at all.
    """
    if method == "largest_remainder" or not weights or not amount:
        return largest_remainder(amount, weights, places)
    total = sum((Fraction(weight) for weight in weights), Fraction(0))
    if total == 0:
        weights, total = [Decimal(1)] * len(weights), Fraction(len(weights))
    units = Fraction(amount.scaleb(places))
    parts = [_half_away(units * Fraction(weight) / total) for weight in weights]
    parts[_taker(weights, method)] += int(units) - sum(parts)
    return [Decimal(part).scaleb(-places) for part in parts]


def _taker(weights: Sequence[Decimal], method: str) -> int:
    places = [index for index, weight in enumerate(weights) if weight]
    if method == "biggest_row":
        return max(places, key=lambda index: (abs(weights[index]), -index))
    return places[0] if method == "first_row" else places[-1]


def _half_away(value: Fraction) -> int:
    size = abs(value)
    whole = (2 * size.numerator + size.denominator) // (2 * size.denominator)
    return -whole if value < 0 else whole


def _units(units: int, weights: list[Fraction]) -> list[int]:
    total = sum(weights)
    if total == 0:
        weights = [Fraction(1)] * len(weights)
        total = Fraction(len(weights))
    sign = -1 if units < 0 else 1
    exact = [Fraction(abs(units)) * weight / total for weight in weights]
    parts = [share.numerator // share.denominator for share in exact]
    left = abs(units) - sum(parts)
    order = sorted(
        range(len(exact)), key=lambda index: (exact[index] - parts[index], index), reverse=True
    )
    for index in order[:left]:
        parts[index] += 1
    return [sign * part for part in parts]
