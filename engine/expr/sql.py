"""The checked tree → its SQL form; raises ``NoSqlForm`` where a part of it has none.

Only the shape is decided here: which row a field is of, over which links, what is given beforehand.
The database's side (``engine_runtime/tables/holding.py``) knows tables, digits and dialects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.expr.functions import FUNCTIONS
from engine.expr.nodes import (
    Aggregate,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Field,
    Generate,
    IsNull,
    IsUnder,
    Let,
    Listing,
    Literally,
    Logic,
    Name,
    Negate,
    Node,
    Not,
    Pluck,
    Slice,
    Within,
    Worth,
)
from engine.expr.sql_nodes import (
    Among,
    Child,
    Column,
    Gathered,
    Given,
    NoSqlForm,
    Operation,
    SqlNode,
    Step,
)
from engine.expr.types import ListOf, Rows, Type, records_of
from engine.expr.walk import every

__all__ = ["NoSqlForm", "as_sql"]


def as_sql(tree: Node, row: str = "row") -> SqlNode:
    """The SQL form of ``tree`` for the rows that it calls ``row``. Raises NoSqlForm with the reason."""
    return _Builder().build(tree, {row: 0})


@dataclass(frozen=True, slots=True)
class _Source:
    """Rows to go through: below the row ``of``, down over ``children``."""

    of: int
    children: tuple[Child, ...]


Sight = Mapping[str, int]


class _Builder:
    """Gives every row in sight its number."""

    def __init__(self) -> None:
        self._rows = 0

    def build(self, node: Node, sight: Sight) -> SqlNode:
        if isinstance(node, Let):
            return self.build(node.value, sight)
        if not _reads(node, sight):
            return Given(node, node.type)
        builder = _BUILDERS.get(type(node))
        if builder is None:
            raise NoSqlForm(f"'{type(node).__name__.lower()}' has no form for databases.")
        return builder(self, node, sight)

    def all(self, nodes: tuple[Node, ...], sight: Sight) -> tuple[SqlNode, ...]:
        return tuple(self.build(node, sight) for node in nodes)

    # --- paths ---

    def name(self, node: Name, sight: Sight) -> SqlNode:
        """The row itself, as its id."""
        return Column(sight[node.name], (), "id", node.type)

    def field(self, node: Field, sight: Sight) -> SqlNode:
        if isinstance(node.type, Rows):
            raise NoSqlForm("Rows are no value.")
        row, steps = self._to(node.of, node, sight)
        return Column(row, steps, node.name, node.type)

    def _to(self, of: Node, above: Field | Pluck, sight: Sight) -> tuple[int, tuple[Step, ...]]:
        """The row and the links to what ``above`` reads its field of."""
        if isinstance(of, Name) and of.name in sight:
            return sight[of.name], ()
        if not isinstance(of, Field) or not records_of(of.type):
            raise NoSqlForm("A path over something else than links cannot be asked of a database.")
        if len(records_of(of.type)) > 1 or len(above.records) > 1:
            raise NoSqlForm(f"'{of.name}' may lead to several doctypes.")
        row, steps = self._to(of.of, of, sight)
        return row, (*steps, Step(of.name, above.records[0].key))

    # --- values ---

    def arithmetic(self, node: Arithmetic, sight: Sight) -> SqlNode:
        return Operation(node.operator, self.all((node.left, node.right), sight), node.type)

    def negate(self, node: Negate, sight: Sight) -> SqlNode:
        return Operation("neg", self.all((node.operand,), sight), node.type)

    def compare(self, node: Compare, sight: Sight) -> SqlNode:
        return Operation(node.operator, self.all((node.left, node.right), sight), node.type)

    def logic(self, node: Logic, sight: Sight) -> SqlNode:
        return Operation(node.operator, self.all(node.operands, sight), node.type)

    def negation(self, node: Not, sight: Sight) -> SqlNode:
        return Operation("not", self.all((node.operand,), sight), node.type)

    def is_null(self, node: IsNull, sight: Sight) -> SqlNode:
        name = "is not null" if node.negated else "is null"
        return Operation(name, self.all((node.operand,), sight), node.type)

    def choose(self, node: Choose, sight: Sight) -> SqlNode:
        return Operation("if", self.all((node.test, node.then, node.other), sight), node.type)

    def slice(self, node: Slice, sight: Sight) -> SqlNode:
        operands = self.all((node.operand,), sight)
        return Operation("slice", operands, node.type, bounds=(node.start, node.stop))

    def worth(self, node: Worth, sight: Sight) -> SqlNode:
        if node.of.type != node.type:
            raise NoSqlForm("What an amount is worth cannot be asked of a database.")
        return self.build(node.of, sight)

    def call(self, node: Call, sight: Sight) -> SqlNode:
        if "sql" not in FUNCTIONS[node.function].forms:
            raise NoSqlForm(f"{node.function}() has no form for databases.")
        arguments, words = node.arguments, []
        while arguments and isinstance(arguments[-1], Literally) and node.function in _WRITTEN:
            if not isinstance(arguments[-1].value, str):
                break
            words.append(str(arguments[-1].value))
            arguments = arguments[:-1]
        return Operation(node.function, self.all(arguments, sight), node.type, words=tuple(words))

    def within(self, node: Within, sight: Sight) -> SqlNode:
        item = self.build(node.item, sight)
        if isinstance(node.values, Listing):
            return Among(item, self.all(node.values.items, sight), node.negated, node.type)
        if _reads(node.values, sight):
            raise NoSqlForm("A list of the row's own values cannot be asked of a database.")
        return Among(item, Given(node.values, node.values.type), node.negated, node.type)

    def under(self, node: IsUnder, sight: Sight) -> SqlNode:
        operands = self.all((node.item, node.node), sight)
        return Operation("under", operands, node.type, words=(node.doctype, node.above))

    # --- rows ---

    def aggregate(self, node: Aggregate, sight: Sight) -> SqlNode:
        source, inner, body, where = self._listed(node.source, sight)
        row = inner if inner is not None else self._next()
        return Gathered(node.kind, source.of, source.children, row, body, where, node.type)

    def _next(self) -> int:
        self._rows += 1
        return self._rows

    def _listed(
        self, node: Node, sight: Sight
    ) -> tuple[_Source, int | None, SqlNode | None, SqlNode | None]:
        """Rows, the number of the row that is gone through, what is taken of each, and which."""
        if isinstance(node, Generate):
            source, row = self._source(node.source, sight), self._next()
            inner = {**sight, node.name: row}
            where = self.build(node.where, inner) if node.where is not None else None
            body = self.build(node.body, inner) if not isinstance(node.body.type, Rows) else None
            return source, row, body, where
        if isinstance(node, Pluck) and not node.flat:
            source, row = self._plucked(node.of, sight), self._next()
            return source, row, self._cell(node, row), None
        return self._source(node, sight), None, None, None

    def _plucked(self, node: Node, sight: Sight) -> _Source:
        if isinstance(node, Pluck) and not node.flat:
            return self._plucked(node.of, sight)
        return self._source(node, sight)

    def _cell(self, node: Pluck, row: int) -> SqlNode:
        """``items.item.name``: a column at the end of links from each row."""
        steps: tuple[Step, ...] = ()
        above: Pluck = node
        while isinstance(above.of, Pluck) and not above.of.flat:
            if len(above.records) > 1:
                raise NoSqlForm(f"'{above.of.name}' may lead to several doctypes.")
            steps = (Step(above.of.name, above.records[0].key), *steps)
            above = above.of
        of: Type = node.type.of if isinstance(node.type, ListOf) else node.type
        return Column(row, steps, node.name, of)

    def _source(self, node: Node, sight: Sight) -> _Source:
        if isinstance(node, Field) and isinstance(node.of, Name) and node.of.name in sight:
            key = _table(node.type)
            return _Source(sight[node.of.name], (Child(key),))
        if isinstance(node, Pluck) and node.flat:
            above = self._source(node.of, sight)
            return _Source(above.of, (*above.children, Child(_table(node.type))))
        raise NoSqlForm("Rows of another record cannot be asked of a database.")


def _table(type_: Type) -> str:
    if not isinstance(type_, Rows) or not type_.of.own:
        raise NoSqlForm("Only rows of the record's own tables can be asked of a database.")
    return type_.of.key


def _reads(node: Node, sight: Sight) -> bool:
    return any(isinstance(found, Name) and found.name in sight for found in every(node))


_WRITTEN = frozenset({"round"})
"""Functions whose last argument is a word."""
_BUILDERS: Mapping[type, Callable[[_Builder, Any, Sight], SqlNode]] = {
    Name: _Builder.name,
    Field: _Builder.field,
    Worth: _Builder.worth,
    Negate: _Builder.negate,
    Arithmetic: _Builder.arithmetic,
    Compare: _Builder.compare,
    Within: _Builder.within,
    IsUnder: _Builder.under,
    IsNull: _Builder.is_null,
    Logic: _Builder.logic,
    Not: _Builder.negation,
    Choose: _Builder.choose,
    Slice: _Builder.slice,
    Call: _Builder.call,
    Aggregate: _Builder.aggregate,
}
