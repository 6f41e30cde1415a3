"""Field paths of the language (``customer.group.name``) as column paths, checked step by step."""

from __future__ import annotations

from dataclasses import dataclass

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import DOCUMENT, Field
from engine.kernel.finding import Finding
from engine_runtime.access.gate import allowed
from engine_runtime.documents.errors import InputMalformed
from engine_runtime.documents.foreign import is_of_company
from engine_runtime.documents.lookups import column_of
from engine_runtime.posting.post import COMPANY
from engine_runtime.posting.session import Session

_TIMES = ("created_at", "changed_at")


@dataclass(frozen=True, slots=True)
class Path:
    """``column``: the path of columns. ``field``: what stands at its end, a made-up one for standard fields."""

    name: str
    column: str
    field: Field


STAGES = ("draft", "submitted", "cancelled")


def standard_field(doctype: Doctype, name: str) -> Field | None:
    """A standard field of every document as if it were declared."""
    span = doctype.span
    if name in ("id", "version"):
        return Field(name, "integer", "ID" if name == "id" else "Version", span)
    if name == "number" and doctype.submittable:
        return Field(name, "text", "Number", span)
    if name == "state" and doctype.submittable:
        return Field(name, "choice", "State", span, options=tuple(doctype.workflow.states))
    if name == "stage" and doctype.submittable:
        return Field(name, "choice", "Stage", span, options=STAGES)
    if name in _TIMES:
        return Field(name, "datetime", name.replace("_", " ").capitalize(), span)
    if name == "company" and doctype.company == "required":
        return Field(name, "link", "Company", span, link=(COMPANY,))
    return None


def resolve_path(session: Session, doctype: Doctype, text: str) -> Path:
    """The path ``text`` from ``doctype``. Raises InputMalformed for what is unknown or may not be read."""
    current, columns = doctype, []
    names = text.split(".")
    for place, name in enumerate(names):
        known = current.fields.get(name) or current.head.formerly.get(name)
        found = known or standard_field(current, name)
        last = place == len(names) - 1
        if found is None or found.type in ("table", "back"):
            raise unknown(doctype, text, f"{current.label} has no field '{name}'")
        if not found.stored:
            if last and place == 0:
                return Path(text, "", found)
            raise unknown(doctype, text, f"'{name}' is worked out when asked")
        columns.append(column_of(found))
        if last:
            return Path(text, ".".join(columns), found)
        if (
            found.type != "link"
            or len(found.link) != 1
            or found.link[0] == DOCUMENT
            or "." in found.link[0]
        ):
            raise unknown(doctype, text, f"'{name}' is no link to one doctype")
        shared = current.company != "required"
        current = session.catalog.doctypes[found.link[0]]
        if shared and is_of_company(session, current.name) and not session.actor.system:
            raise unknown(doctype, text, f"the {current.label} there may be another company's")
        if not allowed(session.actor, "read", current):
            raise unknown(doctype, text, f"{current.label} is not yours to read")
    raise unknown(doctype, text, "it is empty")


def unknown(doctype: Doctype, text: str, why: str) -> InputMalformed:
    """The refusal of a path."""
    sentence = f"{doctype.label} cannot be asked for '{text}': {why}."
    return InputMalformed(sentence, [Finding("list.unknown_field", text, sentence)])
