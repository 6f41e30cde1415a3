"""Reading documents: whole ones, and the titles of what they link to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import DOCUMENT, Table
from engine.kernel.posting_case import row_title
from engine.kernel.rows import Row, rows_at, tables_in_order
from engine_runtime.access.actor import Actor
from engine_runtime.access.gate import allowed, require
from engine_runtime.documents.balances import compute, reads_facts
from engine_runtime.documents.errors import NotFound
from engine_runtime.documents.lookups import gather
from engine_runtime.documents.naming import key_field
from engine_runtime.documents.write import has_type_column, stored_fields
from engine_runtime.posting.post import COMPANY
from engine_runtime.posting.session import Session, open_session
from engine_runtime.posting.wording import lines_of
from engine_runtime.tables.asking import select
from engine_runtime.tables.batch import Query
from engine_runtime.tables.query import Condition

Titles = dict[str, dict[int, str]]
"""Doctype key → id → title."""


@dataclass(slots=True)
class Documents:
    """``rows`` whole, in the order asked; ``titles`` of every record they link to."""

    rows: list[Row]
    titles: Titles = field(default_factory=dict)


def get(actor: Actor, doctype: str, ids: Sequence[int]) -> Documents:
    """The documents ``ids`` of ``doctype`` with computed fields and link titles.

    Raises Forbidden, and NotFound where one is missing or of another company than the actor's.
    """
    session = open_session(actor)
    kind = session.catalog.doctypes[doctype]
    require(actor, "read", kind)
    rows = load(session, kind, ids)
    _compute(session, kind, rows)
    return Documents(rows, titles(session, kind, rows))


def _compute(session: Session, kind: Doctype, rows: Sequence[Row]) -> None:
    if any(reads_facts(step) for step in kind.computed):
        gather(session, kind, rows)
    compute(session, kind, rows)


def written(actor: Actor, doctype: Doctype, rows: Sequence[Row]) -> Titles:
    """Tell of ``rows`` that were just written what ``get`` would: fields that are computed when asked are worked
    out in them, where the actor may read the doctype; returns the titles of what they link to.
    """
    session = open_session(actor)
    for table in tables_in_order(doctype):
        for link in (f.name for f in table.columns if has_type_column(f)):
            for row in (row for document in rows for row in rows_at(document, table.path)):
                key = row.get(f"{link}_type")
                if row[link] is not None and key is not None:
                    session.types[row[link]] = key
    if allowed(actor, "read", doctype):
        _compute(session, doctype, rows)
    return titles(session, doctype, rows)


def company_conditions(session: Session, doctype: Doctype) -> list[Condition]:
    """What keeps a reader inside the company in hand."""
    actor = session.actor
    if doctype.name == COMPANY:
        return [] if actor.system else [Condition("id", "in", sorted(actor.companies))]
    if doctype.company != "required":
        return []
    if actor.company_id is not None:
        return [Condition("company_id", "=", actor.company_id)]
    return [] if actor.system else [Condition("company_id", "in", sorted(actor.companies))]


def load(
    session: Session, doctype: Doctype, ids: Sequence[int], *, for_update: bool = False
) -> list[Row]:
    """The stored rows of ``ids``, whole, in that order; locked against other writers on demand."""
    heads = _heads(session, doctype, ids, for_update=for_update)
    missing = [number for number in ids if number not in heads]
    if missing:
        raise NotFound(f"There is no {doctype.label} {missing[0]} that you may see.")
    return _whole(session, doctype, [heads[number] for number in ids])


def load_known(
    session: Session, doctype: Doctype, ids: Sequence[int], *, for_update: bool = False
) -> list[Row]:
    """As ``load``, without those that there are none of."""
    heads = _heads(session, doctype, ids, for_update=for_update)
    return _whole(session, doctype, [heads[number] for number in ids if number in heads])


def _whole(session: Session, doctype: Doctype, documents: list[Row]) -> list[Row]:
    for table in tables_in_order(doctype)[1:]:
        _children(session, doctype, table, documents)
    return documents


def _heads(
    session: Session, doctype: Doctype, ids: Sequence[int], *, for_update: bool
) -> dict[int, Row]:
    # The facts of a submitted document are large, and nobody reads them to show it.
    pairs = [(key, c) for key, c in stored_fields(doctype, doctype.head) if key != "facts"]
    where = [Condition("id", "in", sorted(set(ids))), *company_conditions(session, doctype)]
    columns = [column for _, column in pairs]
    query = select(
        session.gateway, session.spec(doctype), columns, where=where, order=["id"], lock=for_update
    )
    found: dict[int, Row] = {}
    for values in session.gateway.fetch_many([query])[0]:
        row = _as_row(session, doctype.head, pairs, values)
        found[row["id"]] = row
    return found


def _as_row(
    session: Session, table: Table, pairs: Sequence[tuple[str, str]], values: Sequence[object]
) -> Row:
    row: Row = {f.name: [] if f.type == "table" else None for f in table.fields.values()}
    row["typed"] = ""
    row.update(zip((key for key, _ in pairs), values, strict=True))
    row["typed"] = row["typed"] or ""
    for link in table.columns:
        if has_type_column(link) and row[link.name] is not None:
            session.types[row[link.name]] = row[f"{link.name}_type"]
    return row


def _children(session: Session, doctype: Doctype, table: Table, documents: Sequence[Row]) -> None:
    assert table.parent is not None
    name = table.path.rpartition(".")[2]
    parents = {row["id"]: row for d in documents for row in rows_at(d, table.parent)}
    if not parents:
        return
    pairs = stored_fields(doctype, table)
    query = select(
        session.gateway,
        session.spec(doctype, table.path),
        [column for _, column in pairs],
        where=[Condition("parent_id", "in", sorted(parents))],
        order=["parent_id", "position"],
    )
    for values in session.gateway.fetch_many([query])[0]:
        row = _as_row(session, table, pairs, values)
        row["parent"] = parents[row["parent_id"]]
        row["parent"][name].append(row)


def titles(session: Session, doctype: Doctype, documents: Sequence[Row]) -> Titles:
    """The titles of every record that ``documents`` link to: one query per doctype."""
    wanted: dict[str, set[int]] = {}
    for table in tables_in_order(doctype):
        links = [f for f in table.columns if f.type == "link"]
        for document in documents if links else ():
            for row in rows_at(document, table.path):
                for link in links:
                    collect(session, link.link, row[link.name], wanted)
    if doctype.company == "required":
        companies = {document["company"] for document in documents}
        wanted.setdefault(COMPANY, set()).update(companies)
    return find_titles(session, wanted)


def collect(
    session: Session, targets: Sequence[str], value: int | None, wanted: dict[str, set[int]]
) -> None:
    """Note that the title of ``value``, a record of one of ``targets``, is wanted."""
    if value is None:
        return
    if len(targets) == 1 and targets[0] != DOCUMENT:
        wanted.setdefault(targets[0], set()).add(value)
        return
    key = session.types.get(value)
    if key is not None:
        wanted.setdefault(session.catalog.by_key[key], set()).add(value)


def find_titles(session: Session, wanted: dict[str, set[int]]) -> Titles:
    """Doctype name → ids to doctype key → id → title.

    Rows (``Sales Order.items``) are told by their documents, under the key of those: ``SO0007, line 2``.
    """
    lines = {
        name: lines_of(session, name, ids) for name, ids in wanted.items() if ids and "." in name
    }
    heads = {name: set(ids) for name, ids in wanted.items() if ids and "." not in name}
    for name, rows in lines.items():
        heads.setdefault(name.partition(".")[0], set()).update(head for head, _ in rows.values())
    found = _head_titles(session, heads)
    for name, rows in lines.items():
        known = found[session.catalog.doctypes[name.partition(".")[0]].key]
        named = {n: row_title(known[at], place) for n, (at, place) in rows.items() if at in known}
        known.update(named)
    return found


def _head_titles(session: Session, wanted: dict[str, set[int]]) -> Titles:
    queries = [_title_query(session, name, ids) for name, ids in wanted.items()]
    answers = session.gateway.fetch_many(queries) if queries else []
    return {
        session.catalog.doctypes[name].key: {
            row[0]: str(next((part for part in row[1:] if part), f"#{row[0]}")) for row in rows
        }
        for name, rows in zip(wanted, answers, strict=True)
    }


def title_columns(doctype: Doctype) -> list[str]:
    """The columns of which the first filled one is the title of a record."""
    found = []
    for name in (doctype.title_field, key_field(doctype)):
        field = doctype.fields.get(name or "")
        if name is not None and name not in found and (field is None or field.stored):
            is_text = field is None or field.type not in ("link", "table", "back")
            if is_text and (field is not None or name == "number"):
                found.append(name)
    return found


def _title_query(session: Session, name: str, ids: Iterable[int]) -> Query:
    doctype = session.catalog.doctypes[name]
    columns = ["id", *title_columns(doctype)]
    where = [Condition("id", "in", sorted(ids)), *_membership(session, doctype)]
    return select(session.gateway, session.spec(doctype), columns, where=where)


def _membership(session: Session, doctype: Doctype) -> list[Condition]:
    """Titles are told of what belongs to all, and to the companies that the actor may enter."""
    actor = session.actor
    if actor.system or (doctype.company != "required" and doctype.name != COMPANY):
        return []
    column = "id" if doctype.name == COMPANY else "company_id"
    return [Condition(column, "in", sorted(actor.companies))]
