"""Damaged expressions: compiling gives problems, never an exception; what still compiles runs alike."""

from __future__ import annotations

import random
from typing import Any

from engine.expr.codes import CODES
from engine.expr.compile import compile_expression, compile_template
from engine.expr.oneoff import evaluate_once
from tests.language.expressions.codec import frame_from_json
from tests.language.expressions.edges import edge_cases, edge_frame
from tests.language.expressions.sample import SCOPE, SPAN

SEED = 10
ROUNDS = 3_000
_BITS = (
    *"()[]{}'\"\\.,:;+-*/%<>=!&|^~@#$`?\n\t \x00",
    *("not", "and", "or", "if", "else", "for", "in", "is", "null", "this", "items", "extra"),
    *("__class__", "lambda", ":=", "**", "1e9", "0x1", "é", "😀", "\ud800", "customer", "code"),
    *("sum(", "text('{}', ", "balance(", "role(", "round(", "days(", ".first", ".taxes"),
)


def damaged(source: str, chance: random.Random) -> str:
    """Something put in, taken out or doubled, once or a few times."""
    text = source
    for _ in range(chance.randint(1, 3)):
        place = chance.randint(0, len(text))
        end = min(len(text), place + chance.randint(0, 6))
        way = chance.randrange(3)
        if way == 0:
            text = f"{text[:place]}{chance.choice(_BITS)} {text[place:]}"
        elif way == 1:
            text = text[:place] + text[end:]
        else:
            text = text[:end] + text[place:]
    return text


def test_damaged_expressions_are_problems_or_run_alike_everywhere() -> None:
    chance = random.Random(SEED)
    sources = [source for source, _ in edge_cases()]
    frame = frame_from_json(edge_frame())
    compiled = 0
    for _ in range(ROUNDS):
        source = damaged(chance.choice(sources), chance)
        expression, problems = compile_expression(source, SPAN, SCOPE)
        if expression is None:
            assert problems, source
            assert all(problem.code in CODES for problem in problems), problems
            continue
        compiled += 1
        found, again = expression.run(frame), evaluate_once(expression, frame)
        assert like(found, again), f"{source}: {found!r} or {again!r}"
    assert compiled > ROUNDS // 20


def like(found: Any, again: Any) -> bool:
    """Equal, lists of any kind alike; rows are compared by their id."""
    if isinstance(found, (list, tuple)) and isinstance(again, (list, tuple)):
        return len(found) == len(again) and all(map(like, found, again))
    if isinstance(found, dict) and isinstance(again, dict):
        return found.get("id") == again.get("id")
    return bool(found == again)


def test_damaged_templates_are_problems() -> None:
    chance = random.Random(SEED)
    text = "{code[0:2]}/{fiscal_year(posting_date):2526} {customer.name}: {amount:.2} {{x}}"
    for _ in range(500):
        template, problems = compile_template(damaged(text, chance), SPAN, SCOPE)
        assert (template is None) == bool(problems)
