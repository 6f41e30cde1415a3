"""Records of packs: created, brought up to date, or left to those who changed them.

What was loaded is noted per record (``PackRecord``), so that a second publish does nothing and a later version of the
pack knows what people changed since. What a pack brings no more is reported and never deleted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.packs import DataFile
from engine.kernel.fixtures import THEIRS, Mark, Verdict, digest, judge
from engine.plan.tables import column_name
from engine_runtime.access.actor import Actor
from engine_runtime.documents import service
from engine_runtime.documents.models import PackRecord
from engine_runtime.documents.read import get
from engine_runtime.exchange.records import Record, create_in_waves
from engine_runtime.posting.session import Session, open_session
from engine_runtime.tables.asking import select
from engine_runtime.tables.query import Condition

COMPANY = "Company"
MOST_SHOWN = 5


@dataclass(slots=True)
class Loaded:
    """What became of one file. ``kept``: keys of what people changed; ``gone``: of what the pack brings no more."""

    pack: str
    data: DataFile
    records: list[Record] = field(default_factory=list)
    """As stored, in the order of the file, without those that people deleted."""
    created: int = 0
    changed: int = 0
    kept: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def told(self) -> list[str]:
        """Sentences on what a person has to know; none where nothing happened."""
        name = f"{self.pack}/{self.data.key}"
        counts = ((self.created, "created"), (self.changed, "changed"))
        done = ", ".join(f"{count} {what}" for count, what in counts if count)
        found = [f"{name}: {done}"] if done else []
        if self.kept:
            found.append(f"{name}: left as people changed them: {_listed(self.kept)}")
        if self.gone:
            found.append(f"{name}: no longer in the pack, and still here: {_listed(self.gone)}")
        return found


@dataclass(slots=True)
class _One:
    """One row of the file on its way."""

    key: str
    row: Record
    note: PackRecord | None
    stored: Record | None = None
    verdict: Verdict = "same"
    theirs: bool = False

    @property
    def mark(self) -> Mark | None:
        note = self.note
        return Mark(note.shipped, note.stored, tuple(note.fields)) if note is not None else None


def bring(actor: Actor, pack: str, data: DataFile, rows: Sequence[Record]) -> Loaded:
    """Load ``rows`` of a file; the caller holds the transaction. Raises what the service raises."""
    session = open_session(actor)
    doctype = session.catalog.doctypes[data.doctype]
    company = (actor.company_id or 0) if data.per == "company" else 0
    notes = {
        note.key: note
        for note in PackRecord.objects.filter(pack=pack, data=data.key, company_id=company)
    }
    ones = [_One(key, row, notes.get(key)) for row in rows for key in [_key(data, row)]]
    _find(session, doctype, data, ones)
    for one in ones:
        one.verdict = judge(data.policy, one.row, one.mark, one.stored)
    loaded = Loaded(pack, data)
    _write(actor, doctype, ones, loaded)
    _note(actor, doctype, data, pack, company, ones)
    loaded.records = [one.stored for one in ones if one.stored is not None]
    loaded.kept = [one.key for one in ones if one.verdict == "keep"]
    loaded.gone = sorted(notes.keys() - {one.key for one in ones})
    return loaded


def _listed(keys: Sequence[str]) -> str:
    shown = [" ".join(filter(None, json.loads(key))) or COMPANY for key in keys[:MOST_SHOWN]]
    more = f" and {len(keys) - MOST_SHOWN} more" if len(keys) > MOST_SHOWN else ""
    return ", ".join(shown) + more


def _key(data: DataFile, row: Mapping[str, Any]) -> str:
    if data.doctype == COMPANY:
        return "[]"
    return json.dumps([str(row.get(name) or "") for name in data.keys], ensure_ascii=False)


# --- what is there -----------------------------------------------------------------------------------


def _find(session: Session, doctype: Doctype, data: DataFile, ones: Sequence[_One]) -> None:
    """Fill in ``stored``: by what was noted, else by the key."""
    noted = {one.key: one.note.document_id for one in ones if one.note is not None}
    if doctype.name == COMPANY:
        ids = {one.key: session.actor.company_id for one in ones}
    else:
        there = _existing(session, doctype, list(noted.values()))
        ids = {key: number for key, number in noted.items() if number in there}
        # A record that people deleted and made again is found by its key.
        lost = [one for one in ones if one.key not in ids]
        ids |= _by_key(session, doctype, data, lost)
    numbers = [number for number in ids.values() if number is not None]
    rows = {row["id"]: row for row in get(session.actor, doctype.name, numbers).rows}
    for one in ones:
        one.stored = rows.get(ids.get(one.key))


def _existing(session: Session, doctype: Doctype, ids: list[int]) -> set[int]:
    if not ids:
        return set()
    where = [Condition("id", "in", ids)]
    query = select(session.gateway, session.spec(doctype), ("id",), where=where)
    return {row[0] for row in session.gateway.fetch_many([query])[0]}


def _by_key(
    session: Session, doctype: Doctype, data: DataFile, ones: Sequence[_One]
) -> dict[str, int | None]:
    """Key → id of records with these keys; links in a key are business keys."""
    if not ones or not data.keys:
        return {}
    linked = {name: _codes(session, doctype, name, ones) for name in data.keys}
    columns = ("id", *(column_name(doctype.fields[name]) for name in data.keys))
    where = []
    if doctype.company == "required":
        where.append(Condition("company_id", "=", session.actor.company_id))
    query = select(session.gateway, session.spec(doctype), columns, where=where)
    known: dict[tuple[str, ...], int] = {}
    for number, *values in session.gateway.fetch_many([query])[0]:
        known[tuple(_text(value) for value in values)] = number
    found: dict[str, int | None] = {}
    for one in ones:
        wanted = tuple(
            linked[name].get(str(one.row.get(name) or ""), _text(one.row.get(name)))
            for name in data.keys
        )
        if wanted in known:
            found[one.key] = known[wanted]
    return found


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def _codes(session: Session, doctype: Doctype, name: str, ones: Sequence[_One]) -> dict[str, str]:
    """Business key → id as text, of the records that link ``name`` of these rows means."""
    asked = {str(one.row[name]) for one in ones if one.row.get(name)}
    targets = doctype.fields[name].link
    found: dict[str, str] = {}
    for target in targets if asked else ():
        other = session.catalog.doctypes[target]
        if other.name_by is None:
            continue
        where = [Condition(other.name_by, "in", sorted(asked))]
        if other.company == "required":
            where.append(Condition("company_id", "=", session.actor.company_id))
        query = select(session.gateway, session.spec(other), ("id", other.name_by), where=where)
        found |= {str(code): str(number) for number, code in session.gateway.fetch_many([query])[0]}
    return found


# --- what is done ------------------------------------------------------------------------------------


def _write(actor: Actor, doctype: Doctype, ones: Sequence[_One], loaded: Loaded) -> None:
    fresh = [one for one in ones if one.verdict == "create"]
    # What stands below a record of another file is refused by the service if that is not there.
    own = {one.row.get(doctype.name_by or "") for one in fresh}
    above = {one.row.get(doctype.tree) for one in fresh} - own if doctype.tree else set()
    created = create_in_waves(actor, doctype, [one.row for one in fresh], stored=above)
    numbers = {_identity(doctype, row): row for row in created}
    for place, one in enumerate(fresh):
        named = numbers.get(str(one.row.get(doctype.name_by or "")))
        one.stored = named if doctype.tree and named is not None else created[place]
    loaded.created = len(fresh)
    changes = [
        (one, fields)
        for one in ones
        if one.stored is not None and (fields := _wanted(one, one.stored))
    ]
    if changes:
        inputs = [
            {"id": one.stored["id"], "version": one.stored["version"], **fields}
            for one, fields in changes
            if one.stored is not None
        ]
        for (one, _), row in zip(changes, service.save(actor, doctype.name, inputs), strict=True):
            one.stored = row
    loaded.changed = len(changes)


def _identity(doctype: Doctype, row: Record) -> str:
    return str(row.get(doctype.name_by or ""))


def _wanted(one: _One, stored: Record) -> Record:
    """The fields to write on what is stored."""
    if one.verdict == "set":
        return one.row
    if one.verdict != "fill":
        return {}
    empty = {name: cell for name, cell in one.row.items() if stored.get(name) in (None, "")}
    one.theirs = len(empty) < len(one.row)
    return empty


def _note(
    actor: Actor, doctype: Doctype, data: DataFile, pack: str, company: int, ones: Sequence[_One]
) -> None:
    """Write down how records are now; what people changed keeps its note of before."""
    written = [
        one for one in ones if one.stored is not None and one.verdict not in ("same", "keep")
    ]
    ids = [one.stored["id"] for one in written if one.stored is not None]
    rows = {row["id"]: row for row in get(actor, doctype.name, ids).rows} if ids else {}
    for one in written:
        assert one.stored is not None
        fields = sorted(one.row)
        number = one.stored["id"]
        PackRecord.objects.update_or_create(
            pack=pack,
            data=data.key,
            company_id=company,
            key=one.key,
            defaults={
                "doctype": doctype.key,
                "document_id": number,
                "shipped": digest(one.row, one.row),
                "stored": THEIRS if one.theirs else digest(rows[number], fields),
                "fields": fields,
            },
        )
