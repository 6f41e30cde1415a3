"""``uses``: where something is used."""

from __future__ import annotations

import argparse
import sys

from engine.catalog.uses import known, uses
from engine.cli.shown import compiled_at, many, outcome, print_text
from engine.problems.suggest import did_you_mean


def run(options: argparse.Namespace) -> int:
    """Carry the command out; the exit code."""
    compiled = compiled_at(options.path, with_mentions=True)
    if compiled.catalog is None:
        print_text(compiled, 0)
        return outcome(compiled)
    every = uses(compiled.catalog, compiled.mentions)
    names = {*known(compiled.catalog), *every}
    if options.name not in names:
        hint = did_you_mean(options.name, names)
        print(f"Nothing is called '{options.name}'. {hint}".strip(), file=sys.stderr)
        return 2
    found = every.get(options.name, ())
    for use in found:
        place = f"{use.span.file}:{use.span.line}:{use.span.column}: " if use.span else ""
        print(f"{place}{use.owner} · {use.place}" + (f": {use.text}" if use.text else ""))
    print(f"{options.name} is used in {many(len(found), 'place')}")
    return 0
