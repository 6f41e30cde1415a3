"""One mistake is one problem: a sample of what ``tests.language.mutants`` makes, and some that gave several."""

from __future__ import annotations

import pytest

from engine.compiler.codes import CODES
from engine.problems.problem import Problem, Span
from engine.problems.render import in_order
from tests.language.mutants import SOURCES, mutants
from tests.language.programs import compile_text, good, places

MOST = 5
"""Of a hundred mistakes so many may give more than one problem: where a type does not suit what is done with a field,
nobody can tell which of the two is wrong."""


def test_most_mistakes_are_one_problem() -> None:
    found = [
        mutant
        for source in SOURCES
        for mutant in mutants(f"sample {source.name}", 12 if source.is_dir() else 2, source)
    ]
    assert len(found) >= 60
    several = [mutant for mutant in found if len(mutant.problems) > 1]
    assert len(several) * 100 <= len(found) * MOST, "\n".join(map(str, several))


def told(old: str, new: str, program: str = "shop") -> list[str]:
    """The codes of what is wrong with a good program in which ``new`` stands for ``old``."""
    text = good(program)
    assert old in text
    return [code for code, _ in places(compile_text(text.replace(old, new, 1)))]


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("customer:    {type: link", "customer:    {type: text", ["E304"]),
        ("posting_date:  {type: date", "posting_date:  {type: phone", ["E304"]),
        ("items:         {type: table, of", "items:         {type: decimal, of", ["E304"]),
        ("exchange_rate: {type: rate", "exchange_rate: {type: date", ["E113"]),
        ("  amount:    {type: money}", "  amount:    {label: A}", ["E114"]),
        ("measures:", "measure:", ["E110"]),
        ("set: {item: row.item, quantity: -row", "set: {itme: row.item, quantity: -row", ["E310"]),
        ("  goods:    {ledger: Stock,", "  goods:    {ledger: Stok,", ["E309"]),
        ("submittable: true\n", "", ["E510"]),
    ],
)
def test_what_follows_from_a_mistake_is_not_told(old: str, new: str, codes: list[str]) -> None:
    assert told(old, new) == codes


def test_a_rule_set_that_lacks_what_it_is_given() -> None:
    assert told("given: {kind: text, value: money, date: date}\n", "") == ["E114"]


def test_a_field_that_is_declared_wrongly_is_missed_once() -> None:
    """In formulas, lists, forms, steps and postings, of its own and of other doctypes."""
    (problem,) = compile_text(good("shop").replace("  taxable:", "  taxabel:", 1)).problems
    assert "'taxable'" in problem.message
    assert problem.hint == "Did you mean 'taxabel'?"
    assert len(problem.also) == 2


def test_the_way_out_that_is_known_anywhere_is_told() -> None:
    at = Span("a.yaml", 1, 1)
    gathered = in_order(
        [
            Problem("E302", "There is no 'x'.", at, "It takes: a.", missing="x y"),
            Problem(
                "E203", "No 'x' here.", Span("b.yaml", 1, 1), "Did you mean 'z'?", missing="x_y"
            ),
            Problem("E203", "No 'w' here.", Span("b.yaml", 2, 1), "", missing="w"),
        ]
    )
    assert [(p.code, p.hint, len(p.also)) for p in gathered] == [
        ("E302", "Did you mean 'z'?", 1),
        ("E203", "", 0),
    ]


def test_what_follows_from_the_whole_is_told_once_its_parts_are_right() -> None:
    example = CODES["E502"].example
    assert [code for code, _ in places(compile_text(example))] == ["E502"]
    more = f"{example}---\ndoctype: Other\nfields: {{a: {{type: money, formula: b}}}}\n"
    assert [code for code, _ in places(compile_text(more))] == ["E203"]
