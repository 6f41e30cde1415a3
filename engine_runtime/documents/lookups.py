"""Gathering facts: what the engine needs to know of other records, one query per linked doctype."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import DOCUMENT, Field
from engine.catalog.rules import RuleSet
from engine.kernel.candidates import Bound, Choice, candidate_bounds
from engine.kernel.rows import VEILED, Row, rows_at
from engine.kernel.rule_rows import RuleRows
from engine.plan.spec import TableSpec
from engine_runtime.documents.foreign import veiled
from engine_runtime.posting.post import COMPANY
from engine_runtime.posting.session import Session
from engine_runtime.tables.asking import select
from engine_runtime.tables.batch import ById, Query
from engine_runtime.tables.query import AllOf, AnyOf, Condition, Operator, Where

MOST_STAGES = 40
"""How many links in a row are followed: paths of expressions, and up the trees that rule sets compare with."""

Wanted = dict[str, set[int]]


def gather(
    session: Session, doctype: Doctype, documents: Sequence[Row], *, trusted: bool = False
) -> bool:
    """Fill ``session.facts`` with every record that ``documents`` link to and what those lead to.

    Only records that are not there yet are asked for; a stage of links is one round trip.
    ``trusted``: links that nobody typed since the last time came from stored records, so what would
    only be asked whether it exists is not asked. Returns whether anything new was fetched.
    """
    wanted = _linked(doctype, documents)
    if trusted:
        _trust(session, doctype, wanted)
    known = _count(session)
    _gather(session, doctype, wanted)
    return _count(session) > known


def gather_linked(session: Session, doctype: Doctype, wanted: Wanted) -> None:
    """Fill ``session.facts`` with the records ``wanted`` (doctype → ids) of which ``doctype`` reads something."""
    read = {name: ids for name, ids in wanted.items() if name in doctype.facts.columns}
    _gather(session, doctype, read)


def _gather(session: Session, doctype: Doctype, wanted: Wanted) -> None:
    for _ in range(MOST_STAGES):
        missing = {name: _missing(session, doctype, name, ids) for name, ids in wanted.items()}
        missing = {name: ids for name, ids in missing.items() if ids}
        if not missing:
            break
        wanted = _fetch(session, doctype, missing)
        session.unknown |= {
            (name, number)
            for name, ids in missing.items()
            for number in ids
            if number not in session.facts[name]
        }


def _is_ours(session: Session, company: int | None) -> bool:
    """Whether a record of ``company`` may count: of the documents at hand, else of the actor."""
    if company is None:
        return True
    at_hand = session.facts.get(COMPANY, {}).keys()
    actor = session.actor
    if at_hand or actor.company_id is not None:
        return company in (at_hand or (actor.company_id,))
    return actor.system or company in actor.companies


def _missing(session: Session, doctype: Doctype, name: str, ids: set[int]) -> list[int]:
    """Those of ``ids`` that were never asked for, or not with their rows."""
    known = session.facts.get(name, {})
    fresh = ids - known.keys()
    rows = doctype.facts.rows.get(name)
    if rows:
        fresh |= {
            number for number in ids & known.keys() if not rows.keys() <= known[number].keys()
        }
    return sorted(number for number in fresh if (name, number) not in session.unknown)


def _count(session: Session) -> int:
    return sum(len(records) for records in session.facts.values())


def _trust(session: Session, doctype: Doctype, wanted: Wanted) -> None:
    """Take the existence of records for granted of which nothing is read."""
    for name in [name for name in wanted if _only_exists(session, doctype, name)]:
        known = session.facts.setdefault(name, {})
        for number in wanted.pop(name):
            if (name, number) not in session.unknown:
                known.setdefault(number, {"id": number})


def _only_exists(session: Session, doctype: Doctype, name: str) -> bool:
    target = session.catalog.doctypes[name.partition(".")[0]]
    read = set(doctype.facts.columns.get(name, ())) - {target.title_field}
    return not read and target.company != "required"


def _linked(doctype: Doctype, documents: Sequence[Row]) -> Wanted:
    wanted: Wanted = {}
    for (path, name), targets in doctype.facts.links.items():
        if targets == (DOCUMENT,):
            continue
        ids = {row[name] for document in documents for row in rows_at(document, path)}
        ids.discard(None)
        for target in targets if ids else ():
            wanted.setdefault(target, set()).update(ids)
    for name in doctype.facts.rows:
        owner, _, path = name.partition(".")
        if owner == doctype.name:
            rows = (row for document in documents for row in rows_at(document, path))
            wanted.setdefault(name, set()).update(r["id"] for r in rows if r.get("id"))
    companies = {document.get("company") for document in documents} - {None}
    if companies:
        wanted.setdefault(COMPANY, set()).update(companies)  # type: ignore[arg-type]
    return wanted


def _fetch(session: Session, doctype: Doctype, missing: dict[str, list[int]]) -> Wanted:
    plans = {name: _columns(session, doctype, name) for name in missing}
    queries = [
        _query(session, name, list(plans[name].values()), ids) for name, ids in missing.items()
    ]
    follow: Wanted = {}
    for name, rows in zip(missing, session.gateway.fetch_many(queries), strict=True):
        names = tuple(plans[name])
        known = session.facts.setdefault(name, {})
        for row in rows:
            record = veiled(session.actor, dict(zip(names, row, strict=True)))
            known[record["id"]] = record
            _follow(session, doctype, name, record, follow)
    _fetch_rows(session, doctype, missing, follow)
    return follow


def _fetch_rows(
    session: Session, doctype: Doctype, above: dict[str, list[int]], follow: Wanted
) -> None:
    """The child rows and back links of the records just fetched, each table in one question."""
    places = [
        (name, field, target, by)
        for name in above
        for field, (target, by) in doctype.facts.rows.get(name, {}).items()
    ]
    plans = [_columns(session, doctype, target) for _, _, target, _ in places]
    queries = [
        ById(_spec(session, target), tuple(plan.values()), above[name], by=plan[by])
        for (name, _, target, by), plan in zip(places, plans, strict=True)
    ]
    answers = session.gateway.fetch_many(queries) if queries else []
    for (name, field, target, by), plan, rows in zip(places, plans, answers, strict=True):
        records = [dict(zip(plan, row, strict=True)) for row in rows]
        _attach(session, doctype, (name, field, target, by), records)
        for record in records:
            _follow(session, doctype, target, record, follow)


def _attach(
    session: Session, doctype: Doctype, place: tuple[str, str, str, str], records: list[Row]
) -> None:
    """Make ``records`` facts, and give their ids, in order, to the facts that they belong to."""
    name, field, target, by = place
    known, owners = session.facts.setdefault(target, {}), session.facts[name]
    for owner in owners.values():
        if VEILED not in owner:
            owner.setdefault(field, [])
    for record in sorted(records, key=lambda row: (row.get("index") or 0, row["id"])):
        owner = owners[record[by]]
        if VEILED in owner or not _is_ours(session, record.get("company")):
            continue
        known[record["id"]] = record
        owner[field].append(record["id"])


def _columns(session: Session, doctype: Doctype, name: str) -> dict[str, str]:
    """Field name → column of a doctype (or ``Doctype.path``) that the facts of ``doctype`` need."""
    owner, _, path = name.partition(".")
    target = session.catalog.doctypes[owner]
    fields = target.tables[path].fields
    found = {"id": "id", "parent": "parent_id", "index": "position"} if path else {"id": "id"}
    if not path and target.company == "required":
        found["company"] = "company_id"
    if not path and target.submittable:
        found |= {"state": "state", "stage": "stage"}
        found["number"] = "number"
    if not path and target.amend == "new":
        found["amends"] = "amends"
    for wanted in (*doctype.facts.columns.get(name, ()), target.title_field):
        field = fields.get(wanted)
        if field is not None:
            found[wanted] = column_of(field)
    return found


def column_of(field: Field) -> str:
    """The column of a stored field."""
    return f"{field.stored_as}_id" if field.type == "link" else field.stored_as


def _query(session: Session, name: str, columns: list[str], ids: list[int]) -> ById:
    return ById(_spec(session, name), tuple(columns), ids)


def _spec(session: Session, name: str) -> TableSpec:
    owner, _, path = name.partition(".")
    return session.spec(session.catalog.doctypes[owner], path)


def _follow(session: Session, doctype: Doctype, name: str, record: Row, follow: Wanted) -> None:
    for link in doctype.facts.follow.get(name, ()):
        value = record.get(link)
        if value is not None:
            for target in targets_of(session, name, link):
                follow.setdefault(target, set()).add(value)


def targets_of(session: Session, name: str, link: str) -> tuple[str, ...]:
    """The doctypes that field ``link`` of a doctype (or ``Doctype.path``) points to."""
    if link == "company":
        return (COMPANY,)
    if link == "parent" and "." in name:
        return (name.rpartition(".")[0],)
    owner, _, path = name.partition(".")
    return session.catalog.doctypes[owner].tables[path].fields[link].link


def candidates(session: Session, doctype: Doctype, documents: Sequence[Row]) -> dict[str, RuleRows]:
    """Rows that the row rule sets of ``doctype`` may choose from, given the facts at hand."""
    bounds = candidate_bounds(session.catalog, doctype, documents, session.facts)
    plans = [(name, *_candidate_query(session, name, bounds[name])) for name in bounds]
    answers = session.gateway.fetch_many([query for _, _, query in plans]) if plans else []
    return {
        name: RuleRows([dict(zip(names, row, strict=True)) for row in rows])
        for (name, names, _), rows in zip(plans, answers, strict=True)
    }


def rule_rows(session: Session, rules: RuleSet) -> dict[str, RuleRows]:
    """All rows that ``rules`` may choose from, for a question outside of calculation."""
    names = [source.doctype for source in rules.sources if source.field is None]
    return {name: _all_rows(session, name) for name in names}


class RowsAtNeed(Mapping[str, RuleRows]):
    """Doctype → all its rows that rule sets may choose from, fetched when a rule set first looks at them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, RuleRows] = {}

    def __getitem__(self, name: str) -> RuleRows:
        if name not in self._known:
            self._known[name] = _all_rows(self._session, name)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def _all_rows(session: Session, name: str) -> RuleRows:
    columns, query = _candidate_query(session, name, [()])
    rows = session.gateway.fetch_many([query])[0]
    return RuleRows([dict(zip(columns, row, strict=True)) for row in rows])


def _candidate_query(
    session: Session, name: str, choices: Sequence[Choice]
) -> tuple[tuple[str, ...], Query]:
    """The rows of source ``name`` for which one of ``choices`` holds."""
    source = session.catalog.doctypes[name]
    fields = {"id": "id"} | {f.name: column_of(f) for f in source.head.columns}
    fields |= _standard(source)
    parts = dict.fromkeys(
        AllOf(tuple(_bounded(source, bound) for bound in choice)) for choice in choices
    )
    where: list[Where] = [AnyOf(tuple(parts))] if all(choices) else []
    if source.company == "required":
        companies = sorted(session.facts.get(COMPANY, {}))
        where.append(Condition("company_id", "in", companies))
    return tuple(fields), select(
        session.gateway, session.spec(source), list(fields.values()), where=where
    )


def _standard(source: Doctype) -> dict[str, str]:
    """The standard fields of a record that rule sets may compare with → their columns."""
    found = {"company": "company_id"} if source.company == "required" else {}
    if source.submittable:
        found |= {name: name for name in ("state", "stage", "number")}
    return found


def _bounded(source: Doctype, bound: Bound) -> Where:
    """The condition of one bound; an empty cell fits all."""
    if bound.kind == "valid":
        if not bound.values:
            return AnyOf(())
        starts = _or_empty("valid_from", "<=", max(bound.values))
        return AllOf((starts, _or_empty("valid_to", ">=", min(bound.values))))
    field = source.fields.get(bound.field)
    column = column_of(field) if field is not None else _standard(source)[bound.field]
    if not bound.values:
        return Condition(column, "is_null", True)
    if bound.kind == "up_to":
        return _or_empty(column, "<=", max(bound.values))
    among = Condition(column, "in", tuple(sorted(bound.values)))
    return (
        among
        if field is not None and field.required
        else AnyOf((among, Condition(column, "is_null", True)))
    )


def _or_empty(column: str, operator: Operator, value: Any) -> Where:
    return AnyOf((Condition(column, operator, value), Condition(column, "is_null", True)))
