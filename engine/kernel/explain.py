"""Why a value is what it is: who wrote it, by which formula or step, and from what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.catalog.calculation import (
    DistributeStep,
    FormulaStep,
    RowsStep,
    RuleStep,
    Step,
    TaxStep,
    expressions_of_step,
)
from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field
from engine.expr.inputs import Input, inputs
from engine.expr.program import Expr
from engine.kernel.rows import Row, is_typed, rows_at
from engine.problems.problem import Span


@dataclass(frozen=True, slots=True)
class Explanation:
    """``by``: ``person``, ``formula``, ``rules``, ``tax``, ``distribute``, ``rows``; ``source``: a part of another row.

    ``key``: of the step. ``text``: the formula, or what the step works on. ``inputs``: what went in.
    ``because``: why the rule set answered as it did, where one was asked.
    """

    by: str
    text: str
    key: str = ""
    span: Span | None = None
    inputs: tuple[Input, ...] = ()
    because: str = ""


def explain(
    doctype: Doctype,
    row: Row,
    path: str,
    name: str,
    frame: Mapping[str, Any],
    because: str = "",
) -> Explanation:
    """Why field ``name`` of ``row`` (of the table at ``path``) holds what it holds.

    ``frame`` is that of the document: this, facts, worth, balance, read. ``because``: the stored
    explanation of the rule set that was asked, if one was.
    """
    field = doctype.tables[path].fields[name]
    if name in row.get("kept", ()):
        return Explanation("source", "The part that this row is of the row it was made from.")
    if field.editable and is_typed(row, name):
        return Explanation("person", "Typed over by a person.")
    if field.formula is not None:
        own = {**frame, "this": row}
        return Explanation(
            "formula",
            field.formula.source,
            span=field.formula.span,
            inputs=tuple(inputs(field.formula.tree, own)),
        )
    step = _writer(doctype, path, field)
    if step is None:
        return Explanation("person", "Filled in by a person, or by its default.")
    return replace(_of_step(step, _row_of(step, row), frame), because=because)


def _writer(doctype: Doctype, path: str, field: Field) -> Step | None:
    """The step that writes a field; of a generated table, the step that makes its rows."""
    table = doctype.tables[path]
    for step in doctype.steps:
        if isinstance(step, FormulaStep):
            continue
        if step.key == field.writer or (table.generated and _makes(step, path)):
            return step
    return None


def _makes(step: Step, path: str) -> bool:
    if isinstance(step, TaxStep):
        return f"{step.each}.{step.into}".strip(".") == path
    return isinstance(step, RowsStep) and step.into == path


def _row_of(step: Step, row: Row) -> Row:
    """The row that a step goes through: of a component of tax it is the line above."""
    return row["parent"] if isinstance(step, TaxStep) and "component" in row else row


def _of_step(step: Step, row: Row, frame: Mapping[str, Any]) -> Explanation:
    inner = {**frame, "row": row}
    match step:
        case RuleStep():
            given = tuple(Input(name, expr.run(inner)) for name, expr in step.given.items())
            return Explanation("rules", step.rules, step.key, _span(step), given)
        case TaxStep():
            given = tuple(Input(name, expr.run(inner)) for name, expr in step.given.items())
            amount = Input(step.amount.source, step.amount.run(inner))
            return Explanation("tax", step.rules, step.key, _span(step), (amount, *given))
        case DistributeStep():
            weights = [step.weight.run({**frame, "row": other}) for other in _sharing(step, frame)]
            found = (
                Input(step.amount.source, step.amount.run(frame)),
                Input(step.weight.source, step.weight.run(inner)),
                Input(f"sum({step.weight.source})", sum(w for w in weights if w is not None)),
            )
            text = f"{step.amount.source} over {step.over} by {step.weight.source}"
            return Explanation("distribute", text, step.key, _span(step), found)
        case RowsStep():
            parts = tuple(part for expr in step.set.values() for part in _read(expr, inner))
            return Explanation("rows", step.into, step.key, _span(step), parts)
    return Explanation("formula", "")


def _sharing(step: DistributeStep, frame: Mapping[str, Any]) -> Iterator[Row]:
    for row in rows_at(frame["this"], step.over):
        if step.where is None or step.where.run({**frame, "row": row}) is True:
            yield row


def _read(expr: Expr, frame: Mapping[str, Any]) -> list[Input]:
    """The parts of an expression over a source's row are not at hand any more: those of the document are."""
    try:
        return inputs(expr.tree, frame)
    except KeyError:
        return []


def _span(step: Step) -> Span | None:
    return next((expression.span for expression in expressions_of_step(step)), None)
