"""Taking back what a document wrote: the stored entries, mirrored; never today's rules."""

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


def give_back(reversal: Reversal, standing: Standing) -> None:
    """Give back what open items carry; what goods are worth without the documents is for reposting to say."""
    for entry in reversal.entries:
        valuation = entry.ledger.valuation
        if valuation is None or not valuation.worth:
            continue
        key = balance_key(valuation.by, entry.values["company"], entry.values)
        quantity_scale, value_scale = scales(entry.ledger)
        quantity = units(entry.values[valuation.per], quantity_scale)
        value = units(entry.worth[valuation.of], value_scale)
        shift(standing.states[(entry.ledger.name, key)], quantity, value)


def key_conditions(ledger: Ledger, values: Mapping[str, Any]) -> list[Condition]:
    """The conditions that select the entries of the valued key that ``values`` (of an entry) are in."""
    assert ledger.valuation is not None
    where = [Condition("company_id", "=", values["company"])]
    for name in ledger.valuation.by:
        dimension, value = ledger.dimensions[name], values[name]
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
    where, gone, limit = key_conditions(entry.ledger, entry.values), set(undone), FIRST_LOOK
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
