"""The project's source files as the architecture tests see them: paths, text, syntax trees."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = {".git", ".venv", ".node", "var", "node_modules", "dist", "__pycache__"}
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".yaml",
    ".yml",
    ".json",
    ".ts",
    ".tsx",
    ".css",
    ".html",
    ".sh",
    ".ini",
    ".cfg",
}


def files(*folders: str, suffixes: tuple[str, ...] = (".py",)) -> list[Path]:
    """Files below ``folders`` (of the project) with one of ``suffixes``, without what tools made."""
    found = []
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            inside = path.relative_to(ROOT)
            if (
                path.suffix in suffixes
                and path.is_file()
                and not OUTSIDE.intersection(inside.parts)
            ):
                found.append(path)
    return found


def name(path: Path) -> str:
    """The path as it is written in messages: from the root of the project."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(path: Path) -> Iterator[tuple[str, int, int]]:
    """(dotted name, line, length in lines) of every function, those inside classes and functions too."""
    yield from _functions(tree(path), "")


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, int, int]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            dotted = f"{prefix}{child.name}"
            yield dotted, child.lineno, (child.end_lineno or child.lineno) - child.lineno + 1
            yield from _functions(child, f"{dotted}.")
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")
        else:
            yield from _functions(child, prefix)


def docstrings(module: ast.Module) -> set[ast.AST]:
    """The nodes of texts that stand alone as a statement: docstrings, also those under attributes."""
    return {
        node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def words(text: str) -> list[str]:
    """The lower-case words of an identifier or a sentence: `taxLine_no` → tax, line, no."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text)
    return re.findall(r"[a-z]+", spaced.lower())
