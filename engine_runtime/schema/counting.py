# ruff: noqa: S608 - every name is quoted, every value is a parameter
"""How many rows a change is about: of its table, or those that hold what is known no more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from engine.plan.bounds import Bound
from engine.plan.difference import Change
from engine.plan.migration import Conversion, Migration
from engine.plan.options import Narrowed
from engine_runtime.schema.fields import LARGEST_INTEGER
from engine_runtime.schema.renaming import inverse_names
from engine_runtime.schema.safety import PhysicalNames

MOST_VALUES = 10
"""Values that are told of one column."""
_ABOUT_VALUES = ("narrow_options", "lose_state", "move_state")


def with_rows(move: Migration) -> Iterator[tuple[Change, int | None]]:
    """Every change with its rows; None where it has no table yet.

    What is known no more is counted where rows hold it, and is safe where none does.
    """
    names = PhysicalNames(*inverse_names(move.rewrite.renames))
    present = {table.name for table in move.old}
    turned = {(one.table, one.column) for one in move.conversions}
    unknown = {(one.table, one.column): one for one in move.rewrite.narrowed if not one.gone}
    outside = {(one.table, one.column): one for one in move.rewrite.bounds}
    counts: dict[str, int] = {}
    for change in move.changes:
        physical = names.tables.get(change.table, change.table)
        if physical not in present:
            yield change, None
        elif change.kind in _ABOUT_VALUES:
            place = (change.table, change.column or "")
            if place in turned:
                continue  # what it will hold is known when its values are converted
            if place in unknown:
                yield from _unknown(change, unknown[place], names)
                continue
            count = _holding(change, names)
            yield (change if count else replace(change, risk="safe")), count
        elif change.kind == "narrow_bounds":
            count = beyond(connection, outside[change.table, change.column or ""], names)
            yield (change if count else replace(change, risk="safe")), count
        else:
            if physical not in counts:
                counts[physical] = _count(f"SELECT count(*) FROM {_q(physical)}")
            yield change, counts[physical]


def _unknown(
    change: Change, one: Narrowed, names: PhysicalNames
) -> Iterator[tuple[Change, int | None]]:
    """What rows hold, where the catalog of before did not say it: a change for each value."""
    for value, count in _values(connection, one, names):
        yield replace(change, text=one.held(value, count), values=(value,)), None


def strays(
    connection: BaseDatabaseWrapper,
    narrowed: Sequence[Narrowed],
    names: PhysicalNames | None = None,
) -> list[str]:
    """A sentence for each value that rows hold and that is no option any more; ``names`` as in `safety.reasons`."""
    return [
        one.held(value, count)
        for one in narrowed
        for value, count in _values(connection, one, names or PhysicalNames())
    ]


def beyond(
    connection: BaseDatabaseWrapper, bound: Bound, names: PhysicalNames | None = None
) -> int:
    """How many rows that can be changed are outside of ``bound``."""
    names = names or PhysicalNames()
    column = _q(names.columns.get((bound.table, bound.column), bound.column))
    scale = bound.scale if connection.vendor == "sqlite" else 0
    least, most = bound.least, bound.most
    told = [] if least is None else [(f"{column} < %s", _figure(least, scale, ROUND_CEILING))]
    told += [] if most is None else [(f"{column} > %s", _figure(most, scale, ROUND_FLOOR))]
    values: list[Any] = [value for _, value in told]
    sql = f"({' OR '.join(condition for condition, _ in told)})"
    tables = [_q(names.tables.get(name, name)) for name in bound.chain]
    if bound.stages:
        chosen = f"stage IN ({', '.join(['%s'] * len(bound.stages))})"
        for above in reversed(tables[1:]):
            chosen = f"parent_id IN (SELECT id FROM {above} WHERE {chosen})"
        sql, values = f"{sql} AND {chosen}", [*values, *bound.stages]
    return _count(f"SELECT count(*) FROM {tables[0]} WHERE {sql}", values)


def _figure(bound: Decimal, scale: int, rounding: str) -> Decimal | int:
    """``bound`` as the database compares it: SQLite holds decimals as whole numbers of 64 bits."""
    if connection.vendor != "sqlite":
        return bound
    whole = int(bound.scaleb(scale).to_integral_value(rounding))
    return max(-LARGEST_INTEGER, min(whole, LARGEST_INTEGER))


def entries(conversions: Sequence[Conversion], names: PhysicalNames | None = None) -> list[str]:
    """A sentence for each column of a ledger that is to become another kind while entries stand there."""
    found: list[str] = []
    for one in conversions:
        table = names.tables.get(one.table, one.table) if names is not None else one.table
        count = _count(f"SELECT count(*) FROM {_q(table)}") if one.in_books else 0
        if count:
            found.append(one.held(count))
    return found


def _values(
    connection: BaseDatabaseWrapper, one: Narrowed, names: PhysicalNames
) -> list[tuple[str, int]]:
    """(value, rows) of what is no option, the most frequent first."""
    table = _q(names.tables.get(one.table, one.table))
    column = _q(names.columns.get((one.table, one.column), one.column))
    places = ", ".join(["%s"] * (len(one.known) + 1))
    with connection.cursor() as cursor:
        # An empty text is no choice at all.
        cursor.execute(
            f"SELECT {column}, count(*) FROM {table} WHERE {column} NOT IN ({places})"
            f" GROUP BY {column} ORDER BY count(*) DESC, {column} LIMIT {MOST_VALUES}",
            [*sorted(one.known), ""],
        )
        return [(str(value), int(count)) for value, count in cursor.fetchall()]


def _holding(change: Change, names: PhysicalNames) -> int:
    """The rows that hold one of the values of ``change``."""
    table = names.tables.get(change.table, change.table)
    column = names.columns.get((change.table, change.column or ""), change.column or "")
    places = ", ".join(["%s"] * len(change.values))
    sql = f"SELECT count(*) FROM {_q(table)} WHERE {_q(column)} IN ({places})"
    return _count(sql, change.values)


def _count(sql: str, values: Sequence[Any] = ()) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        [(count,)] = cursor.fetchall()
    return int(count)


def _q(name: str) -> str:
    return str(connection.ops.quote_name(name))
