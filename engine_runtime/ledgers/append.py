"""Appending entries: from what the kernel worked out to rows of ledger tables and of their projections.

The only writer of ledger tables. Entries are inserted, never changed; balances, layers and
consumption are projections of them, moved in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from engine.catalog.ledgers import EXPIRES, Dimension, Ledger
from engine.kernel.entries import Entry, balance_key
from engine.kernel.movements import how_of
from engine.kernel.valuation import Average, Fifo, Layer, Slice
from engine.plan.spec import TableSpec
from engine.plan.tables import OPEN_UNTIL
from engine_runtime.ledgers.standing import Key, Standing, scales
from engine_runtime.tables.batch import Batch, ById, Change, Removal, Statement
from engine_runtime.tables.gateway import Gateway

_Signed = tuple[Layer, int]
"""A cost layer, and the sign of what it carries."""

TypeOf = Callable[[int], str | None]
"""The doctype key of a record's id, for links that may point to several doctypes."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What is the same for every entry of one document."""

    doctype: str
    document: int
    catalog: int
    recorded_at: datetime
    moment: datetime


@dataclass(frozen=True, slots=True)
class Writes:
    """What goes to the database, in this order."""

    batches: tuple[Batch, ...]
    updates: tuple[Statement, ...]


def assign_ids(entries: Iterable[Entry], ids: Iterable[int]) -> None:
    """Give every entry its id."""
    for entry, number in zip(entries, ids, strict=False):
        entry.id = number


def apply(standing: Standing, entries: Iterable[Entry], moment: datetime) -> None:
    """Add the measures of ``entries`` to the balances of all their keepers."""
    for entry in entries:
        for by in entry.ledger.keepers:
            key = (entry.ledger.name, balance_key(by, entry.values["company"], entry.values))
            row = standing.balances[key]
            for name in entry.ledger.measures:
                row[name] += _stored(entry, name)
            for name, worth in entry.worth.items():
                row[f"{name}_worth"] += worth
            if row["last_moment"] is None or row["last_moment"] < moment:
                row["last_moment"] = moment
            row["last_entry"] = entry.id
            row["changed"] = True
            if by == entry.ledger.by_lot:
                is_open = any(row[name] for name in entry.ledger.measures)
                row[OPEN_UNTIL] = entry.values[EXPIRES] if is_open else None


def entry_rows(
    spec: TableSpec, ledger: Ledger, entries: Sequence[tuple[Entry, Origin]], type_of: TypeOf
) -> Batch:
    """The insert of ``entries`` (all of ``ledger``) into its table."""
    columns = tuple(column.name for column in spec.columns)
    rows = []
    for entry, origin in entries:
        record = _record(ledger, entry, origin, type_of)
        rows.append([record.get(name) for name in columns])
    return Batch(spec, columns, rows)


def _record(ledger: Ledger, entry: Entry, origin: Origin, type_of: TypeOf) -> dict[str, Any]:
    line = entry.values["line"]
    record: dict[str, Any] = {
        "id": entry.id,
        "company_id": entry.values["company"],
        "date": entry.date,
        "meant_for": entry.values.get("meant_for", entry.date),
        "moment": entry.moment or origin.moment,
        "recorded_at": origin.recorded_at,
        "origin_type": origin.doctype,
        "origin_id": origin.document,
        "line_table": entry.line_table if line is not None else None,
        "line_id": line["id"] if line is not None else None,
        "rule": entry.rule,
        "catalog": origin.catalog,
        "reverses": entry.values.get("reverses"),
        "corrects": entry.corrects,
        "posting": entry.posting,
        "of_line": entry.values.get("of_line"),
        "cause_id": entry.cause,
    }
    if ledger.valuation is not None:
        record["how"], record["level"] = how_of(entry), entry.level
    for dimension in (*ledger.dimensions.values(), *ledger.details.values()):
        _put_dimension(record, dimension, entry.values[dimension.name], type_of)
    for name in ledger.measures:
        record[name] = _stored(entry, name)
    for name, worth in entry.worth.items():
        record[f"{name}_worth"] = worth
    if ledger.currency:
        record["currency_id"] = entry.currency
    return record


def _stored(entry: Entry, measure: str) -> Any:
    """A measure as its column keeps it: shares of whole numbers are worked out as decimals."""
    value = entry.values[measure]
    return int(value) if entry.ledger.measures[measure].type == "integer" else value


def _put_dimension(
    record: dict[str, Any], dimension: Dimension, value: Any, type_of: TypeOf
) -> None:
    if dimension.type != "link":
        record[dimension.name] = value
        return
    record[f"{dimension.name}_id"] = value
    if has_type_column(dimension):
        record[f"{dimension.name}_type"] = type_of(value) if value is not None else None


def has_type_column(dimension: Dimension) -> bool:
    """Whether a link may point to more than one doctype, so that its doctype is kept beside it."""
    return len(dimension.link) > 1 or dimension.link == ("Document",)


def balance_updates(
    ledger: Ledger, spec: TableSpec, standing: Standing, keys: Iterable[Key]
) -> Change | None:
    """The new figures of the balance rows of ``ledger`` that changed."""
    figures = [*ledger.measures]
    figures += [c.name for c in spec.columns if c.name.endswith("_worth")]
    columns = [*figures, "last_moment", "last_entry", "version"]
    if ledger.valuation is not None:
        columns += ["layer_quantity", "layer_value"]
    columns += [OPEN_UNTIL] if ledger.by_lot else []
    rows = []
    for name, key in keys:
        row = standing.balances[(name, key)]
        if name == ledger.name and row.get("changed"):
            row["version"] += 1
            _put_layer(ledger, row, standing.states.get((name, key)))
            rows.append([row["id"], *(row[column] for column in columns)])
    return Change(spec, ("id",), tuple(columns), rows) if rows else None


def _put_layer(ledger: Ledger, row: dict[str, Any], state: object) -> None:
    """Keep the moving average's one layer in the balance row, with the sign of what stands."""
    if isinstance(state, Average):
        quantity_scale, value_scale = scales(ledger)
        quantity, value = state.sign * state.layer.quantity_in, state.sign * state.layer.value_in
        row["layer_quantity"] = Decimal(quantity).scaleb(-quantity_scale)
        row["layer_value"] = Decimal(value).scaleb(-value_scale)


def layer_writes(
    ledger: Ledger,
    tables: Mapping[str, TableSpec],
    standing: Standing,
    entries: Sequence[tuple[Entry, Origin]],
    ids: Callable[[int], Iterable[int]],
) -> Writes:
    """New and consumed cost layers of FIFO keys, and which issue took what from which layer."""
    batches: list[Batch] = []
    updates: list[Change] = []
    moments = {entry.id: origin.moment for entry, origin in entries}
    added: list[tuple[str, Layer, int]] = []
    touched: list[_Signed] = []
    for (name, key), state in standing.states.items():
        if (name, key) in standing.reposted:
            continue
        if name == ledger.name and isinstance(state, Fifo):
            added += [(key, layer, state.sign) for layer in state.added]
            touched += [(layer, state.sign) for layer in state.touched]
    for (_, layer, _), number in zip(added, ids(len(added)), strict=False):
        layer.id = number
    if added:
        batches.append(_new_layers(ledger, tables, added, moments))
    if touched:
        updates.append(_used_layers(ledger, tables, touched))
    apart = [
        (entry, origin)
        for entry, origin in entries
        if (ledger.name, _key_of(entry)) not in standing.reposted
    ]
    consumed = _consumption(ledger, tables, apart, ids)
    if consumed is not None:
        batches.append(consumed)
    return Writes(tuple(batches), tuple(updates))


def _key_of(entry: Entry) -> str:
    assert entry.ledger.valuation is not None
    return balance_key(entry.ledger.valuation.by, entry.values["company"], entry.values)


@dataclass(frozen=True, slots=True)
class Anew:
    """A layered key whose past was worked out again: ``slices`` by entry, ``moments`` of the entries."""

    key: str
    state: Fifo
    slices: Mapping[int, Sequence[Slice]]
    moments: Mapping[int, datetime]


def layers_anew(
    gateway: Gateway, ledger: Ledger, tables: Mapping[str, TableSpec], keys: Sequence[Anew]
) -> list[Statement]:
    """All layers of ``keys``, and what was taken of them, in place of those that are stored."""
    layers, consumption = tables[f"{ledger.table}__layer"], tables[f"{ledger.table}__consumption"]
    texts = [one.key for one in keys]
    old = [row[0] for row in gateway.fetch(ById(layers, ("id",), texts, by="key"))]
    found: list[Statement] = [Removal(consumption, "layer_id", old), Removal(layers, "id", old)]
    rows, pieces = [], []
    for one in keys:
        every = [*one.state.closed, *one.state.layers]
        for layer, number in zip(every, gateway.ids(len(every)), strict=False):
            layer.id = number
            assert isinstance(layer.source, int)
            figures = _figures(ledger, layer, one.state.sign)
            rows.append([number, one.key, layer.source, *figures, one.moments[layer.source]])
        pieces += [(entry, piece) for entry, own in one.slices.items() for piece in own]
    found.append(Batch(layers, _LAYER_COLUMNS, rows))
    quantity_scale, value_scale = scales(ledger)
    taken = [
        [
            number, entry, piece.layer.id,
            Decimal(piece.quantity).scaleb(-quantity_scale), Decimal(piece.value).scaleb(-value_scale),
        ]
        for (entry, piece), number in zip(pieces, gateway.ids(len(pieces)), strict=False)
    ]  # fmt: skip
    found.append(Batch(consumption, _CONSUMPTION_COLUMNS, taken))
    return found


_LAYER_COLUMNS = (
    "id", "key", "entry_id", "quantity_in", "value_in", "quantity_out", "value_out", "is_open", "moment",
)  # fmt: skip
_CONSUMPTION_COLUMNS = ("id", "entry_id", "layer_id", "quantity", "value")


def _new_layers(
    ledger: Ledger,
    tables: Mapping[str, TableSpec],
    added: list[tuple[str, Layer, int]],
    moments: dict[int | None, datetime],
) -> Batch:
    rows = []
    for key, layer, sign in added:
        assert isinstance(layer.source, Entry)
        entry = layer.source.id
        rows.append([layer.id, key, entry, *_figures(ledger, layer, sign), moments[entry]])
    return Batch(tables[f"{ledger.table}__layer"], _LAYER_COLUMNS, rows)


def _figures(ledger: Ledger, layer: Layer, sign: int) -> list[Any]:
    quantity_scale, value_scale = scales(ledger)
    return [
        Decimal(sign * layer.quantity_in).scaleb(-quantity_scale),
        Decimal(sign * layer.value_in).scaleb(-value_scale),
        Decimal(sign * layer.quantity_out).scaleb(-quantity_scale),
        Decimal(sign * layer.value_out).scaleb(-value_scale),
        layer.quantity > 0,
    ]


def _used_layers(ledger: Ledger, tables: Mapping[str, TableSpec], touched: list[_Signed]) -> Change:
    columns = ("value_in", "quantity_out", "value_out", "is_open")
    rows = [[layer.id, *_figures(ledger, layer, sign)[1:]] for layer, sign in touched]
    return Change(tables[f"{ledger.table}__layer"], ("id",), columns, rows)


def _consumption(
    ledger: Ledger,
    tables: Mapping[str, TableSpec],
    entries: Sequence[tuple[Entry, Origin]],
    ids: Callable[[int], Iterable[int]],
) -> Batch | None:
    quantity_scale, value_scale = scales(ledger)
    found = [
        [
            entry.id,
            piece.layer.id,
            Decimal(piece.quantity).scaleb(-quantity_scale),
            Decimal(piece.value).scaleb(-value_scale),
        ]
        for entry, _ in entries
        for piece in entry.slices
    ]
    if not found:
        return None
    rows = [[number, *row] for number, row in zip(ids(len(found)), found, strict=False)]
    return Batch(tables[f"{ledger.table}__consumption"], _CONSUMPTION_COLUMNS, rows)
