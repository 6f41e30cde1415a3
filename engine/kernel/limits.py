"""Whether the balances that a transaction leaves behind are allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from engine.catalog.types import Catalog, LedgerLimit
from engine.kernel.entries import ZERO, Entry, balance_key
from engine.kernel.finding import Finding, path_of
from engine.kernel.posting import describe
from engine.kernel.rows import Facts

Before = Mapping[tuple[str, str], Mapping[str, Decimal]]
"""(ledger name, balance key) → measure → balance before the entries."""


def check_limits(
    catalog: Catalog, facts: Facts, before: Before, entries: Iterable[Entry]
) -> list[tuple[Entry, Finding]]:
    """The limits of the ledgers that ``entries`` break: each key once, with its first entry."""
    after: dict[tuple[str, str, str], tuple[Decimal, Entry, LedgerLimit]] = {}
    for entry in entries:
        for limit in entry.ledger.limits.values():
            if not _applies(limit, entry, facts):
                continue
            key = balance_key(limit.by, entry.values["company"], entry.values)
            place = (entry.ledger.name, limit.key, key)
            stood = before[(entry.ledger.name, key)][limit.measure]
            total, first, _ = after.get(place, (stood, entry, limit))
            after[place] = (total + entry.values[limit.measure], first, limit)
    findings: list[tuple[Entry, Finding]] = []
    for (ledger, _, key), (total, entry, limit) in after.items():
        finding = _broken(catalog, facts, before[(ledger, key)][limit.measure], total, entry, limit)
        if finding is not None:
            findings.append((entry, finding))
    return findings


def _applies(limit: LedgerLimit, entry: Entry, facts: Facts) -> bool:
    frame: dict[str, Any] = {"this": entry.values, "facts": facts}
    if limit.when is not None and limit.when.run(frame) is not True:
        return False
    return limit.unless is None or limit.unless.run(frame) is not True


def _broken(
    catalog: Catalog, facts: Facts, stood: Decimal, total: Decimal, entry: Entry, limit: LedgerLimit
) -> Finding | None:
    line = entry.values["line"]
    path = path_of(line, entry.line_table or "") if line is not None else ""
    name = describe(catalog, facts, entry, limit.by)
    label = entry.ledger.measures[limit.measure].label.lower()
    if not limit.crosses_zero and stood * total < ZERO:
        return Finding(
            f"limit.{limit.key}",
            path,
            f"{name}: only {abs(stood)} is open.",
            hint=f"Take {abs(stood)} at most.",
        )
    if limit.minimum is None:
        return None
    least = limit.minimum.run({"this": entry.values, "facts": facts})
    if least is None or total >= least or total >= stood:
        return None
    # A whole measure is counted in int.
    short, total = Decimal(least - total), Decimal(total)
    return Finding(
        f"limit.{limit.key}",
        path,
        f"{name}: {label} would be {total.normalize():f}; {short.normalize():f} short.",
        hint="Take less, or receive more first.",
    )
