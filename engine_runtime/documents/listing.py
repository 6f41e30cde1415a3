"""Lists of documents: columns over links, filters, search, order and pages, in one query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import DOCUMENT
from engine.kernel.rows import Row
from engine_runtime.access.actor import Actor
from engine_runtime.access.gate import require
from engine_runtime.documents.balances import compute, reads_facts
from engine_runtime.documents.cursor import decode, encode
from engine_runtime.documents.errors import InputMalformed
from engine_runtime.documents.filters import conditions, search_condition
from engine_runtime.documents.foreign import is_shown_apart
from engine_runtime.documents.lookups import gather
from engine_runtime.documents.paths import Path, resolve_path
from engine_runtime.documents.read import (
    Titles,
    collect,
    company_conditions,
    find_titles,
    load,
    title_columns,
)
from engine_runtime.documents.service import concrete
from engine_runtime.posting.session import Session, open_session
from engine_runtime.tables.query import Order, Select, build

MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class ListQuery:
    """``fields`` and ``sort`` (``-`` = descending) are paths; ``filters`` are (path, operator, value).

    ``cursor`` is what the page before gave as ``next``.
    """

    fields: tuple[str, ...] = ()
    filters: tuple[tuple[str, str, Any], ...] = ()
    search: str = ""
    sort: tuple[str, ...] = ()
    limit: int = 20
    cursor: str | None = None


@dataclass(slots=True)
class Page:
    """``rows``: path → value, always with ``id``; ``next``: cursor of the next page, None at the end.

    ``titles``: doctype key → id → title of the links among them; ``fields`` describes the columns.
    """

    rows: list[Row]
    next: str | None
    titles: Titles
    fields: tuple[Path, ...] = ()


@dataclass(slots=True)
class _Plan:
    """The columns of the query: ``shown`` paths first, then ``extra`` (titles, order)."""

    shown: list[Path]
    order: list[Order]
    columns: list[str] = field(default_factory=list)
    titles: dict[str, tuple[str, list[int]]] = field(default_factory=dict)
    """Link path → (doctype key, places of its title columns)."""

    def place(self, column: str) -> int:
        if column not in self.columns:
            self.columns.append(column)
        return self.columns.index(column)


def list_rows(actor: Actor, doctype: str, asked: ListQuery) -> Page:
    """One page of ``doctype``. Raises Forbidden, and InputMalformed for a bad path, operator or cursor."""
    session = open_session(actor)
    kind = concrete(session, doctype)
    require(actor, "read", kind)
    if not 1 <= asked.limit <= MOST_ROWS:
        raise InputMalformed(f"A page has 1 to {MOST_ROWS} rows.")
    plan = _plan(session, kind, asked)
    after = decode(session, kind, asked.cursor, _sorts(kind, asked)) if asked.cursor else None
    where = [*company_conditions(session, kind), *conditions(session, kind, asked.filters)]
    if asked.search.strip():
        where.append(search_condition(session, kind, asked.search.strip()))
    select = Select(
        session.spec(kind),
        tuple(plan.columns),
        tuple(where),
        tuple(plan.order),
        after=after,
        limit=asked.limit + 1,
    )
    found = session.gateway.fetch(build(select, session.tables, session.gateway.vendor))
    page = _page(session, kind, asked, plan, found[: asked.limit])
    if len(found) > asked.limit:
        last = found[asked.limit - 1]
        values = [last[plan.place(order.path)] for order in plan.order]
        page.next = encode(values, _sorts(kind, asked))
    return page


def _sorts(doctype: Doctype, asked: ListQuery) -> tuple[str, ...]:
    """The order asked for, ending in the id; without one the newest come first."""
    sort = asked.sort or ((f"-{doctype.date}",) if doctype.date else ())
    if any(name.lstrip("-") == "id" for name in sort):
        return sort
    return (*sort, "-id" if not sort or sort[-1].startswith("-") else "id")


def _plan(session: Session, doctype: Doctype, asked: ListQuery) -> _Plan:
    names = list(dict.fromkeys(("id", *(asked.fields or doctype.list_fields))))
    shown = [resolve_path(session, doctype, name) for name in names]
    computed = [path for path in shown if not path.column]
    for step in doctype.computed if computed else ():
        names += [read.field for read in step.formula.reads if read.record.own]
    shown += [
        resolve_path(session, doctype, name)
        for name in dict.fromkeys(names[len(shown) :])
        if name not in {path.name for path in shown} and name in doctype.fields
    ]
    order = []
    for name in _sorts(doctype, asked):
        path = resolve_path(session, doctype, name.lstrip("-"))
        if not path.column:
            sentence = f"A list cannot be sorted by '{path.name}', which is worked out when asked."
            raise InputMalformed(f"{sentence} Sort by a field that is stored.")
        order.append(Order(path.column, name.startswith("-")))
    plan = _Plan(shown, order)
    for path in shown:
        if path.column:
            plan.place(path.column)
            if not is_shown_apart(session, doctype, path.name, path.field):
                _join_title(session, plan, path)
    for part in order:
        plan.place(part.path)
    return plan


def _join_title(session: Session, plan: _Plan, path: Path) -> None:
    """The title of a link to one doctype comes along by a join."""
    links = path.field.link
    if path.field.type != "link" or len(links) != 1 or links[0] == DOCUMENT or "." in links[0]:
        return
    target = session.catalog.doctypes[links[0]]
    places = [plan.place(f"{path.column}.{column}") for column in title_columns(target)]
    plan.titles[path.name] = (target.key, places)


def _page(
    session: Session, doctype: Doctype, asked: ListQuery, plan: _Plan, found: Sequence[Any]
) -> Page:
    places = [(path.name, plan.place(path.column)) for path in plan.shown if path.column]
    rows = [{name: values[place] for name, place in places} for values in found]
    page = Page(rows, None, {}, tuple(plan.shown))
    for name, (key, columns) in plan.titles.items():
        known = page.titles.setdefault(key, {})
        for row, values in zip(rows, found, strict=True):
            if row[name] is not None:
                title = next((values[place] for place in columns if values[place]), None)
                known[row[name]] = str(title or f"#{row[name]}")
    _several(session, plan, rows, page)
    wanted = {path.name for path in plan.shown if not path.column}
    if wanted:
        _compute(session, doctype, rows, wanted)
    return page


def _several(session: Session, plan: _Plan, rows: Sequence[Row], page: Page) -> None:
    """Titles of links to several doctypes (records of ``session.types`` only), and to other companies' records."""
    wanted: dict[str, set[int]] = {}
    for path in plan.shown:
        if path.field.type == "link" and path.name not in plan.titles:
            for row in rows:
                collect(session, path.field.link, row[path.name], wanted)
    for key, known in find_titles(session, wanted).items():
        page.titles.setdefault(key, {}).update(known)


def _compute(session: Session, doctype: Doctype, rows: list[Row], wanted: set[str]) -> None:
    """Fill in computed fields; what reads other records works on the whole documents."""
    steps = [step for step in doctype.computed if step.field in wanted]
    if not any(reads_facts(step) for step in steps):
        compute(session, doctype, rows)
        return
    whole = load(session, doctype, [row["id"] for row in rows])
    gather(session, doctype, whole)
    compute(session, doctype, whole)
    for row, document in zip(rows, whole, strict=True):
        row.update({name: document[name] for name in wanted})
