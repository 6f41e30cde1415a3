"""By which rules a submitted document stands: those of the catalog that it was submitted by.

A publish does not reach what stands in the books. Where a submitted document is changed, or asked why it holds what
it holds, its calculation, its postings and the rule sets they ask are those of then; tables, ledgers, links and checks
are those of today.
"""

from __future__ import annotations

from dataclasses import replace

from engine.catalog.doctypes import Doctype, FactPlan
from engine.catalog.fields import Table
from engine.catalog.ledgers import Posting
from engine.catalog.whole import Catalog
from engine.kernel.rows import Row
from engine_runtime.active.catalog import catalog_of
from engine_runtime.posting.session import Session

_STANDARD = frozenset(
    {"company", "state", "stage", "number", "version", "created_at", "created_by", "changed_at", "changed_by"}
)  # fmt: skip


def of_then(session: Session, doctype: Doctype, row: Row) -> tuple[Session, Doctype] | None:
    """The session and the doctype as they were when ``row`` was submitted, over the tables of today.

    The same ones where nothing was published since; None where something that they read or write is no more.
    """
    began = row.get("catalog")
    if began is None or began == session.live.version:
        return session, doctype
    catalog = catalog_of(began)
    old = catalog.doctypes.get(doctype.name) if catalog is not None else None
    if catalog is None or old is None or not readable(session, doctype, old):
        return None
    if not all(_writable(session.catalog, posting) for posting in old.posts.values()):
        return None
    kind = replace(
        doctype,
        tables={
            path: _table(table, old.tables.get(path)) for path, table in doctype.tables.items()
        },
        steps=old.steps,
        posts=old.posts,
        proof=old.proof,
        facts=_both(doctype.facts, old.facts),
    )
    live = session.catalog
    seen = replace(
        live,
        doctypes={**live.doctypes, doctype.name: kind},
        rules={**live.rules, **catalog.rules},
    )
    return replace(session, live=replace(session.live, catalog=seen, version=began)), kind


def readable(session: Session, kind: Doctype, old: Doctype) -> bool:
    """Whether everything that ``old`` knows of its own tables and of others is still there."""
    for path, table in old.tables.items():
        now = kind.tables.get(path)
        if now is None or not table.fields.keys() <= now.fields.keys():
            return False
    for name, columns in old.facts.columns.items():
        owner, _, path = name.partition(".")
        other = session.catalog.doctypes.get(owner)
        fields = other.tables.get(path) if other is not None else None
        known = (*fields.fields, "parent", "index", "id") if fields is not None else ()
        if fields is None or not set(columns) <= {*known, *_STANDARD}:
            return False
    return True


def _table(now: Table, then: Table | None) -> Table:
    """The table of today, whose fields are worked out as then."""
    if then is None:
        return now
    fields = {
        name: replace(f, formula=then.fields[name].formula, writer=then.fields[name].writer)
        if name in then.fields
        else f
        for name, f in now.fields.items()
    }
    return replace(now, fields=fields)


def _writable(catalog: Catalog, posting: Posting) -> bool:
    ledger = catalog.ledgers.get(posting.ledger)
    if ledger is None:
        return False
    return posting.set.keys() <= {*ledger.dimensions, *ledger.details, *ledger.measures}


def _both(now: FactPlan, then: FactPlan) -> FactPlan:
    """What either of two plans fetches."""

    def joined(key: str) -> dict[str, tuple[str, ...]]:
        one, other = getattr(now, key), getattr(then, key)
        return {
            name: tuple(dict.fromkeys((*one.get(name, ()), *other.get(name, ()))))
            for name in {**one, **other}
        }

    rows = {
        name: {**then.rows.get(name, {}), **now.rows.get(name, {})}
        for name in {**then.rows, **now.rows}
    }
    return FactPlan(
        links={**then.links, **now.links},
        columns=joined("columns"),
        follow=joined("follow"),
        rules=tuple(dict.fromkeys((*now.rules, *then.rules))),
        rows=rows,
    )
