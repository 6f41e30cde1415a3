"""Texts of a metadata folder, and the way from texts to a compiled catalog."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engine.compiler.compile import Compiled, compile_constructs
from engine.problems.problem import Problem
from engine.source.load import Unreadable, load_text, read_source, source_files
from engine.source.nodes import Construct


def read_folder(folder: Path) -> dict[str, str]:
    """Every file below ``folder`` that declares something: path inside it → text.

    Raises FileNotFoundError where there is none, and Unreadable.
    """
    if not folder.is_dir():
        raise FileNotFoundError(
            f"There is no folder {folder}. Name the folder that holds pack.yaml."
        )
    found = {}
    for file in source_files(folder):
        try:
            found[file.relative_to(folder).as_posix()] = read_source(file)
        except Unreadable as error:
            raise Unreadable(f"{file} cannot be read: {error}.") from None
    if not found:
        raise FileNotFoundError(
            f"There is no file to read in {folder}: none ends in .yaml or .yml."
        )
    return found


def compile_sources(sources: Mapping[str, str], *, with_mentions: bool = False) -> Compiled:
    """The catalog of ``sources`` (file → text), or every problem of reading and compiling them."""
    constructs: list[Construct] = []
    problems: list[Problem] = []
    for name in sorted(sources):
        found, wrong = load_text(sources[name], name)
        constructs += found
        problems += wrong
    compiled = compile_constructs(constructs, with_mentions=with_mentions)
    if not problems:
        return compiled
    return Compiled(None, (*problems, *compiled.problems))
