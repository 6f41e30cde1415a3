"""Which constraint an IntegrityError is about, told from what the two databases say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.db.utils import IntegrityError, OperationalError

from engine.plan.spec import TableSpec
from engine_runtime.schema.registry import unique_name

Kind = Literal["unique", "link", "required", "append_only", "unbalanced", "other"]

_SQLSTATES: dict[str, Kind] = {
    "23505": "unique",
    "23503": "link",
    "23502": "required",
    "23001": "append_only",
    "23514": "unbalanced",
}
_BROKEN_OFF = frozenset({"40P01", "40001"})
"""Deadlock, and a serialization failure: the same transaction may succeed when it is tried again."""
_LOCKED = "55P03"
"""A lock was not to be had in time."""
_SQLITE = re.compile(r"(UNIQUE|NOT NULL) constraint failed: (.+)")


@dataclass(frozen=True, slots=True)
class Violation:
    """``table`` and ``columns`` as far as the database names them."""

    kind: Kind
    table: str | None = None
    columns: tuple[str, ...] = ()


def is_locked(error: OperationalError) -> bool:
    """Whether somebody else held what was asked for, longer than one waits."""
    cause = error.__cause__
    return getattr(cause, "sqlstate", None) == _LOCKED or "database is locked" in str(error)


def explain(error: IntegrityError, tables: Mapping[str, TableSpec]) -> Violation | None:
    """The violation behind ``error``, or None if it is none that is known."""
    cause = error.__cause__
    diagnosis = getattr(cause, "diag", None)
    if diagnosis is None:
        return _sqlite(str(error))
    kind = _SQLSTATES.get(getattr(cause, "sqlstate", "") or "")
    if kind is None:
        return None
    table = diagnosis.table_name
    if diagnosis.column_name:
        return Violation(kind, table, (diagnosis.column_name,))
    return Violation(kind, table, _columns(tables.get(table or ""), diagnosis.constraint_name))


def is_broken_off(error: OperationalError) -> bool:
    """Whether the database broke a transaction off because of another one, so that it may be tried again."""
    return getattr(error.__cause__, "sqlstate", None) in _BROKEN_OFF


def _columns(table: TableSpec | None, constraint: str | None) -> tuple[str, ...]:
    if table is None or constraint is None:
        return ()
    for group in table.unique:
        if unique_name(table.name, group) == constraint:
            return group
    # Django names a foreign key <table>_<column>_<digest>_fk_…, cut where that is too long.
    for column in table.columns:
        if column.references and f"_{column.name}_" in constraint:
            return (column.name,)
    return ()


def _sqlite(text: str) -> Violation | None:
    match = _SQLITE.search(text)
    if match:
        places = [place.strip().split(".") for place in match[2].split(",")]
        kind: Kind = "unique" if match[1] == "UNIQUE" else "required"
        return Violation(kind, places[0][0], tuple(place[-1] for place in places))
    if "FOREIGN KEY constraint failed" in text:
        return Violation("link")
    return Violation("append_only") if "never changed or deleted" in text else None
