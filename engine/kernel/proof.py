"""Whether a doctype's postings balance, tried on made-up documents before anything is published.

Not a proof in the strict sense: postings that differ only for documents that were not made pass.
Those are refused when they are submitted.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from engine.catalog.calculation import Check
from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field
from engine.catalog.whole import Catalog
from engine.expr.program import Read
from engine.kernel.calculate import calculate
from engine.kernel.calculation import Calculation
from engine.kernel.entries import Entry, settle_conversion
from engine.kernel.posting import PostingCase, begin, finish
from engine.kernel.rows import Row
from engine.kernel.specimen import COMPANY, Specimens
from engine.kernel.validate import declared
from engine.kernel.valuation import Average, Layer, Method
from engine.problems.problem import Problem

DOCUMENTS: Final = 20
"""Documents that keep a doctype's checks and are tried on its postings."""
TRIES: Final = 250
"""Documents made to find as many; most break some check."""


_SPOILT: Final = frozenset({"posting.no_amount", "posting.bad_value"})
"""Findings after which the amounts mean nothing."""

_HARMLESS: Final = frozenset({"date", "datetime", "time", "text", "long_text"})


class _Endless(dict[tuple[str, str], Method]):
    """Stock of everything, at a cost that does not divide evenly."""

    def __missing__(self, key: tuple[str, str]) -> Method:
        self[key] = Average(Layer(10**12, 3 * 10**12 + 7))
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
    kept = {key for key, check in doctype.checks.items() if _matters(catalog, check)}
    tried = 0
    for seed in range(TRIES):
        if tried == DOCUMENTS:
            return
        specimens = Specimens(catalog, doctype, seed)
        document = specimens.document()
        calculation = Calculation(
            catalog, doctype, document, specimens.facts, specimens.candidates()
        )
        calculation.balance = lambda _: Decimal(0)
        calculate(calculation)
        broken = {
            f.code.removeprefix("check.") for f in declared(doctype, document, specimens.facts)
        }
        if broken & kept:
            continue
        tried += 1
        case = _case(catalog, doctype, document, specimens)
        entries = finish(begin(case), _Endless())
        left = settle_conversion(entries)
        if left and not _SPOILT & {finding.code for finding in case.findings}:
            yield _problem(doctype, document, entries, left)


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
    own = specimens.facts.get("Company", {}).get(COMPANY, {}).get("currency")
    currency = document[doctype.currency] if doctype.currency else own
    rate = document[doctype.rate] if doctype.rate else None
    return PostingCase(
        catalog,
        doctype,
        document,
        specimens.facts,
        date=document[doctype.date] if doctype.date else document["posting_date"],
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
    typed = ", ".join(
        f"{f.name} {document[f.name]}"
        for f in doctype.head.columns
        if f.writer == "person" and f.type != "link" and document[f.name] not in (None, False)
    )
    return Problem(
        "E514",
        f"{abs(left)} too much {'debit' if left > 0 else 'credit'} for a document with "
        f"{typed or 'nothing typed'}. It would post: {posted}.",
        doctype.span,
        f"Look for what one of the postings of {doctype.name} leaves out or counts twice.",
    )


def _worth(entry: Entry, measure: str) -> Decimal:
    found = entry.worth.get(measure)
    return found if found is not None else Decimal(entry.values[measure])


def _sides(debit: Decimal, credit: Decimal) -> str:
    parts = [f"debit {debit}"] if debit else []
    parts += [f"credit {credit}"] if credit else []
    return " and ".join(parts) or "nothing"
