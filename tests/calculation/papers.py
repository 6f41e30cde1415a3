"""Random documents worked out, as JSON that the tests of the browser read as well.

``python -m tests.calculation.papers`` writes ``tests/vectors/documents.json.gz`` anew.
"""

from __future__ import annotations

import gzip
import json
import random
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from engine.catalog.browser import client_catalog
from engine.catalog.fields import Table
from engine.catalog.fieldtypes import DECIMAL_TYPES
from engine.catalog.whole import Catalog
from engine.kernel.calculate import calculate
from engine.kernel.calculation import Calculation
from engine.kernel.rows import Row, append_row
from tests.kernel.programs import document
from tests.language.programs import catalog_of, good

FILE = Path(__file__).resolve().parents[1] / "vectors" / "documents.json.gz"
COUNT = 2_000
D = Decimal
ITEMS = {
    number: {
        "id": number,
        "price": D(price),
        "weight": D(weight) if weight else None,
        "is_goods": goods,
    }
    for number, price, weight, goods in (
        (1, "118", "2.5", True), (2, "0.335", "0.001", True), (3, "99.999999", None, False),
        (4, "100000", "7", True), (5, "33.33", "0", False), (6, "1", "1", True),
    )
}  # fmt: skip


@cache
def catalog() -> Catalog:
    return catalog_of(good("paper"))


def worked_out(row: Row) -> Row:
    """``row`` with every formula and step."""
    calculate(Calculation(catalog(), catalog().doctypes["Paper"], row, {"Item": ITEMS}, {}))
    return row


def paper(chance: random.Random) -> Row:
    """A document as somebody types it."""
    head: Row = {
        "on_date": date(2026, 1, 31) + timedelta(days=chance.randrange(400)),
        "inclusive": chance.random() < 0.4,
        "discount": money(chance, 5_000), "freight": money(chance, 900), "gift": money(chance, 50),
    }  # fmt: skip
    row = document(catalog(), "Paper", head)
    tables = catalog().doctypes["Paper"].tables
    for _ in range(chance.choice([0, 1, 1, 2, 2, 3, 4, 5])):
        line = append_row(row, "lines", tables["lines"])
        line["item"] = chance.choice(list(ITEMS))
        line["quantity"] = D(chance.randint(-3_000, 40_000)).scaleb(-3)
        line["percent"] = chance.choice([None, D(0), D(5), D(12), D(18), D("28")])
        if chance.random() < 0.2:
            line["rate"], line["typed"] = D(chance.randint(0, 10**9)).scaleb(-6), "rate"
        if chance.random() < 0.1 and ITEMS[line["item"]]["is_goods"]:
            line["freight_share"] = money(chance, 20) or D(0)
            line["typed"] = ",".join(sorted({"freight_share", *filter(None, [line["typed"]])}))
        for _ in range(chance.choice([0, 0, 1, 2, 3])):
            append_row(line, "parts", tables["lines.parts"])["days"] = chance.randint(0, 31)
    for _ in range(chance.choice([0, 1, 2, 3])):
        charge = append_row(row, "charges", tables["charges"])
        charge["amount"] = money(chance, 400)
    return row


def money(chance: random.Random, most: int) -> Decimal | None:
    if chance.random() < 0.15:
        return None
    return D(chance.randint(-most * 20, most * 100)).scaleb(-2)


def wire(row: Row, path: str = "", *, answer: bool = True) -> dict[str, Any]:
    """A row as REST carries it; without ``answer`` what the browser works out is left out."""
    table = catalog().doctypes["Paper"].tables[path]
    found: dict[str, Any] = {"typed": row["typed"]} if row["typed"] else {}
    for field in table.fields.values():
        if field.type == "table":
            below = f"{path}.{field.name}" if path else field.name
            found[field.name] = [wire(child, below, answer=answer) for child in row[field.name]]
        elif answer or _is_given(table, field.name, row):
            found[field.name] = _value(field.type, field.scale, row[field.name])
    return found


def _is_given(table: Table, name: str, row: Row) -> bool:
    """Typed by a person, or written by the server."""
    field = table.fields[name]
    return field.writer in ("person", "tax") or name in row["typed"].split(",")


def _value(type_: str, scale: int, value: Any) -> Any:
    if value is None or isinstance(value, (bool, str)):
        return value
    if type_ in DECIMAL_TYPES:
        return f"{value:.{scale}f}"
    if type_ == "link":
        return {"id": value, "title": str(value)}
    return value.isoformat() if isinstance(value, date) else value


def vectors() -> dict[str, Any]:
    """The catalog as the browser gets it, facts, and documents: (as typed, as worked out)."""
    chance = random.Random(20260504)
    cases = []
    for _ in range(COUNT):
        row = worked_out(paper(chance))
        cases.append([wire(row, answer=False), wire(row)])
    facts = {"Item": {str(n): {k: _fact(v) for k, v in one.items()} for n, one in ITEMS.items()}}
    client = client_catalog(catalog())["doctypes"]["paper"]
    return {"doctype": client, "facts": facts, "cases": cases}


def _fact(value: Any) -> Any:
    return f"{value:f}" if isinstance(value, Decimal) else value


def packed(found: dict[str, Any]) -> bytes:
    """The same bytes for the same vectors."""
    return gzip.compress(json.dumps(found, separators=(",", ":")).encode(), mtime=0)


if __name__ == "__main__":
    FILE.write_bytes(packed(vectors()))
