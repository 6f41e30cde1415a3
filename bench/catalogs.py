"""How long a catalog takes: `python -m bench.catalogs RESULT.json`.

metadata/, and generated ones of 150 and 500 doctypes.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

from bench import generated
from bench.measure import Times
from engine.compiler.compile import Compiled, compile_folder
from engine.source.load import Files
from scripts.places import ROOT

GENERATED_DOCTYPES = 150
REPETITIONS = 5


def main(result: Path) -> None:
    shipped = Times()
    for _ in range(REPETITIONS):
        shipped.take(lambda: _compile(ROOT / "metadata"))
    with tempfile.TemporaryDirectory() as folder:
        generated.write(Path(folder), GENERATED_DOCTYPES)
        large = Times()
        for _ in range(REPETITIONS):
            large.take(lambda: _compile(Path(folder)))
        load = _load(Path(folder))
    cold, again = _whole_company()
    result.write_text(
        json.dumps(
            {
                "compile_metadata": {"p50_ms": round(shipped.p50_ms, 1)},
                "compile_generated": {
                    "p50_ms": round(large.p50_ms, 1),
                    "doctypes": GENERATED_DOCTYPES,
                },
                "compile_500": {"p50_ms": round(cold, 1), "doctypes": 500, "fields": 10_000},
                "compile_500_one_file": {"p50_ms": round(again, 1)},
                "start_generated": {"p50_ms": round(load, 1), "doctypes": GENERATED_DOCTYPES},
            }
        )
    )


def _whole_company() -> tuple[float, float]:
    """Milliseconds to compile 500 doctypes of 20 fields: cold, and after a change of one file."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generated.write(folder, 500, 20)
        changing = folder / "thing_100.yaml"
        text = changing.read_text()
        cold, again = Times(), Times()
        for repetition in range(REPETITIONS):
            files = Files()
            cold.take(lambda files=files: _compile(folder, files))  # type: ignore[misc]
            changing.write_text(f"{text}# {repetition}\n")
            again.take(lambda files=files: _compile(folder, files))  # type: ignore[misc]
    return cold.p50_ms, again.p50_ms


def _compile(folder: Path, files: Files | None = None) -> Compiled:
    compiled = compile_folder(folder, files)
    if compiled.catalog is None:
        problems = "\n".join(str(problem) for problem in compiled.problems[:5])
        raise SystemExit(f"{folder} does not compile:\n{problems}")
    return compiled


def _load(folder: Path) -> float:
    """Milliseconds of what a server process does at its start: `django.setup()`, compile, make the catalog live."""
    started = time.perf_counter()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "engine_runtime.project.settings")
    import django  # noqa: PLC0415 - its import and set-up are what is measured

    django.setup()
    from engine_runtime.active.catalog import remember  # noqa: PLC0415 - after set-up

    catalog = _compile(folder).catalog
    assert catalog is not None
    remember(catalog, 1)
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main(Path(sys.argv[1]))
