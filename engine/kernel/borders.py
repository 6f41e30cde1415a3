"""The literals that the rules of a doctype compare with: where a posting or a case begins to apply."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.catalog.calculation import RuleStep, TaxStep, expressions_of_step
from engine.catalog.doctypes import Doctype
from engine.catalog.whole import Catalog
from engine.expr.nodes import Call, Literally, Node
from engine.expr.program import Expr, Template
from engine.expr.walk import every


@dataclass(frozen=True, slots=True)
class Borders:
    """Each sorted, each once."""

    numbers: tuple[Decimal, ...] = ()
    days: tuple[date, ...] = ()
    texts: tuple[str, ...] = ()


def borders_of(catalog: Catalog, doctype: Doctype) -> Borders:
    """What stands literally in the calculation, checks and postings of ``doctype``, and in the rule sets it asks."""
    numbers: set[Decimal] = set()
    days: set[date] = set()
    texts: set[str] = set()
    for expression in _expressions(catalog, doctype):
        for node in every(expression.tree) if isinstance(expression, Expr) else ():
            value = _literal(node)
            if isinstance(value, date):
                days.add(value)
            elif isinstance(value, str):
                texts.add(value)
            elif isinstance(value, (int, Decimal)) and not isinstance(value, bool):
                numbers.add(Decimal(value))
    return Borders(tuple(sorted(numbers)), tuple(sorted(days)), tuple(sorted(texts)))


def _literal(node: Node) -> object:
    """The value of a literal, ``date(2027, 4, 1)`` among them; None for anything else."""
    if isinstance(node, Literally):
        return node.value
    if isinstance(node, Call) and node.function == "date":
        given = [a.value for a in node.arguments if isinstance(a, Literally)]
        if len(given) == 3:
            try:
                return date(*(int(part) for part in given if isinstance(part, (int, Decimal))))
            except (TypeError, ValueError):
                return None
    return None


def _expressions(catalog: Catalog, doctype: Doctype) -> Iterator[Expr | Template]:
    asked: list[str] = []
    for step in doctype.steps:
        yield from expressions_of_step(step)
        if isinstance(step, (RuleStep, TaxStep)):
            asked.append(step.rules)
    for check in doctype.checks.values():
        yield from (each for each in (check.check, check.when) if each is not None)
    for posting in doctype.posts.values():
        yield from posting.expressions()
    for name in dict.fromkeys(asked):
        for case in catalog.rules[name].cases.values():
            if case.when is not None:
                yield case.when
