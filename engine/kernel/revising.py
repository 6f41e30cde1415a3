"""What changes when documents are entered into the past, or taken out of it: all that follows, as differences.

``entered`` and ``taken_out`` work it out over ``Archive``, the stored entries and the documents behind them; nothing
is written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from engine.catalog.ledgers import Ledger, LedgerLimit
from engine.catalog.whole import Catalog
from engine.kernel.correcting import Revised, goods, journal
from engine.kernel.entries import ZERO, Entry
from engine.kernel.finding import Finding
from engine.kernel.following import Standing
from engine.kernel.limits import applies
from engine.kernel.movements import Key, Movement, Position
from engine.kernel.past import Books, Past
from engine.kernel.posting_case import PostingCase
from engine.kernel.repost import Reposted, Trouble, Wake, carried_before, repost
from engine.kernel.rows import Facts, Row
from engine.kernel.valuation import Method, Slice


class Archive(Books, Protocol):
    """Books, and the documents that wrote them."""

    def know_documents(self, documents: Mapping[int, str]) -> None:
        """Read documents (id → what ``origin_type`` of their rows says) in bulk."""
        ...

    def document(self, row: Row) -> tuple[PostingCase, Standing]:
        """The document of a row as it was posted, and its live entries by ledger, corrections included."""
        ...

    @property
    def facts(self) -> Facts:
        """What is known of the records that the documents in hand name."""
        ...

    def titled(self, row: Row) -> str:
        """What people call the document of a row."""
        ...

    def named(self, ledger: Ledger, row: Row) -> str:
        """What people call the key of a row."""
        ...


@dataclass(slots=True)
class Revision:
    """``entries``: the differences, each of the document that it corrects (``kinds``: id → ``origin_type``).

    ``states``: how the keys that were gone through are carried now; ``past`` has their movements and ``slices`` what
    each took of layers. Where there are ``findings`` (with the document that each is of) nothing may be written.
    """

    past: Past
    entries: list[Entry] = field(default_factory=list)
    kinds: dict[int, str] = field(default_factory=dict)
    states: dict[Key, Method] = field(default_factory=dict)
    slices: dict[int, list[Slice]] = field(default_factory=dict)
    findings: list[tuple[int, Finding]] = field(default_factory=list)


def carried_at(
    archive: Archive, catalog: Catalog, rows: Iterable[tuple[Ledger, Row]], position: Position
) -> dict[Key, Method]:
    """How the keys of ``rows`` were carried before ``position``, by what was known then."""
    past, found = Past(catalog, archive), dict[Key, Method]()
    for ledger, row in rows:
        key = past.know(ledger, row)
        if key not in found:
            carried = carried_before(past.movements(key), past.method(key), position)
            carried.reach(row["date"])
            found[key] = carried.now
    return found


def entered(archive: Archive, catalog: Catalog, rows: Sequence[tuple[Ledger, Row]]) -> Revision:
    """What follows from the entries ``rows``, which the archive has and whose worth is what stood where they stand."""
    past, own = Past(catalog, archive), list[Movement]()
    for ledger, row in rows:
        past.movements(past.know(ledger, row))
        movement = past.movement(row["id"])
        if movement is not None:
            own.append(movement)
    stale = [other for movement in own for other in _siblings(past, movement)]
    found = _revise(archive, past, _wakes(own), stale, rows[0][1]["origin"])
    _check_floors(archive, found, own)
    return found


def taken_out(
    before: Archive, after: Archive, catalog: Catalog, documents: Sequence[int]
) -> Revision:
    """What follows where the goods of ``documents`` never moved: ``after`` is without them."""
    whole, left = Past(catalog, before), Past(catalog, after)
    own = whole.of_documents(documents)
    stale: list[Movement] = []
    for movement in own:
        left.know(catalog.ledgers[movement.key[0]], whole.rows[movement.id])
        for other in _built_on(whole, movement):
            if other.document in documents:
                continue
            if movement.how != "back" or other.how != "back":
                finding = _in_use(before, whole, movement, other)
                return Revision(left, findings=[(movement.document, finding)])
            stale.append(_again(whole, left, other))
    found = _revise(after, left, _wakes(own), stale, documents[0])
    _check_floors(after, found, own)
    return found


def _wakes(own: Iterable[Movement]) -> list[Wake]:
    return [(movement.position, movement.key) for movement in own]


def _siblings(past: Past, movement: Movement) -> list[Movement]:
    """What came back of the same goods after ``movement`` came back."""
    if movement.how != "back":
        return []
    return [other for other in past.dependants(movement) if other.how == "back"]


def _built_on(past: Past, movement: Movement) -> list[Movement]:
    """What brought back of a movement, and what corrects it."""
    found = [other for other in past.dependants(movement) if other.how == "back"]
    return found + [other for other in past.movements(movement.key) if other.target == movement.id]


def _again(before: Past, after: Past, movement: Movement) -> Movement:
    """A movement as another past has it."""
    ledger = before.catalog.ledgers[movement.key[0]]
    after.movements(after.know(ledger, before.rows[movement.id]))
    found = after.movement(movement.id)
    assert found is not None
    return found


def _revise(
    archive: Archive, past: Past, wakes: Sequence[Wake], stale: Sequence[Movement], cause: int
) -> Revision:
    done = repost(past, wakes, stale)
    found = Revision(past, states=done.states, slices=done.slices)
    found.findings = [(t.movement.document, _told(archive, past, t)) for t in done.troubles]
    if not found.findings:
        _correct(archive, done, found, cause)
    return found


def _correct(archive: Archive, done: Reposted, found: Revision, cause: int) -> None:
    revised = [Revised(movement, done.worth[movement.id]) for movement in done.changed]
    of: dict[int, list[Revised]] = {}
    for one in revised:
        if one.days():
            of.setdefault(one.movement.document, []).append(one)
    rows = {number: found.past.rows[own[0].movement.id] for number, own in of.items()}
    found.kinds = {number: row["origin_type"] for number, row in rows.items()}
    archive.know_documents(found.kinds)
    for number, own in of.items():
        case, standing = archive.document(rows[number])
        told = len(case.findings)
        found.entries += goods(found.past, own, cause)
        found.entries += journal(case, standing, own, cause)
        found.findings += [(number, finding) for finding in case.findings[told:]]


def _check_floors(archive: Archive, found: Revision, own: Sequence[Movement]) -> None:
    """Floors of less than a key (of a batch) hold at every moment, not only today; that of the key itself is told."""
    if found.findings:
        return
    for key in {movement.key for movement in own}:
        first = min(movement.position for movement in own if movement.key == key)
        ledger = found.past.catalog.ledgers[key[0]]
        for limit in ledger.limits.values():
            if _is_finer(ledger, limit):
                short = _first_short(archive, found.past, key, limit, first)
                if short is not None:
                    found.findings.append(short)


def _is_finer(ledger: Ledger, limit: LedgerLimit) -> bool:
    valuation = ledger.valuation
    assert valuation is not None
    plain = limit.minimum is not None and limit.expression is None
    return plain and limit.measure == valuation.per and set(limit.by) > set(valuation.by)


def _first_short(
    archive: Archive, past: Past, key: Key, limit: LedgerLimit, first: Position
) -> tuple[int, Finding] | None:
    """The first movement from ``first`` on that leaves less than the limit allows."""
    assert limit.minimum is not None
    ledger = past.catalog.ledgers[key[0]]
    assert ledger.valuation is not None
    there: dict[tuple[object, ...], Decimal] = {}
    for movement in past.movements(key):
        row = past.rows[movement.id]
        place = tuple(row[name] for name in limit.by)
        there[place] = there.get(place, ZERO) + row[ledger.valuation.per]
        if movement.position < first or row[ledger.valuation.per] >= 0:
            continue
        entry = Entry(ledger, row["rule"], row)
        if not applies(limit, entry, archive.facts):
            continue
        floor = limit.minimum.run({"this": row, "facts": archive.facts})
        if floor is not None and there[place] < floor:
            missing = floor - there[place]
            return movement.document, _short(archive, past, movement, missing, f"limit.{limit.key}")
    return None


# --- what is told --------------------------------------------------------------------------------


def _told(archive: Archive, past: Past, trouble: Trouble) -> Finding:
    """Why the past cannot be changed so: of which document, on which day."""
    movement = trouble.movement
    ledger, row = past.catalog.ledgers[movement.key[0]], past.rows[movement.id]
    assert ledger.valuation is not None
    who, name = archive.titled(row), archive.named(ledger, row)
    if trouble.kind == "short":
        missing = Decimal(trouble.missing).scaleb(-ledger.measures[ledger.valuation.per].scale)
        return _short(archive, past, movement, missing, "limit.not_covered")
    if trouble.kind == "order":
        return Finding(
            "posting.before_its_source", "", f"{name}: {who} would stand before what it follows from.",
            hint="Take a later day.",
        )  # fmt: skip
    if trouble.kind == "apart":
        return Finding(
            "posting.waits_for_reposting", "",
            f"{name}: {who} values what was there, and would now meet layers of which something has left.",
            hint=f"Cancel {who}, and enter it again afterwards.",
        )  # fmt: skip
    return Finding(
        "posting.bad_value", "", f"{name} would be worth less than nothing at {who}.",
        hint="Correct it by less, or correct what was received later.",
    )  # fmt: skip


def _short(
    archive: Archive, past: Past, movement: Movement, missing: Decimal, code: str
) -> Finding:
    ledger, row = past.catalog.ledgers[movement.key[0]], past.rows[movement.id]
    said = f"{archive.named(ledger, row)}: {missing.normalize():f} would be missing for {archive.titled(row)}."
    return Finding(code, "", said, hint="Take less, or enter first what came in before.")


def _in_use(archive: Archive, past: Past, movement: Movement, other: Movement) -> Finding:
    """What is told where others go back to what is to be taken out."""
    ledger = past.catalog.ledgers[movement.key[0]]
    who, name = archive.titled(past.rows[other.id]), archive.named(ledger, past.rows[movement.id])
    how = "takes its cost from it" if other.how == "back" else "corrects what it is worth"
    return Finding("document.in_use", "", f"{name}: {who} {how}.", hint=f"Cancel {who} first.")
