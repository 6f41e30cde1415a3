"""Costs that come from elsewhere: what a sold row left with comes back; what a receipt was worth changes.

Exact by cumulation (REPOSTING, arithmetic): of goods W that left with V, the first q that come back
are worth R(V·q, W); what came back earlier is taken off, so the last part takes the rest to the paisa.
"""

from __future__ import annotations

from decimal import Decimal

from engine.kernel.entries import ZERO, Entry
from engine.kernel.posting_case import EntriesQuestion, PostingCase
from engine.kernel.rows import Row
from engine.kernel.valuation import Average, rounded

_Pool = tuple[object, ...]


def carry_back(case: PostingCase, entry: Entry) -> None:
    """Give ``entry`` its share of what the goods of its ``cost_of`` row left with. Findings go to the case."""
    ledger, valuation = entry.ledger, entry.ledger.valuation
    assert valuation is not None
    assert entry.cost_of is not None
    question = EntriesQuestion(ledger.name, line=entry.cost_of, tables=entry.cost_of_tables)
    left = [row for row in case.ask(question) if row[valuation.per] < 0]
    apart = _told_apart(entry, left)
    pool = _pool(entry.values, apart)
    mine = [row for row in left if _pool(row, apart) == pool]
    if not mine:
        _unknown(case, entry)
        return
    back = case.ask(EntriesQuestion(ledger.name, of_line=entry.cost_of)) + case.carried_back
    back = [row for row in back if _belongs(row, entry, apart, pool)]
    whole = sum((-row[valuation.per] for row in mine), ZERO)
    worth = sum((-row[valuation.of] for row in mine), ZERO)
    done = sum((row[valuation.per] for row in back), ZERO)
    given = sum((row[valuation.of] for row in back), ZERO)
    now = entry.values[valuation.per]
    if done + now > whole:
        left_over = case.shown(whole - done)
        case.find(
            "posting.more_than_left",
            entry,
            f"{case.named(entry)}: {left_over} of what left can still come back, "
            f"{case.shown(now)} is entered.",
            f"Take {left_over} at most." if whole > done else "",
        )
        entry.values[valuation.of] = ZERO
        return
    q, v = ledger.measures[valuation.per].scale, ledger.measures[valuation.of].scale
    upto = rounded(int(worth.scaleb(v)) * int((done + now).scaleb(q)), int(whole.scaleb(q)))
    entry.values[valuation.of] = max(Decimal(upto).scaleb(-v) - given, ZERO)
    case.carried_back.append(entry.values)


def _told_apart(entry: Entry, rows: list[Row]) -> tuple[str, ...]:
    """The dimensions in which what left differs: there the goods that come back must match (batch by batch)."""
    return tuple(name for name in entry.ledger.dimensions if len({row[name] for row in rows}) > 1)


def _pool(values: Row, apart: tuple[str, ...]) -> _Pool:
    return tuple(values[name] for name in apart)


def _belongs(row: Row, entry: Entry, apart: tuple[str, ...], pool: _Pool) -> bool:
    """Whether ``row`` brought back goods of the same row and pool."""
    assert entry.ledger.valuation is not None
    same = row["of_line"] == entry.cost_of and row[entry.ledger.valuation.per] > 0
    return bool(same) and _pool(row, apart) == pool


def _unknown(case: PostingCase, entry: Entry) -> None:
    case.find(
        "posting.cost_unknown",
        entry,
        f"{case.named(entry)} did not leave by the row it is to come back from, so it has no cost to come back at.",
        "Choose the row, and the batch, that were delivered.",
    )
    assert entry.ledger.valuation is not None
    entry.values[entry.ledger.valuation.of] = ZERO


def is_apart(case: PostingCase, entry: Entry) -> bool:
    """Whether the receipt that ``entry`` corrects still lies whole where it came in.

    At moving average that means that nothing has left its key since. A layer of its own is asked by
    the layer itself.
    """
    valuation = entry.ledger.valuation
    assert valuation is not None
    assert entry.corrects is not None
    if not isinstance(case.state_of(entry), Average):
        return True
    match = {name: entry.values[name] for name in valuation.by}
    later = case.ask(EntriesQuestion(entry.ledger.name, match=match, after=entry.corrects))
    return not any(row[valuation.per] < 0 and row["id"] != entry.corrects for row in later)
