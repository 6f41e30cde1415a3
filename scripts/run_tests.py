"""`make test`: everything once, what touches a database once more on PostgreSQL; says what was skipped and why.

With BAHI_REQUIRE=all a skip is a failure. PYTEST_ARGS is passed on to pytest (`make test PYTEST_ARGS="-k tax"`).
"""

from __future__ import annotations

import os
import shlex
import sys
import xml.etree.ElementTree as Xml
from dataclasses import dataclass, field
from pathlib import Path

from scripts import services, setup
from scripts.places import ROOT, UI, VAR, venv_program, wanted_all
from scripts.shell import StepFailed, run, say

WITHOUT_DATABASE = ("architecture", "tooling", "language", "kernel", "expr", "plan")
"""Folders of tests/ that do not touch Django's database: run once, in the first run."""


@dataclass
class Outcome:
    """What happened so far: failed parts, skipped parts with reasons, and each test's best result."""

    failed: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    ran: set[str] = field(default_factory=set)
    skipped: dict[str, str] = field(default_factory=dict)

    def skips(self) -> dict[str, str]:
        """Parts left out, and tests that no run has run."""
        tests = {name: why for name, why in self.skipped.items() if name not in self.ran}
        return {**self.left_out, **tests}


def main() -> int:
    os.chdir(ROOT)
    outcome = Outcome()
    folder = VAR / "test-results"
    folder.mkdir(parents=True, exist_ok=True)
    extra = {
        "BAHI_TEST_POSTGRESQL": services.postgresql_url(),
        "BAHI_TEST_REDIS": services.redis_url(),
    }
    _python_on_sqlite(outcome, folder, extra)
    _python_on_postgresql(outcome, folder, extra)
    _browser(outcome, folder, extra)
    _typescript(outcome)
    return _report(outcome)


def _python_on_sqlite(outcome: Outcome, folder: Path, extra: dict[str, str]) -> None:
    url = f"sqlite:///{VAR / 'test-results' / f'test-{os.getpid()}.sqlite3'}"
    paths = ["tests", "--ignore=tests/browser"]
    _pytest(
        "Python on SQLite", paths, folder / "sqlite.xml", {**extra, "DATABASE_URL": url}, outcome
    )


def _python_on_postgresql(outcome: Outcome, folder: Path, extra: dict[str, str]) -> None:
    server = services.postgresql()
    if server is None:
        reason = services.NO_POSTGRESQL.format(url=services.postgresql_url())
        outcome.left_out["Python on PostgreSQL"] = reason
        return
    url = f"{server.rsplit('/', 1)[0]}/bahi_{os.getpid()}"
    paths = ["tests", "--ignore=tests/browser"]
    paths += [f"--ignore=tests/{name}" for name in WITHOUT_DATABASE]
    _pytest(
        "Python on PostgreSQL",
        paths,
        folder / "postgresql.xml",
        {**extra, "DATABASE_URL": url},
        outcome,
    )


def _browser(outcome: Outcome, folder: Path, extra: dict[str, str]) -> None:
    if not (ROOT / "tests" / "browser").exists():
        outcome.left_out["Browser"] = "There is no folder tests/browser."
        return
    chromium = services.chromium()
    if chromium is None:
        outcome.left_out["Browser"] = services.NO_BROWSER
        return
    settings = {**extra, "BAHI_CHROMIUM": chromium}
    url = f"sqlite:///{VAR / 'test-results' / f'browser-{os.getpid()}.sqlite3'}"
    _pytest(
        "Browser",
        ["tests/browser"],
        folder / "browser.xml",
        {**settings, "DATABASE_URL": url},
        outcome,
        workers="0",
    )


def _pytest(
    title: str,
    paths: list[str],
    results: Path,
    environment: dict[str, str],
    outcome: Outcome,
    workers: str = "auto",
) -> None:
    say(f"\n=== {title} ===")
    results.unlink(missing_ok=True)
    command = [venv_program("python"), "-m", "pytest", "-q", f"--junitxml={results}", "-n", workers]
    command += ["--dist", "loadfile", *paths, *shlex.split(os.environ.get("PYTEST_ARGS", ""))]
    try:
        run(command, environment=environment)
    except StepFailed as failure:
        outcome.failed.append(f"{title}: {failure}")
    if results.exists():
        _read(results, outcome)


def _read(results: Path, outcome: Outcome) -> None:
    for case in Xml.parse(results).iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        skip = case.find("skipped")
        if skip is None or skip.get("type") == "pytest.xfail":
            outcome.ran.add(name)
        else:
            outcome.skipped[name] = skip.get("message") or "no reason given"


def _typescript(outcome: Outcome) -> None:
    if not (UI / "package.json").exists():
        outcome.left_out["TypeScript"] = "There is no ui_builder/package.json."
        return
    say("\n=== TypeScript ===")
    vitest = UI / "node_modules" / ".bin" / "vitest"
    try:
        setup.install_node_packages()
        run([str(vitest), "run"], folder=UI, environment=setup.node_environment())
    except StepFailed as failure:
        outcome.failed.append(f"TypeScript: {failure}")


def _report(outcome: Outcome) -> int:
    skips = outcome.skips()
    say(f"\n=== Result ===\n{len(outcome.ran)} Python tests ran.")
    for name, reason in skips.items():
        say(f"SKIPPED  {name}: {reason}")
    for failure in outcome.failed:
        say(f"FAILED   {failure}")
    if skips and wanted_all():
        say("FAILED   BAHI_REQUIRE=all allows no skip.")
    return 1 if outcome.failed or (skips and wanted_all()) else 0


if __name__ == "__main__":
    sys.exit(main())
