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
from engine.kernel.finding import Finding
from engine.kernel.late import locked_until, move_late
from engine.kernel.lots import leave_out
from engine.kernel.posting import begin
from engine.kernel.posting_again import given_back, in_layers, is_again, post_again, submitting
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
        day = kind.date
        if day is not None and kind.posts and old[day] != row[day]:
            said = "What was posted stays on its day."
            return [Finding("amend.other_day", day, said)]
        return recalculate(case, Graph(kind), changes_between(kind, old, row))

    @contextmanager
    def _without(self, document: int) -> Iterator[None]:
        """The books as if ``document`` had not been posted."""
        written = self.memory.written
        self.memory.written = [one for one in written if one.document != document]
        try:
            yield
        finally:
            self.memory.written = written

    def _post_difference(self, kind: Doctype, row: Row) -> None:
        """Write what lies between what stands of ``row`` and what it would post now."""
        own = [one for one in books.live(self.memory.written) if one.document == row["id"]]
        stood: dict[str, list[Row]] = {}
        for one in own:
            told = books.as_row(one)
            if is_again(kind, told):
                stood.setdefault(one.entry.ledger.name, []).append(told)
        ways = tuple(sorted(submitting(kind)))
        back = given_back(self.catalog, stood)
        with self._without(row["id"]):
            case = self.posting_case(kind, row, ways)
            drafts = begin(case)
            keyed = drafts.keyed()
        states, before = self.standing(kind, [*keyed, *back])
        layered = in_layers(states)
        if layered is not None:
            said = f"{layered[0]} carries this in layers; what a change did to each waits for reposting."
            raise Refused([Finding("posting.waits_for_reposting", "", said)])
        with self._without(row["id"]):
            entries = post_again(drafts, stood, states).entries
        locks = self.memory.locks.get(case.company, {})
        move_late(self.catalog, entries, lambda area: locked_until(locks, area))
        found = [*case.findings, *self.shut(kind, row, entries)]
        leave_out(self.catalog, before, case.lots_expired, entries)
        self.write(kind, row, self._as_written(kind, row, entries), before, ways, found)
