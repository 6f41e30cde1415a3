"""A submitted document that was changed: posted again whole, as if it had not been posted, and the difference written.

What is carried at its own worth (open items, balances in other currencies) is first given back, so that the document
meets the books as they are without it. Goods, and what is carried in layers, stay as they stand
(``engine.kernel.as_stood``), and so does what was posted on another day than the document's: where it would be another
now is a finding. What it writes is the difference to what stands (``engine.kernel.amending``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.ledgers import SUBMIT, Ledger
from engine.catalog.whole import Catalog
from engine.catalog.workflow import entering
from engine.kernel.amending import difference
from engine.kernel.as_stood import AsStood, Stood
from engine.kernel.entries import Entry, balance_key
from engine.kernel.entries_at_hand import as_row
from engine.kernel.finding import Finding
from engine.kernel.lots import EXPIRED
from engine.kernel.mirroring import mirror
from engine.kernel.posting import Drafts, begin, finish, units
from engine.kernel.posting_case import EntriesQuestion, PostingCase
from engine.kernel.rows import Row
from engine.kernel.valuation import Average, Layer, Method

_WAY_OUT = "Cancel the document and make a new one."


@dataclass(frozen=True, slots=True)
class Again:
    """What a changed document writes: ``entries`` that lie between ``wanted`` (all it would write) and what stood."""

    entries: list[Entry]
    wanted: list[Entry]


@dataclass(frozen=True, slots=True)
class Stands:
    """What a document wrote: ``again`` is worked out again, ``elsewhere`` was written by other transitions than the
    submit, ``taken_back`` are the postings of which another took everything back."""

    again: Stood
    elsewhere: Stood
    taken_back: frozenset[str] = frozenset()


def stands(
    doctype: Doctype,
    live: Stood,
    reversed_: Iterable[Row],
    ways: Collection[str],
    was: Doctype | None = None,
) -> Stands:
    """What of the entries of a document (``live``, and those that were taken back) is worked out again.

    ``ways``: the transitions it was submitted by; ``was``: the doctype by which it was. An entry of a posting of the
    submit that is no more is worked out again as well: it comes to nothing. What expired has gone all the same: where
    now less was brought, the engine puts the difference back.
    """
    later = {
        key
        for kind in ((doctype,) if was is None else (doctype, was))
        for key, posting in kind.posts.items()
        if posting.on not in (*ways, *submitting(kind))
    }
    again: dict[str, list[Row]] = {}
    elsewhere: dict[str, list[Row]] = {}
    for name, rows in live.items():
        for row in (row for row in rows if row["posting"] != EXPIRED):
            part = elsewhere if row["posting"] in later else again
            part.setdefault(name, []).append(row)
    still = {row["posting"] for rows in live.values() for row in rows}
    gone = {row["posting"] for row in reversed_} - still
    return Stands(again, elsewhere, frozenset(gone))


def given_back(catalog: Catalog, stood: Stood) -> list[Entry]:
    """The mirror of everything that stood, on the day on which it stands."""
    return [
        mirror(catalog.ledgers[name], row, row["date"])
        for name, rows in stood.items()
        for row in rows
    ]


def moving(entries: Iterable[Entry]) -> list[Entry]:
    """The entries whose balances may move: goods stay where they are."""
    return [entry for entry in entries if not entry.ledger.of_goods]


def submitting(doctype: Doctype, passed: frozenset[str] | None = None) -> frozenset[str]:
    """The transitions whose postings a submitted document was posted by; ``passed``: those it has gone, if known."""
    ways = entering(doctype.workflow)
    if passed is not None and (SUBMIT in passed or not passed.isdisjoint(ways)):
        ways = tuple(way for way in ways if way in passed)
    return frozenset((SUBMIT, *ways))


def post_again(drafts: Drafts, stood: Stood, states: Mapping[tuple[str, str], Method]) -> Again:
    """Work a changed document out; the layers of ``states`` are then as if it had always been so.

    ``drafts``: of the document as it is now. The entries are dated as the document is. Findings go to the case.
    """
    case = drafts.case
    case.as_stood = AsStood.of(case.catalog, stood, states)
    back = given_back(case.catalog, stood)
    _give_back([entry for entry in back if not case.as_stood.keeps(entry)], states)
    wanted = finish(drafts, states)
    entries: list[Entry] = []
    otherwise = dict.fromkeys(case.as_stood.ledgers_left())
    for day, ledger, found in _differences(case, stood, wanted):
        if not found:
            continue
        if ledger.of_goods:
            otherwise[ledger.name] = None
        elif day == case.date:
            entries += found
        else:
            _find_other_day(case, ledger, day)
    if otherwise and not case.findings:
        _find_otherwise(case, otherwise)
    # Where something would move otherwise nobody can tell what would follow from it.
    is_told = not any(found.code == "posting.waits_for_reposting" for found in case.findings)
    return Again(entries if is_told else [], wanted)


def _differences(
    case: PostingCase, stood: Stood, wanted: Sequence[Entry]
) -> Iterator[tuple[date, Ledger, list[Entry]]]:
    """Ledger by ledger and day by day, what lies between ``stood`` and ``wanted``."""
    for name in dict.fromkeys([*stood, *(entry.ledger.name for entry in wanted)]):
        ledger, rows = case.catalog.ledgers[name], stood.get(name, ())
        entries = [entry for entry in wanted if entry.ledger.name == name]
        days = {row["meant_for"] for row in rows} | {e.values["meant_for"] for e in entries}
        for day in sorted(days):
            there = [row for row in rows if row["meant_for"] == day]
            own = [entry for entry in entries if entry.values["meant_for"] == day]
            yield day, ledger, difference(ledger, there, own, day)


def _find_otherwise(case: PostingCase, ledgers: Iterable[str]) -> None:
    """Tell of what would move otherwise, where no entry was told of."""
    for name in ledgers:
        case.find(
            "posting.waits_for_reposting",
            None,
            f"{case.catalog.ledgers[name].label}: it would move otherwise than it did, and what that does to what "
            "moved since waits for reposting.",
            _WAY_OUT,
        )


def _find_other_day(case: PostingCase, ledger: Ledger, day: date) -> None:
    said = f"{ledger.label}: what was posted on {day:%d-%m-%Y} stays on that day, and would be another."
    case.findings.append(Finding("amend.other_day", "", said, hint=_WAY_OUT))


# --- what other transitions wrote ----------------------------------------------------------------


def changed_elsewhere(
    case: PostingCase, wanted: Sequence[Entry], elsewhere: Stood, passed: Collection[str]
) -> list[Finding]:
    """A finding per transition after the submit whose postings would come out otherwise than they stand.

    ``case``: of the document as it is now, posted again; ``wanted``: what it comes to. ``passed``: the transitions
    that the document has gone.
    """
    posts = [p for p in case.doctype.posts.values() if p.on not in case.transitions]
    keys = {row["posting"] for rows in elsewhere.values() for row in rows}
    ways = [p.on for p in posts if not p.undo and (p.key in keys or p.on in passed)]
    found = [
        _changed(f"What '{case.doctype.workflow.transitions[way].label}' posted")
        for way in dict.fromkeys(ways)
        if not _comes_out(case, wanted, elsewhere, way)
    ]
    gone = sorted(keys - case.doctype.posts.keys())
    return found + [_changed(f"What '{key}', a posting of then, wrote") for key in gone]


def _comes_out(case: PostingCase, wanted: Sequence[Entry], elsewhere: Stood, way: str) -> bool:
    """Whether what ``way`` posts is what stands of it."""
    posts = case.doctype.posts.values()
    keys = {p.key for p in posts if p.on == way and not p.undo}
    rows = {
        name: [row for row in found if row["posting"] in keys] for name, found in elsewhere.items()
    }
    undoing = {p.key for p in posts if p.undo}
    other = replace(
        case,
        transitions=frozenset({way}),
        findings=[],
        carried_back=[],
        lots_taken=[],
        as_stood=AsStood.of(case.catalog, rows, None),
        taken_back=case.taken_back | undoing,
        read=_with(case, wanted, elsewhere),
    )
    found = finish(begin(other), {})
    assert other.as_stood is not None
    if other.findings or any(other.as_stood.ledgers_left()):
        return False
    return not any(left for _, _, left in _differences(other, rows, found))


def _with(case: PostingCase, wanted: Sequence[Entry], elsewhere: Stood) -> Any:
    """What answers questions for stored rows, with what the document would have written in place of what it wrote."""

    def read(question: Any) -> list[Row]:
        if isinstance(question, EntriesQuestion) and question.document == case.document["id"]:
            name = question.ledger
            own = [as_row(entry) for entry in wanted if entry.ledger.name == name]
            return [*own, *elsewhere.get(name, ())]
        return case.read(question) if case.read is not None else []

    return read


def _changed(what: str) -> Finding:
    said = f"{what} after the submit stays as it stands, and would be another."
    return Finding("amend.other_transition", "", said, hint=_WAY_OUT)


# --- worth ---------------------------------------------------------------------------------------


def _give_back(entries: Iterable[Entry], states: Mapping[tuple[str, str], Method]) -> None:
    for entry in entries:
        valuation = entry.ledger.valuation
        if valuation is None:
            continue
        key = balance_key(valuation.by, entry.values["company"], entry.values)
        quantity, value = moved(entry)
        shift(states[entry.ledger.name, key], quantity, value)


def moved(entry: Entry) -> tuple[int, int]:
    """What an entry of a valued ledger moves, in the smallest units: (quantity, value)."""
    ledger, valuation = entry.ledger, entry.ledger.valuation
    assert valuation is not None
    figures = entry.worth if valuation.worth else entry.values
    quantity = units(entry.values[valuation.per], ledger.measures[valuation.per].scale)
    return quantity, units(figures[valuation.of], ledger.measures[valuation.of].scale)


def shift(state: Method, quantity: int, value: int) -> None:
    """Move what an open item carries by ``quantity`` and ``value``, both with their sign, as they are said."""
    quantity, value = state.sign * quantity, state.sign * value
    if isinstance(state, Average):
        there, worth = state.quantity + quantity, state.value + value
        if there < 0:
            state.sign, there, worth = -state.sign, -there, -worth
        state.layer = Layer(there, worth)
    elif quantity > 0:
        state.put(quantity, value)
    elif quantity:
        state.take_at(-quantity, -value)
    elif value:
        state.add_value(value)
