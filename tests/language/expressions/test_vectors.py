"""The vectors run on both evaluators of Python; the browser's runs them in vitest."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from engine.expr.oneoff import evaluate_once
from engine.expr.program import Expr
from tests.language.expressions import generate
from tests.language.expressions.codec import frame_from_json, value_from_json
from tests.language.expressions.sample import compiled

VECTORS = json.loads(gzip.decompress(generate.TARGET.read_bytes()))
CASES: list[tuple[str, int, Any, list[Any]]] = VECTORS["cases"]


@pytest.fixture(scope="module")
def frames() -> list[dict[str, Any]]:
    return [frame_from_json(frame) for frame in VECTORS["frames"]]


@pytest.fixture(scope="module")
def expressions() -> list[Expr]:
    return [compiled(source) for source, *_ in CASES]


def test_closures_give_what_the_oracle_says(
    frames: list[dict[str, Any]], expressions: list[Expr]
) -> None:
    wrong = []
    for (source, place, expected, _), expression in zip(CASES, expressions, strict=True):
        found = expression.run(frames[place])
        if not same(found, value_from_json(expected)):
            wrong.append(f"{source} = {found!r}, expected {expected!r}")
    assert len(CASES) >= 20_000
    assert not wrong, "\n".join([f"{len(wrong)} of {len(CASES)}:", *wrong[:20]])


def test_the_one_off_evaluator_gives_the_same(
    frames: list[dict[str, Any]], expressions: list[Expr]
) -> None:
    wrong = []
    for (source, place, expected, _), expression in zip(CASES, expressions, strict=True):
        found = evaluate_once(expression, frames[place])
        if not same(found, value_from_json(expected)):
            wrong.append(f"{source} = {found!r}, expected {expected!r}")
    assert not wrong, "\n".join([f"{len(wrong)} of {len(CASES)}:", *wrong[:20]])


def test_the_trees_for_the_browser_are_those_of_the_compiler(expressions: list[Expr]) -> None:
    stale = [
        source
        for (source, _, _, tree), expression in zip(CASES, expressions, strict=True)
        if expression.to_json() != tree
    ]
    assert not stale, f"Run python -m tests.language.expressions.generate: {stale[:5]}"


def test_the_file_is_what_the_generator_makes() -> None:
    made = json.loads(json.dumps(generate.vectors()))
    assert made["frames"] == VECTORS["frames"]
    assert made["cases"] == CASES


def same(found: Any, expected: Any) -> bool:
    """Equal, and neither a number for a condition nor the other way round."""
    return isinstance(found, bool) == isinstance(expected, bool) and found == expected
