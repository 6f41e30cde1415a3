"""``test``: the stories that packs carry, played in memory."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from timeit import default_timer

from engine.cli.shown import compiled_at, many, outcome, print_text, with_found
from engine.kernel.pack_records import check_records
from engine.problems.suggest import did_you_mean
from engine.testing.run import run_tests


def run(options: argparse.Namespace) -> int:
    """Carry the command out; the exit code."""
    compiled = compiled_at(options.path)
    if compiled.catalog is not None:
        compiled = with_found(compiled, check_records(compiled.catalog, Path()))
    if compiled.catalog is None:
        print_text(compiled, 0)
        return outcome(compiled)
    begin = default_timer()
    played = list(run_tests(compiled.catalog, options.only))
    if options.only and not played:
        names = [test.name for test in compiled.catalog.tests.values() if not test.is_scene]
        hint = did_you_mean(options.only, names)
        print(f"No test has '{options.only}' in its name. {hint}".strip(), file=sys.stderr)
        return 2
    for one in played:
        for failure in one.failures:
            print(failure)
    failed = sum(bool(one.failures) for one in played)
    took = default_timer() - begin
    print(f"{many(len(played), 'test')}, {failed} failed ({took:.2f} s)")
    return 1 if failed else 0
