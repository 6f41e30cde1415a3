"""What the commands share: compiling what lies at a path, and telling of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.catalog.whole import Catalog
from engine.compiler.compile import Compiled, compile_folder
from engine.problems.problem import Problem
from engine.problems.render import Sources, as_text


def compiled_at(path: Path, *, with_mentions: bool = False) -> Compiled:
    """What lies at ``path``; where nothing is declared that is a problem, as it is where there is no file."""
    compiled = compile_folder(path, with_mentions=with_mentions)
    if compiled.catalog is None or compiled.catalog.owners:
        return compiled
    hint = "Name the folder in which packs lie."
    return Compiled(None, (Problem("E120", f"Nothing is declared in '{path}'.", None, hint),))


def outcome(compiled: Compiled) -> int:
    """The exit code: 0 fine, 1 problems in files, 2 where there was nothing to look at."""
    if compiled.catalog is not None:
        return 0
    return 1 if any(problem.span is not None for problem in compiled.problems) else 2


def with_found(compiled: Compiled, wrong: Sequence[Problem]) -> Compiled:
    """``compiled`` and what was found since; without its catalog if any of that is an error."""
    refused = any(problem.severity == "error" for problem in wrong)
    catalog = None if refused else compiled.catalog
    return Compiled(catalog, (*compiled.problems, *wrong))


def counts(catalog: Catalog | None) -> dict[str, int]:
    """How much of what there is."""
    if catalog is None:
        return {}
    return {
        "doctypes": len(catalog.doctypes),
        "fields": sum(len(t.fields) for d in catalog.doctypes.values() for t in d.tables.values()),
        "ledgers": len(catalog.ledgers),
        "rules": len(catalog.rules),
        "reports": len(catalog.reports),
        "roles": len(catalog.roles),
    }


def print_text(compiled: Compiled, took: float) -> None:
    """Every problem with its place, or what there is."""
    sources = Sources()
    for problem in compiled.problems:
        print(as_text(problem, sources))
    errors = sum(problem.severity == "error" for problem in compiled.problems)
    if compiled.catalog is None:
        files = len({problem.span.file for problem in compiled.problems if problem.span})
        print(f"{many(errors, 'problem')} in {many(files, 'file')} ({took:.2f} s)")
        return
    there = ", ".join(f"{n} {name}" for name, n in counts(compiled.catalog).items())
    found = many(len(compiled.problems), "warning") if compiled.problems else "no problems"
    print(f"{found}: {there} ({took:.2f} s)")


def many(count: int, word: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
