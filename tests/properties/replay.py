"""The books kept a second time, naively, with fractions: what they must come to. Shares no code with the kernel.

A cost layer is worth ``value_in`` in paise for ``quantity_in``; of it a piece is what the quantity gone so far
is worth, rounded, less what has gone already. Moving average: one layer, made anew by every receipt.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def paise(amount: Fraction) -> Fraction:
    """Rounded to paise, half away from zero."""
    exact = Decimal(amount.numerator * 100) / Decimal(amount.denominator)
    return Fraction(int(exact.quantize(Decimal(1), ROUND_HALF_UP)), 100)


@dataclass
class Lot:
    """Goods that came in together."""

    came: Fraction
    cost: Fraction
    gone: Fraction = Fraction(0)
    gone_cost: Fraction = Fraction(0)

    def left(self) -> Fraction:
        return self.came - self.gone

    def take(self, quantity: Fraction) -> Fraction:
        self.gone += quantity
        total = max(paise(self.cost * self.gone / self.came), self.gone_cost)
        cost, self.gone_cost = total - self.gone_cost, total
        return cost


@dataclass
class Bin:
    """One item in one warehouse."""

    method: str
    lots: list[Lot] = field(default_factory=list)

    def quantity(self) -> Fraction:
        return sum((lot.left() for lot in self.lots), Fraction(0))

    def value(self) -> Fraction:
        return sum((lot.cost - lot.gone_cost for lot in self.lots), Fraction(0))

    def receive(self, quantity: Fraction, cost: Fraction) -> Lot:
        if self.method == "average":
            lot = Lot(self.quantity() + quantity, self.value() + cost)
            self.lots = [lot]
        else:
            lot = Lot(quantity, cost)
            self.lots.append(lot)
        return lot

    def issue(self, quantity: Fraction) -> list[tuple[Lot, Fraction, Fraction]]:
        """(lot, quantity, cost) of what left, the oldest first."""
        pieces = []
        for lot in self.lots:
            part = min(quantity, lot.left())
            if part:
                pieces.append((lot, part, lot.take(part)))
                quantity -= part
        assert quantity == 0
        return pieces
