"""Formulas: one field of one row at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from engine.catalog.calculation import FormulaStep
from engine.expr.errors import RoleUnresolved
from engine.kernel.calculation import Calculation, store
from engine.kernel.rows import Row, is_kept, is_typed


def run_formula(calculation: Calculation, step: FormulaStep, rows: Iterable[Row]) -> None:
    """Write the field of every one of ``rows``, rows of the step's table; what a person typed over stays."""
    target = calculation.doctype.tables[step.path].fields[step.field]
    run, name = step.formula.run, step.field
    frame = calculation.frame()
    for row in rows:
        if (step.editable and is_typed(row, name)) or is_kept(row, name):
            continue
        frame["this"] = row
        store(calculation, step.path, row, target, _unless_unresolved(run, frame))


def _unless_unresolved(run: Callable[[Any], Any], frame: dict[str, Any]) -> Any:
    """The value, or None where ``role()`` finds no account: a draft may lack it, a posting says so."""
    try:
        return run(frame)
    except RoleUnresolved:
        return None
