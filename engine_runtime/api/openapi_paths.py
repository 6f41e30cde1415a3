"""Path items of the OpenAPI document: fixed routes, doctypes, reports."""

from __future__ import annotations

from typing import Any

from engine.catalog.doctypes import ISSUED, Doctype
from engine.catalog.reports import Ask, Report
from engine_runtime.api.openapi_schemas import (
    FORMATS,
    NUMBERS,
    WITHHELD,
    Schema,
    component,
    input_field,
    pascal,
    reference,
    takes_issued,
)

ID = {
    "name": "id",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
}
COMPANY = {"$ref": "#/components/parameters/Company"}


def errors(*statuses: int) -> Schema:
    """Answers that are problem details."""
    return {str(s): {"$ref": f"#/components/responses/Error{s}"} for s in statuses}


def answer(schema: Schema, description: str, *, etag: bool = False) -> Schema:
    """A JSON answer."""
    found: Schema = {
        "description": description,
        "content": {"application/json": {"schema": schema}},
    }
    if etag:
        found["headers"] = {"ETag": {"schema": {"type": "string"}, "description": "The version."}}
    return found


def body(schema: Schema, *, required: bool = True) -> Schema:
    """A JSON request body."""
    return {"required": required, "content": {"application/json": {"schema": schema}}}


def _query(name: str, schema: Schema, text: str) -> Schema:
    return {"name": name, "in": "query", "schema": schema, "description": text}


def _header(name: str, text: str) -> Schema:
    return {"name": name, "in": "header", "schema": {"type": "string"}, "description": text}


IDEMPOTENCY = _header(
    "Idempotency-Key", "The same key with the same body is done once and answered alike."
)
IF_MATCH = _header("If-Match", "The ETag of the version that is meant.")
IF_NONE_MATCH = _header("If-None-Match", "The ETag that you have; then 304 if it still holds.")


def list_parameters() -> list[Schema]:
    """The query parameters of a list."""
    text: Schema = {"type": "string"}
    return [
        _query("fields", text, "Names, comma-separated; `category.name` follows a link."),
        _query(
            "filter",
            text,
            'JSON: `[["category.parent", "=", 3], ["posting_date", ">=", "2026-04-01"]]`. '
            "Operators: = != < <= > >= in contains starts is_null.",
        ),
        _query("search", text, "Text to find in the search fields."),
        _query("sort", text, "Names, comma-separated; `-posting_date` is descending."),
        _query(
            "limit", {"type": "integer", "minimum": 1, "maximum": 500, "default": 20}, "Page size."
        ),
        _query("cursor", text, "`next` of the page before."),
    ]


def doctype_paths(doctype: Doctype) -> Schema:
    """Every address of a doctype."""
    route = f"/api/{doctype.api}"
    paths: Schema = {
        route: _collection(doctype),
        f"{route}/{{id}}": _document(doctype),
        f"{route}/new": _new(doctype),
        f"{route}/preview": _preview(doctype),
    }
    paths[f"{route}/{{id}}/moves"] = _told(doctype, "movesOf", "What can be done with one")
    paths[f"{route}/{{id}}/history"] = _told(doctype, "historyOf", "What happened to one")
    paths[f"{route}/{{id}}/explain"] = _explain(doctype)
    paths |= way_paths(doctype, route)
    if doctype.submittable:
        paths[f"{route}/{{id}}/effects"] = _effects(doctype)
        paths[f"{route}/{{id}}/rederive"] = _rederive(doctype)
    if doctype.submittable and not doctype.workflow.declared:
        issued = {ISSUED: reference("Issued")} if takes_issued(doctype) else {}
        paths[f"{route}/{{id}}/submit"] = _transition(doctype, "submit", issued)
        paths[f"{route}/{{id}}/cancel"] = _transition(
            doctype, "cancel", {"reason": {"type": "string"}}
        )
    if doctype.amend == "new":
        paths[f"{route}/{{id}}/amend"] = _amend(doctype)
    return paths


def _amend(doctype: Doctype) -> Schema:
    found = _transition(doctype, "amend", {"reason": {"type": "string"}})
    operation = found["post"]
    operation["summary"] = f"Cancel one {doctype.label}, and make a draft in its place"
    operation["parameters"] = [IF_MATCH, IDEMPOTENCY]
    draft = answer(reference(component(doctype)), "The draft.", etag=True)
    operation["responses"] = {"201": draft, **errors(400, 401, 403, 404, 409, 422)}
    return found


def _rederive(doctype: Doctype) -> Schema:
    seen = {"type": "string", "description": "`seen` of the difference that was looked at."}
    found = _transition(doctype, "rederive", {"seen": seen, "reason": {"type": "string"}})
    operation = found["post"]
    operation["summary"] = f"Bring one {doctype.label} under today's rules and masters"
    operation["description"] = (
        "`rederived` of the answer says whether anything was written. Where something else would be done than was "
        "seen, 409 with the new `difference`."
    )
    sent = operation["requestBody"]["content"]["application/json"]["schema"]
    operation["requestBody"] = body({**sent, "required": ["seen"]})
    operation["responses"] |= errors(422)
    told = answer(reference("Difference"), "What would change.")
    found["get"] = _operation(
        doctype,
        "differenceOf",
        f"What today's rules and masters would make of one {doctype.label}",
        description="Writes nothing. What stands in the way is among the `problems`.",
        responses={"200": told, **errors(400, 401, 403, 404, 409)},
    )
    return found


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
            paths[f"{route}/{action.route}"] = {
                "parameters": [COMPANY],
                "post": _done(
                    doctype, f"{action.name}OfMany", action.label, action.ask, done, many=True
                ),
            }
    return paths


def _done(
    doctype: Doctype,
    verb: str,
    label: str,
    ask: Doctype | None,
    done: Schema,
    *,
    many: bool = False,
) -> Schema:
    asked = {f.name: input_field(ask, f) for f in ask.fields.values()} if ask is not None else {}
    needed = (
        [f.name for f in ask.fields.values() if f.required and f.default is None] if ask else []
    )
    if ask is not None:
        needed = [n for n in needed if ask.fields[n].default_expression is None]
    if many:
        asked["documents"] = {"type": "array", "items": {"type": "integer"}, "maxItems": 200}
        needed.append("documents")
    else:
        asked.setdefault("version", {"type": "integer"})
    sent: Schema = {"type": "object", "properties": asked}
    if needed:
        sent["required"] = needed
    return _operation(
        doctype,
        "".join(part if i == 0 else part.capitalize() for i, part in enumerate(verb.split("_"))),
        f"{label}: {doctype.label}",
        parameters=[IF_MATCH, IDEMPOTENCY],
        requestBody=body(sent, required=bool(needed)),
        responses={**errors(400, 401, 403, 404, 409, 422), **done},
    )


def _told(doctype: Doctype, verb: str, words: str) -> Schema:
    return {
        "parameters": [ID, COMPANY],
        "get": _operation(
            doctype,
            verb,
            f"{words} {doctype.label}",
            responses={"200": answer({"type": "object"}, "Told."), **errors(400, 401, 403, 404)},
        ),
    }


FIELD = _query("field", {"type": "string"}, "The path of a field: `items[0].taxable`.")


def _explain(doctype: Doctype) -> Schema:
    found = _told(doctype, "explain", "Why a field holds what it holds, of one")
    found["get"]["parameters"] = [{**FIELD, "required": True}]
    return found


def _operation(doctype: Doctype, verb: str, summary: str, **parts: Any) -> Schema:
    return {
        "operationId": f"{verb}{pascal(doctype.name)}",
        "summary": summary,
        "tags": [doctype.label],
        **parts,
    }


def _collection(doctype: Doctype) -> Schema:
    one = reference(component(doctype))
    sent = reference(component(doctype, "", "Input"))
    page: Schema = {
        "type": "object",
        "required": ["rows", "next"],
        "properties": {
            "rows": {"type": "array", "items": {"type": "object"}},
            "next": {"type": ["string", "null"], "description": "Cursor of the next page."},
        },
    }
    submit = _query("submit", {"type": "boolean", "default": False}, "Create and submit in one.")
    return {
        "parameters": [COMPANY],
        "get": _operation(
            doctype,
            "list",
            f"List {doctype.plural}",
            parameters=list_parameters(),
            responses={"200": answer(page, "A page."), **errors(400, 401, 403)},
        ),
        "post": _operation(
            doctype,
            "create",
            f"Create one {doctype.label}, or several",
            parameters=[*([submit] if doctype.submittable else []), IDEMPOTENCY],
            requestBody=body({"anyOf": [sent, {"type": "array", "items": sent, "maxItems": 500}]}),
            responses={
                "201": answer(
                    {"anyOf": [one, {"type": "array", "items": one}]}, "Created.", etag=True
                ),
                **errors(400, 401, 403, 409, 413, 415, 422),
            },
        ),
    }


def _document(doctype: Doctype) -> Schema:
    one = answer(reference(component(doctype)), "The document.", etag=True)
    not_modified: Schema = {"description": "You have it already."}
    change = reference(component(doctype, "", "Change"))
    return {
        "parameters": [ID, COMPANY],
        "get": _operation(
            doctype,
            "get",
            f"Get one {doctype.label}",
            parameters=[IF_NONE_MATCH],
            responses={"200": one, "304": not_modified, **errors(400, 401, 403, 404)},
        ),
        "patch": _operation(
            doctype,
            "change",
            f"Change one {doctype.label}",
            description="Fields left out stay. Child tables come whole; rows with `id` are kept.",
            parameters=[IF_MATCH],
            requestBody=body(change),
            responses={"200": one, **errors(400, 401, 403, 404, 409, 413, 415, 422)},
        ),
        "delete": _operation(
            doctype,
            "delete",
            f"Delete one {doctype.label}",
            description="Drafts and masters that nothing refers to.",
            parameters=[IF_MATCH],
            responses={
                "204": {"description": "Deleted."},
                **errors(400, 401, 403, 404, 409, 422),
            },
        ),
    }


def _new(doctype: Doctype) -> Schema:
    sources = ", ".join(doctype.make_from)
    text = f"`<route>/<id>` of a {sources}." if sources else "There is nothing it is made from."
    return {
        "parameters": [COMPANY],
        "get": _operation(
            doctype,
            "new",
            f"An unsaved {doctype.label} with its defaults",
            parameters=[_query("from", {"type": "string"}, text)],
            responses={
                "200": answer(reference(component(doctype)), "Not saved."),
                **errors(400, 401, 403, 404, 422),
            },
        ),
    }


def _preview(doctype: Doctype) -> Schema:
    found: Schema = {
        "type": "object",
        "required": ["document", "entries", "problems", "facts"],
        "properties": {
            "document": reference(component(doctype)),
            "entries": {
                "type": "object",
                "description": "Ledger → entries it would write.",
                "additionalProperties": {"type": "array", "items": {"type": "object"}},
            },
            "withheld": {"type": "boolean", "description": WITHHELD},
            "problems": {"type": "array", "items": reference("Problem")},
            "facts": {"type": "object"},
        },
    }
    return {
        "parameters": [COMPANY],
        "post": _operation(
            doctype,
            "preview",
            f"Work out a {doctype.label} without saving anything",
            description="With `id`, on top of what is saved; with `field`, why that holds what it would hold.",
            parameters=[FIELD],
            requestBody=body(reference(component(doctype, "", "Change"))),
            responses={"200": answer(found, "What would be."), **errors(400, 401, 403, 404, 413)},
        ),
    }


def _transition(doctype: Doctype, verb: str, extra: Schema) -> Schema:
    sent: Schema = {"type": "object", "properties": {"version": {"type": "integer"}, **extra}}
    return {
        "parameters": [ID, COMPANY],
        "post": _operation(
            doctype,
            verb,
            f"{verb.capitalize()} one {doctype.label}",
            parameters=[IF_MATCH, IDEMPOTENCY] if verb == "submit" else [IF_MATCH],
            requestBody=body(sent, required=False),
            responses={
                "200": answer(reference(component(doctype)), "The document.", etag=True),
                **errors(400, 401, 403, 404, 409, 422),
            },
        ),
    }


def _effects(doctype: Doctype) -> Schema:
    return {
        "parameters": [ID, COMPANY],
        "get": _operation(
            doctype,
            "effectsOf",
            f"What one {doctype.label} wrote into every ledger",
            responses={
                "200": answer(reference("Effects"), "Entries."),
                **errors(400, 401, 403, 404),
            },
        ),
    }


def _ask_schema(ask: Ask) -> Schema:
    if ask.type == "link":
        return {"type": "integer", "minimum": 1, "description": " or ".join(ask.link)}
    if ask.type in NUMBERS:
        return {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
    return FORMATS.get(ask.type, {"type": "string"})


def report_paths(report: Report) -> Schema:
    """The address of a report."""
    parameters = [
        {
            "name": ask.name,
            "in": "query",
            "required": ask.required and ask.default is None and ask.default_expression is None,
            "schema": _ask_schema(ask),
            "description": ask.label,
        }
        for ask in report.ask.values()
    ]
    return {
        f"/api/reports/{report.key}": {
            "parameters": [COMPANY],
            "get": {
                "operationId": f"report{pascal(report.name)}",
                "summary": report.label,
                "description": report.help or report.label,
                "tags": ["Reports"],
                "parameters": parameters,
                "responses": {
                    "200": answer(reference("ReportAnswer"), "The report."),
                    **errors(400, 401, 403, 404),
                },
            },
        }
    }
