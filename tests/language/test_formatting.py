"""``format`` repairs how a file is written, never what it says."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cli import main
from engine.compiler.parts import lists_of_expressions
from engine.problems.problem import Problem
from engine.source.formatting import Formatted, formatted
from engine.source.load import load_text
from engine.source.nodes import Listing, Mapping, Node, Scalar, alike
from engine.source.reading import read_nodes
from tests.language.programs import compile_text

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for folder in ("metadata", "tests")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".yaml", ".yml")
)
SOURCES = [path for path in FILES if "data" not in path.parts]
BLOCKS = [
    block
    for path in [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    for block in re.findall(r"^```yaml\n(.*?)^```", path.read_text("utf-8"), re.M | re.S)
]


def form(text: str) -> Formatted:
    """``text`` formatted as the command does it."""
    found = formatted(text, "x.yaml", lists_of_expressions)
    assert formatted(found.text, "x.yaml", lists_of_expressions) == found, "once is enough"
    return found


def says(text: str) -> tuple[Node, ...]:
    """What a compiler reads; it has nothing to complain of."""
    read = read_nodes(text, "x.yaml")
    assert read.problems == ()
    return read.nodes


def say_the_same(a: str, b: str) -> bool:
    return len(says(a)) == len(says(b)) and all(map(alike, says(a), says(b)))


def places(problems: tuple[Problem, ...]) -> list[tuple[str, int, int]]:
    return [(p.code, p.span.line, p.span.column) for p in problems if p.span is not None]


# --- what is repaired ------------------------------------------------------------------------------

QUOTES = {
    "{when: coalesce(a, b) > 0, set: {x: max(a, b)}}": '{when: "coalesce(a, b) > 0", set: {x: "max(a, b)"}}',
    "{when: kind in ['a', 'b'], to: c}": "{when: \"kind in ['a', 'b']\", to: c}",
    "{when: 'a' == kind, to: c}": "{when: \"'a' == kind\", to: c}",
    "{when: kind == 'a: b', to: c}": "{when: \"kind == 'a: b'\", to: c}",
    '{when: kind == "a, b", to: c}': "{when: 'kind == \"a, b\"', to: c}",
    "{when: 'it''s' == kind, to: c}": "{when: \"'it''s' == kind\", to: c}",
    "{when: f(\"a\", 'b', c), to: c}": '{when: "f(\\"a\\", \'b\', c)", to: c}',
    "{message: Line {row.index}: take more, fields: [a]}": '{message: "Line {row.index}: take more", fields: [a]}',
    "{set: {x: rows[0].y}} # why, oh": '{set: {x: "rows[0].y"}} # why, oh',
    "{No: =text('{}, {}', a, b), To: c}": "{No: \"=text('{}, {}', a, b)\", To: c}",
    "[{set: {x: max(a, b)}}, {set: {x: y}}]": '[{set: {x: "max(a, b)"}}, {set: {x: y}}]',
    "{a: {b: max(c,\n    d)},\n  # of c\n  e: f}": '{a: {b: "max(c,\n    d)"},\n  # of c\n  e: f}',
    "{total} is too much": '"{total} is too much"',
    "'a' in kinds # as above": "\"'a' in kinds\" # as above",
    "Line {row.index}: take more": '"Line {row.index}: take more"',
}


@pytest.mark.parametrize("written", QUOTES)
def test_quotes_that_are_missing(written: str) -> None:
    text, meant = (
        f"doctype: Bill\nchecks: # of all\n  a: {{}}\n  b: {value}\n\nhelp: the customers' own\n"
        for value in (written, QUOTES[written])
    )
    assert load_text(text, "x.yaml")[1]
    assert form(text) == Formatted(meant)
    assert load_text(meant, "x.yaml")[1] == []


def test_items_of_a_list_of_expressions_and_of_no_other() -> None:
    text = (
        "rules: Roles\nroles: {cash: [coalesce(item.a, item.b), company.c]}\n---\n"
        "doctype: Bill\nfields: {size: {type: choice, options: [Small (1, 2), Big]}}\n"
    )
    meant = text.replace("coalesce(item.a, item.b)", '"coalesce(item.a, item.b)"')
    assert form(text) == Formatted(meant)


def test_tabs_blanks_and_line_ends() -> None:
    text = "doctype: Bill \r\nfields:\r\n\ttotal:\t{type: money}  \r\n\r\n\t# the end\t\r\n\tdue: {type: date}"
    meant = "doctype: Bill\nfields:\n  total: {type: money}\n\n  # the end\n  due: {type: date}\n"
    assert form(text) == Formatted(meant)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("fields:\n  a:\n\ttype: text\n", "fields:\n  a:\n    type: text\n"),
        ("fields:\n  a: {type: text}\n\tb: {}\n", "fields:\n  a: {type: text}\n  b: {}\n"),
        ("a:\n\tb:\n\t\tc: d\n", "a:\n  b:\n    c: d\n"),
    ],
)
def test_a_tab_is_as_wide_as_it_must_be(text: str, meant: str) -> None:
    assert form(text) == Formatted(meant)


def test_blanks_within_a_text_stay() -> None:
    text = "help: |  \n  one  \n  \nlabel: 'two  \n  three'  \nplural: \"four\\ \n  five\"\n"
    meant = text.replace("|  \n", "|\n").replace("'  \n", "'\n")
    assert form(text) == Formatted(meant)


def test_the_last_line_of_a_text_is_not_ended_where_that_would_show() -> None:
    assert form("help: |\n  one") == Formatted("help: |\n  one")
    assert form("help: |-\n  one") == Formatted("help: |-\n  one\n")


# --- what is not ----------------------------------------------------------------------------------------

NO_WAY = {
    "a: {b: f(a, c}\n": [("E107", 1, 13)],
    "a: {type: text, required, label: B}\n": [("E107", 1, 17)],
    "a: {help: first, then second}\n": [("E107", 1, 18)],
    "a: {type: text label: b, c: f(a, b)}\n": [("E101", 1, 21)],
    "a: {when: f(a, b), c: d}\nb:\n": [("E107", 2, 1)],
    "a: {when: f(a, b), b: {x: }}\n": [("E107", 1, 24)],
    "a: {b: c\n": [("E101", 2, 1)],
    "a: &b {c: d}\ne: {f: g(a, b)}\n": [("E104", 1, 4)],
    "a: b\na: c \n": [("E103", 2, 1)],
    "a: \x00\n": [("E101", 1, 4)],
    "a:\n\tb: c\n\td: |\n\t\te\n\t\t\tf\n": [("E102", 2, 1)],
    "\tx: {when: f(a, b), y: }\n": [("E107", 1, 21)],
    f"a: {'[' * 60}f(a, b){']' * 60}\n": [("E121", 1, 43)],
}


@pytest.mark.parametrize("text", NO_WAY)
def test_what_cannot_be_repaired_stays_and_is_told(text: str) -> None:
    found = form(text)
    assert found.text == text
    assert places(found.problems) == NO_WAY[text]


# --- over everything that there is -----------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_of_the_project_are_in_form(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    assert form(text) == Formatted(text)


def test_examples_of_the_pages_are_in_form() -> None:
    assert len(BLOCKS) > 50
    for block in BLOCKS:
        if not load_text(block, "x.yaml")[1]:  # some show mistakes
            assert form(block) == Formatted(block)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SOURCES), st.randoms(use_true_random=False))
def test_a_file_that_reads_well_reads_the_same(path: Path, chance: random.Random) -> None:
    """With blanks, line ends and a last line that were spoilt."""
    text = path.read_text("utf-8")
    inside = re.compile(r"[|>][-+]?$")
    lines = [
        line + (" " * chance.randint(1, 3) if chance.random() < 0.2 else "")
        for line in text.split("\n")
    ]
    spoilt = chance.choice(("\n", "\r\n")).join(lines)
    if chance.random() < 0.5:
        spoilt = spoilt.rstrip()
    found = form(spoilt)
    assert found.problems == ()
    assert say_the_same(found.text, spoilt)
    if not any(inside.search(line) for line in text.split("\n")):
        assert found.text == text.rstrip() + "\n"


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Listing):
        for item in node.items:
            yield from _scalars(item)
    elif isinstance(node, Mapping):
        for entry in node.entries.values():
            yield from _scalars(entry.value)


def _is_expression(text: str) -> bool:
    """Whether every comma and colon of a text that needs quotes is within brackets or quotes."""
    if re.fullmatch(r"'[^']*'", text) or not re.search(r"[,\[\]{}]|: ", text):
        return False
    outside = re.sub(r"'[^']*'", "''", text)
    while (inner := re.sub(r"\([^()\[\]{}]*\)|\[[^()\[\]{}]*\]", "0", outside)) != outside:
        outside = inner
    return outside != text and not re.search(r"[,:{}#&*!|>%@`]|^[-?]", outside)


QUOTED = [
    (path, scalar)
    for path in SOURCES
    for node in read_nodes(path.read_text("utf-8"), str(path)).nodes
    for scalar in _scalars(node)
    if scalar.quoted and not scalar.span.rows and _is_expression(scalar.text)
]


def test_whatever_expression_loses_its_quotes_gets_them_again() -> None:
    chance = random.Random("quotes")
    assert len(QUOTED) > 200
    for path, scalar in chance.sample(QUOTED, 100):
        lines = path.read_text("utf-8").split("\n")
        line, start, end = (
            lines[scalar.span.line - 1],
            scalar.span.column - 2,
            scalar.span.end_column,
        )
        if len(line[start + 1 : end - 1]) != len(scalar.text):
            continue  # written with escapes
        lines[scalar.span.line - 1] = line[:start] + scalar.text + line[end:]
        bare = "\n".join(lines)
        found = form(bare)
        assert found.problems == ()
        if found.text == bare:  # it needs none where it stands
            assert [a.text for n in says(bare) for a in _scalars(n)] == [
                a.text for n in says(path.read_text("utf-8")) for a in _scalars(n)
            ]
        else:
            assert say_the_same(found.text, path.read_text("utf-8")), bare


_SIGNS = st.sampled_from("abf:,(){}[]'\"\n\t #|-=\r&*!?\u2028")
_TEXTS = st.lists(
    st.sampled_from(("a: ", "b: ", "{", "}", "[", "]", ", ", "f(x, y)", "\n  ", "\n", "'t'", "- "))
    | _SIGNS
).map("".join)


@settings(max_examples=400, deadline=None)
@given(_TEXTS)
def test_whatever_is_written_is_repaired_wholly_or_left(text: str) -> None:
    read = read_nodes(text.replace("\t", " "), "x.yaml")
    found = form(text)
    if found.problems:
        assert found.text == text
    else:
        records = any(isinstance(node, Listing) for node in read_nodes(found.text, "").nodes)
        assert records or says(found.text) is not None
    if not read.problems and "\t" not in text and found.text != text and "f(x" not in text:
        assert say_the_same(found.text, text)


# --- the command -----------------------------------------------------------------------------------------

BROKEN = "doctype: Bill\nfields:\n  a: {type: money, formula: max(b, 0)}\n  b: {type: money}  \n"


def test_the_command_repairs_and_says_what_it_cannot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bill, note = tmp_path / "bill.yaml", tmp_path / "note.yaml"
    bill.write_text(BROKEN, encoding="utf-8")
    note.write_bytes(b"doctype: Note\r\nfields:\r\n")
    assert main(["format", str(tmp_path), "--check"]) == 1
    assert bill.read_text("utf-8") == BROKEN
    out = capsys.readouterr().out.splitlines()
    assert f"{bill} is to be repaired" in out
    assert f"{note}:2:1: E107: 'fields' has no value." in out
    assert out[-1] == "2 files: 1 to be repaired, 1 that cannot be"

    assert main(["format", str(tmp_path)]) == 1
    assert 'formula: "max(b, 0)"}\n  b: {type: money}\n' in bill.read_text("utf-8")
    assert note.read_bytes() == b"doctype: Note\r\nfields:\r\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bill.yaml", "note.yaml"]
    note.unlink()
    assert main(["format", str(bill), str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 file: 0 repaired, 0 that cannot be"
    assert main(["format", str(note)]) == 2


def test_a_file_that_is_not_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"doctype: \xff\n")
    assert main(["format", str(file)]) == 1
    assert "it is not UTF-8 text" in capsys.readouterr().out
    assert file.read_bytes() == b"doctype: \xff\n"


def test_the_problem_names_the_way_out_where_it_is_one() -> None:
    (found,) = {problem.hint for problem in compile_text(BROKEN).problems}
    assert found == (
        "Quote an expression that has a comma, a bracket or ': ' in it: `python -m engine format program.yaml`."
    )
    hints = [problem.hint for problem in compile_text(f"{BROKEN}help:\n").problems]
    assert not any("format" in hint for hint in hints), "that repairs a part only"
    (found,) = compile_text(BROKEN.replace("max(b, 0)", "b").replace("\n  b", "\n\tb")).problems
    assert found.hint == "Indent with blanks: `python -m engine format program.yaml`."
    codes = {problem.code for problem in compile_text(f"{BROKEN}---\nonly a text\n").problems}
    assert codes == {"E106", "E107"}
