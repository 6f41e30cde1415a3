"""Values and frames of the vectors as JSON and back: numbers and dates are texts there."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from engine.expr.types import DATE, Record, Rows, Type, is_numeric
from tests.language.expressions.sample import FIELDS


def value_to_json(value: Any) -> Any:
    """``["number", "1.5"]``, ``["text", "a"]``, ``["date", "2026-04-01"]``, true, false, null or a list."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, Decimal)):
        return ["number", format(Decimal(value), "f")]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    return ["text", value]


def value_from_json(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    kind, text = value
    return {"number": Decimal, "date": date.fromisoformat, "text": str}[kind](text)


def frame_to_json(frame: dict[str, Any]) -> dict[str, Any]:
    return {"this": _row_to_json(frame["this"]), "facts": _facts(frame["facts"], _row_to_json)}


def frame_from_json(frame: dict[str, Any]) -> dict[str, Any]:
    """The frame with typed values; child rows know their parent again."""
    facts = {
        doctype: {int(id_): _typed(doctype, row, None) for id_, row in rows.items()}
        for doctype, rows in frame["facts"].items()
    }
    return {"this": _typed("Order", frame["this"], None), "facts": facts}


def _facts(facts: dict[str, Any], convert: Any) -> dict[str, Any]:
    return {
        doctype: {str(id_): convert(row) for id_, row in rows.items()}
        for doctype, rows in facts.items()
    }


def _row_to_json(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _cell_to_json(value) for name, value in row.items() if name != "parent"}


def _cell_to_json(value: Any) -> Any:
    if isinstance(value, list):
        return [_row_to_json(row) for row in value]
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value


def _typed(key: str, row: dict[str, Any], parent: dict[str, Any] | None) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in row.items():
        type_ = FIELDS[key].get(name)
        if isinstance(type_, Rows):
            made[name] = [_typed(type_.of.key, child, made) for child in value]
        else:
            made[name] = _cell(type_, value)
    if parent is not None:
        made["parent"] = parent
    return made


def _cell(type_: Type | None, value: Any) -> Any:
    if value is None or type_ is None or isinstance(type_, Record):
        return value
    if type_ == DATE:
        return date.fromisoformat(value)
    return Decimal(value) if is_numeric(type_) and isinstance(value, str) else value
