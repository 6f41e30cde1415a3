"""Stored entries and lots as the kernel asks for them: ``frame["read"](EntriesQuestion(…))``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.catalog.ledgers import Ledger
from engine.catalog.sources import TableSource
from engine.kernel.entries import Entry
from engine.kernel.entries_at_hand import as_row, folded, is_asked, with_lots
from engine.kernel.posting_case import EntriesQuestion, LotsQuestion
from engine.kernel.rows import Row
from engine.plan.tables import worths
from engine_runtime.ledgers.stored import dimension_values, live, types_of
from engine_runtime.posting.session import Session
from engine_runtime.tables.asking import select, totals
from engine_runtime.tables.batch import ById
from engine_runtime.tables.query import Condition


def answer(
    session: Session, question: EntriesQuestion | LotsQuestion, pending: Sequence[Entry] = ()
) -> list[Row]:
    """The rows that a question asks for; ``pending``: entries of this transaction that are not stored yet."""
    own = [entry for entry in pending if entry.ledger.name == question.ledger]
    if isinstance(question, LotsQuestion):
        return with_lots(stored_lots(session, question), own, question)
    gone = {entry.values.get("reverses") for entry in own}
    stored = [row for row in stored_entries(session, question) if row["id"] not in gone]
    return stored + [as_row(entry) for entry in own if is_asked(entry, question)]


def stored_entries(session: Session, question: EntriesQuestion) -> list[Row]:
    """The live entries that ``question`` asks for, in the order they were written."""
    ledger = session.catalog.ledgers[question.ledger]
    spec = session.tables[ledger.table]
    names = [column.name for column in spec.columns]
    query = select(
        session.gateway, spec, names, where=_where(session, ledger, question), order=["id"]
    )
    found = [dict(zip(names, row, strict=True)) for row in session.gateway.fetch_many([query])[0]]
    records = live(found)
    for record in records:
        session.types |= types_of(ledger, record)
        session.types[record["origin_id"]] = record["origin_type"]
    return folded(ledger, [as_asked(ledger, record) for record in records])


def stored_lots(session: Session, question: LotsQuestion) -> list[Row]:
    """What is there, lot by lot, the oldest first."""
    ledger = session.catalog.ledgers[question.ledger]
    spec = session.tables[ledger.table]
    by = [_column(ledger, name) for name in ledger.dimensions]
    figures = [*ledger.measures, *(f"{name}_worth" for name in worths(ledger))]
    where = _matches(ledger, question.match)
    query = totals(session.gateway, spec, by, figures, where=where)
    names = [*ledger.dimensions, *figures]
    rows = [dict(zip(names, row, strict=True)) for row in session.gateway.fetch_many([query])[0]]
    found = [row for row in rows if any(row[name] for name in figures)]
    return sorted(found, key=lambda row: [(row[n] is None, str(row[n])) for n in ledger.dimensions])


def _where(session: Session, ledger: Ledger, question: EntriesQuestion) -> list[Condition]:
    if question.document is not None:
        return [Condition("origin_id", "=", question.document)]
    if question.of_line is not None:
        return [Condition("of_line", "=", question.of_line)]
    if question.line is not None:
        return [of_line(session, question.line, question.tables)]
    where = _matches(ledger, question.match or {})
    if question.after is not None:
        spec = session.tables[ledger.table]
        moments = session.gateway.fetch(ById(spec, ("moment",), [question.after]))
        where += [Condition("moment", ">=", moment) for (moment,) in moments]
    return where


def _matches(ledger: Ledger, match: Mapping[str, Any]) -> list[Condition]:
    return [
        Condition(_column(ledger, name), "is_null", True)
        if value is None
        else Condition(_column(ledger, name), "=", value)
        for name, value in match.items()
    ]


def _column(ledger: Ledger, name: str) -> str:
    dimension = ledger.dimensions.get(name)
    link = name == "company" or (dimension is not None and dimension.type == "link")
    return f"{name}_id" if link else name


def of_line(session: Session, line: int, kinds: Sequence[str]) -> Condition:
    """Entries of a row and of the rows below it that its document posts by; of a whole document, all it wrote."""
    ids = {line}
    for name in kinds:
        owner, _, path = name.partition(".")
        if not path:
            return Condition("origin_id", "=", line)
        doctype = session.catalog.doctypes[owner]
        tables = {p.each.path for p in doctype.posts.values() if isinstance(p.each, TableSource)}
        for deeper in sorted(each for each in tables if each.startswith(f"{path}.")):
            ids |= _rows_below(session, owner, path, deeper, line)
    return Condition("line_id", "in", sorted(ids))


def _rows_below(session: Session, owner: str, path: str, deeper: str, line: int) -> set[int]:
    """Ids of the rows of table ``deeper`` that hang below row ``line`` of the table at ``path``."""
    doctype = session.catalog.doctypes[owner]
    parents, place = [line], path
    for step in deeper.removeprefix(f"{path}.").split("."):
        place = f"{place}.{step}"
        where = [Condition("parent_id", "in", parents)]
        query = select(session.gateway, session.spec(doctype, place), ["id"], where=where)
        parents = [row[0] for row in session.gateway.fetch_many([query])[0]]
        if not parents:
            return set()
    return set(parents)


def as_asked(ledger: Ledger, record: Mapping[str, Any]) -> Row:
    """A stored entry by the names of the language."""
    row: Row = dimension_values(ledger, record)
    row |= {name: record[name] for name in ledger.measures}
    row |= {name: value for name, value in record.items() if name.endswith("_worth")}
    kept = (
        "id", "date", "meant_for", "line_table", "rule", "posting", "reverses",
    )  # fmt: skip
    row |= {name: record[name] for name in kept}
    row["company"], row["origin"], row["line"] = (
        record["company_id"], record["origin_id"], record["line_id"],
    )  # fmt: skip
    row["corrects"], row["cause"] = record["corrects"], record["cause_id"]
    for name in ("moment", "origin_type", "catalog"):
        row[name] = record[name]
    for name in ("of_line", "how", "level"):
        row[name] = record.get(name)
    row["currency"] = record.get("currency_id")
    return row
