"""Parameters of reports that name records: an id or a business key, of the company that is reported on."""

from __future__ import annotations

from engine.catalog.reports import Ask, Report
from engine.kernel.finding import Finding
from engine_runtime.documents.naming import key_field
from engine_runtime.posting.session import Session
from engine_runtime.reports.ask import COMPANY, Values
from engine_runtime.reports.errors import ReportError
from engine_runtime.tables.asking import select
from engine_runtime.tables.batch import Query
from engine_runtime.tables.query import Condition


def find_records(session: Session, report: Report, asked: Values, company: int) -> Values:
    """``asked`` with every named record as its id. An id goes before a key that reads alike.

    Raises ``ReportError`` naming every parameter that no record of the company answers to.
    """
    wanted = [a for a in report.ask.values() if _names_record(session, a, asked)]
    queries = {a.name: _queries(session, a, asked[a.name], company) for a in wanted}
    answers = iter(session.gateway.fetch_many([q for found in queries.values() for q in found]))
    resolved = dict(asked)
    problems: list[Finding] = []
    for ask in wanted:
        found = [row[0] for _ in queries[ask.name] for row in next(answers)]
        if found:
            resolved[ask.name] = found[0]
        else:
            message = f"{ask.label}: there is no {' or '.join(ask.link)} {asked[ask.name]}."
            problems.append(Finding("report.parameter", f"query.{ask.name}", message))
    if problems:
        raise ReportError(problems[0].message, problems)
    return resolved


def _names_record(session: Session, ask: Ask, asked: Values) -> bool:
    known = session.catalog.doctypes
    named = ask.type == "link" and ask.name != COMPANY and asked.get(ask.name) is not None
    return named and all(target in known for target in ask.link)


def _queries(session: Session, ask: Ask, value: int | str, company: int) -> list[Query]:
    """By id in each doctype that may be meant, then by key."""
    by_id: list[Query] = []
    by_key: list[Query] = []
    for target in ask.link:
        doctype = session.catalog.doctypes[target]
        own = doctype.company == "required"
        scope = [Condition("company_id", "=", company)] if own else []
        spec = session.spec(doctype)
        if isinstance(value, int):
            where = [Condition("id", "=", value), *scope]
            by_id.append(select(session.gateway, spec, ("id",), where=where))
        key = key_field(doctype)
        if key is not None:
            where = [Condition(key, "=", str(value)), *scope]
            by_key.append(select(session.gateway, spec, ("id",), where=where))
    return by_id + by_key
