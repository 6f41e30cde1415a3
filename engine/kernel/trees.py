"""Trees: the records that stand below a node."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.expr.program import Under


def below(links: Iterable[tuple[int, int | None]], node: int) -> list[int]:
    """``node`` and all below it, in order; ``links``: (record, the one directly above)."""
    under: dict[int | None, list[int]] = {}
    for record, above in links:
        under.setdefault(above, []).append(record)
    found, waiting = {node}, [node]
    while waiting:
        for record in under.get(waiting.pop(), ()):
            if record not in found:
                found.add(record)
                waiting.append(record)
    return sorted(found)


def trees_in(match: Mapping[str, Any]) -> list[Under]:
    """The nodes in ``match`` (dimension → value) that stand for all below them."""
    return [value for value in match.values() if isinstance(value, Under)]


def opened(match: Mapping[str, Any], found: Mapping[Under, list[int]]) -> dict[str, Any]:
    """``match`` with every ``Under`` replaced by the records that ``found`` has for it."""
    return {
        name: found[value] if isinstance(value, Under) else value for name, value in match.items()
    }


def in_circle(row: Mapping[str, Any], link: str, known: Mapping[int, Mapping[str, Any]]) -> bool:
    """Whether ``row`` stands above itself along ``link``; ``known``: records by id, as they shall be."""
    passed = {row["id"]}
    above = row[link]
    while above is not None and above not in passed:
        passed.add(above)
        above = known[above][link] if above in known else None
    return above is not None
