"""Tax on one amount: components, each rounded by itself, on top of or inside the amount."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from engine.catalog.rules import RuleSet, TaxLine
from engine.expr.program import Expr
from engine.kernel.rows import Facts
from engine.money import round_half_up

_HUNDRED = Decimal(100)
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Component:
    """One tax component of one line. ``rate`` in percent (0 for an amount per unit); ``places``: its decimals."""

    key: str
    rate: Decimal
    amount: Decimal
    parts: tuple[Decimal, Decimal, Decimal]
    """A fixed amount, and a product with its divisor: what was rounded."""
    places: int
    give: Mapping[str, Expr]
    frame: Mapping[str, Any]

    @property
    def exact(self) -> Fraction:
        """The amount before it was rounded."""
        fixed, product, divisor = self.parts
        return Fraction(fixed) + Fraction(product) / Fraction(divisor)

    def given(self, base: Decimal | None) -> dict[str, Any]:
        """The other fields of its row."""
        frame = {**self.frame, "value": base}
        return {name: give.run(frame) for name, give in self.give.items()}


class NoBase(Exception):
    """The rates of an inclusive amount take all of it away: there is no amount before tax."""


def components(
    rules: RuleSet,
    keys: Sequence[str],
    given: Mapping[str, Any],
    facts: Facts,
    *,
    amount: Decimal,
    inclusive: bool,
) -> list[Component]:
    """The components of ``amount`` in the document's currency, each rounded by itself.

    Exclusive: each is its rate of ``amount``. Inclusive: fixed amounts are taken off first, each
    component is its share ``rate / (100 + all rates)`` of the rest (CGST Rules 2017, rule 35). Raises NoBase
    where the rates are −100 % in all.
    """
    absent = {name: None for name, each in rules.given.items() if each.optional}
    frame: dict[str, Any] = {**absent, **given, "value": amount, "facts": facts, "let": {}}
    lines = [rules.lines[key] for key in keys]
    fixed = {line.key: _fixed(line, frame) for line in lines}
    rates = {
        line.key: (line.rate.run(frame) if line.rate is not None else None) or _NOTHING
        for line in lines
    }
    inside = amount - sum(fixed.values(), _NOTHING) if inclusive else amount
    divisor = _HUNDRED + sum(rates.values(), _NOTHING) if inclusive else _HUNDRED
    if not divisor:
        raise NoBase
    found: list[Component] = []
    for line in lines:
        part = inside * rates[line.key]
        parts = (fixed[line.key], part, divisor)
        total = fixed[line.key] + round_half_up(part / divisor, line.round)
        found.append(
            Component(line.key, rates[line.key], total, parts, line.round, line.give, frame)
        )
    return found


def _fixed(line: TaxLine, frame: Mapping[str, Any]) -> Decimal:
    if line.amount is None:
        return _NOTHING
    amount: Decimal = line.amount.run(frame) or _NOTHING
    return round_half_up(amount, line.round)


def base_of(amount: Decimal, found: Iterable[Component]) -> Decimal:
    """The taxable value of a price with the tax in it: what the components leave, to the paisa."""
    return amount - sum((component.amount for component in found), _NOTHING)
