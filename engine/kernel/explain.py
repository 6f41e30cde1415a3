"""Why a value is what it is: who wrote it, by which formula or step, and from what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
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
    expressions_of_step,
)
from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field, child_path
from engine.expr.inputs import Input, inputs
from engine.expr.program import Expr
from engine.kernel.finding import path_of
from engine.kernel.rows import Row, is_typed, rows_below
from engine.problems.problem import Span


@dataclass(frozen=True, slots=True)
class Explanation:
    """``by``: ``person``, ``formula``, ``rules``, ``tax``, ``distribute``, ``rows``, ``pair``; ``source``: a part of
    another row.

    ``key``: of the step. ``text``: the formula, or what the step works on. ``inputs``: what went in.
    ``because``: why the rule set answered as it did, where one was asked.
    """

    by: str
    text: str
    key: str = ""
    span: Span | None = None
    inputs: tuple[Input, ...] = ()
    because: str = ""


class NoSuchField(Exception):
    """The path leads to no field of the document; the text says where it stops."""


_STEP = re.compile(r"([a-z_][a-z0-9_]*)(?:\[(\d{1,6})\])?\Z")


def explain_at(
    doctype: Doctype,
    document: Row,
    place: str,
    frame: Mapping[str, Any],
    explanations: Mapping[str, str],
) -> Explanation:
    """Why the field at ``place`` (``items[0].taxable``) holds what it holds; ``frame`` as in ``explain``.

    ``explanations``: JSON path → why a rule set answered as it did. Raises NoSuchField.
    """
    path, row, name = _found(doctype, document, place)
    found = explain(doctype, row, path, name, frame)
    if found.by in ("person", "formula", "source"):
        return found
    return replace(found, because=_because(doctype, path, row, name, explanations))


def _found(doctype: Doctype, document: Row, place: str) -> tuple[str, Row, str]:
    """(table path, row, field) of a JSON path."""
    path, row = "", document
    *above, last = place.split(".")
    for part in above:
        step = _STEP.match(part)
        rows = row.get(step[1]) if step is not None and step[2] is not None else None
        if step is None or not isinstance(rows, list) or int(step[2]) >= len(rows):
            raise NoSuchField(f"The document has no row '{part}' in '{place}'.")
        path, row = child_path(path, step[1]), rows[int(step[2])]
    field = doctype.tables[path].fields.get(last)
    if field is None or field.type in ("table", "back"):
        raise NoSuchField(f"{doctype.tables[path].row_type} has no field '{last}'.")
    return path, row, last


def _because(
    doctype: Doctype, path: str, row: Row, name: str, explanations: Mapping[str, str]
) -> str:
    """What is told of the field, of its row, or of what its row belongs to."""
    places = [path_of(row, path, name)]
    while path:
        places.append(path_of(row, path))
        writer = path.rpartition(".")[2]
        path, row = doctype.tables[path].parent or "", row["parent"]
        places.append(path_of(row, path, writer))
    return next((explanations[place] for place in places if place in explanations), "")


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
    return replace(_of_step(step, row, _row_of(step, row, path), frame), because=because)


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
    match step:
        case TaxStep():
            return f"{step.each}.{step.into}".strip(".") == path
        case RowsStep() | RuleStep():
            return step.into == path
        case PairStep():
            return path in (step.into, step.left_into, step.right_into)
    return False


def _row_of(step: Step, row: Row, path: str) -> Row:
    """The row that a step goes through: of a component of tax it is the line above."""
    each = each_of(step)
    for _ in range(_depth(path) - _depth(each)):
        row = row["parent"]
    return row


def _depth(path: str) -> int:
    return path.count(".") + bool(path)


def _of_step(step: Step, written: Row, row: Row, frame: Mapping[str, Any]) -> Explanation:
    """``written``: the row that the value stands in; ``row``: the one that the step went through for it."""
    inner = {**frame, "row": row}
    match step:
        case RuleStep():
            given = tuple(_given(step.given, inner))
            return Explanation("rules", step.rules, step.key, _span(step), given)
        case TaxStep():
            given = tuple(_given(step.given, inner))
            amount = Input(step.amount.source, step.amount.run(inner))
            return Explanation("tax", step.rules, step.key, _span(step), (amount, *given))
        case DistributeStep():
            sharing = _sharing(step, row, frame)
            weights = [step.weight.run({**frame, "row": other}) for other in sharing]
            own = {**frame, "row": written}
            found = (
                Input(step.amount.source, step.amount.run(inner)),
                Input(step.weight.source, step.weight.run(own)),
                Input(f"sum({step.weight.source})", sum(w for w in weights if w is not None)),
            )
            text = f"{step.amount.source} over {step.over} by {step.weight.source}"
            return Explanation("distribute", text, step.key, _span(step), found)
        case RowsStep():
            parts = tuple(part for expr in step.set.values() for part in _read(expr, inner))
            return Explanation("rows", step.into, step.key, _span(step), parts)
        case PairStep():
            by = written.get(step.found_by) if step.found_by else None
            parts = (Input(step.found_by or "", by),) if by is not None else ()
            text = (
                f"{step.left.name} and {step.right.name} by {', '.join(p.key for p in step.passes)}"
            )
            return Explanation("pair", text, step.key, _span(step), parts)
    return Explanation("formula", "")


def _given(given: Mapping[str, Expr], frame: Mapping[str, Any]) -> Iterator[Input]:
    """What a rule set was given; what came from rows of a source that are not at hand any more is left out."""
    for name, expr in given.items():
        try:
            yield Input(name, expr.run(frame))
        except KeyError:
            continue


def _sharing(step: DistributeStep, parent: Row, frame: Mapping[str, Any]) -> Iterator[Row]:
    for row in rows_below(parent, step.each, step.over):
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
