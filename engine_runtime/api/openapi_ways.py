"""Path items of the OpenAPI document: transitions and actions, of one document and of many."""

from __future__ import annotations

from engine.catalog.doctypes import Doctype
from engine_runtime.api.moves import MOST_AT_ONCE
from engine_runtime.api.openapi_parts import (
    COMPANY,
    ID,
    IDEMPOTENCY,
    IF_MATCH,
    answer,
    body,
    errors,
    operation,
)
from engine_runtime.api.openapi_schemas import Schema, component, input_field, reference


def way_paths(doctype: Doctype, route: str) -> Schema:
    """The addresses of declared transitions and of actions; with many documents where that is offered."""
    paths: Schema = {}
    for way in doctype.workflow.transitions.values() if doctype.workflow.declared else ():
        if way.system or way.auto is not None or not doctype.submittable:
            continue
        one = {"200": answer(reference(component(doctype)), "The document, moved.", etag=True)}
        waits = {"202": answer(reference(component(doctype)), "Noted; other consents are missing.")}
        paths[f"{route}/{{id}}/{way.name}"] = {
            "parameters": [ID, COMPANY],
            "post": _done(doctype, way.name, way.label, way.ask, one | waits),
        }
        paths[f"{route}/{way.name}"] = _many(doctype, way.name, way.label, way.ask)
    if doctype.submittable and not doctype.workflow.declared:
        paths[f"{route}/submit"] = _many(doctype, "submit", "Submit", None)
        reason = {"reason": {"type": "string"}}
        paths[f"{route}/cancel"] = _many(doctype, "cancel", "Cancel", None, reason)
    for action in doctype.actions.values():
        found: Schema = {"type": "object", "description": "As the action declares it."}
        done = {"202": answer(found, "A job.")} if action.later else {"200": answer(found, "Done.")}
        for error in action.errors.values():
            done[str(error.status)] = answer({"type": "object"}, f"Refused: {error.key}.")
        operation = _done(doctype, action.name, action.label, action.ask, done)
        paths[f"{route}/{{id}}/{action.route}"] = {
            "parameters": [ID, COMPANY], action.method: operation,
        }  # fmt: skip
        if action.bulk:
            of_many = _many(doctype, action.name, action.label, action.ask, later=action.later)
            paths[f"{route}/{action.route}"] = of_many
    return paths


def _asked(ask: Doctype | None) -> tuple[Schema, list[str]]:
    """What is asked for, and what of it must be answered."""
    if ask is None:
        return {}, []
    needed = [
        field.name
        for field in ask.fields.values()
        if field.required and field.default is None and field.default_expression is None
    ]
    return {field.name: input_field(ask, field) for field in ask.fields.values()}, needed


def _verb(name: str) -> str:
    return "".join(part if i == 0 else part.capitalize() for i, part in enumerate(name.split("_")))


def _sent(properties: Schema, needed: list[str]) -> Schema:
    sent: Schema = {"type": "object", "properties": properties}
    return body(sent | ({"required": needed} if needed else {}), required=bool(needed))


def _done(doctype: Doctype, name: str, label: str, ask: Doctype | None, done: Schema) -> Schema:
    asked, needed = _asked(ask)
    asked.setdefault("version", {"type": "integer"})
    return operation(
        doctype,
        _verb(name),
        f"{label}: {doctype.label}",
        parameters=[IF_MATCH, IDEMPOTENCY],
        requestBody=_sent(asked, needed),
        responses={**errors(400, 401, 403, 404, 409, 422), **done},
    )


_DOCUMENTS: Schema = {
    "type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": MOST_AT_ONCE,
}  # fmt: skip


def _many(
    doctype: Doctype,
    name: str,
    label: str,
    ask: Doctype | None,
    extra: Schema | None = None,
    *,
    later: bool = False,
) -> Schema:
    """The same with many documents, each for itself."""
    asked, needed = _asked(ask)
    results: Schema = {
        "type": "object",
        "required": ["results"],
        "properties": {"results": {"type": "array", "items": reference("ResultOfMany")}},
    }
    job = {"202": answer({"type": "object"}, "A job.")}
    done = job if later else {"200": answer(results, "What became of each.")}
    return {
        "parameters": [COMPANY],
        "post": operation(
            doctype,
            _verb(f"{name}_of_many"),
            f"{label}: several {doctype.plural}, each for itself",
            requestBody=_sent({**asked, **(extra or {}), "documents": _DOCUMENTS}, [*needed, "documents"]),
            responses={**done, **errors(400, 401, 403)},
        ),
    }  # fmt: skip


def together_path(doctype: Doctype) -> Schema:
    """What can be done with several documents."""
    way: Schema = {"type": "array", "items": reference("WayOfMany")}
    found: Schema = {
        "type": "object",
        "required": ["total", "transitions", "actions"],
        "properties": {"total": {"type": "integer"}, "transitions": way, "actions": way},
    }
    return {
        "parameters": [COMPANY],
        "post": operation(
            doctype,
            "movesOfMany",
            f"What can be done with several {doctype.plural}",
            requestBody=_sent({"documents": _DOCUMENTS}, ["documents"]),
            responses={"200": answer(found, "Nothing is changed."), **errors(400, 401, 403)},
        ),
    }
