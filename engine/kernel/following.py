"""What follows in a document from what its goods are worth: its other entries of goods, and its journal.

All its postings that read the worth of goods are worked out again on new worths, from what was stored with the
document; what stands of them is subtracted by whoever asks. Never the rule on the difference: a rounded share of a
difference is not the difference of rounded shares (REPOSTING, section 7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from engine.catalog.ledgers import Ledger, Posting
from engine.kernel.drafting import draft
from engine.kernel.entries import Entry, merged
from engine.kernel.ledger_posts import with_ledger_posts
from engine.kernel.posting_case import PostingCase
from engine.kernel.resting import rest
from engine.kernel.rows import Row, rows_at
from engine.kernel.valuing import set_value, stated

Standing = Mapping[str, Sequence[Row]]
"""Ledger name → the live entries of a document as they were written, without corrections, in the order of their ids."""


@dataclass(slots=True)
class Following:
    """``entries``: the journal that follows from the worth of goods. ``rules``: (ledger, rule) of all such entries.

    ``worths``: entry id → the worth of the document's own entries of goods that follow from others.
    """

    entries: list[Entry] = field(default_factory=list)
    rules: set[tuple[str, str]] = field(default_factory=set)
    worths: dict[int, Decimal] = field(default_factory=dict)


def follow(case: PostingCase, standing: Standing, known: Mapping[int, Decimal]) -> Following:
    """What the document of ``case`` writes where its entries of goods (by id) are worth ``known``.

    Those that are not named are worth what stands. Findings go to the case.
    """
    return _Work(case, standing, known).run()


class _Work:
    def __init__(self, case: PostingCase, standing: Standing, known: Mapping[int, Decimal]) -> None:
        self.case = case
        self.known = known
        self.lines = {
            row["id"]: row for path in case.doctype.tables for row in rows_at(case.document, path)
        }
        self.stood = {
            name: [(row, self._entry(case.catalog.ledgers[name], row)) for row in rows]
            for name, rows in standing.items()
        }
        self.posted: dict[str, list[Row]] = {}
        self.found = Following()
        self.written: list[Entry] = []

    def run(self) -> Following:
        goods = [
            (row, entry)
            for name, pairs in self.stood.items()
            if self.case.catalog.ledgers[name].of_goods
            for row, entry in pairs
        ]
        for row, entry in goods:
            if row["id"] in self.known:
                set_value(entry, self.known[row["id"]])
        for pairs in self.stood.values():
            for row, entry in pairs:
                self.posted.setdefault(row["rule"], []).append(entry.values)
        again = self._again({row["rule"] for row, _ in goods})
        for posting in again:
            if posting.rest is None:
                self._work_out(posting)
        for _, entry in goods:
            self._write_further(entry)
        for posting in again:
            if posting.rest is not None:
                self._rest(posting)
        self.found.entries = merged(self.found.entries)
        return self.found

    def _again(self, touched: set[str]) -> list[Posting]:
        """The postings that read the worth of goods, or of what follows from it, in their order."""
        found = []
        for posting in self.case.doctype.posts.values():
            reads = posting.rest is not None or touched & set(posting.reads_posted)
            if reads and self._is_written(posting):
                touched = touched | {posting.key}
                found.append(posting)
        return found

    def _is_written(self, posting: Posting) -> bool:
        """Whether the posting's transition has been gone through, as far as entries tell."""
        ledger = self.case.catalog.ledgers[posting.ledger]
        if ledger.valuation is not None and ledger.valuation.worth:
            return False
        return posting.on in self.case.transitions or posting.key in self.posted

    def _work_out(self, posting: Posting) -> None:
        drafted = draft(self.case, posting, self.posted)
        ledger = self.case.catalog.ledgers[posting.ledger]
        if not ledger.of_goods:
            self.posted[posting.key] = [entry.values for entry in drafted]
            self._take(posting.key, drafted)
            return
        assert ledger.valuation is not None
        per = ledger.valuation.per
        stood = [
            pair
            for pair in self.stood.get(ledger.name, ())
            if pair[0]["rule"] == posting.key and pair[1].values[per]
        ]
        drafted = [entry for entry in drafted if entry.values[per]]
        if len(drafted) != len(stood):
            self.case.find(
                "posting.other_lines", None,
                f"Posting '{posting.key}' would write {len(drafted)} lines where {len(stood)} stand.",
                "Cancel that document first, and enter it again afterwards.",
            )  # fmt: skip
            return
        for entry, (row, own) in zip(drafted, stood, strict=True):
            worth = stated(entry)
            if worth is not None and row["id"] not in self.known:
                self.found.worths[row["id"]] = worth
                set_value(own, worth)
            elif worth is not None:
                self.found.worths[row["id"]] = worth

    def _write_further(self, entry: Entry) -> None:
        """What the ledger of goods writes for an entry."""
        valuation = entry.ledger.valuation
        assert valuation is not None
        if not entry.values[valuation.per] and valuation.residue is not None and entry.level < 0:
            entry.against = self.case.run(entry, valuation.residue, self.case.entry_frame(entry))
        for post in entry.ledger.posts.values():
            self.found.rules.add((post.ledger, f"{entry.ledger.key}.{post.key}"))
            self.found.rules.add((post.ledger, f"{entry.ledger.key}.{post.key}.residue"))
        self.found.entries += with_ledger_posts(self.case, [entry])[1:]

    def _rest(self, posting: Posting) -> None:
        kept = [
            entry
            for name, pairs in self.stood.items()
            for row, entry in pairs
            if (name, row["rule"]) not in self.found.rules and row["rule"] != posting.key
        ]
        own = rest(self.case, posting, self.posted, [*kept, *self.found.entries])
        self.posted[posting.key] = [entry.values for entry in own]
        self._take(posting.key, own)

    def _take(self, key: str, own: Iterable[Entry]) -> None:
        posting = self.case.doctype.posts[key]
        self.found.rules.add((posting.ledger, key))
        for entry in own:
            self.found.entries += with_ledger_posts(self.case, [entry])

    def _entry(self, ledger: Ledger, row: Row) -> Entry:
        """A stored entry as the document made it."""
        line = self.lines.get(row["line"]) if row["line"] is not None else None
        names = (*ledger.dimensions, *ledger.details, *ledger.measures)
        values: Row = {name: row[name] for name in names}
        values |= {name: row[name] for name in ("company", "date", "meant_for", "origin")}
        values |= {"line": line, "line_table": row["line_table"], "of_line": row.get("of_line")}
        worth = {
            name: row[f"{name}_worth"]
            for name in ledger.measures
            if row.get(f"{name}_worth") is not None
        }
        values |= {f"{name}_worth": amount for name, amount in worth.items()}
        return Entry(
            ledger, row["rule"], values, currency=row.get("currency"), worth=worth,
            line_table=row["line_table"], posting=row["posting"], given=True,
            level=-1 if row.get("how") == "rest" else 0,
        )  # fmt: skip
