"""Carrying effects out that follow a transition: other documents, other companies, the outside.

``submit``, ``cancel`` and ``go`` are the transitions with all their effects, inside the caller's
transaction. What is for another company or for the outside becomes an event of the outbox; what
other companies are asked for is made by ``make_elsewhere`` once the event is delivered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.flow import Effect, Make
from engine.catalog.workflow import Transition
from engine.kernel.convert import Input, convert
from engine.kernel.effects import (
    DEEPEST,
    GoWanted,
    MakeWanted,
    Request,
    SendWanted,
    SetWanted,
    too_deep,
    want,
)
from engine.kernel.making import put
from engine.kernel.rows import Row, copied
from engine_runtime.access.actor import system_actor
from engine_runtime.documents import cancelling, once, storing
from engine_runtime.documents.amending import change_submitted
from engine_runtime.documents.difference import difference, plain, snapshot
from engine_runtime.documents.errors import DocumentInvalid
from engine_runtime.documents.lacking import prepare_to_submit
from engine_runtime.documents.limiting import check_at
from engine_runtime.documents.lookups import gather
from engine_runtime.documents.past import PAST
from engine_runtime.documents.prepare import Prepared, prepare, refuse
from engine_runtime.documents.read import load
from engine_runtime.documents.reading import asking
from engine_runtime.documents.submitting import (
    Later,
    draw_up,
    ready,
    stays_draft,
    submit_new,
    submit_stored,
)
from engine_runtime.documents.write import EVENT_COLUMNS, note_types
from engine_runtime.ledgers.append import Writes
from engine_runtime.outbox.models import Event
from engine_runtime.posting.post import Submission, post
from engine_runtime.posting.session import Session, open_session
from engine_runtime.tables.batch import Batch
from engine_runtime.tables.fixed import table_of
from engine_runtime.workflow.records import remember_breaches

ELSEWHERE = "make_elsewhere"
"""The last part of the name of an event that asks for a document in another company."""
SEND = "send"

Chain = tuple[str, ...]
Through = tuple[str, Mapping[str, Any]]
"""A transition, and what history says of it beside its name."""


def create_submitted(
    session: Session, doctype: Doctype, prepared: Sequence[Prepared], chain: Chain = ()
) -> None:
    """Store and submit new documents with everything their effects set going."""
    finish(submit_new(session, doctype, prepared, chain))


def submit(
    session: Session,
    doctype: Doctype,
    prepared: Sequence[Prepared],
    stored: storing.Stored,
    chain: Chain = (),
    through: Through = ("submit", {}),
) -> None:
    """Submit drafts with everything their effects set going."""
    finish(submit_stored(session, doctype, prepared, stored, chain, through))


def cancel(
    session: Session,
    doctype: Doctype,
    rows: Sequence[Row],
    reason: str,
    chain: Chain = (),
    through: Through = ("cancel", {}),
) -> list[Row]:
    """Cancel ``rows`` (locked, submitted): what their effects take back goes first, the newest before the older."""
    effects = doctype.on.get(through[0], ())
    here = (*chain, doctype.name)
    later: list[Later] = []
    if effects:
        gather(session, doctype, rows)
    for row in rows if effects else ():
        for effect in effects:
            _before_cancel(Later(session, doctype, row, effect, here), reason, later)
    cancelled = cancelling.cancel(session, doctype, rows, reason, through)
    finish(later)
    return cancelled


def _before_cancel(item: Later, reason: str, later: list[Later]) -> None:
    requests: list[Request] = []
    for asked in _wanted(item):
        if isinstance(asked, GoWanted):
            _go(item, asked, reason)
        elif isinstance(asked, SetWanted) and asked.own:
            put(item.doctype, item.row, asked.values)
        else:
            requests.append(asked)
    if requests:
        later.append(item)


def _wanted(item: Later) -> list[Request]:
    return want(item.effect, {"this": item.row, **asking(item.session, item.doctype, item.row)})


def finish(later: Iterable[Later]) -> None:
    """Carry out what was left until everything was written and numbered."""
    events: list[list[Any]] = []
    last: Session | None = None
    for item in later:
        last = item.session
        for asked in _wanted(item):
            match asked:
                case GoWanted():
                    _go(item, asked, "")
                case SetWanted() if not asked.own:
                    _set(item, asked)
                case SendWanted():
                    body = {"name": asked.effect.name, "values": _plain(asked.values)}
                    events.append(_event(item, SEND, body))
                case MakeWanted() if asked.effect.company is None:
                    _make(item, asked)
                case MakeWanted() if asked.company is not None:
                    events.append(_event(item, ELSEWHERE, _request(item, asked)))
    if last is not None and events:
        last.gateway.write([Batch(table_of(Event), EVENT_COLUMNS, events)])


def _event(item: Later, name: str, body: Mapping[str, Any]) -> list[Any]:
    session, key = item.session, item.doctype.key
    number = session.gateway.ids(1)[0]
    row, named = item.row, f"{key}.{name}"
    return [number, named, key, row["id"], row.get("company"), body, session.now, 0, ""]


def send(session: Session, kind: Doctype, row: Row, request: SendWanted) -> None:
    """Hand one message to the outbox, in the caller's transaction."""
    item = Later(session, kind, row, request.effect, (kind.name,))
    body = {"name": request.effect.name, "values": _plain(request.values)}
    session.gateway.write([Batch(table_of(Event), EVENT_COLUMNS, [_event(item, SEND, body)])])


def fresh(session: Session) -> Session:
    """The same call with nothing known of other records yet: for documents of another doctype."""
    return replace(session, facts={}, unknown=set())


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in values.items()}


# --- other documents -----------------------------------------------------------------------------


def _go(item: Later, asked: GoWanted, reason: str) -> None:
    """Other documents go through a transition; those that have gone already are left alone."""
    kind = item.session.catalog.doctypes[asked.effect.doctype]
    session = replace(item.session, facts={}, unknown=set())
    go(session, kind, asked.effect.transition, asked.ids, reason, _deeper(item.chain, kind))


def _deeper(chain: Chain, kind: Doctype) -> Chain:
    """``chain``, if one more is allowed below it."""
    if len(chain) >= DEEPEST:
        finding = too_deep((*chain, kind.name))
        raise DocumentInvalid(finding.message, [finding])
    return chain


def go(
    session: Session, kind: Doctype, transition: str, ids: Sequence[int], reason: str, chain: Chain
) -> None:
    """Take documents of ``kind`` through ``transition``. Raises as submitting and cancelling do."""
    if not kind.workflow.declared:
        _TRANSITIONS[transition](session, kind, ids, reason, chain)
        return
    way = kind.workflow.transitions[transition]
    for row in load(session, kind, ids, for_update=True):
        if kind.workflow.state_of(row["state"], row["stage"]).name in way.sources:
            pass_through(session, kind, row, way, reason, {}, chain)


def pass_through(
    session: Session,
    kind: Doctype,
    row: Row,
    way: Transition,
    reason: str,
    said: Mapping[str, Any],
    chain: Chain = (),
) -> None:
    """Take one locked document through ``way``, with all that follows; ``said`` goes into its history.

    Entering a state of another stage submits or cancels. Raises as those do.
    """
    target = kind.workflow.states[way.to]
    changes = {"state": [row["state"], way.to], **said}
    stored = storing.stored_rows(kind, [row])
    stage, row["state"] = row["stage"], way.to
    row["version"] += 1
    if (stage, target.stage) == ("submitted", "cancelled"):
        cancel(session, kind, [row], reason, chain, (way.name, changes))
        return
    if stage == "draft":
        submits = target.stage == "submitted"
        works_out = prepare_to_submit if submits else prepare
        (item,) = works_out(session, kind, [convert(kind, {}, row)])
        refuse([(0, finding) for finding in item.findings], 1)
        if target.stage == "submitted":
            submit(session, kind, [item], stored, chain, (way.name, changes))
            return
    _pass_on(session, kind, row, (way.name, changes), stored, reason, chain)


def _pass_on(
    session: Session,
    kind: Doctype,
    row: Row,
    through: Through,
    stored: storing.Stored,
    reason: str,
    chain: Chain,
) -> None:
    """A transition within one stage: what says ``on`` it is posted, effects follow."""
    name, changes = through
    changes = {**changes, **check_at(session, kind, row, name)}
    effects = kind.on.get(name, ())
    posts = row["stage"] == "submitted" and any(p.on == name for p in kind.posts.values())
    if effects or posts:
        gather(session, kind, [row])
    writes = _posted(session, kind, row, name) if posts else storing.NOTHING
    later: list[Later] = []
    for effect in effects:
        item = Later(session, kind, row, effect, (*chain, kind.name))
        _before_cancel(item, reason, later)
    storing.begin_changed(session, kind, [row])
    part = storing.changed_part(session, kind, [row], stored, [changes], name, reason)
    storing.write_parts(session, [part], writes)
    finish(later)


def _posted(session: Session, kind: Doctype, row: Row, transition: str) -> Writes:
    """What a transition of a submitted document writes; raises what is found."""
    note_types(session, kind, [row])
    submission = Submission(row, transitions=frozenset({transition}))
    writes = post(session, kind, [submission], PAST, asking=asking)
    refuse([(0, finding) for finding in submission.findings], 1)
    remember_breaches(session, kind, row, submission.breaches)
    return writes


def _go_submit(
    session: Session, kind: Doctype, ids: Sequence[int], reason: str, chain: Chain
) -> None:
    rows = [row for row in load(session, kind, ids, for_update=True) if row["stage"] == "draft"]
    if not rows:
        return
    stored = storing.stored_rows(kind, rows)
    inputs = [convert(kind, {}, row) for row in rows]
    prepared = prepare_to_submit(session, kind, inputs)
    refuse([(0, finding) for item in prepared for finding in item.findings], 1)
    for item in prepared:
        item.row["version"] += 1
    submit(session, kind, prepared, stored, chain)


def _go_cancel(
    session: Session, kind: Doctype, ids: Sequence[int], reason: str, chain: Chain
) -> None:
    found = load(session, kind, ids, for_update=True)
    rows = [row for row in reversed(found) if row["stage"] == "submitted"]
    for row in rows:
        row["version"] += 1
    if rows:
        cancel(session, kind, rows, reason, chain)


_TRANSITIONS: Mapping[str, Callable[[Session, Doctype, Sequence[int], str, Chain], None]] = {
    "submit": _go_submit,
    "cancel": _go_cancel,
}


def _set(item: Later, asked: SetWanted) -> None:
    """Fields of another document get other values; the change is kept in its history."""
    assert asked.id is not None
    kind = item.session.catalog.doctypes[asked.effect.doctype]
    session = replace(item.session, facts={}, unknown=set())
    change_fields(session, kind, asked.id, asked.values)


def change_fields(session: Session, kind: Doctype, number: int, values: Mapping[str, Any]) -> Row:
    """Write ``values`` into the head of document ``number``; what follows from them is worked out again
    where the document is no submitted one.
    """
    (row,) = load(session, kind, [number], for_update=True)
    before, old = snapshot(kind, kind.head, row), copied(kind, kind.head, row)
    stored = storing.stored_rows(kind, [row])
    put(kind, row, values)
    if row.get("stage") not in (None, "draft"):
        return change_submitted(session, kind, [Input(row)], [old], [before])[0]
    (item,) = prepare(session, kind, [convert(kind, {}, row)])
    refuse([(0, finding) for finding in item.findings], 1)
    item.row["version"] += 1
    taken = difference(kind, before, item.row)
    return storing.store_changed(session, kind, [item], stored, [taken])[0]


def _make(item: Later, asked: MakeWanted) -> None:
    """A document that is made after the others, of this company: what a cancellation makes."""
    session = replace(item.session, facts={}, unknown=set())
    company = item.row.get("company")
    make_wanted(session, item.doctype, asked, company, (*item.chain, asked.effect.doctype))


def make_wanted(
    session: Session, origin: Doctype | None, asked: MakeWanted, company: int | None, chain: Chain
) -> int | None:
    """Make, store and, if said so, submit one document; its id, None where it was made before.

    ``origin``: the doctype of the document in hand, None in a schedule. Inside the caller's transaction.
    """
    effect = asked.effect
    if len(chain) > DEEPEST:
        finding = too_deep(chain)
        raise DocumentInvalid(finding.message, [finding])
    kind = session.catalog.doctypes[effect.doctype]
    if asked.once is not None and not once.claim(session, asked.once, kind):
        return None
    document, key = draw_up(session, kind, origin, asked, company)
    submits = effect.submit and not stays_draft(kind, origin, effect)
    label = f"{kind.label}, made by {effect.owner}"
    prepared = ready(session, kind, [document], label, submitting=submits)
    if submits:
        create_submitted(session, kind, prepared, chain[:-1])
    else:
        storing.store_new(session, kind, prepared)
    number: int = prepared[0].row["id"]
    if key is not None:
        once.remember(key, number)
    return number


# --- other companies -----------------------------------------------------------------------------


def _request(item: Later, asked: MakeWanted) -> dict[str, Any]:
    """What an event has to say so that ``make_elsewhere`` finds the effect and the row again."""
    row = asked.row["id"] if asked.row is not None else None
    return {
        "owner": item.doctype.name,
        "effect": asked.effect.key,
        "row": row,
        "company": asked.company,
        "once": asked.once,
    }


def make_elsewhere(event: Event) -> None:
    """Make the document that ``event`` asks another company for, with that company's own numbers and access.

    Done once, however often the event is delivered. Raises what is found: the event is then tried again, and
    keeps the reason.
    """
    body = event.body
    near = open_session(system_actor(event.company_id))
    kind = near.catalog.doctypes[body["owner"]]
    effect = _declared(kind, body["effect"])
    if effect is None:
        return
    (source,) = load(near, kind, [event.document_id])
    gather(near, kind, [source])
    for asked in want(effect, {"this": source, **asking(near, kind, source)}):
        here = asked.row["id"] if isinstance(asked, MakeWanted) and asked.row is not None else None
        if isinstance(asked, MakeWanted) and here == body["row"]:
            far = open_session(system_actor(body["company"]))
            with far.gateway.transaction():
                make_wanted(far, kind, asked, body["company"], (kind.name, effect.doctype))


def _declared(kind: Doctype, key: str) -> Make | None:
    """The effect as the catalog of today has it; None where it was taken out."""
    effects: Iterable[Effect] = (effect for found in kind.on.values() for effect in found)
    return next((e for e in effects if isinstance(e, Make) and e.key == key and e.company), None)
