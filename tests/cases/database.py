"""The stage of a story on a real database: everything through the services that channels call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib.auth import get_user_model

from engine.catalog.whole import Catalog
from engine.kernel.finding import Finding
from engine.kernel.rows import Row
from engine.testing.sent import as_sent
from engine.testing.stage import Line, Moment, Refused
from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.access.errors import AccessError
from engine_runtime.active.catalog import active
from engine_runtime.documents import (
    acting,
    closing,
    making,
    moving,
    read,
    rederiving,
    service,
)
from engine_runtime.documents.errors import DocumentError
from engine_runtime.jobs import schedules
from engine_runtime.jobs.models import ScheduleRow
from engine_runtime.jobs.relay import relay_pending
from engine_runtime.ledgers.stored import dimension_values
from engine_runtime.outbox.models import Event
from engine_runtime.posting.session import Knowing, at, knowingly, open_session
from engine_runtime.tables.asking import select
from engine_runtime.workflow.models import Given, StandIn, Task

NOON = time(6, 30, tzinfo=UTC)
"""12:00 in India."""


@dataclass(slots=True)
class DatabaseStage:
    """``companies``: what people may enter, as the story makes them; ``people``: name → id."""

    catalog: Catalog
    moment: Moment
    companies: set[int] = field(default_factory=set)
    people: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    calls: int = 0
    """How often the time was asked: later on a day is later."""

    # --- what a story does -----------------------------------------------------------------------

    def made_from(self, doctype: str, sources: Sequence[tuple[str, int]]) -> dict[str, Any]:
        kind = self.catalog.doctypes[doctype]
        with self._refusing():
            ids = [number for _, number in sources]
            source = (sources[0][0], ids) if sources else None
            row = making.new(self._actor(), doctype, source).rows[0]
        return as_sent(kind, "", row)

    def create(self, doctype: str, fields: Mapping[str, Any], transition: str | None) -> int:
        kind = self.catalog.doctypes[doctype]
        at_once = transition == "submit" and not kind.workflow.declared
        rows = self._confirming(
            lambda: service.create(self._actor(), doctype, [dict(fields)], submit=at_once)
        )
        self._keep_warnings(rows)
        number = int(rows[0]["id"])
        if doctype == "Company":
            self.companies.add(number)
        if transition is not None and not at_once:
            self.go(doctype, number, transition, {})
        return number

    def change(self, doctype: str, number: int, fields: Mapping[str, Any]) -> None:
        def save() -> list[Row]:
            row = read.get(self._actor(), doctype, [number]).rows[0]
            return service.save(
                self._actor(), doctype, [{**fields, "id": number, "version": row["version"]}]
            )

        self._keep_warnings(self._confirming(save))

    def rederive(self, doctype: str, number: int) -> None:
        def work() -> list[Row]:
            seen = rederiving.look(self._actor(), doctype, number)
            reference = service.Reference(number, seen.version)
            return [rederiving.rederive(self._actor(), doctype, reference, seen.seen).row]

        self._keep_warnings(self._confirming(work))

    def go(self, doctype: str, number: int, transition: str, given: Mapping[str, Any]) -> None:
        moves = {"submit": service.submit, "cancel": service.cancel}
        declared = self.catalog.doctypes[doctype].workflow.declared
        reference = service.Reference(number)

        def work() -> list[Row]:
            if declared or transition not in moves:
                return [moving.move(self._actor(), doctype, reference, transition, given).row]
            return moves[transition](self._actor(), doctype, [reference])

        self._keep_warnings(self._confirming(work))

    def act(self, doctype: str, number: int, action: str, given: Mapping[str, Any]) -> Any:
        with self._refusing():
            answer = acting.act(
                self._actor(), doctype, service.Reference(number), action, dict(given)
            )
            deliver(self._now())
        return answer

    def run_schedule(self, name: str) -> None:
        """As the worker does it at the end of the day; what a row failed with is raised."""
        schedule = self.catalog.schedules[name]
        now = datetime.combine(self.moment.today, time(18, 29), tzinfo=UTC)
        with at(now):
            schedules.run_due(now)
            deliver(now + timedelta(seconds=1))
        failed = ScheduleRow.objects.filter(run__schedule=schedule.key).exclude(error="")
        if failed.exists():
            raise Refused([Finding("schedule.failed", "", row.error) for row in failed])

    def close(self, area: str, until: date) -> None:
        with self._refusing():
            closing.close(self._actor(), area, until, "The story closes it")

    # --- what a story looks at -------------------------------------------------------------------

    def document(self, doctype: str, number: int) -> Row:
        with self._refusing():
            row = read.get(self._onlooker(), doctype, [number]).rows[0]
            if row.get("company") is None:
                return row
            there = replace(self._onlooker(), company_id=row["company"])
            return read.get(there, doctype, [number]).rows[0]

    def documents(self, doctype: str) -> list[int]:
        session = open_session(self._onlooker())
        spec = session.spec(self.catalog.doctypes[doctype])
        query = select(session.gateway, spec, ("id",), order=["id"])
        return [row[0] for row in session.gateway.fetch_many([query])[0]]

    def lines(self, ledger: str) -> list[tuple[int, Line]]:
        session = open_session(self._onlooker())
        book = self.catalog.ledgers[ledger]
        spec = session.tables[book.table]
        names = [column.name for column in spec.columns]
        query = select(session.gateway, spec, names, order=["id"])
        found: list[tuple[int, Line]] = []
        for row in session.gateway.fetch_many([query])[0]:
            stored = dict(zip(names, row, strict=True))
            values = {**stored, **dimension_values(book, stored), "line": stored["line_id"]}
            values["currency"] = stored.get("currency_id")
            for measure in book.measures:
                if f"{measure}_worth" in stored:
                    values[f"{measure}.worth"] = stored[f"{measure}_worth"]
            line = Line(stored["id"], ledger, stored["rule"], values)
            found.append((stored["origin_id"], line))
        return found

    def tasks(self, doctype: str, number: int) -> list[Mapping[str, Any]]:
        names = ("need", "person", "role", "rows")
        return list(Task.objects.filter(document_id=number).order_by("id").values(*names))

    def consents(self, doctype: str, number: int) -> list[Mapping[str, Any]]:
        given = Given.objects.filter(document_id=number).order_by("id")
        return list(given.values("need", "person", "by"))

    def warned(self) -> Sequence[str]:
        return self.warnings

    # ---------------------------------------------------------------------------------------------

    def _onlooker(self) -> Actor:
        """Who looks at the documents of every company, whoever acts."""
        return replace(system_actor(), companies=frozenset(self.companies))

    def _actor(self) -> Actor:
        """Who acts: the person with their roles; without any, one who may do everything."""
        moment, companies = self.moment, frozenset(self.companies)
        roles = frozenset(moment.roles or ())
        return Actor(
            self._user(moment.person),
            moment.person,
            moment.company,
            companies,
            dict.fromkeys(companies, roles),
            superuser=moment.roles is None,
        )

    def _user(self, name: str) -> int:
        if name not in self.people:
            user, _ = get_user_model().objects.get_or_create(username=name)
            self.people[name] = user.pk
        return self.people[name]

    def _stand_in(self) -> None:
        """Those in whose place the person acts today have said so."""
        today, person = self.moment.today, self.moment.person
        for place in self.moment.places:
            named = {"person": place, "stand_in": person, "from_date": today, "to_date": today}
            if not StandIn.objects.filter(**named).exists():
                number = open_session(self._actor()).gateway.ids(1)[0]
                StandIn.objects.create(id=number, **named)

    def _keep_warnings(self, rows: Sequence[Row]) -> None:
        self.warnings = [f.code for row in rows for f in row.get("warnings", ())]

    def _now(self) -> datetime:
        self.calls += 1
        return datetime.combine(self.moment.today, NOON) + timedelta(milliseconds=self.calls)

    def _confirming(self, work: Callable[[], list[Row]]) -> list[Row]:
        """Do ``work``, again with what the person was asked for and confirms."""
        agreed: frozenset[str] = frozenset()
        while True:
            try:
                with self._refusing(agreed):
                    rows = work()
                    deliver(self._now())
                    return rows
            except Refused as refused:
                asked = [f for f in refused.findings if f.action == "confirm"]
                new = {f.confirmation for f in asked if f.code in self.moment.confirms} - agreed
                if not new or len(asked) < len(refused.findings):
                    raise
                agreed |= new

    @contextmanager
    def _refusing(self, agreed: frozenset[str] = frozenset()) -> Iterator[None]:
        with at(self._now()), knowingly(Knowing(agreed, self.moment.passes)):
            self._stand_in()
            try:
                yield
            except DocumentError as error:
                found = error.problems or [Finding(error.code, "", error.detail)]
                raise Refused(found, getattr(error, "answer", None)) from error
            except AccessError as error:
                raise Refused([Finding(error.code, "", error.detail)]) from error


def on_this_database(moment: Moment) -> DatabaseStage:
    """A stage with the live catalog."""
    return DatabaseStage(active().catalog, moment)


def deliver(now: datetime) -> None:
    """What happens after commit happens at once. A failed event would be tried again later: here it fails."""
    while relay_pending(now):
        pass
    failed = Event.objects.filter(delivered_at=None).first()
    if failed is not None:
        raise Refused([Finding("event.failed", "", failed.error)])
