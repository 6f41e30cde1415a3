"""A submitted document that was changed: posted again whole, as if it had not been posted, and the difference written.

What is carried at its own worth (open items, balances in other currencies) is first given back, so that the document
meets the books as they are without it. What it writes is the difference to what stands (``engine.kernel.amending``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.catalog.doctypes import Doctype
from engine.catalog.ledgers import SUBMIT
from engine.catalog.whole import Catalog
from engine.catalog.workflow import entering
from engine.kernel.amending import difference
from engine.kernel.entries import Entry, balance_key
from engine.kernel.lots import EXPIRED
from engine.kernel.mirroring import mirror
from engine.kernel.posting import Drafts, finish, units
from engine.kernel.rows import Row
from engine.kernel.valuation import Average, Layer, Method

Stood = Mapping[str, Sequence[Row]]
"""Ledger name → the live entries of a document there, as ``EntriesQuestion`` answers."""


@dataclass(frozen=True, slots=True)
class Again:
    """What a changed document writes: ``entries`` that lie between ``wanted`` (all it would write) and what stood."""

    entries: list[Entry]
    wanted: list[Entry]


def given_back(catalog: Catalog, stood: Stood) -> list[Entry]:
    """The mirror of everything that stood, on the day on which it stands."""
    return [
        mirror(catalog.ledgers[name], row, row["date"])
        for name, rows in stood.items()
        for row in rows
    ]


def is_again(doctype: Doctype, row: Row) -> bool:
    """Whether a stored entry is of a posting of the submit, which is worked out again, or of one that is no more.

    What expired has gone all the same: where now less was brought, the engine puts the difference back.
    """
    if row["posting"] == EXPIRED:
        return False
    posting = doctype.posts.get(row["posting"] or "")
    return posting is None or posting.on in submitting(doctype)


def submitting(doctype: Doctype) -> frozenset[str]:
    """The transitions whose postings a submitted document was posted by."""
    return frozenset((SUBMIT, *entering(doctype.workflow)))


def post_again(drafts: Drafts, stood: Stood, states: Mapping[tuple[str, str], Method]) -> Again:
    """Work a changed document out; the layers of ``states`` are then as if it had always been so.

    ``drafts``: of the document as it is now. The entries are dated as the document is.
    """
    case = drafts.case
    _give_back(given_back(case.catalog, stood), states)
    wanted = finish(drafts, states)
    names = dict.fromkeys([*stood, *(entry.ledger.name for entry in wanted)])
    found: list[Entry] = []
    for name in names:
        ledger = case.catalog.ledgers[name]
        found += difference(ledger, stood.get(name, ()), wanted, case.date)
    return Again(found, wanted)


def in_layers(states: Mapping[tuple[str, str], Method]) -> tuple[str, str] | None:
    """A key whose worth is carried in layers: what a change did to each of them cannot be told."""
    return next((key for key, state in states.items() if not isinstance(state, Average)), None)


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
