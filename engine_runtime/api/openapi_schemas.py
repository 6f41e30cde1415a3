"""JSON Schemas of documents, from the catalog: what is read, what may be sent, with exact types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.catalog.doctypes import ISSUED, Doctype
from engine.catalog.fields import DOCUMENT, Field, Table

Schema = dict[str, Any]

NUMBERS = frozenset(("decimal", "money", "rate", "percent", "quantity"))
FORMATS: Mapping[str, Schema] = {
    "integer": {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "time": {"type": "string", "format": "time"},
    "email": {"type": "string", "format": "email"},
    "url": {"type": "string", "format": "uri"},
    "json": {"type": ["object", "array"]},
}


WITHHELD = "Entries in ledgers that you may not read are left out."


def pascal(name: str) -> str:
    """``Sales Invoice`` → ``SalesInvoice``: the name of a component."""
    words = "".join(c if c.isalnum() else " " for c in name).split()
    return "".join(word[:1].upper() + word[1:] for word in words)


def component(doctype: Doctype, path: str = "", kind: str = "") -> str:
    """The component name of a table: ``SalesInvoice.items``, ``SalesInvoice.items.Input``."""
    return ".".join(part for part in (pascal(doctype.name), path, kind) if part)


def reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def nullable(schema: Schema) -> Schema:
    """``schema``, or null."""
    kind = schema.get("type")
    if isinstance(kind, str):
        found = {**schema, "type": [kind, "null"]}
    elif isinstance(kind, list):
        found = {**schema, "type": [*kind, "null"]}
    else:
        return {"anyOf": [schema, {"type": "null"}]}
    if "enum" in found:
        found["enum"] = [*found["enum"], None]
    return found


def decimal_schema(scale: int, precision: int) -> Schema:
    """A decimal as text."""
    whole = max(precision - scale, 1) if precision else 30
    decimals = rf"(\.[0-9]{{1,{scale}}})?" if scale else ""
    return {
        "type": "string",
        "pattern": rf"^-?[0-9]{{1,{whole}}}{decimals}$",
        "description": f"Decimal with {scale} places, as text.",
    }


def value_schema(field: Field) -> Schema:
    """What a field that is neither link nor table holds, null left aside."""
    if field.type in NUMBERS:
        return decimal_schema(field.scale, field.precision)
    if field.type == "choice":
        return {"type": "string", "enum": list(field.options)}
    schema = dict(FORMATS.get(field.type, {"type": "string"}))
    if schema["type"] == "string" and field.length and "pattern" not in schema:
        schema["maxLength"] = field.length
    return schema


def _described(schema: Schema, field: Field) -> Schema:
    text = field.help or field.label
    shown = {**schema, "title": field.label}
    return {**shown, "description": text} if "description" not in schema else shown


def read_field(doctype: Doctype, field: Field) -> Schema:
    """A field as it is read."""
    if field.type == "table":
        items = reference(component(doctype, field.table or field.name))
        return {"type": "array", "items": items, "title": field.label}
    if field.type == "link":
        several = len(field.link) > 1 or DOCUMENT in field.link
        name = "DocumentLink" if several else "Link"
        return {
            "anyOf": [reference(name), {"type": "null"}],
            "title": field.label,
            "description": "Links to " + " or ".join(field.link) + ".",
        }
    return _described(nullable(value_schema(field)), field)


def input_field(doctype: Doctype, field: Field) -> Schema:
    """A field as it may be sent."""
    if field.type == "table":
        items = reference(component(doctype, field.table or field.name, "Input"))
        schema: Schema = {"type": "array", "items": items, "title": field.label}
        table = doctype.tables[field.table or field.name]
        if table.minimum_rows:
            schema["minItems"] = table.minimum_rows
        if table.maximum_rows is not None:
            schema["maxItems"] = table.maximum_rows
        return schema
    if field.type == "link":
        return {
            "anyOf": [reference("LinkInput"), {"type": "null"}],
            "title": field.label,
            "description": "Links to " + " or ".join(field.link) + ".",
        }
    schema = value_schema(field)
    if field.type in NUMBERS:
        schema = {"anyOf": [schema, {"type": "number"}, {"type": "null"}]}
    else:
        schema = nullable(schema)
    if field.default is not None:
        schema["default"] = _default(field)
    return _described(schema, field)


def _default(field: Field) -> Any:
    """The literal default in its JSON form; the catalog may hold it as it is written."""
    value = field.default
    if field.type == "boolean":
        return value in (True, "true")
    if field.type == "integer":
        return int(str(value))
    return str(value)


def sendable(field: Field) -> bool:
    """True if a person or program may send the field: nothing computed, nothing generated."""
    if field.type == "back" or field.generated or not field.stored:
        return False
    return field.writer == "person" or field.editable


def needed(field: Field) -> bool:
    """True if a document without the field is refused whatever else it says."""
    has_default = field.default is not None or field.default_expression is not None
    return field.required and sendable(field) and not has_default and field.type != "table"


def takes_issued(doctype: Doctype) -> bool:
    """True if documents may come with a number that was given elsewhere."""
    return doctype.number is not None and doctype.number.issued_by is not None


def _head_standard(doctype: Doctype) -> Schema:
    standard: Schema = {
        "id": {"type": "integer", "readOnly": True},
        "version": {"type": "integer", "readOnly": True, "description": "Counts the changes."},
        "created_by": {"type": ["integer", "null"], "readOnly": True},
        "created_at": {"type": ["string", "null"], "format": "date-time", "readOnly": True},
        "changed_by": {"type": ["integer", "null"], "readOnly": True},
        "changed_at": {"type": ["string", "null"], "format": "date-time", "readOnly": True},
    }
    if doctype.number or doctype.submittable:
        standard["number"] = {"type": ["string", "null"], "readOnly": True}
    if doctype.amend == "new":
        text = "The cancelled document in whose place it is."
        standard["amends"] = {"type": ["integer", "null"], "readOnly": True, "description": text}
    if doctype.company == "required":
        standard["company"] = {"anyOf": [reference("Link"), {"type": "null"}], "readOnly": True}
    if doctype.submittable:
        states = list(doctype.workflow.states)
        stages = ["draft", "submitted", "cancelled"]
        standard["state"] = {"type": "string", "enum": states, "readOnly": True}
        standard["stage"] = {"type": "string", "enum": stages, "readOnly": True}
    return standard


def _table_schemas(doctype: Doctype, table: Table) -> Iterator[tuple[str, Schema]]:
    fields = list(table.fields.values())
    child_standard: Schema = {"id": {"type": "integer"}, "index": {"type": "integer", "minimum": 1}}
    standard = child_standard if table.path else _head_standard(doctype)
    properties = {f.name: read_field(doctype, f) for f in fields if f.type != "back"}
    yield (
        component(doctype, table.path),
        {"type": "object", "properties": {**standard, **properties}},
    )
    sent = {f.name: input_field(doctype, f) for f in fields if sendable(f)}
    coming = {ISSUED: reference("Issued")} if not table.path and takes_issued(doctype) else {}
    if table.path:
        sent["id"] = {"type": "integer", "description": "Of a row that is kept."}
    shape: Schema = {"type": "object", "properties": {**sent, **coming}}
    required = [f.name for f in fields if needed(f)]
    yield (
        component(doctype, table.path, "Input"),
        {**shape, "required": required} if required else shape,
    )
    if not table.path:
        version = {"type": "integer", "description": "The version you change; or send If-Match."}
        change = {"type": "object", "properties": {**sent, "version": version}}
        yield component(doctype, "", "Change"), change


def doctype_schemas(doctype: Doctype) -> Schema:
    """Component name → schema for every table of a doctype: as read, as sent, and as changed."""
    return {
        name: schema
        for table in doctype.tables.values()
        for name, schema in _table_schemas(doctype, table)
    }


def common_schemas() -> Schema:
    """The schemas that are the same for every catalog."""
    text: Schema = {"type": "string"}
    link = {"id": {"type": "integer"}, "title": text}
    who = {"limit": text, "roles": {"type": "array", "items": text}}
    number = {"type": "integer"}
    moved = {"doctype": text, "id": number, "state": text, "label": text, "version": number}
    moves: Schema = {"type": "array", "items": _object(moved, *moved)}
    problem = {
        "code": text, "path": text, "message": text, "hint": text, "action": text,
        "confirmation": text, "send": text, "pass": _object(who, "limit", "roles"),
    }  # fmt: skip
    details = {
        "type": text, "title": text, "status": {"type": "integer"}, "code": text, "detail": text,
        "problems": {"type": "array", "items": reference("Problem")}, "request_id": text,
        "answer": {"type": "object"},
        "moved": moves,
        "difference": reference("Difference"),
    }  # fmt: skip
    user = {
        "id": {"type": "integer"}, "username": text, "name": text,
        "superuser": {"type": "boolean"}, "company": {"type": ["integer", "null"]},
        "companies": {"type": "array", "items": reference("CompanyEntry")},
        "roles": {"type": "array", "items": text},
    }  # fmt: skip
    result: Schema = {
        "id": number, "status": number, "answer": {"type": "object"},
        "problem": reference("ProblemDetails"), "moved": moves,
    }  # fmt: skip
    reasons = {"type": "array", "items": _object({"message": text, "count": number}, "message")}
    way = {"name": text, "label": text, "able": number, "reasons": reasons}
    return {
        "ResultOfMany": _object(result, "id", "status"),
        "WayOfMany": _object(way, *way),
        "Link": _object(link, "id", "title"),
        "DocumentLink": _object({**link, "doctype": text}, "id", "title"),
        "LinkInput": {
            "description": "An id, an object with an id, or the business key of the record.",
            "anyOf": [
                {"type": "integer", "minimum": 1},
                _object({"id": {"type": "integer", "minimum": 1}, "doctype": text}, "id"),
                {"type": "string", "minLength": 1},
            ],
        },
        "Issued": {
            "description": "The number that a till has given to what is submitted now.",
            **_object({"number": text}, "number"),
            "additionalProperties": False,
        },
        "Problem": _object(problem, "code", "path", "message"),
        "ProblemDetails": _object(details, "type", "title", "status", "code", "detail"),
        "CompanyEntry": _object({"id": {"type": "integer"}, "code": text, "name": text}, "id"),
        "User": _object(user, "id", "username"),
        "Credentials": _object({"username": text, "password": text}, "username", "password"),
        "TokenAnswer": _object(
            {
                "token": text,
                "expires_at": {"type": "string", "format": "date-time"},
                "user": reference("User"),
            },
            "token",
            "expires_at",
            "user",
        ),
    }


def _object(properties: Schema, *required: str) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}
