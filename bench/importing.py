"""W6: 5,000 items from CSV with full validation, next to COPY of the same rows."""

from __future__ import annotations

import csv
import io
import tempfile
import time
from pathlib import Path
from typing import Any

from django.db import connection

from bench import databases, plain_postgresql
from bench.documents import database_url
from bench.world import World, plain
from bench.written import difference
from engine.kernel.pack_records import as_record
from engine_runtime.active.catalog import active
from engine_runtime.documents import read, service
from engine_runtime.exchange.records import read_rows

ITEMS = 5000
BATCH = 500


def measure(world: World) -> dict[str, Any]:
    """The figures of W6."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "items.csv"
        file.write_text(_csv(world), encoding="utf-8")
        return _measure(world, file)


def _measure(world: World, file: Path) -> dict[str, Any]:
    before = plain_postgresql.snapshot(database_url())
    connection.close()
    copy = databases.copy_postgresql(database_url())
    started = time.perf_counter()
    doctype = active().catalog.doctypes["Item"]
    records = [as_record(doctype, row) for row in read_rows(file)]
    for start in range(0, ITEMS, BATCH):
        service.create(world.actor, "Item", records[start : start + BATCH])
    product = time.perf_counter() - started
    written = difference(before, plain_postgresql.snapshot(database_url()), ())
    with plain_postgresql.connect(copy) as line:
        started = time.perf_counter()
        plain_postgresql.copy_in(line, written)
        plain_seconds = time.perf_counter() - started
    return {
        "per_s": round(ITEMS / product, 1),
        "ratio": round(product / plain_seconds, 2),
        "seconds": round(product, 3),
        "count": ITEMS,
        "rows": written.describe(),
        "yardsticks": {"COPY": {"seconds": round(plain_seconds, 3)}},
    }


def _csv(world: World) -> str:
    """A file as a person would bring it: codes and names of its own, else like an item that is there."""
    (model,) = read.get(world.actor, "Item", [world.items[0]]).rows
    document = {name: _text(world, name, value) for name, value in plain("Item", model).items()}
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(document))
    writer.writeheader()
    for number in range(ITEMS):
        writer.writerow({**document, "code": f"CSV-{number:05}", "name": f"Imported item {number}"})
    return out.getvalue()


def _text(world: World, name: str, value: object) -> str:
    """As it stands in a file: links by their codes."""
    catalog = active().catalog
    field = catalog.doctypes["Item"].fields[name]
    if field.type == "link" and isinstance(value, int):
        target = catalog.doctypes[field.link[0]]
        (row,) = read.get(world.actor, target.name, [value]).rows
        return str(row[target.name_by or "id"])
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
