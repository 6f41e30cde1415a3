"""A compiled expression or template, and what is known of it without running it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from engine.expr.browser import tree_as_json
from engine.expr.nodes import Node
from engine.expr.types import Record, Type
from engine.problems.problem import Span

Frame: TypeAlias = Mapping[str, Any]
"""What an expression runs in: ``this``, ``row``, ``facts`` …; see the contract of rows and frames."""


@dataclass(frozen=True, slots=True)
class Read:
    """One field that an expression reads. ``record.own``: a dependency; else a column of a fact."""

    record: Record
    field: str


@dataclass(frozen=True, slots=True)
class BalanceRead:
    """One question to a ledger that an expression asks; ``dimensions`` are those it matches."""

    ledger: str
    measure: str
    dimensions: tuple[str, ...]
    kind: Literal["balance", "turnover"]


@dataclass(frozen=True, slots=True)
class Under:
    """A node of a tree standing for itself and all below it, as the value of a dimension.

    Who answers finds the records: those of ``doctype`` from whom the links ``above`` lead to ``id``.
    """

    doctype: str
    above: str
    id: int


@dataclass(frozen=True, slots=True)
class BalanceCall:
    """The question as it is asked when the expression runs: ``frame['balance'](call) -> Decimal``.

    ``match``: dimension → value (a record is its id; a list means any of them, ``Under``
    all below a node; None means empty).
    ``at`` is None for now; ``start`` and ``end`` are of a turnover, both days included.
    """

    ledger: str
    measure: str
    match: Mapping[str, Any]
    at: date | None = None
    start: date | None = None
    end: date | None = None
    kind: Literal["balance", "turnover"] = "balance"


Answerer: TypeAlias = Callable[[BalanceCall], Decimal]


@dataclass(frozen=True, slots=True)
class RecordQuestion:
    """The records of ``doctype`` whose fields are as ``match`` says (value, list of values, or None).

    With ``path``: the rows of that table of the records whose ids ``match['parent']`` lists, in their
    order. The answer: rows with ``id`` (rows of tables: ``index`` and ``parent``, an id) and all fields.
    ``narrow``: (field, operator, value) that holds of all that is wanted; who answers may leave the others out.
    """

    doctype: str
    match: Mapping[str, Any] = field(default_factory=dict)
    path: str = ""
    narrow: tuple[tuple[str, str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Expr:
    """A checked expression. ``run(frame)`` gives its value; a record comes out as its id."""

    source: str
    span: Span
    tree: Node = field(repr=False)
    type: Type
    reads: frozenset[Read]
    run: Callable[[Frame], Any] = field(repr=False, compare=False)
    balances: tuple[BalanceRead, ...] = ()
    asks: tuple[str, ...] = ()
    """Keys of the rule sets that it asks."""

    def to_json(self) -> list[Any] | None:
        """The tree for the browser's evaluator; None when it uses what only the server has."""
        return tree_as_json(self.tree)


@dataclass(frozen=True, slots=True)
class TemplateHole:
    """``{expression:format}`` in a template."""

    expression: Expr
    format: str


@dataclass(frozen=True, slots=True)
class Template:
    """Checked text with holes. ``run(frame)`` gives the text; null is empty."""

    source: str
    span: Span
    tree: Node = field(repr=False)
    parts: tuple[str | TemplateHole, ...]
    reads: frozenset[Read]
    run: Callable[[Frame], str] = field(repr=False, compare=False)
    balances: tuple[BalanceRead, ...] = ()
    asks: tuple[str, ...] = ()
    """Keys of the rule sets that it asks."""

    def to_json(self) -> list[Any] | None:
        """The tree for the browser's evaluator; None when it uses what only the server has."""
        return tree_as_json(self.tree)
