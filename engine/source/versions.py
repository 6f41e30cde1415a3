"""Versions of packs and ranges of them: ``1.4.0``, ``2.0.0-rc.1``, ``>=1.0,<2``. Pure values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering

_VERSION = re.compile(
    r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})"
    r"(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?\Z"
)
_SHORT = re.compile(r"(0|[1-9]\d{0,8})(?:\.(0|[1-9]\d{0,8}))?\Z")
_PART = re.compile(r"(>=|<=|==|!=|>|<)?\s*(\S+)\Z")


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """A semantic version; ``pre`` is empty for a release. What follows ``+`` does not count."""

    core: tuple[int, int, int]
    pre: tuple[str, ...] = ()

    def __str__(self) -> str:
        text = ".".join(map(str, self.core))
        return f"{text}-{'.'.join(self.pre)}" if self.pre else text

    def __lt__(self, other: Version) -> bool:
        return self._order() < other._order()

    def _order(self) -> tuple[object, ...]:
        """A release comes after all that lead up to it; numbers before words."""
        parts = tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in self.pre)
        return (self.core, not self.pre, parts)


def read_version(text: str) -> Version | None:
    """``1.4.0`` or ``1.4.0-rc.1``; None for anything else."""
    found = _VERSION.match(text)
    if found is None:
        return None
    pre = tuple(found[4].split(".")) if found[4] else ()
    return Version((int(found[1]), int(found[2]), int(found[3])), pre)


def read_since(text: str) -> Version | None:
    """A version as `since` names it: ``1.2`` is 1.2.0."""
    found = _SHORT.match(text)
    if found is not None:
        return Version((int(found[1]), int(found[2] or 0), 0))
    return read_version(text)


@dataclass(frozen=True, slots=True)
class Range:
    """Comparisons that all must hold; none at all takes every version."""

    text: str
    parts: tuple[tuple[str, Version], ...]

    def __contains__(self, version: Version) -> bool:
        return all(_holds(version, operator, bound) for operator, bound in self.parts)

    @property
    def least(self) -> Version | None:
        """The lower bound, None where there is none."""
        bounds = [bound for operator, bound in self.parts if operator in (">=", ">", "==")]
        return max(bounds) if bounds else None


def read_range(text: str) -> Range | None:
    """``>=1.0,<2``, ``==1.4.2``, ``1.4`` (that and later ones below 2) or ``*``; None for anything else."""
    parts: list[tuple[str, Version]] = []
    if text.strip() == "*":
        return Range(text, ())
    for part in text.split(","):
        found = _PART.match(part.strip())
        bound = read_since(found[2]) if found is not None else None
        if found is None or bound is None:
            return None
        if found[1]:
            parts.append((found[1], bound))
        else:
            parts += [(">=", bound), ("<", Version((bound.core[0] + 1, 0, 0)))]
    return Range(text, tuple(parts))


def _holds(version: Version, operator: str, bound: Version) -> bool:
    if operator == "<" and not bound.pre:
        # What leads up to 2.0.0 is not below 2: it has its changes already.
        return version.core < bound.core
    return {
        ">=": version >= bound,
        ">": version > bound,
        "<=": version <= bound,
        "<": version < bound,
        "==": version == bound,
        "!=": version != bound,
    }[operator]


ENGINE = Version((0, 1, 0))
"""The version of this engine, which packs may require as `engine`. The same as in pyproject.toml."""
