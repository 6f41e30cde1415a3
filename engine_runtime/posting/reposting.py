"""A past that changes: what the documents after it are worth now, as differences to what stands.

What was entered late, corrected or taken out is carried on through everything that follows from it (the kernel's
``revising``). Everything is worked out first and locked after; where somebody wrote a key that was read meanwhile, the
transaction is broken off and tried again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from engine.catalog.doctypes import Doctype
from engine.catalog.ledgers import Ledger
from engine.kernel.entries import Entry, balance_key
from engine.kernel.finding import Finding
from engine.kernel.late import closed, locked_until, move_late
from engine.kernel.posting_case import PostingCase
from engine.kernel.revising import Revision, carried_at, entered, taken_out
from engine.kernel.valuation import Fifo, Method
from engine_runtime.ledgers.append import Anew, Origin, apply, assign_ids, layers_anew
from engine_runtime.ledgers.moment import moment_for
from engine_runtime.ledgers.periods import locks_of
from engine_runtime.ledgers.standing import Key, Keys, Standing, lock
from engine_runtime.posting.past import Access, StoredBooks
from engine_runtime.posting.session import Session
from engine_runtime.tables.batch import Statement


class PastMoved(Exception):
    """A key was written while the past was worked out: the transaction is to be tried again."""


@dataclass(slots=True)
class Correction:
    """A revision as this database writes it; ``entries`` with the origins of the documents that they correct."""

    revision: Revision
    books: StoredBooks
    entries: list[tuple[Entry, Origin]]
    findings: list[tuple[int, Finding]]
    """With the document that each is of."""

    def layers(self, session: Session, ledger: Ledger) -> list[Statement]:
        """The layers of ``ledger`` in the keys whose past was worked out again."""
        past, keys = self.revision.past, []
        for (name, text), state in self.revision.states.items():
            if name == ledger.name and isinstance(state, Fifo):
                own = past.movements((name, text))
                slices = {m.id: self.revision.slices.get(m.id, []) for m in own}
                moments = {m.id: past.rows[m.id]["moment"] for m in own}
                keys.append(Anew(text, state, slices, moments))
        return layers_anew(session.gateway, ledger, session.tables, keys) if keys else []


def take_out(session: Session, access: Access, documents: Sequence[int]) -> Correction:
    """What follows for others where the goods of ``documents`` (submitted) never moved."""
    books = StoredBooks(session, access)
    left = replace(books, removed=frozenset(documents))
    found = taken_out(books, left, session.catalog, documents)
    return _correction(session, left, found)


def _correction(session: Session, books: StoredBooks, found: Revision) -> Correction:
    entries = [(entry, _origin(session, entry, found)) for entry in found.entries]
    findings = [*found.findings, *_shut(session, found)]
    return Correction(found, books, entries, findings)


def _origin(session: Session, entry: Entry, found: Revision) -> Origin:
    document = entry.values["origin"]
    moment = entry.moment or session.now
    return Origin(found.kinds[document], document, session.live.version, session.now, moment)


def _shut(session: Session, found: Revision) -> list[tuple[int, Finding]]:
    """What of a correction falls into closed periods; what its ledger dates later is dated later."""
    if not found.entries:
        return []
    first = found.entries[0]
    company = first.values["company"]
    locks = locks_of(session.gateway, [company], posting=True)[company]
    move_late(session.catalog, found.entries, lambda area: locked_until(locks, area))
    return [(first.cause or 0, finding) for finding in closed(locks, found.entries, "")]


def take_in(session: Session, standing: Standing, made: Correction) -> None:
    """Lock what a correction touches beside what is locked, and bring it into ``standing``. Raises PastMoved."""
    assign_ids(made.revision.entries, session.gateway.ids(len(made.revision.entries)))
    more = lock(session.gateway, session.catalog, session.tables, _keys(standing, made.revision))
    for read, version in made.books.versions.items():
        row = more.balances.get(read)
        if row is not None and row["version"] != version:
            raise PastMoved(f"{read[1]} was written meanwhile.")
    standing.balances |= more.balances
    standing.states |= made.revision.states
    standing.reposted |= made.revision.states.keys()
    for key in made.revision.states:
        standing.balances[key]["changed"] = True
    for entry, origin in made.entries:
        apply(standing, [entry], origin.moment)


def _keys(standing: Standing, found: Revision) -> Keys:
    """The keys that a revision touches, without those that are locked already."""
    keys = Keys()
    touched = {key: int(key[1].split("|")[1]) for key in found.states}
    for entry in found.entries:
        for by in entry.ledger.keepers:
            key = (entry.ledger.name, balance_key(by, entry.values["company"], entry.values))
            touched[key] = entry.values["company"]
    for (ledger, text), company in touched.items():
        if (ledger, text) not in standing.balances:
            keys.kept.setdefault(ledger, set()).add(text)
            keys.companies[ledger, text] = company
    return keys


class Changing:
    """What the documents of a call change in the past. ``access`` reaches the documents of before."""

    def __init__(self, session: Session, access: Access) -> None:
        self.session = session
        self.access = access
        self.pending: list[tuple[Entry, Origin]] = []
        self.own: dict[int, PostingCase] = {}
        self.waking: list[Entry] = []
        self._stored = StoredBooks(session, access)

    def _books(self) -> StoredBooks:
        """The books with all that was noted so far; what is stored is read once."""
        return replace(self._stored, pending=tuple(self.pending), own=dict(self.own))

    def moment(self, on: date, now: datetime, entries: Iterable[Entry]) -> datetime:
        """Where a document of an earlier day stands: behind what its keys moved on that day."""
        zone, books = self.session.zone, self._books()
        end = datetime.combine(on + timedelta(days=1), time(), zone)
        moments = [
            row["moment"]
            for entry in _of_goods(entries)
            for row in books.of_keys(entry.ledger, [entry.values])
            if row["moment"] < end
        ]
        return moment_for(on, now, max(moments, default=None), zone)

    def states(
        self, doctype: Doctype, entries: Iterable[Entry], moment: datetime, document: int
    ) -> dict[Key, Method]:
        """How the keys of ``entries``, of a ``document`` of ``doctype``, were carried at ``moment``."""
        rows = [(e.ledger, {**e.values, "origin_type": doctype.key}) for e in _of_goods(entries)]
        return carried_at(self._books(), self.session.catalog, rows, (moment, document))

    def note(
        self, entries: Sequence[Entry], origin: Origin | None, case: PostingCase, *, late: bool
    ) -> None:
        """A document was worked out; ``late``: before movements that stand."""
        assert origin is not None
        self.pending += [(entry, origin) for entry in entries]
        self.own[origin.document] = case
        revised = {id(entry) for entry in case.revised}
        self.waking += [e for e in _of_goods(entries) if late or id(e) in revised]

    def work_out(self) -> Correction | None:
        """What follows for others; None where nothing does."""
        if not self.waking:
            return None
        books = self._books()
        rows = [(entry.ledger, books.row_of(entry)) for entry in self.waking]
        return _correction(self.session, books, entered(books, self.session.catalog, rows))


def _of_goods(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.ledger.of_goods]
