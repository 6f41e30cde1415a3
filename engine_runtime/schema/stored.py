"""Table specs as JSON, kept with every applied catalog: the next apply compares with what was really made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from engine.plan.spec import ColumnSpec, TableSpec


def to_json(tables: Iterable[TableSpec]) -> list[dict[str, Any]]:
    """``tables`` as JSON values."""
    return [asdict(table) for table in tables]


def from_json(stored: Iterable[dict[str, Any]]) -> tuple[TableSpec, ...]:
    """What `to_json` wrote."""
    return tuple(_table(value) for value in stored)


def narrowed(made: TableSpec, wanted: TableSpec) -> TableSpec:
    """``made`` with the columns of ``wanted`` only, in that order: what is unseen is left out."""
    columns = tuple(made.column(column.name) for column in wanted.columns)
    return replace(made, columns=columns)


def _table(value: dict[str, Any]) -> TableSpec:
    sides = value["double_entry"]
    return TableSpec(
        name=value["name"],
        columns=tuple(ColumnSpec(**column) for column in value["columns"]),
        unique=tuple(tuple(group) for group in value["unique"]),
        indexes=tuple(tuple(group) for group in value["indexes"]),
        append_only=value["append_only"],
        double_entry=(sides[0], sides[1]) if sides else None,
    )
