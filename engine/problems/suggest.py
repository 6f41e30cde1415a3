"""Did you mean: the known name nearest to a misspelt one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from functools import lru_cache
from heapq import nlargest
from itertools import pairwise

MEANT = "Did you mean "
"""How a hint begins that names what was meant."""

_CUTOFF = 0.6
_FEW = 60
_LIKELY = 20


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The name of ``known`` that ``name`` most likely stands for, or None where nothing is close.

    Case, blanks, hyphens and underscores do not count: ``sales invoice`` finds ``Sales Invoice``.
    """
    by_plain: dict[str, str] = {}
    for candidate in known:
        by_plain.setdefault(_plain(candidate), candidate)
    plain = _plain(name)
    if plain in by_plain:
        return by_plain[plain]
    found = closest(plain, by_plain)
    return by_plain[found] if found is not None else None


def closest(name: str, known: Collection[str]) -> str | None:
    """The text of ``known`` that is most alike, letter by letter; None where none is close.

    Out of a great many, only those that have the most letters and pairs of letters in common are compared.
    """
    if len(known) > _FEW:
        wanted, length = _marks(name), len(name)
        known = nlargest(_LIKELY, known, lambda k: len(wanted & _marks(k)) / (length + len(k)))
    found = get_close_matches(name, known, n=1, cutoff=_CUTOFF)
    return found[0] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``Did you mean 'x'?``, or ``""`` where nothing is close."""
    found = nearest(name, known)
    return f"{MEANT}'{found}'?" if found is not None else ""


def choices(name: str, known: Iterable[str], *, most: int = 12) -> str:
    """A hint for a name out of a short list: the nearest one, else all of them."""
    names = list(known)
    found = did_you_mean(name, names)
    if found or not names:
        return found
    if len(names) > most:
        return ""
    return "It takes: " + ", ".join(names) + "."


@lru_cache(maxsize=16_384)
def _marks(name: str) -> frozenset[str]:
    """The letters of a name and its pairs of letters."""
    return frozenset(name).union(a + b for a, b in pairwise(name))


@lru_cache(maxsize=16_384)
def _plain(name: str) -> str:
    return "".join(c for c in name.lower() if c not in " _-")
