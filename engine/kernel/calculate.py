"""Working a document out: formulas and steps in the order that the compiler has checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from engine.catalog.calculation import (
    DistributeStep,
    FormulaStep,
    PairStep,
    RowsStep,
    RuleStep,
    Step,
    TaxStep,
    each_of,
)
from engine.kernel.calculation import Calculation
from engine.kernel.finding import Finding
from engine.kernel.rows import Row, rows_at
from engine.kernel.step_distribute import run_distribute
from engine.kernel.step_formula import run_formula
from engine.kernel.step_pair import run_pair
from engine.kernel.step_rows import run_rows
from engine.kernel.step_rules import run_rules
from engine.kernel.step_tax import run_tax

_VERBS: dict[type, Callable[[Calculation, Any, Iterable[Row]], None]] = {
    FormulaStep: run_formula,
    RuleStep: run_rules,
    TaxStep: run_tax,
    DistributeStep: run_distribute,
    RowsStep: run_rows,
    PairStep: run_pair,
}


def calculate(calculation: Calculation) -> list[Finding]:
    """Run every step of the doctype on the document, writing into its rows; returns the findings.

    Fields that a person typed over (``typed``) are left alone. A value that does not fit its field
    is left out and found as ``value.too_large``.
    """
    for step in calculation.doctype.steps:
        run_step(calculation, step, rows_at(calculation.document, each_of(step)))
    return calculation.findings


def run_step(calculation: Calculation, step: Step, rows: Iterable[Row]) -> None:
    """Run one step for ``rows``, rows of the table that it goes through (``each_of``)."""
    _VERBS[type(step)](calculation, step, rows)
