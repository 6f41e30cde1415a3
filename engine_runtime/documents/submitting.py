"""Submitting documents, with what their effects make: worked out first, posted together, numbered last.

A document that an effect makes in the same company is part of the same transaction: all balances
are locked in one order, limits are checked once over everything, and numbers are taken at the end.
What concerns other companies, other documents, or the outside follows in ``effecting``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.catalog.doctypes import ISSUED, Doctype
from engine.catalog.flow import Effect, Make, Set
from engine.catalog.sources import DoctypeSource
from engine.kernel.convert import Input
from engine.kernel.effects import DEEPEST, MakeWanted, SetWanted, too_deep, want
from engine.kernel.finding import Finding
from engine.kernel.issuing import Issued
from engine.kernel.making import put
from engine.kernel.rows import Facts, Row, rows_at
from engine.kernel.workflow import entered
from engine_runtime.documents import issuing, once, storing
from engine_runtime.documents.errors import DocumentInvalid
from engine_runtime.documents.facts import frozen
from engine_runtime.documents.filling import blank, fill_from, fill_from_ledgers
from engine_runtime.documents.lacking import prepare_to_submit
from engine_runtime.documents.limiting import (
    hold,
    knowingly_passed,
    limited,
    measured,
    refuse_limited,
)
from engine_runtime.documents.past import PAST
from engine_runtime.documents.prepare import Prepared, confirmed, prepare, refuse
from engine_runtime.documents.read import load
from engine_runtime.documents.reading import asking
from engine_runtime.documents.storing import Part, Stored
from engine_runtime.documents.write import note_linked, note_types
from engine_runtime.ledgers.append import Writes
from engine_runtime.posting.post import SUBMITTING, Submission, post
from engine_runtime.posting.session import Session
from engine_runtime.workflow.records import remember_breaches


@dataclass(slots=True)
class Unit:
    """Documents of one doctype that are written together. ``stored``: their child rows, if they are drafts already.

    ``session`` holds the facts that these documents read; ``chain`` names what made them, outermost first;
    ``label`` is put before what is found of them; ``root``: the document of the call that it all comes from.
    """

    session: Session
    doctype: Doctype
    rows: list[Row]
    stored: Stored | None
    submit: bool
    chain: tuple[str, ...]
    root: int | None = None
    label: str = ""
    transition: str = "submit"
    changes: Mapping[str, Any] | None = None
    """What the history says of the transition beside its name."""
    passed: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    """Document id → what the history says of limits that a person went beyond."""
    issued: Sequence[Issued] = ()
    """The numbers that all of the documents come with; else they are numbered here."""

    def said(self) -> list[Mapping[str, Any]]:
        """What the history says of each document."""
        common = self.changes or {}
        numbers = [{ISSUED: one.number} for one in self.issued] or [{}] * len(self.rows)
        return [
            {**common, **self.passed.get(row["id"], {}), **number}
            for row, number in zip(self.rows, numbers, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Later:
    """An effect that is carried out once everything is written: it needs the number, or is not of this transaction."""

    session: Session
    doctype: Doctype
    row: Row
    effect: Effect
    chain: tuple[str, ...]


@dataclass(slots=True)
class _Work:
    units: list[Unit]
    later: list[Later] = field(default_factory=list)


def submit_new(
    session: Session, doctype: Doctype, prepared: Sequence[Prepared], chain: tuple[str, ...] = ()
) -> list[Later]:
    """Store and submit new documents; the effects that are still to be carried out."""
    rows = [item.row for item in prepared]
    issued = issuing.place(session, doctype, prepared)
    storing.begin_new(session, doctype, rows)
    unit = Unit(session, doctype, rows, None, True, (*chain, doctype.name))
    unit.issued = issued
    return _submit(unit)


def submit_stored(
    session: Session,
    doctype: Doctype,
    prepared: Sequence[Prepared],
    stored: Stored,
    chain: tuple[str, ...] = (),
    through: tuple[str, Mapping[str, Any]] = ("submit", {}),
) -> list[Later]:
    """Submit drafts; as ``submit_new``. ``through``: the transition, and what history says of it."""
    rows = [item.row for item in prepared]
    issued = issuing.place(session, doctype, prepared)
    storing.begin_changed(session, doctype, rows)
    unit = Unit(session, doctype, rows, stored, True, (*chain, doctype.name))
    unit.issued = issued
    unit.transition, unit.changes = through
    return _submit(unit)


def _submit(first: Unit) -> list[Later]:
    work = _Work([first])
    note_types(first.session, first.doctype, first.rows)
    for unit in work.units:  # grows while it is gone through
        _spread(work, unit)
    writes = _post(work.units)
    storing.write_parts(first.session, [_part(unit) for unit in work.units], writes)
    return work.later


def _part(unit: Unit) -> Part:
    about = (unit.session, unit.doctype, unit.rows)
    if unit.stored is not None:
        said = (unit.transition, unit.said())
        return storing.submitted_part(*about, unit.stored, *said, unit.issued)
    return storing.new_part(*about, submit=unit.submit, changes=unit.said(), issued=unit.issued)


# --- posting -------------------------------------------------------------------------------------


def _post(units: Sequence[Unit]) -> Writes:
    """Post what is submitted, together; raises what is found."""
    first, *others = units
    _share_facts(first.session, others)
    owners = [(unit, row) for unit in units if unit.submit for row in unit.rows]
    submissions = [
        Submission(row, doctype=unit.doctype, transitions=SUBMITTING | {unit.transition})
        for unit, row in owners
    ]
    measuring = limited(
        first.session, [(first.session, u.doctype, row, u.transition) for u, row in owners]
    )
    hold(first.session, measuring)
    writes = post(first.session, first.doctype, submissions, PAST, asking=asking)
    entries = [entry for item in submissions for entry in item.entries]
    outcomes = measured(measuring, entries, first.session)
    for item, outcome in zip(submissions, outcomes, strict=True):
        found_of = [*item.findings, *outcome.findings]
        item.findings = [confirmed(first.session, finding) for finding in found_of]
    found = [
        (_place(unit, row), _named(unit, finding))
        for (unit, row), item in zip(owners, submissions, strict=True)
        for finding in item.findings
    ]
    refuse_limited(found, len(first.rows), outcomes)
    for (unit, row), item, outcome in zip(owners, submissions, outcomes, strict=True):
        unit.passed[row["id"]] = knowingly_passed(outcome)
        remember_breaches(unit.session, unit.doctype, row, [*item.breaches, *outcome.breaches])
        told = [finding for finding in item.findings if finding.action == "warn"]
        row["warnings"] = [*row.get("warnings", ()), *told]
        row["state"] = entered(unit.doctype.workflow, row, "submitted")
        row["stage"] = "submitted"
        row["submitted_by"] = unit.session.actor.user_id or None
        row["catalog"] = unit.session.live.version
        row["facts"] = frozen(unit.session, unit.doctype, row)
    return writes


def _place(unit: Unit, row: Row) -> int:
    if unit.root is not None:
        return unit.root
    return next(index for index, own in enumerate(unit.rows) if own is row)


def _named(unit: Unit, finding: Finding) -> Finding:
    """What is found of a document that nobody sent is said of the whole, with its name."""
    if not unit.label:
        return finding
    return replace(finding, path="", message=f"{unit.label}: {finding.message}")


def _share_facts(session: Session, others: Iterable[Unit]) -> None:
    """Posting looks everything up in one place."""
    for unit in others:
        for name, records in unit.session.facts.items():
            known = session.facts.setdefault(name, {})
            for number, record in records.items():
                known[number] = {**known[number], **record} if number in known else record


# --- effects -------------------------------------------------------------------------------------


def _spread(work: _Work, unit: Unit) -> None:
    """Add what the documents of ``unit`` make to the work; note what is to follow."""
    effects = unit.doctype.on.get(unit.transition, ()) if unit.submit else ()
    for index, row in enumerate(unit.rows) if effects else ():
        root = index if unit.root is None else unit.root
        for effect in effects:
            if not _at_once(effect):
                work.later.append(Later(unit.session, unit.doctype, row, effect, unit.chain))
                continue
            frame = {"this": row, **asking(unit.session, unit.doctype, row)}
            _carry_out(work, unit, row, root, effect, frame)


def _at_once(effect: Effect) -> bool:
    """Whether an effect is carried out before anything is posted: documents of this company, own fields."""
    match effect:
        case Make():
            return effect.company is None
        case Set():
            return effect.of_this
    return False


def _carry_out(
    work: _Work, unit: Unit, row: Row, root: int, effect: Effect, frame: Mapping[str, Any]
) -> None:
    requests = want(effect, frame)
    for asked in requests:
        if isinstance(asked, SetWanted):
            put(unit.doctype, row, asked.values)
    makes = [asked for asked in requests if isinstance(asked, MakeWanted)]
    made = _made(work, unit, row, root, makes) if makes else None
    if made is not None:
        work.units.append(made)


def _made(work: _Work, unit: Unit, row: Row, root: int, makes: Sequence[MakeWanted]) -> Unit | None:
    """The documents that one effect makes, worked out; None where all of them were made before."""
    effect = makes[0].effect
    chain = (*unit.chain, effect.doctype)
    if len(chain) > DEEPEST:
        finding = too_deep(chain)
        raise DocumentInvalid(finding.message, [finding])
    session = replace(unit.session, facts=_in_flight(work.units), unknown=set())
    kind = session.catalog.doctypes[effect.doctype]
    company = row.get("company") or session.actor.company_id
    note_linked(session, unit.doctype, row)
    documents = [draw_up(session, kind, unit.doctype, asked, company) for asked in makes]
    fresh = [
        (document, key)
        for document, key in documents
        if key is None or once.claim(session, key, kind)
    ]
    if not fresh:
        return None
    label = f"{kind.label}, made by {unit.doctype.label}"
    submit = effect.submit and not stays_draft(kind, unit.doctype, effect)
    blanks = [document for document, _ in fresh]
    prepared = ready(session, kind, blanks, label, root, submitting=submit)
    rows = [item.row for item in prepared]
    storing.begin_new(session, kind, rows)
    note_types(session, kind, rows)
    for (document, key), made in zip(fresh, rows, strict=True):
        if key is not None:
            once.remember(key, made["id"] if document is made else document["id"])
    return Unit(session, kind, rows, None, submit, chain, root, label)


def stays_draft(kind: Doctype, origin: Doctype | None, effect: Make) -> bool:
    """Whether ``from`` of ``kind`` keeps what ``effect`` makes a draft, whatever the effect says."""
    name = origin.name if origin is not None else ""
    if isinstance(effect.each, DoctypeSource):
        name = effect.each.doctype
    mapping = kind.make_from.get(name)
    return mapping is not None and mapping.draft


def draw_up(
    session: Session, kind: Doctype, origin: Doctype | None, asked: MakeWanted, company: int | None
) -> tuple[Row, str | None]:
    """The document that is asked for, filled in and not yet worked out, and its ``once`` key.

    ``origin``: the doctype of the document in hand, None in a schedule.
    """
    document = blank(kind, company)
    origin, sources = _sources(session, origin, asked)
    mapping = kind.make_from.get(origin.name) if origin is not None else None
    if mapping is not None:
        fill_from(session, kind, mapping, sources, document)
    put(kind, document, asked.values)
    if mapping is None:
        fill_from_ledgers(session, kind, document)
    return document, asked.once


def _sources(
    session: Session, origin: Doctype | None, asked: MakeWanted
) -> tuple[Doctype | None, list[Row]]:
    """The whole document that one is made of, and its doctype: what ``each`` looks at, else the one in hand."""
    each = asked.effect.each
    if isinstance(each, DoctypeSource) and asked.source is not None:
        origin = session.catalog.doctypes[each.doctype]
        return origin, load(session, origin, [asked.source["id"]])
    return origin, [asked.source] if asked.source is not None else []


def ready(
    session: Session,
    kind: Doctype,
    documents: Sequence[Row],
    label: str,
    root: int = 0,
    *,
    submitting: bool = False,
) -> list[Prepared]:
    """New documents that an effect made, worked out and checked; raises what is found, under ``label``."""
    works_out = prepare_to_submit if submitting else prepare
    prepared = works_out(session, kind, [Input(row) for row in documents])
    found = [
        (root, replace(finding, path="", message=f"{label}: {finding.message}"))
        for item in prepared
        for finding in item.findings
    ]
    refuse(found, 1)
    for item in prepared:
        item.row["version"] = 1
        storing.begin_state(session, kind, item.row)
        if kind.submittable:
            item.row["number"] = None
    return prepared


def _in_flight(units: Sequence[Unit]) -> Facts:
    """The documents of this transaction as others see them over a link: nobody finds them stored yet."""
    facts: Facts = {}
    for unit in units:
        for path, row in _rows(unit):
            name = f"{unit.doctype.name}.{path}" if path else unit.doctype.name
            facts.setdefault(name, {})[row["id"]] = _flat(unit, path, row)
    return facts


def _rows(unit: Unit) -> Iterator[tuple[str, Row]]:
    for path in unit.doctype.tables:
        for document in unit.rows:
            yield from ((path, row) for row in rows_at(document, path))


def _flat(unit: Unit, path: str, row: Row) -> Row:
    table = unit.doctype.tables[path]
    found: Row = {field.name: row[field.name] for field in table.columns}
    found["id"] = row["id"]
    if path:
        return {**found, "index": row["index"], "parent": row["parent"]["id"]}
    standard = {name: row.get(name) for name in ("company", "number", "version", "state", "stage")}
    if unit.submit:
        standard["state"] = entered(unit.doctype.workflow, row, "submitted")
        standard["stage"] = "submitted"
    return {**found, **standard}
