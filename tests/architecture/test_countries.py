"""No country in the program: what only India has is declared in metadata/regions/in."""

from __future__ import annotations

import ast

from tests.architecture.sources import docstrings, files, name, tree, words

INDIAN = frozenset(
    "gst gstin igst cgst sgst utgst hsn pan inr india indian kolkata pincode upi tds".split()
)
EXEMPT = (
    "engine/spec/",  # examples of the reference
    "engine/problems/",  # examples of mistakes
)
WAITING = frozenset(
    [
        "engine/kernel/schedules.py",
        "engine_runtime/jobs/schedules.py",
        "engine_runtime/management/commands/run_schedules.py",
        "engine_runtime/ledgers/moment.py",
        "engine_runtime/exchange/demo_money.py",
        "engine_runtime/exchange/demo_trade.py",
        "engine_runtime/project/settings.py",
    ]
)
"""Files that still know the Indian clock or the demo's Indian till; nothing is ever added here."""


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


def test_no_country_in_python() -> None:
    found = {file: sorted(known) for file, known in _found().items() if file not in WAITING}
    assert not found, f"What one country has is declared in its pack: {found}"


def test_what_waits_is_still_there() -> None:
    """A file that has lost its last such word leaves the list."""
    assert set(_found()) == WAITING


def test_the_check_sees_what_it_looks_for() -> None:
    nodes = ast.walk(ast.parse('INDIA = 1\nx = {"gstin": company_pan}\n'))
    assert set().union(*(_words(node) & INDIAN for node in nodes)) == {"india", "gstin", "pan"}
