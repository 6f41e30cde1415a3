"""Decimal quantities: rounding and division, each defined once. No float anywhere.

Numbers are ``decimal.Decimal`` (or ``int`` where a field is an integer). Addition, subtraction and
multiplication keep 28 significant digits (half even), as the context of Python's ``decimal`` does;
division gives 12 decimals; only ``round_*`` and storing round to fewer.
"""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    InvalidOperation,
)
from types import MappingProxyType

DIVISION_PLACES = 12

ROUNDING_MODES = MappingProxyType(
    {
        "half_up": ROUND_HALF_UP,
        "half_even": ROUND_HALF_EVEN,
        "up": ROUND_UP,
        "down": ROUND_DOWN,
        "floor": ROUND_FLOOR,
        "ceiling": ROUND_CEILING,
    }
)
"""Name in the language → rounding of ``decimal``. ``up`` is away from zero, ``down`` towards it."""

# Wide enough that quantize never lacks digits for a number that has decimals at all.
_WIDE = Context(prec=100, rounding=ROUND_HALF_UP)
# Cutting off (never rounding) the quotient keeps the later half-up rounding exact.
_QUOTIENT = Context(prec=60, rounding=ROUND_DOWN)
_UNITS = tuple(Decimal(1).scaleb(-places) for places in range(13))
_DIVISION_UNIT = _UNITS[DIVISION_PLACES]


def round_half_up(value: Decimal, places: int) -> Decimal:
    """``value`` with ``places`` decimals (negative: tens, hundreds …), ties away from zero."""
    return round_with(value, places, ROUND_HALF_UP)


def round_with(value: Decimal, places: int, rounding: str) -> Decimal:
    """``value`` with ``places`` decimals by a rounding of ``decimal``; see ``ROUNDING_MODES``.

    A number too large to have decimals in 100 digits is whole already and comes back as it is.
    """
    try:
        if places >= 0:
            unit = _UNITS[places] if places < 13 else Decimal(1).scaleb(-places)
            return value.quantize(unit, rounding, _WIDE)
        coarse = value.quantize(Decimal(1).scaleb(-places), rounding, _WIDE)
        return coarse.quantize(_UNITS[0], rounding, _WIDE)
    except InvalidOperation:
        return value


def divide(a: Decimal | int, b: Decimal | int) -> Decimal | None:
    """``a / b`` with 12 decimals, ties away from zero; ``None`` when ``b`` is 0."""
    if not b:
        return None
    quotient = _QUOTIENT.divide(a, b)
    try:
        return quotient.quantize(_DIVISION_UNIT, ROUND_HALF_UP, _WIDE)
    except InvalidOperation:
        return quotient
