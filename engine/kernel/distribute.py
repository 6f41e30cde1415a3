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
    if not units:
        return [amount] * len(weights)
    parts = _units(units, [Fraction(weight) for weight in weights])
    return [Decimal(part).scaleb(-places) for part in parts]


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
