"""The plain questions: columns of one table under conditions, without joins."""

from __future__ import annotations

from collections.abc import Sequence

from engine.plan.spec import TableSpec
from engine_runtime.tables.batch import Query
from engine_runtime.tables.gateway import Gateway
from engine_runtime.tables.query import Aggregate, Order, Select, Where, build


def select(
    gateway: Gateway,
    table: TableSpec,
    columns: Sequence[str],
    *,
    where: Sequence[Where] = (),
    order: Sequence[str] = (),
    limit: int | None = None,
    lock: bool = False,
) -> Query:
    """Read ``columns`` of ``table``; ``order`` names columns, ``-column`` from the largest down."""
    orders = tuple(Order(name.lstrip("-"), name.startswith("-")) for name in order)
    asked = Select(table, tuple(columns), tuple(where), orders, limit=limit, lock=lock)
    return build(asked, {table.name: table}, gateway.vendor)


def totals(
    gateway: Gateway,
    table: TableSpec,
    by: Sequence[str],
    measures: Sequence[str],
    *,
    where: Sequence[Where] = (),
) -> Query:
    """The sums of ``measures`` for every combination of the columns ``by``: those first, then the sums."""
    columns: tuple[str | Aggregate, ...] = (
        *by,
        *(Aggregate("sum", measure) for measure in measures),
    )
    return build(Select(table, columns, tuple(where)), {table.name: table}, gateway.vendor)
