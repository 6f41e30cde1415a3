"""From the text of a file to its documents, as nodes, with everything that is wrong in how it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from engine.problems.problem import Problem, Span
from engine.source.events import DEEPEST, Builder, TooDeep
from engine.source.nodes import Node

_NOT_A_CHARACTER = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What YAML takes nowhere in a file."""


@dataclass(frozen=True, slots=True)
class Read:
    """The documents of a text; ``whole`` unless an error ended them before the text did."""

    nodes: tuple[Node, ...]
    problems: tuple[Problem, ...]
    whole: bool = True


def read_nodes(text: str, name: str) -> Read:
    """The documents of ``text``, that of the file ``name``."""
    try:
        builder = Builder(text, name)
    except UnicodeEncodeError as error:
        return Read((), (_no_character(text, error.start, name),), whole=False)
    nodes: list[Node] = []
    problems: list[Problem] = []
    try:
        while (node := builder.document()) is not None:
            nodes.append(node)
    except yaml.YAMLError as error:
        problems.append(_syntax(error, text, name))
    except TooDeep as error:
        message = f"The nesting is deeper than {DEEPEST} levels."
        problems.append(Problem("E121", message, error.span))
    return Read(tuple(nodes), (*builder.problems, *problems), whole=not problems)


def place(text: str, at: int, name: str) -> Span:
    """The place of one character of a text."""
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    return Span(name, line, column, column + 1)


def _syntax(error: yaml.YAMLError, text: str, name: str) -> Problem:
    """One sentence out of PyYAML's error, at the place of the error."""
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        what = error.problem or error.context or "this is not YAML"
        span = Span(name, mark.line + 1, mark.column + 1) if mark else Span(name, 1, 1)
        return Problem("E101", f"This is not YAML: {what}.", span, _syntax_hint(what))
    found = _NOT_A_CHARACTER.search(text)
    if found is not None:
        return _no_character(text, found.start(), name)
    return Problem("E101", "This is not YAML.", Span(name, 1, 1))


def _no_character(text: str, at: int, name: str) -> Problem:
    message = f"The character U+{ord(text[at]):04X} here is not allowed in YAML."
    return Problem("E101", message, place(text, at, name), "Take it out.")


def _syntax_hint(what: str) -> str:
    if "mapping values are not allowed" in what:
        return "Quote a text that has ': ' in it."
    if "did not find expected" in what:
        return (
            "Look for a bracket, a comma or a quote that is missing on this line or the one before."
        )
    return ""
