"""The data of the vectors as tables: every frame is one order with its lines and all that it links to."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from engine.expr.sql_nodes import NoSqlForm
from engine.expr.types import (
    BOOLEAN,
    DATE,
    INTEGER,
    TEXT,
    Record,
    Rows,
    Type,
    is_numeric,
    records_of,
)
from engine.expr.types import Any as Json
from engine.plan.spec import ColumnKind, ColumnSpec, TableSpec
from engine_runtime.tables.batch import Batch
from tests.language.expressions.sample import FIELDS

STRIDE = 100_000
"""Ids of the frames are kept apart by it."""
KEYS = tuple(FIELDS)


def table_name(key: str) -> str:
    return f"doc_{key.lower().replace('.', '_')}"


def column_name(key: str, field: str) -> str:
    if field in ("id", "number"):
        return field
    if field == "index":
        return "position"
    type_ = Record("") if field == "parent" else FIELDS[key][field]
    return f"{field}_id" if records_of(type_) else field


def _kind(type_: Type) -> ColumnKind:
    if type_ == INTEGER:
        return "integer"
    if is_numeric(type_):
        return "decimal"
    return {TEXT: "text", BOOLEAN: "boolean", DATE: "date"}[type_]  # type: ignore[return-value]


def _column(key: str, field: str, type_: Type) -> ColumnSpec:
    name, records = column_name(key, field), records_of(type_)
    if records:
        one = table_name(records[0].key) if len(records) == 1 else None
        return ColumnSpec(name, "link", null=True, references=one, constraint=False)
    kind = _kind(type_)
    digits = {"precision": 18, "scale": 6} if kind == "decimal" else {}
    return ColumnSpec(name, kind, null=True, **digits)


def _columns(key: str) -> Iterator[ColumnSpec]:
    yield ColumnSpec("id", "id")
    for field, type_ in FIELDS[key].items():
        if field != "id" and not isinstance(type_, (Rows, Json)):
            yield _column(key, field, type_)


TABLES = {key: TableSpec(table_name(key), tuple(_columns(key))) for key in KEYS}


class SamplePlaces:
    """Where the rows of the sample stand."""

    def table(self, key: str) -> TableSpec:
        found = TABLES.get(key)
        if found is None:
            raise NoSqlForm(f"There is no table of {key}.")
        return found

    def column(self, key: str, field: str) -> str:
        if isinstance(FIELDS[key].get(field), Json):
            raise NoSqlForm(f"'{field}' has no form for databases.")
        return column_name(key, field)


def batches(frames: list[dict[str, Any]]) -> list[Batch]:
    """Everything in the frames."""
    rows: dict[str, list[tuple[Any, ...]]] = {key: [] for key in KEYS}
    for place, frame in enumerate(frames):
        shift = (place + 1) * STRIDE
        _take(rows, "Order", frame["this"], shift)
        for key, records in frame["facts"].items():
            for number, record in records.items():
                _take(rows, key, {**record, "id": number}, shift)
    return [
        Batch(TABLES[key], tuple(c.name for c in TABLES[key].columns), rows[key]) for key in KEYS
    ]


def _take(
    rows: dict[str, list[tuple[Any, ...]]], key: str, row: dict[str, Any], shift: int
) -> None:
    values = [row["id"] + shift]
    for field, type_ in FIELDS[key].items():
        if isinstance(type_, Rows):
            for child in row.get(field, ()):
                _take(rows, type_.of.key, child, shift)
        elif field != "id" and not isinstance(type_, Json):
            values.append(_cell(type_, row.get(field), shift))
    rows[key].append(tuple(values))


def _cell(type_: Type, value: Any, shift: int) -> Any:
    if value is None:
        return None
    if records_of(type_):
        return (value["id"] if isinstance(value, dict) else value) + shift
    return Decimal(value) if is_numeric(type_) and type_ != INTEGER else value
