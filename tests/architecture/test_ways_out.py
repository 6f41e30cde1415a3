"""What is found wrong at run time says the way out: in its hint, or because the sentence itself names what is asked."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.sources import ROOT

SPEAKING = frozenset(
    {
        # What is asked stands in the sentence: what is required, how many, of what kind, by whom.
        "action.not_offered", "company.missing", "field.required", "input.shape", "list.bad_filter",
        "list.unknown_field", "make.not_submitted", "move.consent", "move.not_offered", "move.waiting", "move.who",
        "period.moves_back", "report.parameter", "rows.too_few", "rows.too_many", "value.type",
    }
)  # fmt: skip
"""Codes of findings without a hint. A new one takes a hint, or a line here for which somebody can answer."""


def _found() -> Iterator[tuple[str, str]]:
    """(code, place) of every finding that is written with a code of its own and no hint."""
    folders = (ROOT / "engine" / "kernel", ROOT / "engine_runtime")
    for path in (path for folder in folders for path in sorted(folder.rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            code = node.args[0]
            if name not in ("Finding", "find") or not isinstance(code, ast.Constant):
                continue
            # Finding(code, path, message, action, hint); find(code, entry or path, message, hint)
            hinted = any(keyword.arg == "hint" for keyword in node.keywords)
            if not hinted and not (name == "find" and len(node.args) > 3):
                yield str(code.value), f"{path.relative_to(ROOT)}:{node.lineno}"


def test_what_is_wrong_says_the_way_out() -> None:
    found = list(_found())
    silent = [f"{place}: {code}" for code, place in found if code not in SPEAKING]
    assert silent == []
    assert {code for code, _ in found} == SPEAKING, "A code that has a hint now leaves the list."
