"""Posting and cancelling in memory: entries by the kernel's rules, limits over what is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.expr.types import COMPANY_DOCTYPE
from engine.kernel.declared_limits import LimitCase, Standing, TransitionRequest, check_declared
from engine.kernel.entries import Entry
from engine.kernel.finding import Finding
from engine.kernel.late import ALL, closed, locked_until, move_late
from engine.kernel.limits import check_limits, is_told
from engine.kernel.mirroring import mirror
from engine.kernel.posting import PostingCase, begin, finish
from engine.kernel.rows import Row
from engine.testing import books, order
from engine.testing.desk import Desk
from engine.testing.memory import Written
from engine.testing.stage import Refused


class Diverted(Refused):
    """A limit sends the document another way, once the attempt is undone."""

    def __init__(
        self,
        findings: Sequence[Finding],
        requests: Sequence[TransitionRequest],
        doctype: str,
        answer: Mapping[str, Any] | None,
    ) -> None:
        super().__init__(findings, answer)
        self.requests = tuple(requests)
        self.doctype = doctype


@dataclass(slots=True)
class Poster(Desk):
    """A desk that posts."""

    def post(self, kind: Doctype, row: Row, transitions: tuple[str, ...]) -> None:
        """Write what ``transitions`` post; refused, and nothing written, where a rule or a limit says so."""
        case = self.posting_case(kind, row, transitions)
        drafts = begin(case)
        states, before = books.standing(self.memory, drafts.keyed())
        entries = finish(drafts, states)
        locks = self.memory.locks.get(case.company, {})
        move_late(self.catalog, entries, lambda area: locked_until(locks, area))
        found = [
            *case.findings,
            *self.shut(kind, row, entries),
            *order.backdated(self.memory, kind, entries),
        ]
        self.write(kind, row, entries, before, transitions, found)

    def cancel(self, kind: Doctype, row: Row) -> None:
        """Take everything back that the document wrote and that still stands."""
        own = [one for one in books.live(self.memory.written) if one.document == row["id"]]
        self.refuse(
            order.settled_by(self.memory, kind, row["id"]) or order.in_the_way(self.memory, own)
        )
        entries = [mirror(one.entry.ledger, books.as_row(one), one.entry.date) for one in own]
        self.refuse(self.shut(kind, row, entries))
        _, before = books.standing(self.memory, entries)
        self.write(kind, row, entries, before, ("cancel",), reverses=own)

    def close(self, area: str, until: date) -> None:
        """Close an area of the company in hand."""
        areas = {ALL} | {ledger.lock_area for ledger in self.catalog.ledgers.values()}
        if area not in areas or self.moment.company is None:
            said = f"There is no area '{area}'. Take one of {', '.join(sorted(areas))}."
            raise Refused([Finding("input.malformed", "", said)])
        self.memory.locks.setdefault(self.moment.company, {})[area] = until

    def shut(self, kind: Doctype, row: Row, entries: Sequence[Entry]) -> list[Finding]:
        """What is dated in a closed period."""
        return closed(self.memory.locks.get(row["company"], {}), entries, kind.date or "")

    def write(
        self,
        kind: Doctype,
        row: Row,
        entries: Sequence[Entry],
        before: dict[books.Key, dict[str, Decimal]],
        transitions: tuple[str, ...],
        found: Sequence[Finding] = (),
        reverses: Sequence[Written] = (),
    ) -> None:
        limits = check_limits(self.catalog, self.memory.facts, before, entries)
        short = [finding for entry, finding in limits if not is_told(entry, found)]
        self.refuse([*found, *short])
        self.limited(kind, row, entries, transitions)
        for place, entry in enumerate(entries):
            entry.id = self.memory.new_id()
            taken_back = reverses[place] if reverses else self._taken_back(entry)
            self.memory.written.append(Written(entry, entry.id, row["id"], kind.name, taken_back))

    def _taken_back(self, entry: Entry) -> Written | None:
        """The entry that an ``undo`` takes back."""
        number = entry.values.get("reverses")
        return next((one for one in self.memory.written if one.id == number), None)

    def limited(
        self, kind: Doctype, row: Row, entries: Sequence[Entry], transitions: tuple[str, ...]
    ) -> None:
        """Limits over the books, measured with what is written."""
        if not kind.limits:
            return
        frame = self.frame_of(kind, row)
        standing = Standing(
            self.catalog,
            self.memory.facts,
            self.rule_rows(),
            frame["balance"],
            frame["read"],
            lambda nodes: books.under(self.memory, nodes),
        )
        passed = {key: self._passed(kind, row, key) for key in self.moment.passes}
        passed = {key: said for key, said in passed.items() if key in kind.limits}
        cases = [LimitCase(kind, row, transition, passed) for transition in transitions]
        for outcome in check_declared(cases, entries, standing):
            if outcome.transitions:
                raise Diverted(outcome.findings, outcome.transitions, kind.name, outcome.answer)
            self.refuse(outcome.findings, outcome.answer)

    def _passed(self, kind: Doctype, row: Row, key: str) -> Mapping[str, Any]:
        """What the person says of a limit that they go beyond, if they may."""
        limit = kind.limits.get(key)
        if limit is None or limit.passing is None:
            return {}
        roles = self.moment.roles
        if roles is not None and not set(limit.passing.roles) & set(roles):
            said = f"{limit.name} is passed by {' or '.join(limit.passing.roles)} only."
            raise Refused([Finding("document.not_allowed", "", said)])
        given = self.moment.passes[key]
        return self.asked(limit.passing.ask, given, row) if limit.passing.ask is not None else {}

    def posting_case(self, kind: Doctype, row: Row, transitions: tuple[str, ...]) -> PostingCase:
        facts = self.memory.facts
        own = facts.get(COMPANY_DOCTYPE, {}).get(row["company"], {}).get("currency")
        currency = row[kind.currency] if kind.currency else own
        rate = row[kind.rate] if kind.rate else None
        frame = self.frame_of(kind, row)
        return PostingCase(
            self.catalog,
            kind,
            row,
            facts,
            date=(row[kind.date] if kind.date else None) or self.moment.today,
            company=row["company"],
            company_currency=own,
            currency=currency if currency is not None else own,
            rate=rate if rate is not None else Decimal(1),
            transitions=frozenset(transitions),
            balance=frame["balance"],
            read=frame["read"],
            rules=frame["ask"],
        )
