"""What the books answer: one ``Line`` per key of a report, or per entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

Part = Literal["opening", "inward", "outward", "closing"]
PARTS: tuple[Part, ...] = ("opening", "inward", "outward", "closing")

Sums = dict[str, Decimal]
"""Measure → sum. Money of a ledger that keeps document currencies is its worth in company currency."""


@dataclass(slots=True)
class Line:
    """``keys``: dimensions, details, ``date``, ``origin`` …; ``types``: doctype key of links with several targets.

    ``sums`` are the turnover of the period, or the balance of a report at one date.
    """

    keys: dict[str, Any]
    sums: Sums
    parts: dict[Part, Sums] = field(default_factory=dict)
    types: dict[str, str | None] = field(default_factory=dict)
    entry: int | None = None
    """The id of the entry, in reports with a row per entry."""

    def record(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The line as expressions see it: a bare name is a key, a measure or a parameter.

        All money here is worth already, so ``debit`` and ``debit_worth`` are the same.
        """
        parts: dict[str, Any] = {name: _with_worth(s) for name, s in self.parts.items()}
        return {**asked, **self.keys, **_with_worth(self.sums), **parts}

    def is_zero(self) -> bool:
        """True if nothing stands or moved here."""
        sums = [self.sums, *self.parts.values()]
        return not any(value for part in sums for value in part.values())


def _with_worth(sums: Sums) -> Sums:
    return sums | {f"{measure}_worth": value for measure, value in sums.items()}


def add(lines: list[Line], measures: list[str]) -> Line:
    """The sum of ``lines``, with no keys: what totals and the opening of a running column are worked out from."""
    total = Line({}, {m: sum((one.sums[m] for one in lines), Decimal(0)) for m in measures})
    for part in PARTS:
        found = [one.parts[part] for one in lines if part in one.parts]
        if found or not lines:
            total.parts[part] = {m: sum((p[m] for p in found), Decimal(0)) for m in measures}
    return total
