"""``plan``: what a publish would change, and at what risk, without a database."""

from __future__ import annotations

import argparse

from engine.catalog.whole import Catalog
from engine.cli.shown import compiled_at, many, outcome, print_text
from engine.compiler.compile import Compiled
from engine.plan.difference import worst
from engine.plan.migration import migration
from engine.plan.outside import lost_names
from engine.plan.sql import VENDORS, statements
from engine.plan.tables import tables


def run(options: argparse.Namespace) -> int:
    """Carry the command out; the exit code."""
    found: list[Catalog] = []
    for path in (options.old, options.new):
        compiled = compiled_at(path)
        if compiled.catalog is None:
            print_text(compiled, 0)
            return outcome(compiled)
        found.append(compiled.catalog)
    move = migration(tables(found[0]), found[1], found[0])
    if move.rewrite.unfit:
        print_text(Compiled(None, move.rewrite.unfit), 0)
        return 1
    for change in move.changes:
        print(f"{change.risk:<12} {change.text}")
        for vendor in VENDORS if options.sql == "both" else (options.sql,) if options.sql else ():
            for statement in statements(change, vendor):
                print(f"    {vendor:<11} {statement}")
    lost = lost_names(*found)
    for text in lost:
        print(f"{'outside':<12} {text}")
    left = f"; {many(len(lost), 'name')} that outsiders use" if lost else ""
    print(f"{many(len(move.changes), 'change')}: {worst(move.changes)}{left}")
    return 0
