"""The verb ``rows``: rows made from a source; a row that is made again stays the row that it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from engine.catalog.calculation import RowsStep
from engine.expr.formats import shown
from engine.kernel.calculation import Calculation, Kept, store, stored_key
from engine.kernel.finding import path_of
from engine.kernel.periods import SourceRefused
from engine.kernel.rows import Row, is_kept
from engine.kernel.sources import source_rows
from engine.kernel.step_taken import Taken

_NOTHING = Decimal(0)


def run_rows(calculation: Calculation, step: RowsStep, rows: Iterable[Row]) -> None:
    """Make the rows below every one of ``rows``, rows of the step's ``each``."""
    made = list(rows)
    before = Taken(calculation, step, made)
    for row in made:
        _make_rows(calculation, step, row, before)


def _make_rows(calculation: Calculation, step: RowsStep, parent: Row, before: Taken) -> None:
    table = calculation.doctype.tables[step.into]
    name = step.into.rpartition(".")[2]
    if is_kept(parent, name) or (step.editable and any(row["typed"] for row in parent[name])):
        return
    frame = calculation.frame(parent)
    known = Kept(table, parent, name, step.identity)
    if step.when is None or step.when.run(frame) is True:
        for values in _made(calculation, step, parent, frame, before):
            _write(calculation, step, known, values)
    known.close()
    before.note(parent)


def _made(
    calculation: Calculation, step: RowsStep, parent: Row, frame: dict[str, Any], before: Taken
) -> Iterator[dict[str, Any]]:
    """The values of every row that is to be."""
    try:
        rows = source_rows(step.source, frame)
    except SourceRefused as refused:
        calculation.find("rows.too_many", path_of(parent, step.each), str(refused))
        return
    inner = dict(frame)
    if step.want is None or step.take is None:
        for row in rows:
            inner[step.source.name] = row
            yield {name: value.run(inner) for name, value in step.set.items()}
        return
    wanted = step.want.run(frame) or _NOTHING
    left = wanted
    for row in rows:
        if left <= 0:
            return
        inner[step.source.name] = row
        there = step.take.run(inner) or _NOTHING
        told_by = {name: step.set[name].run(inner) for name in step.identity}
        taken = min(left, there - before.of(parent, told_by))
        if taken > 0:
            left -= taken
            inner["taken"] = taken
            yield {name: value.run(inner) for name, value in step.set.items()}
    if left > 0:
        _short(calculation, step, parent, wanted, left)


def _short(
    calculation: Calculation, step: RowsStep, parent: Row, wanted: Decimal, left: Decimal
) -> None:
    name = step.into.rpartition(".")[2]
    label = name.replace("_", " ").capitalize()
    groups = calculation.catalog.country.digit_groups
    calculation.find(
        "rows.short",
        path_of(parent, step.each, name),
        f"{label}: {shown(left, groups)} of {shown(wanted, groups)} cannot be taken from anywhere.",
        hint="Take less, or choose by hand." if step.editable else "Take less.",
    )


def _write(calculation: Calculation, step: RowsStep, known: Kept, values: dict[str, Any]) -> None:
    fields = calculation.doctype.tables[step.into].fields
    row = known.take(stored_key(fields, step.identity, values))
    for name, value in values.items():
        store(calculation, step.into, row, fields[name], value)
