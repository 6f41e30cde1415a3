"""Pass 15, fixed once used: which fields a record may not change once entries of a ledger name it.

What stands in a ledger was written under what its declaration read: how it is valued, in which unit
it is counted, which records it takes and whether a key needs a part more. Changing that afterwards
would leave entries that the ledger no longer understands.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Dictionary

from engine.catalog.doctypes import Doctype
from engine.catalog.ledgers import Dimension, Ledger
from engine.expr.program import Expr
from engine.expr.types import COMPANY_DOCTYPE
from engine.problems.problem import Problem

Uses = dict[str, tuple[tuple[str, str], ...]]


def fixed_fields(doctype: Doctype, ledgers: Dictionary[str, Ledger]) -> tuple[Uses, list[Problem]]:
    """Field → the (ledger, dimension) whose entries fix it; '' stands for every entry of the ledger."""
    found: dict[str, dict[tuple[str, str], None]] = {}
    for ledger in ledgers.values():
        for field, dimension in _of_ledger(doctype, ledger):
            if field in doctype.fields and doctype.fields[field].fixed is not False:
                found.setdefault(field, {})[ledger.name, dimension] = None
    problems = []
    naming = [
        (ledger.name, d.name) for ledger in ledgers.values() for d in _naming(doctype, ledger)
    ]
    for declared in (field for field in doctype.fields.values() if field.fixed):
        if not naming and not doctype.abstract:
            problems.append(_never_used(doctype, declared.name))
        found.setdefault(declared.name, {}).update(dict.fromkeys(naming))
    return {field: tuple(uses) for field, uses in sorted(found.items())}, problems


def _never_used(doctype: Doctype, field: str) -> Problem:
    return Problem(
        "E304",
        f"'{field}' is fixed once used, and no ledger has a dimension for {doctype.name}.",
        doctype.fields[field].span,
        "Leave 'fixed' out.",
    )


def _of_ledger(doctype: Doctype, ledger: Ledger) -> Iterator[tuple[str, str]]:
    """(field, dimension) of all that the declaration of ``ledger`` reads of ``doctype``."""
    if doctype.name == COMPANY_DOCTYPE and any(m.type == "money" for m in ledger.measures.values()):
        yield "currency", "company"
    for expression in _of_whole(ledger):
        yield from _read(doctype, ledger, expression)
    for dimension in ledger.dimensions.values():
        if dimension.where is not None:
            yield from _read(doctype, ledger, dimension.where, dimension)


def _of_whole(ledger: Ledger) -> Iterator[Expr]:
    """What says how entries are valued, counted and keyed."""
    if ledger.valuation is not None:
        yield ledger.valuation.method
    for measure in ledger.measures.values():
        if measure.unit is not None:
            yield measure.unit
    kept = {name for by in ledger.keepers for name in by}
    for dimension in ledger.dimensions.values():
        if dimension.name in kept and dimension.required_if is not None:
            yield dimension.required_if


def _read(
    doctype: Doctype, ledger: Ledger, expression: Expr, candidate: Dimension | None = None
) -> Iterator[tuple[str, str]]:
    """The candidate of a ``where`` is one record; else every dimension that names the doctype counts."""
    for read in expression.reads:
        if read.record.doctype != doctype.name:
            continue
        if candidate is not None and read.record.own:
            yield read.field, candidate.name
        else:
            names = [dimension.name for dimension in _naming(doctype, ledger)]
            yield from ((read.field, name) for name in names or [""])


def _naming(doctype: Doctype, ledger: Ledger) -> list[Dimension]:
    return [d for d in ledger.dimensions.values() if doctype.name in d.link]
