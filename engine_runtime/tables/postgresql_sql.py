# ruff: noqa: S608 - every name comes from a table spec and is quoted, every value is a parameter
"""The SQL that PostgreSQL is sent: arrays through `unnest`, so that a statement serves any number of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.plan.spec import ColumnSpec, TableSpec
from engine_runtime.tables import converters
from engine_runtime.tables.batch import Number
from engine_runtime.tables.identifiers import SERIES, names, quote, zeroed

_NUMBER_TYPES = ("text", "text", "integer", "text")


def _arrays(columns: Sequence[ColumnSpec], first: int = 1) -> str:
    return ", ".join(
        f"${place}::{converters.postgresql_type(column)}[]"
        for place, column in enumerate(columns, first)
    )


def insert(table: TableSpec, columns: Sequence[ColumnSpec], numbered: bool) -> str:
    """Rows of arrays."""
    return f"INSERT INTO {quote(table.name)} ({names(columns)}) SELECT * FROM unnest({_arrays(columns)})"


def update(table: TableSpec, columns: Sequence[ColumnSpec], numbered: bool, key: int) -> str:
    """Set what follows the first ``key`` columns where those match."""
    return (
        f"UPDATE {quote(table.name)} AS t SET {_assignments(columns, key, numbered)}"
        f" FROM unnest({_arrays(columns)}) AS v ({_places(columns)}) WHERE {_matches(columns, key)}"
    )


def delete(table: TableSpec, columns: Sequence[ColumnSpec]) -> str:
    """By one column."""
    return f"DELETE FROM {quote(table.name)} WHERE {names(columns)} = ANY({_arrays(columns)})"


def by_id(table: TableSpec, columns: Sequence[ColumnSpec], lock: bool) -> str:
    """Look-up: the first column is one of an array, the others are read."""
    end = f" ORDER BY {quote(columns[0].name)} FOR UPDATE" if lock else ""
    return (
        f"SELECT {names(columns[1:])} FROM {quote(table.name)}"
        f" WHERE {quote(columns[0].name)} = ANY({_arrays(columns[:1])}){end}"
    )


def make_balances(table: TableSpec, columns: Sequence[ColumnSpec]) -> str:
    """Missing rows with zero in every measure; a block of ids each, which `nextval` gives only to those."""
    zero = zeroed(table)
    zeros = ", 0" * len(zero)
    return (
        f"INSERT INTO {quote(table.name)} (id, key, company_id{''.join(f', {quote(name)}' for name in zero)})"
        f" SELECT nextval('bahi_ids'), v.key, v.company{zeros} FROM unnest({_arrays(columns)}) AS v (key, company)"
        f" WHERE NOT EXISTS (SELECT 1 FROM {quote(table.name)} AS t WHERE t.key = v.key)"
        " ORDER BY v.key ON CONFLICT (key) DO NOTHING"
    )


def lock_balances(table: TableSpec, columns: Sequence[ColumnSpec]) -> str:
    """All columns, in the order of the keys."""
    return (
        f"SELECT {names(table.columns)} FROM {quote(table.name)}"
        f" WHERE key = ANY({_arrays(columns)}) ORDER BY key FOR UPDATE"
    )


def _places(columns: Sequence[ColumnSpec]) -> str:
    return ", ".join(f"v{place}" for place in range(len(columns)))


def _assignments(columns: Sequence[ColumnSpec], key: int, numbered: bool) -> str:
    found = [f"{quote(c.name)} = v.v{place}" for place, c in enumerate(columns) if place >= key]
    return ", ".join([*found, "number = v.number"] if numbered else found)


def _matches(columns: Sequence[ColumnSpec], key: int) -> str:
    return " AND ".join(f"t.{quote(columns[place].name)} = v.v{place}" for place in range(key))


def _taken(columns: Sequence[ColumnSpec]) -> str:
    """The rows with their numbers, as `numbered`; counters are made and locked in the order of their keys."""
    first = len(columns) + 1
    arrays = ", ".join(f"${first + place}::{kind}[]" for place, kind in enumerate(_NUMBER_TYPES))
    counter = "(taken.last - asked.total + asked.nth)::text"
    return (
        f"WITH given AS (SELECT * FROM unnest({_arrays(columns)}, {arrays})"
        f" WITH ORDINALITY AS v ({_places(columns)}, series, prefix, width, suffix, place)),"
        " asked AS (SELECT *, row_number() OVER (PARTITION BY series ORDER BY place) AS nth,"
        " count(*) OVER (PARTITION BY series) AS total FROM given),"
        f" taken AS (INSERT INTO {SERIES} AS s (key, last)"
        " SELECT series, count(*) FROM given GROUP BY series ORDER BY series"
        " ON CONFLICT (key) DO UPDATE SET last = s.last + EXCLUDED.last RETURNING s.key, s.last),"
        f" numbered AS (SELECT asked.*, prefix || lpad({counter}, greatest(width, length({counter})), '0')"
        " || suffix AS number FROM asked JOIN taken ON taken.key = asked.series)"
    )


def numbered_insert(table: TableSpec, columns: Sequence[ColumnSpec], numbered: bool) -> str:
    """`insert` with numbers; returns (id, number)."""
    return (
        f"{_taken(columns)}"
        f" INSERT INTO {quote(table.name)} ({names(columns)}, number)"
        f" SELECT {_places(columns)}, number FROM numbered ORDER BY place RETURNING id, number"
    )


def numbered_update(
    table: TableSpec, columns: Sequence[ColumnSpec], numbered: bool, key: int
) -> str:
    """`update` with numbers; returns (id, number)."""
    return (
        f"{_taken(columns)}"
        f" UPDATE {quote(table.name)} AS t SET {_assignments(columns, key, numbered)}"
        f" FROM numbered AS v WHERE {_matches(columns, key)} RETURNING t.id, t.number"
    )


RAISED = (
    f"INSERT INTO {SERIES} AS s (key, last) SELECT * FROM unnest($1::text[], $2::bigint[]) ORDER BY 1"
    " ON CONFLICT (key) DO UPDATE SET last = GREATEST(s.last, EXCLUDED.last)"
)
"""Counters that are at least so far, made where they are not there; locked in the order of their keys."""


def raised_arrays(lasts: Mapping[str, int]) -> list[str]:
    """The parameters of `RAISED`."""
    quoted = converters.array(ColumnSpec("key", "text"))
    keys = sorted(lasts)
    return [quoted(keys), "{" + ",".join(str(int(lasts[key])) for key in keys) + "}"]


def number_arrays(numbers: Sequence[Number]) -> list[str]:
    """The parameters of the numbers, as `_taken` expects them."""
    quoted = converters.array(ColumnSpec("number", "text"))
    return [
        quoted([number.series for number in numbers]),
        quoted([number.prefix for number in numbers]),
        "{" + ",".join(str(number.width) for number in numbers) + "}",
        quoted([number.suffix for number in numbers]),
    ]
