"""Answering ``balance()`` and ``turnover()`` of formulas, many at once.

A formula is first run with a recorder that notes every question, then one query per kind of
question answers all of them, then it is run again. A list of 100 customers costs one query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from engine.catalog.calculation import FormulaStep
from engine.catalog.doctypes import Doctype
from engine.catalog.ledgers import Ledger
from engine.expr.program import BalanceCall, Under
from engine.kernel.rows import Row, rows_at
from engine.kernel.stored import as_stored
from engine.kernel.trees import below, opened, trees_in
from engine_runtime.documents.lookups import column_of
from engine_runtime.posting.session import Session
from engine_runtime.tables.asking import select, totals
from engine_runtime.tables.batch import Query
from engine_runtime.tables.query import Condition

ZERO = Decimal(0)
Answerer = Callable[[BalanceCall], Decimal]


def answer_balances(session: Session) -> Answerer:
    """An answerer that asks the database at every question."""

    def answer(call: BalanceCall) -> Decimal:
        return answers(session, [call])[0]

    return answer


def compute(session: Session, doctype: Doctype, documents: Sequence[Row]) -> None:
    """Fill in the fields that are computed when asked, of every document in two rounds."""
    if not doctype.computed or not documents:
        return
    asked: dict[tuple[Any, ...], BalanceCall] = {}

    def record(call: BalanceCall) -> Decimal:
        asked[_identity(call)] = call
        return ZERO

    _run(doctype.computed, doctype, documents, session, record)
    found = dict(zip(asked, answers(session, list(asked.values())), strict=True))
    _run(doctype.computed, doctype, documents, session, lambda call: found[_identity(call)])


def reads_facts(step: FormulaStep) -> bool:
    """Whether a computed field needs more than the document itself."""
    return any(not read.record.own for read in step.formula.reads)


def _run(
    steps: Iterable[FormulaStep],
    doctype: Doctype,
    documents: Sequence[Row],
    session: Session,
    balance: Answerer,
) -> None:
    frame: dict[str, Any] = {"facts": session.facts, "balance": balance}
    for step in steps:
        field = doctype.tables[step.path].fields[step.field]
        # A list has heads only.
        whole = [each for each in documents if not step.path or step.path.split(".")[0] in each]
        for row in (row for document in whole for row in rows_at(document, step.path)):
            frame["this"] = row
            row[step.field] = as_stored(field, step.formula.run(frame))


def _identity(call: BalanceCall) -> tuple[Any, ...]:
    match = tuple(
        (name, tuple(value) if isinstance(value, list) else value)
        for name, value in sorted(call.match.items())
    )
    return (call.ledger, call.measure, match, call.at, call.start, call.end)


def answers(session: Session, calls: Sequence[BalanceCall]) -> list[Decimal]:
    """The balances asked for, in order; questions that differ in one value share a query."""
    calls = open_trees(session, calls)
    queries: list[Query] = []
    shapes: dict[tuple[Any, ...], list[int]] = {}
    for index, call in enumerate(calls):
        shapes.setdefault(_shape(call), []).append(index)
    for indexes in shapes.values():
        queries.append(_query(session, [calls[index] for index in indexes]))
    results = [ZERO] * len(calls)
    rows = session.gateway.fetch_many(queries) if queries else []
    for indexes, found in zip(shapes.values(), rows, strict=True):
        _distribute(calls, indexes, found, results)
    return results


def open_trees(session: Session, calls: Sequence[BalanceCall]) -> Sequence[BalanceCall]:
    """The questions with every node of a tree replaced by all that stands under it: one query per doctype."""
    nodes = {node for call in calls for node in trees_in(call.match)}
    if not nodes:
        return calls
    found = under(session, nodes)
    return [replace(call, match=opened(call.match, found)) for call in calls]


def under(session: Session, nodes: Iterable[Under]) -> dict[Under, list[int]]:
    """The records under each node, itself included."""
    kinds = dict.fromkeys((node.doctype, node.above) for node in nodes)
    queries = [
        select(
            session.gateway,
            session.spec(session.catalog.doctypes[doctype]),
            ("id", column_of(session.catalog.doctypes[doctype].fields[above])),
        )
        for doctype, above in kinds
    ]
    links = dict(zip(kinds, session.gateway.fetch_many(queries), strict=True))
    return {
        node: below([(row[0], row[1]) for row in links[node.doctype, node.above]], node.id)
        for node in nodes
    }


def _shape(call: BalanceCall) -> tuple[Any, ...]:
    """What calls must share to be asked in one query: all but the value of the first dimension."""
    first = _grouped(call)
    rest = tuple((name, str(value)) for name, value in sorted(call.match.items()) if name != first)
    return (call.ledger, call.measure, first, rest, call.at, call.start, call.end)


def _grouped(call: BalanceCall) -> str | None:
    """The dimension by whose value answers are told apart; none for lists and nulls."""
    for name, value in sorted(call.match.items()):
        if isinstance(value, int) and name != "company":
            return name
    return None


def _query(session: Session, calls: Sequence[BalanceCall]) -> Query:
    call = calls[0]
    ledger = ledger_named(session, call.ledger)
    spec = session.tables[ledger.table]
    grouped = _grouped(call)
    where: list[Condition] = []
    for name, value in sorted(call.match.items()):
        column = dimension_column(ledger, name)
        if name == grouped:
            where.append(Condition(column, "in", sorted({c.match[name] for c in calls})))
        elif isinstance(value, list):
            where.append(Condition(column, "in", value))
        elif value is None:
            where.append(Condition(column, "is_null", True))
        else:
            where.append(Condition(column, "=", value))
    if call.at is not None:
        where.append(Condition("date", "<=", call.at))
    if call.start is not None:
        where.append(Condition("date", ">=", call.start))
    if call.end is not None:
        where.append(Condition("date", "<=", call.end))
    if "company" not in call.match and session.actor.company_id is not None:
        where.append(Condition("company_id", "=", session.actor.company_id))
    if session.without is not None:
        where.append(Condition("origin_id", "!=", session.without))
    if session.before is not None:
        where.append(Condition("recorded_at", "<", session.before))
    by = [dimension_column(ledger, grouped)] if grouped else []
    return totals(session.gateway, spec, by, [measure_column(call.measure)], where=where)


def ledger_named(session: Session, name: str) -> Ledger:
    """A ledger by its name or key."""
    ledgers: Mapping[str, Ledger] = session.catalog.ledgers
    return ledgers[name] if name in ledgers else next(x for x in ledgers.values() if x.key == name)


def dimension_column(ledger: Ledger, name: str) -> str:
    """The column of a dimension, of ``company`` or of another standard field of an entry."""
    if name == "company":
        return "company_id"
    dimension = ledger.dimensions.get(name) or ledger.details.get(name)
    return f"{name}_id" if dimension is not None and dimension.type == "link" else name


def measure_column(measure: str) -> str:
    """``amount.worth`` is kept as ``amount_worth``."""
    return measure.replace(".", "_")


def _distribute(
    calls: Sequence[BalanceCall],
    indexes: list[int],
    rows: Sequence[Sequence[Any]],
    results: list[Decimal],
) -> None:
    grouped = _grouped(calls[indexes[0]])
    if grouped is None:
        total = rows[0][0] if rows and rows[0][0] is not None else ZERO
        for index in indexes:
            results[index] = total
        return
    found = {row[0]: row[1] for row in rows}
    for index in indexes:
        results[index] = found.get(calls[index].match[grouped]) or ZERO
