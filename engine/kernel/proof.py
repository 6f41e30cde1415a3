"""Whether a doctype's postings balance, tried on made-up documents before anything is published.

Not a proof in the strict sense: postings that differ only for documents that were not made pass.
Those are refused when they are submitted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from engine.catalog.calculation import Check
from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field, Table
from engine.catalog.ledgers import SUBMIT
from engine.catalog.whole import Catalog
from engine.expr.program import Read
from engine.expr.types import COMPANY_DOCTYPE
from engine.kernel.borders import Borders, borders_of
from engine.kernel.calculate import calculate
from engine.kernel.calculation import Calculation
from engine.kernel.entries import Entry, settle_conversion
from engine.kernel.finding import path_of
from engine.kernel.posting import PostingCase, begin, finish
from engine.kernel.rows import Facts, Row, rows_at, tables_in_order
from engine.kernel.rules import asker
from engine.kernel.shrinking import edited, smallest
from engine.kernel.specimen import COMPANY, DAY, Specimens
from engine.kernel.validate import declared
from engine.kernel.valuation import Average, Layer, Method
from engine.problems.problem import Problem

DOCUMENTS: Final = 50
"""Documents that keep a doctype's checks and are tried on its postings."""
TRIES: Final = 600
"""Documents made to find as many; most break some check."""
ALIKE: Final = 4
"""Documents that share made-up records."""


_SPOILT: Final = frozenset(
    {
        "posting.no_amount", "posting.bad_value", "posting.residue", "posting.no_share",
        "posting.no_rate", "posting.no_currency", "posting.no_date", "posting.cost_unknown", "posting.more_than_left",
        "posting.nothing_to_correct", "posting.waits_for_reposting", "posting.rest_too_large",
    }
)  # fmt: skip
"""Findings after which the amounts mean nothing."""

_HARMLESS: Final = frozenset({"date", "datetime", "time", "text", "long_text"})


class _Endless(dict[tuple[str, str], Method]):
    """Stock of everything, at a cost that does not divide evenly; of an item that the document ``own`` opens, none."""

    def __init__(self, own: int) -> None:
        super().__init__()
        self._own = str(own)

    def __missing__(self, key: tuple[str, str]) -> Method:
        is_new = self._own in key[1].split("|")
        self[key] = Average(Layer(0, 0) if is_new else Layer(10**12, 3 * 10**12 + 7))
        return self[key]


def unbalanced_postings(catalog: Catalog) -> list[Problem]:
    """A problem for every doctype of which a made-up document does not balance, with that document."""
    found = []
    for doctype in catalog.doctypes.values():
        if doctype.posts and not doctype.abstract and not doctype.child:
            problem = next(_tries(catalog, doctype), None)
            if problem is not None:
                found.append(problem)
    return found


def _tries(catalog: Catalog, doctype: Doctype) -> Iterator[Problem]:
    for transitions in _ways(doctype):
        proof = Proof(catalog, doctype, transitions)
        seed = proof.failing()
        if seed is not None:
            yield proof.problem(seed)


def _ways(doctype: Doctype) -> list[frozenset[str]]:
    """The sets of transitions that write together: what submits by a name of its own is ``submit`` as well."""
    flow = doctype.workflow
    submitting = {
        t.name
        for t in flow.transitions.values()
        if flow.states[t.to].stage == "submitted"
        and any(flow.states[name].stage == "draft" for name in t.sources)
    } | {SUBMIT}
    named = {posting.on for posting in doctype.posts.values() if not posting.undo}
    ways = [frozenset({SUBMIT, name}) for name in sorted(submitting) if name in named]
    return ways + [frozenset({name}) for name in sorted(named - submitting)]


@dataclass(slots=True)
class Proof:
    """Tries one doctype on what some transitions write."""

    catalog: Catalog
    doctype: Doctype
    transitions: frozenset[str]
    borders: Borders = field(init=False)
    _facts: dict[int, Facts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.borders = borders_of(self.catalog, self.doctype)

    def specimens(self, seed: int) -> Specimens:
        """What makes the document of ``seed``; several documents share made-up records, which take longest."""
        world = seed // ALIKE
        if world not in self._facts:
            seeded = TRIES + world
            made = Specimens(self.catalog, self.doctype, seeded, borders=self.borders)
            self._facts[world] = made.facts
        return Specimens(self.catalog, self.doctype, seed, self._facts[world], self.borders)

    def failing(self) -> int | None:
        """The seed of the first document that keeps its checks and does not balance."""
        kept, tried = self.kept(), 0
        for seed in range(TRIES):
            if tried == DOCUMENTS:
                break
            specimens = self.specimens(seed)
            document = specimens.document()
            if self.work_out(specimens, document) & kept:
                continue
            tried += 1
            if self.left(specimens, document)[0]:
                return seed
        return None

    def kept(self) -> set[str]:
        """The checks that a document must keep to say something of the postings."""
        return {k for k, check in self.doctype.checks.items() if _matters(self.catalog, check)}

    def work_out(self, specimens: Specimens, document: Row) -> set[str]:
        """Calculate the document; the keys of the checks that it breaks."""
        facts = specimens.facts
        case = Calculation(self.catalog, self.doctype, document, facts, specimens.candidates())
        case.balance = lambda _: Decimal(0)
        case.read = lambda _: []
        calculate(case)
        found = declared(self.doctype, document, facts, beside=case.around() | {"ask": case.ask})
        return {f.code.removeprefix("check.") for f in found}

    def left(self, specimens: Specimens, document: Row) -> tuple[Decimal, list[Entry]]:
        """(what is open, the entries) of a document that was worked out; 0 where amounts mean nothing."""
        case = _case(self.catalog, self.doctype, document, specimens)
        case.transitions = self.transitions
        case.balance = lambda _: Decimal(0)
        case.read = lambda _: []
        around = {"balance": case.balance, "read": case.read}
        case.rules = asker(self.catalog, case.facts, specimens.candidates(), around)
        entries = finish(begin(case), _Endless(document["id"]))
        if _SPOILT & {finding.code for finding in case.findings}:
            return Decimal(0), entries
        return settle_conversion(entries), entries

    def problem(self, seed: int) -> Problem:
        """The problem with the smallest document that still shows it."""

        def fresh() -> Row:
            return self.specimens(seed).document()

        def fails(document: Row) -> bool:
            specimens = self.specimens(seed)
            self.work_out(specimens, document)
            return bool(self.left(specimens, document)[0])

        document = edited(fresh(), smallest(self.doctype, fresh, fails))
        specimens = self.specimens(seed)
        self.work_out(specimens, document)
        left, entries = self.left(specimens, document)
        return _problem(self.doctype, document, entries, left)


def _matters(catalog: Catalog, check: Check) -> bool:
    """Whether a document that breaks ``check`` says nothing of the postings; wrong days and texts do not."""
    return check.action == "refuse" and any(
        field is not None and field.type not in _HARMLESS
        for field in (_field(catalog, read) for read in check.check.reads)
    )


def _field(catalog: Catalog, read: Read) -> Field | None:
    owner = catalog.doctypes.get(read.record.doctype)
    table = owner.tables.get(read.record.path) if owner is not None else None
    return table.fields.get(read.field) if table is not None else None


def _case(catalog: Catalog, doctype: Doctype, document: Row, specimens: Specimens) -> PostingCase:
    own = specimens.facts.get(COMPANY_DOCTYPE, {}).get(COMPANY, {}).get("currency")
    currency = document[doctype.currency] if doctype.currency else own
    rate = document[doctype.rate] if doctype.rate else None
    return PostingCase(
        catalog,
        doctype,
        document,
        specimens.facts,
        date=(document[doctype.date] if doctype.date else None) or DAY,
        company=COMPANY,
        company_currency=own,
        currency=currency,
        rate=rate or Decimal(1),
    )


def _problem(doctype: Doctype, document: Row, entries: list[Entry], left: Decimal) -> Problem:
    sums: dict[str, list[Decimal]] = {}
    for entry in entries:
        if entry.ledger.double_entry is not None:
            debit, credit = (_worth(entry, name) for name in entry.ledger.double_entry)
            total = sums.setdefault(entry.rule, [Decimal(0), Decimal(0)])
            total[0] += debit
            total[1] += credit
    posted = "; ".join(f"{rule} {_sides(*total)}" for rule, total in sums.items())
    typed = "; ".join(
        part for part in (_typed(doctype.head, document), *_rows(doctype, document)) if part
    )
    return Problem(
        "E514",
        f"{abs(left)} too much {'debit' if left > 0 else 'credit'} for a document with "
        f"{typed or 'nothing typed'}. It would post: {posted}.",
        doctype.span,
        f"Look for what one of the postings of {doctype.name} leaves out or counts twice.",
    )


def _typed(table: Table, row: Row) -> str:
    """What a person would have typed into a row."""
    return ", ".join(
        f"{f.name} {row[f.name]}"
        for f in table.columns
        if f.writer == "person" and f.type != "link" and row[f.name] not in (None, False)
    )


def _rows(doctype: Doctype, document: Row) -> Iterator[str]:
    for table in tables_in_order(doctype)[1:]:
        for row in rows_at(document, table.path) if not table.generated else ():
            yield f"{path_of(row, table.path)}: {_typed(table, row) or 'nothing'}"


def _worth(entry: Entry, measure: str) -> Decimal:
    found = entry.worth.get(measure)
    return found if found is not None else Decimal(entry.values[measure])


def _sides(debit: Decimal, credit: Decimal) -> str:
    parts = [f"debit {debit}"] if debit else []
    parts += [f"credit {credit}"] if credit else []
    return " and ".join(parts) or "nothing"
