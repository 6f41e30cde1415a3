"""No country in the program: what only India has is declared in metadata/regions/in."""

from __future__ import annotations

import ast
import re

from tests.architecture.sources import docstrings, files, name, tree, words

INDIAN = frozenset(
    "gst gstin igst cgst sgst utgst hsn pan inr india indian kolkata pincode upi tds "
    "lakh lakhs crore crores april rupee rupees paise paisa".split()
)
EXEMPT = (
    "engine/spec/",  # examples of the reference
    "engine/problems/",  # examples of mistakes
)
COMMENTS = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
YEARS = frozenset({"fiscal", "first_month", "firstmonth", "year_starts"})
"""What a name says that holds the month with which a fiscal year begins."""


def _words(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Constant):
        return set(words(node.value)) if isinstance(node.value, str) else set()
    written = (
        getattr(node, "id", None),
        getattr(node, "attr", None),
        getattr(node, "arg", None),
        getattr(node, "name", None),
    )
    return {word for text in written if isinstance(text, str) for word in words(text)}


def _found() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in files("engine", "engine_runtime"):
        if name(path).startswith(EXEMPT):
            continue
        prose = docstrings(tree(path))
        for node in ast.walk(tree(path)):
            known = set() if node in prose else _words(node) & INDIAN
            if known:
                found.setdefault(name(path), set()).update(known)
    return found


def _months(code: ast.Module) -> list[int]:
    """Lines that fix the month of a fiscal year: ``FIRST_FISCAL_MONTH = 4``, ``first_month: int = 4``."""
    found: list[int] = []
    for node in ast.walk(code):
        pairs: list[tuple[ast.AST, ast.AST | None]] = []
        if isinstance(node, ast.Assign):
            pairs = [(target, node.value) for target in node.targets]
        elif isinstance(node, ast.AnnAssign):
            pairs = [(node.target, node.value)]
        elif isinstance(node, ast.arguments):
            last = node.args[len(node.args) - len(node.defaults) :]
            pairs = [*zip(last, node.defaults, strict=True)]
            pairs += zip(node.kwonlyargs, node.kw_defaults, strict=True)
        elif isinstance(node, ast.Call):
            pairs = [(keyword, keyword.value) for keyword in node.keywords]
        for target, value in pairs:
            if isinstance(value, ast.Constant) and value.value in range(2, 13):
                called = str(getattr(target, "id", getattr(target, "arg", ""))).lower()
                found += [getattr(value, "lineno", 0)] if any(y in called for y in YEARS) else []
    return found


def test_no_country_in_python() -> None:
    found = {file: sorted(known) for file, known in _found().items()}
    assert not found, f"What one country has is declared in its pack: {found}"


def test_no_fiscal_year_in_python() -> None:
    found = [
        f"{name(path)}:{line}"
        for path in files("engine", "engine_runtime")
        for line in _months(tree(path))
    ]
    assert not found, f"When a fiscal year begins is declared in the pack of the country: {found}"


def test_no_country_in_the_browser() -> None:
    found = {}
    for path in files("ui_builder/src", suffixes=(".ts", ".tsx")):
        if ".test." not in path.name:
            code = COMMENTS.sub(" ", path.read_text(encoding="utf-8"))
            known = set(words(code)) & INDIAN
            found.update({name(path): sorted(known)} if known else {})
    assert not found, f"What one country has is declared in its pack: {found}"


def test_the_check_sees_what_it_looks_for() -> None:
    nodes = ast.walk(ast.parse('INDIA = 1\nx = {"gstin": company_pan}\ny = "1 lakh"\n'))
    assert set().union(*(_words(node) & INDIAN for node in nodes)) == {
        "india",
        "gstin",
        "pan",
        "lakh",
    }
    written = "FIRST_FISCAL_MONTH = 4\ndef f(first_month: int = 7): g(fiscal_start=4)\nx = 4\n"
    assert _months(ast.parse(written)) == [1, 2, 2]
