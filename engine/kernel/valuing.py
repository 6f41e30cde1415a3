"""What entries of valued ledgers are worth: what moves towards zero takes the value carried there.

Entries away from zero bring their own value. A value that is said (an outbound whose value is given,
a correction, a mirror) is taken as it is.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from engine.catalog.ledgers import Measure
from engine.kernel.as_stood import AsStood
from engine.kernel.costing import carry_back, is_apart
from engine.kernel.entries import ZERO, Entry, worth_of
from engine.kernel.posting_case import PostingCase
from engine.kernel.valuation import Method, NotApart, WorthBelowNothing, rounded


def value(case: PostingCase, entries: list[Entry]) -> list[Entry]:
    """Give every entry of a valued ledger its value, and return the entries that take leftovers.

    Goods: issues first, then receipts, so that a document cannot consume what it produces. Money (open
    items) as it was written.
    """
    valued = [entry for entry in entries if entry.ledger.valuation is not None]
    first = [entry for entry in valued if _is_goods(entry) and _per(entry) < 0]
    rest = [entry for entry in valued if not (_is_goods(entry) and _per(entry) < 0)]
    return [more for entry in (*first, *rest) for more in _value(case, entry)]


def units(value: Decimal, scale: int) -> int:
    """``value`` in its smallest unit; it must fit the scale."""
    return int(Decimal(value).scaleb(scale))


def per_measure(entry: Entry) -> Measure:
    """The measure that carries the value."""
    assert entry.ledger.valuation is not None
    return entry.ledger.measures[entry.ledger.valuation.per]


def of_measure(entry: Entry) -> Measure:
    """The measure that is carried."""
    assert entry.ledger.valuation is not None
    return entry.ledger.measures[entry.ledger.valuation.of]


def _is_goods(entry: Entry) -> bool:
    return per_measure(entry).type != "money"


def _per(entry: Entry) -> Decimal:
    value = entry.values[per_measure(entry).name]
    return value if value is not None else ZERO


def stated(entry: Entry) -> Decimal | None:
    """The value an entry carries so far: None where it is to be worked out."""
    assert entry.ledger.valuation is not None
    figures = entry.worth if entry.ledger.valuation.worth else entry.values
    return figures[entry.ledger.valuation.of]


def set_value(entry: Entry, value: Decimal) -> None:
    """Write the value of an entry."""
    assert entry.ledger.valuation is not None
    figures = entry.worth if entry.ledger.valuation.worth else entry.values
    figures[entry.ledger.valuation.of] = value


def _is_given(entry: Entry) -> bool:
    """Whether the value was said: a worth that only follows from the exchange rate was not."""
    valuation = entry.ledger.valuation
    assert valuation is not None
    return entry.given or (not valuation.worth and stated(entry) is not None)


def _value(case: PostingCase, entry: Entry) -> list[Entry]:
    """Value one entry; () or the entry that takes what is left over."""
    if case.as_stood is not None and case.states is not None and case.as_stood.keeps(entry):
        return _once_more(case, entry, case.as_stood)
    state = case.state_of(entry)
    if state is None:
        set_value(entry, stated(entry) or ZERO)
        return []
    if entry.cost_of is not None:
        carry_back(case, entry)
    known = stated(entry)
    if known is None:
        # Nothing was said after all: what is carried decides.
        entry.said -= {of_measure(entry).name}
    else:
        set_value(entry, worth_of(known, Decimal(1), of_measure(entry).scale))
    amount = units(_per(entry), per_measure(entry).scale)
    if entry.has_no_rate and not _is_covered(state, amount):
        _not_covered(case, entry, state, abs(amount))
    elif not amount:
        _add_value(case, entry, state)
    elif state.quantity and (amount > 0) != (state.sign > 0):
        return _towards(case, entry, state, amount)
    else:
        _away(case, entry, state, amount)
    return []


def _is_covered(state: Method, amount: int) -> bool:
    """Whether all of it leaves what is carried, at the worth carried there."""
    return not amount or (abs(amount) <= state.quantity and (amount > 0) != (state.sign > 0))


# --- once more ---------------------------------------------------------------------------------


def _once_more(case: PostingCase, entry: Entry, as_stood: AsStood) -> list[Entry]:
    """Value an entry as the stored one that it is again."""
    valuation = entry.ledger.valuation
    assert valuation is not None
    known = stated(entry)
    if known is not None:
        known = worth_of(known, Decimal(1), of_measure(entry).scale)
    if entry.is_empty():
        # What counts nothing is not written, so it does not stand either.
        set_value(entry, ZERO)
        return []
    stands = as_stood.take(entry, known)
    if stands is None:
        _moves_otherwise(case, entry)
        set_value(entry, known or ZERO)
        return []
    set_value(entry, stands[valuation.column])
    left = as_stood.leftover(entry) if valuation.residue is not None else None
    if left is None:
        return []
    assert valuation.residue is not None
    account = case.run(entry, valuation.residue, case.entry_frame(entry))
    return [_residue(entry, -left[valuation.column], account)]


def _moves_otherwise(case: PostingCase, entry: Entry) -> None:
    case.find(
        "posting.waits_for_reposting",
        entry,
        f"{case.named(entry)}: it would move otherwise than it did, and what that does to what moved since waits for "
        "reposting.",
        "Cancel the document and make a new one.",
    )


# --- away from zero --------------------------------------------------------------------------


def _away(case: PostingCase, entry: Entry, state: Method, amount: int) -> None:
    """What comes brings its value, of its own sign."""
    known = stated(entry)
    if known is None:
        if amount < 0:
            _not_covered(case, entry, state, -amount)
        else:
            _without_value(case, entry, amount)
        set_value(entry, ZERO)
        return
    sign = 1 if amount > 0 else -1
    worth = sign * units(known, of_measure(entry).scale)
    if worth < 0:
        _bad_value(case, entry, known)
        return
    if not state.quantity:
        state.sign = sign
    state.put(sign * amount, worth, source=entry)


# --- towards zero ----------------------------------------------------------------------------


def _towards(case: PostingCase, entry: Entry, state: Method, amount: int) -> list[Entry]:
    size, scale = abs(amount), of_measure(entry).scale
    known = stated(entry)
    if size > state.quantity:
        if known is None or _is_goods(entry):
            _not_covered(case, entry, state, size)
            set_value(entry, ZERO)
        else:
            _cross(entry, state, size, units(known, scale))
        return []
    if not _is_given(entry):
        worth, entry.slices = state.take(size)
        set_value(entry, Decimal(-state.sign * worth).scaleb(-scale))
        return []
    assert known is not None
    worth = -state.sign * units(known, scale)
    if worth < 0 or (size < state.quantity and worth > state.value):
        _bad_value(case, entry, known)
        return []
    entry.slices = state.take_at(size, worth)
    return _left_over(case, entry, state)


def _cross(entry: Entry, state: Method, size: int, known: int) -> None:
    """What stands is taken whole at its worth; what goes beyond zero brings its share of what was said."""
    beyond = size - state.quantity
    sign = state.sign
    worth, entry.slices = state.take(state.quantity)
    own = rounded(abs(known) * beyond, size)
    state.sign = -sign
    state.put(beyond, own, source=entry)
    set_value(entry, Decimal(-sign * (worth + own)).scaleb(-of_measure(entry).scale))


def _left_over(case: PostingCase, entry: Entry, state: Method) -> list[Entry]:
    """Nothing is there any more, and a value is left: it goes to the account of the residue."""
    if state.quantity or not state.value:
        return []
    valuation = entry.ledger.valuation
    assert valuation is not None
    left = Decimal(state.sign * state.value).scaleb(-of_measure(entry).scale)
    if valuation.residue is None:
        case.find(
            "posting.residue",
            entry,
            f"{case.named(entry)}: nothing is there any more, and a value of {left} would be left.",
            "Let it leave at the value it is carried at.",
        )
        return []
    account = case.run(entry, valuation.residue, case.entry_frame(entry))
    state.add_value(-state.value)
    return [_residue(entry, left, account)]


def _residue(entry: Entry, left: Decimal, account: int | None) -> Entry:
    """The entry that takes ``left`` out; the other side of what follows from it goes to ``account``."""
    valuation = entry.ledger.valuation
    assert valuation is not None
    values = entry.values | dict.fromkeys(entry.ledger.measures, ZERO)
    worth = dict.fromkeys(entry.worth, ZERO)
    found = replace(
        entry,
        values=values,
        worth=worth,
        slices=[],
        given=True,
        against=account,
        cost_of=None,
        said=entry.said - {valuation.of},
    )
    set_value(found, -left)
    return found


# --- value alone -----------------------------------------------------------------------------


def _add_value(case: PostingCase, entry: Entry, state: Method) -> None:
    """A value without quantity: what is there is worth more or less."""
    known = stated(entry)
    if not known:
        set_value(entry, ZERO)
        return
    if entry.corrects is not None and not is_apart(case, entry):
        _revise(case, entry)
        return
    more = state.sign * units(known, of_measure(entry).scale)
    if not state.quantity:
        _bad_value(case, entry, known)
        return
    try:
        state.add_value(more, source=entry.corrects)
    except WorthBelowNothing:
        _bad_value(case, entry, known)
    except NotApart:
        _revise(case, entry)


def _revise(case: PostingCase, entry: Entry) -> None:
    """Goods have left: what they cost is worked out again once the document is worked out."""
    if case.reposts and entry.corrects is not None:
        case.revised.append(entry)
    else:
        _waits(case, entry)


def _waits(case: PostingCase, entry: Entry) -> None:
    case.find(
        "posting.waits_for_reposting",
        entry,
        f"{case.named(entry)}: goods of {'this receipt' if entry.corrects is not None else 'a layer'} have left; "
        "correcting it would change what they cost, which waits for reposting.",
        "Post the difference to an expense account, or take back what has left.",
    )


def _not_covered(case: PostingCase, entry: Entry, state: Method, wanted: int) -> None:
    scale = per_measure(entry).scale
    there = Decimal(state.quantity).scaleb(-scale)
    case.find(
        "limit.not_covered",
        entry,
        f"{case.named(entry)}: {case.shown(there)} is there, "
        f"{case.shown(Decimal(wanted).scaleb(-scale))} is wanted.",
        "Take less, or receive more first.",
    )


def _without_value(case: PostingCase, entry: Entry, amount: int) -> None:
    """More is there than before, and nothing says at what: mostly a quantity below nothing in what takes out."""
    per = per_measure(entry)
    more = case.shown(Decimal(amount).scaleb(-per.scale))
    case.find(
        "posting.no_amount",
        entry,
        f"{case.named(entry)}: {per.label.lower()} {more} would come in, and nothing says what it is worth.",
        "Enter a quantity above zero where something is taken out, or a rate or value where it comes in.",
    )


def _bad_value(case: PostingCase, entry: Entry, value: Decimal) -> None:
    moved = "received" if _per(entry) > 0 else "taken out" if _per(entry) < 0 else "corrected"
    how = "by" if moved == "corrected" else "at"
    hint = {
        "received": "Enter a rate or value of 0 or more.",
        "taken out": "Let it leave at the value it is carried at.",
    }.get(moved, "Correct it by no more than the value it is carried at.")
    said = f"{case.named(entry)} cannot be {moved} {how} {case.shown(value)}."
    case.find("posting.bad_value", entry, said, hint)
