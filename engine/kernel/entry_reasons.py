"""Why an entry is what it is: the posting, the row it came from, and every field and fact that went in."""

from __future__ import annotations

from dataclasses import dataclass

from engine.catalog.ledgers import Posting
from engine.expr.inputs import Input, inputs
from engine.kernel.entries import Entry
from engine.kernel.posting_case import PostingCase, place
from engine.problems.problem import Span


@dataclass(frozen=True, slots=True)
class Reason:
    """``rule``: the posting (or ``ledger.posting``) that wrote it; ``line``: the JSON path of its row.

    ``inputs``: measure or dimension → (the expression as written, what was read with its value).
    ``catalog``: the digest of what was declared then.
    """

    rule: str
    line: str
    span: Span | None
    inputs: dict[str, tuple[str, tuple[Input, ...]]]
    catalog: str


def reason(case: PostingCase, entry: Entry) -> Reason:
    """Why ``entry`` of a document in hand was, or would be, written."""
    posting = _posting(case, entry)
    told: dict[str, tuple[str, tuple[Input, ...]]] = {}
    if posting is not None:
        frame = case.frame({}) | {posting.row_name: entry.row}
        if entry.source is not None:
            frame = case.entry_frame(entry.source)
        for name, expr in posting.set.items():
            told[name] = (expr.source, tuple(inputs(expr.tree, frame)))
    span = next((expr.span for expr in posting.set.values()), None) if posting else None
    return Reason(entry.rule, place(entry), span, told, case.catalog.digest)


def _posting(case: PostingCase, entry: Entry) -> Posting | None:
    if entry.source is None:
        return case.doctype.posts.get(entry.rule)
    ledger = entry.source.ledger
    return ledger.posts.get(entry.rule.removeprefix(f"{ledger.key}.").partition(".")[0])
