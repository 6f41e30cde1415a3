"""Examples in the documentation are programs: every YAML block that declares a construct compiles with metadata/.

A block right after the comment `<!-- not compiled: why -->` is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.compiler.compile import compile_constructs
from engine.source.load import load_folder, load_text
from tests.architecture.sources import ROOT, files, name

BLOCK = re.compile(r"^```ya?ml[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
CONSTRUCT = re.compile(r"^(doctype|ledger|rules|report|role|menu|pack): ", re.MULTILINE)
LEFT_ALONE = re.compile(r"<!-- not compiled: [^\n]+ -->\s*\Z")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def pages() -> list[Path]:
    return [*files("docs", suffixes=(".md",)), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


def programs(page: Path) -> Iterator[tuple[int, str]]:
    """(line, YAML) of every block of ``page`` that declares a construct."""
    text = page.read_text(encoding="utf-8")
    for block in BLOCK.finditer(text):
        if CONSTRUCT.search(block.group(1)) and not LEFT_ALONE.search(text[: block.start()]):
            yield text.count("\n", 0, block.start()) + 2, block.group(1)


def pages_with_programs() -> list[Path]:
    """Not the generated reference: its examples are fragments and mistakes, which tests/language compiles."""
    written = [page for page in pages() if "reference" not in page.parts]
    return [page for page in written if any(programs(page))]


@pytest.mark.parametrize("page", pages_with_programs(), ids=name)
def test_examples_of_a_page_compile_together(page: Path) -> None:
    shipped, problems = load_folder(ROOT / "metadata")
    assert not problems
    added = []
    for line, text in programs(page):
        constructs, problems = load_text(text, f"{name(page)}:{line}")
        assert not problems, [str(problem) for problem in problems]
        added += constructs
    named = {(construct.kind, construct.name) for construct in added}
    kept = [construct for construct in shipped if (construct.kind, construct.name) not in named]
    compiled = compile_constructs([*kept, *added])
    assert compiled.catalog is not None, "\n".join(str(problem) for problem in compiled.problems)


def test_links_between_pages_lead_somewhere() -> None:
    dead = []
    for page in pages():
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                dead.append(f"{name(page)} → {target}")
    assert not dead, dead
