"""Changing submitted documents in memory: what a database does where one is saved, by the same rules of the kernel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.graph import Graph
from engine.kernel.amending import changes_between
from engine.kernel.convert import convert
from engine.kernel.entries import Entry
from engine.kernel.entries_at_hand import folded
from engine.kernel.finding import Finding
from engine.kernel.late import locked_until, move_late
from engine.kernel.limits import Replaced
from engine.kernel.lots import leave_out
from engine.kernel.posting import begin
from engine.kernel.posting_again import (
    Stands,
    changed_elsewhere,
    given_back,
    moving,
    post_again,
    stands,
    submitting,
)
from engine.kernel.recalculate import recalculate
from engine.kernel.rows import Row, copied
from engine.kernel.validate import validate
from engine.testing import books
from engine.testing.poster import Poster
from engine.testing.stage import Refused


@dataclass(slots=True)
class Changer(Poster):
    """A poster that also changes what was submitted, and posts the difference."""

    def change(self, doctype: str, number: int, fields: Mapping[str, Any]) -> None:
        kind = self.catalog.doctypes[doctype]
        self.require(kind, "write")
        self.warnings = []
        with self.memory.transaction():
            current = self.copy(kind, number)
            if kind.submittable and current["stage"] != "draft":
                self._change_submitted(kind, current, fields)
            else:
                self.change_draft(kind, current, fields)

    def _change_submitted(self, kind: Doctype, current: Row, fields: Mapping[str, Any]) -> None:
        """In place as far as the change reaches; else only fields that are ``after_submit``, and nothing follows."""
        late = {field.name for field in kind.fields.values() if field.after_submit}
        in_place = kind.amend == "in_place" and current["stage"] == "submitted"
        opened = late if current["stage"] != "cancelled" else set()
        still = set() if in_place else set(fields) - opened
        if self.really_changed(kind, current, fields, still):
            said = f"It is {current['stage']} and cannot be changed."
            raise Refused([Finding("document.state", "", said)])
        old = copied(kind, kind.head, current)
        sent = {name: value for name, value in fields.items() if name not in still}
        given = convert(kind, sent, current)
        row = given.row
        self.resolve(given)
        self.refuse(given.findings)
        with self._without(row["id"]):
            found = self._worked_out(kind, old, row) if in_place else []
            told = validate(kind, row, self.memory.facts, self.frame_of(kind, row), given.old)
            self.refuse([*found, *(f for f in told if in_place or f.path in late)])
        row["version"] += 1
        self.memory.put(kind, row)
        if in_place or kind.late & fields.keys():
            self._post_difference(kind, row)

    def _worked_out(self, kind: Doctype, old: Row, row: Row) -> list[Finding]:
        case = self.calculation(kind, row)
        return _same_day(kind, old, row) or recalculate(
            case, Graph(kind), changes_between(kind, old, row)
        )

    def rederive(self, doctype: str, number: int) -> None:
        """Bring a submitted document under what rules and masters say today."""
        kind = self.catalog.doctypes[doctype]
        self.require(kind, "rederive")
        self.warnings = []
        with self.memory.transaction():
            current = self.copy(kind, number)
            if not kind.submittable or current["stage"] != "submitted":
                said = f"Only a submitted {kind.label} is brought under today's rules."
                raise Refused([Finding("document.state", "", said)])
            old = copied(kind, kind.head, current)
            with self._without(number, as_then=True):
                row = self.prepared(kind, convert(kind, {}, current))
            self.refuse(_same_day(kind, old, row))
            changed = changes_between(kind, old, row)
            self.memory.put(kind, row)
            passed = self.memory.passed.get(number, frozenset())
            written = self._post_difference(kind, row, passed, is_changed=bool(changed))
            if changed or written:
                row["version"] += 1

    @contextmanager
    def _without(self, document: int, *, as_then: bool = False) -> Iterator[None]:
        """The books as if ``document`` had not been posted; ``as_then``: as they were when it was submitted."""
        written = self.memory.written
        self.memory.written = [one for one in written if one.document != document]
        last = self.memory.submitted.get(document) if as_then else None
        try:
            with self.memory.as_of(last):
                yield
        finally:
            self.memory.written = written

    def _post_difference(
        self,
        kind: Doctype,
        row: Row,
        proved: frozenset[str] | None = None,
        *,
        is_changed: bool = True,
    ) -> list[Entry]:
        """Write what lies between what stands of ``row`` and what it would post now.

        ``proved``: the transitions it has gone, where what they posted is proved to come out the same;
        what it asks of the books is then answered as when it was submitted.
        """
        if not kind.posts:
            return []
        ways = submitting(kind, self.memory.passed.get(row["id"]))
        stood = self._stood(kind, row["id"], ways)
        back = given_back(self.catalog, stood.again)
        with self._without(row["id"], as_then=proved is not None):
            case = self.posting_case(kind, row, tuple(ways))
            case.taken_back = stood.taken_back
            drafts = begin(case)
            keyed = drafts.keyed()
        states, before = self.standing(kind, moving([*keyed, *back]))
        with self._without(row["id"], as_then=proved is not None):
            again = post_again(drafts, stood.again, states)
            if proved is not None and not case.findings:
                case.findings += changed_elsewhere(case, again.wanted, stood.elsewhere, proved)
        entries = again.entries
        locks = self.memory.locks.get(case.company, {})
        move_late(self.catalog, entries, lambda area: locked_until(locks, area))
        found = [*case.findings, *self.shut(kind, row, entries)]
        if not entries and not is_changed:
            self.refuse(found)
            return []
        leave_out(self.catalog, before, case.lots_expired, entries)
        replaced = Replaced(stood.again, again.wanted)
        written = self._as_written(kind, row, entries)
        self.write(kind, row, written, before, tuple(sorted(ways)), found, replaced=replaced)
        return entries

    def _stood(self, kind: Doctype, document: int, ways: frozenset[str]) -> Stands:
        own = [one for one in self.memory.written if one.document == document]
        standing: dict[str, list[Row]] = {}
        for one in books.live(own):
            standing.setdefault(one.entry.ledger.name, []).append(books.as_row(one))
        standing = {
            name: folded(self.catalog.ledgers[name], rows) for name, rows in standing.items()
        }
        taken_back = [books.as_row(one.reverses) for one in own if one.reverses is not None]
        return stands(kind, standing, taken_back, ways)


def _same_day(kind: Doctype, old: Row, row: Row) -> list[Finding]:
    day = kind.date
    if day is None or not kind.posts or old[day] == row[day]:
        return []
    return [Finding("amend.other_day", day, "What was posted stays on its day.")]
