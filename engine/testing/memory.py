"""Records and ledgers in memory: what a database would hold, for stories that need none.

Documents are never changed in place: a changed copy is put in their stead, so a step that is refused
is undone by taking back the maps (``transaction``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Table
from engine.catalog.whole import Catalog
from engine.kernel.breaches import Breach
from engine.kernel.entries import Entry
from engine.kernel.rows import Facts, Row, copied, rows_at
from engine.kernel.workflow import Consent


@dataclass(slots=True, eq=False)
class Written:
    """An entry as it stands: of which document, which entry it takes back, and where it stands (day, place)."""

    entry: Entry
    id: int
    document: int
    doctype: str
    reverses: Written | None = None
    moment: tuple[date, int] = (date.min, 0)


@dataclass(slots=True)
class Memory:
    """``records``: doctype → id → head row, ``Doctype.path`` → id → child row, each a part of its document."""

    catalog: Catalog
    records: Facts = field(default_factory=dict)
    written: list[Written] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    """Keys of what happens once."""
    sent: list[Mapping[str, Any]] = field(default_factory=list)
    kinds: dict[int, str] = field(default_factory=dict)
    """Record id → doctype name."""
    consents: dict[int, list[Consent]] = field(default_factory=dict)
    """Document id → the consents given to its transitions."""
    breaches: dict[int, list[tuple[str, Breach]]] = field(default_factory=dict)
    """Document id → (who brought it, a limit that it passed because it had happened already)."""
    people: dict[str, int] = field(default_factory=dict)
    """Log-in name → id."""
    roles: dict[str, frozenset[str]] = field(default_factory=dict)
    """Log-in name → the roles in which they acted last."""
    passed: dict[int, frozenset[str]] = field(default_factory=dict)
    """Document id → the transitions that it has gone."""
    submitted: dict[int, int] = field(default_factory=dict)
    """Document id → the last id there was when it was submitted."""
    before: int | None = None
    """What calculations ask of the books is answered as it was when there were ids up to this one."""
    locks: dict[int, dict[str, date]] = field(default_factory=dict)
    """Company → area → its last closed day."""
    last_id: int = 0
    _facts: Facts | None = None

    def __post_init__(self) -> None:
        for kind in self.catalog.doctypes.values():
            for path in kind.tables:
                self.records.setdefault(f"{kind.name}.{path}" if path else kind.name, {})

    def new_id(self) -> int:
        """Ids are unique over everything."""
        self.last_id += 1
        return self.last_id

    @property
    def facts(self) -> Facts:
        """What expressions read over a link: rows as a database has them, with ids for parents, rows and backs."""
        if self._facts is None:
            self._facts = {name: {} for name in self.records}
            for kind in self.catalog.doctypes.values():
                for table in kind.tables.values():
                    name = f"{kind.name}.{table.path}" if table.path else kind.name
                    for number, row in self.records[name].items():
                        self._facts[name][number] = self._fact(table, row)
        return self._facts

    def _fact(self, table: Table, row: Row) -> Row:
        fact = dict(row)
        if table.parent is not None:
            fact["parent"] = row["parent"]["id"]
        for field_ in table.fields.values():
            if field_.type == "table":
                fact[field_.name] = [below["id"] for below in row[field_.name]]
            elif field_.back is not None:
                other, link = field_.back
                found = self.records[other].items()
                fact[field_.name] = [n for n, record in found if record.get(link) == row["id"]]
        return fact

    def asked(self) -> list[Written]:
        """The entries that calculations see."""
        last = self.before
        return [one for one in self.written if last is None or one.id <= last]

    def put(self, kind: Doctype, document: Row) -> None:
        """Store a document in the stead of what was there; rows without id get one."""
        self._facts = None
        for table in kind.tables.values():
            name = f"{kind.name}.{table.path}" if table.path else kind.name
            old = self._rows(kind, document.get("id"), table.path)
            self.records[name] = {n: r for n, r in self.records[name].items() if n not in old}
            for row in rows_at(document, table.path):
                if row.get("id") is None:
                    row["id"] = self.new_id()
        for table in kind.tables.values():
            name = f"{kind.name}.{table.path}" if table.path else kind.name
            self.records[name] |= {row["id"]: row for row in rows_at(document, table.path)}
        self.kinds[document["id"]] = kind.name

    def _rows(self, kind: Doctype, number: int | None, path: str) -> set[int]:
        stored = self.records[kind.name].get(number) if number is not None else None
        return {row["id"] for row in rows_at(stored, path)} if stored is not None else set()

    def remove(self, kind: Doctype, number: int) -> None:
        """Take a document out."""
        self._facts = None
        for path in kind.tables:
            gone = self._rows(kind, number, path)
            name = f"{kind.name}.{path}" if path else kind.name
            self.records[name] = {n: r for n, r in self.records[name].items() if n not in gone}

    def copy_of(self, kind: Doctype, number: int) -> Row | None:
        """A stored document as a copy that may be changed."""
        stored = self.records[kind.name].get(number)
        return copied(kind, kind.head, stored) if stored is not None else None

    @contextmanager
    def as_of(self, last: int | None) -> Iterator[None]:
        """Inside the block calculations see the books with ids up to ``last``; None: all of them."""
        known, self.before = self.before, last
        try:
            yield
        finally:
            self.before = known

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything, or nothing at all."""
        records = {name: dict(rows) for name, rows in self.records.items()}
        kept = (list(self.written), dict(self.counters), set(self.done), list(self.sent))
        consents = {number: list(given) for number, given in self.consents.items()}
        breaches = {number: list(found) for number, found in self.breaches.items()}
        passed, submitted = dict(self.passed), dict(self.submitted)
        try:
            yield
        except BaseException:
            # The same map of records: expressions of a stage hold on to it.
            self.records.update(records)
            self._facts = None
            self.written, self.counters, self.done, self.sent = kept
            self.consents, self.breaches = consents, breaches
            self.passed, self.submitted = passed, submitted
            raise
