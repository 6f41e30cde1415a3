"""Reads ``edge_cases.txt``: cases written by hand, and the data they are about."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

_TABLE = Path(__file__).with_name("edge_cases.txt")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def edge_cases() -> list[tuple[str, Any]]:
    """(expression, expected as the vectors write it), in order."""
    found = []
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            text, _, expected = line.rpartition("→")
            found.append((text.strip(), _expected(expected.strip())))
    return found


def _expected(text: str) -> Any:
    if text in ("null", "true", "false"):
        return {"null": None, "true": True, "false": False}[text]
    if text.startswith("'"):
        return ["text", text[1:-1]]
    return ["date" if _DATE.fullmatch(text) else "number", text]


def edge_frame() -> dict[str, Any]:
    """The data of the cases by hand: one order with two lines, as JSON."""
    taxes = [
        {
            "id": 71,
            "index": 1,
            "amount": "9.005",
            "percent": "9",
            "collected": True,
            "label": "cgst",
        },
        {
            "id": 72,
            "index": 2,
            "amount": "9.005",
            "percent": "9",
            "collected": False,
            "label": None,
        },
    ]
    items = [
        {
            "id": 61, "index": 1, "amount": "100.05", "quantity": "3", "rate": "33.35", "weight": None,
            "name": "Soap", "stocked": True, "day": "2026-03-31", "role": None, "item": 31,
            "taxes": taxes,
        },
        {
            "id": 62, "index": 2, "amount": None, "quantity": "-1.5", "rate": "0", "weight": "2",
            "name": None, "stocked": None, "day": None, "role": None, "item": 33, "taxes": [],
        },
    ]  # fmt: skip
    order = {
        "id": 60, "number": "SO-1", "quantity": "10", "rate": "2.345", "amount": "-0.005",
        "discount": None, "percent": "18", "pieces": 7, "factor": "0", "code": "27AAPFU0939F1ZV",
        "note": None, "posting_date": "2026-03-31", "due": None, "urgent": True, "paid": None,
        "customer": 1, "party": 21, "extra": {"weight": 2, "kind": "box", "part": {"size": 1.5}},
        "items": items,
    }  # fmt: skip
    customer = {"id": 1, "name": "Punjab Traders", "limit": "5000.00", "since": "2024-02-29",
                "active": True, "group": 12, "account": None}  # fmt: skip
    facts = {
        "Customer": {"1": customer},
        "Group": {
            "11": {"name": "Retail", "factor": "1.1", "above": None},
            "12": {"name": None, "factor": None, "above": 11},
        },
        "Item": {"31": {"name": "Lux", "price": "35.5", "stocked": True, "account": None}},
        "Supplier": {"21": {"name": "Mills", "account": 52}},
    }
    return {"this": order, "facts": facts}
