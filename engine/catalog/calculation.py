"""Calculation steps and checks, as resolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from engine.catalog.sources import (
    DoctypeSource,
    LedgerSource,
    RowSource,
    TableSource,
    expressions_of,
)
from engine.expr.program import Expr, Template

Method: TypeAlias = Literal["largest_remainder", "last_row", "first_row", "biggest_row"]


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
    With ``into`` (the path of a table below ``each``) every answer is a row of it, and the set is asked
    once per row of ``source``, if there is one. ``identity`` as in ``RowsStep``.
    """

    key: str
    each: str
    rules: str
    given: Mapping[str, Expr]
    set: Mapping[str, Expr]
    when: Expr | None = None
    editable: bool = False
    source: RowSource | None = None
    into: str = ""
    identity: tuple[str, ...] = ()


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
    round: Literal["line", "document"] = "line"
    editable: bool = False
    """A person may type over the amount of a component."""


@dataclass(frozen=True, slots=True)
class DistributeStep:
    """Share ``amount`` over the rows of ``over`` in proportion to ``weight`` into field ``into``; exact.

    Once per row of ``each`` over its own rows of the table at ``over``; ``each`` ``""`` is once in all.
    """

    key: str
    amount: Expr
    over: str
    weight: Expr
    into: str
    where: Expr | None = None
    method: Method = "largest_remainder"
    each: str = ""
    when: Expr | None = None


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


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass of a pairing: rows of which ``when`` holds; or whole groups, by a reference, of equal ``sums``.

    Frame: the document's, with a row of each side under its name. ``by`` and ``sums``: (left, right).
    """

    key: str
    when: Expr | None = None
    only_if_one: bool = False
    sums: tuple[Expr, Expr] | None = None
    by: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class PairStep:
    """Pair the rows of two sources by ``passes``, each used once, into rows of table ``into``.

    ``left_into`` and ``right_into`` are the tables below it that take the rows, their fields by name;
    ``left_identity`` and ``right_identity`` those by which a row is known again. ``found_by``: the field
    that takes the key of the pass.
    """

    key: str
    left: LedgerSource | DoctypeSource | TableSource
    right: LedgerSource | DoctypeSource | TableSource
    passes: tuple[Pass, ...]
    into: str
    left_into: str
    right_into: str
    left_identity: tuple[str, ...]
    right_identity: tuple[str, ...]
    found_by: str | None = None
    when: Expr | None = None
    editable: bool = False


Step: TypeAlias = FormulaStep | RuleStep | TaxStep | DistributeStep | RowsStep | PairStep


def each_of(step: Step) -> str:
    """The path of the table whose rows a step goes through; ``""`` is the document."""
    if isinstance(step, FormulaStep):
        return step.path
    return "" if isinstance(step, PairStep) else step.each


def writes_of(step: Step) -> tuple[tuple[str, str], ...]:
    """The fields and tables that a step writes: (path, name)."""
    match step:
        case FormulaStep():
            return ((step.path, step.field),)
        case DistributeStep():
            return ((step.over, step.into),)
        case TaxStep():
            return ((step.each, step.base), (step.each, step.into))
        case PairStep():
            return (("", step.into),)
        case RowsStep(into=into) | RuleStep(into=into) if into:
            parent, _, name = into.rpartition(".")
            return ((parent, name),)
    return tuple((step.each, name) for name in step.set)


def expressions_of_step(step: Step) -> Iterator[Expr]:
    """Every expression in a step, for whoever collects what is read."""
    match step:
        case FormulaStep():
            yield step.formula
        case RuleStep():
            yield from (*step.given.values(), *step.set.values(), *_some(step.when))
            yield from expressions_of(step.source) if step.source is not None else ()
        case TaxStep():
            yield from (*step.given.values(), step.amount, *_some(step.inclusive, step.when))
        case DistributeStep():
            yield from (step.amount, step.weight, *_some(step.where, step.when))
        case RowsStep():
            yield from (*step.set.values(), *_some(step.when, step.want, step.take))
            yield from expressions_of(step.source)
        case PairStep():
            yield from _some(step.when)
            yield from (*expressions_of(step.left), *expressions_of(step.right))
            for one in step.passes:
                yield from (*_some(one.when), *(one.sums or ()), *one.by)


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
    action: Literal["refuse", "warn", "confirm"] = "refuse"
    fields: tuple[str, ...] = ()
    reads_old: bool = False
    """Whether it reads the document as it was before the change."""
