"""What a report must know of the records its lines lead to: columns for formulas, and titles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import DOCUMENT
from engine.catalog.ledgers import Ledger
from engine.catalog.reports import Report
from engine.catalog.whole import Catalog
from engine.expr.program import Expr
from engine_runtime.documents.lookups import column_of
from engine_runtime.posting.session import Session
from engine_runtime.reports.lines import Line
from engine_runtime.tables.batch import ById

MOST_STAGES = 6
"""How many links in a row a formula may follow."""

Wanted = dict[str, set[int]]
Facts = dict[str, dict[int, dict[str, Any]]]


def expressions(report: Report) -> Iterable[Expr]:
    """Every expression that runs once per line."""
    yield from (column.formula for column in report.columns.values())
    if report.where is not None:
        yield report.where


def columns_read(catalog: Catalog, ledger: Ledger, report: Report) -> dict[str, set[str]]:
    """Doctype → fields that the report's expressions and groups read over links."""
    found: dict[str, set[str]] = {}
    for expression in expressions(report):
        for read in expression.reads:
            if not read.record.own and read.record.key in catalog.doctypes:
                found.setdefault(read.record.key, set()).add(read.field)
    for path in report.group:
        _group_reads(catalog, ledger, path, found)
    for name in report.by:
        tree = tree_of(catalog, ledger, name)
        if tree is not None and tree.name_by is not None:
            found.setdefault(tree.name, set()).add(tree.name_by)
    return found


def tree_of(catalog: Catalog, ledger: Ledger, name: str) -> Doctype | None:
    """The doctype of a key that leads to a tree, which people know by its codes."""
    dimension = ledger.dimensions.get(name)
    target = catalog.doctypes.get(_only(dimension.link) or "") if dimension else None
    return target if target is not None and target.tree is not None else None


def _group_reads(catalog: Catalog, ledger: Ledger, path: str, found: dict[str, set[str]]) -> None:
    first, *rest = path.split(".")
    dimension = ledger.dimensions.get(first) or ledger.details.get(first)
    targets = dimension.link if dimension else ()
    for name in rest:
        following: tuple[str, ...] = ()
        for target in targets:
            doctype = catalog.doctypes.get(target)
            if doctype is not None and name in doctype.fields:
                found.setdefault(target, set()).add(name)
                following += doctype.fields[name].link
        targets = following


def linked(catalog: Catalog, ledger: Ledger, lines: Iterable[Line]) -> Wanted:
    """Doctype → ids of the records that the lines' keys point to."""
    wanted: Wanted = {}
    links = {d.name: d.link for d in (*ledger.dimensions.values(), *ledger.details.values())}
    for line in lines:
        for name, value in line.keys.items():
            if value is None or not (name in line.types or links.get(name)):
                continue
            target = catalog.by_key.get(line.types.get(name) or "") or _only(links.get(name, ()))
            if target is not None:
                wanted.setdefault(target, set()).add(value)
    return wanted


def _only(targets: tuple[str, ...]) -> str | None:
    return targets[0] if len(targets) == 1 and targets[0] != DOCUMENT else None


def load(session: Session, columns: Mapping[str, set[str]], wanted: Wanted) -> Facts:
    """The facts of ``wanted`` and of what their columns lead to; one query per doctype and stage."""
    facts: Facts = {}
    for _ in range(MOST_STAGES):
        missing = {
            name: sorted(ids - facts.get(name, {}).keys())
            for name, ids in wanted.items()
            if name in columns
        }
        missing = {name: ids for name, ids in missing.items() if ids}
        if not missing:
            break
        wanted = _stage(session, columns, missing, facts)
    return facts


def _stage(
    session: Session, columns: Mapping[str, set[str]], missing: dict[str, list[int]], facts: Facts
) -> Wanted:
    plans = {name: _plan(session, name, columns[name]) for name in missing}
    queries = [
        ById(session.spec(session.catalog.doctypes[name]), tuple(plans[name].values()), ids)
        for name, ids in missing.items()
    ]
    follow: Wanted = {}
    for name, rows in zip(missing, session.gateway.fetch_many(queries), strict=True):
        known = facts.setdefault(name, {})
        for row in rows:
            record = dict(zip(plans[name], row, strict=True))
            known[record["id"]] = record
            _follow(session, name, record, follow)
    return follow


def _plan(session: Session, name: str, fields: set[str]) -> dict[str, str]:
    """Field → column; standard fields have their own names, the company ends in ``_id``."""
    doctype = session.catalog.doctypes[name]
    spec = session.spec(doctype)
    found = {"id": "id"}
    for field in sorted(fields):
        declared = doctype.fields.get(field)
        column = column_of(declared) if declared else f"{field}_id" if field == "company" else field
        if column in spec.by_name:
            found[field] = column
    return found


def _follow(session: Session, name: str, record: Mapping[str, Any], follow: Wanted) -> None:
    doctype = session.catalog.doctypes[name]
    for field, value in record.items():
        declared = doctype.fields.get(field)
        if value is not None and declared is not None and declared.type == "link":
            for target in declared.link:
                follow.setdefault(target, set()).add(value)
