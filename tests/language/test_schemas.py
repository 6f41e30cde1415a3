"""The schemas for editors: every construct that the compiler takes fits, and a misshapen one does not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from referencing import Registry, Resource

from engine.spec.json_schema import ANY
from tests.language.programs import HERE, good

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "docs" / "reference" / "schemas"
PACKS = [
    # Records of packs are no constructs.
    *(p for p in sorted((ROOT / "metadata").rglob("*.yaml")) if "data" not in p.parts),
    *sorted((ROOT / "tests" / "cases").rglob("*.yaml")),
    *sorted((HERE / "good").glob("*.yaml")),
]
_CORE = {
    "tag:yaml.org,2002:bool": r"^(?:true|false)$",
    "tag:yaml.org,2002:int": r"^-?[0-9]+$",
    "tag:yaml.org,2002:float": r"^-?[0-9]+\.[0-9]+$",
}


class Editor(yaml.SafeLoader):
    """Reads YAML 1.2 as editors do: `on` and `no` are texts, and so are dates."""

    yaml_implicit_resolvers: dict[str, list[Any]] = {}


for _tag, _pattern in _CORE.items():
    Editor.add_implicit_resolver(_tag, re.compile(_pattern), None)


@cache
def validator() -> jsonschema.Draft202012Validator:
    """Of a document of any construct."""
    read = {path.name: json.loads(path.read_text("utf-8")) for path in SCHEMAS.glob("*.json")}
    registry: Registry[Any] = Registry().with_resources(
        (name, Resource.from_contents(content)) for name, content in read.items()
    )
    return jsonschema.Draft202012Validator({"$ref": f"{ANY}.schema.json"}, registry=registry)


def documents(text: str) -> Iterator[dict[str, Any]]:
    yield from (each for each in yaml.load_all(text, Loader=Editor) if each is not None)


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_compiles_fits_the_schemas(path: Path) -> None:
    for document in documents(path.read_text(encoding="utf-8")):
        wrong = [
            f"{error.json_path}: {error.message[:200]}"
            for error in validator().iter_errors(document)
        ]
        assert not wrong, (next(iter(document.items())), wrong)


@pytest.mark.parametrize(
    "text",
    [
        "dcotype: Bill",
        "doctype: [Bill]",
        "doctype: Bill\nfeilds: {}",
        "doctype: Bill\nfields: [paid]",
        "doctype: Bill\nfields: {paid: {tpye: money}}",
        "doctype: Bill\nfields: {paid: {type: [money]}}",
        "doctype: Bill\nfields: {paid: {type: money, required: perhaps}}",
        "doctype: Bill\nsubmittable: perhaps",
        "doctype: Bill\nposts: {owed: {leger: Owed}}",
        "doctype: Bill\nposts: {owed: {ledger: Owed, set: amount}}",
        "doctype: Bill\ncalculate: {share: {distribute: total, ovr: items}}",
        "doctype: Bill\nallow: {Clerk: {can: [read], feilds: {}}}",
        "ledger: Stock\nmeasures: {quantity: {type: money, unti: kg}}",
        "ledger: Stock\nlimits: {on_hand: {measure: quantity, mn: 0}}",
        "ledger: Stock\nlock: {late: maybe}",
        "rules: Tax\npick: worst",
        "rules: Tax\ncases: {one: {whn: true}}",
        "limit: Credit\nmeasure: [total]",
        "workflow: Handling\ntransitions: {send: {form: draft}}",
        "schedule: Nightly\nevery: [day]",
        "role: [Clerk]",
        "overlay: {doctype: Bill}\nfeilds: {}",
        "menu: Sales\nsohw: []",
    ],
)  # fmt: skip
def test_what_is_misshapen_does_not(text: str) -> None:
    (document,) = documents(text)
    assert list(validator().iter_errors(document))


def expressions(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if schema.get("format") == "expression":
            yield schema
        for part in schema.values():
            yield from expressions(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from expressions(part)


def test_expressions_say_what_they_give_and_see() -> None:
    doctype = json.loads((SCHEMAS / "doctype.schema.json").read_text("utf-8"))
    found = list(expressions(doctype))
    assert len(found) > 20
    assert all({"x-expects", "x-sees"} <= each.keys() for each in found)


def test_a_doctype_with_a_workflow_is_a_doctype() -> None:
    (cheque,) = [d for d in documents(good("posting")) if d.get("doctype") == "Cheque"]
    assert "workflow" in cheque
    assert not list(validator().iter_errors(cheque))
