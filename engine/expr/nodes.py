"""The checked tree: what is left of an expression once every name is resolved and typed.

Own frozen nodes, never Python's. Each has ``type``; evaluators (closures, one-off, browser) read
nothing else. Row variables of generators and names of the frame are both ``Name``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

from engine.expr.types import Record, Type

Scalar: TypeAlias = Decimal | int | str | bool | date | None
ArithmeticOperator: TypeAlias = Literal["+", "-", "*", "/", "date+", "date-"]
CompareOperator: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">="]
AggregateKind: TypeAlias = Literal["sum", "avg", "min", "max", "count", "exists"]


@dataclass(frozen=True, slots=True)
class Literally:
    """A value written out."""

    value: Scalar
    type: Type


@dataclass(frozen=True, slots=True)
class Name:
    """``frame[name]``."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True, eq=False)
class Let:
    """A named intermediate result; one object per name, however often the name is read.

    ``frame['let']``, a dict where there is one, keeps its value, so that it is worked out once.
    """

    name: str
    value: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Field:
    """Field ``name`` of the record ``of``; ``records`` are those of its targets that have it."""

    of: Node
    records: tuple[Record, ...]
    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Member:
    """Part of a fiscal year (start, end, label, short), or a key of json."""

    of: Node
    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Worth:
    """Money of the document in company currency, at the document's rate."""

    of: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Pluck:
    """Field ``name`` of every record in the list ``of``; ``flat`` joins child tables into one."""

    of: Node
    records: tuple[Record, ...]
    name: str
    flat: bool
    type: Type


@dataclass(frozen=True, slots=True)
class Edge:
    """The first or last row of ``of``; null when there is none."""

    of: Node
    which: Literal["first", "last"]
    type: Type


@dataclass(frozen=True, slots=True)
class Negate:
    operand: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``date+`` and ``date-`` move a date by days; the others take numbers."""

    operator: ArithmeticOperator
    left: Node
    right: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Compare:
    operator: CompareOperator
    left: Node
    right: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Within:
    """``item in values``; null when the item is null, or none is equal and one is null."""

    item: Node
    values: Node
    negated: bool
    type: Type


@dataclass(frozen=True, slots=True)
class Under:
    """``under(node)``: the node and all below it; ``above`` is the link of ``doctype`` to the node above."""

    of: Node
    doctype: str
    above: str
    type: Type


@dataclass(frozen=True, slots=True)
class IsUnder:
    """Whether ``item`` is ``node`` or stands below it in the tree of ``doctype``."""

    item: Node
    node: Node
    doctype: str
    above: str
    type: Type


@dataclass(frozen=True, slots=True)
class IsNull:
    operand: Node
    negated: bool
    type: Type


@dataclass(frozen=True, slots=True)
class Logic:
    """``and`` / ``or`` over two or more conditions, three-valued."""

    operator: Literal["and", "or"]
    operands: tuple[Node, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Not:
    operand: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Choose:
    """``then if test else other``; a null test takes ``other``."""

    test: Node
    then: Node
    other: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Slice:
    operand: Node
    start: int | None
    stop: int | None
    type: Type


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple[Node, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the table in ``functions.py``."""

    function: str
    arguments: tuple[Node, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Layout:
    """How a value becomes text: ``kind`` with its ``argument``; see ``formats.py``."""

    kind: Literal["plain", "fixed", "grouped", "pad", "year", "date", "boolean", "any"]
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Hole:
    """A value inside a text."""

    value: Node
    layout: Layout


@dataclass(frozen=True, slots=True)
class Compose:
    """Text put together of fixed parts and holes."""

    parts: tuple[str | Hole, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Generate:
    """``body for name in source if where``: a list of values."""

    body: Node
    name: str
    source: Node
    where: Node | None
    type: Type


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Over a list of values or rows. Nulls are left out; the sum of nothing is 0."""

    kind: AggregateKind
    source: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Balance:
    """``balance`` (with ``at``) or ``turnover`` (with ``start`` and ``end``) of a ledger."""

    kind: Literal["balance", "turnover"]
    ledger: str
    measure: str
    match: tuple[tuple[str, Node], ...]
    at: Node | None
    start: Node | None
    end: Node | None
    type: Type


@dataclass(frozen=True, slots=True)
class RoleSteps:
    """One role: its steps read the givens alone.

    ``givens``: name → what it is bound to here; ``absent``: optional ones that are null here.
    """

    role: str
    steps: tuple[Node, ...]
    givens: tuple[tuple[str, Node], ...]
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Role:
    """``role(name)``: ``chosen`` is None when the one role is known, else the text that names it."""

    chains: tuple[RoleSteps, ...]
    chosen: Node | None
    type: Type


@dataclass(frozen=True, slots=True)
class Ask:
    """``certificate_rate(pan, section, date)``: the one answer of a rule set, asked for what is given.

    ``given``: (name, value, whether a record is given as its id; rows are given as they are).
    """

    rules: str
    given: tuple[tuple[str, Node, bool], ...]
    answer: str
    type: Type


@dataclass(frozen=True, slots=True)
class Find:
    """The record of ``doctype`` whose ``field``, its business key, is ``value``; null where there is none."""

    doctype: str
    field: str
    value: Node
    type: Type


Node: TypeAlias = (
    Literally
    | Name
    | Let
    | Field
    | Member
    | Worth
    | Pluck
    | Edge
    | Negate
    | Arithmetic
    | Compare
    | Within
    | Under
    | IsUnder
    | IsNull
    | Logic
    | Not
    | Choose
    | Slice
    | Listing
    | Call
    | Compose
    | Generate
    | Aggregate
    | Balance
    | Role
    | Ask
    | Find
)
