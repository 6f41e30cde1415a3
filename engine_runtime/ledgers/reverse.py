"""Taking back what a document wrote: the stored entries, mirrored; never today's rules.

Quantity and value come back exactly. A receipt can only be taken back while nothing has left its
key after it (the cost of what left would change; reposting will lift this): the finding names what
stands in the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from engine.catalog.ledgers import Ledger
from engine.catalog.whole import Catalog
from engine.kernel.entries import Entry, balance_key
from engine.kernel.posting import units
from engine.kernel.posting_again import shift
from engine.kernel.valuation import Average, Fifo, Layer
from engine.plan.spec import TableSpec
from engine_runtime.ledgers.standing import Standing, scales
from engine_runtime.ledgers.stored import dimension_values, live, types_of
from engine_runtime.tables.asking import select
from engine_runtime.tables.gateway import Gateway
from engine_runtime.tables.query import Condition

FIRST_LOOK = 100
"""How many entries of a key are read at first to find the newest that is live."""


@dataclass(slots=True)
class Reversal:
    """The mirrored entries of some documents; ``moments``: entry → where the original stands."""

    entries: list[Entry] = field(default_factory=list)
    moments: dict[int, datetime] = field(default_factory=dict)
    types: dict[int, str] = field(default_factory=dict)


def mirror(catalog: Catalog, stored: Mapping[str, list[dict[str, Any]]]) -> Reversal:
    """The reversal of every live entry in ``stored`` (ledger name → rows), dated as the original."""
    found = Reversal()
    for name, rows in stored.items():
        ledger = catalog.ledgers[name]
        for row in live(rows):
            entry = _mirrored(ledger, row)
            found.entries.append(entry)
            found.moments[row["id"]] = row["moment"]
            found.types |= types_of(ledger, row)
    return found


def _mirrored(ledger: Ledger, row: Mapping[str, Any]) -> Entry:
    values = dimension_values(ledger, row)
    values |= {
        "company": row["company_id"],
        "date": row["date"],
        "origin": row["origin_id"],
        "line": {"id": row["line_id"]} if row["line_id"] is not None else None,
        "line_table": row["line_table"],
        "reverses": row["id"],
        "of_line": row.get("of_line"),
    }
    worth: dict[str, Decimal] = {}
    for measure in ledger.measures.values():
        source = _other_side(ledger, measure.name)
        sign = -1 if source == measure.name else 1
        values[measure.name] = sign * row[source]
        if ledger.currency and measure.money_in == "document":
            worth[measure.name] = sign * row[f"{source}_worth"]
    return Entry(
        ledger, row["rule"], values, currency=row.get("currency_id"), worth=worth,
        line_table=row["line_table"], posting=row["posting"], corrects=row["corrects"],
    )  # fmt: skip


def _other_side(ledger: Ledger, measure: str) -> str:
    """A debit comes back as a credit; every other measure as its negative."""
    if ledger.double_entry is not None and measure in ledger.double_entry:
        debit, credit = ledger.double_entry
        return credit if measure == debit else debit
    return measure


def give_back(
    gateway: Gateway,
    tables: Mapping[str, TableSpec],
    reversal: Reversal,
    standing: Standing,
) -> list[tuple[Entry, dict[str, Any]]]:
    """Move the cost layers back; returns the entries that cannot be, with what stands in the way.

    A returned issue goes back at the cost it left with; a taken-back receipt takes its own value.
    """
    refused: list[tuple[Entry, dict[str, Any]]] = []
    restored = _consumed_layers(gateway, tables, reversal)
    for entry in reversal.entries:
        valuation = entry.ledger.valuation
        if valuation is None:
            continue
        key = balance_key(valuation.by, entry.values["company"], entry.values)
        state = standing.states[(entry.ledger.name, key)]
        quantity_scale, value_scale = scales(entry.ledger)
        figures = entry.worth if valuation.worth else entry.values
        quantity = units(entry.values[valuation.per], quantity_scale)
        value = units(figures[valuation.of], value_scale)
        if valuation.worth:
            shift(state, quantity, value)
            continue
        if quantity > 0:
            _put_back(state, entry, quantity, value, restored)
            continue
        later = _later(gateway, tables[entry.ledger.table], entry, reversal)
        if later is not None:
            refused.append((entry, later))
        elif not quantity:
            state.add_value(value, source=entry.corrects)
        else:
            _take_out(state, entry, -quantity, -value)
    return refused


def _put_back(
    state: Average | Fifo,
    entry: Entry,
    quantity: int,
    value: int,
    restored: dict[int, list[tuple[Layer, int, int]]],
) -> None:
    if isinstance(state, Average):
        state.put(quantity, value)
        return
    for layer, part, worth in restored[entry.values["reverses"]]:
        mine = next((known for known in state.layers if known.id == layer.id), layer)
        mine.quantity_out -= part
        mine.value_out -= worth
        if all(mine is not seen for seen in state.touched):
            state.touched.append(mine)
        if mine is layer:
            state.layers.append(layer)


def _take_out(state: Average | Fifo, entry: Entry, quantity: int, value: int) -> None:
    if isinstance(state, Average):
        state.layer = Layer(state.layer.quantity - quantity, state.layer.value - value)
        return
    own = next((x for x in state.layers if x.source == entry.values["reverses"]), None)
    if own is not None:
        own.quantity_out, own.value_out = own.quantity_in, own.value_in
        state.touched.append(own)


def _consumed_layers(
    gateway: Gateway, tables: Mapping[str, TableSpec], reversal: Reversal
) -> dict[int, list[tuple[Layer, int, int]]]:
    """Issue entry → (layer, quantity, value) it took, of layered keys."""
    found: dict[int, list[tuple[Layer, int, int]]] = {}
    for ledger in {
        e.ledger.name: e.ledger for e in reversal.entries if e.ledger.valuation
    }.values():
        ids = [e.values["reverses"] for e in reversal.entries if e.ledger is ledger]
        rows = gateway.fetch_many(
            [
                select(
                    gateway,
                    tables[f"{ledger.table}__consumption"],
                    ("entry_id", "layer_id", "quantity", "value"),
                    where=[Condition("entry_id", "in", ids)],
                    order=["id"],
                )
            ]
        )[0]
        layers = _layers(gateway, tables, ledger, {row[1] for row in rows})
        quantity_scale, value_scale = scales(ledger)
        for entry, layer, quantity, value in rows:
            part = (layers[layer], units(quantity, quantity_scale), units(value, value_scale))
            found.setdefault(entry, []).append(part)
    return found


def _layers(
    gateway: Gateway, tables: Mapping[str, TableSpec], ledger: Ledger, ids: Iterable[int]
) -> dict[int, Layer]:
    wanted = sorted(ids)
    if not wanted:
        return {}
    names = ("id", "quantity_in", "value_in", "quantity_out", "value_out", "entry_id")
    spec = tables[f"{ledger.table}__layer"]
    rows = gateway.fetch_many(
        [select(gateway, spec, names, where=[Condition("id", "in", wanted)])]
    )[0]
    q, v = scales(ledger)
    return {
        row[0]: Layer(
            units(row[1], q), units(row[2], v), units(row[3], q), units(row[4], v),
            id=row[0], source=row[5],
        )
        for row in rows
    }  # fmt: skip


def _later(
    gateway: Gateway, spec: TableSpec, entry: Entry, reversal: Reversal
) -> dict[str, Any] | None:
    """The first live entry of another document that stands after ``entry``'s original in its key."""
    names = ("id", "reverses", "origin_type", "origin_id", "date", "moment")
    where = key_conditions(entry)
    where.append(Condition("moment", ">", reversal.moments[entry.values["reverses"]]))
    rows = gateway.fetch_many([select(gateway, spec, names, where=where, order=["moment", "id"])])[
        0
    ]
    records = live([dict(zip(names, row, strict=True)) for row in rows])
    others = (r for r in records if r["origin_id"] != entry.values["origin"])
    return next(others, None)


def key_conditions(entry: Entry) -> list[Condition]:
    """The conditions that select the entries of ``entry``'s valued key."""
    valuation = entry.ledger.valuation
    assert valuation is not None
    where = [Condition("company_id", "=", entry.values["company"])]
    for name in valuation.by:
        dimension, value = entry.ledger.dimensions[name], entry.values[name]
        column = f"{name}_id" if dimension.type == "link" else name
        if value is None:
            where.append(Condition(column, "is_null", True))
        else:
            where.append(Condition(column, "=", value))
    return where


def newest_moment(
    gateway: Gateway, spec: TableSpec, entry: Entry, undone: Iterable[int]
) -> datetime | None:
    """Where the latest live entry of ``entry``'s key stands once the entries ``undone`` are reversed."""
    names = ("id", "reverses", "moment")
    where, gone, limit = key_conditions(entry), set(undone), FIRST_LOOK
    while True:
        query = select(gateway, spec, names, where=where, order=["-moment", "-id"], limit=limit)
        rows = [dict(zip(names, row, strict=True)) for row in gateway.fetch_many([query])[0]]
        is_all = len(rows) < limit
        # An entry and its reversal stand at one moment: the last one may be cut in two.
        whole = rows if is_all else [r for r in rows if r["moment"] > rows[-1]["moment"]]
        found = next((row["moment"] for row in live(whole) if row["id"] not in gone), None)
        if found is not None or is_all:
            return found
        limit *= 10
