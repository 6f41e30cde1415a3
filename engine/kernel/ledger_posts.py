"""Ledgers that post: what every entry writes further, and the other side of what is taken out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from engine.catalog.fields import DOCUMENT
from engine.catalog.ledgers import MOST_POSTS_IN_A_ROW, Posting
from engine.expr.types import Money
from engine.kernel.drafting import fill_dimensions, new_entry
from engine.kernel.entries import ZERO, Entry
from engine.kernel.posting_case import PostingCase
from engine.kernel.rows import Row
from engine.money import round_half_up


def with_ledger_posts(
    case: PostingCase, entries: list[Entry], levels: int = MOST_POSTS_IN_A_ROW - 1
) -> list[Entry]:
    """``entries``, each followed by what its ledger writes further."""
    result: list[Entry] = []
    for entry in entries:
        result.append(entry)
        if entry.is_whole:
            continue
        for post in entry.ledger.posts.values():
            made = _follow(case, entry, post)
            if made is None:
                continue
            result += with_ledger_posts(case, [made], levels - 1) if levels else [made]
            if entry.against is not None and made.ledger.double_entry is not None:
                result.append(_other_side(case, made, entry.against))
    return result


def _follow(case: PostingCase, entry: Entry, post: Posting) -> Entry | None:
    """What ``post`` writes for ``entry``, on its day and at its worth."""
    frame = case.entry_frame(entry)
    if post.when is not None and post.when.run(frame) is not True:
        return None
    rule = f"{entry.ledger.key}.{post.key}"
    made = new_entry(case, post, rule, frame, entry.values["line"], entry.line_table)
    made.source = entry
    made.level = len(case.doctype.posts) + 1
    made.posting = entry.posting
    made.reverse_on = entry.reverse_on
    if made.ledger.double_entry is None:
        made.against = entry.against  # what it posts further meets the books
    made.values["date"], made.values["meant_for"] = entry.date, entry.values["meant_for"]
    _carry_worth(case, entry, post, made)
    return made


def _carry_worth(case: PostingCase, entry: Entry, post: Posting, made: Entry) -> None:
    """An amount that follows from an amount follows in worth as well, whatever the document's rate.

    The expressions of a ledger's posting are linear in its measures: with worths for amounts they
    give worths.
    """
    if not entry.worth or not made.worth or post.worth is not None:
        return
    frame: dict[str, Any] = case.entry_frame(entry)
    frame["this"] = entry.values | entry.worth
    for name in made.worth:
        expr = post.set.get(name)
        if expr is not None and expr.type != Money("company"):
            found = expr.run(frame)
            scale = made.ledger.measures[name].scale
            made.worth[name] = round_half_up(found if found is not None else ZERO, scale)
    if any(name in post.set for name in made.worth):
        made.currency = entry.currency


def _other_side(case: PostingCase, made: Entry, account: int) -> Entry:
    """The mirror of ``made`` on ``account``, which must be allowed there as in any posting. Findings go to the case."""
    assert made.ledger.double_entry is not None
    debit, credit = made.ledger.double_entry
    values: Row = dict(made.values)
    for dimension in made.ledger.dimensions.values():
        if dimension.link and dimension.link != (DOCUMENT,) and not dimension.required:
            values[dimension.name] = None
    values[next(iter(made.ledger.dimensions))] = account
    values[debit], values[credit] = values[credit], values[debit]
    worth: dict[str, Decimal] = dict(made.worth)
    if worth:
        worth[debit], worth[credit] = made.worth[credit], made.worth[debit]
    other = replace(made, values=values, worth=worth, rule=f"{made.rule}.residue", against=None)
    fill_dimensions(case, other)
    return other
