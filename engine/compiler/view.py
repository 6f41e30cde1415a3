"""Reading checked nodes: what is absent, or was dropped by the shape pass, comes as None or empty."""

from __future__ import annotations

from collections.abc import Iterator

from engine.source.nodes import Listing, Mapping, Node, Scalar


def scalar(node: Mapping, key: str) -> Scalar | None:
    """The scalar under ``key``."""
    entry = node.entries.get(key)  # most are not there: this is asked more often than anything else
    return entry.value if entry is not None and isinstance(entry.value, Scalar) else None


def text(node: Mapping, key: str) -> str | None:
    """The text under ``key``."""
    found = scalar(node, key)
    return found.text if found is not None else None


def flag(node: Mapping, key: str) -> bool:
    """Whether ``key`` is ``true``."""
    return text(node, key) == "true"


def integer(node: Mapping, key: str, default: int) -> int:
    """The whole number under ``key``."""
    found = text(node, key)
    return int(found) if found is not None else default


def names(node: Mapping, key: str) -> tuple[Scalar, ...]:
    """The names under ``key``: a list, or one name alone."""
    return scalars(node.get(key))


def scalars(node: Node | None) -> tuple[Scalar, ...]:
    """The scalars of a list, or the one that stands alone."""
    if isinstance(node, Scalar):
        return (node,)
    if isinstance(node, Listing):
        return tuple(item for item in node.items if isinstance(item, Scalar))
    return ()


def texts(node: Mapping, key: str) -> tuple[str, ...]:
    """As ``names``, without places."""
    return tuple(name.text for name in names(node, key))


def mapping(node: Mapping, key: str) -> Mapping | None:
    """The mapping under ``key``."""
    found = node.get(key)
    return found if isinstance(found, Mapping) else None


def entries(node: Mapping, key: str) -> Iterator[tuple[Scalar, Node]]:
    """Keys and values of the mapping under ``key``, in order."""
    found = node.get(key)
    if isinstance(found, Mapping):
        for entry in found.entries.values():
            yield entry.key, entry.value


def maps(node: Mapping, key: str) -> Iterator[tuple[Scalar, Mapping]]:
    """As ``entries``, of those whose value is a mapping."""
    for name, value in entries(node, key):
        if isinstance(value, Mapping):
            yield name, value


def texts_of(node: Mapping, key: str) -> Iterator[tuple[Scalar, Scalar]]:
    """As ``entries``, of those whose value is a text."""
    for name, value in entries(node, key):
        if isinstance(value, Scalar):
            yield name, value
