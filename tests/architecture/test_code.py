"""What the code must not contain: floats where money is, eval, SQL glued from text, words of a business."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import docstrings, files, name, tree, words

EXACT_ROOMS = (
    "engine",
    "engine_runtime/documents",
    "engine_runtime/posting",
    "engine_runtime/ledgers",
)
SQL_ROOMS = ("engine_runtime/tables/", "engine_runtime/schema/", "engine/plan/sql.py")
"""The last writes SQL for people to read; it is sent nowhere."""
SQL = re.compile(
    r"^\s*(select\s.+\sfrom\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|create\s+(table|index|trigger)\s"
    r"|alter\s+table\s|drop\s+(table|index|trigger)\s|with\s+\S+\s+as\s*\()",
    re.IGNORECASE | re.DOTALL,
)
BUSINESS = frozenset(
    (
        "invoice invoices customer customers supplier suppliers gst igst cgst sgst warehouse warehouses "
        "receivable receivables payable payables purchase purchases salesman inventory cheque cheques"
    ).split()
)
"""Words that only metadata/ may know. (`tax`, `price`, `valuation` are constructs of the language.)"""
BUSINESS_KEYS = frozenset(
    [
        "item",
        "item_group",
        "stock",
        "sales",
        "payment",
        "payments",
        "branch",
        "batch",
        "party",
        "hsn_rate",
    ]
)
"""Words with another meaning in code, so only whole text constants are looked at: `"item"`, not `for item in`."""
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_ ./-]*[A-Za-z0-9_]")
"""A text that can be a name of something. Others are sentences and examples, which may speak of any business."""
BUSINESS_EXEMPT = (
    "engine/spec/",  # examples of the reference
    "engine/compiler/codes.py",  # examples of mistakes
    "engine_runtime/exchange/",
    "engine_runtime/management/commands/load_demo.py",
)


def _walk(*rooms: str) -> Iterator[tuple[Path, ast.AST]]:
    for path in files(*rooms):
        for node in ast.walk(tree(path)):
            yield path, node


def _place(path: Path, node: ast.AST) -> str:
    return f"{name(path)}:{getattr(node, 'lineno', 0)}"


def test_no_float_where_amounts_are() -> None:
    found = []
    similarity = _similarities()
    for path, node in _walk(*EXACT_ROOMS):
        if node in similarity:
            continue
        literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        call = (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "float"
        )
        if literal or call:
            found.append(_place(path, node))
    assert not found, f"Amounts are Decimal: {found}"


def _similarities() -> set[ast.AST]:
    """Cutoffs of `difflib.get_close_matches`, which compares spellings: the one use of a fraction."""
    return {
        child
        for _path, node in _walk(*EXACT_ROOMS)
        if (isinstance(node, ast.Call) and ast.unparse(node.func).endswith("get_close_matches"))
        or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).endswith("CUTOFF"))
        for child in ast.walk(node)
    }


@pytest.mark.parametrize("builtin", ["eval", "exec", "compile", "__import__"])
def test_no_code_is_made_from_text(builtin: str) -> None:
    found = [
        _place(path, node)
        for path, node in _walk("engine", "engine_runtime")
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == builtin
    ]
    assert not found, f"`{builtin}` runs text as code: {found}"


def test_sql_is_built_in_its_own_rooms_only() -> None:
    found = [
        _place(path, node)
        for path, node in _walk("engine", "engine_runtime")
        if not name(path).startswith(SQL_ROOMS) and SQL.match(_glued_text(node))
    ]
    assert not found, f"Only tables/ and schema/ may build SQL from parts: {found}"


def _glued_text(node: ast.AST) -> str:
    """The fixed text that an f-string, `%` or `.format` starts from; '' for any other node."""
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "x" for part in node.values)
        return "".join(str(part) for part in parts)
    glued: ast.AST | None = None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        glued = node.left
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "format"
    ):
        glued = node.func.value
    return glued.value if isinstance(glued, ast.Constant) and isinstance(glued.value, str) else ""


def test_no_word_of_a_business_in_python() -> None:
    found = []
    for path in files("engine", "engine_runtime"):
        if name(path).startswith(BUSINESS_EXEMPT):
            continue
        prose = docstrings(tree(path))
        for node in ast.walk(tree(path)):
            if node not in prose:
                found += [f"{_place(path, node)} {word}" for word in _business_words(node)]
    assert not found, "What a business is made of is declared in metadata/:\n" + "\n".join(
        sorted(set(found))
    )


def _business_words(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if not NAME.fullmatch(node.value):
            return []
        whole = {node.value} & BUSINESS_KEYS
        return [*whole, *(word for word in words(node.value) if word in BUSINESS)]
    identifier = (
        getattr(node, "id", None)
        or getattr(node, "attr", None)
        or getattr(node, "arg", None)
        or (node.name if isinstance(node, ast.FunctionDef | ast.ClassDef) else None)
    )
    return (
        [word for word in words(identifier or "") if word in BUSINESS]
        if isinstance(identifier, str)
        else []
    )


def test_the_checks_above_see_what_they_look_for() -> None:
    """A check that finds nothing anywhere proves nothing: each must find its example."""
    examples = ast.parse(
        'f"select a from {table}"\n"insert into t values " + x\ncustomer_id = 1\nx = "Sales Invoice"\n'
    )
    nodes = list(ast.walk(examples))
    assert sum(bool(SQL.match(_glued_text(node))) for node in nodes) == 2
    assert {word for node in nodes for word in _business_words(node)} == {"customer", "invoice"}
