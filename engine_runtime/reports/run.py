"""Running a report: parameters → lines of the books → cells, totals, what runs on, and where a click leads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.catalog.ledgers import Ledger
from engine.catalog.reports import Report
from engine.catalog.whole import Catalog
from engine_runtime.access.actor import Actor
from engine_runtime.access.gate import require_report
from engine_runtime.documents.read import Titles, find_titles
from engine_runtime.posting.session import Session, open_session
from engine_runtime.reports import book
from engine_runtime.reports.ask import COMPANY, Values, read_parameters
from engine_runtime.reports.columns import (
    Column,
    cells,
    formula_columns,
    key_columns,
    key_value,
    opening_cells,
    run_on,
    totals,
)
from engine_runtime.reports.errors import ReportUnknown
from engine_runtime.reports.facts import Facts, columns_read, linked, load, tree_of
from engine_runtime.reports.lines import Line
from engine_runtime.reports.links import find_records


@dataclass(frozen=True, slots=True)
class Drill:
    """Where a click on a row leads: another report with parameters, or a document (doctype name and id)."""

    report: str | None = None
    params: Mapping[str, Any] | None = None
    doctype: str | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a report. Links are ids; ``types`` (per row: column → doctype key) and ``titles`` explain them."""

    report: Report
    columns: tuple[Column, ...]
    rows: list[dict[str, Any]]
    types: list[dict[str, str | None]]
    drills: list[Drill | None]
    totals: dict[str, Any]
    opening: dict[str, Any] | None
    closing: dict[str, Any] | None
    asked: Values
    titles: Titles


def report_named(catalog: Catalog, key: str) -> Report:
    """The report with this key (or name). Raises ``ReportUnknown``."""
    for report in catalog.reports.values():
        if key in (report.key, report.name):
            return report
    raise ReportUnknown(f'There is no report "{key[:80]}".')


def run(actor: Actor, key: str, given: Mapping[str, Any]) -> Answer:
    """The report ``key`` with the parameters ``given`` (texts or typed values), of one company.

    Raises ``ReportUnknown``, ``Forbidden``, ``CompanyRefused`` and ``ReportError``.
    """
    session = open_session(actor)
    report = report_named(session.catalog, key)
    require_report(actor, report)
    named, company = read_parameters(actor, report, given, session.today)
    if company != actor.company_id and not actor.system:
        require_report(actor.in_company(company), report)
    asked = find_records(session, report, named, company)
    return _answer(session, report, asked, company)


def _answer(session: Session, report: Report, asked: Values, company: int) -> Answer:
    catalog = session.catalog
    ledger = catalog.ledgers[report.ledger]
    frame = _frame(session, asked, company)
    question = book.question(ledger, report, frame, company)
    lines, before = book.ask(session, question)
    facts = load(
        session, columns_read(catalog, ledger, report), linked(catalog, ledger, lines + before)
    )
    frame = {**frame, "facts": facts}
    lines, before = _where(report, lines, frame), _where(report, before, frame)
    keys = key_columns(catalog, ledger, report)
    rows = [_row(catalog, ledger, report, keys, line, frame, facts) for line in lines]
    shown = (*keys, *formula_columns(report))
    titles = _titles(session, ledger, shown, lines, rows, asked, report)
    if not question.entries:
        lines, rows = _sorted(_order(catalog, ledger, keys, titles, facts), lines, rows)
    measures = list(ledger.measures)
    total = totals(report, lines, rows, measures, frame)
    opening = opening_cells(report, book.add_up(before, measures), frame)
    closing = run_on(report, rows, opening)
    return Answer(
        report,
        shown,
        rows,
        [_types(catalog, line, shown) for line in lines],
        [_drill(catalog, ledger, report, line, asked) for line in lines],
        total,
        opening,
        closing,
        asked,
        titles,
    )


def _frame(session: Session, asked: Values, company: int) -> dict[str, Any]:
    """What the expressions of a report see beside the line."""
    return {
        "this": {**asked, COMPANY: company},
        "asked": {**asked, COMPANY: company},
        "today": session.today,
        "now": session.now,
        "user": session.actor.user_id,
        "facts": {},
    }


def _where(report: Report, lines: list[Line], frame: Mapping[str, Any]) -> list[Line]:
    """The lines that fulfil ``where``; a null condition does not hold."""
    if report.where is None:
        return lines
    kept = []
    for line in lines:
        if report.where.run({**frame, "this": frame["asked"], "row": line.record(frame["asked"])}):
            kept.append(line)
    return kept


def _row(
    catalog: Catalog,
    ledger: Ledger,
    report: Report,
    keys: Sequence[Column],
    line: Line,
    frame: Mapping[str, Any],
    facts: Facts,
) -> dict[str, Any]:
    row = {c.name: key_value(catalog, ledger, line, c.name, facts) for c in keys}
    return row | cells(report.columns.values(), line, frame)


def _titles(
    session: Session,
    ledger: Ledger,
    columns: Sequence[Column],
    lines: Sequence[Line],
    rows: Sequence[Mapping[str, Any]],
    asked: Values,
    report: Report,
) -> Titles:
    """Titles of every link that the answer shows."""
    wanted = linked(session.catalog, ledger, lines)
    for column in columns:
        if column.type == "link" and len(column.link) == 1:
            ids = {row[column.name] for row in rows} - {None}
            wanted.setdefault(column.link[0], set()).update(ids)
    for ask in report.ask.values():
        if ask.type == "link" and asked.get(ask.name) is not None:
            for target in ask.link:
                wanted.setdefault(target, set()).add(asked[ask.name])
    known = session.catalog.doctypes
    return find_titles(
        session, {n: ids for n, ids in wanted.items() if n.partition(".")[0] in known}
    )


def _sorted(
    order: Sequence[Callable[[Mapping[str, Any]], str]],
    lines: list[Line],
    rows: list[dict[str, Any]],
) -> tuple[list[Line], list[dict[str, Any]]]:
    """Rows in the order of what people read."""
    places = [tuple(text(row) for text in order) for row in rows]
    sequence = sorted(range(len(rows)), key=places.__getitem__)
    return [lines[i] for i in sequence], [rows[i] for i in sequence]


def _order(
    catalog: Catalog, ledger: Ledger, keys: Sequence[Column], titles: Titles, facts: Facts
) -> list[Callable[[Mapping[str, Any]], str]]:
    """What rows are sorted by: the codes of trees, the titles of other links, else the values."""
    names = {i: title for found in titles.values() for i, title in found.items()}

    def text_of(column: Column) -> Callable[[Mapping[str, Any]], str]:
        tree = tree_of(catalog, ledger, column.name)
        if tree is not None and tree.name_by is not None:
            records, code = facts.get(tree.name, {}), tree.name_by
            return lambda row: str(records.get(row[column.name], {}).get(code) or "")
        if column.type == "link":
            return lambda row: names.get(row[column.name], "").casefold()
        return lambda row: "" if row[column.name] is None else str(row[column.name])

    return [text_of(column) for column in keys]


def _types(catalog: Catalog, line: Line, columns: Sequence[Column]) -> dict[str, str | None]:
    """Column → doctype key, for links that may lead to several doctypes."""
    found: dict[str, str | None] = {}
    for column in columns:
        if column.type != "link":
            continue
        if len(column.link) == 1 and column.link[0] in catalog.doctypes:
            found[column.name] = catalog.doctypes[column.link[0]].key
        else:
            found[column.name] = line.types.get(column.name)
    return found


def _drill(
    catalog: Catalog, ledger: Ledger, report: Report, line: Line, asked: Values
) -> Drill | None:
    """The report named by ``drill`` with this row's keys; without one, the document of the row."""
    if report.drill is not None:
        target = catalog.reports[report.drill]
        known = {**asked, **line.keys}
        params = {n: known[n] for n in target.ask if known.get(n) is not None}
        return Drill(report=target.key, params=params)
    for name in ("origin", *(d for d in ledger.dimensions if d in report.by)):
        key, id_ = line.types.get(name), line.keys.get(name)
        if key is not None and id_ is not None and key in catalog.by_key:
            return Drill(doctype=catalog.by_key[key], id=id_)
    return None
