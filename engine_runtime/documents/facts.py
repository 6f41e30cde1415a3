"""The facts a document stands on from its submit: stored with it, so that it stays a closed world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Table
from engine.catalog.fieldtypes import DECIMAL_TYPES
from engine.catalog.former import counterpart, field_in, table_in
from engine.catalog.whole import Catalog
from engine.kernel.rows import Facts, Row, rows_at
from engine_runtime.active.catalog import catalog_of
from engine_runtime.documents.lookups import targets_of
from engine_runtime.posting.post import COMPANY
from engine_runtime.posting.session import Session
from engine_runtime.tables.batch import ById

Frozen = dict[str, dict[str, Any]]

EXPLAINED = ""
"""Under what no doctype is called: path → why a rule set answered as it did."""
WHY = "$why"
"""The key of a row in hand under which its explanations go along until it is stored."""


def frozen(session: Session, doctype: Doctype, document: Row) -> Frozen:
    """Doctype name → id → field → value of every record that ``document`` reads over a link.

    Values are typed; written as JSON, decimals and dates become text. Under ``EXPLAINED``: the explanations.
    """
    wanted: dict[str, set[int]] = {}
    for (path, name), targets in doctype.facts.links.items():
        for row in rows_at(document, path):
            if row[name] is not None:
                for target in targets:
                    wanted.setdefault(target, set()).add(row[name])
    if document.get("company") is not None:
        wanted.setdefault(COMPANY, set()).add(document["company"])
    _follow(session, doctype, wanted)
    found: Frozen = {
        name: {str(number): rows[number] for number in sorted(ids) if number in rows}
        for name, ids in wanted.items()
        if (rows := session.facts.get(name))
    }
    why = document.get(WHY)
    return {**found, EXPLAINED: dict(why)} if why else found


def stored_facts(session: Session, doctype: Doctype, document: int) -> Frozen:
    """What was stored with a submitted document, under the names of the session's catalog; nothing of a draft."""
    spec = session.spec(doctype)
    rows = session.gateway.fetch(ById(spec, ("facts", "catalog"), [document]))
    found: Frozen | None = rows[0][0] if rows else None
    if not found:
        return {}
    began = rows[0][1]
    then = catalog_of(began) if began not in (None, session.live.version) else None
    return _renamed(found, then, session.catalog) if then is not None else found


def _renamed(facts: Frozen, then: Catalog, now: Catalog) -> Frozen:
    """``facts`` under the names of ``now``; what is no more goes."""
    found: Frozen = {}
    for name, records in facts.items():
        owner, _, path = name.partition(".")
        was = then.doctypes.get(owner)
        if was is None:  # the explanations
            found[name] = records
            continue
        kind = counterpart(was, now)
        table = table_in(was, path, kind) if kind is not None else None
        if kind is not None and table is not None:
            names = _names(was.tables[path], table)
            found[f"{kind.name}.{table.path}" if table.path else kind.name] = {
                number: {names.get(key, key): value for key, value in record.items()}
                for number, record in records.items()
            }
    return found


def _names(then: Table, now: Table) -> dict[str, str]:
    """What fields of ``then`` are called in ``now``, where that is another name."""
    found = ((field, field_in(field, now)) for field in then.fields.values())
    return {was.name: f.name for was, f in found if f is not None and f.name != was.name}


def recall(session: Session, facts: Frozen) -> None:
    """Let ``session`` know what was true when a document was submitted, in place of what is true now."""
    for name, rows in thawed(session.catalog, facts).items():
        known = session.facts.setdefault(name, {})
        for number, record in rows.items():
            known[number] = {**known.get(number, {}), **record}


def thawed(catalog: Catalog, facts: Frozen) -> Facts:
    """Stored facts with their values typed again; records of what is no more are left out."""
    found: Facts = {}
    for name, rows in facts.items():
        owner, _, path = name.partition(".")
        kind = catalog.doctypes.get(owner)
        table = kind.tables.get(path) if kind is not None else None
        if table is not None:
            found[name] = {
                int(number): {key: _typed(table, key, value) for key, value in row.items()}
                for number, row in rows.items()
            }
    return found


def _typed(table: Table, name: str, value: Any) -> Any:
    field = table.fields.get(name)
    if value is None or field is None or not isinstance(value, str | int | float):
        return value
    if field.type in DECIMAL_TYPES:
        return Decimal(str(value))
    reader = _READERS.get(field.type)
    return reader(value) if reader is not None and isinstance(value, str) else value


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
}


def explanations(facts: Frozen | None) -> dict[str, str]:
    """Why rule sets answered as they did when a document was submitted, by path; ``facts`` as they are stored."""
    return dict((facts or {}).get(EXPLAINED, {}))


def _follow(session: Session, doctype: Doctype, wanted: dict[str, set[int]]) -> None:
    """Add what the records in ``wanted`` lead to, until nothing is new."""
    fresh = [(name, number) for name, ids in wanted.items() for number in ids]
    while fresh:
        name, number = fresh.pop()
        record = session.facts.get(name, {}).get(number)
        if record is None:
            continue
        for field, (target, _) in doctype.facts.rows.get(name, {}).items():
            below = set(record.get(field) or ()) - wanted.setdefault(target, set())
            wanted[target] |= below
            fresh += [(target, row) for row in below]
        for link in doctype.facts.follow.get(name, ()):
            value = record.get(link)
            if value is None:
                continue
            for target in targets_of(session, name, link):
                if value not in wanted.setdefault(target, set()):
                    wanted[target].add(value)
                    fresh.append((target, value))
