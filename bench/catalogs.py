"""How long a catalog takes: `python -m bench.catalogs RESULT.json`. metadata/, and a generated one of 150 doctypes."""

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
    result.write_text(
        json.dumps(
            {
                "compile_metadata": {"p50_ms": round(shipped.p50_ms, 1)},
                "compile_generated": {
                    "p50_ms": round(large.p50_ms, 1),
                    "doctypes": GENERATED_DOCTYPES,
                },
                "start_generated": {"p50_ms": round(load, 1), "doctypes": GENERATED_DOCTYPES},
            }
        )
    )


def _compile(folder: Path) -> Compiled:
    compiled = compile_folder(folder)
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
