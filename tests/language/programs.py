"""Example programs: good ones are files in ``good/``, bad ones sections of the files in ``bad/``.

A bad program begins with ``=== its story``, then a comment per expected problem, ``# E203 at 7:15``
(line and column within the program, which begins after its story) or ``# E407 in shop`` (it shows in
the other file), and ``# with: shop`` to be compiled together with ``good/shop.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.catalog.whole import Catalog
from engine.compiler.compile import Compiled, compile_constructs
from engine.source.load import load_text

HERE = Path(__file__).parent
FILE = "program.yaml"
_MARK = re.compile(r"# (E\d{3}) (?:at (\d+:\d+)|in (\w+))$")


@dataclass(frozen=True)
class BadProgram:
    """``expected``: (code, place) of every problem; a place is ``7:15`` or the name of the other program."""

    story: str
    text: str
    expected: tuple[tuple[str, str], ...]
    beside: str | None


def bad_programs() -> Iterator[BadProgram]:
    """All programs that must be refused."""
    for file in sorted((HERE / "bad").glob("*.txt")):
        for section in re.split(r"^=== ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            story, _, text = section.partition("\n")
            yield _bad(story, text)


def _bad(story: str, text: str) -> BadProgram:
    found: list[tuple[str, str]] = []
    beside = None
    for line in text.splitlines():
        mark = _MARK.match(line)
        if mark:
            found.append((mark[1], mark[2] or mark[3]))
        elif line.startswith("# with: "):
            beside = line.removeprefix("# with: ")
        else:
            break
    return BadProgram(story, text, tuple(sorted(found)), beside)


def places(compiled: Compiled) -> tuple[tuple[str, str], ...]:
    """(code, place) of every problem, as a bad program states them."""
    found: list[tuple[str, str]] = []
    for problem in compiled.problems:
        span = problem.span
        assert span is not None, problem
        here = f"{span.line}:{span.column}"
        found.append((problem.code, here if span.file == FILE else Path(span.file).stem))
    return tuple(sorted(found))


def compile_text(text: str, beside: str | None = None, *, with_mentions: bool = False) -> Compiled:
    """One text compiled, together with a good program of that name."""
    constructs, problems = load_text(text, FILE)
    if beside is not None:
        more, none = load_text(good(beside), f"{beside}.yaml")
        assert not none
        constructs = more + constructs
    return compile_constructs(constructs, problems, with_mentions=with_mentions)


def catalog_of(text: str) -> Catalog:
    """The catalog of a text that compiles."""
    compiled = compile_text(text)
    assert compiled.catalog is not None, [str(problem) for problem in compiled.problems]
    return compiled.catalog


def good(name: str) -> str:
    """The text of a good program."""
    return (HERE / "good" / f"{name}.yaml").read_text(encoding="utf-8")
