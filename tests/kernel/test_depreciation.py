"""Depreciation as a rule set that a formula asks, against figures worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.kernel.calculate import Calculation, calculate
from engine.kernel.rows import append_row, new_row
from tests.language.programs import compile_text, good

MACHINE: dict[str, Any] = {
    "id": 1,
    "cost": Decimal(100_000),
    "residual": Decimal(5_000),
    "put_to_use": date(2026, 4, 1),
    "life_ends": date(2031, 3, 31),
    "method": "straight",
    "percent": Decimal("25.89"),
}


def lost(asset: dict[str, Any], value: str, month: date) -> Decimal:
    compiled = compile_text(good("depreciation"))
    assert compiled.problems == ()
    assert compiled.catalog is not None
    run = compiled.catalog.doctypes["Depreciation Run"]
    head = new_row(run.head) | {"id": 1, "month": month}
    row = append_row(head, "lines", run.tables["lines"])
    row |= {"asset": 1, "value": Decimal(value)}
    assert calculate(Calculation(compiled.catalog, run, head, {"Asset": {1: asset}}, {})) == []
    assert head["total"] == row["amount"]
    return Decimal(row["amount"])


@pytest.mark.parametrize(
    ("change", "value", "month", "amount"),
    [
        # 95,000 × 30 ÷ 1,826 days
        ({}, "100000", date(2026, 4, 10), "1560.79"),
        # put to use on the 16th: 15 days of a life that is as much shorter
        ({"put_to_use": date(2026, 4, 16)}, "100000", date(2026, 4, 1), "786.86"),
        # 80,000 × 25.89 % × 30 ÷ 365
        ({"method": "reducing"}, "80000", date(2026, 4, 1), "1702.36"),
        # a leap year has 366 days: 80,000 × 25.89 % × 29 ÷ 366
        ({"method": "reducing"}, "80000", date(2028, 2, 1), "1641.11"),
        # never below the residual value, nothing before its use and nothing after its life
        ({}, "5100", date(2031, 3, 1), "100.00"),
        ({}, "5000", date(2031, 3, 1), "0.00"),
        ({}, "100000", date(2026, 3, 1), "0.00"),
        ({}, "90000", date(2031, 4, 1), "0.00"),
    ],
)
def test_what_an_asset_loses_in_a_month(
    change: dict[str, Any], value: str, month: date, amount: str
) -> None:
    assert lost(MACHINE | change, value, month) == Decimal(amount)
