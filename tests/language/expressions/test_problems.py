"""One mistake is one problem, marked at its place, with the way out."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from engine.expr.codes import CODES
from engine.expr.compile import compile_expression, compile_template
from engine.expr.types import BOOLEAN, DATE, DECIMAL, TEXT, Money, Quantity, Record, Type
from engine.problems.problem import Problem, Span
from tests.language.expressions.sample import MONEY, SCOPE, SPAN


def _row(line: str) -> tuple[str, ...]:
    cells = [cell.strip() for cell in re.split(r"(?<!\|)\|(?!\|)", line)]
    return tuple(cells) if len(cells) == 5 else (*cells, "")


TABLE = [
    _row(line)
    for line in Path(__file__).with_name("problems.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


def problems_of(source: str, expects: Type | None = None) -> list[Problem]:
    expression, problems = compile_expression(source, SPAN, SCOPE, expects)
    assert expression is None, f"{source!r} compiles"
    return problems


@pytest.mark.parametrize(("code", "part", "source", "message", "hint"), TABLE)
def test_problem(code: str, part: str, source: str, message: str, hint: str) -> None:
    problems = problems_of(source)
    assert len(problems) == 1, problems
    (problem,) = problems
    assert problem.code == code
    assert message.lower() in problem.message.lower()
    assert hint in problem.hint
    assert problem.code in CODES
    assert problem.span is not None
    start = problem.span.column - SPAN.column
    assert source[start : problem.span.end_column - SPAN.column] == part


def test_all_mistakes_are_told_at_once() -> None:
    problems = problems_of("quantiy * rat + custmer.name")
    assert [problem.code for problem in problems] == ["E203", "E203", "E203"]


@pytest.mark.parametrize(
    ("expects", "source", "code"),
    [
        (MONEY, "amount", None),
        (MONEY, "quantity * rate", None),
        (MONEY, "0", None),
        (MONEY, "null", None),
        (MONEY, "extra.weight", None),
        (MONEY, "customer.limit", "E209"),
        (MONEY, "quantity", "E205"),
        (MONEY, "code", "E205"),
        (MONEY, "urgent", "E205"),
        (Money(), "customer.limit", None),
        (DECIMAL, "amount / quantity", None),
        (DECIMAL, "amount", None),
        (DECIMAL, "posting_date", "E205"),
        (Quantity(), "pieces", None),
        (Quantity(), "amount", "E205"),
        (TEXT, "code", None),
        (TEXT, "rate", "E205"),
        (BOOLEAN, "urgent and paid is null", None),
        (BOOLEAN, "rate", "E205"),
        (DATE, "posting_date + days(3)", None),
        (DATE, "fiscal_year(posting_date)", "E205"),
        (Record("Customer"), "customer", None),
        (Record("Customer"), "party", None),
        (Record("Document"), "this", None),
        (Record("Item"), "customer", "E205"),
        (Record("Item"), "code", "E205"),
    ],
)
def test_the_expected_type(expects: Type, source: str, code: str | None) -> None:
    expression, problems = compile_expression(source, SPAN, SCOPE, expects)
    assert [problem.code for problem in problems] == ([code] if code else [])
    assert (expression is None) == bool(code)


@pytest.mark.parametrize(
    ("span", "source", "column"),
    [
        (Span("a.yaml", 1, 10, 0), "1 + x", 14),
        (Span("a.yaml", 1, 10, 15), "1 + x", 14),
        (Span("a.yaml", 1, 10, 17), "1 + x", 15),
        (Span("a.yaml", 1, 10, 12), "1 + x", 10),
        (Span("a.yaml", 1, 10, 0), "  1 + x", 16),
        (Span("a.yaml", 1, 10, 0), "1\n + x", 10),
        (Span("a.yaml", 1, 10, 0), "'हि' == x", 18),
    ],
    ids=["open", "plain", "quoted", "folded", "indented", "two lines", "wide characters"],
)
def test_columns_point_into_the_source(span: Span, source: str, column: int) -> None:
    expression, problems = compile_expression(source, span, SCOPE)
    assert expression is None
    assert problems[0].span is not None
    assert (problems[0].span.line, problems[0].span.column) == (1, column)


def test_columns_point_into_templates() -> None:
    text = "Take {amount:.2} {{amont}} of {amont} {{}}"
    template, problems = compile_template(text, SPAN, SCOPE)
    assert template is None
    (problem,) = problems
    assert problem.code == "E203"
    assert problem.span is not None
    assert problem.span.column == SPAN.column + text.rindex("amont")


def test_the_clock_is_there_where_it_is_allowed() -> None:
    scope = replace(SCOPE, clock=True)
    expression, problems = compile_expression("posting_date == today", SPAN, scope)
    assert expression is not None, problems
    frame = {"this": {"posting_date": 1}, "today": 1}
    assert expression.run(frame) is True


def test_what_is_quoted_is_a_text_whatever_it_holds() -> None:
    source = "code in ['# && ‘x’', 'AND ? 18%', \"it's ₹100\", 'a \\' # b']"
    expression, problems = compile_expression(source, SPAN, SCOPE)
    assert expression is not None, problems
