"""Whether the balances that a transaction leaves behind are allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import Any

from engine.catalog.fields import DOCUMENT
from engine.catalog.ledgers import LedgerLimit
from engine.catalog.whole import Catalog
from engine.expr.formats import group_digits, shown
from engine.expr.program import BalanceCall
from engine.kernel.breaches import Breach, figure
from engine.kernel.entries import ZERO, Entry, balance_key
from engine.kernel.finding import Finding, path_of
from engine.kernel.posting_case import describe
from engine.kernel.rows import Facts, Row

Before = Mapping[tuple[str, str], Mapping[str, Decimal]]
"""(ledger name, balance key) → measure → balance before the entries."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A limit that the entries break, found at ``entry``; ``measured`` and ``allowed`` are the figures behind it."""

    entry: Entry
    finding: Finding
    ledger: str
    limit: LedgerLimit
    key: str
    measured: Decimal
    allowed: Decimal

    def settled(self, *, done: bool) -> tuple[Finding, Breach | None]:
        """What it comes to; ``done``: the entry is of what has happened already, which may not be refused."""
        if not done or self.limit.if_done is None:
            return self.finding, None
        measured, allowed = figure(self.measured), figure(self.allowed)
        name = f"{self.ledger}: {self.limit.key.replace('_', ' ')}"
        breach = Breach(
            self.limit.key, self.ledger, name, self.key, measured, allowed,
            self.finding.message, self.limit.if_done.roles,
        )  # fmt: skip
        return replace(self.finding, action="warn", hint=""), breach


@dataclass(frozen=True, slots=True)
class Replaced:
    """Of a document that is posted again: what stood of it (``Stood``), and all that it would write now."""

    stood: Mapping[str, Sequence[Row]]
    wanted: Sequence[Entry]

    def sums(self, ledger: str, limit: LedgerLimit, text: str) -> tuple[Decimal, Decimal]:
        """What stood at the key ``text``, and what is wanted there."""
        values = [entry.values for entry in self.wanted if entry.ledger.name == ledger]
        return (
            _sum_of(self.stood.get(ledger, ()), limit, text),
            _sum_of(values, limit, text),
        )


def _sum_of(rows: Iterable[Row], limit: LedgerLimit, text: str) -> Decimal:
    return sum(
        (row[limit.measure] for row in rows if balance_key(limit.by, row["company"], row) == text),
        ZERO,
    )


@dataclass(slots=True)
class _Key:
    """What a transaction does to one key of one limit.

    ``own``: what documents open as items of their own; ``others``: what settles the items of other
    documents. Reversals count in neither: what a document may take back was decided when it was posted.
    """

    ledger: str
    limit: LedgerLimit
    entry: Entry
    """The last one that moves it the wrong way, which is where it is passed."""
    stood: Decimal
    total: Decimal
    own: Decimal = ZERO
    others: Decimal = ZERO
    moved: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    """(ledger, measure) → what the entries add, for a measure over several ledgers."""
    old: Decimal | None = None
    """What stood of a document that is posted again; ``stood`` is then without it, and it is written whole."""


def check_limits(
    catalog: Catalog,
    facts: Facts,
    before: Before,
    entries: Iterable[Entry],
    words: Facts | None = None,
    replaced: Replaced | None = None,
) -> list[Broken]:
    """The limits of the ledgers that ``entries`` break: each key once, with the entry that breaks it.

    ``words``: what records are called, where that is more than ``facts`` know. ``replaced``: where the entries are the
    difference of a document that is posted again; what it opens and settles is then told by the whole of it.
    """
    broken: list[Broken] = []
    named = facts if words is None else words
    for key in _keys(catalog, facts, before, entries, replaced):
        name = partial(describe, catalog, named, key.entry, key.limit.by)
        words_of = _Words(name, catalog.country.digit_groups)
        if not key.limit.crosses_zero:
            found = _settled(words_of, key)
        else:
            found = _below(words_of, facts, key) or _above(words_of, facts, key)
        if found is not None:
            finding, allowed = found
            said = replace(_in_words(facts, key, finding), action=key.limit.action)
            broken.append(
                Broken(key.entry, said, key.ledger, key.limit, name(), key.total, allowed)
            )
    return broken


_Found = tuple[Finding, Decimal]
"""What is told, and how far it might have gone."""


@dataclass(frozen=True, slots=True)
class _Words:
    """What people are told: ``name`` is the key in words, which are looked for only where something is told of it."""

    name: Callable[[], str]
    groups: str

    def show(self, value: Decimal) -> str:
        return shown(value, self.groups)

    def open(self, value: Decimal) -> str:
        return group_digits(f"{abs(value):f}", self.groups)


def _in_words(facts: Facts, key: _Key, finding: Finding) -> Finding:
    """The finding with the limit's own message, where it has one."""
    if key.limit.message is None:
        return finding
    said = key.limit.message.run({"this": key.entry.values, "facts": facts})
    return replace(finding, message=said, hint="")


def is_told(entry: Entry, found: Iterable[Finding]) -> bool:
    """Whether ``found`` says already that this entry is short: what valuation could not cover is that shortage."""
    return entry.ledger.valuation is not None and any(f.code == "limit.not_covered" for f in found)


def _keys(
    catalog: Catalog,
    facts: Facts,
    before: Before,
    entries: Iterable[Entry],
    replaced: Replaced | None,
) -> Iterable[_Key]:
    found: dict[tuple[str, str, str], _Key] = {}
    for entry in entries:
        for ledger, limit in _limits_of(catalog, entry):
            if not applies(limit, entry, facts):
                continue
            text = balance_key(limit.by, entry.values["company"], entry.values)
            place = (ledger, limit.key, text)
            if limit.expression is not None:
                key = found.setdefault(place, _Key(ledger, limit, entry, ZERO, ZERO))
                _count_several(key, facts, _Books(ledger, text, before), entry)
                continue
            stood = before[(ledger, text)][limit.measure]
            key = found.setdefault(place, _Key(ledger, limit, entry, stood, stood))
            _count(key, entry)
    for (ledger, _, text), key in found.items() if replaced is not None else ():
        if not key.limit.crosses_zero and replaced is not None:
            _count_whole(key, *replaced.sums(ledger, key.limit, text))
    return found.values()


def _limits_of(catalog: Catalog, entry: Entry) -> Iterable[tuple[str, LedgerLimit]]:
    """The limits of the entry's ledger, and those of others that read it."""
    for limit in entry.ledger.limits.values():
        yield entry.ledger.name, limit
    for name in dict.fromkeys(name for name, _ in entry.ledger.beside):
        for limit in catalog.ledgers[name].limits.values():
            if entry.ledger.name in limit.others:
                yield name, limit


@dataclass(frozen=True, slots=True)
class _Books:
    """What stands at one key of a ledger, and of those beside it."""

    ledger: str
    text: str
    before: Before


def _count_several(key: _Key, facts: Facts, books: _Books, entry: Entry) -> None:
    """Work the measure out anew, with what this entry adds."""
    stood = _over_several(key, facts, books, {})
    if not key.moved:
        key.stood = key.total = stood
    for name in entry.ledger.measures:
        place = (entry.ledger.name, name)
        key.moved[place] = key.moved.get(place, ZERO) + entry.values[name]
    for name, worth in entry.worth.items():
        place = (entry.ledger.name, f"{name}_worth")
        key.moved[place] = key.moved.get(place, ZERO) + worth
    total = _over_several(key, facts, books, key.moved)
    if (total < key.total) == (key.limit.minimum is not None):
        key.entry = entry
    key.total = total


def _over_several(
    key: _Key,
    facts: Facts,
    books: _Books,
    moved: Mapping[tuple[str, str], Decimal],
) -> Decimal:
    assert key.limit.expression is not None
    values = key.entry.values
    held: dict[str, Any] = {name: values[name] for name in key.limit.by}
    for name, amount in books.before[(books.ledger, books.text)].items():
        if name not in held:
            held[name] = amount
    for (of, name), amount in moved.items():
        if of == books.ledger:
            held[name] += amount

    def balance(call: BalanceCall) -> Decimal:
        stands = books.before[(call.ledger, books.text)][call.measure]
        return Decimal(stands + moved.get((call.ledger, call.measure), ZERO))

    measured = key.limit.expression.run({"this": held, "facts": facts, "balance": balance})
    return Decimal(measured)


def _count(key: _Key, entry: Entry) -> None:
    amount = entry.values[key.limit.measure]
    key.total += amount
    if (amount < 0) == (key.limit.maximum is None):
        key.entry = entry
    if entry.values.get("reverses") is not None:
        return
    if _is_own(key.limit, entry):
        key.own += amount
    else:
        key.others += amount


def _count_whole(key: _Key, old: Decimal, wanted: Decimal) -> None:
    """Count what a document that is posted again comes to, in place of the difference."""
    is_own = _is_own(key.limit, key.entry)
    key.old = old
    key.stood -= old
    key.own, key.others = (wanted, ZERO) if is_own else (ZERO, wanted)


def _is_own(limit: LedgerLimit, entry: Entry) -> bool:
    """Whether the entry opens the item: it is of the document that is the item, the item is a record that never
    posts, or the ledger has no such notion."""
    items = [n for n in limit.by if entry.ledger.dimensions[n].link == (DOCUMENT,)]
    if not items or entry.opens:
        return True
    return any(entry.values[name] == entry.values["origin"] for name in items)


def applies(limit: LedgerLimit, entry: Entry, facts: Facts) -> bool:
    frame: dict[str, Any] = {"this": entry.values, "facts": facts}
    if limit.when is not None and limit.when.run(frame) is not True:
        return False
    return limit.unless is None or limit.unless.run(frame) is not True


def _place(entry: Entry) -> str:
    line = entry.values["line"]
    if line is None or entry.values.get("reverses") is not None:
        return ""  # What is taken back was written by a row, and is no fault of it.
    return path_of(line, entry.line_table or "")


def _settled(words: _Words, key: _Key) -> _Found | None:
    """An open item is opened by its own document; others move it towards zero, and not beyond."""
    if key.old is not None and not key.others:
        return _beyond(words, key)
    standing = key.stood + key.own
    towards = standing * key.others < ZERO and abs(key.others) <= abs(standing)
    if (not key.others or towards) and key.stood * (key.stood + key.own) >= ZERO:
        return None
    code, place, open_now = f"limit.{key.limit.key}", _place(key.entry), words.open(standing)
    if standing * key.others > ZERO:
        message = f"{words.name()}: this would add to the {open_now} that is open, not settle it."
        hint = "Turn its sign round, or choose another document."
        return Finding(code, place, message, hint=hint), standing
    said = f"only {open_now} is open" if standing else "nothing is open any more"
    hint = f"Take {open_now} at most." if standing else "It is settled already."
    return Finding(code, place, f"{words.name()}: {said}.", hint=hint), ZERO


def _beyond(words: _Words, key: _Key) -> _Found | None:
    """An open item that its own document changes stays open for what others have settled of it."""
    left, stood = key.stood + key.own, key.stood + (key.old or ZERO)
    is_less = left * stood > ZERO and abs(left) < abs(stood)
    is_open = left * key.own > ZERO or not left
    if is_open or is_less or not _is_own(key.limit, key.entry):
        return None
    settled, stands = words.open(key.stood), words.open(key.own)
    said = f"{words.name()}: {settled} of it is settled, and {stands} would stand."
    hint = "Cancel what settles it first."
    return Finding(f"limit.{key.limit.key}", _place(key.entry), said, hint=hint), -key.stood


def _below(words: _Words, facts: Facts, key: _Key) -> _Found | None:
    if key.limit.minimum is None:
        return None
    least = key.limit.minimum.run({"this": key.entry.values, "facts": facts})
    if least is None or key.total >= least or key.total >= key.stood:
        return None
    # A whole measure is counted in int.
    left, wanted = Decimal(key.stood - least), Decimal(key.stood - key.total)
    there, asked = words.show(left), words.show(wanted)
    finding = Finding(
        f"limit.{key.limit.key}",
        _place(key.entry),
        f"{words.name()}: {_label(key)} {there} is there, {asked} is wanted.",
        hint=f"Take {there} at most." if left > 0 else "Bring some in first, or take it elsewhere.",
    )
    return finding, Decimal(least)


def _label(key: _Key) -> str:
    """What is counted, in words."""
    measure = key.entry.ledger.measures.get(key.limit.measure)
    return measure.label.lower() if measure is not None else key.limit.key.replace("_", " ")


def _above(words: _Words, facts: Facts, key: _Key) -> _Found | None:
    if key.limit.maximum is None:
        return None
    most = key.limit.maximum.run({"this": key.entry.values, "facts": facts})
    if most is None or key.total <= most or key.total <= key.stood:
        return None
    room = Decimal(most - key.stood)
    reached, allowed = words.show(Decimal(key.total)), words.show(Decimal(most))
    finding = Finding(
        f"limit.{key.limit.key}",
        _place(key.entry),
        f"{words.name()}: {_label(key)} would be {reached}, {allowed} at most is allowed.",
        hint=f"There is room for {words.show(room)}."
        if room > 0
        else "Take some out first, or bring it elsewhere.",
    )
    return finding, Decimal(most)
