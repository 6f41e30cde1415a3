"""The order of postings: each after those whose entries it reads; a rest after all that it balances."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Dictionary
from dataclasses import replace

from engine.catalog.ledgers import SUBMIT, Ledger, Posting
from engine.catalog.workflow import Workflow, entering
from engine.problems.problem import Problem, Span


def in_order(
    postings: Dictionary[str, Posting], spans: Dictionary[str, Span]
) -> tuple[dict[str, Posting], list[Problem]]:
    """``postings`` in the order that ``posted`` asks for; a circle is a problem, with its path."""
    after = {key: tuple(_before(posting, postings)) for key, posting in postings.items()}
    order: dict[str, Posting] = {}
    problems: list[Problem] = []
    reported: set[str] = set()

    def visit(key: str, above: tuple[str, ...]) -> None:
        if key in order or key not in postings or key in reported:
            return
        if key in above:
            circle = above[above.index(key) :]
            reported.update(circle)
            problems.append(_circle(circle, spans[circle[0]]))
            return
        for before in after[key]:
            visit(before, (*above, key))
        order[key] = postings[key]

    for key in postings:
        visit(key, ())
    return order, problems


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


def _circle(circle: tuple[str, ...], span: Span) -> Problem:
    path = " → ".join((*circle, circle[0]))
    message = f"These postings wait for one another: {path}."
    return Problem("E503", message, span, "One of them must not read 'posted'.")


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
    """Ledgers whose postings lead back to themselves: an entry would never end."""
    problems: list[Problem] = []
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            circle = above[above.index(name) :]
            if not done & set(circle):
                path = " → ".join((*circle, name))
                message = f"These ledgers post into one another: {path}."
                problems.append(Problem("E512", message, spans[circle[0]]))
            done.update(circle)
            return
        if name in done or name not in ledgers:
            return
        for posting in ledgers[name].posts.values():
            visit(posting.ledger, (*above, name))
        done.add(name)

    for name in ledgers:
        visit(name, ())
    return problems
