"""What a movement is worth: cost layers in exact integers.

Quantities and values are integers of the smallest unit (the scale of the measure).
The rule (cumulative pieces, half away from zero): of a layer (q, v) the piece up to b is worth
``R(v·b, q)`` less what has left already, so the last piece takes the rest, no residue exists and
quantity 0 means value 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field


def rounded(numerator: int, denominator: int) -> int:
    """``numerator / denominator`` rounded half away from zero, exact. ``denominator`` > 0."""
    quotient, rest = divmod(abs(numerator), denominator)
    if 2 * rest >= denominator:
        quotient += 1
    return quotient if numerator >= 0 else -quotient


class NotCovered(Exception):
    """More is taken than the layers hold; ``missing`` in the smallest unit of quantity."""

    def __init__(self, missing: int) -> None:
        super().__init__(missing)
        self.missing = missing


@dataclass(slots=True)
class Layer:
    """A cost layer: what came in, what has left. ``id`` is None until it is stored."""

    quantity_in: int
    value_in: int
    quantity_out: int = 0
    value_out: int = 0
    id: int | None = None
    source: object = None
    """The entry that brought it."""

    @property
    def quantity(self) -> int:
        return self.quantity_in - self.quantity_out

    @property
    def value(self) -> int:
        return self.value_in - self.value_out

    def take(self, quantity: int) -> int:
        """Take ``quantity`` (≤ what is left) and return its value, never below 0.

        After a piece in between came back, more may have left than its quantity is worth, by rounding:
        the next pieces then leave for nothing until it is made up.
        """
        self.quantity_out += quantity
        gone = max(rounded(self.value_in * self.quantity_out, self.quantity_in), self.value_out)
        value = gone - self.value_out
        self.value_out = gone
        return value


@dataclass(frozen=True, slots=True)
class Slice:
    """What an issue took from one layer."""

    layer: Layer
    quantity: int
    value: int


@dataclass(slots=True)
class Average:
    """Moving average: one layer; a receipt replaces it by what is left and what came."""

    layer: Layer

    def put(self, quantity: int, value: int, source: object = None) -> None:
        """Receive ``quantity`` > 0 worth ``value``."""
        self.layer = Layer(self.layer.quantity + quantity, self.layer.value + value)

    def take(self, quantity: int) -> tuple[int, list[Slice]]:
        """Issue ``quantity`` > 0. Raises NotCovered."""
        if quantity > self.layer.quantity:
            raise NotCovered(quantity - self.layer.quantity)
        return self.layer.take(quantity), []

    @property
    def quantity(self) -> int:
        return self.layer.quantity

    @property
    def value(self) -> int:
        return self.layer.value


@dataclass(slots=True)
class Fifo:
    """First in, first out: ``layers`` oldest first.

    ``touched`` are the stored layers that an issue took from, ``added`` the new ones.
    """

    layers: list[Layer]
    added: list[Layer] = field(default_factory=list)
    touched: list[Layer] = field(default_factory=list)

    def put(self, quantity: int, value: int, source: object = None) -> None:
        """Receive ``quantity`` > 0 worth ``value`` as a layer of its own."""
        layer = Layer(quantity, value, source=source)
        self.layers.append(layer)
        self.added.append(layer)

    def take(self, quantity: int) -> tuple[int, list[Slice]]:
        """Issue ``quantity`` > 0 from the oldest layers. Raises NotCovered."""
        if quantity > self.quantity:
            raise NotCovered(quantity - self.quantity)
        slices: list[Slice] = []
        for layer in self.layers:
            part = min(quantity, layer.quantity)
            if part:
                slices.append(Slice(layer, part, layer.take(part)))
                if layer.id is not None and all(layer is not seen for seen in self.touched):
                    self.touched.append(layer)
                quantity -= part
            if not quantity:
                break
        return sum(piece.value for piece in slices), slices

    @property
    def quantity(self) -> int:
        return sum(layer.quantity for layer in self.layers)

    @property
    def value(self) -> int:
        return sum(layer.value for layer in self.layers)


Method = Average | Fifo
