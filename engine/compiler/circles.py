"""Names that build on one another in a circle."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet


def way_back(start: str, reads: Mapping[str, AbstractSet[str]]) -> list[str] | None:
    """The shortest way from a name back to itself; None when there is none."""
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:
        for name in sorted(reads[way[-1]]):
            if name == start:
                return way
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return None
