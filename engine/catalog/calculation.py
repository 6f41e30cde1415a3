"""Calculation steps and checks, as resolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from engine.catalog.sources import RowSource, expressions_of
from engine.expr.program import Expr, Template


@dataclass(frozen=True, slots=True)
class FormulaStep:
    """Write ``field`` of every row of table ``path`` with ``formula`` (frame: this = the row)."""

    path: str
    field: str
    formula: Expr
    editable: bool = False


@dataclass(frozen=True, slots=True)
class RuleStep:
    """Ask rule set ``rules`` once per row of ``each`` (``""`` = once) and write ``set`` from ``answer``.

    ``given`` binds each name the rule set is given; frame: this = document, row = the row.
    ``set`` expressions see ``answer`` as well. Rows whose field a person typed over are left alone.
    """

    key: str
    each: str
    rules: str
    given: Mapping[str, Expr]
    set: Mapping[str, Expr]
    when: Expr | None = None
    editable: bool = False


@dataclass(frozen=True, slots=True)
class TaxStep:
    """Ask a case rule set for components; write ``base`` on the row and one row per component into table ``into``."""

    key: str
    each: str
    rules: str
    given: Mapping[str, Expr]
    amount: Expr
    base: str
    into: str
    inclusive: Expr | None = None
    when: Expr | None = None


@dataclass(frozen=True, slots=True)
class DistributeStep:
    """Share ``amount`` over the rows of ``over`` in proportion to ``weight`` into field ``into``; exact."""

    key: str
    amount: Expr
    over: str
    weight: Expr
    into: str
    where: Expr | None = None
    method: str = "largest_remainder"


@dataclass(frozen=True, slots=True)
class RowsStep:
    """Make the rows of table ``into`` out of ``source``, once per row of ``each`` (``""`` = once).

    ``set`` is run with the source's row under its name. ``want``: only until so much is taken of what
    the rows ``take``, in their order; ``set`` then sees ``taken``. ``identity``: the fields of ``set``
    by which a row made again is the row that was there. ``editable``: rows that a person changed stay.
    """

    key: str
    each: str
    source: RowSource
    into: str
    set: Mapping[str, Expr]
    identity: tuple[str, ...] = ()
    when: Expr | None = None
    want: Expr | None = None
    take: Expr | None = None
    editable: bool = False


Step: TypeAlias = FormulaStep | RuleStep | TaxStep | DistributeStep | RowsStep


def expressions_of_step(step: Step) -> Iterator[Expr]:
    """Every expression in a step, for whoever collects what is read."""
    match step:
        case FormulaStep():
            yield step.formula
        case RuleStep():
            yield from (*step.given.values(), *step.set.values(), *_some(step.when))
        case TaxStep():
            yield from (*step.given.values(), step.amount, *_some(step.inclusive, step.when))
        case DistributeStep():
            yield from (step.amount, step.weight, *_some(step.where))
        case RowsStep():
            yield from (*step.set.values(), *_some(step.when, step.want, step.take))
            yield from expressions_of(step.source)


def _some(*found: Expr | None) -> tuple[Expr, ...]:
    return tuple(expression for expression in found if expression is not None)


@dataclass(frozen=True, slots=True)
class Check:
    """A validation. ``each`` is a table path or None; ``fields`` are marked ("posting_date", "items.rate")."""

    key: str
    check: Expr
    message: Template
    each: str | None = None
    when: Expr | None = None
    action: Literal["refuse", "warn"] = "refuse"
    fields: tuple[str, ...] = ()
