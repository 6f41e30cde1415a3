"""From a computed value to what a field keeps: the field's scale, and never more than it holds."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from engine.catalog.fields import Field
from engine.catalog.fieldtypes import DECIMAL_TYPES
from engine.money import round_half_up


class _Overflow:
    """The value does not fit; compare with ``is``."""


OVERFLOW: Final = _Overflow()


def as_stored(field: Field, value: Any) -> Any:
    """``value`` as ``field`` keeps it: decimals rounded half away from zero to its scale.

    Returns OVERFLOW where the whole digits exceed the field's precision.
    """
    if value is None:
        return None
    if field.type in DECIMAL_TYPES:
        rounded = round_half_up(
            value if isinstance(value, Decimal) else Decimal(value), field.scale
        )
        if rounded and rounded.adjusted() >= field.precision - field.scale:
            return OVERFLOW
        # Minus nothing is nothing.
        return rounded or rounded.copy_abs()
    if field.type == "integer":
        whole = int(round_half_up(Decimal(value), 0))
        return whole if abs(whole) < 2**63 else OVERFLOW
    return value
