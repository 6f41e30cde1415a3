"""Tax on one amount: components, each rounded by itself, on top of or inside the amount."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.catalog.rules import RuleSet
from engine.kernel.rows import Facts
from engine.money import round_half_up

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Component:
    """One tax component of one line. ``rate`` in percent (0 for an amount per unit)."""

    key: str
    rate: Decimal
    base: Decimal
    amount: Decimal
    give: dict[str, Any]


def components(
    rules: RuleSet,
    keys: tuple[str, ...],
    given: dict[str, Any],
    facts: Facts,
    *,
    amount: Decimal,
    inclusive: bool,
) -> tuple[Decimal, list[Component]]:
    """(taxable value, components) of ``amount`` in the document's currency.

    Exclusive: the taxable value is ``amount``. Inclusive: fixed amounts are taken off first, each
    component is its share ``rate / (100 + all rates)`` of the rest, and what is left is the taxable
    value, so that value and taxes add up to the price (CGST Rules 2017, rule 35).
    """
    frame: dict[str, Any] = {**given, "value": amount, "facts": facts}
    lines = [rules.lines[key] for key in keys]
    fixed = {
        line.key: round_half_up(line.amount.run(frame) or Decimal(0), line.round)
        for line in lines
        if line.amount is not None
    }
    rates = {
        line.key: (line.rate.run(frame) if line.rate is not None else None) or Decimal(0)
        for line in lines
    }
    inside = amount - sum(fixed.values(), Decimal(0)) if inclusive else amount
    divisor = _HUNDRED + sum(rates.values(), Decimal(0)) if inclusive else _HUNDRED
    amounts: dict[str, Decimal] = {}
    for line in lines:
        on_value = round_half_up(inside * rates[line.key] / divisor, line.round)
        amounts[line.key] = fixed.get(line.key, Decimal(0)) + on_value
    base = amount - sum(amounts.values(), Decimal(0)) if inclusive else amount
    found = [
        Component(
            line.key,
            rates[line.key],
            base,
            amounts[line.key],
            {name: give.run({**frame, "value": base}) for name, give in line.give.items()},
        )
        for line in lines
    ]
    return base, found
