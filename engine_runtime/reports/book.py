"""Asking a ledger: a report's question → ``Line`` values, by sums in the database.

Openings, turnovers and closings are plain sums of the measures, so ``opening + inward - outward = closing``
holds line by line and in every total; who wants a balance on one side writes ``max(debit - credit, 0)``.
In a ``double_entry`` ledger both ``inward`` and ``outward`` are the turnover: its two measures are the two directions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from engine.catalog.fields import DOCUMENT
from engine.catalog.ledgers import Dimension, Ledger
from engine.catalog.reports import Report
from engine.plan.spec import TableSpec
from engine_runtime.posting.session import Session
from engine_runtime.reports.errors import ReportError
from engine_runtime.reports.facts import expressions
from engine_runtime.reports.lines import Line, Sums, add
from engine_runtime.tables.batch import Query
from engine_runtime.tables.query import Aggregate, Condition, Order, Select, build

ZERO = Decimal(0)
MOST_LINES = 50_000
"""More rows than this nobody reads, and the answer would not fit a browser."""

ENTRY_COLUMNS = (
    "id",
    "date",
    "origin_id",
    "origin_type",
    "rule",
    "reverses",
    "line_table",
    "line_id",
)


@dataclass(frozen=True, slots=True)
class Question:
    """What a report asks of its ledger. ``start`` None: a balance at ``end``. ``entries``: a row per entry."""

    ledger: Ledger
    keys: tuple[str, ...]
    start: date | None
    end: date
    where: tuple[Condition, ...]
    entries: bool
    directions: bool
    """Whether inward and outward are told apart."""
    opening_keys: tuple[str, ...] = ()
    """By what the opening of a report of entries is told apart, for its ``where``."""


def question(ledger: Ledger, report: Report, frame: Mapping[str, Any], company: int) -> Question:
    """The question of ``report`` with the parameters in ``frame``. Raises ``ReportError`` for dates out of order."""
    start, end = _dates(report, frame)
    where = (Condition("company_id", "=", company), *_matches(ledger, report, frame))
    entries = "line" in report.by
    read = {
        r.field for e in (expressions(report) if report.where is not None else ()) for r in e.reads
    }
    names = (*ledger.dimensions, *ledger.details)
    return Question(
        ledger,
        tuple(name for name in report.by if name != "line"),
        start,
        end,
        where,
        entries,
        bool({"inward", "outward"} & set(report.show)) and ledger.double_entry is None,
        tuple(name for name in names if name in read),
    )


def _dates(report: Report, frame: Mapping[str, Any]) -> tuple[date | None, date]:
    if report.between is not None:
        start, end = (expression.run(frame) for expression in report.between)
    else:
        start = None
        end = report.at.run(frame) if report.at is not None else frame["today"]
    if not isinstance(end, date) or (report.between is not None and not isinstance(start, date)):
        raise ReportError("The report needs its dates.")
    if start is not None and start > end:
        raise ReportError(f"The period ends ({end}) before it begins ({start}).")
    return start, end


def _matches(ledger: Ledger, report: Report, frame: Mapping[str, Any]) -> Iterable[Condition]:
    """``match``, and every parameter that is named like a dimension; what was not asked for does not limit."""
    implied = [n for n in report.ask if n in ledger.dimensions and n not in report.match]
    values = {name: expression.run(frame) for name, expression in report.match.items()}
    values |= {name: frame["asked"][name] for name in implied}
    for name, value in values.items():
        if value is None:
            continue
        column = column_of(ledger, name)
        if isinstance(value, list | tuple | set | frozenset):
            yield Condition(column, "in", sorted(value))
        else:
            yield Condition(column, "=", value)


def column_of(ledger: Ledger, name: str) -> str:
    """The column of a key: links and the origin end in ``_id``."""
    if name == "origin":
        return "origin_id"
    dimension = _carried(ledger).get(name)
    return f"{name}_id" if dimension is not None and dimension.type == "link" else name


def _carried(ledger: Ledger) -> dict[str, Dimension]:
    return {**ledger.dimensions, **ledger.details}


def _type_column(ledger: Ledger, name: str) -> str | None:
    if name == "origin":
        return "origin_type"
    dimension = _carried(ledger).get(name)
    if dimension is None or dimension.type != "link":
        return None
    several = len(dimension.link) > 1 or DOCUMENT in dimension.link
    return f"{name}_type" if several else None


def measure_column(spec: TableSpec, measure: str) -> str:
    """Where a measure is summed: its worth in company currency, where the ledger keeps document currencies."""
    worth = f"{measure}_worth"
    return worth if worth in spec.by_name else measure


def ask(session: Session, asked: Question) -> tuple[list[Line], list[Line]]:
    """The lines, and for a report of entries what stood before them (told apart by what ``where`` reads)."""
    if asked.entries:
        return _entries(session, asked)
    return _balances(session, asked), []


# --- a row per key ---------------------------------------------------------------------------


def _balances(session: Session, asked: Question) -> list[Line]:
    spec = session.tables[asked.ledger.table]
    measures = list(asked.ledger.measures)
    until = Condition("date", "<=", asked.end)
    if asked.start is None:
        found = _fetch(session, asked, [_sums(session, asked, asked.keys, measures, (until,))])[0]
        lines = [
            Line(k, s, {"closing": s}, t) for k, s, t in _read(asked, asked.keys, measures, found)
        ]
        return [line for line in lines if not line.is_zero()]
    before, since = Condition("date", "<", asked.start), Condition("date", ">=", asked.start)
    queries = [
        _sums(session, asked, asked.keys, measures, (before,)),
        _sums(session, asked, asked.keys, measures, (since, until)),
    ]
    for measure in measures if asked.directions else ():
        positive = Condition(measure_column(spec, measure), ">", 0)
        queries.append(_sums(session, asked, asked.keys, [measure], (since, until, positive)))
    opening, turnover, *inward = _fetch(session, asked, queries)
    lines_by: dict[tuple[Any, ...], Line] = {}
    for part, rows in (("opening", opening), ("turnover", turnover)):
        for keys, sums, types in _read(asked, asked.keys, measures, rows):
            line = _line(lines_by, keys, types, measures)
            target = line.sums if part == "turnover" else line.parts["opening"]
            target.update(sums)
    for measure, rows in zip(measures, inward, strict=False):
        for keys, sums, types in _read(asked, asked.keys, [measure], rows):
            _line(lines_by, keys, types, measures).parts["inward"].update(sums)
    for line in lines_by.values():
        _close(asked, line, measures)
    return [line for line in lines_by.values() if not line.is_zero()]


def _line(
    lines: dict[tuple[Any, ...], Line],
    keys: dict[str, Any],
    types: dict[str, str | None],
    measures: Sequence[str],
) -> Line:
    identity = tuple(keys.values())
    if identity not in lines:
        empty = dict.fromkeys(measures, ZERO)
        lines[identity] = Line(
            keys, dict(empty), {"opening": dict(empty), "inward": dict(empty)}, types
        )
    return lines[identity]


def _close(asked: Question, line: Line, measures: Sequence[str]) -> None:
    """Work out outward and closing from opening, turnover and inward."""
    turnover, opening = line.sums, line.parts["opening"]
    if not asked.directions:
        line.parts["inward"] = dict(turnover)
        line.parts["outward"] = dict(turnover)
    else:
        inward = line.parts["inward"]
        line.parts["outward"] = {m: inward[m] - turnover[m] for m in measures}
    line.parts["closing"] = {m: opening[m] + turnover[m] for m in measures}


def _sums(
    session: Session,
    asked: Question,
    keys: Sequence[str],
    measures: Sequence[str],
    dates: Sequence[Condition],
) -> Query:
    spec = session.tables[asked.ledger.table]
    columns: list[str | Aggregate] = [*_key_columns(asked.ledger, keys)]
    columns += [Aggregate("sum", measure_column(spec, m)) for m in measures]
    select = Select(spec, tuple(columns), where=(*asked.where, *dates))
    return build(select, session.tables, session.gateway.vendor)


def _key_columns(ledger: Ledger, keys: Sequence[str]) -> list[str]:
    columns = [column_of(ledger, name) for name in keys]
    return columns + [t for name in keys if (t := _type_column(ledger, name)) is not None]


def _fetch(
    session: Session, asked: Question, queries: Sequence[Query]
) -> list[list[tuple[Any, ...]]]:
    return session.gateway.fetch_many(queries)


def _read(
    asked: Question, keys: Sequence[str], measures: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> Iterable[tuple[dict[str, Any], Sums, dict[str, str | None]]]:
    typed = [name for name in keys if _type_column(asked.ledger, name) is not None]
    for row in rows:
        values = iter(row)
        found = {name: next(values) for name in keys}
        types = {name: next(values) for name in typed}
        yield found, {m: next(values) or ZERO for m in measures}, types


# --- a row per entry -------------------------------------------------------------------------


def _entries(session: Session, asked: Question) -> tuple[list[Line], list[Line]]:
    ledger, measures = asked.ledger, list(asked.ledger.measures)
    dates = [Condition("date", "<=", asked.end)]
    queries = []
    if asked.start is not None:
        before = Condition("date", "<", asked.start)
        queries.append(_sums(session, asked, asked.opening_keys, measures, (before,)))
        dates.append(Condition("date", ">=", asked.start))
    names = (*ENTRY_COLUMNS, *_key_columns(ledger, list(_carried(ledger))))
    queries.append(_entry_query(session, asked, names, dates))
    *opening, rows = _fetch(session, asked, queries)
    if len(rows) > MOST_LINES:
        raise ReportError(
            f"The report would have more than {MOST_LINES:,} rows. Ask for a shorter period."
        )
    lines = [_entry(ledger, measures, names, row) for row in rows]
    before_lines = [
        Line(keys, sums, types=types)
        for keys, sums, types in _read(
            asked, asked.opening_keys, measures, opening[0] if opening else ()
        )
    ]
    return lines, before_lines


def _entry_query(
    session: Session, asked: Question, names: Sequence[str], dates: Sequence[Condition]
) -> Query:
    spec = session.tables[asked.ledger.table]
    columns = (*names, *(measure_column(spec, m) for m in asked.ledger.measures))
    order = (Order("date"), Order("moment"), Order("id"))
    select = Select(spec, columns, where=(*asked.where, *dates), order=order, limit=MOST_LINES + 1)
    return build(select, session.tables, session.gateway.vendor)


def _entry(
    ledger: Ledger, measures: Sequence[str], names: Sequence[str], row: tuple[Any, ...]
) -> Line:
    found = dict(zip(names, row[: len(names)], strict=True))
    sums = {m: v or ZERO for m, v in zip(measures, row[len(names) :], strict=True)}
    keys: dict[str, Any] = {"date": found["date"], "origin": found["origin_id"]}
    types: dict[str, str | None] = {"origin": found["origin_type"]}
    keys["line"] = found["line_id"]
    keys["rule"], keys["reverses"] = found["rule"], found["reverses"]
    for name in _carried(ledger):
        keys[name] = found[column_of(ledger, name)]
        type_column = _type_column(ledger, name)
        if type_column is not None:
            types[name] = found[type_column]
    return Line(keys, sums, types=types, entry=found["id"])


def add_up(lines: list[Line], measures: list[str]) -> Line:
    """What stood before: one line without keys."""
    return add(lines, measures)
