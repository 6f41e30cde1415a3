"""The posting that takes what is missing to balance."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from engine.catalog.ledgers import Posting
from engine.kernel.drafting import Posted, draft
from engine.kernel.entries import Entry, open_in_amount, open_in_worth, worth_of
from engine.kernel.posting_case import PostingCase


def rest(
    case: PostingCase, posting: Posting, posted: Posted, written: Iterable[Entry]
) -> list[Entry]:
    """The entry of a ``rest``: what ``written`` leaves open on its day. More than ``at_most`` is a finding."""
    found = draft(case, posting, posted)
    for entry in found:
        book = [e for e in written if e.ledger is entry.ledger and e.date == entry.date]
        left = _take(case, posting, entry, book)
        _check(case, posting, posted, entry, left)
    return found


def _take(case: PostingCase, posting: Posting, entry: Entry, book: list[Entry]) -> Decimal:
    """Write what is missing on the debit side (a negative debit is a credit), and return it."""
    assert entry.ledger.double_entry is not None
    debit = entry.ledger.double_entry[0]
    if posting.rest == "worth" or case.currency in (None, case.company_currency):
        left = -open_in_worth(book)
        entry.currency = case.company_currency if entry.ledger.currency else None
        worth = left
    else:
        left = -open_in_amount(book)
        entry.currency = case.currency
        worth = worth_of(left, case.rate, entry.ledger.measures[debit].scale)
    entry.values[debit] = left
    if debit in entry.worth:
        entry.worth[debit] = worth
    return left


def _check(
    case: PostingCase, posting: Posting, posted: Posted, entry: Entry, left: Decimal
) -> None:
    if posting.at_most is None or case.states is None or case.findings:
        return
    most = posting.at_most.run(case.frame(posted))
    if most is not None and abs(left) > most:
        case.find(
            "posting.rest_too_large",
            entry,
            f"The postings differ by {abs(left)}, and at most {most} may go to posting '{posting.key}'.",
            "Correct the amounts of the document.",
        )
