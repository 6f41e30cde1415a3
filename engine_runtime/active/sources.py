"""Texts of a metadata folder, and the way from texts to a compiled catalog."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engine.compiler.compile import Compiled, compile_constructs
from engine.problems.problem import Problem
from engine.source.load import IGNORED_FOLDERS, load_text
from engine.source.nodes import Construct


def read_folder(folder: Path) -> dict[str, str]:
    """Every *.yaml below ``folder`` that declares something: path inside it → text. Raises FileNotFoundError."""
    if not folder.is_dir():
        raise FileNotFoundError(
            f"There is no folder {folder}. Name the folder that holds pack.yaml."
        )
    found = {}
    for file in sorted(folder.rglob("*.yaml")):
        path = file.relative_to(folder)
        if not IGNORED_FOLDERS.intersection(path.parts[:-1]):
            found[path.as_posix()] = file.read_text(encoding="utf-8")
    return found


def compile_sources(sources: Mapping[str, str]) -> Compiled:
    """The catalog of ``sources`` (file → text), or every problem of reading and compiling them."""
    constructs: list[Construct] = []
    problems: list[Problem] = []
    for name in sorted(sources):
        found, wrong = load_text(sources[name], name)
        constructs += found
        problems += wrong
    compiled = compile_constructs(constructs)
    if not problems:
        return compiled
    return Compiled(None, (*problems, *compiled.problems))
