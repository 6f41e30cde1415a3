"""A JSON Schema per construct, for editors: it checks shape; names and types are the compiler's business."""

from __future__ import annotations

from typing import Any

from engine.spec import kinds
from engine.spec.language import CONSTRUCTS, OVERLAYS

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
ANY = "construct"
"""The name of the schema for every file of a pack."""

_SCALAR = {"type": ["string", "number", "boolean"]}


def schemas() -> dict[str, dict[str, Any]]:
    """Construct → schema."""
    found = {name: schema(shape) for name, shape in CONSTRUCTS.items()}
    found |= {"overlay": _overlay()}
    return {**found, ANY: _any(list(found))}


def _any(names: list[str]) -> dict[str, Any]:
    """A document of any construct: the one whose schema an editor is given for all files of a pack.

    The kinds are tried in an order in which a key that is also a kind (`workflow` of a doctype) does not mislead.
    """
    order: list[str] = []
    while len(order) < len(names):
        left = [name for name in names if name not in order]
        order.append(next(name for name in left if not _is_key_of(name, left)))
    found: dict[str, Any] = {
        "type": "object",
        "anyOf": [{"required": [name]} for name in order],
    }
    for name in reversed(order):
        then = {"$ref": f"{name}.schema.json"}
        found = {"if": {"required": [name]}, "then": then, "else": found}
    return {
        "$schema": _DRAFT,
        "title": "Bahi",
        "description": "One construct of a pack; its first key says which.",
        **found,
    }


def _is_key_of(name: str, others: list[str]) -> bool:
    """Whether one of ``others`` has a key that is called like the kind ``name``."""
    shapes = [CONSTRUCTS[other] for other in others if other in CONSTRUCTS and other != name]
    over = list(OVERLAYS.values()) if name != "overlay" and "overlay" in others else []
    return any(name in shape.keys for shape in (*shapes, *over))


def _overlay() -> dict[str, Any]:
    """One of several: the kind of construct that is changed decides which keys there are."""
    definitions: dict[str, Any] = {}
    options = []
    for kind, shape in OVERLAYS.items():
        option = _shape(shape, definitions)
        target = {"type": "object", "required": [kind], "properties": {kind: {"type": "string"}}}
        option["properties"] = {**option["properties"], "overlay": target}
        options.append(option)
    return {"$schema": _DRAFT, "title": "overlay", "anyOf": options, "$defs": definitions}


def schema(shape: kinds.Shape) -> dict[str, Any]:
    """The schema of one construct; shapes that are used several times stand under ``$defs``."""
    definitions: dict[str, Any] = {}
    root = _shape(shape, definitions)
    return {"$schema": _DRAFT, "title": shape.name, **root, "$defs": definitions}


def _shape(shape: kinds.Shape, definitions: dict[str, Any]) -> dict[str, Any]:
    properties = {
        name: {"description": key.help, **_kind(key.kind, definitions)}
        for name, key in shape.keys.items()
        if key.built
    }
    found: dict[str, Any] = {
        "type": "object",
        "description": shape.help,
        "properties": properties,
        "additionalProperties": False if shape.others is None else _kind(shape.others, definitions),
    }
    # What is taken over by `like` need not be written again, so a document may leave out required keys.
    if shape.name in CONSTRUCTS:
        found["required"] = [shape.name]
    return found


def _reference(shape: kinds.Shape, definitions: dict[str, Any]) -> dict[str, Any]:
    name = shape.name.replace(" ", "_")
    if name not in definitions:
        definitions[name] = {}
        definitions[name] = _shape(shape, definitions)
    return {"$ref": f"#/$defs/{name}"}


def _kind(kind: kinds.Kind, definitions: dict[str, Any]) -> dict[str, Any]:
    match kind:
        case kinds.Shape():
            return _reference(kind, definitions)
        case kinds.MapOf(of):
            return {"type": "object", "additionalProperties": _removable(_kind(of, definitions))}
        case kinds.ListOf(of):
            return {"type": "array", "items": _kind(of, definitions)}
        case kinds.Either(options):
            return {"anyOf": [_kind(option, definitions) for option in options]}
        case kinds.Names(single=single):
            listed: dict[str, Any] = {"type": "array", "items": _SCALAR, "uniqueItems": True}
            changed = {  # where it changes an inherited list
                "type": "object",
                "properties": {"add": listed, "remove": listed},
                "additionalProperties": False,
            }
            return {"anyOf": [listed, changed, _SCALAR] if single else [listed, changed]}
        case kinds.Data():
            return {}
        case kinds.DateRange():
            return {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2}
    return _scalar(kind)


def _removable(schema_: dict[str, Any]) -> dict[str, Any]:
    """A part of a map that is merged may be taken away."""
    return {"anyOf": [schema_, {"const": "remove"}]}


def _scalar(kind: kinds.Kind) -> dict[str, Any]:
    match kind:
        case kinds.Expression(expects, sees):
            return {**_SCALAR, "format": "expression", "x-expects": expects, "x-sees": list(sees)}
        case kinds.Template(sees):
            return {"type": "string", "format": "template", "x-sees": list(sees)}
        case kinds.Value(expects, sees, literals):
            literal = {"enum": [_literal(text) for text in literals]} if literals else _SCALAR
            expression = {
                "type": "string", "pattern": "^=", "format": "expression",
                "x-expects": expects, "x-sees": list(sees),
            }  # fmt: skip
            return {"anyOf": [literal, expression]}
        case kinds.Flag():
            return {"type": "boolean"}
        case kinds.Integer(least, most):
            return {"type": "integer", "minimum": least, "maximum": most}
        case kinds.Number():
            return {"type": "number"}
        case kinds.Choice(options, declared=declared) if declared:
            # Packs declare more of them: an editor offers these, the compiler knows all.
            return {"anyOf": [{"enum": list(options)}, {"type": "string", "x-names": declared}]}
        case kinds.Choice(options):
            return {"enum": list(options)}
        case kinds.Name(of):
            return {"type": "string", "x-names": of}
    return dict(_SCALAR)


def _literal(text: str) -> str | bool:
    return text == "true" if text in ("true", "false") else text
