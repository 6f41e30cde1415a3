"""The order of postings: each after those whose entries it reads; a rest after all that it balances."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Dictionary
from dataclasses import replace

from engine.catalog.ledgers import MOST_POSTS_IN_A_ROW, SUBMIT, Ledger, Posting
from engine.catalog.workflow import Workflow, entering
from engine.compiler.circles import from_below
from engine.problems.problem import Problem, Span
from engine.problems.render import way_text


def postings_in_order(
    postings: Dictionary[str, Posting], spans: Dictionary[str, Span]
) -> tuple[dict[str, Posting], list[Problem]]:
    """``postings`` in the order that ``posted`` asks for; a circle is a problem, with its path."""
    after = {key: tuple(_before(posting, postings)) for key, posting in postings.items()}
    order, circles = from_below(after)
    problems: list[Problem] = []
    for circle in circles:
        message = f"These postings wait for one another: {way_text((*circle, circle[0]))}."
        hint = "One of them must not read 'posted'."
        problems.append(Problem("E503", message, spans[circle[0]], hint))
    return {key: postings[key] for key in order}, problems


def _before(posting: Posting, postings: Dictionary[str, Posting]) -> Iterator[str]:
    """What must be written first: what it reads in the same transition, and for a rest all it balances."""
    for key in posting.reads_posted:
        if key in postings and postings[key].on == posting.on:
            yield key
    if posting.rest is not None:
        for key, other in postings.items():
            same = other.on == posting.on and other.rest is None and key != posting.key
            if same and posting.key not in other.reads_posted:
                yield key


def marked(postings: Dictionary[str, Posting], workflow: Workflow) -> dict[str, Posting]:
    """``postings``; those whose entries have to be known again, by themselves, keep their key."""
    undone = {key for posting in postings.values() for key in posting.undo}
    submitting = (SUBMIT, *entering(workflow))
    return {
        key: replace(posting, keeps_key=True)
        if key in undone or posting.on not in submitting
        else posting
        for key, posting in postings.items()
    }


def check_ledger_circles(
    ledgers: Dictionary[str, Ledger], spans: Dictionary[str, Span]
) -> list[Problem]:
    """Ledgers whose postings lead back to themselves, so that an entry would never end, or too far."""
    below = {
        name: dict.fromkeys(posting.ledger for posting in ledger.posts.values())
        for name, ledger in ledgers.items()
    }
    order, circles = from_below(below)
    if circles:
        return [
            Problem(
                "E512",
                f"These ledgers post into one another: {way_text((*circle, circle[0]))}.",
                spans[circle[0]],
            )
            for circle in circles
        ]
    return list(_too_far(order, below, spans))


def _too_far(
    order: Iterable[str], below: Dictionary[str, Iterable[str]], spans: Dictionary[str, Span]
) -> Iterator[Problem]:
    """The ledgers at which a row of postings becomes too long; ``order``: each after those below it."""
    ways: dict[str, tuple[str, ...]] = {}
    too_far: set[str] = set()
    for name in order:
        longest = max((ways[other] for other in below[name] if other in ways), key=len, default=())
        ways[name] = (name, *longest)
        if not too_far.isdisjoint(below[name]):
            too_far.add(name)
        elif len(longest) > MOST_POSTS_IN_A_ROW:
            too_far.add(name)
            message = (
                f"An entry here would lead through {len(longest)} further ledgers, and "
                f"{MOST_POSTS_IN_A_ROW} are written: {way_text(ways[name])}."
            )
            hint = "Let one of them post into several, instead of each into the next."
            yield Problem("E512", message, spans[name], hint)
        if name in too_far:
            del ways[name]
