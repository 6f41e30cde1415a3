"""Checked kinds of text, as resolved: identifiers whose shape and check character a pack declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Checksum:
    """The last character follows from those before it.

    Each of them counts by its place in ``alphabet`` times a weight (``weights`` in turn, from the left); with
    ``fold`` a product is the sum of its digits in base ``modulus``. The sum is taken to the next multiple of it.
    """

    alphabet: str
    weights: tuple[int, ...]
    modulus: int
    fold: bool
    message: str


@dataclass(frozen=True, slots=True)
class Part:
    """Characters ``start`` to ``end`` (without it) and, where not empty, what they may be."""

    name: str
    start: int
    end: int
    options: tuple[str, ...] = ()
    message: str = ""
    kinds: tuple[str, ...] = ()
    """Only these kinds have it; empty: all."""


@dataclass(frozen=True, slots=True)
class TextType:
    """One kind of text. In messages ``{value}`` stands for the text, ``{part}`` for the part that is wrong.

    ``patterns``: kind → pattern that the whole text has to fit, tried in order; written as ``engine.expr.patterns``
    gives them, so that they mean the same to Python and to browsers. ``refused``: what no text may fit.
    """

    name: str
    label: str
    length: int
    least: int
    capitals: bool
    digits: bool
    patterns: Mapping[str, str]
    refused: str
    parts: Mapping[str, Part]
    checksum: Checksum | None
    message: str
    length_message: str
    example: str
    help: str = field(default="")
