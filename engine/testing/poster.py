"""Posting and cancelling in memory: entries by the kernel's rules, limits over what is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.ledgers import SUBMIT, Ledger
from engine.expr.types import COMPANY_DOCTYPE
from engine.kernel.breaches import Breach
from engine.kernel.declared_limits import LimitCase, Standing, TransitionRequest, check_declared
from engine.kernel.entries import Entry, balance_key
from engine.kernel.expiry import entries_for, shares
from engine.kernel.finding import Finding
from engine.kernel.issuing import Issued, placed, read_issued, taken, too_far
from engine.kernel.late import ALL, closed, locked_until, move_late, move_open
from engine.kernel.limits import Replaced, check_limits, is_told
from engine.kernel.lots import is_over, leave_out
from engine.kernel.mirroring import mirror
from engine.kernel.posting import EntriesQuestion, LotsQuestion, PostingCase, begin, finish
from engine.kernel.posting_again import submitting
from engine.kernel.revising import Revision, carried_at, entered, taken_out
from engine.kernel.rows import Row
from engine.kernel.valuation import Method
from engine.testing import books, order
from engine.testing.desk import Desk
from engine.testing.memory import Written
from engine.testing.past import Kept, carried
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
    """A desk that posts. ``done``: what is written has happened already; ``issued``: the number that came with it."""

    done: bool = False
    issued: str | None = None

    def post(self, kind: Doctype, row: Row, transitions: tuple[str, ...]) -> None:
        """Write what ``transitions`` post; refused, and nothing written, where a rule or a limit says so."""
        case = self.posting_case(kind, row, transitions)
        case.reposts = True
        drafts = begin(case)
        keyed = drafts.keyed()
        states, before = self.standing(kind, keyed)
        late = self._late(keyed)
        if late is not None:
            rows = [(e.ledger, {**e.values, "origin_type": kind.name}) for e in _of_goods(keyed)]
            states |= carried_at(
                self._kept(), self.catalog, rows, ((late, self.memory.last_id + 1),)
            )
        entries = finish(drafts, states)
        locks = self.memory.locks.get(case.company, {})
        move_late(self.catalog, entries, lambda area: locked_until(locks, area))
        found = [*case.findings, *self.shut(kind, row, entries)]
        leave_out(self.catalog, before, case.lots_expired, entries)
        written = self._as_written(kind, row, entries)
        self.write(kind, row, written, before, transitions, found)
        revised = {id(entry) for entry in case.revised}
        waking = [e for e in _of_goods(entries) if late is not None or id(e) in revised]
        if waking:
            rows = [(entry.ledger, self._row_of(entry)) for entry in waking]
            self._revise(entered(self._kept({row["id"]: case}), self.catalog, rows))

    def expiring(self, book: Ledger) -> list[Row]:
        """The keys, company included, that have something left of lots whose last day was before today."""
        assert book.lots is not None
        by, keys = book.lots.by, dict[str, Row]()
        for company in sorted({one.entry.values["company"] for one in self.memory.written}):
            for lot in books.stored(self.memory, LotsQuestion(book.name, {"company": company})):
                if is_over(lot, self.moment.today):
                    match = {name: lot[name] for name in by} | {"company": company}
                    keys[balance_key(by, company, lot)] = match
        return list(keys.values())

    def take_out(self, book: Ledger, match: Row) -> None:
        """Bring the lots of one key to rest, document by document."""

        def history(lot: Row) -> list[Row]:
            here = {name: lot[name] for name in book.dimensions} | {"company": match["company"]}
            return books.stored(self.memory, EntriesQuestion(book.name, match=here))

        lots = books.stored(self.memory, LotsQuestion(book.name, match))
        found = shares(book, lots, history, self.moment.today)
        for number in dict.fromkeys(share.origin for share in found):
            kind = self.catalog.doctypes[self.memory.kinds[number]]
            row = self.copy(kind, number)
            case = self.posting_case(kind, row, ())
            written = entries_for(case, book, [s for s in found if s.origin == number])
            move_open(written, partial(locked_until, self.memory.locks.get(case.company, {})))
            _, before = self.standing(kind, written)
            self.write(kind, row, self._as_written(kind, row, written), before, (), case.findings)

    def cancel(self, kind: Doctype, row: Row) -> None:
        """Take everything back that the document wrote and that still stands."""
        own = [one for one in books.live(self.memory.written) if one.document == row["id"]]
        self.refuse(order.settled_by(self.memory, kind, row["id"]))
        entries = [mirror(one.entry.ledger, books.as_row(one), one.entry.date) for one in own]
        self.refuse(self.shut(kind, row, entries))
        _, before = self.standing(kind, entries)
        kept = self._kept()
        found = None
        if any(entry.ledger.of_goods for entry in entries):
            found = taken_out(kept, kept.without([row["id"]]), self.catalog, [row["id"]])
        written = [
            Written(entry, self.memory.new_id(), row["id"], kind.name, one, one.moment)
            for entry, one in zip(entries, own, strict=True)
        ]
        self.write(kind, row, written, before, ("cancel",))
        if found is not None:
            self._revise(found)

    def standing(
        self, kind: Doctype, entries: Sequence[Entry]
    ) -> tuple[dict[books.Key, Method], dict[books.Key, dict[str, Any]]]:
        """How the keys of ``entries`` of a document are carried, and their balances."""
        kept = self._kept()
        return books.standing(self.memory, entries, lambda entry: carried(kept, entry, kind.name))

    def _kept(self, own: Mapping[int, PostingCase] | None = None) -> Kept:
        def case_of(kind: Doctype, row: Row) -> PostingCase:
            return self.posting_case(kind, row, tuple(sorted(submitting(kind))))

        return Kept(self.memory, case_of, own=own or {})

    def _late(self, entries: Sequence[Entry]) -> date | None:
        """The day of a document whose goods move before movements that stand."""
        moving = [entry for entry in _of_goods(entries) if entry.corrects is None]
        on = min((entry.date for entry in moving), default=None)
        kept = self._kept()
        for entry in moving:
            for row in kept.of_keys(entry.ledger, [entry.values]):
                if on is not None and row["moment"][0] > on and row["corrects"] is None:
                    return on
        return None

    def _row_of(self, entry: Entry) -> Row:
        kept = self._kept()
        rows = kept.of_documents(entry.ledger, [entry.values["origin"]])
        return next(row for row in rows if row["id"] == entry.id)

    def _revise(self, found: Revision) -> None:
        """Write what follows for documents that stand already."""
        self.refuse([finding for _, finding in found.findings])
        for entry in found.entries:
            company = self.memory.locks.get(entry.values["company"], {})
            move_late(self.catalog, [entry], lambda area, locks=company: locked_until(locks, area))  # type: ignore[misc]
            self.refuse(closed(company, [entry], ""))
            entry.id = self.memory.new_id()
            number = entry.values["origin"]
            moment = entry.moment or (entry.date, entry.id)
            one = Written(entry, entry.id, number, found.kinds[number], None, moment)
            self.memory.written.append(one)

    def _as_written(self, kind: Doctype, row: Row, entries: Sequence[Entry]) -> list[Written]:
        """New entries, with ids, where they stand: goods move together."""
        place = self.memory.new_id()
        days = [entry.date for entry in _of_goods(entries)] or [e.date for e in entries]
        found = []
        for entry in entries:
            entry.id = self.memory.new_id()
            moment = (max(days), place)
            back = self._taken_back(entry)
            found.append(Written(entry, entry.id, row["id"], kind.name, back, moment))
        return found

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
        written: Sequence[Written],
        before: dict[books.Key, dict[str, Decimal]],
        transitions: tuple[str, ...],
        found: Sequence[Finding] = (),
        replaced: Replaced | None = None,
    ) -> None:
        """Keep new entries of a document, unless a limit or what was ``found`` refuses it."""
        entries = [one.entry for one in written]
        limits = check_limits(self.catalog, self.memory.facts, before, entries, replaced=replaced)
        # Taking back is never what has happened already.
        done = self.done and "cancel" not in transitions
        short = [b.settled(done=done) for b in limits if not is_told(b.entry, found)]
        self.refuse([*found, *(finding for finding, _ in short)])
        self.limited(kind, row, entries, transitions)
        self._breached(row, [breach for _, breach in short if breach is not None])
        self.memory.written += written

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
        roles, done = frozenset(self.moment.roles or ()), self.done
        cases = [LimitCase(kind, row, way, passed, done, roles) for way in transitions]
        for outcome in check_declared(cases, entries, standing):
            if outcome.transitions:
                raise Diverted(outcome.findings, outcome.transitions, kind.name, outcome.answer)
            self.refuse(outcome.findings, outcome.answer)
            self._breached(row, outcome.breaches)

    def _breached(self, row: Row, breaches: Sequence[Breach]) -> None:
        found = [(self.moment.person, breach) for breach in breaches]
        self.memory.breaches.setdefault(row["id"], []).extend(found)

    @contextmanager
    def bringing(self, kind: Doctype, transition: str | None) -> Iterator[None]:
        """What is submitted inside the block has happened already, where it comes with its number."""
        if self.moment.issued is None or transition != SUBMIT:
            yield
            return
        number, wrong = read_issued(kind, {"number": self.moment.issued})
        self.refuse([wrong] if wrong is not None else [])
        self.require(kind, "issue")
        self.issued, self.done = number, True
        try:
            yield
        finally:
            self.issued, self.done = None, False

    def coming(self, kind: Doctype, row: Row) -> Issued | None:
        """The place of the number that a document about to be submitted comes with, if it does. Asked once."""
        number, self.issued = self.issued, None
        if number is None:
            return None
        found = placed(kind, row, self.memory.facts, number)
        if isinstance(found, Finding):
            raise Refused([found])
        others = self.memory.records[kind.name].values()
        if any(o["number"] == number and o.get("company") == row.get("company") for o in others):
            raise Refused([taken(kind, number)])
        ahead = too_far(found, self.memory.counters.get(found.plan.series, 0))
        self.refuse([ahead] if ahead is not None else [])
        return found

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


def _of_goods(entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.ledger.of_goods]
