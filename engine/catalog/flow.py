"""How documents come out of others, and what a transition sets going, as resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from engine.expr.program import Expr

EMPTY: Mapping[str, Expr] = {}


@dataclass(frozen=True, slots=True)
class MakeFrom:
    """How this doctype is made out of a document of ``source``; ``each`` is a child table of the source."""

    source: str
    each: str | None
    into: str | None
    quantity: Expr | None
    set: Mapping[str, Expr]
    """For rows (frame: this = source document, row = source row), or for the head when ``each`` is None."""
    copy: tuple[str, ...]


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
    each: str | None = None
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
    each: str | None = None
    when: Expr | None = None


@dataclass(frozen=True, slots=True)
class Set:
    """Effect: fields of the document itself, or of the documents that ``each`` finds, get other values."""

    key: str
    owner: str
    doctype: str
    set: Mapping[str, Expr]
    each: str | None = None
    when: Expr | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """Effect: ``name`` (a notification or a call of a connector) is handed to the outbox with ``values``."""

    key: str
    owner: str
    name: str
    each: str | None = None
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
