"""Row sources, as resolved: what ``each`` and ``from`` go through.

``name`` is what a row is called in expressions: ``row`` unless ``as`` says otherwise. ``match``,
``at``, ``between``, ``start``, ``end`` and ``of`` run in the frame around the source, ``where`` and
``order`` in the same frame with the row under its name. What rows look like is said in
``engine.kernel.sources``, which also gives them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from engine.expr.program import Expr

Step: TypeAlias = Literal["day", "week", "month", "quarter", "year"]
Part: TypeAlias = Literal["opening", "inward", "outward", "closing"]
NOTHING: Mapping[str, Expr] = MappingProxyType({})
ROW = "row"


@dataclass(frozen=True, slots=True)
class TableSource:
    """The rows of the document's table ``path``; ``""`` is the head alone."""

    path: str
    where: Expr | None = None
    order: tuple[Expr, ...] = ()
    name: str = ROW


@dataclass(frozen=True, slots=True)
class PostedSource:
    """The entries that the posting ``key`` of this document wrote."""

    key: str
    name: str = ROW


@dataclass(frozen=True, slots=True)
class PeriodsSource:
    """The days from ``start`` to ``end``, both included, cut at the beginning of every ``step``."""

    start: Expr
    end: Expr
    step: Step
    first_month: int
    """Of the fiscal year."""
    name: str = ROW


@dataclass(frozen=True, slots=True)
class LinkedSource:
    """The rows of table ``path`` of the records of ``doctype`` that ``of`` yields: a record or a list."""

    of: Expr
    doctype: str
    path: str
    where: Expr | None = None
    order: tuple[Expr, ...] = ()
    name: str = ROW


@dataclass(frozen=True, slots=True)
class LedgerSource:
    """A row per key ``by`` of ``ledger``: its balance at ``at``, or what moved ``between`` two days.

    ``also``: dimensions that only ``where`` reads; it then chooses entries before they are summed.
    ``show``: the parts that rows of a turnover have besides.
    """

    ledger: str
    by: tuple[str, ...]
    match: Mapping[str, Expr] = field(default_factory=lambda: NOTHING)
    at: Expr | None = None
    between: tuple[Expr, Expr] | None = None
    where: Expr | None = None
    order: tuple[Expr, ...] = ()
    name: str = ROW
    also: tuple[str, ...] = ()
    show: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Narrow:
    """A part of a ``where``: field ``field`` of the candidate ``operator`` (``==``, ``<`` …) ``value``."""

    field: str
    operator: str
    value: Expr


@dataclass(frozen=True, slots=True)
class DoctypeSource:
    """The records of ``doctype`` whose fields are what ``match`` gives, of the company in hand.

    ``narrow``: parts of ``where`` that a database looks up by itself, so that it need not give all records.
    """

    doctype: str
    match: Mapping[str, Expr] = field(default_factory=lambda: NOTHING)
    where: Expr | None = None
    order: tuple[Expr, ...] = ()
    name: str = ROW
    narrow: tuple[Narrow, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupedSource:
    """A row per distinct ``by`` of the rows of ``path``, with the sums of ``sums`` and the rows themselves."""

    path: str
    by: tuple[str, ...]
    sums: tuple[str, ...] = ()
    where: Expr | None = None
    order: tuple[Expr, ...] = ()
    name: str = ROW


RowSource: TypeAlias = (
    TableSource
    | PostedSource
    | PeriodsSource
    | LinkedSource
    | LedgerSource
    | DoctypeSource
    | GroupedSource
)


def expressions_of(source: RowSource) -> Iterator[Expr]:
    """Every expression in a source, for whoever collects what is read."""
    match source:
        case PeriodsSource():
            yield from (source.start, source.end)
        case PostedSource():
            return
        case TableSource() | LinkedSource() | LedgerSource() | DoctypeSource() | GroupedSource():
            if isinstance(source, LinkedSource):
                yield source.of
            if isinstance(source, (LedgerSource, DoctypeSource)):
                yield from source.match.values()
            if isinstance(source, LedgerSource):
                yield from (*(source.between or ()), *((source.at,) if source.at else ()))
            yield from (*((source.where,) if source.where else ()), *source.order)


def needs_server(source: RowSource) -> bool:
    """Whether rows of the source have to be asked of ledgers or records."""
    return isinstance(source, (LedgerSource, DoctypeSource, LinkedSource))
