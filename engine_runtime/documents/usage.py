"""Whether ledgers know a record: entries have no foreign keys, so deleting and changing ask here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import DOCUMENT
from engine.catalog.ledgers import LedgerLimit
from engine.kernel.entries import Entry
from engine.kernel.finding import Finding
from engine.kernel.lots import EXPIRED
from engine.kernel.rows import Row
from engine_runtime.documents.balances import dimension_column
from engine_runtime.documents.errors import InUse
from engine_runtime.documents.lookups import column_of
from engine_runtime.documents.prepare import refuse
from engine_runtime.documents.read import find_titles
from engine_runtime.ledgers.stored import live
from engine_runtime.posting.session import Session
from engine_runtime.tables.asking import select
from engine_runtime.tables.batch import Query
from engine_runtime.tables.query import Aggregate, Condition, Select, build

_NAMES = ("id", "reverses", "origin_type", "origin_id")
_NEWEST = 50
_MOST_NAMED = 3


def require_no_entries(session: Session, doctype: Doctype, ids: Sequence[int]) -> None:
    """Raise InUse where an entry of any ledger names one of ``ids`` in a dimension."""
    asked = []
    queries = []
    for ledger in session.catalog.ledgers.values():
        for dimension in (*ledger.dimensions.values(), *ledger.details.values()):
            if doctype.name in dimension.link:
                spec = session.tables[ledger.table]
                where = [Condition(f"{dimension.name}_id", "in", list(ids))]
                asked.append(ledger)
                queries.append(select(session.gateway, spec, ("id",), where=where, limit=1))
    for ledger, rows in zip(asked, session.gateway.fetch_many(queries), strict=True):
        if rows:
            raise InUse(
                f"{doctype.label} has entries in {ledger.label}; what is in the books stays. "
                "Disable it instead."
            )


def require_all_seen(session: Session, doctype: Doctype, rows: Sequence[Row]) -> None:
    """Raise InUse where one of ``rows`` has live entries in a ledger that the live catalog does not know.

    What it wrote there could not be taken back, and would stand for good once the ledger is declared again.
    """
    numbers = {row["id"]: row.get("number") or f"#{row['id']}" for row in rows}
    columns = ("id", "reverses", "origin_id")
    where = [Condition("origin_id", "in", list(numbers))]
    queries = [select(session.gateway, spec, columns, where=where) for spec in session.live.unseen]
    answers = session.gateway.fetch_many(queries) if queries else []
    for spec, entries in zip(session.live.unseen, answers, strict=True):
        for entry in live([dict(zip(columns, one, strict=True)) for one in entries]):
            raise InUse(
                f"{doctype.label} {numbers[entry['origin_id']]} has entries in a ledger that is out of sight "
                f"({spec.name}): its pack was taken out. Publish that pack again; then it can be cancelled."
            )


def require_not_settled(session: Session, doctype: Doctype, ids: Sequence[int]) -> None:
    """Raise InUse where live entries of other documents name one of ``ids``: it cannot be cancelled."""
    queries = []
    for ledger in session.catalog.ledgers.values():
        for dimension in ledger.dimensions.values():
            if dimension.link == (DOCUMENT,) or doctype.name in dimension.link:
                spec = session.tables[ledger.table]
                where = [Condition(f"{dimension.name}_id", "in", list(ids))]
                queries.append(select(session.gateway, spec, _NAMES, where=where, order=["id"]))
    _refuse_named(session, f"this {doctype.label}", queries, set(ids))


def _refuse_named(
    session: Session, what: str, queries: Sequence[Query], own: Collection[int]
) -> None:
    """Raise InUse where a live entry that ``queries`` find is of another document than ``own``."""
    for rows in session.gateway.fetch_many(queries):
        records = live([dict(zip(_NAMES, row, strict=True)) for row in rows])
        other = next((r for r in records if r["origin_id"] not in own), None)
        if other is not None:
            name = session.catalog.by_key.get(other["origin_type"])
            if name is None:
                raise InUse(
                    f"A document of a pack that is out of sight refers to {what}. "
                    "Publish that pack again; then take that back first."
                )
            kind = session.catalog.doctypes[name]
            titles = find_titles(session, {kind.name: {other["origin_id"]}})
            title = titles[kind.key].get(other["origin_id"], other["origin_id"])
            raise InUse(
                f"{kind.label} {title} refers to {what}. Cancel {kind.label} {title} first."
            )


def built_on(session: Session, entry: Entry, limit: LedgerLimit, own: Collection[int]) -> list[str]:
    """The documents other than ``own`` that moved the key of ``entry`` the same way last: ``Depot Issue DI0001``.

    Of the newest entries of the key only, so that a busy one costs no more.
    """
    ledger, values = entry.ledger, entry.values
    where = [Condition("company_id", "=", values["company"])]
    for name in limit.by:
        column = dimension_column(ledger, name)
        empty = values[name] is None
        where.append(Condition(column, "is_null" if empty else "=", empty or values[name]))
    where.append(Condition("posting", "!=", EXPIRED))  # nobody cancels what went by itself
    spec, columns = session.tables[ledger.table], (*_NAMES, limit.measure)
    query = select(session.gateway, spec, columns, where=where, order=["-id"], limit=_NEWEST)
    rows = session.gateway.fetch_many([query])[0]
    records = live([dict(zip(columns, row, strict=True)) for row in rows])
    found: dict[str, dict[int, None]] = {}
    for record in records:
        made_by = session.catalog.by_key.get(record["origin_type"])  # None: of a pack that is out
        same_way = record[limit.measure] * values[limit.measure] > 0
        if made_by is not None and record["origin_id"] not in own and same_way:
            found.setdefault(made_by, {})[record["origin_id"]] = None
    titles = find_titles(session, {name: set(ids) for name, ids in found.items()})
    kinds = [
        (session.catalog.doctypes[name], number) for name, ids in found.items() for number in ids
    ]
    return [f"{k.label} {titles[k.key].get(n, n)}" for k, n in kinds][:_MOST_NAMED]


def require_rows_unused(
    session: Session, doctype: Doctype, document: int, gone: Mapping[str, Iterable[int]]
) -> None:
    """Raise InUse where live entries of other documents name rows (table path → ids) that are to go."""
    queries = []
    for path, ids in gone.items():
        for ledger in session.catalog.ledgers.values():
            for dimension in ledger.dimensions.values():
                if f"{doctype.name}.{path}" in dimension.link or dimension.link == (DOCUMENT,):
                    spec = session.tables[ledger.table]
                    where = [Condition(f"{dimension.name}_id", "in", sorted(ids))]
                    queries.append(select(session.gateway, spec, _NAMES, where=where, order=["id"]))
    _refuse_named(session, f"a row of this {doctype.label}", queries, {document})
    for path, ids in gone.items():
        _refuse_linked(session, doctype, f"{doctype.name}.{path}", sorted(ids))


def _refuse_linked(session: Session, doctype: Doctype, target: str, ids: Sequence[int]) -> None:
    """Raise InUse where a record links to one of the rows ``ids`` of ``target``."""
    places = [
        (other, table, link)
        for other in session.catalog.doctypes.values()
        if not (other.abstract or other.child)
        for table in other.tables.values()
        for link in table.columns
        if target in link.link
    ]
    queries = [
        select(
            session.gateway,
            session.spec(other, table.path),
            ("id",),
            where=[Condition(column_of(link), "in", list(ids))],
            limit=1,
        )
        for other, table, link in places
    ]
    for (other, _, link), rows in zip(places, session.gateway.fetch_many(queries), strict=True):
        if rows:
            raise InUse(
                f"{link.label} of a {other.label} refers to a row of this {doctype.label} that was taken out. "
                f"Take that back first."
            )


def require_fixed(
    session: Session, doctype: Doctype, ids: Sequence[int], changes: Sequence[Mapping[str, Any]]
) -> None:
    """Raise DocumentInvalid where ``changes`` touch what is fixed once entries name the record.

    ``changes``: the changed fields of each of ``ids``. Entries of every company count, also those
    of cancelled documents: they stand in the books as they were written.
    """
    asked: dict[tuple[str, str], None] = {}
    for field, uses in doctype.fixed.items():
        if any(field in change for change in changes):
            asked.update(dict.fromkeys(uses))
    if not asked:
        return
    touched = [i for i, change in enumerate(changes) if doctype.fixed.keys() & change.keys()]
    queries = [_first_use(session, *use, [ids[i] for i in touched]) for use in asked]
    answers = dict(zip(asked, session.gateway.fetch_many(queries), strict=True))
    found: list[tuple[int, Finding]] = []
    for index in touched:
        for field in sorted(doctype.fixed.keys() & changes[index].keys()):
            for use in doctype.fixed[field]:
                if any(not use[1] or row[0] == ids[index] for row in answers[use]):
                    found.append((index, _fixed(session, doctype, ids[index], field, use[0])))
                    break
    refuse(found, len(ids))


def _first_use(session: Session, ledger: str, dimension: str, ids: Sequence[int]) -> Query:
    """The records among ``ids`` that entries name; with no dimension, whether there are any entries."""
    spec = session.tables[session.catalog.ledgers[ledger].table]
    if not dimension:
        return select(session.gateway, spec, ("id",), limit=1)
    column = f"{dimension}_id"
    where = [Condition(column, "in", sorted(ids))]
    if len(ids) == 1:
        return select(session.gateway, spec, (column,), where=where, limit=1)
    grouped = Select(spec, (column, Aggregate("count")), tuple(where))
    return build(grouped, session.tables, session.gateway.vendor)


def _fixed(session: Session, doctype: Doctype, number: int, field: str, ledger: str) -> Finding:
    titles = find_titles(session, {doctype.name: {number}})
    title = titles[doctype.key].get(number, number)
    return Finding(
        "field.fixed_once_used",
        field,
        f"{doctype.fields[field].label} cannot change any more: "
        f"{session.catalog.ledgers[ledger].label} has entries of {doctype.label} {title}.",
        hint=f"Make a new {doctype.label}.",
    )
