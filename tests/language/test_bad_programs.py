"""Every bad program gives exactly the problems it states, at their places."""

from __future__ import annotations

import re
from functools import cache

import pytest

from engine.compiler.codes import CODES
from engine.compiler.compile import Compiled
from engine.problems.render import Sources, as_text
from tests.language.programs import FILE, BadProgram, bad_programs, compile_text, good, places

_CARETS = re.compile(r"^ +\| [ …]*\^+$", re.MULTILINE)
PROGRAMS = list(bad_programs())


@cache
def compiled_program(program: BadProgram) -> Compiled:
    """Compiled once for all tests."""
    return compile_text(program.text, program.beside)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.story)
def test_problems_and_places(program: BadProgram) -> None:
    compiled = compiled_program(program)
    assert compiled.catalog is None
    assert places(compiled) == program.expected, shown(program)


def shown(program: BadProgram) -> str:
    """The problems as a person sees them."""
    texts = {FILE: program.text}
    if program.beside:
        texts[f"{program.beside}.yaml"] = good(program.beside)
    sources = Sources(texts)
    found = compiled_program(program).problems
    return "\n".join(as_text(problem, sources) for problem in found)


def test_every_code_has_a_bad_program() -> None:
    """But for E120, an unreadable file, E208, whose limits the tests of expressions walk along, E514, which
    test_proof earns, those of data files, which test_pack_data earns, E186, a warning, which test_ages earns, and
    E708, which takes two catalogs."""
    earned = {code for program in PROGRAMS for code, _ in program.expected}
    others = {"E120", "E208", "E514", "E182", "E183", "E184", "E185", "E186", "E708"}
    assert set(CODES) - earned == others


@pytest.mark.parametrize("code", [code for code, meaning in CODES.items() if meaning.example])
def test_example_of_a_code_earns_it_and_nothing_else(code: str) -> None:
    compiled = compile_text(CODES[code].example)
    assert [problem.code for problem in compiled.problems] == [code]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.story)
def test_a_problem_is_a_sentence_with_a_caret_on_its_line(program: BadProgram) -> None:
    compiled = compiled_program(program)
    for problem in compiled.problems:
        assert problem.message.endswith((".", "!", "?"))
        assert not problem.hint.endswith(" ")
        assert "Scalar(" not in problem.message + problem.hint
    assert len(_CARETS.findall(shown(program))) == len(compiled.problems)
