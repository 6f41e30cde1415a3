"""Pass 7, expiry: lots that go by themselves, and the account that takes the other side of what they were worth.

In: ledgers with their postings. Out: the same, ``residue`` of their lots compiled.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import replace

from engine.catalog.ledgers import EXPIRES, Ledger
from engine.compiler import view
from engine.compiler.ledgers import LedgerDraft
from engine.compiler.reader import Reader
from engine.compiler.schema import ENTRY, DraftSchema
from engine.expr.program import Expr
from engine.expr.types import Record, fits
from engine.problems.problem import Problem
from engine.source.nodes import Mapping, Scalar

RESIDUE = "residue"


def compile_expiring(
    drafts: Dictionary[str, LedgerDraft], ledgers: Dictionary[str, Ledger], schema: DraftSchema
) -> tuple[dict[str, Ledger], list[Problem]]:
    """Every ledger, with what its lots need to expire."""
    compiler = _Compiler(schema, drafts, ledgers)
    found = {name: compiler.ledger(ledger) for name, ledger in ledgers.items()}
    return found, compiler.problems


class _Compiler(Reader):
    def __init__(
        self,
        schema: DraftSchema,
        drafts: Dictionary[str, LedgerDraft],
        ledgers: Dictionary[str, Ledger],
    ) -> None:
        super().__init__(schema)
        self._drafts = drafts
        self._ledgers = ledgers

    def ledger(self, ledger: Ledger) -> Ledger:
        draft = self._drafts[ledger.name]
        node = view.mapping(draft.node, "lots")
        if node is None or ledger.lots is None:
            return ledger
        expires, residue = node.entries.get(EXPIRES), view.scalar(node, RESIDUE)
        if expires is not None and not self._may_expire(ledger, expires.key):
            return ledger
        books = self._books(ledger)
        if residue is not None:
            if self._is_idle(draft, node, books):
                return ledger
            account = self._residue(residue, ledger, books)
            return replace(ledger, lots=replace(ledger.lots, residue=account))
        if expires is not None and books and RESIDUE not in node.dropped:
            message = (
                f"What expires of {ledger.name} goes out of {books[0].name} as well, and nothing says which account "
                "takes the other side."
            )
            self.find("E526", message, expires.key.span, f"{RESIDUE}: role(…)")
        return ledger

    def _may_expire(self, ledger: Ledger, place: Scalar) -> bool:
        """What leaves by itself has to be worth what it came in with; else it is reported."""
        if ledger.double_entry is not None:
            why = f"{ledger.name} balances, and what goes by itself has no other side"
            hint = "Keep what expires in a ledger that posts into this one."
        elif ledger.valuation is not None:
            why = f"{ledger.name} is carried at a cost"
            hint = "Write off what is over by a document: somebody answers for it."
        elif ledger.currency:
            why = f"{ledger.name} keeps several currencies"
            hint = "Keep what expires in company currency: leave 'currency' out."
        else:
            return True
        self.find("E527", f"These lots cannot expire: {why}.", place.span, hint)
        return False

    def _books(self, ledger: Ledger) -> list[Ledger]:
        """The double-entry ledgers that its entries reach."""
        found: dict[str, Ledger] = {}
        waiting = [post.ledger for post in ledger.posts.values()]
        while waiting:
            other = self._ledgers.get(waiting.pop())
            if other is not None and other.name not in found:
                found[other.name] = other
                waiting += [post.ledger for post in other.posts.values()]
        return [book for book in found.values() if book.double_entry is not None]

    def _is_idle(self, draft: LedgerDraft, node: Mapping, books: list[Ledger]) -> bool:
        """Report a residue that has nothing to take."""
        place = node.entries[RESIDUE].key.span
        if EXPIRES not in node.entries:
            if EXPIRES not in node.dropped:
                message = f"The lots of {draft.name} do not expire: there is nothing to take."
                self.find("E526", message, place, "Say when they do, or leave 'residue' out.")
            return True
        if not books and self._posts_are_whole(draft):
            message = f"What expires of {draft.name} changes no account: there is nothing to take."
            self.find("E526", message, place, "Leave 'residue' out.")
        return not books

    def _posts_are_whole(self, draft: LedgerDraft) -> bool:
        """Whether nothing of its postings was lost to a mistake that is reported."""
        posts = view.mapping(draft.node, "posts")
        said = posts.entries if posts is not None else {}
        lost = "posts" in draft.node.dropped or (posts is not None and bool(posts.dropped))
        return not lost and len(said) == len(self._ledgers[draft.name].posts)

    def _residue(self, node: Scalar, ledger: Ledger, books: list[Ledger]) -> Expr | None:
        """An account of every book that is written."""
        scope = self.scope({"this": Record(ENTRY + ledger.name, own=True)})
        found = self.expression(node, scope)
        for book in books if found is not None else ():
            account = self._drafts[book.name].types[next(iter(book.dimensions))]
            if found is not None and not fits(account, found.type):
                self.misfit(account, found.type, node.span)
                return None
        return found
