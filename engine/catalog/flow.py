"""How documents come out of others, and what a transition sets going, as resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from engine.catalog.sources import DoctypeSource, RowSource, TableSource
from engine.expr.program import Expr

EMPTY: Mapping[str, Expr] = {}


@dataclass(frozen=True, slots=True)
class MakeFrom:
    """How this doctype is made out of documents of ``source``, or out of the balances of a ledger.

    Frame of its expressions: ``this`` the source document (of a ledger: the document that is made), ``row`` the
    row of ``each``.
    """

    source: str
    each: RowSource | None
    into: str | None
    quantity: Expr | None
    """What is left of a row; rows without any are left out."""
    set: Mapping[str, Expr]
    """For rows, or for the head when ``each`` is None."""
    copy: tuple[str, ...]
    """Fields and whole tables of the head taken over by name."""
    carried: tuple[str, ...] = ()
    """Fields that the rows of both sides have in common, and nothing sets: they are taken over."""
    merge_by: tuple[str, ...] = ()
    """Sources that are alike in these fields become one document."""
    prorate: tuple[str, ...] = ()
    """Fields and tables of the rows that are a part of the source row's, by quantity."""
    line: str | None = None
    """The field of a made row that links to the row it was made from."""
    draft: bool = False
    of_ledger: bool = False
    """``source`` is a ledger: there is no source document."""

    @property
    def table(self) -> str | None:
        """The path of the table that is gone through, if it is one of the source document."""
        return self.each.path if isinstance(self.each, TableSource) else None


@dataclass(frozen=True, slots=True)
class Make:
    """Effect: a document of ``doctype`` is made, out of what the effect looks at where its ``from`` says how.

    ``each``: one per row; ``set`` is over what ``from`` fills in. ``company``: made there, after commit.
    ``once``: at most one for these values, ever. ``submit``: it is submitted with what makes it.
    """

    key: str
    owner: str
    """The doctype or schedule that declares it: part of the stored ``once`` key, and of what people read."""
    doctype: str
    each: RowSource | None = None
    when: Expr | None = None
    set: Mapping[str, Expr] = field(default_factory=lambda: EMPTY)
    submit: bool = False
    company: Expr | None = None
    once: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Go:
    """Effect: documents go through ``transition``. ``doctype``: of the rows of ``each``; else the document itself."""

    key: str
    owner: str
    transition: str
    doctype: str
    each: RowSource | None = None
    when: Expr | None = None


@dataclass(frozen=True, slots=True)
class Set:
    """Effect: fields of the document itself, or of the documents that ``each`` finds, get other values."""

    key: str
    owner: str
    doctype: str
    set: Mapping[str, Expr]
    each: RowSource | None = None
    when: Expr | None = None

    @property
    def of_this(self) -> bool:
        """Whether it changes the document that it is declared on."""
        return not isinstance(self.each, DoctypeSource)


@dataclass(frozen=True, slots=True)
class Send:
    """Effect: ``name`` (a notification or a call of a connector) is handed to the outbox with ``values``."""

    key: str
    owner: str
    name: str
    each: RowSource | None = None
    when: Expr | None = None
    values: Mapping[str, Expr] = field(default_factory=lambda: EMPTY)


Effect: TypeAlias = Make | Go | Set | Send


@dataclass(frozen=True, slots=True)
class Every:
    """When a schedule is due: each ``count`` ``unit``; days and months at ``hour``:``minute`` (Asia/Kolkata)."""

    unit: Literal["minute", "hour", "day", "month"]
    count: int = 1
    day: int = 1
    hour: int = 0
    minute: int = 0
