"""Whether the balances that a transaction leaves behind are allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from engine.catalog.fields import DOCUMENT
from engine.catalog.ledgers import LedgerLimit
from engine.catalog.whole import Catalog
from engine.kernel.entries import ZERO, Entry, balance_key
from engine.kernel.finding import Finding, path_of
from engine.kernel.posting_case import describe
from engine.kernel.rows import Facts

Before = Mapping[tuple[str, str], Mapping[str, Decimal]]
"""(ledger name, balance key) → measure → balance before the entries."""


@dataclass(slots=True)
class _Key:
    """What a transaction does to one key of one limit.

    ``own``: what documents open as items of their own; ``others``: what settles the items of other
    documents. Reversals count in neither: what a document may take back was decided when it was posted.
    """

    limit: LedgerLimit
    entry: Entry
    """The last one, which is where the key runs short."""
    stood: Decimal
    total: Decimal
    own: Decimal = ZERO
    others: Decimal = ZERO


def check_limits(
    catalog: Catalog, facts: Facts, before: Before, entries: Iterable[Entry]
) -> list[tuple[Entry, Finding]]:
    """The limits of the ledgers that ``entries`` break: each key once, with the entry that breaks it."""
    findings: list[tuple[Entry, Finding]] = []
    for key in _keys(facts, before, entries):
        if not key.limit.crosses_zero:
            finding = _settled(catalog, facts, key)
        else:
            finding = _below(catalog, facts, key)
        if finding is not None:
            findings.append((key.entry, _in_words(facts, key, finding)))
    return findings


def _in_words(facts: Facts, key: _Key, finding: Finding) -> Finding:
    """The finding with the limit's own message, where it has one."""
    if key.limit.message is None:
        return finding
    said = key.limit.message.run({"this": key.entry.values, "facts": facts})
    return replace(finding, message=said, hint="")


def _keys(facts: Facts, before: Before, entries: Iterable[Entry]) -> Iterable[_Key]:
    found: dict[tuple[str, str, str], _Key] = {}
    for entry in entries:
        for limit in entry.ledger.limits.values():
            if not _applies(limit, entry, facts):
                continue
            text = balance_key(limit.by, entry.values["company"], entry.values)
            place = (entry.ledger.name, limit.key, text)
            stood = before[(entry.ledger.name, text)][limit.measure]
            key = found.setdefault(place, _Key(limit, entry, stood, stood))
            _count(key, entry)
    return found.values()


def _count(key: _Key, entry: Entry) -> None:
    amount = entry.values[key.limit.measure]
    key.total += amount
    if amount < 0:
        key.entry = entry
    if entry.values.get("reverses") is not None:
        return
    if _is_own(key.limit, entry):
        key.own += amount
    else:
        key.others += amount


def _is_own(limit: LedgerLimit, entry: Entry) -> bool:
    """Whether the entry is of the document that is the open item, or the ledger has no such notion."""
    items = [n for n in limit.by if entry.ledger.dimensions[n].link == (DOCUMENT,)]
    return not items or any(entry.values[name] == entry.values["origin"] for name in items)


def _applies(limit: LedgerLimit, entry: Entry, facts: Facts) -> bool:
    frame: dict[str, Any] = {"this": entry.values, "facts": facts}
    if limit.when is not None and limit.when.run(frame) is not True:
        return False
    return limit.unless is None or limit.unless.run(frame) is not True


def _place(entry: Entry) -> str:
    line = entry.values["line"]
    return path_of(line, entry.line_table or "") if line is not None else ""


def _settled(catalog: Catalog, facts: Facts, key: _Key) -> Finding | None:
    """An open item is opened by its own document; others move it towards zero, and not beyond."""
    standing = key.stood + key.own
    towards = standing * key.others < ZERO and abs(key.others) <= abs(standing)
    if (not key.others or towards) and key.stood * (key.stood + key.own) >= ZERO:
        return None
    name = describe(catalog, facts, key.entry, key.limit.by)
    open_now = abs(standing)
    if standing * key.others > ZERO:
        message = f"{name}: this would add to the {open_now} that is open, not settle it."
        return Finding(f"limit.{key.limit.key}", _place(key.entry), message)
    said = f"only {open_now} is open" if open_now else "nothing is open any more"
    hint = f"Take {open_now} at most." if open_now else "It is settled already."
    return Finding(f"limit.{key.limit.key}", _place(key.entry), f"{name}: {said}.", hint=hint)


def _below(catalog: Catalog, facts: Facts, key: _Key) -> Finding | None:
    if key.limit.minimum is None:
        return None
    least = key.limit.minimum.run({"this": key.entry.values, "facts": facts})
    if least is None or key.total >= least or key.total >= key.stood:
        return None
    name = describe(catalog, facts, key.entry, key.limit.by)
    label = key.entry.ledger.measures[key.limit.measure].label.lower()
    # A whole measure is counted in int.
    left, wanted = Decimal(key.stood - least), Decimal(key.stood - key.total)
    return Finding(
        f"limit.{key.limit.key}",
        _place(key.entry),
        f"{name}: {label} {left.normalize():f} is there, {wanted.normalize():f} is wanted.",
        hint=f"Take {left.normalize():f} at most." if left > 0 else "",
    )
