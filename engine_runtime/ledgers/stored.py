"""Reading entries back: what a document wrote, by ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.catalog.ledgers import Ledger
from engine.catalog.whole import Catalog
from engine.plan.spec import TableSpec
from engine_runtime.ledgers.append import has_type_column
from engine_runtime.tables.asking import select
from engine_runtime.tables.gateway import Gateway
from engine_runtime.tables.query import Condition


def entries_of(
    gateway: Gateway,
    catalog: Catalog,
    tables: Mapping[str, TableSpec],
    documents: Iterable[int],
    ledgers: Iterable[str] | None = None,
) -> dict[str, list[dict[str, Any]]]:
    """Every entry that ``documents`` wrote (reversals too): ledger name → rows by column, in order."""
    names = sorted(ledgers if ledgers is not None else catalog.ledgers)
    wanted = list(documents)
    queries = []
    for name in names:
        spec = tables[catalog.ledgers[name].table]
        columns = [column.name for column in spec.columns]
        where = [Condition("origin_id", "in", wanted)]
        # Ids are not in the order of time where several processes write.
        order = ["recorded_at", "id"]
        queries.append(select(gateway, spec, columns, where=where, order=order))
    answers = gateway.fetch_many(queries)
    found: dict[str, list[dict[str, Any]]] = {}
    for name, rows in zip(names, answers, strict=True):
        columns = [column.name for column in tables[catalog.ledgers[name].table].columns]
        if rows:
            found[name] = [dict(zip(columns, row, strict=True)) for row in rows]
    return found


def live(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries that are no reversal and were not reversed by another of ``rows``."""
    undone = {row["reverses"] for row in rows if row["reverses"] is not None}
    return [row for row in rows if row["reverses"] is None and row["id"] not in undone]


def dimension_values(ledger: Ledger, row: Mapping[str, Any]) -> dict[str, Any]:
    """Dimensions and details of a stored entry by their names in the language."""
    values: dict[str, Any] = {}
    for dimension in (*ledger.dimensions.values(), *ledger.details.values()):
        column = f"{dimension.name}_id" if dimension.type == "link" else dimension.name
        values[dimension.name] = row[column]
    return values


def types_of(ledger: Ledger, row: Mapping[str, Any]) -> dict[int, str]:
    """Ids in several-doctype links of a stored entry → doctype key."""
    return {
        row[f"{d.name}_id"]: row[f"{d.name}_type"]
        for d in (*ledger.dimensions.values(), *ledger.details.values())
        if d.type == "link" and has_type_column(d) and row[f"{d.name}_id"] is not None
    }
