"""Ledger entries as JSON: the same form for what a document did and for what it would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.catalog.browser import links
from engine.catalog.ledgers import Dimension, Ledger
from engine.catalog.whole import Catalog
from engine.kernel.entries import Entry
from engine_runtime.api.present import Titles, link_json, plain_value, target_keys

Entries = Mapping[str, Sequence[Mapping[str, Any]]]
"""Ledger name → entries."""


def _carried(ledger: Ledger) -> list[Dimension]:
    return [*ledger.dimensions.values(), *ledger.details.values()]


def effects_json(catalog: Catalog, entries: Entries, titles: Titles) -> dict[str, Any]:
    """Ledger → label, columns, entries; ledgers without entries are left out."""
    return {
        name: {
            "label": catalog.ledgers[name].label,
            "columns": _columns(catalog, catalog.ledgers[name]),
            "entries": entries_json(catalog, name, rows, titles),
        }
        for name, rows in entries.items()
        if rows
    }


def preview_json(
    catalog: Catalog, entries: Mapping[str, Sequence[Entry]], titles: Titles
) -> dict[str, Any]:
    """Ledger → the entries that would be written."""
    return {
        name: entries_json(catalog, name, [_record(entry) for entry in rows], titles)
        for name, rows in entries.items()
        if rows
    }


def entries_told(
    catalog: Catalog, entries: Mapping[str, Sequence[Entry]], titles: Titles
) -> dict[str, Any]:
    """As ``effects_json``, of entries that are not stored."""
    records = {name: [_record(entry) for entry in rows] for name, rows in entries.items()}
    return effects_json(catalog, records, titles)


def _record(entry: Entry) -> dict[str, Any]:
    """An entry that is not stored, in the form of a stored one."""
    line = entry.values.get("line")
    place = (
        {"table": entry.line_table, "index": line["index"]} if entry.line_table and line else None
    )
    worth = {f"{name}_worth": value for name, value in entry.worth.items()}
    return {**entry.values, **worth, "id": None, "rule": entry.rule, "line": place}


def entries_json(
    catalog: Catalog, name: str, rows: Sequence[Mapping[str, Any]], titles: Titles
) -> list[dict[str, Any]]:
    """The entries of one ledger."""
    ledger = catalog.ledgers[name]
    return [_entry(catalog, ledger, row, titles) for row in rows]


def _columns(catalog: Catalog, ledger: Ledger) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = [
        {
            "name": d.name,
            "label": d.label,
            "type": d.type,
            "scale": 0,
            "link": links(catalog, d.link),
        }
        for d in _carried(ledger)
    ]
    for m in ledger.measures.values():
        shown.append({"name": m.name, "label": m.label, "type": m.type, "scale": m.scale})
    return shown


def _entry(
    catalog: Catalog, ledger: Ledger, row: Mapping[str, Any], titles: Titles
) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": row.get("id"),
        "rule": row.get("rule"),
        "line": row.get("line"),
        "reverses": row.get("reverses"),
        "date": plain_value(row.get("date")),
    }
    for dimension in _carried(ledger):
        value = row.get(dimension.name)
        if dimension.type == "link":
            keys = target_keys(catalog, dimension.link)
            shown[dimension.name] = link_json(value, keys, titles, len(keys) != 1)
        else:
            shown[dimension.name] = plain_value(value)
    for measure in ledger.measures.values():
        value = row.get(measure.name)
        whole = measure.type == "integer"
        shown[measure.name] = value if whole else _amount(value, measure.scale)
        worth = row.get(f"{measure.name}_worth")
        if worth is not None:
            shown[f"{measure.name}_worth"] = _amount(worth, 2)
    return shown


def _amount(value: Any, scale: int) -> str | None:
    """A measure with all its decimals, also where it was not stored yet."""
    return None if value is None else f"{value:.{scale}f}"
