"""Giving new records their business key from a series (``name: {by: code, series: "C-{counter:5}"}``)."""

from __future__ import annotations

from collections.abc import Sequence

from engine.catalog.doctypes import Doctype
from engine.kernel.numbering import NumberPlan, plan_name
from engine.kernel.rows import Row
from engine_runtime.documents.models import NumberSeries
from engine_runtime.posting.session import Session
from engine_runtime.tables.asking import select
from engine_runtime.tables.query import Condition


def give_names(session: Session, doctype: Doctype, rows: Sequence[Row]) -> None:
    """Fill in the key of every row that has none, inside the caller's transaction.

    The counter passes over keys that people gave by hand. Masters are few: a lock on the counter
    for the rest of the transaction hurts nobody.
    """
    by = doctype.name_by
    if by is None or doctype.name_series is None:
        return
    for row in rows:
        if row[by] is not None:
            continue
        plan = plan_name(doctype, row, session.facts)
        assert plan is not None
        row[by] = _next(session, doctype, by, row, plan)


def _next(session: Session, doctype: Doctype, by: str, row: Row, plan: NumberPlan) -> str:
    NumberSeries.objects.get_or_create(key=plan.series)
    counter = NumberSeries.objects.select_for_update().get(key=plan.series)
    while True:
        counter.last += 1
        text = plan.text(counter.last)
        if not _taken(session, doctype, by, row, text):
            counter.save(update_fields=["last"])
            return text


def _taken(session: Session, doctype: Doctype, by: str, row: Row, text: str) -> bool:
    where = [Condition(by, "=", text)]
    if doctype.company == "required":
        where.append(Condition("company_id", "=", row["company"]))
    query = select(session.gateway, session.spec(doctype), ("id",), where=where, limit=1)
    return bool(session.gateway.fetch(query))
