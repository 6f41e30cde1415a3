"""The SQL form of an expression as a structure: no text, no names of tables or columns of a database.

A *row* in sight is a number: 0 is the row asked about, further ones are those of sub-selects. What
reads none of them is ``Given``: worked out beforehand and handed over as a parameter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from engine.expr.nodes import AggregateKind, Node
from engine.expr.types import Type


class NoSqlForm(Exception):
    """Why an expression (or a part of it) cannot be asked of a database; a sentence for people."""


@dataclass(frozen=True, slots=True)
class Given:
    """A part that reads no row: its closure tells the value."""

    node: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Step:
    """From a row over its link ``field`` (``parent``: to the row it belongs to) to one of ``key``."""

    field: str
    key: str


@dataclass(frozen=True, slots=True)
class Column:
    """Field ``name`` at the end of ``steps`` from the row number ``row``; a link is the id."""

    row: int
    steps: tuple[Step, ...]
    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Operation:
    """``name`` with its operands.

    ``+ - * / neg`` numbers, ``date+ date-``, ``== != < <= > >=``, ``and or not``, ``is null``,
    ``is not null``, ``if`` (test, then, other), ``coalesce``, ``slice`` (with ``bounds``), ``under``
    (with ``tree``), and the functions that have the form ``sql``, by their names.
    """

    name: str
    operands: tuple[SqlNode, ...]
    type: Type
    bounds: tuple[int | None, int | None] = (None, None)
    words: tuple[str, ...] = ()
    """Arguments that are written out: the mode of ``round``; doctype and link of ``under``."""


@dataclass(frozen=True, slots=True)
class Among:
    """``item in values``, three-valued; ``values`` is a list of parts or one ``Given`` list."""

    item: SqlNode
    values: tuple[SqlNode, ...] | Given
    negated: bool
    type: Type


@dataclass(frozen=True, slots=True)
class Child:
    """One step down: the table ``key`` below."""

    key: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """An aggregate of ``body`` (None: of the rows themselves) over the rows below the row ``of``.

    ``children`` lead down from it, the last one's rows are number ``row`` in body and ``where``.
    """

    kind: AggregateKind
    of: int
    children: tuple[Child, ...]
    row: int
    body: SqlNode | None
    where: SqlNode | None
    type: Type


SqlNode: TypeAlias = Given | Column | Operation | Among | Gathered
