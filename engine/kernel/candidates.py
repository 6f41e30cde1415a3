"""Which rows of other doctypes the rule sets of some documents may choose from, told before they are fetched.

Only what is known before the calculation narrows the choice: what a person wrote and what facts say of it.
A bound may let too many rows through, never too few.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from engine.catalog.calculation import RuleStep, TaxStep
from engine.catalog.doctypes import Doctype
from engine.catalog.rules import RowSourceMatch, RuleSet, RuleSource
from engine.catalog.whole import Catalog
from engine.expr.program import Expr
from engine.kernel.rows import Facts, Row, rows_at
from engine.kernel.rule_rows import path_up

MOST_VALUES = 500
"""More different values than these bound nothing."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A column of a candidate is empty, or: ``among`` ``values``; at most (``up_to``) the greatest of them.

    ``valid``: valid_from is at most the greatest, valid_to at least the least of ``values``.
    """

    field: str
    kind: Literal["among", "up_to", "valid"]
    values: tuple[Any, ...]


Choice = tuple[Bound, ...]
"""Bounds that all hold; none at all lets every row through."""


def candidate_bounds(
    catalog: Catalog, doctype: Doctype, documents: Sequence[Row], facts: Facts
) -> dict[str, list[Choice]]:
    """Doctype of candidates → choices of which one must hold; doctypes that no row asks for are left out."""
    found: dict[str, list[Choice]] = {}
    stepped: set[str] = set()
    for step in doctype.steps:
        if isinstance(step, (RuleStep, TaxStep)) and step.rules in doctype.facts.rules:
            stepped.add(step.rules)
            givens = list(_givens(doctype, step, documents, facts))
            if givens:
                _narrow(catalog.rules[step.rules], givens, facts, found)
    for name in set(doctype.facts.rules) - stepped:
        # Asked as a function: what it will be given is not known yet.
        for source in catalog.rules[name].sources:
            if source.field is None:
                found.setdefault(source.doctype, []).append(())
    return {name: [()] if () in choices else choices for name, choices in found.items()}


def _givens(
    doctype: Doctype, step: RuleStep | TaxStep, documents: Sequence[Row], facts: Facts
) -> Iterator[Mapping[str, Any]]:
    """What the step gives for each row it may run for, as far as that is known."""
    known = {name: e for name, e in step.given.items() if not _is_late(doctype, e)}
    when = step.when if step.when is not None and not _is_late(doctype, step.when) else None
    for document in documents:
        for row in rows_at(document, step.each) if step.each in doctype.tables else ({},):
            frame = {"this": document, "row": row, "facts": facts, "let": {}}
            if when is None or when.run(frame) is True:
                yield {name: expression.run(frame) for name, expression in known.items()}


def _is_late(doctype: Doctype, expression: Expr) -> bool:
    """Whether it needs what is only worked out: fields of steps and formulas, balances, other rule sets."""
    if expression.balances or expression.asks:
        return True
    for read in expression.reads:
        table = doctype.tables.get(read.record.path) if read.record.own else None
        field = table.fields.get(read.field) if table is not None else None
        if field is not None and (field.writer != "person" or field.type == "table"):
            return True
    return False


def _narrow(
    rules: RuleSet,
    givens: list[Mapping[str, Any]],
    facts: Facts,
    found: dict[str, list[Choice]],
) -> None:
    known = set.intersection(*(set(given) for given in givens))
    absent = {name for name, given in rules.given.items() if given.optional} - {
        name for given in givens for name in given
    }
    for source in rules.sources:
        if source.field is None:
            choice = tuple(_bounds(source, givens, known | absent, facts))
            found.setdefault(source.doctype, []).append(choice)


def _bounds(
    source: RuleSource, givens: list[Mapping[str, Any]], known: set[str], facts: Facts
) -> Iterator[Bound]:
    for match in source.matches:
        expression = match.value
        if expression.balances or expression.asks or not match.givens <= known:
            continue
        empty = dict.fromkeys(known)
        values: dict[Any, None] = {}
        for given in givens:
            value = expression.run({**empty, **given, "facts": facts, "let": {}})
            values |= dict.fromkeys(_cells(match, value, facts))
        if len(values) <= MOST_VALUES:
            kind: Literal["among", "up_to", "valid"] = "among"
            if match.kind in ("up_to", "valid"):
                kind = "up_to" if match.kind == "up_to" else "valid"
            yield Bound(match.field, kind, tuple(values))


def _cells(match: RowSourceMatch, value: Any, facts: Facts) -> list[Any]:
    """The cells that fit ``value``, empty ones aside."""
    if value is None:
        return []
    if match.tree is not None:
        return list(path_up(facts, match.tree, value))
    if match.kind == "among":
        return [each for each in value if each is not None]
    return [value]
