"""Reading what a person was asked for: converted, defaulted and checked as the fields of a document are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.kernel.convert import convert
from engine.kernel.defaults import fill_defaults
from engine.kernel.rows import Row, rows_at, tables_in_order
from engine.kernel.validate import validate
from engine_runtime.documents.errors import InputMalformed
from engine_runtime.documents.lookups import gather
from engine_runtime.documents.naming import resolve
from engine_runtime.documents.prepare import refuse, unbelieved
from engine_runtime.posting.session import Session


def asked_of(session: Session, ask: Doctype, raw: Mapping[str, Any], document: Row | None) -> Row:
    """The answers ``raw`` to the fields of ``ask``, typed; ``document``: what they are asked about.

    Raises InputMalformed and DocumentInvalid with the paths of the fields.
    """
    given = convert(ask, raw)
    if given.findings:
        raise InputMalformed(given.findings[0].message, given.findings)
    company = document.get("company") if document is not None else session.actor.company_id
    resolve(session, [given], [company])
    row = given.row
    row["company"] = company
    beside = {"document": document, "now": session.now}
    gather(session, ask, [row])
    fill_defaults(
        ask, row, session.facts, today=session.today, user=session.actor.username, beside=beside
    )
    gather(session, ask, [row])
    _settle_ids(session, ask, row)
    unknown = {finding.path for finding in given.findings}
    checked = validate(ask, row, session.facts, beside)
    checked += unbelieved(session, ask, given)
    found = [f for f in checked if f.path not in unknown]
    refuse([(0, finding) for finding in (*given.findings, *found)], 1)
    return row


def _settle_ids(session: Session, ask: Doctype, row: Row) -> None:
    """Rows that are asked for are rows: whatever looks at them by id finds one."""
    for table in tables_in_order(ask)[1:]:
        for child in rows_at(row, table.path):
            child["id"] = session.gateway.ids(1)[0]
