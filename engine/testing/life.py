"""The life of documents in memory: transitions, actions and effects, by the kernel's own rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from engine.catalog.actions import Action
from engine.catalog.doctypes import Doctype
from engine.catalog.flow import Effect
from engine.catalog.schedules import Schedule
from engine.catalog.workflow import Transition
from engine.kernel import workflow as rules_of
from engine.kernel.answers import answered
from engine.kernel.automatic import moves_by_itself, waiting_states
from engine.kernel.convert import convert
from engine.kernel.effects import (
    DEEPEST,
    GoWanted,
    MakeWanted,
    Request,
    SendWanted,
    SetWanted,
    too_deep,
    want,
)
from engine.kernel.finding import Finding
from engine.kernel.making import make, put
from engine.kernel.rows import Row
from engine.kernel.rules import ask_all
from engine.kernel.sources import source_rows
from engine.kernel.workflow import Consent, Person, Seat
from engine.testing.changing import Changer
from engine.testing.poster import Diverted
from engine.testing.stage import BREACH_TOLD, Refused

SUBMIT = "submit"
MOST_BY_ITSELF = 20

Chain = tuple[str, ...]


@dataclass(slots=True)
class Life(Changer):
    """A stage in memory."""

    # --- what a story does -----------------------------------------------------------------------

    def create(self, doctype: str, fields: Mapping[str, Any], transition: str | None) -> int:
        kind = self.catalog.doctypes[doctype]
        self.require(kind, "create")
        self.warnings = []
        with self.bringing(kind, transition), self.memory.transaction():
            row = self.store_new(kind, convert(kind, fields))
            row = self._signed(kind, row)
            if transition == SUBMIT:
                self._move(kind, row["id"], SUBMIT, {}, ())
            elif kind.submittable:
                self._by_itself(kind, row["id"], ())
        self._settle()
        if transition not in (None, SUBMIT):
            self.go(doctype, row["id"], str(transition), {})
        return int(row["id"])

    def change(self, doctype: str, number: int, fields: Mapping[str, Any]) -> None:
        Changer.change(self, doctype, number, fields)
        self._settle()

    def rederive(self, doctype: str, number: int) -> None:
        Changer.rederive(self, doctype, number)
        self._settle()

    def go(self, doctype: str, number: int, transition: str, given: Mapping[str, Any]) -> None:
        self.warnings = []
        kind = self.catalog.doctypes[doctype]
        bringing = self.bringing(kind, transition)
        with self._diverting(kind, number), bringing, self.memory.transaction():
            self._move(kind, number, transition, given, ())
        self._settle()

    @contextmanager
    def _diverting(self, kind: Doctype, number: int) -> Iterator[None]:
        """What a limit asks for once the attempt is undone: the document goes another way."""
        try:
            yield
        except Diverted as diverted:
            with self.memory.transaction():
                for request in diverted.requests:
                    self._go_on(kind, number, request.transition, ())
            raise

    def act(self, doctype: str, number: int, action: str, given: Mapping[str, Any]) -> Any:
        kind = self.catalog.doctypes[doctype]
        found = kind.actions.get(action)
        if found is None:
            said = f"{kind.label} has no action '{action}'."
            raise Refused([Finding("document.not_found", "", said)])
        self.warnings = []
        with self._diverting(kind, number), self.memory.transaction():
            answer = self._act(kind, number, found, given)
        self._settle()
        return answer

    def run_schedule(self, name: str) -> None:
        schedule = self.catalog.schedules.get(name)
        if schedule is None:
            raise Refused([Finding("schedule.unknown", "", f"There is no schedule '{name}'.")])
        kind = self.catalog.doctypes[schedule.subject or schedule.seen_as]
        company = {"company": self.moment.company}
        known = {"today": self.moment.today, "user": "system", **company}
        around = {**self.frame_of(kind, dict(company)), **known}
        for given in [{}] if schedule.each is None else source_rows(schedule.each, around):
            with self.memory.transaction():
                self._scheduled(schedule, given, known)
        self._settle()

    def expire(self, ledger: str) -> None:
        book = self.catalog.ledgers[ledger]
        self.warnings = []
        refused: Refused | None = None
        for match in self.expiring(book):
            try:
                with self.memory.transaction():
                    self.take_out(book, match)
            except Refused as found:
                refused = refused or found
        self._settle()
        if refused is not None:
            raise refused

    def _scheduled(self, schedule: Schedule, given: Row, known: Mapping[str, Any]) -> None:
        """What a schedule does to one row."""
        kind = self.catalog.doctypes[schedule.subject or schedule.seen_as]
        row = self.copy(kind, given["id"]) if schedule.subject is not None else given
        name = getattr(schedule.each, "name", "row")
        frame = {**self.frame_of(kind, {**known, **row}), **known, "this": row, name: row}
        if schedule.when is not None and schedule.when.run(frame) is not True:
            return
        for effect in schedule.do:
            for request in want(effect, frame):
                self._carry_out(request, frame, (schedule.name,))

    # --- people ----------------------------------------------------------------------------------

    def _person(self, kind: Doctype) -> Person:
        name, roles = self.moment.person, self.moment.roles
        number = self.memory.people.setdefault(name, len(self.memory.people) + 1)
        if roles is None:
            return Person(number, name, all=True)
        self.memory.roles[name] = frozenset(roles)
        rights = {right for p in kind.allow.values() if p.role in roles for right in p.can}
        places = self.moment.places
        seats = {place: self._seat(place) for place in places}
        return Person(number, name, frozenset(roles), frozenset(rights), places, seats=seats)

    def _seat(self, name: str) -> Seat:
        """Somebody who is away, with the roles in which they acted before."""
        number = self.memory.people.setdefault(name, len(self.memory.people) + 1)
        return Seat(number, self.memory.roles.get(name, frozenset()))

    def _signed(self, kind: Doctype, row: Row) -> Row:
        row["created_by"] = self._person(kind).id
        self.memory.put(kind, row)
        return row

    def tasks(self, doctype: str, number: int) -> list[Mapping[str, Any]]:
        kind = self.catalog.doctypes[doctype]
        row = self.copy(kind, number)
        given = self.memory.consents.get(number, [])
        missing = rules_of.waiting(kind, kind.workflow, given, self._moving_frame(kind, row))
        found: list[Mapping[str, Any]] = [
            {"need": request.need, "person": person, "role": role, "rows": list(request.rows)}
            for _, request in missing
            for person, role in rules_of.askings(request)
        ]
        for brought_by, breach in self.memory.breaches.get(number, ()):
            told = {name: getattr(breach, name) for name in BREACH_TOLD}
            found += [{**told, "person": p, "role": r} for p, r in breach.asked(brought_by)]
        return found

    def consents(self, doctype: str, number: int) -> list[Mapping[str, Any]]:
        given = self.memory.consents.get(number, [])
        return [{"need": c.need, "person": c.person, "by": c.by} for c in given]

    # --- transitions -----------------------------------------------------------------------------

    def _move(
        self, kind: Doctype, number: int, name: str, given: Mapping[str, Any], above: Chain
    ) -> None:
        """A person takes a document through a transition, or consents to it."""
        self.require(kind, "read" if kind.workflow.declared else name)
        row = self.copy(kind, number)
        way = self._way(kind, row, name)
        frame = self._moving_frame(kind, row)
        if way.ask is not None:
            frame["asked"] = self.asked(way.ask, given, row)
        person = self._person(kind)
        consents = self.memory.consents.setdefault(number, [])
        seen = rules_of.look_at(kind, kind.workflow, way, person, consents, frame)
        self.refuse(seen.reasons)
        self.refuse(rules_of.conditions(way, frame))
        if way.needs and self._consent(kind, row, way, person, frame):
            return
        for written in way.written:
            row[written] = frame["asked"][written]
        self.memory.put(kind, row)
        self._pass(kind, number, way, above)
        self._by_itself(kind, number, above)

    def _way(self, kind: Doctype, row: Row, name: str) -> Transition:
        way = kind.workflow.transitions.get(name)
        if way is None:
            said = f"{kind.label} has no transition '{name}'."
            raise Refused([Finding("document.not_found", "", said)])
        state = kind.workflow.state_of(row["state"], row["stage"])
        if state.name not in way.sources:
            said = (
                f"{kind.label} is {state.label}; {way.label} leads out of {', '.join(way.sources)}."
            )
            raise Refused([Finding("document.state", "", said)])
        return way

    def _moving_frame(self, kind: Doctype, row: Row) -> dict[str, Any]:
        frame = self.frame_of(kind, row)
        today = self.moment.today

        def rule(name: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
            rules = self.catalog.rules[name]
            answers = ask_all(rules, given, self.memory.facts, self.rule_rows(), frame)
            return [dict(answer.values) for answer in answers]

        now = datetime.combine(today, time(12), tzinfo=UTC)
        return frame | {"user": self.moment.person, "today": today, "now": now, "rule": rule}

    def _consent(
        self, kind: Doctype, row: Row, way: Transition, person: Person, frame: Mapping[str, Any]
    ) -> bool:
        """Note the consents of ``person``; whether some are still missing."""
        consents = self.memory.consents[row["id"]]
        asked, _ = rules_of.requests(kind, kind.workflow, way, consents, frame)
        mark = rules_of.fingerprint(kind, row, kind.workflow.watched)
        for request, name in rules_of.consenting(way, person, asked, row):
            consents.append(Consent(way.name, request.need, name, person.name, mark))
        asked, _ = rules_of.requests(kind, kind.workflow, way, consents, frame)
        return any(not request.done for request in asked)

    def _pass(self, kind: Doctype, number: int, way: Transition, above: Chain) -> None:
        """Take a document through ``way`` with all that follows."""
        if len(above) > DEEPEST:
            raise Refused([too_deep(above)])
        row = self.copy(kind, number)
        target = kind.workflow.states[way.to]
        before, row["state"] = row["stage"], way.to
        row["version"] += 1
        names = [way.name]
        submits = target.stage == "submitted" and before == "draft"
        if submits:
            self.memory.submitted[number] = self.memory.last_id
        if before == "draft" and target.stage != "cancelled":
            self._prepared_to_move(kind, row, submits=submits)
        coming = self.coming(kind, row) if submits else None
        if submits:
            names = list(dict.fromkeys((SUBMIT, way.name)))
        if target.stage == "cancelled" and before == "submitted":
            self._effects(kind, row, kind.on.get("cancel", ()), above)
            self.cancel(kind, row)
            names = [name for name in names if name != "cancel"]
        if names:
            self.post(kind, row, tuple(names))
        if submits:
            self.give_number(kind, row, coming)
            row["submitted_by"] = self._person(kind).id
        row["stage"] = target.stage
        self.memory.put(kind, row)
        passed = self.memory.passed.get(number, frozenset())
        self.memory.passed[number] = passed | {way.name}
        for name in names:
            self._effects(kind, row, kind.on.get(name, ()), above)

    def _settle(self) -> None:
        """What happened elsewhere may make documents move by themselves."""
        for kind in self.catalog.doctypes.values():
            if not moves_by_itself(kind):
                continue
            states = waiting_states(kind)
            for number, row in list(self.memory.records[kind.name].items()):
                if row["state"] in states:
                    with self.memory.transaction():
                        self._by_itself(kind, number, ())

    def _prepared_to_move(self, kind: Doctype, row: Row, *, submits: bool) -> None:
        """Work a draft out; links that are empty where it is submitted are filled."""
        self.prepared(kind, convert(kind, {}, row))
        if submits and self.filled(kind, row):
            self.prepared(kind, convert(kind, {}, row))

    def _by_itself(self, kind: Doctype, number: int, above: Chain) -> None:
        """The transitions that the engine makes because they hold now."""
        for _ in range(MOST_BY_ITSELF):
            row = self.copy(kind, number)
            way = rules_of.automatic(kind.workflow, self._moving_frame(kind, row))
            if way is None:
                return
            self._pass(kind, number, way, above)
        raise Refused([Finding("document.state", "", f"{kind.label} moves without end.")])

    # --- effects ---------------------------------------------------------------------------------

    def _effects(self, kind: Doctype, row: Row, effects: Sequence[Effect], above: Chain) -> None:
        frame = self.frame_of(kind, row)
        for effect in effects:
            for request in want(effect, frame):
                self._carry_out(request, frame, (*above, kind.name))

    def _carry_out(self, request: Request, frame: Mapping[str, Any], above: Chain) -> int | None:
        """Do what an effect asks for; the id of the document that it made or moved."""
        kinds = self.catalog.doctypes
        match request:
            case MakeWanted():
                return self._make(request, frame, above)
            case GoWanted(effect, ids):
                for number in ids:
                    self._go_on(kinds[effect.doctype], number, effect.transition, above)
                return ids[0] if ids else None
            case SetWanted(effect, number, values):
                kind = kinds[effect.doctype]
                return self._give(kind, number or frame["this"]["id"], values)
            case SendWanted(effect, values):
                self.memory.sent.append({"name": effect.name, **values})
        return None

    def _give(self, kind: Doctype, number: int, values: Mapping[str, Any]) -> int:
        """Write ``values`` into a document; what follows from them is worked out again where it is no submitted one."""
        row = self.copy(kind, number)
        put(kind, row, values)
        if row.get("stage") in (None, "draft"):
            row = self.prepared(kind, convert(kind, {}, row))
        row["version"] += 1
        self.memory.put(kind, row)
        return int(row["id"])

    def _go_on(self, kind: Doctype, number: int, name: str, above: Chain) -> None:
        """The engine takes a document through a transition; one that has gone already is left alone."""
        row = self.copy(kind, number)
        way = kind.workflow.transitions[name]
        state = kind.workflow.state_of(row["state"], row["stage"])
        if state.name in way.sources:
            self._pass(kind, number, way, above)

    def _make(self, request: MakeWanted, frame: Mapping[str, Any], above: Chain) -> int | None:
        if request.once is not None:
            if request.once in self.memory.done:
                return None
            self.memory.done.add(request.once)
        kind = self.catalog.doctypes[request.effect.doctype]
        source = request.source
        row = self.blank(kind, request.company or (frame.get("this") or {}).get("company"))
        mapping = kind.make_from.get(self.memory.kinds[source["id"]]) if source else None
        if mapping is not None and source is not None:
            origin = self.catalog.doctypes[mapping.source]
            make(kind, origin, mapping, [source], row, frame)
        put(kind, row, request.values)
        if mapping is None:
            self.fill_from_ledgers(kind, row)
        stored = self.store_new(kind, convert(kind, {}, row))
        if request.effect.submit:
            self._go_on(kind, stored["id"], SUBMIT, above)
        return int(stored["id"])

    # --- actions ---------------------------------------------------------------------------------

    def _act(self, kind: Doctype, number: int, action: Action, given: Mapping[str, Any]) -> Any:
        self.require(kind, "read")
        row = self.document(kind.name, number)
        frame = self._moving_frame(kind, row)
        self._may(kind, row, action, frame)
        if action.ask is not None:
            frame["asked"] = self.asked(action.ask, given, row)
        self.refuse(rules_of.unmet("action", action.checks, frame))
        self.limited(kind, row, (), (action.name,))
        self._write_asked(kind, row, action, frame)
        for effect in action.do:
            for request in want(effect, frame):
                made = self._carry_out(request, frame, (kind.name,))
                if made is not None and isinstance(request, MakeWanted):
                    frame[effect.key] = self.document(request.effect.doctype, made)
            frame.setdefault(effect.key, None)
        frame |= self.frame_of(kind, self.document(kind.name, number))
        return answered(action.answer, frame) if action.answer is not None else {}

    def _write_asked(self, kind: Doctype, row: Row, action: Action, frame: dict[str, Any]) -> None:
        """What is asked for by the name of a field is written into it."""
        asked = {name: frame["asked"][name] for name in action.written}
        if all(value == row[name] for name, value in asked.items()):
            return
        if row.get("stage") == "cancelled":
            raise Refused([Finding("document.state", "", "It is cancelled and cannot be changed.")])
        self._give(kind, row["id"], asked)
        frame["this"] = self.document(kind.name, row["id"])

    def _may(self, kind: Doctype, row: Row, action: Action, frame: dict[str, Any]) -> None:
        if action.when is not None and action.when.run(frame) is not True:
            said = f"{action.label} does not apply here."
            raise Refused([Finding("action.not_offered", "", said)])
        who = action.people.who
        named = rules_of.names_of(who.run({**frame, "approvers": []})) if who else None
        self.refuse(rules_of.may(action.people, action.label, self._person(kind), row, named))
