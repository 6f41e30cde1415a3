"""Names that build on one another in a circle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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


def from_below(
    below: Mapping[str, Iterable[str]],
) -> tuple[list[str], list[tuple[str, ...]]]:
    """All names, each after those below it that are names too; and the circles among them, each once.

    A loop, not a recursion: thousands may build on one another.
    """
    order: dict[str, None] = {}
    circles: list[tuple[str, ...]] = []
    told: set[str] = set()
    for start in below:
        way: dict[str, Iterator[str]] = {} if start in order else {start: iter(below[start])}
        while way:
            last = next(reversed(way))
            name = next(way[last], None)
            if name is None:
                way.popitem()
                order[last] = None
            elif name in way:
                circle = list(way)[list(way).index(name) :]
                if told.isdisjoint(circle):
                    circles.append(tuple(circle))
                told.update(circle)
            elif name in below and name not in order:
                way[name] = iter(below[name])
    return list(order), circles
