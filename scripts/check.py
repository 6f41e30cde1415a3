"""`make check`: format, lint, types, import contracts, security and licences. Runs all of them, then says which failed.

`--format` rewrites the sources instead.
"""

from __future__ import annotations

import os
import sys

from scripts import setup
from scripts.places import ROOT, UI, venv_program
from scripts.shell import StepFailed, run, say

Step = tuple[str, list[str]]


def python_steps() -> list[Step]:
    python, ruff = venv_program("python"), venv_program("ruff")
    return [
        ("Python: lint", [ruff, "check", "."]),
        ("Python: format", [ruff, "format", "--check", "."]),
        ("Types of engine (strict)", [venv_program("mypy")]),
        (
            "Types of engine_runtime",
            [venv_program("mypy"), "--config-file", "scripts/mypy_runtime.ini"],
        ),
        ("Import contracts", [venv_program("lint-imports"), "--no-cache"]),
        (
            "Security",
            [
                venv_program("bandit"),
                "-q",
                "-c",
                "pyproject.toml",
                "-r",
                "engine",
                "engine_runtime",
            ],
        ),
        ("Licences", [python, "-m", "scripts.licences"]),
        ("Metadata", [python, "-m", "engine", "check", "metadata/"]),
    ]


def main() -> int:
    os.chdir(ROOT)
    if "--format" in sys.argv:
        return _format()
    failed = [title for title, command in python_steps() if not _passes(title, command)]
    if (UI / "package.json").exists():
        failed += _typescript()
    say("\n" + ("FAILED: " + ", ".join(failed) if failed else "All checks passed."))
    return 1 if failed else 0


def _typescript() -> list[str]:
    try:
        setup.install_node_packages()
    except StepFailed as failure:
        say(str(failure))
        return ["TypeScript: npm packages"]
    command = [*setup.npm(), "run", "--silent", "check"]
    title = "TypeScript: types, lint, format"
    return [] if _passes(title, command, typescript=True) else [title]


def _passes(title: str, command: list[str], *, typescript: bool = False) -> bool:
    say(f"\n=== {title} ===")
    try:
        if typescript:
            run(command, folder=UI, environment=setup.node_environment())
        else:
            run(command)
    except (StepFailed, OSError) as failure:
        say(str(failure))
        return False
    return True


def _format() -> int:
    ruff = venv_program("ruff")
    run([ruff, "check", "--fix", "--exit-zero", "--quiet", "."])
    run([ruff, "format", "."])
    if (UI / "package.json").exists():
        setup.install_node_packages()
        biome = str(UI / "node_modules" / ".bin" / "biome")
        run([biome, "check", "--write", "src"], folder=UI, environment=setup.node_environment())
    return 0


if __name__ == "__main__":
    sys.exit(main())
