"""What stands before a transaction: the balances it locks and the cost layers behind them.

Keys are locked in one global order (ledger table, then key text), so two transactions never wait
for each other in a circle. Everything read here is read under those locks.
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
from engine.kernel.rows import Facts
from engine.kernel.valuation import LAYERED, Average, Fifo, Layer, Method
from engine.plan.spec import TableSpec
from engine_runtime.tables.asking import select
from engine_runtime.tables.batch import ById, Lock
from engine_runtime.tables.gateway import Gateway
from engine_runtime.tables.query import Condition

Key = tuple[str, str]
"""(ledger name, balance key)."""


@dataclass(slots=True)
class Standing:
    """``balances``: row of the balance table per key. ``states``: cost layers per valued key."""

    balances: dict[Key, dict[str, Any]] = field(default_factory=dict)
    states: dict[Key, Method] = field(default_factory=dict)
    reposted: set[Key] = field(default_factory=set)
    """Keys whose past was worked out again: their layers are written anew."""

    def before(self) -> dict[Key, dict[str, Decimal]]:
        """The balances as they stood, for limits. Call it before entries are applied."""
        return {key: dict(row) for key, row in self.balances.items()}

    def last_moment(self, keys: Iterable[Key]) -> datetime | None:
        """The latest movement of any of ``keys``."""
        moments = [self.balances[key]["last_moment"] for key in keys]
        return max((moment for moment in moments if moment is not None), default=None)


@dataclass(slots=True)
class Keys:
    """The keys that some entries touch."""

    kept: dict[str, set[str]] = field(default_factory=dict)
    """Ledger name → balance keys."""
    companies: dict[Key, int] = field(default_factory=dict)
    methods: dict[Key, str] = field(default_factory=dict)
    """Valued key → its method."""

    def hold(self, more: Mapping[Key, int]) -> None:
        """Lock ``more`` as well (key → company), without what they carry."""
        for (ledger, text), company in more.items():
            self.kept.setdefault(ledger, set()).add(text)
            self.companies.setdefault((ledger, text), company)


def keys_of(entries: Iterable[Entry], facts: Facts) -> Keys:
    """The balance keys of ``entries`` in every keeper of their ledgers, and how valued keys are valued."""
    found = Keys()
    for entry in entries:
        ledger, company = entry.ledger, entry.values["company"]
        for by in ledger.keepers:
            key = balance_key(by, company, entry.values)
            found.kept.setdefault(ledger.name, set()).add(key)
            found.companies[(ledger.name, key)] = company
        for other, by in ledger.beside:
            key = balance_key(by, company, entry.values)
            found.kept.setdefault(other, set()).add(key)
            found.companies[(other, key)] = company
        if ledger.valuation is not None:
            key = balance_key(ledger.valuation.by, company, entry.values)
            frame = {"this": entry.values, "facts": facts}
            found.methods[(ledger.name, key)] = ledger.valuation.method.run(frame) or "average"
    return found


def lock(
    gateway: Gateway,
    catalog: Catalog,
    tables: Mapping[str, TableSpec],
    keys: Keys,
    *,
    locking: bool = True,
) -> Standing:
    """Lock every key (making its row where there is none) and read what stands.

    With ``locking`` false it only reads: a key without a row stands at 0.
    """
    standing = Standing()
    ledgers = sorted((catalog.ledgers[name] for name in keys.kept), key=lambda ledger: ledger.table)
    locks = [
        Lock(
            tables[f"{ledger.table}__balance"],
            {key: keys.companies[(ledger.name, key)] for key in keys.kept[ledger.name]},
        )
        for ledger in ledgers
    ]
    found = gateway.lock_all(locks) if locking else _unlocked(gateway, locks)
    for ledger, asked, rows in zip(ledgers, locks, found, strict=True):
        _keep(standing, ledger, asked, rows)
        _load_states(gateway, ledger, tables, keys, standing)
    return standing


def _unlocked(gateway: Gateway, locks: list[Lock]) -> list[dict[str, dict[str, Any]]]:
    found = []
    for lock in locks:
        names = tuple(column.name for column in lock.table.columns)
        rows = gateway.fetch(ById(lock.table, names, list(lock.keys), by="key"))
        records = [dict(zip(names, row, strict=True)) for row in rows]
        found.append({record["key"]: record for record in records})
    return found


def _keep(standing: Standing, ledger: Ledger, asked: Lock, rows: dict[str, dict[str, Any]]) -> None:
    """Note the balance rows; a key without one stands at 0."""
    columns = asked.table.columns
    empty: dict[str, Any] = {c.name: Decimal(0) if c.kind == "decimal" else None for c in columns}
    empty |= {name: 0 for name, m in ledger.measures.items() if m.type == "integer"}
    for key in asked.keys:
        row = rows.get(key) or {**empty, "key": key, "version": 0}
        standing.balances[(ledger.name, key)] = row


def _load_states(
    gateway: Gateway,
    ledger: Ledger,
    tables: Mapping[str, TableSpec],
    keys: Keys,
    standing: Standing,
) -> None:
    if ledger.valuation is None:
        return
    layered: list[str] = []
    for (name, key), method in keys.methods.items():
        if name != ledger.name:
            continue
        if method in LAYERED:
            layered.append(key)
            standing.states[(name, key)] = LAYERED[method]([])
        else:
            standing.states[(name, key)] = _average(ledger, standing.balances[(name, key)])
    if layered:
        _load_layers(gateway, ledger, tables[f"{ledger.table}__layer"], layered, standing)


def scales(ledger: Ledger) -> tuple[int, int]:
    """(scale of the quantity, scale of the value) of a valued ledger."""
    assert ledger.valuation is not None
    return ledger.measures[ledger.valuation.per].scale, ledger.measures[ledger.valuation.of].scale


def _average(ledger: Ledger, row: dict[str, Any]) -> Average:
    assert ledger.valuation is not None
    quantity_scale, value_scale = scales(ledger)
    quantity_in = units(row["layer_quantity"], quantity_scale)
    value_in = units(row["layer_value"], value_scale)
    left = units(row[ledger.valuation.per], quantity_scale)
    value = units(row[ledger.valuation.column], value_scale)
    sign = -1 if left < 0 else 1
    figures = (quantity_in, value_in, quantity_in - left, value_in - value)
    return Average(Layer(*(sign * figure for figure in figures)), sign)


def _load_layers(
    gateway: Gateway, ledger: Ledger, spec: TableSpec, keys: list[str], standing: Standing
) -> None:
    """The open layers of FIFO keys, oldest first."""
    quantity_scale, value_scale = scales(ledger)
    names = ("id", "key", "entry_id", "quantity_in", "value_in", "quantity_out", "value_out")
    query = select(
        gateway,
        spec,
        names,
        where=[Condition("key", "in", keys), Condition("is_open", "=", True)],
        order=["moment", "id"],
    )
    for row in gateway.fetch_many([query])[0]:
        record = dict(zip(names, row, strict=True))
        state = standing.states[(ledger.name, record["key"])]
        assert isinstance(state, Fifo)
        state.sign = -1 if record["quantity_in"] < 0 else 1
        state.layers.append(
            Layer(
                units(state.sign * record["quantity_in"], quantity_scale),
                units(state.sign * record["value_in"], value_scale),
                units(state.sign * record["quantity_out"], quantity_scale),
                units(state.sign * record["value_out"], value_scale),
                id=record["id"],
                source=record["entry_id"],
            )
        )
