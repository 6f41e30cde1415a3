"""What the demo's shelves hold, so that its story never sells what is not there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

Place = tuple[str, int | None]
"""Item code and batch id (None without batches)."""

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Goods:
    """One stocked item of the demo, as its file has it."""

    code: str
    group: str
    unit: str
    buy: Decimal
    sell: Decimal
    has_batches: bool

    @classmethod
    def of(cls, row: Mapping[str, str]) -> Goods:
        return cls(
            row["code"],
            row["group"],
            row["stock_unit"],
            Decimal(row.get("purchase_price", "0")),
            Decimal(row.get("standard_price", "0")),
            row["has_batches"] == "true",
        )

    @property
    def pack(self) -> int:
        """How many of it change hands in a usual sale: many of what is cheap, few of what is dear."""
        for price, pieces in ((20, 60), (100, 24), (600, 10), (3000, 4), (15000, 2)):
            if self.buy < price:
                return pieces
        return 1


@dataclass(slots=True)
class Shelves:
    """Quantity per warehouse and place."""

    held: dict[str, dict[Place, Decimal]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Decimal))
    )

    def put(self, warehouse: str, place: Place, quantity: Decimal) -> None:
        """Add ``quantity`` (or take it, below 0)."""
        self.held[warehouse][place] += quantity

    def places(self, warehouse: str) -> list[Place]:
        """Where something lies, in an order that does not depend on chance."""
        found = [place for place, quantity in self.held[warehouse].items() if quantity > ZERO]
        return sorted(found, key=lambda place: (place[0], place[1] or 0))

    def quantity(self, warehouse: str, place: Place) -> Decimal:
        return self.held[warehouse][place]

    def of_item(self, warehouse: str, item: str) -> Decimal:
        """All batches of ``item`` together."""
        held = self.held[warehouse].items()
        return sum((quantity for (code, _), quantity in held if code == item), ZERO)
