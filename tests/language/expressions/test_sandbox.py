"""The second wall: what the compiler refuses, the one-off evaluator refuses too, given it as it is.

And random text is a problem or an expression within 50 ms, never anything else.
"""

from __future__ import annotations

import ast
import re
import warnings
from contextlib import suppress
from time import process_time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simpleeval import InvalidExpression

from engine.expr.codes import CODES
from engine.expr.compile import compile_expression, compile_template
from engine.expr.oneoff import evaluator
from tests.language.expressions.codec import frame_from_json
from tests.language.expressions.edges import edge_cases, edge_frame
from tests.language.expressions.sample import SCOPE, SPAN
from tests.language.expressions.test_attacks import ATTACKS, LONG

MOST_SECONDS = 1.0
"""Of the processor: what grows without bounds is far beyond it, and a busy machine is not."""
FRAME = frame_from_json(edge_frame())
_WORDS = sorted({word for text, _ in edge_cases() for word in re.findall(r"\w+|[^\w\s]+", text)})
_SIGNS = (
    *"()[]{}'\"\\.,:;+-*/%<>=!&|^~@#$`?\n\t ",
    "__class__",
    "lambda",
    ":=",
    "**",
    "1e9",
    "é",
    "😀",
)


def harmless(value: Any) -> bool:
    """A plain value that was written out; what does not go together is null."""
    return value is None or isinstance(value, (bool, int, str)) or str(value) == "1"


@pytest.mark.parametrize("source", [source for _, source in ATTACKS])
def test_the_one_off_evaluator_refuses_it_as_well(source: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = evaluator(FRAME).eval(source)
        except (InvalidExpression, SyntaxError, TypeError):
            # TypeError: one of the language's functions, called with what it does not take.
            return
    assert harmless(value), f"{source} = {value!r}"
    assert not any(
        isinstance(part, (ast.Attribute, ast.Subscript, ast.Lambda))
        for part in ast.walk(ast.parse(source))
    )


@pytest.mark.parametrize("source", LONG.values(), ids=LONG.keys())
def test_what_is_long_or_deep_is_over_soon_there(source: str) -> None:
    started = process_time()
    with suppress(InvalidExpression, SyntaxError, TypeError, RecursionError):
        evaluator(FRAME).eval(source)
    assert process_time() - started < 1


def compiles_soon(source: str) -> None:
    started = process_time()
    expression, problems = compile_expression(source, SPAN, SCOPE)
    seconds = process_time() - started
    assert (expression is None) == bool(problems)
    assert all(problem.code in CODES for problem in problems)
    assert seconds < MOST_SECONDS, f"{seconds} s for {source!r}"


@settings(
    max_examples=1_500, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
@given(st.text(max_size=400))
def test_any_text_is_an_expression_or_a_problem(source: str) -> None:
    compiles_soon(source)


@settings(
    max_examples=1_500, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
@given(st.lists(st.sampled_from([*_WORDS, *_SIGNS]), max_size=300).map(" ".join))
def test_any_row_of_words_is_an_expression_or_a_problem(source: str) -> None:
    compiles_soon(source)


@settings(max_examples=500, deadline=None, derandomize=True, database=None)
@given(st.text(max_size=300), st.sampled_from(["{%s}", "a{%s:.2}b", "{{%s}}", "%s"]))
def test_any_template_is_one_or_a_problem(text: str, around: str) -> None:
    template, problems = compile_template(around.replace("%s", text), SPAN, SCOPE)
    assert (template is None) == bool(problems)


@pytest.mark.parametrize(
    "source",
    [
        "pad_left(code, 1000000000)",
        "pad_left(pad_left(code, 10000), 10000, pad_left('x', 10000))",
        "replace(replace(code, '2', '222222222222222222222'), '2', '22222222222222222222222')",
        "round(1, 99999999999)",
        "add_months(posting_date, 99999999999999999999)",
        "date(999999999999, 1, 1)",
        "posting_date + days(99999999999999999999)",
        "working_days(date(1, 1, 1), date(9999, 12, 31))",
        "matches(pad_left(code, 10000, 'a'), '.*.*x')",
        "length(text('{:20}{:20}{:20}', amount, amount, amount))",
    ],
)
def test_what_is_large_but_allowed_stays_small(source: str) -> None:
    expression, problems = compile_expression(source, SPAN, SCOPE)
    assert expression is not None, problems
    started = process_time()
    value = expression.run(FRAME)
    assert process_time() - started < MOST_SECONDS
    assert len(str(value)) <= 10_000


def test_powers_of_large_numbers_stay_at_28_digits() -> None:
    source = " * ".join(["99999999999999999999"] * 60)
    expression, problems = compile_expression(source, SPAN, SCOPE)
    assert expression is not None, problems
    value = expression.run(FRAME)
    assert len(value.as_tuple().digits) <= 28
