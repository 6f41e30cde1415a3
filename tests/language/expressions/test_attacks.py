"""Nothing but the language gets through: attacks are refused when they are compiled."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.expr.compile import compile_expression, compile_template
from tests.language.expressions.sample import SCOPE, SPAN

ATTACKS = [
    tuple(line.split(" | ", 1))
    for line in Path(__file__).with_name("attacks.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]

LONG = {
    "2,001 characters": "1" + "+1" * 1000,
    "a long text": "'" + "a" * 2_000 + "'",
    "41 brackets": "(" * 41 + "1" + ")" * 41,
    "900 brackets": "(" * 900 + "1" + ")" * 900,
    "brackets in brackets of functions": "abs(" * 60 + "1" + ")" * 60,
    "1,900 minus signs": "-" * 1_900 + "1",
    "45 nots": "not " * 45 + "urgent",
    "a chain of 101": "+".join(["1"] * 101),
    "a path of 101": "items.first" + ".parent.items.first" * 60,
    "101 values": "1 in [" + ",".join(["1"] * 101) + "]",
    "101 conditions": " and ".join(["urgent"] * 101),
    "101 comparisons": " < ".join(["1"] * 101),
    "101 arguments": f"coalesce({', '.join(['1'] * 101)})",
    "nested conditions": "1 if urgent else (" * 41 + "1" + ")" * 41,
    "nested conditions without brackets": "1 if urgent else " * 60 + "1",
}


def code_of(source: str) -> str:
    expression, problems = compile_expression(source, SPAN, SCOPE)
    assert expression is None, f"{source!r} compiles"
    return problems[0].code


def test_there_are_enough_of_them() -> None:
    assert len(ATTACKS) >= 40


@pytest.mark.parametrize(("code", "source"), ATTACKS)
def test_what_is_not_of_the_language_is_refused(code: str, source: str) -> None:
    assert code_of(source) == code


@pytest.mark.parametrize("source", LONG.values(), ids=LONG.keys())
def test_what_is_too_long_or_too_deep_is_refused(source: str) -> None:
    assert code_of(source) == "E208"


@pytest.mark.parametrize(
    "source", ["", " ", "\n", "\x00", "a\x00b", "\ud800", "1\x0c+", "#", "# a"]
)
def test_what_cannot_be_read_is_a_problem_never_an_exception(source: str) -> None:
    assert code_of(source) == "E201"


@pytest.mark.parametrize(
    "text",
    ["{code.__class__}", "{().__class__}", "{__import__('os')}", "{code!r}", "{code:{note}}", "{"],
)
def test_templates_are_checked_alike(text: str) -> None:
    template, problems = compile_template(text, SPAN, SCOPE)
    assert template is None
    assert problems[0].code in {"E201", "E202", "E206", "E207"}


def test_what_is_long_but_allowed_runs() -> None:
    chain, problems = compile_expression("+".join(["1"] * 100), SPAN, SCOPE)
    assert chain is not None, problems
    assert chain.run({"this": {}}) == 100
    deep, problems = compile_expression("(" * 40 + "1" + ")" * 40, SPAN, SCOPE)
    assert deep is not None, problems
    assert deep.run({"this": {}}) == 1
