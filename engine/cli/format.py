"""``format``: repair how files are written: quotes, tabs, blanks and line ends. What they say stays."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.cli.shown import many
from engine.compiler.parts import lists_of_expressions
from engine.problems.render import Sources, as_text
from engine.source.formatting import Formatted, formatted
from engine.source.load import Unreadable, read_exactly, source_files


def run(options: argparse.Namespace) -> int:
    """Carry the command out; the exit code."""
    absent = [path for path in options.paths if not path.exists()]
    if absent:
        print(f"There is no file or folder '{absent[0]}'.", file=sys.stderr)
        return 2
    sources = Sources()
    changed = unfit = 0
    files = _files(options.paths)
    for file in files:
        before, found = _formatted(file)
        for problem in found.problems:
            print(as_text(problem, sources))
        unfit += bool(found.problems)
        if found.text == before:
            continue
        changed += 1
        if not options.check:
            try:
                _write(file, found.text)
            except OSError as error:
                print(f"{file} cannot be written: {error.strerror}", file=sys.stderr)
                return 2
        print(f"{file} {'is to be' if options.check else 'was'} repaired")
    told = f"{changed} to be repaired" if options.check else f"{changed} repaired"
    print(f"{many(len(files), 'file')}: {told}, {unfit} that cannot be")
    return 1 if unfit or (changed and options.check) else 0


def _files(paths: Sequence[Path]) -> list[Path]:
    """The files at ``paths``, each once."""
    found = [file for path in paths for file in (source_files(path) if path.is_dir() else [path])]
    return list(dict.fromkeys(found))


def _formatted(file: Path) -> tuple[str, Formatted]:
    """The text of a file as it is, and as it should be."""
    try:
        before = read_exactly(file)
    except Unreadable as error:
        return "", Formatted("", (error.problem(file),))
    return before, formatted(before, str(file), lists_of_expressions)


def _write(file: Path, text: str) -> None:
    """Put ``text`` into ``file`` at once: what is cut off half way leaves the old one. Raises OSError."""
    there = file.resolve()
    new = there.with_name(f".{there.name}.formatted")
    try:
        new.write_bytes(text.encode("utf-8"))
        shutil.copymode(there, new)
        new.replace(there)
    finally:
        new.unlink(missing_ok=True)
