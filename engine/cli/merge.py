"""``merge``: a new version of a pack together with what was changed here."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from engine.cli.shown import many
from engine.problems.problem import Problem
from engine.problems.render import Sources, as_text
from engine.source.merging import merge_files, told


def run(options: argparse.Namespace) -> int:
    """Carry the command out; the exit code."""
    to: Path | None = options.to
    if to is not None and to.exists() and any(to.iterdir()):
        print(f"{to} is not empty; the result goes into a new folder.", file=sys.stderr)
        return 2
    try:
        sides = [_texts(folder) for folder in (options.old, options.local, options.new)]
    except (FileNotFoundError, UnicodeDecodeError) as error:
        print(error, file=sys.stderr)
        return 2
    merged = merge_files(*sides)
    if to is not None:
        for name, text in merged.files.items():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            (to / name).write_text(text, encoding="utf-8", newline="")
    sources = Sources()
    for broken in merged.broken:
        print(as_text(_placed(broken.problem, getattr(options, broken.side)), sources))
    for line in told(merged):
        print(line)
    taken = sum(sides[1].get(name) != text for name, text in merged.files.items())
    taken += len(sides[1].keys() - merged.files.keys())
    print(f"{many(taken, 'file')} changed, {many(len(merged.conflicts), 'conflict')}")
    return 1 if merged.conflicts else 0


def _placed(problem: Problem, folder: Path) -> Problem:
    """``problem`` of a file of ``folder``, where that lies."""
    assert problem.span is not None, "what is wrong in a text has a place"
    span = replace(problem.span, file=str(folder / problem.span.file))
    return replace(problem, span=span)


def _texts(folder: Path) -> dict[str, str]:
    """Every file below ``folder``: its path → its text. Raises FileNotFoundError, UnicodeDecodeError."""
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder}.")
    return {
        file.relative_to(folder).as_posix(): file.read_bytes().decode("utf-8")
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    }
