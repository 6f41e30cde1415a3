"""docs/reference/functions.md lists every function, and every example on it has the result that it shows."""

from __future__ import annotations

import json
import re

import pytest

from engine.expr.check_money import MONEY_PARTS
from engine.expr.check_paths import FISCAL_MEMBERS
from engine.expr.described import AGGREGATES, EXAMPLES, FORMATS, PARTS, SPECIAL
from engine.expr.described_world import WORLD
from engine.expr.functions import AGGREGATES as KNOWN_AGGREGATES
from engine.expr.functions import FUNCTIONS, PAGE, names
from engine.expr.functions import SPECIAL as KNOWN_SPECIAL
from engine.expr.reference import functions_page
from engine.testing.run import run_tests
from tests.architecture.sources import ROOT
from tests.language.programs import compile_text

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_STORY = """\
---
overlay: {doctype: Order}
fields: {result: {type: TYPE, formula: FORMULA}}
---
test: Example
with: An order
steps: {seen: {expect: order, then: {result: VALUE}}}
"""


def _type(result: str) -> str:
    if result in ("true", "false"):
        return "boolean"
    if _DATE.fullmatch(result):
        return "date"
    return "text" if result.startswith("'") else "decimal"


def _null_type(expression: str) -> str:
    words = {"concat": "text", "number": "decimal", "date": "date"}
    return words[expression.partition("(")[0]]


def _failures(expression: str, result: str) -> list[str]:
    """What differs when the order has a field with this formula."""
    type_ = _null_type(expression) if result == "null" else _type(result)
    text = _STORY.replace("TYPE", type_).replace("FORMULA", json.dumps(expression))
    value = json.dumps(result[1:-1]) if result.startswith("'") else result
    compiled = compile_text(WORLD + text.replace("VALUE", value))
    assert compiled.catalog is not None, [str(problem) for problem in compiled.problems]
    (played,) = run_tests(compiled.catalog, "Example")
    return [failure.message for failure in played.failures]


def all_examples() -> tuple[str, ...]:
    """Every example of the page."""
    described = (one for part in (AGGREGATES, SPECIAL, PARTS) for one in part.values())
    found = [example for one in described for example in one.examples]
    found += [example for written in EXAMPLES.values() for example in written]
    return (*found, *(example for _, _, example in FORMATS))


@pytest.mark.parametrize("example", all_examples())
def test_an_example_has_the_result_that_the_page_shows(example: str) -> None:
    expression, _, result = example.rpartition(" → ")
    assert _failures(expression.replace("\\\\", "\\"), result) == []


def test_a_wrong_result_would_be_noticed() -> None:
    assert _failures("round(2.345, 2)", "2.34") == ["result is 2.350000, and should be 2.34"]


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("note.strip()", "E202"),
        ("matches(note, '(a')", "E207"),
        ("convert(total, company.currency, at=day)", "E234"),
    ],
)
def test_messages_name_the_page(expression: str, code: str) -> None:
    text = WORLD.replace("rules: Exchange Rate", "rules: Other Rate")
    field = f"---\noverlay: {{doctype: Order}}\nfields: {{x: {{type: json, formula: {json.dumps(expression)}}}}}\n"
    (problem,) = compile_text(text + field).problems
    assert problem.code == code
    assert PAGE in problem.hint


def test_every_function_aggregate_and_part_is_described() -> None:
    assert set(EXAMPLES) == set(FUNCTIONS)
    assert set(AGGREGATES) == set(KNOWN_AGGREGATES)
    assert set(SPECIAL) == set(KNOWN_SPECIAL)
    parts = " ".join(one.call for one in PARTS.values())
    assert {f".{name}" for name in (*MONEY_PARTS, *FISCAL_MEMBERS, "first", "last")} <= set(
        re.findall(r"\.\w+", parts)
    )


def test_the_page_has_a_heading_for_every_name_and_is_where_messages_say() -> None:
    page = functions_page()
    assert set(names()) <= set(re.findall(r"^### (\w+)$", page, flags=re.MULTILINE))
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page
    index = (ROOT / "docs/reference/README.md").read_text(encoding="utf-8")
    assert "(functions.md)" in index
    assert "(../reference/functions.md)" in (ROOT / "docs/language/expressions.md").read_text(
        encoding="utf-8"
    )
