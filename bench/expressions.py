"""How long an expression takes, and the import of the engine: ``python -m bench.expressions RESULT.json``.

One evaluation of ``qty * rate * (1 - discount / 100)`` as a closure, as it runs in a document; and, each in a
process of its own, the imports of the command line and of everything that compiling a pack needs.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import timeit
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

from engine.compiler.compile import compile_folder
from engine.expr.program import Expr
from scripts.places import ROOT

PACK = """\
doctype: Bill
fields:
  qty: {type: quantity}
  rate: {type: rate}
  discount: {type: percent}
  amount: {type: decimal, formula: qty * rate * (1 - discount / 100)}
"""
FIELDS = {"qty": Decimal("12.500"), "rate": Decimal("1234.55"), "discount": Decimal("7.5")}
RUNS = 20_000
REPETITIONS = 9
IMPORTS = {"import_command_line": "engine.cli", "import_compiler": "engine.compiler.compile"}
_TIMED = """
import sys, time
started = time.perf_counter()
import {module}
print((time.perf_counter() - started) * 1000, any(name.partition('.')[0] == 'django' for name in sys.modules))
"""


def main(result: Path) -> None:
    found: dict[str, Any] = {"closure": {"p50_ms": round(_closure_ms(), 5)}}
    for name, module in IMPORTS.items():
        found[name] = {"p50_ms": round(_import_ms(module), 1)}
    result.write_text(json.dumps(found))


def _closure_ms() -> float:
    """Milliseconds of one evaluation."""
    run, frame = _formula().run, {"this": FIELDS, "facts": {}}
    assert run(frame) == Decimal("14274.484375"), run(frame)
    timer = timeit.Timer(lambda: run(frame))
    return median(timer.repeat(REPETITIONS, RUNS)) / RUNS * 1000


def _formula() -> Expr:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "bill.yaml").write_text(PACK)
        catalog = compile_folder(Path(folder)).catalog
    assert catalog is not None
    formula = catalog.doctypes["Bill"].fields["amount"].formula
    assert formula is not None
    return formula


def _import_ms(module: str) -> float:
    """Milliseconds of the import in a new process whose byte code is compiled; Django must not come along."""
    times = []
    for _ in range(REPETITIONS):
        told = subprocess.run(
            [sys.executable, "-c", _TIMED.format(module=module)],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout.split()  # fmt: skip
        assert told[1] == "False", f"{module} imports Django"
        times.append(float(told[0]))
    return min(times)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
