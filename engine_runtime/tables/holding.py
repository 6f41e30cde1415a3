# ruff: noqa: S608 - every name comes from a table spec and is quoted, every value is a parameter
"""Expressions in SQL: the form that ``engine.expr.sql`` gives, rendered for a database.

A part becomes a `Piece`: its text, what kind of value it is, and for numbers how many digits it may have.
Numbers are exact on both databases and keep to the 28 digits of the language; where a database could not, the
expression is refused (`NoSqlForm`) and is worked out row by row instead.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, Protocol

from engine.expr.closures import build_program
from engine.expr.sql_nodes import (
    Among,
    Column,
    Gathered,
    Given,
    NoSqlForm,
    Operation,
    SqlNode,
    Step,
)
from engine.expr.types import records_of
from engine.plan.spec import ColumnSpec, TableSpec
from engine_runtime.tables.identifiers import quote

Kind = Literal["number", "text", "boolean", "date", "record", "null"]
LANGUAGE_DIGITS = 28
QUOTIENT_DIGITS = 48
"""A quotient has at most 60 digits, 12 of them decimals."""
ROWS_DIGITS = 4
"""A table of a document has at most 10,000 rows."""
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_COLUMN_KINDS: Mapping[str, Kind] = {
    "id": "record", "link": "record", "integer": "number", "decimal": "number", "text": "text",
    "long_text": "text", "boolean": "boolean", "date": "date",
}  # fmt: skip


class Places(Protocol):
    """Where the rows of a doctype, or of a table of it, stand."""

    def table(self, key: str) -> TableSpec:
        """Of ``Item``, ``Sales Order.items``. Raises NoSqlForm."""
        ...

    def column(self, key: str, field: str) -> str:
        """The column of a field or standard field. Raises NoSqlForm."""
        ...


@dataclass(frozen=True, slots=True)
class Piece:
    """A part as SQL. ``whole`` and ``scale``: digits before and after the point that a number may have.

    ``native``: SQLite keeps the number as an integer scaled so; None: as the text of a decimal.
    """

    text: str
    kind: Kind
    whole: int = 0
    scale: int = 0
    native: int | None = None


class Row(Protocol):
    """A row in sight."""

    @property
    def key(self) -> str: ...

    def column(self, links: Sequence[str], name: str) -> tuple[str, ColumnSpec]:
        """The column ``name`` at the end of columns that are links."""
        ...


class Below:
    """The rows of a sub-select: an alias with the joins that its parts ask for."""

    def __init__(self, alias: str, key: str, places: Places) -> None:
        self.alias = alias
        self.key = key
        self.joins: list[str] = []
        self._places = places
        self._known: dict[tuple[str, ...], tuple[str, TableSpec]] = {
            (): (alias, places.table(key)),
        }

    def join(self, links: tuple[str, ...], key: str) -> None:
        """The record of ``key`` at the end of ``links`` comes along, once."""
        if links in self._known:
            return
        before, _ = self._known[links[:-1]]
        made, target = f"{self.alias}_{len(self._known)}", self._places.table(key)
        self.joins.append(
            f" LEFT JOIN {quote(target.name)} AS {made} ON {made}.id = {before}.{quote(links[-1])}"
        )
        self._known[links] = (made, target)

    def column(self, links: Sequence[str], name: str) -> tuple[str, ColumnSpec]:
        alias, table = self._known[tuple(links)]
        return f"{alias}.{quote(name)}", table.column(name)


class Renderer(ABC):
    """Renders the parts of expressions; ``parameter`` notes a value and gives its mark."""

    def __init__(
        self,
        places: Places,
        frame: Mapping[str, Any],
        root: Row,
        parameter: Callable[[Any], str],
    ) -> None:
        self.places = places
        self.frame = frame
        self.parameter = parameter
        self.rows: dict[int, Row] = {0: root}
        self._aliases = 0

    def render(self, node: SqlNode) -> Piece:
        """The text of a part. Raises NoSqlForm."""
        match node:
            case Given():
                value = build_program(node.node)(self.frame)
                return self.value(value, record=bool(records_of(node.type)))
            case Column():
                return self._column(node)
            case Among():
                return self._among(node)
            case Gathered():
                return self._gathered(node)
            case Operation():
                return self._operation(node)

    # --- columns ---

    def _column(self, node: Column) -> Piece:
        row = self.rows[node.row]
        key, links = row.key, list[str]()
        for step in node.steps:
            links.append(self._link(key, step))
            key = step.key
            if isinstance(row, Below):
                row.join(tuple(links), key)
        text, spec = row.column(links, self.places.column(key, node.name))
        kind = _COLUMN_KINDS.get(spec.kind)
        if kind is None:
            raise NoSqlForm(f"'{node.name}' ({spec.kind}) has no form for databases.")
        return self.of_column(text, spec, kind)

    def _link(self, key: str, step: Step) -> str:
        return self.places.column(key, step.field)

    # --- conditions ---

    def _operation(self, node: Operation) -> Piece:
        name = node.name
        parts = [self.render(operand) for operand in node.operands]
        texts = [part.text for part in parts]
        if name in COMPARISONS:
            return self.compare(name, parts[0], parts[1])
        if name in ("and", "or"):
            return Piece("(" + f" {name.upper()} ".join(texts) + ")", "boolean")
        if name == "not":
            return Piece(f"(NOT {texts[0]})", "boolean")
        if name in ("is null", "is not null"):
            return Piece(f"({texts[0]} {name.upper()})", "boolean")
        if name == "if":
            then, other = self.alike(parts[1:])
            text = f"(CASE WHEN {texts[0]} THEN {then.text} ELSE {other.text} END)"
            return replace(_widest([then, other]), text=text)
        if name == "coalesce":
            parts = self.alike(parts)
            return replace(_widest(parts), text=f"coalesce({', '.join(p.text for p in parts)})")
        if name == "under":
            return self._under(parts[0], parts[1], *node.words)
        if name in ("+", "-", "*", "/", "neg", "abs"):
            return self.arithmetic(name, parts, *_digits(name, parts))
        return self.function(node, parts)

    def _among(self, node: Among) -> Piece:
        item = self.render(node.item)
        if isinstance(node.values, Given):
            found = build_program(node.values.node)(self.frame) or ()
            values = [self.value(_id(value), record=item.kind == "record") for value in found]
        else:
            values = [self.render(value) for value in node.values]
        tests = " OR ".join(self.compare("==", item, value).text for value in values)
        if not tests:
            tests = f"CASE WHEN {item.text} IS NOT NULL THEN {self.value(False).text} END"
        return Piece(f"(NOT ({tests}))" if node.negated else f"({tests})", "boolean")

    def _under(self, item: Piece, node: Piece, doctype: str, above: str) -> Piece:
        """Whether ``node`` is on the way from ``item`` upwards, as far as there are records."""
        table, link = self.places.table(doctype), quote(self.places.column(doctype, above))
        alias = self._alias()
        text = (
            f"(SELECT CASE WHEN {alias}.i IS NOT NULL AND {alias}.n IS NOT NULL THEN {alias}.n = {alias}.i OR"
            f" {alias}.n IN (WITH RECURSIVE up (id, level) AS (SELECT {alias}.i, 0 UNION ALL"
            f" SELECT o.{link}, level + 1 FROM up JOIN {quote(table.name)} AS o ON o.id = up.id"
            f" WHERE o.{link} IS NOT NULL AND level < 64) SELECT id FROM up) END"
            f" FROM (SELECT {item.text} AS i, {node.text} AS n) AS {alias})"
        )
        return Piece(text, "boolean")

    # --- rows ---

    def _gathered(self, node: Gathered) -> Piece:
        above = self.rows[node.of]
        start, aliases = "", [self._alias() for _ in node.children]
        for place, child in enumerate(node.children):
            table = quote(self.places.table(child.key).name)
            parent = f"{aliases[place]}.{quote(self.places.column(child.key, 'parent'))}"
            if place:
                start += f" JOIN {table} AS {aliases[place]} ON {parent} = {aliases[place - 1]}.id"
            else:
                start = f"{table} AS {aliases[0]}"
                first = parent
        row = Below(aliases[-1], node.children[-1].key, self.places)
        self.rows[node.row] = row
        body = self.render(node.body) if node.body is not None else None
        tests = [f"{first} = {above.column((), 'id')[0]}"]
        if node.where is not None:
            tests.append(self.render(node.where).text)
        rest = f" FROM {start}{''.join(row.joins)} WHERE {' AND '.join(tests)}"
        return self._aggregate(node.kind, body, rest)

    def _aggregate(self, kind: str, body: Piece | None, rest: str) -> Piece:
        if body is None:
            if kind == "count":
                return self.counted(f"(SELECT count(*){rest})")
            if kind == "exists":
                return Piece(f"(EXISTS (SELECT 1{rest}))", "boolean")
            raise NoSqlForm(f"{kind}() of rows has no form for databases.")
        # As a column of a table of its own: an aggregate of outer columns alone would be one of the outer query.
        rest = f" FROM (SELECT {body.text} AS v{rest}) AS q"
        value = replace(body, text="v")
        if kind == "exists":
            return Piece(f"(EXISTS (SELECT 1{rest} WHERE v IS NOT NULL))", "boolean")
        if kind == "count":
            return self.counted(f"(SELECT count(v){rest})")
        if kind in ("min", "max"):
            return replace(body, text=f"(SELECT {self.extreme(kind, value)}{rest})")
        if body.kind != "number":
            raise NoSqlForm(f"{kind}() takes numbers.")
        if body.whole + body.scale + ROWS_DIGITS > LANGUAGE_DIGITS:
            raise NoSqlForm(f"{kind}() of numbers with so many digits has no form for databases.")
        total = replace(self.total(value), whole=body.whole + ROWS_DIGITS)
        total = replace(total, text=f"(SELECT {total.text}{rest})")
        if kind == "sum":
            return total
        number = self.counted(f"(SELECT count(v){rest})")
        return self.arithmetic("/", [total, number], *_digits("/", [total, number]))

    def _alias(self) -> str:
        self._aliases += 1
        return f"e{self._aliases}"

    # --- what differs ---

    @abstractmethod
    def of_column(self, text: str, spec: ColumnSpec, kind: Kind) -> Piece: ...
    @abstractmethod
    def value(self, value: Any, *, record: bool = False) -> Piece: ...
    @abstractmethod
    def alike(self, parts: Sequence[Piece]) -> list[Piece]: ...
    @abstractmethod
    def compare(self, sign: str, a: Piece, b: Piece) -> Piece: ...
    @abstractmethod
    def arithmetic(self, name: str, parts: Sequence[Piece], whole: int, scale: int) -> Piece: ...
    @abstractmethod
    def function(self, node: Operation, parts: Sequence[Piece]) -> Piece: ...
    @abstractmethod
    def counted(self, text: str) -> Piece: ...
    @abstractmethod
    def extreme(self, kind: str, body: Piece) -> str: ...
    @abstractmethod
    def total(self, body: Piece) -> Piece: ...


def _digits(name: str, parts: Sequence[Piece]) -> tuple[int, int]:
    """Digits before and after the point that the exact result may have."""
    if any(part.kind not in ("number", "null") for part in parts):
        raise NoSqlForm("Only numbers are worked with.")
    a, b = parts[0], parts[-1]
    if name == "*":
        return a.whole + b.whole, a.scale + b.scale
    if name == "/":
        whole = a.whole + b.scale
        if whole > QUOTIENT_DIGITS:
            raise NoSqlForm("A quotient of numbers with so many digits has no form for databases.")
        return whole, 12
    more = 1 if name in "+-" else 0
    return max(a.whole, b.whole) + more, max(a.scale, b.scale)


def _widest(parts: Sequence[Piece]) -> Piece:
    known = [part for part in parts if part.kind != "null"] or list(parts)
    return replace(
        known[0],
        whole=max(part.whole for part in known),
        scale=max(part.scale for part in known),
    )


def digits_of(value: Decimal | int) -> tuple[int, int]:
    """Digits before and after the point of a number."""
    number = Decimal(value)
    if not number:
        return 1, 0
    return max(number.adjusted() + 1, 1), max(-int(number.as_tuple().exponent), 0)


def kind_of(value: Any) -> Kind:
    """What kind of value it is. Raises NoSqlForm."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, Decimal)):
        return "number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, date) and not isinstance(value, datetime):
        return "date"
    raise NoSqlForm(f"{type(value).__name__} has no form for databases.")


def _id(value: Any) -> Any:
    return value["id"] if isinstance(value, dict) else value


def written_number(operation: Operation, place: int, frame: Mapping[str, Any], default: int) -> int:
    """A whole number among the operands that does not depend on the row. Raises NoSqlForm."""
    if len(operation.operands) <= place:
        return default
    operand = operation.operands[place]
    if not isinstance(operand, Given):
        raise NoSqlForm("Decimals that depend on the row have no form for databases.")
    return int(build_program(operand.node)(frame))
