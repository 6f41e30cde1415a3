"""The documents of the vector file are what the kernel makes of them; the browser's tests read the same file."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal

from tests.calculation.papers import COUNT, FILE, vectors


def test_the_file_is_what_the_kernel_works_out() -> None:
    stored = json.loads(gzip.decompress(FILE.read_bytes()))
    found = json.loads(json.dumps(vectors()))
    assert len(stored["cases"]) == COUNT
    assert stored["facts"] == found["facts"]
    steps = [found["doctype"]["steps"], stored["doctype"]["steps"]]
    assert steps[0] == steps[1], "run python -m tests.calculation.papers"
    wrong = [i for i, (a, b) in enumerate(zip(stored["cases"], found["cases"], strict=True)) if a != b]  # fmt: skip
    assert not wrong, wrong[:10]


def test_shares_add_up_and_inclusive_totals_come_out() -> None:
    cases = json.loads(gzip.decompress(FILE.read_bytes()))["cases"]
    inclusive = 0
    for _, paper in cases:
        lines = paper["lines"]
        for amount, share in (("discount", "discount_share"), ("gift", "gift_share")):
            if lines:
                total = sum(Decimal(line[share]) for line in lines)
                assert total == Decimal(paper[amount] or 0)
        for line in lines:
            if line["parts"]:
                assert sum(Decimal(p["amount"]) for p in line["parts"]) == Decimal(line["amount"])
        if paper["inclusive"] and lines:
            inclusive += 1
            taxed = sum(
                Decimal(line["amount"]) - Decimal(line["discount_share"]) + Decimal(line["freight_share"])
                for line in lines
            )  # fmt: skip
            assert Decimal(paper["net"]) + Decimal(paper["tax"]) == taxed
    assert inclusive > COUNT // 5
