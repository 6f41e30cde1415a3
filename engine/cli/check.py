"""``check``: every problem of what lies at a path."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from timeit import default_timer

from engine.cli.shown import compiled_at, counts, outcome, print_text, with_found
from engine.compiler.compile import Compiled
from engine.kernel.pack_records import check_records
from engine.kernel.proof import unbalanced_postings
from engine.problems.render import as_annotation, as_json


def run(options: argparse.Namespace) -> int:
    """Carry the command out; the exit code."""
    begin = default_timer()
    compiled = _proved(compiled_at(options.path))
    took = default_timer() - begin
    if options.format == "json":
        print(json.dumps(_report(compiled, took), indent=2, ensure_ascii=False))
    elif options.format == "github":
        for problem in compiled.problems:
            print(as_annotation(problem))
    else:
        print_text(compiled, took)
    return outcome(compiled)


def _proved(compiled: Compiled) -> Compiled:
    """Without a catalog where a made-up document does not balance, or a data file cannot be loaded."""
    if compiled.catalog is None:
        return compiled
    wrong = [*check_records(compiled.catalog, Path()), *unbalanced_postings(compiled.catalog)]
    return with_found(compiled, wrong)


def _report(compiled: Compiled, took: float) -> dict[str, object]:
    return {
        "ok": compiled.catalog is not None,
        "digest": compiled.catalog.digest if compiled.catalog else None,
        "counts": counts(compiled.catalog),
        "seconds": round(took, 3),
        "problems": [as_json(problem) for problem in compiled.problems],
    }
