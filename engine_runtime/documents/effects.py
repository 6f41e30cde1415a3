"""What a document did: the entries it wrote in every ledger, in order, reversals included."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.catalog.ledgers import Ledger
from engine.kernel.rows import rows_at
from engine_runtime.access.actor import Actor
from engine_runtime.access.gate import may_read_ledger, require
from engine_runtime.documents.read import Titles, collect, find_titles, load
from engine_runtime.documents.service import concrete
from engine_runtime.ledgers.stored import dimension_values, entries_of, types_of
from engine_runtime.posting.session import Session, open_session

Record = dict[str, Any]


@dataclass(slots=True)
class Effects:
    """``ledgers``: ledger name → entries; each has ``rule``, ``line`` ({table, index} or None), ``reverses``,
    ``date``, the dimensions, details and measures by name, and ``<measure>_worth`` where there is one."""

    ledgers: dict[str, list[Record]] = field(default_factory=dict)
    withheld: bool = False
    """It wrote into ledgers as well that the actor may not read."""
    titles: Titles = field(default_factory=dict)


def effects(actor: Actor, doctype: str, document: int) -> Effects:
    """The entries of one document in the ledgers that the actor may read. Raises Forbidden, NotFound."""
    session = open_session(actor)
    kind = concrete(session, doctype)
    require(actor, "read", kind)
    row = load(session, kind, [document])[0]
    places = {
        child["id"]: {"table": path, "index": child["index"]}
        for path in kind.tables
        if path
        for child in rows_at(row, path)
    }
    stored = entries_of(session.gateway, session.catalog, session.tables, [document])
    result = Effects()
    wanted: dict[str, set[int]] = {}
    for name, entries in stored.items():
        if not may_read_ledger(actor, session.catalog, name):
            result.withheld = True
            continue
        ledger = session.catalog.ledgers[name]
        result.ledgers[name] = [_entry(session, ledger, e, places, wanted) for e in entries]
    result.titles = find_titles(session, wanted)
    return result


def _entry(
    session: Session,
    ledger: Ledger,
    stored: Record,
    places: dict[int, dict[str, Any]],
    wanted: dict[str, set[int]],
) -> Record:
    session.types |= types_of(ledger, stored)
    values = dimension_values(ledger, stored)
    for dimension in (*ledger.dimensions.values(), *ledger.details.values()):
        if dimension.type == "link":
            collect(session, dimension.link, values[dimension.name], wanted)
            if stored.get(f"{dimension.name}_type") is not None:
                values[f"{dimension.name}_type"] = stored[f"{dimension.name}_type"]
    for name in ledger.measures:
        values[name] = stored[name]
        if f"{name}_worth" in stored:
            values[f"{name}_worth"] = stored[f"{name}_worth"]
    return {
        "id": stored["id"],
        "rule": stored["rule"],
        "line": places.get(stored["line_id"]),
        "reverses": stored["reverses"],
        "date": stored["date"],
        **values,
    }
