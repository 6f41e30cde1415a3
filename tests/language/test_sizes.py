"""Programs of unusual size: long rows of what builds on each other work or are refused with one problem."""

from __future__ import annotations

from time import process_time

import pytest

from engine.compiler.compile import Compiled
from tests.language.programs import compile_text

_FIELD = "  f{}: {{type: decimal, formula: f{} + 1}}\n"


def formulas(links: list[tuple[int, int]], *, last: bool = True) -> Compiled:
    text = "doctype: Long\nfields:\n" + "".join(_FIELD.format(*link) for link in links)
    return compile_text(text + ("  f0: {type: decimal}\n" if last else ""))


@pytest.mark.parametrize("turned", [False, True], ids=["forward", "backward"])
def test_thousands_of_formulas_may_build_on_each_other(turned: bool) -> None:
    links = [(i, i - 1) for i in range(1, 3001)]
    compiled = formulas(links[::-1] if turned else links)
    assert compiled.problems == ()
    assert compiled.catalog is not None
    steps = compiled.catalog.doctypes["Long"].steps
    assert [getattr(step, "field", "") for step in steps] == [f"f{i}" for i in range(1, 3001)]


def test_a_circle_of_a_thousand_formulas_is_one_problem_that_can_be_read() -> None:
    (found,) = formulas([(i, (i + 1) % 1000) for i in range(1000)], last=False).problems
    assert found.code == "E402"
    assert found.message.endswith("f0 → f1 → f2 → f3 → f4 → … 994 more … → f999 → f0.")


def test_a_long_row_of_doctypes_may_each_be_like_the_next() -> None:
    each = [f"doctype: L{i}\nlike: L{i + 1}" for i in range(1200)]
    compiled = compile_text("\n---\n".join([*each, "doctype: L1200\nfields: {x: {type: text}}\n"]))
    assert compiled.problems == ()
    assert compiled.catalog is not None
    assert list(compiled.catalog.doctypes["L0"].fields) == ["x"]


def test_a_circle_of_a_thousand_doctypes_is_one_problem() -> None:
    each = [f"doctype: L{i}\nlike: L{(i + 1) % 1000}\n" for i in range(1000)]
    assert [p.code for p in compile_text("---\n".join(each)).problems] == ["E303"]


def test_tables_that_double_with_every_level_are_refused_soon() -> None:
    rows = [
        f"doctype: T{i}\nchild: true\nfields: {{a: {{type: table, of: T{i + 1}}}, b: {{type: table, of: T{i + 1}}}}}\n"
        for i in range(40)
    ]
    last = "doctype: T40\nchild: true\nfields: {x: {type: text}}\n"
    top = "doctype: Top\nfields: {t: {type: table, of: T0}}\n"
    assert [p.code for p in compile_text("---\n".join([*rows, last, top])).problems] == ["E316"]
    assert [p.code for p in compile_text("---\n".join([*rows, last])).problems] == ["E316"]


def test_four_levels_and_a_hundred_tables_are_taken() -> None:
    tables = ", ".join(f"t{i}: {{type: table, of: Row}}" for i in range(97))
    deep = "{type: table, fields: {b: {type: table, fields: {c: {type: table, of: Row}}}}}"
    text = f"doctype: Bill\nfields: {{a: {deep}, {tables}}}\n---\n"
    compiled = compile_text(text + "doctype: Row\nfields: {x: {type: text}}\n")
    assert compiled.problems == ()
    assert compiled.catalog is not None
    assert len(compiled.catalog.doctypes["Bill"].tables) == 1 + 100


@pytest.mark.parametrize("more", [" + 1", " + p{}"], ids=["long", "doubling"])
def test_a_let_that_is_too_much_is_one_problem(more: str) -> None:
    names = "".join(f"  p{i}: p{i - 1}{more.format(i - 1)}\n" for i in range(1, 1000))
    fields = "fields:\n  x: {type: decimal}\n  y: {type: decimal, formula: p999}\n"
    (found,) = compile_text(f"doctype: Fee\nlet:\n  p0: x\n{names}{fields}").problems
    assert found.code == "E236"


def test_thousands_of_unknown_names_are_told_soon() -> None:
    links = "".join(f"  l{i}: {{type: link, to: Nobody {i}}}\n" for i in range(800))
    sums = "".join(f"  s{i}: {{type: decimal, formula: l{i}l + l}}\n" for i in range(800))
    known = "---\n".join(f"doctype: Some {i}\nfields: {{x: {{type: text}}}}\n" for i in range(800))
    began = process_time()
    problems = compile_text(f"doctype: Bill\nfields:\n{links}{sums}---\n{known}").problems
    assert process_time() - began < 6
    assert len(problems) == 800 + 800 + 1
