"""What a movement is worth: cost layers in exact integers.

Quantities and values are integers of the smallest unit (the scale of the measure).
The rule (cumulative pieces, half away from zero): of a layer (q, v) the piece up to b is worth
``R(v·b, q)`` less what has left already, so the last piece takes the rest, no residue exists and
quantity 0 means value 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


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


class WorthBelowNothing(Exception):
    """Something would be worth less than nothing."""


@dataclass(frozen=True, slots=True)
class Slice:
    """What an issue took from one layer."""

    layer: Layer
    quantity: int
    value: int


class NotApart(Exception):
    """A layer that is to be corrected has been drawn on: what left would have to be valued again."""


@dataclass(slots=True)
class Average:
    """Moving average: one layer; a receipt replaces it by what is left and what came.

    ``sign`` is -1 where what is carried stands below zero (what is owed to others): quantities and
    values are then those of the negative side, and both count as positive here.
    """

    layer: Layer
    sign: int = 1

    def put(self, quantity: int, value: int, source: object = None) -> None:
        """Receive ``quantity`` > 0 worth ``value``."""
        self.layer = Layer(self.layer.quantity + quantity, self.layer.value + value)

    def take(self, quantity: int) -> tuple[int, list[Slice]]:
        """Issue ``quantity`` > 0. Raises NotCovered."""
        if quantity > self.layer.quantity:
            raise NotCovered(quantity - self.layer.quantity)
        return self.layer.take(quantity), []

    def take_at(self, quantity: int, value: int) -> list[Slice]:
        """Issue ``quantity`` > 0 at ``value`` as it is said. Raises NotCovered."""
        if quantity > self.layer.quantity:
            raise NotCovered(quantity - self.layer.quantity)
        self.layer = Layer(self.layer.quantity - quantity, self.layer.value - value)
        return []

    def add_value(self, value: int, source: object = None) -> None:
        """What is there is worth ``value`` more; no quantity moves. Raises WorthBelowNothing."""
        if self.layer.value + value < 0:
            raise WorthBelowNothing
        self.layer = Layer(self.layer.quantity, self.layer.value + value)

    @property
    def quantity(self) -> int:
        return self.layer.quantity

    @property
    def value(self) -> int:
        return self.layer.value


@dataclass(slots=True)
class Fifo:
    """First in, first out: ``layers`` oldest first. ``sign`` as in ``Average``.

    ``touched`` are the stored layers that were taken from or corrected, ``added`` the new ones; ``closed`` those
    of which nothing is left.
    """

    layers: list[Layer]
    added: list[Layer] = field(default_factory=list)
    touched: list[Layer] = field(default_factory=list)
    sign: int = 1
    closed: list[Layer] = field(default_factory=list)

    def put(self, quantity: int, value: int, source: object = None) -> None:
        """Receive ``quantity`` > 0 worth ``value`` as a layer of its own."""
        layer = Layer(quantity, value, source=source)
        self.layers.append(layer)
        self.added.append(layer)

    def take(self, quantity: int) -> tuple[int, list[Slice]]:
        """Issue ``quantity`` > 0 layer by layer. Raises NotCovered."""
        if quantity > self.quantity:
            raise NotCovered(quantity - self.quantity)
        slices: list[Slice] = []
        for layer in self._in_order():
            part = min(quantity, layer.quantity)
            if part:
                slices.append(Slice(layer, part, layer.take(part)))
                self._touch(layer)
                quantity -= part
            if not quantity:
                break
        self._close()
        return sum(piece.value for piece in slices), slices

    def take_at(self, quantity: int, value: int) -> list[Slice]:
        """Issue ``quantity`` > 0 at ``value`` as it is said; the last layer drawn on bears the difference."""
        found, slices = self.take(quantity)
        last = slices[-1]
        last.layer.value_out += value - found
        if last.layer.value and all(last.layer is not layer for layer in self.layers):
            self.closed.remove(last.layer)
            self.layers.append(last.layer)
        return [*slices[:-1], Slice(last.layer, last.quantity, last.value + value - found)]

    def add_value(self, value: int, source: object = None) -> None:
        """What is there is worth ``value`` more: the layer of the entry ``source``, else every one by quantity.

        Raises NotApart when something has left a layer that is to be corrected, WorthBelowNothing.
        """
        if source is not None:
            layer = next((own for own in self.layers if _brought_by(own) == source), None)
            if layer is None or layer.quantity_out:
                raise NotApart
            self._raise(layer, value)
            return
        open_layers = [layer for layer in self.layers if layer.quantity]
        if any(layer.quantity_out for layer in open_layers):
            raise NotApart
        whole, done, given = self.quantity, 0, 0
        for layer in open_layers:
            done += layer.quantity
            upto = rounded(value * done, whole)
            self._raise(layer, upto - given)
            given = upto

    def _raise(self, layer: Layer, value: int) -> None:
        """Give what is left of ``layer`` another value; what has left keeps its own."""
        if layer.value + value < 0:
            raise WorthBelowNothing
        layer.value_in += value
        self._touch(layer)

    def _in_order(self) -> list[Layer]:
        return self.layers

    def _close(self) -> None:
        """Put away what is used up, so that a long history is not gone through at every issue."""
        used = 0
        for layer in self.layers:
            if layer.quantity or layer.value:
                break
            used += 1
        if used:
            self.closed += self.layers[:used]
            del self.layers[:used]

    def _touch(self, layer: Layer) -> None:
        if layer.id is not None and all(layer is not seen for seen in self.touched):
            self.touched.append(layer)

    @property
    def quantity(self) -> int:
        return sum(layer.quantity for layer in self.layers)

    @property
    def value(self) -> int:
        return sum(layer.value for layer in self.layers)


def _brought_by(layer: Layer) -> object:
    """The id of the entry that brought a layer: of the entry itself where it is at hand."""
    return getattr(layer.source, "id", layer.source)


class Lifo(Fifo):
    """Last in, first out."""

    def _in_order(self) -> list[Layer]:
        return self.layers[::-1]

    def _close(self) -> None:
        while self.layers and not (self.layers[-1].quantity or self.layers[-1].value):
            self.closed.append(self.layers.pop())


LAYERED: Mapping[str, type[Fifo]] = MappingProxyType({"fifo": Fifo, "lifo": Lifo})
"""The methods that keep a layer per receipt."""

Method = Average | Fifo
