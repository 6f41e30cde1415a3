"""`make bench [ONLY=W1]`: run the measurements, print a table, write var/bench.json."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench import databases
from bench.table import table
from scripts.places import ROOT, VAR
from scripts.shell import StepFailed, Timed, run, say

POSTGRESQL = ("W1", "W1b", "W2", "W3", "W6", "W7")
CATALOGS = "compile"
CHOICES = (*POSTGRESQL, "sqlite", CATALOGS)


def main() -> int:
    os.chdir(ROOT)
    VAR.mkdir(exist_ok=True)
    only = os.environ.get("ONLY", "")
    chosen = only.split(",") if only else list(CHOICES)
    unknown = set(chosen) - set(CHOICES)
    if unknown:
        say(f"There is no workload {', '.join(sorted(unknown))}. Choose of: {', '.join(CHOICES)}.")
        return 2
    found: dict[str, Any] = {"machine": machine()}
    failed = False
    for step in (_catalogs, _postgresql, _sqlite):
        try:
            step(chosen, found)
        except (StepFailed, OSError) as failure:
            say(f"FAILED: {failure}")
            failed = True
    (VAR / "bench.json").write_text(json.dumps(found, indent=2) + "\n")
    say(f"\n{table(found)}\n\nWritten to var/bench.json.")
    return 1 if failed or found.get("failed") else 0


def _catalogs(chosen: list[str], found: dict[str, Any]) -> None:
    if CATALOGS not in chosen:
        return
    with tempfile.TemporaryDirectory() as folder, Timed("Compile and load catalogs"):
        result = Path(folder) / "catalogs.json"
        url = f"sqlite:///{folder}/empty.sqlite3"
        run(
            [sys.executable, "-m", "bench.catalogs", str(result)], environment={"DATABASE_URL": url}
        )
        found.update(json.loads(result.read_text()))
        for module in ("bench.calculating", "bench.expressions", "bench.ruling"):
            run([sys.executable, "-m", module, str(result)])
            found.update(json.loads(result.read_text()))


def _postgresql(chosen: list[str], found: dict[str, Any]) -> None:
    wanted = [name for name in POSTGRESQL if name in chosen]
    if not wanted:
        return
    url = databases.postgresql_url()
    try:
        with databases.fresh_postgresql(url), Timed(f"PostgreSQL: {', '.join(wanted)}"):
            found.update(_session(url, wanted))
    except databases.Unreachable as unreachable:
        raise StepFailed(str(unreachable)) from unreachable


def _sqlite(chosen: list[str], found: dict[str, Any]) -> None:
    wanted = [name for name in ("W1", "W7") if name in chosen or "sqlite" in chosen]
    if not wanted:
        return
    with tempfile.TemporaryDirectory(dir=VAR) as folder, Timed(f"SQLite: {', '.join(wanted)}"):
        url = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        figures = _session(url, wanted)
        for name in wanted:
            if name in figures:
                found[f"{name}_sqlite"] = figures[name]
            else:
                found.setdefault("failed", []).append(f"{name}_sqlite")


def _session(url: str, workloads: list[str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        command = [sys.executable, "-m", "bench.session", str(result), ",".join(workloads)]
        subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False)
        found: dict[str, Any] = json.loads(result.read_text()) if result.exists() else {}
    missing = [name for name in workloads if name not in found]
    if missing:
        found["failed"] = missing
        say(f"FAILED: {', '.join(missing)}; the message is above.")
    return found


def machine() -> dict[str, Any]:
    """What the figures were taken on; the ratios hold elsewhere, the milliseconds do not."""
    return {
        "processors": os.cpu_count(),
        "python": sys.version.split()[0],
        "load": round(os.getloadavg()[0], 2),
    }


if __name__ == "__main__":
    sys.exit(main())
