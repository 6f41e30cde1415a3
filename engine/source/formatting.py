"""Repairing the text of a file, and nothing of what it says: quotes that are missing, tabs, blanks and line ends.

Comments, order and blank lines stay. A file that reads well reads the same afterwards; one that cannot be repaired
wholly is not touched. Pure: text in, text out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from yaml.cyaml import CLoader
from yaml.events import ScalarEvent, StreamEndEvent

from engine.problems.problem import Problem, Span
from engine.source.nodes import Listing, alike
from engine.source.quoting import At, Unquoted, in_quotes, line_starts, unquoted
from engine.source.reading import place, read_nodes

WIDTHS = (2, 4, 8)
"""What a tab at the beginning of a line may stand for."""

_ENDS = re.compile("\r\n?")
_TABS = re.compile(r"^([ ]*\t[ \t]*)|\t", re.MULTILINE)
_BLANKS = re.compile(r" +$")

Lists: TypeAlias = Callable[[str], Iterable[At]]
"""Where the lists of a text begin whose items are expressions."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """``text`` as it should be; as it was where it has ``problems``: those that cannot be repaired."""

    text: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Edit:
    """What stands from ``start`` to ``end`` becomes ``text``."""

    start: int
    end: int
    text: str


def _no_lists(_: str) -> Iterable[At]:
    return ()


def formatted(text: str, name: str, lists: Lists = _no_lists) -> Formatted:
    """``text``, that of the file ``name``, repaired. It says the same, and formatting it again changes nothing."""
    straight = _ENDS.sub("\n", text)
    widths = WIDTHS if "\t" in straight else (0,)
    tries = [_repaired(straight, width, name, lists) for width in widths]
    good = [each.text for each in tries if not each.problems]
    if not good:
        return Formatted(text, tries[0].problems)
    if not all(_same(good[0], other) for other in good):
        message = "How far this tab indents is not certain."
        span = place(straight, straight.index("\t"), name)
        return Formatted(text, (Problem("E102", message, span, "Indent with blanks."),))
    return Formatted(_ended(_without_blanks(good[0])))


# --- tabs and quotes -------------------------------------------------------------------------------------


def _repaired(text: str, width: int, name: str, lists: Lists) -> Formatted:
    """``text`` with tabs of ``width`` and with quotes; its problems are those left, where they stand in ``text``."""
    steps: list[list[_Edit]] = []
    now, edits = text, _tabs(text, width)
    while True:
        now = _edited(now, edits)
        steps.append(edits)
        problems = _problems(now, name)
        parts = unquoted(now)
        missing = _missing(now, parts, problems, lists)
        edits = [_Edit(p.start, p.end, in_quotes(now[p.start : p.end])) for p in missing]
        # Quotes that leave as much to be quoted as there was are no way out.
        if not edits or len(unquoted(_edited(now, edits))) >= len(parts):
            return Formatted(now, tuple(_before(p, now, text, steps) for p in problems))


def _tabs(text: str, width: int) -> list[_Edit]:
    """Tabs that indent become ``width`` blanks, each other one the one blank that it is read as."""
    return [
        _Edit(found.start(), found.end(), found[0].replace("\t", " " * (width if found[1] else 1)))
        for found in _TABS.finditer(text)
    ]


def _problems(text: str, name: str) -> tuple[Problem, ...]:
    """What is wrong with how ``text`` is written. An empty value is none in a list of records."""
    read = read_nodes(text, name)
    records = any(isinstance(node, Listing) for node in read.nodes)
    return tuple(p for p in read.problems if not (records and p.code == "E107"))


def _missing(
    text: str, parts: Sequence[Unquoted], problems: Sequence[Problem], lists: Lists
) -> list[Unquoted]:
    """The ``parts`` to be quoted: those that problems come from, and items of lists of expressions."""
    starts = line_starts(text)
    wrong = [
        starts[p.span.line - 1] + p.span.column - 1
        for p in problems
        if p.span is not None and p.span.line <= len(starts)
    ]
    here = frozenset(lists(text)) if any(part.listed for part in parts) else frozenset()
    return [
        part
        for part in parts
        if (part.hard and problems)
        or part.listed in here
        or (part.listed is None and any(part.start <= at <= part.end for at in wrong))
    ]


def _edited(text: str, edits: Sequence[_Edit]) -> str:
    found: list[str] = []
    at = 0
    for edit in edits:
        found += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join((*found, text[at:]))


def _before(problem: Problem, now: str, first: str, steps: Sequence[Sequence[_Edit]]) -> Problem:
    """``problem``, found in ``now``, at its place in the text that ``steps`` were taken from."""
    if problem.span is None:
        return problem
    starts = line_starts(now)
    at = starts[min(problem.span.line, len(starts)) - 1] + problem.span.column - 1
    for edits in reversed(steps):
        at = _origin(at, edits)
    here = place(first, at, problem.span.file)
    return replace(problem, span=Span(here.file, here.line, here.column))


def _origin(at: int, edits: Sequence[_Edit]) -> int:
    """Where what stands at ``at`` stood before ``edits``."""
    grown = 0
    for edit in edits:
        start = edit.start + grown
        if at < start:
            break
        if at < start + len(edit.text):
            return min(edit.start + at - start, edit.end)
        grown += len(edit.text) - (edit.end - edit.start)
    return at - grown


# --- blanks and the last line ------------------------------------------------------------------------------


def _without_blanks(text: str) -> str:
    """Without blanks at the ends of lines, but for those within a text that goes over several lines."""
    inside = _inside_texts(text)
    lines = text.split("\n")
    starts = line_starts(text)
    if len(starts) != len(lines):  # a rare sign ends a line too: YAML counts otherwise
        return text
    clean = [x if n in inside else _BLANKS.sub("", x) for n, x in enumerate(lines)]
    found = "\n".join(clean)
    return found if _same(text, found) else text


def _inside_texts(text: str) -> set[int]:
    """The lines, from 0, whose end lies within a text."""
    found: set[int] = set()
    parser = CLoader(text)
    while not isinstance(event := parser.get_event(), StreamEndEvent):
        if isinstance(event, ScalarEvent) and event.start_mark and event.end_mark:
            block = event.style in ("|", ">")
            found.update(range(event.start_mark.line + block, event.end_mark.line))
    return found


def _ended(text: str) -> str:
    """``text`` with an end of its last line; not where that would become a part of a text."""
    if not text or text.endswith("\n") or not _same(text, text + "\n"):
        return text
    return text + "\n"


# --- what it says ----------------------------------------------------------------------------------------


def _same(a: str, b: str) -> bool:
    """Whether two texts say the same, wherever it stands."""
    if a == b:
        return True
    one, other = read_nodes(a, "").nodes, read_nodes(b, "").nodes
    return len(one) == len(other) and all(map(alike, one, other))
