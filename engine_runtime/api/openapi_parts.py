"""Parts that path items of the OpenAPI document are made of."""

from __future__ import annotations

from typing import Any

from engine.catalog.doctypes import Doctype
from engine_runtime.api.openapi_schemas import Schema, pascal

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


def query(name: str, schema: Schema, text: str) -> Schema:
    """A query parameter."""
    return {"name": name, "in": "query", "schema": schema, "description": text}


def header(name: str, text: str) -> Schema:
    """A header of a request."""
    return {"name": name, "in": "header", "schema": {"type": "string"}, "description": text}


IDEMPOTENCY = header(
    "Idempotency-Key", "The same key with the same body is done once and answered alike."
)
IF_MATCH = header("If-Match", "The ETag of the version that is meant.")
IF_NONE_MATCH = header("If-None-Match", "The ETag that you have; then 304 if it still holds.")


def operation(doctype: Doctype, verb: str, summary: str, **parts: Any) -> Schema:
    """What one method of an address does with a doctype."""
    return {
        "operationId": f"{verb}{pascal(doctype.name)}",
        "summary": summary,
        "tags": [doctype.label],
        **parts,
    }
