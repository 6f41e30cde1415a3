"""What rows of documents are called where people are told of them: ``SO0007, line 2``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from engine.catalog.fields import DOCUMENT
from engine.kernel.entries import Entry
from engine.kernel.limits import Broken, Replaced, check_limits
from engine.kernel.rows import Facts
from engine_runtime.ledgers.standing import Key
from engine_runtime.posting.session import Session
from engine_runtime.tables.asking import select
from engine_runtime.tables.query import Condition


def broken_limits(
    session: Session,
    before: Mapping[Key, dict[str, Any]],
    entries: Sequence[Entry],
    replaced: Replaced | None = None,
) -> list[Broken]:
    """As ``check_limits``; where something is found, rows are called by their documents, which are read for it."""
    found = check_limits(session.catalog, session.facts, before, entries, replaced=replaced)
    if not found:
        return found
    words = _with_rows(session, [broken.entry for broken in found])
    return check_limits(session.catalog, session.facts, before, entries, words, replaced)


def lines_of(session: Session, name: str, ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """Rows of the table ``name`` (``Sales Order.items``) by id: their document, and their place in it.

    The place of a row below another row is ``2.1``.
    """
    head, _, path = name.partition(".")
    doctype = session.catalog.doctypes[head]
    above: dict[int, tuple[int, tuple[int, ...]]] = {number: (number, ()) for number in ids}
    while path:
        spec = session.spec(doctype, path)
        where = [Condition("id", "in", sorted({at for at, _ in above.values()}))]
        query = select(session.gateway, spec, ("id", "parent_id", "position"), where=where)
        known = {row[0]: row[1:] for row in session.gateway.fetch_many([query])[0]}
        above = {
            number: (known[at][0], (known[at][1], *places))
            for number, (at, places) in above.items()
            if at in known
        }
        path = path.rpartition(".")[0]
    return {n: (at, ".".join(map(str, places))) for n, (at, places) in above.items()}


def _with_rows(session: Session, entries: Sequence[Entry]) -> Facts:
    """The facts, with number, title and place of every row that ``entries`` name in a dimension."""
    words: Facts = dict(session.facts)
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        for dimension in entry.ledger.dimensions.values():
            value = entry.values[dimension.name]
            for target in dimension.link if value is not None else ():
                if target != DOCUMENT and "." in target:
                    wanted.setdefault(target, set()).add(value)
    for target, ids in wanted.items():
        lines = lines_of(session, target, ids)
        heads = _heads(session, target.partition(".")[0], {at for at, _ in lines.values()})
        rows = {
            n: {"index": place, "parent": heads.get(at, {})} for n, (at, place) in lines.items()
        }
        words[target] = {**words.get(target, {}), **rows}
    return words


def _heads(session: Session, name: str, ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Number and title of documents, as far as they have them."""
    doctype = session.catalog.doctypes[name]
    title = doctype.fields.get(doctype.title_field)
    columns, names = [], []
    if doctype.submittable:
        columns, names = ["number"], ["number"]
    if title is not None and title.stored and title.type not in ("link", "table", "back"):
        columns.append(title.stored_as)
        names.append(title.name)
    where = [Condition("id", "in", sorted(ids))]
    query = select(session.gateway, session.spec(doctype), ("id", *columns), where=where)
    rows = session.gateway.fetch_many([query])[0]
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}
