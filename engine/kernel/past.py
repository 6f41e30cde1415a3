"""The past of valued keys, from the rows that stand: which movements there are, and what follows from which.

Implements ``History`` over ``Books``, who answers with stored entries; keys, documents and what came back are read in
bulk when a key is first gone through.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from engine.catalog.doctypes import Doctype
from engine.catalog.ledgers import Ledger, Posting
from engine.catalog.sources import PostedSource
from engine.catalog.whole import Catalog
from engine.expr.nodes import Field, Name, Negate
from engine.expr.types import records_of
from engine.kernel.entries import balance_key
from engine.kernel.knowledge import Known, stepped
from engine.kernel.movements import Key, Movement, Shared
from engine.kernel.rows import Row
from engine.kernel.valuing import units


class Books(Protocol):
    """Stored entries as ``EntriesQuestion`` answers, with those that were reversed, the reversals, and ``moment``,
    ``corrects``, ``cause``, ``how``, ``level`` besides; those about to be written included, those of documents about
    to be taken out left out."""

    def of_keys(self, ledger: Ledger, keys: Collection[Row]) -> list[Row]:
        """Of valued keys; a key is told by any row of it."""
        ...

    def of_documents(self, ledger: Ledger, documents: Collection[int]) -> list[Row]:
        """What documents wrote."""
        ...

    def of_lines(self, ledger: Ledger, lines: Collection[int]) -> list[Row]:
        """What brought back the cost of these rows."""
        ...

    def left_by(self, ledger: Ledger, line: int, tables: tuple[str, ...]) -> list[Row]:
        """What the row ``line`` (of one of ``tables``) and the rows below it wrote."""
        ...

    def above(self, rows: Collection[Row]) -> Mapping[int, frozenset[int]]:
        """The line of each entry → that line, the rows above it and its document."""
        ...

    def kind(self, row: Row) -> Doctype:
        """The doctype that wrote the row, by the catalog of then."""
        ...

    def method(self, ledger: Ledger, row: Row) -> str:
        """How the key of ``row`` is valued."""
        ...

    def worths(self, row: Row, known: Mapping[int, Decimal]) -> Mapping[int, Decimal]:
        """By entry, what the document of ``row`` gives entries that follow from others, worth ``known``."""
        ...


class Past:
    """``History`` of a company's goods. ``rows``: every row that was read, by id."""

    def __init__(self, catalog: Catalog, books: Books) -> None:
        self.catalog = catalog
        self.books = books
        self.rows: dict[int, Row] = {}
        self._moved: dict[int, Movement] = {}
        self._keys: dict[Key, list[Movement]] = {}
        self._like: dict[Key, Row] = {}
        self._documents: dict[int, list[Movement]] = {}
        self._backs: dict[tuple[str, int], list[Movement]] = {}
        self._above: dict[int, frozenset[int]] = {}
        self._left: dict[int, Shared] = {}
        self.goods = [ledger for ledger in catalog.ledgers.values() if ledger.of_goods]

    # --- what is asked --------------------------------------------------------------------------

    def know(self, ledger: Ledger, row: Row) -> Key:
        """The key of a row; it may be asked for from now on."""
        assert ledger.valuation is not None
        key = (ledger.name, balance_key(ledger.valuation.by, row["company"], row))
        self._like.setdefault(key, row)
        return key

    def movement(self, number: int) -> Movement | None:
        """A movement by the id of its entry, once its key or document was read."""
        return self._moved.get(number)

    def method(self, key: Key) -> str:
        return self.books.method(self.catalog.ledgers[key[0]], self._like[key])

    def movements(self, key: Key) -> Sequence[Movement]:
        found = self._keys.get(key)
        if found is None:
            ledger = self.catalog.ledgers[key[0]]
            made = self._make(ledger, self.books.of_keys(ledger, [self._like[key]]))
            found = sorted((m for m in made if m.key == key), key=lambda m: m.position)
            self._keys[key] = found
            self._look_ahead(ledger, found)
        return found

    def dependants(self, movement: Movement) -> Sequence[Movement]:
        found = [
            other
            for other in self._of_document(movement)
            if other.how == "derived" and movement in self.siblings(other)
        ]
        if movement.how in ("taken", "back"):
            found += self._came_back(movement)
        return found

    def siblings(self, movement: Movement) -> Sequence[Movement]:
        row = self.rows[movement.id]
        if row["reverses"] is not None:
            return [self._moved[row["reverses"]]]
        own = self._of_document(movement)
        source = self._negated(movement, own)
        if source is not None:
            return [source]
        return [other for other in own if other.position < movement.position]

    def derive(self, movement: Movement, known: Mapping[int, int]) -> int:
        row = self.rows[movement.id]
        if row["reverses"] is not None:
            return -known[row["reverses"]]
        source = self._negated(movement, self._of_document(movement))
        if source is not None:
            return -known[source.id]
        return self._by_document(movement, known)

    def shared(self, movement: Movement) -> Shared:
        found = self._left.get(movement.id)
        if found is None:
            found = self._left[movement.id] = self._share(movement)
        return found

    # --- reading --------------------------------------------------------------------------------

    def _make(self, ledger: Ledger, rows: Sequence[Row]) -> list[Movement]:
        """The movements of ``rows``; all rows that speak of them are among these."""
        cancelled = _cancelled(rows)
        live = [row for row in rows if row["id"] not in cancelled]
        stands: dict[int, dict[date, int]] = {}
        for row in live:
            days = stands.setdefault(row["corrects"] if row["cause"] else row["id"], {})
            days[row["date"]] = days.get(row["date"], 0) + _worth(ledger, row)
        facts = [row for row in live if not row["cause"]]
        # A receipt comes before what corrects it.
        facts.sort(key=lambda row: row["corrects"] is not None)
        return [self._moved.get(r["id"]) or self._one(ledger, r, stands[r["id"]]) for r in facts]

    def _one(self, ledger: Ledger, row: Row, stands: Mapping[date, int]) -> Movement:
        target = row["corrects"]
        if target is not None and target not in self._moved:
            # What is corrected lies in the same key.
            self.movements(self.know(ledger, row))
            return self._moved[row["id"]]
        if row["how"] is None:
            row |= self._of_old(ledger, row)
        quantity = units(row[_per(ledger)], ledger.measures[_per(ledger)].scale)
        position = (row["moment"], row["origin"], row["level"], quantity >= 0, row["id"])
        made = Movement(
            row["id"], self.know(ledger, row), position, row["origin"], row["date"], quantity,
            row["how"], _steps(stands), target,
        )  # fmt: skip
        if target is not None:
            _stand_behind(made, self._moved[target])
        self.rows[made.id] = row
        self._moved[made.id] = made
        return made

    def _of_old(self, ledger: Ledger, row: Row) -> Row:
        """How a row found its worth that was written before this was kept: by the rules of then."""
        posts = self.books.kind(row).posts
        posting, moves = posts.get(row["rule"]), bool(row[_per(ledger)])
        if row["corrects"] is not None:
            return {"how": "adds", "level": 0}
        if row["reverses"] is not None or posting is None:
            return {"how": "derived" if moves else "rest", "level": len(posts) + 1}
        level = 1 + list(posts).index(posting.key) if posting.reads_posted else 0
        if posting.cost_of is not None:
            return {"how": "back", "level": level}
        if _of(ledger) not in posting.set and posting.into != _of(ledger):
            return {"how": "taken" if moves else "rest", "level": level}
        if not moves:
            return {"how": "adds", "level": level}
        return {"how": "derived" if level else "given", "level": level}

    def of_documents(self, numbers: Collection[int]) -> list[Movement]:
        """The movements of documents, in all ledgers of goods."""
        self._read_documents([n for n in numbers if n not in self._documents])
        return [movement for number in numbers for movement in self._documents[number]]

    def _of_document(self, movement: Movement) -> list[Movement]:
        """The movements of its document, in all ledgers of goods, by position."""
        number = movement.document
        if number not in self._documents:
            self._read_documents([number])
        return self._documents[number]

    def _read_documents(self, numbers: Collection[int]) -> None:
        for number in numbers:
            self._documents[number] = []
        for ledger in self.goods:
            for made in self._make(ledger, self.books.of_documents(ledger, numbers)):
                self._documents[made.document].append(made)
        for number in numbers:
            self._documents[number].sort(key=lambda movement: movement.position)

    def _look_ahead(self, ledger: Ledger, movements: Sequence[Movement]) -> None:
        """Read in bulk what may follow from the movements of a key: in their documents, and what came back."""
        wanted, alone = set[int](), set[int]()
        for movement in movements:
            if movement.document not in self._documents:
                derives = self._derives(self.books.kind(self.rows[movement.id]))
                (wanted if derives else alone).add(movement.document)
        for number in alone:
            # Nothing of the document follows from anything of it.
            self._documents.setdefault(number, [])
        self._read_documents(sorted(wanted))
        left = [self.rows[m.id] for m in movements if m.how == "taken" and m.id not in self._above]
        self._read_backs(ledger, left)

    def _derives(self, kind: Doctype) -> bool:
        """Whether entries of goods of a document may follow from others of it."""
        for posting in kind.posts.values():
            ledger = self.catalog.ledgers.get(posting.ledger)
            if ledger is None or posting.undo:
                return True
            if posting.reads_posted and ledger.of_goods:
                return True
            if any(self.catalog.ledgers[p.ledger].of_goods for p in ledger.posts.values()):
                return True
        return False

    def _read_backs(self, ledger: Ledger, left: Sequence[Row]) -> None:
        rows = [row for row in left if row["line"] is not None]
        above = self.books.above(rows)
        self._above |= {row["id"]: above[row["line"]] | {row["origin"]} for row in rows}
        lines = {line for row in rows for line in self._above[row["id"]]}
        fresh = {line for line in lines if (ledger.name, line) not in self._backs}
        for line in fresh:
            self._backs[ledger.name, line] = []
        if fresh:
            self._note_backs(ledger, self._make(ledger, self.books.of_lines(ledger, sorted(fresh))))

    def _note_backs(self, ledger: Ledger, made: Iterable[Movement]) -> None:
        for movement in made:
            if movement.how == "back":
                line = self.rows[movement.id]["of_line"]
                self._backs.setdefault((ledger.name, line), []).append(movement)

    # --- what came back -------------------------------------------------------------------------

    def _came_back(self, movement: Movement) -> list[Movement]:
        """What takes its share of the same goods after ``movement``."""
        ledger, row = self.catalog.ledgers[movement.key[0]], self.rows[movement.id]
        if movement.how == "back":
            self.shared(movement)
            lines = frozenset([row["of_line"]])
        else:
            if movement.id not in self._above:
                self._read_backs(ledger, [row])
            lines = self._above.get(movement.id, frozenset())
        found = [
            other
            for line in lines
            for other in self._backs.get((ledger.name, line), ())
            if other.position > movement.position
        ]
        return [
            other
            for other in found
            if movement in (shared := self.shared(other)).left or movement in shared.earlier
        ]

    def _share(self, movement: Movement) -> Shared:
        """What left by the row that ``movement`` brings back of, and what came back of it before: of the same pool."""
        ledger, row = self.catalog.ledgers[movement.key[0]], self.rows[movement.id]
        posting = self.books.kind(row).posts[row["rule"]]
        assert posting.cost_of is not None
        tables = tuple(record.key for record in records_of(posting.cost_of.type))
        place = (ledger.name, row["of_line"])
        rows = self.books.left_by(ledger, row["of_line"], tables)
        left = [own for own in self._make(ledger, rows) if own.quantity < 0]
        if place not in self._backs:
            self._backs[place] = []
            self._note_backs(
                ledger, self._make(ledger, self.books.of_lines(ledger, [row["of_line"]]))
            )
        apart = _told_apart(ledger, [self.rows[own.id] for own in left])
        pool = _pool(row, apart)
        return Shared(
            [own for own in left if _pool(self.rows[own.id], apart) == pool],
            sorted(
                (
                    other
                    for other in self._backs[place]
                    if _pool(self.rows[other.id], apart) == pool
                    and other.position < movement.position
                ),
                key=lambda other: other.position,
            ),
        )

    # --- what a document works out --------------------------------------------------------------

    def _negated(self, movement: Movement, own: Sequence[Movement]) -> Movement | None:
        """The movement whose worth it takes over with the other sign: ``value: -row.value`` over ``posted.out``."""
        row, ledger = self.rows[movement.id], self.catalog.ledgers[movement.key[0]]
        posting = self.books.kind(row).posts.get(row["rule"])
        key = _takes_over(ledger, posting) if posting is not None else None
        if key is None:
            return None
        mine = [m for m in own if self.rows[m.id]["rule"] == row["rule"]]
        theirs = [m for m in own if self.rows[m.id]["rule"] == key]
        if len(mine) != len(theirs):
            return None
        by_id = sorted(mine, key=lambda m: m.id).index(movement)
        return sorted(theirs, key=lambda m: m.id)[by_id]

    def _by_document(self, movement: Movement, known: Mapping[int, int]) -> int:
        row = self.rows[movement.id]
        told = {number: self._amount(number, worth) for number, worth in known.items()}
        found = self.books.worths(row, told)
        ledger = self.catalog.ledgers[movement.key[0]]
        worth = found.get(movement.id)
        if worth is None:
            # Its document would write other lines, and says so where its journal is worked out.
            return movement.stands[-1][1] if movement.stands else 0
        return units(worth, ledger.measures[_of(ledger)].scale)

    def _amount(self, number: int, worth: int) -> Decimal:
        ledger = self.catalog.ledgers[self._moved[number].key[0]]
        return Decimal(worth).scaleb(-ledger.measures[_of(ledger)].scale)


def _takes_over(ledger: Ledger, posting: Posting) -> str | None:
    """The posting whose entries' worth it takes over with the other sign, one by one."""
    expr = posting.set.get(_of(ledger))
    if expr is None or not isinstance(posting.each, PostedSource) or posting.when is not None:
        return None
    match expr.tree:
        case Negate(operand=Field(of=Name(name=name), name=field)):
            if name == posting.each.name and field == _of(ledger):
                return posting.each.key
    return None


def _stand_behind(made: Movement, receipt: Movement) -> None:
    """What corrects a receipt stands right behind it, and counts from its own day."""
    made.position = (*receipt.position, made.document, made.id)
    if made.date > receipt.date:
        made.stands = ((receipt.date, 0), *made.stands)
    made.date = receipt.date


def _cancelled(rows: Iterable[Row]) -> set[int]:
    """Ids of the entries that were taken back where they stand, and of those that did it.

    What was taken back at a later moment happened, and so did that.
    """
    rows = list(rows)
    moments = {row["id"]: row["moment"] for row in rows}
    gone = [
        (row["id"], row["reverses"])
        for row in rows
        if row["reverses"] is not None and moments.get(row["reverses"]) == row["moment"]
    ]
    return {number for pair in gone for number in pair}


def _steps(stands: Mapping[date, int]) -> Known:
    """What was entered on which day as what is known from which day on."""
    total, found = 0, []
    for day in sorted(stands):
        total += stands[day]
        found.append((day, total))
    return stepped(found)


def _worth(ledger: Ledger, row: Row) -> int:
    return units(row[_of(ledger)], ledger.measures[_of(ledger)].scale)


def _per(ledger: Ledger) -> str:
    assert ledger.valuation is not None
    return ledger.valuation.per


def _of(ledger: Ledger) -> str:
    assert ledger.valuation is not None
    return ledger.valuation.of


def _told_apart(ledger: Ledger, rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(name for name in ledger.dimensions if len({row[name] for row in rows}) > 1)


def _pool(row: Row, apart: tuple[str, ...]) -> tuple[object, ...]:
    return tuple(row[name] for name in apart)
