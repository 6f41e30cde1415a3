"""Did you mean: the known name nearest to a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_CUTOFF = 0.6


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
    found = get_close_matches(plain, by_plain, n=1, cutoff=_CUTOFF)
    return by_plain[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``Did you mean 'x'?``, or ``""`` where nothing is close."""
    found = nearest(name, known)
    return f"Did you mean '{found}'?" if found is not None else ""


def choices(name: str, known: Iterable[str], *, most: int = 12) -> str:
    """A hint for a name out of a short list: the nearest one, else all of them."""
    names = list(known)
    found = did_you_mean(name, names)
    if found or not names:
        return found
    if len(names) > most:
        return ""
    return "It takes: " + ", ".join(names) + "."


def _plain(name: str) -> str:
    return "".join(c for c in name.lower() if c not in " _-")
