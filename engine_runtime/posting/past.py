"""The past of goods as the database has it: answers the kernel's ``Books``.

Entries that are about to be written count, documents that are about to be taken out do not. The version of every key
that is read is noted first, so that whoever locks it later knows whether it still stands so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import DOCUMENT
from engine.catalog.ledgers import Ledger
from engine.kernel.entries import Entry, balance_key
from engine.kernel.entries_at_hand import as_row
from engine.kernel.following import Standing, follow
from engine.kernel.movements import how_of
from engine.kernel.posting_case import PostingCase, describe
from engine.kernel.rows import Facts, Row
from engine_runtime.active.catalog import catalog_of
from engine_runtime.ledgers.append import Origin
from engine_runtime.ledgers.reverse import key_conditions
from engine_runtime.ledgers.standing import Key
from engine_runtime.ledgers.stored import entries_of, live, types_of
from engine_runtime.posting.answering import as_asked, of_line
from engine_runtime.posting.session import Session
from engine_runtime.tables.asking import select
from engine_runtime.tables.batch import ById
from engine_runtime.tables.query import Condition


@dataclass(frozen=True, slots=True)
class Access:
    """How documents are reached. ``cases``: documents (id → key of the doctype) as they were posted, with rows, facts
    and rules of then; ``gather``: facts of records (doctype → ids) as a doctype reads them."""

    cases: Callable[[Session, Mapping[int, str]], Mapping[int, PostingCase]]
    gather: Callable[[Session, Doctype, dict[str, set[int]]], None]


@dataclass(slots=True)
class StoredBooks:
    """``pending``: entries about to be written; ``own``: the cases of the documents that they are of.

    ``removed``: documents about to be taken out.
    """

    session: Session
    access: Access
    pending: Sequence[tuple[Entry, Origin]] = ()
    own: Mapping[int, PostingCase] = field(default_factory=dict)
    removed: frozenset[int] = frozenset()
    versions: dict[Key, int] = field(default_factory=dict)
    read: dict[Key, list[Row]] = field(default_factory=dict)
    """What was read of keys, whoever asks again in the same transaction."""
    _known: dict[int, PostingCase] = field(default_factory=dict)
    _standing: dict[int, Standing] = field(default_factory=dict)

    # --- what the kernel asks -------------------------------------------------------------------

    def of_keys(self, ledger: Ledger, keys: Collection[Row]) -> list[Row]:
        found: list[Row] = []
        for row in keys:
            found += [own for own in self._of_key(ledger, row) if own["origin"] not in self.removed]
        return found + [row for row in self._at_hand(ledger) if _of_one(ledger, row, keys)]

    def _of_key(self, ledger: Ledger, row: Row) -> list[Row]:
        """What is stored of a key; it is read once, its version first."""
        assert ledger.valuation is not None
        key = (ledger.name, balance_key(ledger.valuation.by, row["company"], row))
        if key not in self.read:
            self._note_version(ledger, key)
            self.read[key] = self._read(ledger, key_conditions(ledger, row))
        return self.read[key]

    def of_documents(self, ledger: Ledger, documents: Collection[int]) -> list[Row]:
        wanted = set(documents)
        found = self._seen(ledger, [Condition("origin_id", "in", sorted(wanted))])
        return found + [row for row in self._at_hand(ledger) if row["origin"] in wanted]

    def of_lines(self, ledger: Ledger, lines: Collection[int]) -> list[Row]:
        wanted = set(lines)
        found = self._seen(ledger, [Condition("of_line", "in", sorted(wanted))])
        return found + [row for row in self._at_hand(ledger) if row["of_line"] in wanted]

    def left_by(self, ledger: Ledger, line: int, tables: tuple[str, ...]) -> list[Row]:
        return self._seen(ledger, [of_line(self.session, line, tables)])

    def above(self, rows: Collection[Row]) -> Mapping[int, frozenset[int]]:
        nested: dict[tuple[str, str], set[int]] = {}
        found = {row["line"]: {row["line"]} for row in rows}
        for row in rows:
            if "." in (row["line_table"] or ""):
                nested.setdefault((row["origin_type"], row["line_table"]), set()).add(row["line"])
        for (key, path), lines in nested.items():
            self._climb(key, path, {line: {line} for line in lines}, found)
        return {line: frozenset(ids) for line, ids in found.items()}

    def kind(self, row: Row) -> Doctype:
        catalog = self.session.catalog
        name = catalog.by_key.get(row["origin_type"], "")
        if row["catalog"] not in (None, self.session.live.version):
            then = catalog_of(row["catalog"])
            if then is not None and name in then.doctypes:
                return then.doctypes[name]
        return catalog.doctypes[name]

    def method(self, ledger: Ledger, row: Row) -> str:
        assert ledger.valuation is not None
        kind = self.session.catalog.doctypes[self.session.catalog.by_key[row["origin_type"]]]
        wanted: dict[str, set[int]] = {}
        for dimension in ledger.dimensions.values():
            value = row[dimension.name]
            for target in dimension.link if value is not None else ():
                if target != DOCUMENT and "." not in target:
                    wanted.setdefault(target, set()).add(value)
        self.access.gather(self.session, kind, wanted)
        frame = {"this": row, "facts": self.session.facts}
        return ledger.valuation.method.run(frame) or "average"

    def worths(self, row: Row, known: Mapping[int, Decimal]) -> Mapping[int, Decimal]:
        case, standing = self.document(row)
        first = {name: [r for r in rows if not r["cause"]] for name, rows in standing.items()}
        return follow(case, first, known).worths

    # --- documents ------------------------------------------------------------------------------

    def document(self, row: Row) -> tuple[PostingCase, Standing]:
        self.know_documents({row["origin"]: row["origin_type"]})
        return self._known[row["origin"]], self._standing[row["origin"]]

    @property
    def facts(self) -> Facts:
        return self.session.facts

    def titled(self, row: Row) -> str:
        kind = self.session.catalog.doctypes[self.session.catalog.by_key[row["origin_type"]]]
        found = self.session.gateway.by_id(self.session.spec(kind), ("number",), [row["origin"]])
        number = found.get(row["origin"], {}).get("number")
        words = [kind.label, *([number] if number else []), f"of {row['date']:%d-%m-%Y}"]
        return " ".join(words)

    def named(self, ledger: Ledger, row: Row) -> str:
        assert ledger.valuation is not None
        entry = Entry(ledger, row["rule"], row)
        return describe(self.session.catalog, self.session.facts, entry, ledger.valuation.by)

    def know_documents(self, documents: Mapping[int, str]) -> None:
        fresh = {n: key for n, key in documents.items() if n not in self._known}
        if not fresh:
            return
        stored = {n: key for n, key in fresh.items() if n not in self.own}
        self._known |= {n: self.own[n] for n in fresh.keys() - stored.keys()}
        self._known |= self.access.cases(self.session, stored) if stored else {}
        self._stand(fresh)

    def _stand(self, documents: Collection[int]) -> None:
        session = self.session
        found: dict[int, dict[str, list[Row]]] = {number: {} for number in documents}
        read = entries_of(session.gateway, session.catalog, session.tables, documents)
        for name, records in read.items():
            ledger = session.catalog.ledgers[name]
            for record in live(records):
                session.types |= types_of(ledger, record)
                row = as_asked(ledger, record)
                found[row["origin"]].setdefault(name, []).append(row)
        for entry, origin in self.pending:
            if origin.document in found and entry.values.get("reverses") is None:
                rows = found[origin.document].setdefault(entry.ledger.name, [])
                rows.append(self._row(entry, origin))
        for standing in found.values():
            for rows in standing.values():
                rows.sort(key=lambda row: row["id"])
        self._standing |= found

    def row_of(self, entry: Entry) -> Row:
        """The row of an entry about to be written."""
        origin = next(origin for own, origin in self.pending if own is entry)
        return self._row(entry, origin)

    # --- rows -----------------------------------------------------------------------------------

    def _read(self, ledger: Ledger, where: Sequence[Condition]) -> list[Row]:
        session = self.session
        spec = session.tables[ledger.table]
        names = [column.name for column in spec.columns]
        query = select(session.gateway, spec, names, where=list(where))
        rows = session.gateway.fetch_many([query])[0]
        return [as_asked(ledger, dict(zip(names, row, strict=True))) for row in rows]

    def _seen(self, ledger: Ledger, where: Sequence[Condition]) -> list[Row]:
        """As ``_read``, without what is about to be taken out."""
        return [row for row in self._read(ledger, where) if row["origin"] not in self.removed]

    def _at_hand(self, ledger: Ledger) -> list[Row]:
        return [self._row(e, origin) for e, origin in self.pending if e.ledger is ledger]

    def _row(self, entry: Entry, origin: Origin) -> Row:
        row = as_row(entry) | {"moment": entry.moment or origin.moment}
        row |= {"origin_type": origin.doctype, "catalog": origin.catalog}
        return row | {"how": how_of(entry)} if entry.ledger.of_goods else row

    def _note_version(self, ledger: Ledger, key: Key) -> None:
        table = self.session.tables[f"{ledger.table}__balance"]
        rows = self.session.gateway.fetch(ById(table, ("version",), [key[1]], by="key"))
        self.versions[key] = rows[0][0] if rows else 0

    def _climb(
        self, key: str, path: str, of: dict[int, set[int]], found: dict[int, set[int]]
    ) -> None:
        """Add to ``found`` (line → rows) the rows above; ``of``: row of the table at ``path`` → the lines below it."""
        kind = self.session.catalog.doctypes[self.session.catalog.by_key[key]]
        while "." in path:
            spec = self.session.spec(kind, path)
            above: dict[int, set[int]] = {}
            for number, parent in self.session.gateway.fetch(
                ById(spec, ("id", "parent_id"), sorted(of))
            ):
                above.setdefault(parent, set()).update(of[number])
                for line in of[number]:
                    found[line].add(parent)
            of, path = above, path.rpartition(".")[0]


def _of_one(ledger: Ledger, row: Row, keys: Collection[Row]) -> bool:
    assert ledger.valuation is not None
    names = ("company", *ledger.valuation.by)
    return any(all(row[name] == key[name] for name in names) for key in keys)
