"""The workloads on one database, in a process of their own: `python -m bench.session RESULT.json W1,W3`.

DATABASE_URL names an empty database. The result is written after each workload, so that a failure loses only its own.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from bench.measure import MeasurementFailed


def main(result: Path, chosen: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    import django  # noqa: PLC0415 - its settings come from the environment

    django.setup()
    from bench.run import Run  # noqa: PLC0415 - needs Django set up

    started = time.perf_counter()
    run = Run()
    print(
        f"  demo company with {len(run.world.items)} items: {time.perf_counter() - started:.1f} s",
        flush=True,
    )
    found: dict[str, Any] = {}
    for name in chosen:
        started = time.perf_counter()
        try:
            found[name] = run.workload(name)
        except MeasurementFailed as failure:
            print(f"  {name} FAILED: {failure}", flush=True)
            continue
        result.write_text(json.dumps(found))
        print(f"  {name}: {time.perf_counter() - started:.1f} s", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2].split(","))
