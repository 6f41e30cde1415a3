"""How long a question to 10,000 rows that users edit takes: ``python -m bench.ruling RESULT.json``.

A price list of 2,000 items with five rows each, bound by item, list and smallest quantity; the index is made once
(told as ``build_ms``), then asked.
"""

from __future__ import annotations

import json
import sys
import tempfile
import timeit
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median

from engine.compiler.compile import compile_folder
from engine.kernel.rows import Row
from engine.kernel.rule_rows import RuleRows, fitting

PACK = """\
doctype: Item
company: none
name: {by: code}
fields: {code: {type: text}}
---
doctype: Price
company: none
fields:
  item: {type: link, to: Item}
  least: {type: quantity}
  rate: {type: rate}
---
rules: Selling Price
given: {item: Item, quantity: quantity}
pick: best
from: [Price]
match: {item: item, least: up_to(quantity)}
prefer: [most specific]
give: {rate: =row.rate}
"""
ROWS, ITEMS = 10_000, 2_000
RUNS, REPETITIONS = 5_000, 7
DAY = date(2026, 5, 4)


def main(result: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "prices.yaml").write_text(PACK)
        catalog = compile_folder(Path(folder)).catalog
    assert catalog is not None
    (source,) = catalog.rules["Selling Price"].sources
    rows: list[Row] = [
        {"id": n, "item": 1 + n % ITEMS, "least": Decimal(n % 5), "rate": Decimal(n)}
        for n in range(ROWS)
    ]
    frame = {"item": 700, "quantity": Decimal(60), "date": DAY, "facts": {}, "let": {}}
    indexed = RuleRows(rows)
    build = timeit.timeit(lambda: fitting(source, indexed, frame), number=1)
    assert len(fitting(source, indexed, frame)) == ROWS // ITEMS
    taken = [
        timeit.timeit(lambda: fitting(source, indexed, frame), number=RUNS) / RUNS
        for _ in range(REPETITIONS)
    ]
    figures = {"p50_ms": round(median(taken) * 1000, 4), "build_ms": round(build * 1000, 1)}
    result.write_text(json.dumps({"rule_index": figures}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
