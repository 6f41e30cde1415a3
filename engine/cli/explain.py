"""``explain``: what a problem code means."""

from __future__ import annotations

import argparse
import sys

from engine.compiler.codes import CODES
from engine.compiler.compile import compile_constructs
from engine.problems.problem import Problem
from engine.problems.render import Sources, as_text
from engine.problems.suggest import did_you_mean
from engine.source.load import load_text


def run(options: argparse.Namespace) -> int:
    """Carry the command out; the exit code."""
    code = options.code.upper()
    meaning = CODES.get(code)
    if meaning is None:
        print(f"There is no code {code}. {did_you_mean(code, CODES)}".strip(), file=sys.stderr)
        return 2
    print(f"{code}: {meaning.title}\n\n{meaning.explanation}")
    if meaning.example:
        print(f"\nFor example\n\n{_indented(meaning.example)}\ngives\n")
        sources = Sources({"example.yaml": meaning.example})
        for problem in compile_example(meaning.example):
            print(_indented(as_text(problem, sources)))
    return 0


def compile_example(text: str) -> tuple[Problem, ...]:
    """The problems of one YAML text."""
    constructs, problems = load_text(text, "example.yaml")
    return compile_constructs(constructs, problems).problems


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())
