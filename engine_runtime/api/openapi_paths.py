"""Path items of the OpenAPI document: fixed routes, doctypes, reports."""

from __future__ import annotations

from engine.catalog.doctypes import ISSUED, Doctype
from engine.catalog.reports import Ask, Report
from engine_runtime.api.openapi_parts import (
    COMPANY,
    ID,
    IDEMPOTENCY,
    IF_MATCH,
    IF_NONE_MATCH,
    answer,
    body,
    errors,
    operation,
    query,
)
from engine_runtime.api.openapi_schemas import (
    FORMATS,
    NUMBERS,
    WITHHELD,
    Schema,
    component,
    pascal,
    reference,
    takes_issued,
)
from engine_runtime.api.openapi_ways import together_path, way_paths


def list_parameters() -> list[Schema]:
    """The query parameters of a list."""
    text: Schema = {"type": "string"}
    return [
        query("fields", text, "Names, comma-separated; `category.name` follows a link."),
        query(
            "filter",
            text,
            'JSON: `[["category.parent", "=", 3], ["posting_date", ">=", "2026-04-01"]]`. '
            "Operators: = != < <= > >= in contains starts is_null.",
        ),
        query("search", text, "Text to find in the search fields."),
        query("sort", text, "Names, comma-separated; `-posting_date` is descending."),
        query(
            "limit", {"type": "integer", "minimum": 1, "maximum": 500, "default": 20}, "Page size."
        ),
        query("cursor", text, "`next` of the page before."),
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
    paths[f"{route}/moves"] = together_path(doctype)
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
    posted = found["post"]
    posted["summary"] = f"Bring one {doctype.label} under today's rules and masters"
    posted["description"] = (
        "`rederived` of the answer says whether anything was written. Where something else would be done than was "
        "seen, 409 with the new `difference`."
    )
    sent = posted["requestBody"]["content"]["application/json"]["schema"]
    posted["requestBody"] = body({**sent, "required": ["seen"]})
    posted["responses"] |= errors(422)
    told = answer(reference("Difference"), "What would change.")
    found["get"] = operation(
        doctype,
        "differenceOf",
        f"What today's rules and masters would make of one {doctype.label}",
        description="Writes nothing. What stands in the way is among the `problems`.",
        responses={"200": told, **errors(400, 401, 403, 404, 409)},
    )
    return found


def _told(doctype: Doctype, verb: str, words: str) -> Schema:
    return {
        "parameters": [ID, COMPANY],
        "get": operation(
            doctype,
            verb,
            f"{words} {doctype.label}",
            responses={"200": answer({"type": "object"}, "Told."), **errors(400, 401, 403, 404)},
        ),
    }


FIELD = query("field", {"type": "string"}, "The path of a field: `items[0].taxable`.")


def _explain(doctype: Doctype) -> Schema:
    found = _told(doctype, "explain", "Why a field holds what it holds, of one")
    found["get"]["parameters"] = [{**FIELD, "required": True}]
    return found


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
    submit = query("submit", {"type": "boolean", "default": False}, "Create and submit in one.")
    return {
        "parameters": [COMPANY],
        "get": operation(
            doctype,
            "list",
            f"List {doctype.plural}",
            parameters=list_parameters(),
            responses={"200": answer(page, "A page."), **errors(400, 401, 403)},
        ),
        "post": operation(
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
        "get": operation(
            doctype,
            "get",
            f"Get one {doctype.label}",
            parameters=[IF_NONE_MATCH],
            responses={"200": one, "304": not_modified, **errors(400, 401, 403, 404)},
        ),
        "patch": operation(
            doctype,
            "change",
            f"Change one {doctype.label}",
            description="Fields left out stay. Child tables come whole; rows with `id` are kept.",
            parameters=[IF_MATCH],
            requestBody=body(change),
            responses={"200": one, **errors(400, 401, 403, 404, 409, 413, 415, 422)},
        ),
        "delete": operation(
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
        "get": operation(
            doctype,
            "new",
            f"An unsaved {doctype.label} with its defaults",
            parameters=[query("from", {"type": "string"}, text)],
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
        "post": operation(
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
        "post": operation(
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
        "get": operation(
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
