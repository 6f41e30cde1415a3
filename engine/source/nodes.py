"""YAML as nodes with places. Every scalar is text: what it means is decided by ``engine.spec``."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.problems.problem import Span


@dataclass(slots=True, eq=False)
class Scalar:
    """One text. ``quoted`` tells ``"'INV'"`` from ``INV``; ``span`` covers the text without its quotes."""

    text: str
    span: Span
    quoted: bool = False


@dataclass(slots=True, eq=False)
class Listing:
    """A list of nodes."""

    items: tuple[Node, ...]
    span: Span


@dataclass(slots=True, eq=False)
class Entry:
    """One key of a mapping with its value. ``first``: the key as it was declared, where it was changed since."""

    key: Scalar
    value: Node
    first: Scalar | None = None

    @property
    def declared(self) -> Span:
        """Where it was declared: that place decides to which pack it belongs."""
        return (self.first or self.key).span


@dataclass(slots=True, eq=False)
class Mapping:
    """Keys in the order written.

    ``dropped`` names keys that were written wrongly and reported: whoever misses one of them says nothing.
    """

    entries: dict[str, Entry]
    span: Span
    dropped: frozenset[str] = field(default_factory=frozenset)

    def get(self, key: str) -> Node | None:
        """The value under ``key``, or None."""
        entry = self.entries.get(key)
        return entry.value if entry is not None else None


Node = Scalar | Listing | Mapping


def alike(one: Node, other: Node) -> bool:
    """Whether two nodes say the same, in the same order, wherever they stand."""
    if isinstance(one, Scalar) and isinstance(other, Scalar):
        return (one.text, one.quoted) == (other.text, other.quoted)
    if isinstance(one, Listing) and isinstance(other, Listing):
        return len(one.items) == len(other.items) and all(map(alike, one.items, other.items))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return list(one.entries) == list(other.entries) and all(
            alike(entry.value, other.entries[name].value) for name, entry in one.entries.items()
        )
    return False


@dataclass(slots=True, eq=False)
class Construct:
    """One YAML document: its first key is its ``kind``, the value of that its ``name``.

    ``pack`` is the pack the file belongs to ("" when there is no ``pack.yaml`` above it).
    A construct that is ``broken`` is known by name only: it was cut off by a syntax error, which is reported.
    """

    kind: str
    name: str
    node: Mapping
    span: Span
    pack: str = ""
    file: str = ""
    broken: bool = False
    text: str = ""
    """The whole text of the file, on the first construct of the file only: the digest is made of these."""
