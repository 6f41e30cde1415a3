# ruff: noqa: S608 - every name is looked up in a table spec and quoted, every value is a parameter
"""SELECT statements from table specs: names are looked up and quoted, values are always parameters.

`Select` says what is asked, `build` makes the SQL of either database. A column is named in a dotted path over
links: `customer_id.group_id.name`; a link to several tables says which: `party_id[doc_customer].name`.
Paths join by themselves (LEFT JOIN), each link once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from engine.expr.sql_nodes import SqlNode
from engine.plan.spec import ColumnSpec, TableSpec
from engine_runtime.tables import converters
from engine_runtime.tables.batch import Query
from engine_runtime.tables.errors import NameUnknown
from engine_runtime.tables.holding import Places
from engine_runtime.tables.holding_query import Marks, renderer
from engine_runtime.tables.identifiers import quote

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in", "contains", "starts", "is_null"]
Vendor = Literal["postgresql", "sqlite"]

_PLAIN = ("=", "<", "<=", ">", ">=")
_STEP = re.compile(r"([a-z_][a-z0-9_]*)(?:\[([a-z_][a-z0-9_]*)\])?")


@dataclass(frozen=True, slots=True)
class Condition:
    """``path`` ``operator`` ``value``; `in` takes a sequence, `is_null` a boolean, the others a value that is not None.

    `!=` holds for rows without a value as well. `contains` and `starts` ignore case.
    """

    path: str
    operator: Operator
    value: Any


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of ``parts`` holds; without parts always."""

    parts: tuple[Where, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of ``parts`` holds; without parts never."""

    parts: tuple[Where, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """``part`` does not hold (nor is unknown)."""

    part: Where


@dataclass(frozen=True, slots=True)
class Holds:
    """The expression ``form`` about rows of ``key`` is true; what reads no row is worked out in ``frame``.

    Building the statement raises NoSqlForm where the database cannot be asked exactly.
    """

    form: SqlNode
    key: str
    places: Places
    frame: Mapping[str, Any]


Where = Condition | AllOf | AnyOf | Not | Holds


@dataclass(frozen=True, slots=True)
class Order:
    """Ascending with nulls last, or descending with nulls first, on both databases."""

    path: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`sum` of ``path`` (minus ``less``; 0 of nothing), `min`, `max`, or `count` of rows (``path`` empty)."""

    function: Literal["sum", "min", "max", "count"]
    path: str = ""
    less: str = ""


@dataclass(frozen=True, slots=True)
class Select:
    """Read ``columns`` (paths or aggregates) of ``table``.

    With an aggregate among ``columns``, the paths are what is grouped by. ``after``: the values of ``order`` in the
    last row of the page before (its paths must end in a unique one). ``lock``: FOR NO KEY UPDATE of
    ``table``: others may still store links to the rows, nobody may change them.
    """

    table: TableSpec
    columns: tuple[str | Aggregate, ...]
    where: tuple[Where, ...] = ()
    order: tuple[Order, ...] = ()
    after: tuple[Any, ...] | None = None
    limit: int | None = None
    lock: bool = False


def build(select: Select, tables: Mapping[str, TableSpec], vendor: str) -> Query:
    """The SQL of ``select``. ``tables``: every table a path may reach. Raises NameUnknown, ValueRefused."""
    return _Builder(select, tables, vendor).query()


@dataclass(frozen=True, slots=True)
class _Root:
    """The rows that are selected, for the expressions about them: their paths join as all others do."""

    key: str
    find: Callable[[str], tuple[str, ColumnSpec]]

    def column(self, links: Sequence[str], name: str) -> tuple[str, ColumnSpec]:
        """The column at the end of links."""
        return self.find(".".join([*links, name]))


class _Builder:
    """One statement in the making: the joins and parameters that its parts asked for."""

    def __init__(self, select: Select, tables: Mapping[str, TableSpec], vendor: str) -> None:
        self._select = select
        self._tables = tables
        self._vendor = vendor
        self._joins: dict[str, tuple[str, TableSpec]] = {"": ("t", select.table)}
        self._join_sql: list[str] = []
        self._parameters: list[Any] = []

    def query(self) -> Query:
        select = self._select
        columns = [self._output(column) for column in select.columns]
        where = [self._where(part) for part in select.where]
        if select.after is not None:
            where.append(self._after(select.order, select.after))
        order = [self._order(part) for part in select.order]
        sql = [
            f"SELECT {', '.join(text for text, _ in columns)} FROM {quote(select.table.name)} AS t"
        ]
        parts = (
            (" WHERE ", " AND ", where),
            (" GROUP BY ", ", ", self._groups(columns)),
            (" ORDER BY ", ", ", order),
        )
        tail = [start + joint.join(texts) for start, joint, texts in parts if texts]
        # Joins last: the conditions and the order asked for some of them.
        sql += [*self._join_sql, *tail, self._end(), self._stamp()]
        return Query("".join(sql), tuple(self._parameters), tuple(column for _, column in columns))

    def _groups(self, columns: Sequence[tuple[str, ColumnSpec]]) -> list[str]:
        pairs = list(zip(self._select.columns, columns, strict=True))
        if not any(isinstance(wanted, Aggregate) for wanted, _ in pairs):
            return []
        return [text for wanted, (text, _) in pairs if not isinstance(wanted, Aggregate)]

    def _end(self) -> str:
        select = self._select
        sql = ""
        if select.limit is not None:
            # Not a parameter: a plan for any number of rows would sort the whole table for the first twenty.
            sql += f" LIMIT {int(select.limit)}"
        return sql + (
            " FOR NO KEY UPDATE OF t" if select.lock and self._vendor == "postgresql" else ""
        )

    def _stamp(self) -> str:
        if self._vendor == "sqlite":
            return ""
        return f" /* {' '.join(table.stamp for _, table in self._joins.values())} */"

    # --- columns ---

    def _column(self, path: str) -> tuple[str, ColumnSpec]:
        """The SQL and the spec of the column at the end of ``path``."""
        *links, last = path.split(".")
        alias, table = self._joined(tuple(links))
        return f"{alias}.{quote(last)}", self._known(table, last)

    def _joined(self, links: tuple[str, ...]) -> tuple[str, TableSpec]:
        key = ".".join(links)
        found = self._joins.get(key)
        if found is not None:
            return found
        alias, table = self._joined(links[:-1])
        match = _STEP.fullmatch(links[-1])
        if match is None:
            raise NameUnknown(f"'{links[-1]}' is no link of {table.name}.")
        link = self._known(table, match[1])
        target = self._target(table, link, match[2])
        made = f"j{len(self._joins)}"
        self._join_sql.append(
            f" LEFT JOIN {quote(target.name)} AS {made} ON {made}.id = {alias}.{quote(link.name)}"
        )
        self._joins[key] = (made, target)
        return made, target

    def _target(self, table: TableSpec, link: ColumnSpec, named: str | None) -> TableSpec:
        name = named or link.references
        if link.kind != "link" or name is None:
            raise NameUnknown(
                f"{table.name}.{link.name} is no link to one table; write {link.name}[table]."
            )
        target = self._tables.get(name)
        if target is None or (link.references and link.references != name):
            raise NameUnknown(f"{table.name}.{link.name} does not lead to '{name}'.")
        return target

    def _known(self, table: TableSpec, name: str) -> ColumnSpec:
        column = table.by_name.get(name)
        if column is None:
            raise NameUnknown(f"Table {table.name} has no column '{name}'.")
        return column

    def _output(self, wanted: str | Aggregate) -> tuple[str, ColumnSpec]:
        if isinstance(wanted, str):
            return self._column(wanted)
        if wanted.function == "count":
            return "count(*)", ColumnSpec("count", "integer")
        text, column = self._column(wanted.path)
        if wanted.function != "sum":
            return f"{wanted.function}({text})", replace(column, null=True)
        if wanted.less:
            less, other = self._column(wanted.less)
            if other.scale != column.scale:
                raise NameUnknown(f"{wanted.path} and {wanted.less} have different scales.")
            text = f"{text} - {less}"
        return self._sum(text, column)

    def _sum(self, text: str, column: ColumnSpec) -> tuple[str, ColumnSpec]:
        if column.kind not in ("decimal", "integer"):
            raise NameUnknown(f"'{column.name}' ({column.kind}) cannot be summed.")
        if self._vendor == "sqlite":
            return f"coalesce(sum({text}), 0)", column
        # PostgreSQL sums bigint to numeric, and 0 alone has no decimals.
        kind = "bigint" if column.kind == "integer" else f"numeric(1000, {column.scale})"
        return f"coalesce(sum({text}), 0)::{kind}", column

    # --- conditions ---

    def _where(self, part: Where) -> str:
        if isinstance(part, Condition):
            return self._condition(part)
        if isinstance(part, Holds):
            marks, root = Marks(), _Root(part.key, self._column)
            made = renderer(self._vendor, part.places, part.frame, root, marks.note)
            return f"({marks.settle(made.render(part.form).text, self._raw)}) IS TRUE"
        if isinstance(part, Not):
            return f"({self._where(part.part)}) IS NOT TRUE"
        if not part.parts:
            return "1 = 1" if isinstance(part, AllOf) else "1 = 0"
        joint = " AND " if isinstance(part, AllOf) else " OR "
        return "(" + joint.join(self._where(inner) for inner in part.parts) + ")"

    def _condition(self, part: Condition) -> str:
        text, column = self._column(part.path)
        if part.operator == "is_null":
            return f"{text} IS {'' if part.value else 'NOT '}NULL"
        if part.value is None:
            raise NameUnknown(
                f"'{part.path} {part.operator}' needs a value; ask for is_null instead."
            )
        if part.operator == "in":
            return self._in(text, column, list(part.value))
        if part.operator in ("contains", "starts"):
            return self._like(text, column, part)
        if part.operator == "!=":
            unlike = "IS DISTINCT FROM" if self._vendor == "postgresql" else "IS NOT"
            return f"{text} {unlike} {self._parameter(part.value, column)}"
        if part.operator not in _PLAIN:
            raise NameUnknown(f"'{part.operator}' is no operator.")
        return f"{text} {part.operator} {self._parameter(part.value, column)}"

    def _in(self, text: str, column: ColumnSpec, values: list[Any]) -> str:
        column = _any_length(column)
        if self._vendor == "postgresql":
            array = converters.checked(column, converters.array(column), values)
            return f"{text} = ANY({self._raw(array)}::{converters.postgresql_type(column)}[])"
        convert = converters.stored(column) or _same
        stored = [converters.checked(column, convert, value) for value in values]
        return f"{text} IN (SELECT value FROM json_each({self._raw(converters.json_text(stored))}))"

    def _like(self, text: str, column: ColumnSpec, part: Condition) -> str:
        if column.kind not in ("text", "long_text"):
            raise NameUnknown(
                f"'{part.path}' ({column.kind}) is no text; '{part.operator}' needs one."
            )
        pattern = re.sub(r"([\\%_])", r"\\\1", str(part.value)) + "%"
        pattern = "%" + pattern if part.operator == "contains" else pattern
        like = "ILIKE" if self._vendor == "postgresql" else "LIKE"
        mark = self._parameter(pattern, column)
        return f"{text} {like} {mark} ESCAPE '\\'"

    def _parameter(self, value: Any, column: ColumnSpec) -> str:
        """The mark of a new parameter, cast to the type of ``column``."""
        column = _any_length(column)
        if self._vendor == "postgresql":
            text = converters.checked(column, converters.text(column), value)
            return f"{self._raw(text)}::{converters.postgresql_type(column)}"
        return self._raw(converters.checked(column, converters.stored(column) or _same, value))

    def _raw(self, value: Any) -> str:
        self._parameters.append(value)
        return f"{'$' if self._vendor == 'postgresql' else '?'}{len(self._parameters)}"

    # --- order and pages ---

    def _order(self, order: Order) -> str:
        text, column = self._column(order.path)
        if not column.null and "." not in order.path:
            return f"{text} DESC" if order.descending else text
        return f"{text} DESC NULLS FIRST" if order.descending else f"{text} ASC NULLS LAST"

    def _after(self, orders: Sequence[Order], values: Sequence[Any]) -> str:
        """Rows behind the one with these values: behind in the first column, or equal there and behind in the next …"""
        if len(orders) != len(values):
            raise NameUnknown(
                f"A page after {len(values)} values needs as many columns in its order."
            )
        ways = []
        equal: list[str] = []
        for place, (order, value) in enumerate(zip(orders, values, strict=True), 1):
            text, column = self._column(order.path)
            behind = self._behind(text, column, order, value)
            if behind:
                ways.append(" AND ".join([*equal, behind]))
            if place == len(orders):
                break  # a parameter that no part of the text names would be refused
            equal.append(
                f"{text} IS NULL" if value is None else f"{text} = {self._parameter(value, column)}"
            )
        return "(" + (" OR ".join(f"({way})" for way in ways) or "1 = 0") + ")"

    def _behind(self, text: str, column: ColumnSpec, order: Order, value: Any) -> str:
        if value is None:
            return f"{text} IS NOT NULL" if order.descending else ""
        if order.descending:
            return f"{text} < {self._parameter(value, column)}"
        later = f"{text} > {self._parameter(value, column)}"
        return f"({later} OR {text} IS NULL)" if column.null or "." in order.path else later


def _any_length(column: ColumnSpec) -> ColumnSpec:
    """``column`` for a value that is compared with it, not stored: a longer text is like none of its texts."""
    return replace(column, length=0) if column.length else column


def _same(value: Any) -> Any:
    return value
