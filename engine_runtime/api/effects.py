"""Ledger entries as JSON: the same form for what a document did and for what it would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.catalog.types import Catalog, Dimension, Ledger
from engine_runtime.api.present import Titles, link_json, plain_value, target_keys

Entries = Mapping[str, Sequence[Mapping[str, Any]]]
"""Ledger name → entries."""


def wanted_titles(catalog: Catalog, entries: Entries) -> dict[str, set[int]]:
    """Doctype → ids that the entries' dimensions link to, as far as the entries tell the doctype."""
    wanted: dict[str, set[int]] = {}
    for name, rows in entries.items():
        for dimension in _carried(catalog.ledgers[name]):
            if dimension.type == "link":
                _collect(catalog, dimension, rows, wanted)
    return wanted


def _collect(
    catalog: Catalog,
    dimension: Dimension,
    rows: Sequence[Mapping[str, Any]],
    wanted: dict[str, set[int]],
) -> None:
    for row in rows:
        value = row.get(dimension.name)
        if value is None:
            continue
        key = row.get(f"{dimension.name}_type")
        if key in catalog.by_key:
            wanted.setdefault(catalog.by_key[str(key)], set()).add(value)
        elif len(dimension.link) == 1 and dimension.link[0] in catalog.doctypes:
            wanted.setdefault(dimension.link[0], set()).add(value)


def _carried(ledger: Ledger) -> list[Dimension]:
    return [*ledger.dimensions.values(), *ledger.details.values()]


def effects_json(catalog: Catalog, entries: Entries, titles: Titles) -> dict[str, Any]:
    """Ledger → label, columns, entries; ledgers without entries are left out."""
    return {
        name: {
            "label": catalog.ledgers[name].label,
            "columns": _columns(catalog.ledgers[name]),
            "entries": entries_json(catalog, name, rows, titles),
        }
        for name, rows in entries.items()
        if rows
    }


def preview_json(catalog: Catalog, entries: Entries, titles: Titles) -> dict[str, Any]:
    """Ledger → entries."""
    return {
        name: entries_json(catalog, name, rows, titles) for name, rows in entries.items() if rows
    }


def entries_json(
    catalog: Catalog, name: str, rows: Sequence[Mapping[str, Any]], titles: Titles
) -> list[dict[str, Any]]:
    """The entries of one ledger."""
    ledger = catalog.ledgers[name]
    return [_entry(catalog, ledger, row, titles) for row in rows]


def _columns(ledger: Ledger) -> list[dict[str, Any]]:
    shown = [
        {"name": d.name, "label": d.label, "type": d.type, "scale": 0} for d in _carried(ledger)
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
    for measure in ledger.measures:
        shown[measure] = plain_value(row.get(measure))
        if row.get(f"{measure}_worth") is not None:
            shown[f"{measure}_worth"] = plain_value(row[f"{measure}_worth"])
    return shown
