"""The OpenAPI 3.1 document, generated from the live catalog: one source for behaviour and description."""

from __future__ import annotations

from typing import Any

from engine.catalog.whole import Catalog
from engine_runtime.api.answer import dump
from engine_runtime.api.errors import TITLES
from engine_runtime.api.openapi_parts import ID, answer, body, errors
from engine_runtime.api.openapi_paths import doctype_paths, report_paths
from engine_runtime.api.openapi_schemas import (
    WITHHELD,
    Schema,
    common_schemas,
    doctype_schemas,
    reference,
)
from engine_runtime.api.percatalog import PerCatalog

ERROR_STATUSES = (400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
TEXT: Schema = {"type": "string"}
OPEN: list[dict[str, list[str]]] = []


def document(catalog: Catalog) -> dict[str, Any]:
    """The whole description of the API of ``catalog``."""
    doctypes = [d for d in catalog.doctypes.values() if not d.abstract and not d.child]
    paths = _fixed_paths()
    schemas = {**common_schemas(), **_answer_schemas()}
    for doctype in doctypes:
        paths.update(doctype_paths(doctype))
        schemas.update(doctype_schemas(doctype))
    for report in catalog.reports.values():
        paths.update(report_paths(report))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Bahi",
            "version": catalog.digest[:12],
            "description": "Generated from the published metadata. Decimals are texts, dates ISO.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"session": []}],
        "tags": [{"name": "Access"}, {"name": "System"}, {"name": "Reports"}]
        + [{"name": d.label, "description": d.help or d.plural} for d in doctypes],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": _error_responses(),
            "parameters": {"Company": _company()},
            "securitySchemes": _security(),
        },
    }


def _rendered(catalog: Catalog) -> bytes:
    return dump(document(catalog))


rendered = PerCatalog(_rendered)
"""The document as JSON, made once per catalog."""


def _company() -> Schema:
    return {
        "name": "X-Company",
        "in": "header",
        "schema": {"type": "integer", "minimum": 1},
        "description": "The company to act in; without it, your first one.",
    }


def _security() -> Schema:
    return {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "Of POST /api/auth/login. Unsafe methods need X-CSRFToken as well.",
        },
    }


def _error_responses() -> Schema:
    content = {"application/problem+json": {"schema": reference("ProblemDetails")}}
    return {
        f"Error{status}": {"description": TITLES[status], "content": content}
        for status in ERROR_STATUSES
    }


def _answer_schemas() -> Schema:
    column = {"name": TEXT, "label": TEXT, "type": TEXT}
    rows: Schema = {"type": "array", "items": {"type": "object"}}
    columns = {"type": "array", "items": {"type": "object", "properties": column}}
    ledger = {"label": TEXT, "columns": columns, "entries": rows}
    effects: Schema = {
        "withheld": {"type": "boolean", "description": WITHHELD},
        "ledgers": {
            "type": "object",
            "additionalProperties": {"type": "object", "properties": ledger},
        },
    }
    health: Schema = {name: {} for name in ("status", "database", "catalog", "worker", "books")}
    return {
        "Health": {"type": "object", "required": list(health), "properties": health},
        "Effects": {"type": "object", "required": ["ledgers", "withheld"], "properties": effects},
        "Difference": _difference(effects),
        "ReportAnswer": {
            "type": "object",
            "required": ["report", "columns", "rows", "totals", "opening"],
            "properties": {
                "report": TEXT,
                "columns": columns,
                "rows": rows,
                "totals": {"type": "object"},
                "opening": {"type": ["object", "null"]},
            },
        },
    }


def _difference(effects: Schema) -> Schema:
    """What rederiving a document would do."""
    field: Schema = {
        "type": "object",
        "properties": {"path": TEXT, "label": TEXT, "old": {}, "new": {}},
    }
    row: Schema = {
        "type": "object",
        "properties": {"path": TEXT, "is": {"enum": ["new", "gone"]}, "row": {"type": "object"}},
    }
    number: Schema = {"type": "integer"}
    found: Schema = {
        "id": number,
        "version": number,
        "seen": {**TEXT, "description": "Sent back with the version to have it done."},
        "nothing": {"type": "boolean", "description": "It comes out as it stands."},
        "fields": {"type": "array", "items": field},
        "rows": {"type": "array", "items": row},
        **effects,
    }
    problems: Schema = {"type": "array", "items": reference("Problem")}
    return {
        "type": "object",
        "required": list(found),
        "properties": {**found, "problems": problems},
    }


def _fixed(verb: str, summary: str, tag: str, responses: Schema, **parts: Any) -> Schema:
    return {"operationId": verb, "summary": summary, "tags": [tag], "responses": responses, **parts}


def _fixed_paths() -> Schema:
    credentials = body(reference("Credentials"))
    refused = errors(400, 401, 415, 429)
    user = reference("User")
    login: Schema = {"type": "object", "properties": {"user": user, "csrf_token": TEXT}}
    anything: Schema = {"type": "object"}
    token = {"200": answer(reference("TokenAnswer"), "A token for 12 hours."), **refused}
    logged_in = {"200": answer(login, "The session cookie is set."), **refused}
    health = answer(reference("Health"), "How the installation is.")
    return {
        "/api/auth/token": {
            "post": _fixed("token", "Get a bearer token", "Access", token,
                           requestBody=credentials, security=OPEN),
        },
        "/api/auth/login": {
            "post": _fixed("login", "Log in with a session cookie", "Access", logged_in,
                           requestBody=credentials, security=OPEN),
        },
        "/api/auth/logout": {
            "post": _fixed("logout", "End the session", "Access",
                           {"204": {"description": "Logged out."}, **errors(401, 403)}),
        },
        "/api/auth/me": {
            "get": _fixed("me", "Who you are", "Access",
                          {"200": answer(user, "You."), **errors(401, 403)}),
        },
        "/api/health": {
            "get": _fixed("health", "Is it running?", "System",
                          {"200": health, "503": health}, security=OPEN),
        },
        "/api/meta": {
            "get": _fixed("meta", "The catalog, as far as you may see it", "System",
                          {"200": answer(anything, "For the browser."), **errors(401, 403, 503)}),
        },
        "/api/meta/uses": {
            "get": _fixed("uses", "Where something declared is used; for superusers", "System",
                          {"200": answer(anything, "Uses."), **errors(400, 401, 403)},
                          parameters=[{"name": "of", "in": "query", "required": True, "schema": TEXT,
                                       "description": "As people write it: `Sales Invoice.customer`."}]),
        },
        "/api/period-locks": _period_locks(),
        "/api/tasks": {
            "get": _fixed("tasks", "What waits for you", "System",
                          {"200": answer(anything, "Consents, and limits that were passed."), **errors(401, 403)}),
        },
        "/api/tasks/{id}/done": _task_done(),
        "/api/openapi.json": {
            "get": _fixed("openapi", "This description", "System",
                          {"200": answer(anything, "OpenAPI 3.1."), **errors(503)}, security=OPEN),
        },
    }  # fmt: skip


def _task_done() -> Schema:
    asked: Schema = {
        "type": "object",
        "required": ["note"],
        "additionalProperties": False,
        "properties": {"note": {"type": "string", "maxLength": 2000}},
    }
    done: Schema = {
        "type": "object",
        "properties": {"done_by": TEXT, "done_at": TEXT, "note": TEXT},
    }
    return {
        "parameters": [ID],
        "post": _fixed("taskDone", "You have seen to a limit that was passed", "System",
                       {"200": answer(done, "Who saw to it."), **errors(400, 401, 403, 404, 409, 415, 422)},
                       requestBody=body(asked)),
    }  # fmt: skip


def _period_locks() -> Schema:
    area, day = TEXT, {"type": "string", "format": "date"}
    until: Schema = {"type": ["string", "null"], "format": "date"}
    lock: Schema = {"type": "object", "properties": {"area": area, "until": until}}
    found: Schema = {"type": "object", "properties": {"locks": {"type": "array", "items": lock}}}
    asked: Schema = {
        "type": "object",
        "required": ["area", "until"],
        "additionalProperties": False,
        "properties": {"area": area, "until": day, "reason": TEXT},
    }
    locks = answer(found, "The areas, and the last closed day of each.")
    return {
        "get": _fixed("periodLocks", "Which periods are closed", "Books",
                      {"200": locks, **errors(401, 403)}),
        "post": _fixed("closePeriod", "Close an area up to a day", "Books",
                       {"200": locks, **errors(400, 401, 403, 415, 422)}, requestBody=body(asked)),
    }  # fmt: skip
