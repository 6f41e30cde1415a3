"""What a document writes into the ledgers, worked out from its rows, facts and the cost that stands.

Drafting makes entries of postings, valuing gives them the cost that stands, ledgers write what follows
from them, and a rest takes what is missing: posting by posting, in the order that ``posted`` asks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from engine.catalog.ledgers import SUBMIT, Ledger, Posting
from engine.catalog.sources import needs_server
from engine.catalog.whole import Catalog
from engine.kernel.declared_limits import including
from engine.kernel.drafting import Posted, draft
from engine.kernel.entries import Entry, merged, settle_conversion
from engine.kernel.finding import Finding
from engine.kernel.ledger_posts import with_ledger_posts
from engine.kernel.lots import split
from engine.kernel.mirroring import reversed_later, undone
from engine.kernel.posting_case import EntriesQuestion, LotsQuestion, PostingCase, describe, title
from engine.kernel.resting import rest
from engine.kernel.rows import Row
from engine.kernel.valuation import Method
from engine.kernel.valuing import units, value

__all__ = [
    "Drafts", "EntriesQuestion", "LotsQuestion", "PostingCase", "begin", "describe", "finish", "title", "units",
]  # fmt: skip


@dataclass(slots=True)
class Drafts:
    """The entries of the postings that read no others, before they are valued: posting key → entries."""

    case: PostingCase
    made: dict[str, list[Entry]]

    def keyed(self) -> list[Entry]:
        """Every entry that a balance is kept for, to learn the keys; values are not yet known."""
        case = self.case
        if _follows_keys(case):
            entries = _dry(self)
        else:
            entries = [entry for drafts in self.made.values() for entry in drafts]
        return [entry for entry in entries if entry.ledger.keepers]


def begin(case: PostingCase) -> Drafts:
    """Draft what ``case.document`` posts by itself. Findings go to the case."""
    day = case.doctype.date
    if day is not None and case.document[day] is None:
        label = case.doctype.fields[day].label
        said = f"{label} is empty: nobody knows the day on which to post."
        case.findings.append(Finding("posting.no_date", day, said, hint=f"Fill in {label}."))
    return Drafts(case, {p.key: _draft(case, p, {}) for p in _independent(case)})


def finish(drafts: Drafts, states: Mapping[tuple[str, str], Method]) -> list[Entry]:
    """All entries of the document: valued with ``states``, with what follows from them, merged, balanced.

    Issues are valued before receipts, so a document cannot consume what it produces (REPOSTING,
    ordinals). Findings of the case tell what keeps the document from being posted.
    """
    case = drafts.case
    case.states = states
    # What was asked of the books is asked again: the keys are locked now.
    fresh = {p.key: _draft(case, p, {}) for p in _independent(case) if _reads_books(p)}
    entries = merged(_work_out(Drafts(case, drafts.made | fresh)))
    _check_control(case, entries)
    check_balance(case, entries)
    _prove(case, entries)
    return [entry for entry in entries if not entry.is_empty()]


def _prove(case: PostingCase, entries: list[Entry]) -> None:
    """What must hold in the books once the document is posted."""
    if case.balance is None or case.findings or SUBMIT not in case.transitions:
        return
    frame = {**case.frame({}), "balance": including(case.balance, entries)}
    for key, check in case.doctype.proof.items():
        if check.when is not None and check.when.run(frame) is not True:
            continue
        if check.check.run(frame) is False:
            case.find(f"proof.{key}", None, check.message.run(frame))


def _work_out(drafts: Drafts) -> list[Entry]:
    """Value the drafts, make the dependent ones, and what follows from all, in the order of the postings."""
    case = drafts.case
    made = {key: split(case, own) for key, own in drafts.made.items()}
    residues = value(case, [entry for own in made.values() for entry in own])
    whole = {key: with_ledger_posts(case, own) for key, own in made.items()}
    written = [entry for own in whole.values() for entry in own]
    written += with_ledger_posts(case, residues)
    posted: dict[str, list[Row]] = _stored(case)
    posted |= {key: _as_rows(own) for key, own in made.items()}
    for posting in _dependent(case):
        for key in posting.reads_posted:
            posted.setdefault(key, [])
        if posting.rest is not None:
            own = rest(case, posting, posted, written)
        else:
            own = split(case, draft(case, posting, posted))
        residues = value(case, own)
        posted[posting.key] = _as_rows(own)
        whole[posting.key] = with_ledger_posts(case, own)
        written += whole[posting.key] + with_ledger_posts(case, residues)
    later = reversed_later(written)
    # In the order of the postings, with what took leftovers after them.
    ordered = [entry for posting in case.postings() for entry in whole[posting.key]]
    seen = {id(entry) for entry in ordered}
    ordered += [entry for entry in written if id(entry) not in seen]
    return [*ordered, *later, *with_ledger_posts(case, value(case, later))]


def _draft(case: PostingCase, posting: Posting, posted: Posted) -> list[Entry]:
    return undone(case, posting) if posting.undo else draft(case, posting, posted)


def _independent(case: PostingCase) -> list[Posting]:
    return [p for p in case.postings() if not p.reads_posted and p.rest is None]


def _dependent(case: PostingCase) -> list[Posting]:
    return [p for p in case.postings() if p.reads_posted or p.rest is not None]


def _reads_books(posting: Posting) -> bool:
    """Whether the answer of a ledger decides what it writes."""
    if posting.each is not None and needs_server(posting.each):
        return True
    return any(expression.balances for expression in posting.expressions())


def _as_rows(entries: list[Entry]) -> list[Row]:
    """What ``posted`` shows of entries: their values, with the worth of money beside it."""
    for entry in entries:
        for name, worth in entry.worth.items():
            entry.values[f"{name}_worth"] = worth
    return [entry.values for entry in entries]


def _stored(case: PostingCase) -> dict[str, list[Row]]:
    """``posted`` of postings that another transition wrote: what stands of them."""
    posts = case.doctype.posts
    asked = {
        key
        for p in case.postings()
        for key in p.reads_posted
        if posts[key].on not in case.transitions
    }
    found: dict[str, list[Row]] = {}
    for key in asked:
        ledger = posts[key].ledger
        rows = case.ask(EntriesQuestion(ledger, document=case.document["id"]))
        found[key] = [row for row in rows if row["rule"] == key]
    return found


def _follows_keys(case: PostingCase) -> bool:
    """Whether a balance is kept for what follows from the drafts: by ``posted``, or by posts of ledgers."""
    ledgers = case.catalog.ledgers
    for posting in case.postings():
        ledger = ledgers.get(posting.ledger)
        if ledger is None:
            continue
        if (posting.reads_posted or posting.rest is not None) and _keeps(case.catalog, ledger):
            return True
        if ledger.lots is not None or any(
            _keeps(case.catalog, ledgers[post.ledger]) for post in ledger.posts.values()
        ):
            return True
    return False


def _keeps(catalog: Catalog, ledger: Ledger) -> bool:
    return bool(ledger.keepers) or any(
        _keeps(catalog, catalog.ledgers[post.ledger]) for post in ledger.posts.values()
    )


def _dry(drafts: Drafts) -> list[Entry]:
    """Work everything out on copies, without values and findings, for the keys alone."""
    case = replace(
        drafts.case, states=None, findings=[], carried_back=[], lots_taken=[], lots_expired={}
    )
    copies = {
        key: [replace(entry, values=dict(entry.values), worth=dict(entry.worth)) for entry in own]
        for key, own in drafts.made.items()
    }
    return _work_out(Drafts(case, copies))


# --- what is checked -------------------------------------------------------------------------


def _check_control(case: PostingCase, entries: list[Entry]) -> None:
    """An account marked ``is_control`` is written by its ledger alone, never by a document."""
    for entry in entries:
        if entry.ledger.double_entry is None or entry.source is not None or entry.is_whole:
            continue
        for dimension in entry.ledger.dimensions.values():
            value = entry.values[dimension.name]
            for name in dimension.link if value is not None else ():
                record = case.facts.get(name, {}).get(value)
                if record is not None and record.get("is_control") is True:
                    _refuse_control(case, entry, dimension.name)


def _refuse_control(case: PostingCase, entry: Entry, name: str) -> None:
    dimension = entry.ledger.dimensions[name]
    known = title(case.catalog, case.facts, dimension, entry.values[name])
    case.find(
        "posting.control_account",
        entry,
        f"{dimension.label} {known} is a control account: only its own ledger writes it "
        f"(posting '{entry.rule}').",
        "Write the ledger whose account it is, or choose another account.",
    )


def check_balance(case: PostingCase, entries: list[Entry]) -> None:
    """Settle what conversion leaves over; what then does not balance is a finding."""
    left = settle_conversion(entries)
    if left and not case.findings:
        case.find("posting.unbalanced", None, _unbalanced(left),
                  "Correct the posting rules of this doctype; nothing was written.")  # fmt: skip


def _unbalanced(left: Decimal) -> str:
    side = "debit" if left > 0 else "credit"
    return f"The postings do not balance: {abs(left)} too much {side}."
