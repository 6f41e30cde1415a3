"""Running schedules: every row in a transaction of its own, once per run, whatever breaks off.

A run is a row of ``ScheduleRun``, unique for its schedule, company and time. The mark that a row is done
is written in the transaction that does it, so a process that is killed leaves nothing half-done and
nothing to do twice: whoever comes next goes on with the rows that have no mark.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from engine.catalog.doctypes import Doctype
from engine.catalog.schedules import Schedule
from engine.catalog.sources import ROW, DoctypeSource
from engine.kernel.effects import GoWanted, MakeWanted, Request, SendWanted, SetWanted, want
from engine.kernel.rows import Row
from engine.kernel.schedules import due
from engine.kernel.sources import source_rows
from engine_runtime.access.actor import system_actor
from engine_runtime.access.companies import company_ids
from engine_runtime.documents import effecting
from engine_runtime.documents.errors import DocumentError
from engine_runtime.documents.lookups import gather
from engine_runtime.documents.read import load_known
from engine_runtime.documents.reading import asking
from engine_runtime.jobs.models import ScheduleRow, ScheduleRun
from engine_runtime.posting.session import Session, open_session

log = logging.getLogger("bahi.jobs")


def run_due(now: datetime) -> int:
    """Run every schedule that is due in any company, missed runs first; how many runs there were."""
    catalog = open_session(system_actor()).catalog
    runs, zone = 0, ZoneInfo(catalog.country.time_zone)
    for schedule in catalog.schedules.values():
        for company in company_ids() if catalog.schedules else ():
            for moment in _moments(schedule, company, now, zone):
                _run(schedule, company, moment, now)
                runs += 1
    return runs


def _moments(schedule: Schedule, company: int, now: datetime, zone: tzinfo) -> list[datetime]:
    """The times to run: what was broken off, then what is due since the last; the first time, since this morning."""
    known = ScheduleRun.objects.filter(schedule=schedule.key, company_id=company)
    open_runs = list(
        known.filter(finished_at=None, due__lte=now).order_by("due").values_list("due", flat=True)
    )
    last = known.order_by("-due").values_list("due", flat=True).first()
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    since = last if last is not None else today - timedelta(seconds=1)
    return [*open_runs, *(moment for moment in due(schedule.every, since, now, zone))]


def _run(schedule: Schedule, company: int, moment: datetime, now: datetime) -> None:
    run, _ = ScheduleRun.objects.get_or_create(
        schedule=schedule.key, company_id=company, due=moment, defaults={"started_at": now}
    )
    if run.finished_at is not None:
        return
    session = _session(company, moment)
    try:
        rows = _rows(session, schedule)
    except DocumentError as error:
        log.error("schedule %s: %s", schedule.name, error.detail)
        ScheduleRun.objects.filter(pk=run.pk).update(finished_at=now, error=error.detail)
        return
    ScheduleRun.objects.filter(pk=run.pk).update(rows=len(rows))
    done = set(run.tried.values_list("row", flat=True))
    for row in rows:
        name = _name(schedule, row)
        if name not in done:
            _try(schedule, run, company, moment, row, name, now)
    ScheduleRun.objects.filter(pk=run.pk).update(finished_at=now)


def _session(company: int, moment: datetime) -> Session:
    """The engine itself in ``company``; ``today`` is the day on which the run was due."""
    session = open_session(system_actor(company))
    session.day = moment.astimezone(session.zone).date()
    return session


def _seen(session: Session, schedule: Schedule) -> Doctype:
    """The doctype as which records are looked at, with all that the schedule reads over links."""
    return replace(session.catalog.doctypes[schedule.seen_as], facts=schedule.facts)


def _frame(session: Session, schedule: Schedule, row: Row | None) -> dict[str, Any]:
    frame = asking(session, _seen(session, schedule), {"company": session.actor.company_id})
    name = getattr(schedule.each, "name", ROW)
    known = {"today": session.today, "now": session.now, "user": "system"}
    return {**frame, **known, "company": session.actor.company_id, name: row}


def _rows(session: Session, schedule: Schedule) -> list[Row]:
    """The rows of ``each``; one empty row where there is none."""
    if schedule.each is None:
        return [{}]
    return source_rows(schedule.each, _frame(session, schedule, None))


def _name(schedule: Schedule, row: Row) -> str:
    """What tells a row from the others of its run: the record's id, or the keys of a balance."""
    if schedule.subject is not None:
        return str(row["id"])
    keys = getattr(schedule.each, "by", ())
    return (
        "|".join(str(row.get(name)) for name in keys)[:200] if keys else str(row.get("index", ""))
    )


def _try(
    schedule: Schedule,
    run: ScheduleRun,
    company: int,
    moment: datetime,
    row: Row,
    name: str,
    now: datetime,
) -> None:
    """Do one row with its mark, or leave a mark that says why not."""
    session = _session(company, moment)
    try:
        with session.transaction():
            ScheduleRow.objects.create(run=run, row=name, at=now)
            _do(session, schedule, row)
    except IntegrityError:
        return  # somebody else has done it meanwhile
    except DocumentError as error:
        log.warning("schedule %s, row %s: %s", schedule.name, name, error.detail)
        hint = next((problem.hint for problem in error.problems if problem.hint), "")
        with transaction.atomic():
            ScheduleRow.objects.get_or_create(
                run=run, row=name, defaults={"at": now, "error": error.detail, "hint": hint}
            )


def _do(session: Session, schedule: Schedule, row: Row) -> None:
    subject = session.catalog.doctypes[schedule.subject] if schedule.subject is not None else None
    frame = _frame(session, schedule, row)
    if subject is not None:
        found = _still(session, schedule, subject, row["id"], frame)
        if found is None:
            return
        frame |= {"this": found, getattr(schedule.each, "name", ROW): found}
    if schedule.when is not None and schedule.when.run(frame) is not True:
        return
    for effect in schedule.do:
        for asked in want(effect, frame):
            _carry_out(session, schedule, subject, asked, frame)


def _still(
    session: Session, schedule: Schedule, subject: Doctype, number: int, frame: Mapping[str, Any]
) -> Row | None:
    """The record whole and locked; None where it has changed meanwhile and is no longer meant."""
    found = load_known(session, subject, [number], for_update=True)
    gather(session, _seen(session, schedule), found)
    each = schedule.each
    if not found or not isinstance(each, DoctypeSource) or each.where is None:
        return found[0] if found else None
    inner = {**frame, "this": found[0], each.name: found[0]}
    return found[0] if each.where.run(inner) is True else None


def _carry_out(
    session: Session,
    schedule: Schedule,
    subject: Doctype | None,
    asked: Request,
    frame: Mapping[str, Any],
) -> None:
    chain = (schedule.name,)
    match asked:
        case MakeWanted():
            company = asked.company or session.actor.company_id
            far = asked.company
            there = _session(far, session.now) if far is not None else session
            there = replace(there, day=session.day, facts={}, unknown=set())
            made = (*chain, asked.effect.doctype)
            effecting.make_wanted(there, subject, asked, company, made)
        case GoWanted():
            kind = session.catalog.doctypes[asked.effect.doctype]
            fresh = replace(session, facts={}, unknown=set())
            effecting.go(fresh, kind, asked.effect.transition, asked.ids, schedule.name, chain)
        case SetWanted():
            assert asked.id is not None
            kind = session.catalog.doctypes[asked.effect.doctype]
            fresh = replace(session, facts={}, unknown=set())
            effecting.change_fields(fresh, kind, asked.id, asked.values)
        case SendWanted():
            assert subject is not None
            effecting.send(session, subject, frame["this"], asked)
