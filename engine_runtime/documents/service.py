"""The life of documents: create, save, submit, cancel, delete. Every channel calls these.

Each call takes a list, is one transaction, and either does everything or nothing. Refusals are
``engine_runtime.documents.errors``; access is asked of the one gate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.utils import IntegrityError

from engine.catalog.doctypes import Doctype
from engine.catalog.former import once_called
from engine.catalog.values import is_id
from engine.kernel.convert import convert
from engine.kernel.rows import Row, copied
from engine_runtime.access.actor import Actor
from engine_runtime.access.gate import require
from engine_runtime.documents import effecting, idempotency, issuing, storing, write
from engine_runtime.documents.amending import change_submitted
from engine_runtime.documents.difference import difference, snapshot
from engine_runtime.documents.diverting import held
from engine_runtime.documents.errors import (
    InputMalformed,
    InUse,
    NotFound,
    StateConflict,
    VersionConflict,
)
from engine_runtime.documents.founding import join_founder
from engine_runtime.documents.lacking import prepare_to_submit
from engine_runtime.documents.limiting import moving_on
from engine_runtime.documents.prepare import Prepared, prepare, refuse
from engine_runtime.documents.read import load
from engine_runtime.documents.retry import retried
from engine_runtime.documents.standstill import changeable, name_of, require_one_stage
from engine_runtime.documents.trees import require_tree
from engine_runtime.documents.usage import require_fixed, require_no_entries
from engine_runtime.posting.session import Session, open_session


@dataclass(frozen=True, slots=True)
class Reference:
    """A stored document; ``version`` is the one the caller has seen, None to take any."""

    id: int
    version: int | None = None


@retried
def create(
    actor: Actor,
    doctype: str,
    documents: Sequence[Mapping[str, Any]],
    *,
    submit: bool = False,
    idempotency_key: str | None = None,
) -> list[Row]:
    """Create ``documents`` (and submit them); returns the stored rows in order.

    What is submitted may come with the number that its till gave it: ``issued`` beside its fields.
    With ``idempotency_key`` the same call again answers with the same documents and does nothing.
    Raises InputMalformed, DocumentInvalid (LimitExceeded, PeriodClosed), Forbidden, IdempotencyConflict.
    """
    session = open_session(actor)
    kind = concrete(session, doctype)
    require(actor, "create", kind)
    if submit:
        _require_submittable(actor, kind)

    def work() -> list[Row]:
        inputs = [convert(kind, raw) for raw in documents]
        if submit:
            issuing.bring(session, kind, inputs)
        else:
            issuing.require_none(kind, documents)
        prepared = (prepare_to_submit if submit else prepare)(session, kind, inputs)
        refuse_found(prepared)
        require_tree(session, kind, [item.row for item in prepared], None)
        for item in prepared:
            item.row["version"] = 1
            storing.begin_state(session, kind, item.row)
            if kind.submittable:
                item.row["number"] = None
        rows = [item.row for item in prepared]
        if submit:
            effecting.create_submitted(session, kind, prepared)
        else:
            storing.store_new(session, kind, prepared)
        join_founder(session, kind, rows)
        return rows

    body = {"doctype": first_name(kind), "documents": list(documents), "submit": submit}
    return once_only(session, kind, idempotency_key, "create", body, work)


@retried
def save(actor: Actor, doctype: str, changes: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Change stored documents; each of ``changes`` has ``id``, ``version`` and what is to be different.

    A submitted document takes only fields that are ``after_submit``, unless it is amended in place: then it
    gets a new version, and what it posted the difference. Raises InUse where others refer to a row that goes.
    """
    session = open_session(actor)
    kind = concrete(session, doctype)
    require(actor, "write", kind)
    references = [_reference(change) for change in changes]
    issuing.require_none(kind, changes)
    with session.transaction():
        current = locked(session, kind, references)
        require_one_stage(kind, current)
        before = [snapshot(kind, kind.head, row) for row in current]
        late = kind.submittable and any(row["stage"] != "draft" for row in current)
        olds = [copied(kind, kind.head, row) for row in current] if late else []
        stored = storing.stored_rows(kind, current)
        inputs = []
        for row, change in zip(current, changes, strict=True):
            inputs.append(convert(kind, changeable(session, kind, row, change), row))
        if late:
            return change_submitted(session, kind, inputs, olds, before)
        prepared = prepare(session, kind, inputs)
        refuse_found(prepared)
        for item in prepared:
            item.row["version"] += 1
        # New rows are told apart by their ids.
        write.assign_ids(session, kind, current)
        taken = [
            difference(kind, old, item.row) for old, item in zip(before, prepared, strict=True)
        ]
        require_tree(session, kind, [item.row for item in prepared], taken)
        require_fixed(session, kind, [row["id"] for row in current], taken)
        return storing.store_changed(session, kind, prepared, stored, taken)


@moving_on(held)
@retried
def submit(
    actor: Actor,
    doctype: str,
    references: Sequence[Reference],
    *,
    issued: Sequence[Any] = (),
    idempotency_key: str | None = None,
) -> list[Row]:
    """Submit drafts: work them out once more, post them, number them last.

    ``issued``: per draft the number that it comes with, as a channel sends it.
    Raises as ``create``, and StateConflict for what is no draft, VersionConflict, NotFound.
    """
    session = open_session(actor)
    kind = concrete(session, doctype)
    _require_submittable(actor, kind)

    def work() -> list[Row]:
        current = locked(session, kind, references)
        for row in current:
            require_stage(kind, row, "draft", "submitted")
        stored = storing.stored_rows(kind, current)
        inputs = [convert(kind, {}, row) for row in current]
        issuing.read(kind, inputs, issued)
        issuing.bring(session, kind, inputs)
        prepared = prepare_to_submit(session, kind, inputs)
        refuse_found(prepared)
        for item in prepared:
            item.row["version"] += 1
        effecting.submit(session, kind, prepared, stored)
        return [item.row for item in prepared]

    body: dict[str, Any] = {
        "doctype": first_name(kind),
        "ids": [[r.id, r.version] for r in references],
    }
    if any(one is not None for one in issued):
        body["issued"] = list(issued)
    return once_only(session, kind, idempotency_key, "submit", body, work)


@retried
def cancel(
    actor: Actor, doctype: str, references: Sequence[Reference], *, reason: str = ""
) -> list[Row]:
    """Cancel submitted documents: their stored entries are reversed, their numbers stay taken."""
    session = open_session(actor)
    kind = concrete(session, doctype)
    if not kind.submittable:
        raise StateConflict(
            f"{kind.label} cannot be cancelled: it is never submitted. Change or delete it."
        )
    if kind.workflow.declared and not actor.system:
        ways = kind.workflow.transitions.values()
        cancels = [t.name for t in ways if kind.workflow.states[t.to].stage == "cancelled"]
        names = ", ".join(cancels) or "it has none"
        raise StateConflict(f"{kind.label} is cancelled by a transition of its workflow: {names}.")
    require(actor, "cancel", kind)
    with session.transaction():
        current = locked(session, kind, references)
        for row in current:
            require_stage(kind, row, "submitted", "cancelled")
            row["version"] += 1
        return effecting.cancel(session, kind, current, reason)


@retried
def delete(actor: Actor, doctype: str, references: Sequence[Reference]) -> None:
    """Delete drafts or masters that nothing refers to. Raises InUse naming what does."""
    session = open_session(actor)
    kind = concrete(session, doctype)
    require(actor, "delete", kind)
    try:
        with session.transaction():
            current = locked(session, kind, references)
            for row in current:
                if kind.submittable:
                    require_stage(kind, row, "draft", "deleted")
            require_no_entries(session, kind, [row["id"] for row in current])
            storing.remove(session, kind, current)
    except IntegrityError as error:
        raise InUse(
            f"{kind.label} is used by other records and cannot be deleted. "
            "Delete those first, or disable it."
        ) from error


def concrete(session: Session, doctype: str) -> Doctype:
    """The doctype of that name or key, also a former one, if documents of it exist. Raises NotFound."""
    catalog = session.catalog
    kind = catalog.doctypes.get(catalog.by_key.get(doctype, doctype)) or once_called(
        doctype, catalog
    )
    if kind is None or kind.abstract or kind.child:
        raise NotFound(f"There is no doctype '{doctype}'.")
    return kind


def first_name(kind: Doctype) -> str:
    """What the doctype was called first: a request that is sent again after it was renamed is the same request."""
    return kind.former.names[0] if kind.former.names else kind.name


def once_only(
    session: Session,
    kind: Doctype,
    key: str | None,
    action: str,
    body: Mapping[str, Any],
    work: Callable[[], list[Row]],
) -> list[Row]:
    """What ``work`` gives, in one transaction; the same call again under ``key`` gives the same documents."""
    with session.transaction():
        if key is None:
            return work()
        known = idempotency.claim(session, key, action, body)
        if known is not None:
            return load(session, kind, known)
        rows = work()
        idempotency.remember(session, key, [row["id"] for row in rows])
        return rows


def refuse_found(prepared: Sequence[Prepared]) -> None:
    """Raise what refuses; what only warns goes along with the row, under ``warnings``."""
    for item in prepared:
        item.row["warnings"] = [f for f in item.findings if f.action == "warn"]
    found = [(index, f) for index, item in enumerate(prepared) for f in item.findings]
    refuse(found, len(prepared))


def _reference(change: Mapping[str, Any]) -> Reference:
    number, version = change.get("id"), change.get("version")
    if isinstance(version, bool) or not isinstance(version, int):
        raise InputMalformed("A change carries the 'version' of the document it was made on.")
    return Reference(known_id(number), version)


def known_id(value: Any) -> int:
    """``value`` as the id of the document that a change, or a preview of one, is of. Raises InputMalformed."""
    if not is_id(value):
        raise InputMalformed("A change names its document by 'id', a number as you were given it.")
    return int(value)


def locked(session: Session, kind: Doctype, references: Sequence[Reference]) -> list[Row]:
    """The stored documents, locked. Raises NotFound, and VersionConflict for what was changed since."""
    ids = [reference.id for reference in references]
    if len(set(ids)) != len(ids):
        raise InputMalformed("The same document is named twice in one call.")
    rows = load(session, kind, ids, for_update=True)
    for row, reference in zip(rows, references, strict=True):
        if reference.version is not None and reference.version != row["version"]:
            raise VersionConflict(
                f"{name_of(kind, row)} was changed by somebody else: you have version "
                f"{reference.version}, it is at {row['version']}. Load it again."
            )
    return rows


def _require_submittable(actor: Actor, kind: Doctype) -> None:
    if not kind.submittable:
        raise StateConflict(f"{kind.label} cannot be submitted; saving it is all it takes.")
    if kind.workflow.declared and not actor.system:
        names = ", ".join(t.name for t in kind.workflow.leaving(kind.workflow.initial.name))
        raise StateConflict(
            f"{kind.label} goes through its own transitions; the first are: {names}."
        )
    require(actor, "submit", kind)


def require_stage(kind: Doctype, row: Row, wanted: str, becomes: str) -> None:
    """Pass, or raise StateConflict where ``row`` is not of stage ``wanted``."""
    if row["stage"] != wanted:
        raise StateConflict(
            f"{name_of(kind, row)} is {row['stage']}; only a {wanted} one can be {becomes}."
        )
