"""What of a document stands still: in the state a draft is in, and once it is submitted.

Forms send fields back as they found them. Only what would really be different is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.workflow import State
from engine.kernel.changing import differing, present_names
from engine.kernel.convert import convert
from engine.kernel.rows import Row, copied
from engine.kernel.workflow import locked_fields
from engine_runtime.access.gate import require
from engine_runtime.documents.errors import InputMalformed, StateConflict
from engine_runtime.documents.naming import resolve
from engine_runtime.documents.prepare import company_of
from engine_runtime.posting.session import Session


def changeable(
    session: Session, kind: Doctype, row: Row, change: Mapping[str, Any]
) -> Mapping[str, Any]:
    """``change`` of the stored document ``row`` without what stands still and is sent as it is.

    Raises StateConflict naming what stands still and would be different, and Forbidden.
    """
    if not kind.submittable:
        return change
    names = present_names(kind, change)
    if row["stage"] != "draft" and "company" in change:
        company_of(session, kind, convert(kind, {"company": change["company"]}, dict(row)))
    still = _standing_still(kind, row, names.values())
    if not still:
        return change
    given = convert(
        kind, {n: change[n] for n in names if names[n] in still}, copied(kind, kind.head, row)
    )
    resolve(session, [given], [row.get("company")])
    changed = differing(kind, row, given, still)
    if changed:
        _refuse(session, kind, row, changed)
    kept = still - set(changed)
    return {name: value for name, value in change.items() if names.get(name) not in kept}


def _standing_still(kind: Doctype, row: Row, names: Iterable[str]) -> set[str]:
    if row["stage"] == "draft":
        return set(locked_fields(kind.workflow, row, [n for n in names if n in kind.fields]))
    if row["stage"] == "cancelled":
        return set(names)
    return {n for n in names if n not in kind.fields or not kind.fields[n].after_submit}


def _refuse(session: Session, kind: Doctype, row: Row, changed: list[str]) -> None:
    """Raise for fields that stand still and are sent differently; pass where amending in place may change them."""
    labels = ", ".join(
        kind.fields[n].label if n in kind.fields else f"'{n}'" for n in sorted(changed)
    )
    if row["stage"] == "submitted" and kind.amend == "in_place":
        if not kind.workflow.declared:
            require(session.actor, "submit", kind)
        fixed = locked_fields(kind.workflow, row, [n for n in changed if n in kind.fields])
        if not fixed:
            return
        labels = ", ".join(sorted(kind.fields[name].label for name in fixed))
    elif row["stage"] != "draft":
        cancel = "Cancel it and make" if row["stage"] == "submitted" else "Make"
        raise StateConflict(
            f"{name_of(kind, row)} is {row['stage']} and cannot be changed: {labels}. {cancel} a new one."
        )
    state = kind.workflow.state_of(row["state"], row["stage"])
    said = f"{name_of(kind, row)} is in the state {state.label}, in which this cannot be changed: {labels}."
    raise StateConflict(f"{said} {_opening(kind, state, changed)}".strip())


def _opening(kind: Doctype, state: State, names: Iterable[str]) -> str:
    """The ways out of ``state`` to where ``names`` can be changed, as a sentence; nothing where there is none."""
    workflow, wanted = kind.workflow, set(names)
    ways = [
        way.label
        for way in workflow.leaving(state.name)
        if not way.system
        and (to := workflow.states[way.to]).stage == "draft"
        and (to.edit is None or wanted <= to.edit)
    ]
    return f"It can be after: {' or '.join(ways)}." if ways else ""


def name_of(kind: Doctype, row: Row) -> str:
    """How people know a document: ``Sales Invoice SI2627/00001``."""
    return f"{kind.label} {row.get('number') or '#' + str(row['id'])}"


def require_one_stage(kind: Doctype, rows: Iterable[Row]) -> None:
    """Drafts are worked out again, submitted documents are not: one call changes the one or the other."""
    if kind.submittable and len({row["stage"] == "draft" for row in rows}) > 1:
        raise InputMalformed("Change drafts and submitted documents in calls of their own.")
