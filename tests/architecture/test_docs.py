"""Examples in the documentation are programs: every YAML block that declares a construct compiles with metadata/.

A block right after the comment `<!-- not compiled: why -->` is left alone; one that is a part of a construct says of
which, `<!-- in: doctype Sales Invoice -->`, and is compiled as a change of it. There are no others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.compiler.compile import compile_constructs
from engine.source.load import load_folder, load_text
from engine.spec.language import CONSTRUCTS
from engine.testing.run import run_tests
from tests.architecture.sources import ROOT, files, name

BLOCK = re.compile(r"^```ya?ml[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
CONSTRUCT = re.compile(rf"^({'|'.join(CONSTRUCTS)}|overlay): ", re.MULTILINE)
PART = re.compile(r"<!-- in: (\w+) ([^\n]+) -->\s*\Z")
LEFT_ALONE = re.compile(r"<!-- not compiled: [^\n]+ -->\s*\Z")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def pages() -> list[Path]:
    return [*files("docs", suffixes=(".md",)), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


def programs(page: Path) -> Iterator[tuple[int, str]]:
    """(line, YAML) of every block of ``page`` that is compiled; of a part, as an overlay of its construct."""
    text = page.read_text(encoding="utf-8")
    for block in BLOCK.finditer(text):
        before, line = text[: block.start()], text.count("\n", 0, block.start()) + 2
        part = PART.search(before)
        if part is not None:
            yield line - 1, f"overlay: {{{part[1]}: {part[2]}}}\n{block.group(1)}"
        elif not LEFT_ALONE.search(before):
            yield line, block.group(1)


def pages_with_programs() -> list[Path]:
    """Not the generated reference: its examples are fragments and mistakes, which tests/language compiles."""
    written = [page for page in pages() if "reference" not in page.parts]
    return [page for page in written if any(programs(page))]


def test_every_block_is_a_construct_or_says_of_which_it_is_a_part() -> None:
    strange = [
        f"{name(page)}:{line}"
        for page in pages()
        if "reference" not in page.parts
        for line, text in programs(page)
        if not CONSTRUCT.search(text)
    ]
    assert not strange, strange


@pytest.mark.parametrize("page", pages_with_programs(), ids=name)
def test_examples_of_a_page_compile_together(page: Path) -> None:
    shipped, problems = load_folder(ROOT / "metadata")
    assert not problems
    added = []
    for line, text in programs(page):
        constructs, problems = load_text(text, f"{name(page)}:{line}")
        assert not problems, [str(problem) for problem in problems]
        added += constructs
    named = {(each.kind, each.name) for each in added if each.kind != "overlay"}
    kept = [construct for construct in shipped if (construct.kind, construct.name) not in named]
    compiled = compile_constructs([*kept, *added])
    assert compiled.catalog is not None, "\n".join(str(problem) for problem in compiled.problems)
    stories = {construct.name for construct in added if construct.kind == "test"}
    played = [story for each in stories for story in run_tests(compiled.catalog, each)]
    assert len(played) == len(stories)
    assert not [failure for story in played for failure in story.failures]


def test_links_between_pages_lead_somewhere() -> None:
    dead = []
    for page in pages():
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                dead.append(f"{name(page)} → {target}")
    assert not dead, dead
