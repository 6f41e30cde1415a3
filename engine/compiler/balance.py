"""Pass 8, balance: a doctype whose postings could never balance a double-entry ledger is refused.

What reaches the ledger is counted: postings of the doctype and those of ledgers it posts into.
One side alone cannot balance. (Whether amounts are equal is proved on generated documents.)
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass

from engine.catalog.ledgers import MOST_POSTS_IN_A_ROW, Ledger, Posting
from engine.problems.problem import Problem, Span

_BOTH = frozenset({"debit", "credit"})
_OTHER = {"debit": "credit", "credit": "debit"}


@dataclass(frozen=True, slots=True)
class _Contribution:
    """One way into the ledger: the sides it can write, and the posting of the doctype it begins with."""

    posting: str
    via: tuple[str, ...]
    sides: frozenset[str]
    alone: bool
    """It writes one measure only, whatever the sign."""


def check_balance(
    doctype: str,
    posts: Dictionary[str, Posting],
    ledgers: Dictionary[str, Ledger],
    places: Dictionary[str, Span],
) -> list[Problem]:
    """A problem per double-entry ledger that the doctype writes on one side only."""
    problems: list[Problem] = []
    for ledger in ledgers.values():
        if ledger.double_entry is None:
            continue
        found = [c for posting in posts.values() for c in _into(posting, ledger, ledgers)]
        problem = _judge(doctype, ledger, found, places)
        if problem is not None:
            problems.append(problem)
    return problems


def _judge(
    doctype: str, ledger: Ledger, found: list[_Contribution], places: Dictionary[str, Span]
) -> Problem | None:
    sides = frozenset[str]().union(*(c.sides for c in found))
    single = len(found) == 1 and found[0].alone
    if not found or (sides == _BOTH and not single):
        return None
    first = found[0]
    side = "one side" if sides == _BOTH else next(iter(sides)) + "s"
    way = f"'{first.posting}'" + (f" (through {', '.join(first.via)})" if first.via else "")
    if len(found) > 1:
        way = ", ".join(dict.fromkeys(f"'{c.posting}'" for c in found))
    message = f"{doctype} cannot balance {ledger.name}: it writes only {side}, by {way}."
    hint = f"Add a posting into {ledger.name} for the other side."
    return Problem("E502", message, places.get(first.posting), hint)


def _into(
    posting: Posting, ledger: Ledger, ledgers: Dictionary[str, Ledger]
) -> Iterator[_Contribution]:
    """The ways from a posting of a doctype into the ledger."""
    yield from _follow(posting, ledger, ledgers, posting.key, ())


def _follow(
    posting: Posting,
    ledger: Ledger,
    ledgers: Dictionary[str, Ledger],
    first: str,
    via: tuple[str, ...],
) -> Iterator[_Contribution]:
    if posting.ledger == ledger.name:
        yield _contribution(posting, ledger, first, via)
        return
    between = ledgers.get(posting.ledger)
    if between is None or len(via) == MOST_POSTS_IN_A_ROW:
        return
    for further in between.posts.values():
        yield from _follow(further, ledger, ledgers, first, (*via, between.name))


def _contribution(
    posting: Posting, ledger: Ledger, first: str, via: tuple[str, ...]
) -> _Contribution:
    names = ledger.double_entry or ("", "")
    written = [s for s, name in zip(("debit", "credit"), names, strict=True) if name in posting.set]
    if len(written) != 1:
        return _Contribution(first, via, _BOTH, alone=False)
    side = written[0]
    expression = posting.set[names[0] if side == "debit" else names[1]]
    return _Contribution(first, via, _sides(side, expression.source, via), alone=True)


def _sides(side: str, source: str, via: tuple[str, ...]) -> frozenset[str]:
    """A plain amount goes to its side, a negated one to the other; of the rest nothing is known.

    What comes through another ledger may be negative there.
    """
    text = source.strip()
    if via:
        return _BOTH
    if text.startswith("-") and _is_plain(text[1:]):
        return frozenset({_OTHER[side]})
    return frozenset({side}) if _is_plain(text) else _BOTH


def _is_plain(text: str) -> bool:
    """A field or a product of fields: nothing is taken away in it."""
    return not set(text) & set("-+()")
