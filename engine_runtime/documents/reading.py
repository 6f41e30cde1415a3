"""Answering ``frame['read']``: the rows of ledgers and records that row sources ask for.

One query per question (one per measure where only one side is asked for). What the rows link to and
expressions read of it is fetched along, so that nobody asks record by record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.ledgers import Ledger
from engine.expr.program import RecordQuestion
from engine.kernel.books import keys_of, measures_of
from engine.kernel.finding import Finding
from engine.kernel.rows import Row, worth_at
from engine.kernel.rules import asker
from engine.kernel.sources import LedgerQuestion, Question, Reader
from engine_runtime.documents.balances import answers, dimension_column
from engine_runtime.documents.errors import TooManyRows
from engine_runtime.documents.lookups import RowsAtNeed, column_of, gather_linked
from engine_runtime.documents.write import stored_fields
from engine_runtime.posting.post import COMPANY
from engine_runtime.posting.session import Session
from engine_runtime.tables.asking import select, totals
from engine_runtime.tables.batch import Query
from engine_runtime.tables.query import Condition, Operator

MOST_ROWS = 10_000
"""As many as a table of a document may have."""
_ENTRY_COLUMNS = {"origin": "origin_id", "currency": "currency_id"}
_OPERATORS: Mapping[str, Operator] = {"==": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_NOTHING = Decimal(0)


def answer_reads(session: Session, doctype: Doctype, document: Row) -> Reader:
    """An answerer for the sources of ``doctype``; ``document`` tells the company.

    What was asked once for the document is not asked again. Raises TooManyRows where a question has
    more than ``MOST_ROWS`` answers.
    """
    known: dict[str, list[Row]] = {}
    company = document.get("company")
    if company is None:
        company = session.actor.company_id

    def read(question: Question) -> Sequence[Row]:
        found = known.get(repr(question))
        if found is None:
            if isinstance(question, LedgerQuestion):
                found = _balances(session, doctype, question, company)
            else:
                found = _records(session, doctype, question, company)
            known[repr(question)] = found
        return found

    return read


def asking(session: Session, doctype: Doctype, document: Row) -> dict[str, Any]:
    """The part of a frame that asks the database, for ``document`` of ``doctype`` (and its company)."""
    around: dict[str, Any] = {
        "balance": lambda call: answers(session, [call])[0],
        "read": answer_reads(session, doctype, document),
    }
    ask = asker(session.catalog, session.facts, RowsAtNeed(session), around)
    worth = worth_at(doctype, document)
    return {**around, "facts": session.facts, "ask": ask, "worth": worth}


# --- ledgers -------------------------------------------------------------------------------------


def _balances(
    session: Session, doctype: Doctype, question: LedgerQuestion, company: int | None
) -> list[Row]:
    ledger = session.catalog.ledgers[question.ledger]
    keys, measures = keys_of(ledger, question), measures_of(ledger)
    if question.side:
        groups = [[name] for name in measures]
    else:
        groups = [list(measures)]
    queries = [_sums(session, ledger, question, group, company) for group in groups]
    found: dict[tuple[Any, ...], Row] = {}
    for group, rows in zip(groups, session.gateway.fetch_many(queries), strict=True):
        for values in rows:
            key = tuple(values[: len(keys)])
            row = found.setdefault(
                key, {**dict(zip(keys, key, strict=True)), **dict.fromkeys(measures, _NOTHING)}
            )
            row.update(zip(group, values[len(keys) :], strict=True))
    _refuse_many(len(found), f"balances of {ledger.label}")
    links = {d.name: d.link for d in ledger.carried if d.type == "link" and d.name in keys}
    if "currency" in keys:
        links["currency"] = ("Currency",)
    gather_linked(session, doctype, _linked(links, found.values()))
    return list(found.values())


def _sums(
    session: Session,
    ledger: Ledger,
    question: LedgerQuestion,
    measures: Sequence[str],
    company: int | None,
) -> Query:
    where = [_condition(_key_column(ledger, name), value) for name, value in question.match.items()]
    if "company" not in question.match and company is not None:
        where.append(Condition("company_id", "=", company))
    if question.at is not None:
        where.append(Condition("date", "<=", question.at))
    if question.between is not None:
        where.append(Condition("date", ">=", question.between[0]))
        where.append(Condition("date", "<=", question.between[1]))
    if session.without is not None:
        where.append(Condition("origin_id", "!=", session.without))
    if session.before is not None:
        where.append(Condition("recorded_at", "<", session.before))
    if question.side:
        where.append(Condition(measures[0], ">" if question.side == "in" else "<", _NOTHING))
    by = [_key_column(ledger, name) for name in keys_of(ledger, question)]
    return totals(session.gateway, session.tables[ledger.table], by, measures, where=where)


def _key_column(ledger: Ledger, name: str) -> str:
    return _ENTRY_COLUMNS.get(name) or dimension_column(ledger, name)


def _condition(column: str, value: Any) -> Condition:
    if value is None:
        return Condition(column, "is_null", True)
    if isinstance(value, list):
        return Condition(column, "in", [one for one in value if one is not None])
    return Condition(column, "=", value)


# --- records -------------------------------------------------------------------------------------


def _records(
    session: Session, doctype: Doctype, question: RecordQuestion, company: int | None
) -> list[Row]:
    target = session.catalog.doctypes[question.doctype]
    table = target.tables[question.path]
    pairs = [(key, column) for key, column in stored_fields(target, table) if key != "facts"]
    where = [_record_condition(target, question, name, v) for name, v in question.match.items()]
    if not question.path and target.company == "required" and "company" not in question.match:
        where.append(_condition("company_id", company))
    for name, operator, value in question.narrow:
        field = table.fields.get(name)
        if field is None or field.stored:
            column = column_of(field) if field is not None else name
            where.append(Condition(column, _OPERATORS[operator], value))
    query = select(
        session.gateway, session.spec(target, question.path), [column for _, column in pairs],
        where=where, order=["id"], limit=MOST_ROWS + 1,
    )  # fmt: skip
    names = [key for key, _ in pairs]
    rows = [
        dict(zip(names, values, strict=True)) for values in session.gateway.fetch_many([query])[0]
    ]
    _refuse_many(len(rows), f"rows of {target.label}")
    links = {f.name: f.link for f in table.columns if f.type == "link"}
    if question.path:
        for row in rows:
            row["parent"] = row.pop("parent_id")
        links["parent"] = (target.name,)
    elif target.company == "required":
        links["company"] = (COMPANY,)
    gather_linked(session, doctype, _linked(links, rows))
    return rows


def _record_condition(
    target: Doctype, question: RecordQuestion, name: str, value: Any
) -> Condition:
    if name == "parent" and question.path:
        return _condition("parent_id", value)
    if name == "company":
        return _condition("company_id", value)
    field = target.tables[question.path].fields.get(name)
    return _condition(column_of(field) if field is not None else name, value)


def _linked(
    links: Mapping[str, tuple[str, ...]], rows: Iterable[Row]
) -> dict[str, set[int]]:  # fmt: skip
    wanted: dict[str, set[int]] = {}
    for row in rows:
        for name, targets in links.items():
            value = row.get(name)
            if value is None:
                continue
            for target in targets:
                wanted.setdefault(target, set()).add(value)
    return wanted


def _refuse_many(count: int, what: str) -> None:
    if count > MOST_ROWS:
        said = f"There are more than {MOST_ROWS:,} {what}: narrow it down."
        raise TooManyRows(said, [Finding("rows.too_many", "", said)])
