"""``docs``: the reference pages, and the schemas for editors."""

from __future__ import annotations

import argparse
import json
import sys

from engine.cli.shown import many
from engine.compiler.codes import CODES
from engine.expr.reference import functions_page
from engine.spec.json_schema import schemas
from engine.spec.reference import pages


def run(options: argparse.Namespace) -> int:
    """Carry the command out; the exit code."""
    wanted = {options.to / name: text for name, text in pages(CODES).items()}
    wanted[options.to / "functions.md"] = functions_page()
    for name, schema in schemas().items():
        text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        wanted[options.to / "schemas" / f"{name}.schema.json"] = text
    stale = [
        path
        for path, text in wanted.items()
        if not path.exists() or path.read_text("utf-8") != text
    ]
    if options.check:
        for path in stale:
            print(f"{path} is out of date: run python -m engine docs", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8")
    print(f"{many(len(stale), 'file')} of {len(wanted)} written to {options.to}")
    return 0
