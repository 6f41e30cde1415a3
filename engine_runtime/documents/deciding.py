"""Balances that decide something in a document: read under a lock of their key where it is submitted.

A calculation asks what it asks; nobody knows the keys before it has run. So it runs, the keys it asked for
are held, and it runs again where one of the answers is another by now. Who asks the same of the books next
waits for this transaction and sees what it wrote.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.expr.program import BalanceCall
from engine.kernel.finding import Finding
from engine.kernel.rows import Row
from engine_runtime.documents.balances import answers, ledger_named
from engine_runtime.documents.locking import hold_keys
from engine_runtime.posting.session import Session


@dataclass(slots=True)
class Decided:
    """What the calculations of one document asked of the books, and what they were answered."""

    session: Session
    company: int | None
    known: dict[str, tuple[BalanceCall, Decimal]] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)

    def answer(self, call: BalanceCall) -> Decimal:
        """What ``balance`` of a frame is: of the document's company, unless the question names one."""
        asked = self._of_company(call)
        name = repr(asked)
        if name not in self.known:
            self.known[name] = (asked, answers(self.session, [asked])[0])
        return self.known[name][1]

    def keys(self) -> set[str]:
        """The keys that answered so far: day and measure do not part them."""
        return {_key(call) for call, _ in self.known.values()}

    def changed(self) -> bool:
        """Ask everything once more; whether an answer is another now."""
        calls = [call for call, _ in self.known.values()]
        fresh = answers(self.session, calls) if calls else []
        names = list(self.known)
        differs = any(self.known[n][1] != now for n, now in zip(names, fresh, strict=True))
        self.known = {n: (call, now) for n, call, now in zip(names, calls, fresh, strict=True)}
        return differs

    def _of_company(self, call: BalanceCall) -> BalanceCall:
        if self.company is None or "company" in call.match:
            return call
        match: Mapping[str, Any] = {**call.match, "company": self.company}
        return replace(call, match=match)


def _key(call: BalanceCall) -> str:
    return f"decides {call.ledger} {sorted((n, repr(v)) for n, v in call.match.items())}"


def deciding(session: Session, row: Row) -> Decided:
    """For one document that is worked out."""
    return Decided(session, row.get("company"))


def hold_asked(session: Session, documents: Sequence[Decided]) -> set[int]:
    """Hold what was asked for and is not yet held, until the transaction ends.

    Out: the places of the documents for which an answer has changed since.
    """
    fresh = [one.keys() - one.held for one in documents]
    hold_keys(session, set().union(*fresh))
    for one, keys in zip(documents, fresh, strict=True):
        one.held |= keys
    if session.gateway.is_alone:
        return set()
    return {
        place
        for place, (one, keys) in enumerate(zip(documents, fresh, strict=True))
        if keys and one.changed()
    }


def shared(doctype: Doctype, documents: Sequence[Decided]) -> Iterator[tuple[int, Finding]]:
    """Documents of one call that would each decide without what another of them writes: (place, what to do)."""
    names = {posting.ledger for posting in doctype.posts.values()}
    taken: set[str] = set()
    for place, one in enumerate(documents):
        keys = {
            _key(call)
            for call, _ in one.known.values()
            if ledger_named(one.session, call.ledger).name in names
        }
        if keys & taken:
            said = "Another document of this call changes the balance that decides about this one."
            hint = "Submit them one after the other."
            yield place, Finding("balance.shared", "", said, hint=hint)
        taken |= keys
