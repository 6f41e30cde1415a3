"""Documents that come with the number that a till gave them: who may bring them, and where their numbers belong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from engine.catalog.doctypes import ISSUED, Doctype
from engine.kernel.convert import Input
from engine.kernel.finding import Finding
from engine.kernel.issuing import (
    Issued,
    not_submitted,
    placed,
    read_issued,
    take_issued,
    taken,
    too_far,
)
from engine.kernel.rows import Row
from engine_runtime.access.gate import require
from engine_runtime.documents.errors import InputMalformed
from engine_runtime.documents.models import NumberSeries
from engine_runtime.documents.prepare import Prepared, prefixed, refuse
from engine_runtime.posting.session import Session
from engine_runtime.tables.asking import select
from engine_runtime.tables.query import Condition


def read(doctype: Doctype, inputs: Sequence[Input], issued: Sequence[Any]) -> None:
    """Note in ``inputs`` the numbers that drafts come with; ``issued``: per draft, as a channel sends it (or None)."""
    for given, said in zip(inputs, issued, strict=False):
        if said is not None:
            given.issued, wrong = read_issued(doctype, said)
            given.findings += [wrong] if wrong is not None else []


def bring(session: Session, doctype: Doctype, inputs: Sequence[Input]) -> None:
    """Note in ``session`` that what is submitted has happened already, where the documents come with their numbers.

    All of a call do or none does: limits are measured once over all of it. Raises Forbidden, InputMalformed.
    """
    if all(given.issued is None for given in inputs):
        return
    require(session.actor, "issue", doctype)
    lacking = [
        Finding(
            "number.mixed",
            prefixed(place, len(inputs), ISSUED),
            f"Some of these come with their numbers, and this {doctype.label} does not.",
            hint="Send those that have happened already in a call of their own.",
        )
        for place, given in enumerate(inputs)
        if given.issued is None and not given.findings
    ]
    if lacking:
        raise InputMalformed(lacking[0].message, lacking)
    session.done = True


def require_none(doctype: Doctype, documents: Iterable[Any]) -> None:
    """Refuse documents, as a channel sends them, that come with a number and are not submitted.

    Raises InputMalformed.
    """
    for raw in documents:
        number, wrong = (
            take_issued(doctype, dict(raw)) if isinstance(raw, Mapping) else (None, None)
        )
        found = not_submitted(doctype) if number is not None else wrong
        if found is not None:
            raise InputMalformed(found.message, [found])


def place(session: Session, doctype: Doctype, prepared: Sequence[Prepared]) -> tuple[Issued, ...]:
    """The places of the numbers that ``prepared`` come with; none where they are numbered here.

    Raises DocumentInvalid for numbers of another series or till, malformed ones, and those that are taken.
    """
    found: list[Issued] = []
    wrong: list[tuple[int, Finding]] = []
    for index, item in enumerate(prepared):
        if item.issued is None:
            continue
        one = placed(doctype, item.row, session.facts, item.issued)
        if isinstance(one, Finding):
            wrong.append((index, one))
        else:
            found.append(one)
    refuse(wrong, len(prepared))
    if found:
        _check(session, doctype, [item.row for item in prepared], found)
    return tuple(found)


def _check(
    session: Session, doctype: Doctype, rows: Sequence[Row], issued: Sequence[Issued]
) -> None:
    """Refuse what is there already, and what runs too far ahead. What others bring meanwhile the database refuses."""
    there = _there(session, doctype, {one.number for one in issued})
    lasts = _lasts({one.plan.series for one in issued})
    wrong: list[tuple[int, Finding]] = []
    for index, (row, one) in enumerate(zip(rows, issued, strict=True)):
        key = (row.get("company"), one.number)
        if key in there:
            wrong.append((index, taken(doctype, one.number)))
        there.add(key)
        ahead = too_far(one, lasts.get(one.plan.series, 0))
        if ahead is not None:
            wrong.append((index, ahead))
    refuse(wrong, len(rows))


def _there(
    session: Session, doctype: Doctype, numbers: Collection[str]
) -> set[tuple[int | None, str]]:
    """(company, number) of the documents that have one of ``numbers``."""
    scoped = doctype.company == "required"
    columns = ("number", "company_id") if scoped else ("number",)
    where = [Condition("number", "in", sorted(numbers))]
    query = select(session.gateway, session.spec(doctype), columns, where=where)
    return {(row[1] if scoped else None, row[0]) for row in session.gateway.fetch(query)}


def _lasts(series: Collection[str]) -> dict[str, int]:
    rows = NumberSeries.objects.filter(key__in=sorted(series))
    return dict(rows.values_list("key", "last"))
