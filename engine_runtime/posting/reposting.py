"""A past that changes: what the documents after it are worth now, as differences to what stands.

What was entered late, corrected or taken out is carried on through everything that follows from it (the kernel's
``repost``). Everything is worked out first and locked after; where somebody wrote a key that was read meanwhile, the
transaction is broken off and tried again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from engine.catalog.doctypes import Doctype
from engine.catalog.ledgers import Ledger
from engine.kernel.correcting import Revised, goods, journal
from engine.kernel.entries import Entry, balance_key
from engine.kernel.finding import Finding
from engine.kernel.late import closed, locked_until, move_late
from engine.kernel.movements import Movement
from engine.kernel.past import Past, is_goods
from engine.kernel.posting_case import PostingCase, describe
from engine.kernel.repost import Reposted, Trouble, Wake, carried_before, repost
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
    """``entries`` with the origins of the documents that they are of; ``states``: how keys are carried now.

    ``slices`` are in the states' layers: what each issue took. Where there are ``findings``, nothing is to be written.
    """

    entries: list[tuple[Entry, Origin]] = field(default_factory=list)
    states: dict[Key, Method] = field(default_factory=dict)
    done: Reposted = field(default_factory=Reposted)
    past: Past | None = None
    findings: list[tuple[int, Finding]] = field(default_factory=list)
    """With the document that each is of."""
    versions: Mapping[Key, int] = field(default_factory=dict)
    """Of the keys that were read."""


def correct(
    session: Session,
    books: StoredBooks,
    wakes: Sequence[Wake],
    stale: Sequence[Movement],
    past: Past,
    cause: int,
) -> Correction:
    """Carry on from ``wakes``; ``cause``: the document that changes the past."""
    done = repost(past, wakes, stale)
    made = Correction(states=dict(done.states), done=done, past=past, versions=books.versions)
    if done.troubles:
        made.findings = [(t.movement.document, _told(session, past, t)) for t in done.troubles]
        return made
    revised = [Revised(m, done.worth[m.id]) for m in done.changed]
    revised = [one for one in revised if one.days()]
    if not revised:
        return made
    entries = goods(past, revised, cause)
    of: dict[int, list[Revised]] = {}
    for one in revised:
        of.setdefault(one.movement.document, []).append(one)
    kinds = {number: past.rows[own[0].movement.id]["origin_type"] for number, own in of.items()}
    books.know_documents(kinds)
    for number, own in of.items():
        case, standing = books.document(number, kinds[number])
        before = len(case.findings)
        entries += journal(case, standing, own, cause)
        made.findings += [(number, found) for found in case.findings[before:]]
    made.entries = [(entry, _origin(session, entry, kinds)) for entry in entries]
    made.findings += [(cause, found) for found in _shut(session, entries)]
    return made


def _origin(session: Session, entry: Entry, kinds: Mapping[int, str]) -> Origin:
    document = entry.values["origin"]
    moment = entry.moment or session.now
    return Origin(kinds[document], document, session.live.version, session.now, moment)


def take_out(session: Session, books: StoredBooks, documents: Sequence[int]) -> Correction:
    """What follows for others where the goods of ``documents`` never moved; ``books`` still have them."""
    before, gone = Past(session.catalog, books), frozenset(documents)
    own = before.of_documents(documents)
    left = replace(books, removed=gone)
    after = Past(session.catalog, left)
    stale: list[Movement] = []
    findings: list[tuple[int, Finding]] = []
    for movement in own:
        row = before.rows[movement.id]
        after.know(before.catalog.ledgers[movement.key[0]], row)
        for other in _built_on(before, movement):
            if other.document in gone:
                continue
            if movement.how == "back" and other.how == "back":
                stale.append(_again(before, after, other))
            else:
                findings.append((movement.document, _in_use(session, before, movement, other)))
    if findings:
        return Correction(findings=findings[:1])
    wakes = [(movement.position, movement.key) for movement in own]
    return correct(session, left, wakes, stale, after, documents[0])


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


def _in_use(session: Session, past: Past, movement: Movement, other: Movement) -> Finding:
    """What is told where others go back to what is to be taken out."""
    who = _document(session, past, other)
    how = "takes its cost from it" if other.how == "back" else "corrects what it is worth"
    return Finding(
        "document.in_use",
        "",
        f"{_name(session, past, movement)}: {who} {how}.",
        hint=f"Cancel {who} first.",
    )


def _document(session: Session, past: Past, movement: Movement) -> str:
    """The document of a movement by its number, on its day."""
    row = past.rows[movement.id]
    kind = session.catalog.doctypes[session.catalog.by_key[row["origin_type"]]]
    found = session.gateway.by_id(session.spec(kind), ("number",), [row["origin"]])
    number = found[row["origin"]]["number"] if row["origin"] in found else None
    return f"{kind.label} {number or ''} of {row['date']:%d-%m-%Y}".replace("  ", " ")


def take_in(session: Session, standing: Standing, made: Correction) -> None:
    """Lock what a correction touches beside what is locked, and bring it into ``standing``. Raises PastMoved."""
    entries = [entry for entry, _ in made.entries]
    assign_ids(entries, session.gateway.ids(len(entries)))
    more = lock(session.gateway, session.catalog, session.tables, _keys(standing, made))
    for read, version in made.versions.items():
        row = more.balances.get(read)
        if row is not None and row["version"] != version:
            raise PastMoved(f"{read[1]} was written meanwhile.")
    standing.balances |= more.balances
    standing.states |= made.states
    standing.reposted |= made.states.keys()
    for key in made.states:
        standing.balances[key]["changed"] = True
    for entry, origin in made.entries:
        apply(standing, [entry], origin.moment)


def _keys(standing: Standing, made: Correction) -> Keys:
    """The keys that a correction touches, without those that are locked already."""
    found = Keys()
    touched = {key: int(key[1].split("|")[1]) for key in made.states}
    for entry, _ in made.entries:
        for by in entry.ledger.keepers:
            key = (entry.ledger.name, balance_key(by, entry.values["company"], entry.values))
            touched[key] = entry.values["company"]
    for (ledger, text), company in touched.items():
        if (ledger, text) not in standing.balances:
            found.kept.setdefault(ledger, set()).add(text)
            found.companies[ledger, text] = company
    return found


def _shut(session: Session, entries: Sequence[Entry]) -> list[Finding]:
    """What of a correction falls into closed periods; what its ledger dates later is dated later."""
    company = entries[0].values["company"]
    locks = locks_of(session.gateway, [company], posting=True)[company]
    move_late(session.catalog, entries, lambda area: locked_until(locks, area))
    return closed(locks, entries, "")


class Changing:
    """What the documents of a call change in the past. ``access`` reaches the documents of before."""

    def __init__(self, session: Session, access: Access) -> None:
        self.session = session
        self.access = access
        self.pending: list[tuple[Entry, Origin]] = []
        self.own: dict[int, PostingCase] = {}
        self.waking: list[Entry] = []
        self._books: StoredBooks | None = None

    def books(self) -> StoredBooks:
        """The books with all that was noted so far."""
        if self._books is None:
            self._books = StoredBooks(
                self.session, self.access, tuple(self.pending), dict(self.own)
            )
        return self._books

    def moment(self, on: date, now: datetime, entries: Iterable[Entry]) -> datetime:
        """Where a document of an earlier day stands: behind what its keys moved on that day."""
        zone, books = self.session.zone, self.books()
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
        past = Past(self.session.catalog, self.books())
        found: dict[Key, Method] = {}
        for entry in _of_goods(entries):
            key = past.know(entry.ledger, {**entry.values, "origin_type": doctype.key})
            if key not in found:
                carried = carried_before(past.movements(key), past.method(key), (moment, document))
                carried.reach(moment.astimezone(self.session.zone).date())
                found[key] = carried.now
        return found

    def note(
        self, entries: Sequence[Entry], origin: Origin | None, case: PostingCase, *, late: bool
    ) -> None:
        """A document was worked out; ``late``: before movements that stand."""
        assert origin is not None
        self.pending += [(entry, origin) for entry in entries]
        self.own[origin.document] = case
        revised = {id(entry) for entry in case.revised}
        self.waking += [e for e in _of_goods(entries) if late or id(e) in revised]
        self._books = None

    def work_out(self) -> Correction:
        """What follows for others."""
        if not self.waking:
            return Correction()
        books = self.books()
        past = Past(self.session.catalog, books)
        own = []
        for entry in self.waking:
            past.movements(past.know(entry.ledger, books.row_of(entry)))
            movement = past.movement(entry.id or 0)
            if movement is not None:
                own.append(movement)
        wakes = [(movement.position, movement.key) for movement in own]
        stale = [other for movement in own for other in _siblings(past, movement)]
        cause = self.waking[0].values["origin"]
        return correct(self.session, books, wakes, stale, past, cause)


def _siblings(past: Past, movement: Movement) -> list[Movement]:
    """What came back of the same goods after ``movement`` came back."""
    if movement.how != "back":
        return []
    return [other for other in past.dependants(movement) if other.how == "back"]


def _of_goods(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if is_goods(entry.ledger)]


def anew(session: Session, ledger: Ledger, made: Correction) -> list[Statement]:
    """The layers of ``ledger`` whose past was worked out again."""
    past, keys = made.past, []
    for (name, text), state in made.states.items():
        if name == ledger.name and isinstance(state, Fifo) and past is not None:
            own = past.movements((name, text))
            slices = {m.id: made.done.slices.get(m.id, []) for m in own}
            moments = {m.id: past.rows[m.id]["moment"] for m in own}
            keys.append(Anew(text, state, slices, moments))
    return layers_anew(session.gateway, ledger, session.tables, keys) if keys else []


def _told(session: Session, past: Past, trouble: Trouble) -> Finding:
    """Why the past cannot be changed so: of which document, on which day."""
    movement = trouble.movement
    ledger = past.catalog.ledgers[movement.key[0]]
    assert ledger.valuation is not None
    on, who = f"{movement.date:%d-%m-%Y}", _document(session, past, movement)
    name = _name(session, past, movement)
    if trouble.kind == "short":
        scale = ledger.measures[ledger.valuation.per].scale
        missing = f"{Decimal(trouble.missing).scaleb(-scale).normalize():f}"
        return Finding(
            "limit.not_covered", "", f"{name}: {missing} would be missing for {who}.",
            hint=f"Receive {missing} more before {on}, or take less.",
        )  # fmt: skip
    if trouble.kind == "order":
        return Finding(
            "posting.before_its_source", "", f"{name}: {who} would stand before what it follows from.",
            hint="Take a later day.",
        )  # fmt: skip
    return Finding(
        "posting.bad_value", "", f"{name} would be worth less than nothing on {on}.",
        hint="Correct it by less, or correct what was received later.",
    )  # fmt: skip


def _name(session: Session, past: Past, movement: Movement) -> str:
    ledger, row = past.catalog.ledgers[movement.key[0]], past.rows[movement.id]
    assert ledger.valuation is not None
    entry = Entry(ledger, row["rule"], row)
    return describe(session.catalog, session.facts, entry, ledger.valuation.by)
