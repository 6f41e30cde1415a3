"""The verb ``distribute``: an amount shared over rows, exact, the shares kept on the rows."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from engine.catalog.calculation import DistributeStep
from engine.catalog.fields import Field
from engine.kernel.calculation import Calculation
from engine.kernel.distribute import shares
from engine.kernel.finding import path_of
from engine.kernel.rows import Row, is_kept, is_typed, rows_below
from engine.kernel.stored import OVERFLOW, as_stored

_NOTHING = Decimal(0)


def run_distribute(calculation: Calculation, step: DistributeStep, rows: Iterable[Row]) -> None:
    """Share out once for every one of ``rows``, rows of the step's ``each``."""
    for row in rows:
        _share_out(calculation, step, row)


def _share_out(calculation: Calculation, step: DistributeStep, parent: Row) -> None:
    frame = calculation.frame(parent)
    rows = rows_below(parent, step.each, step.over)
    if step.each and not rows:
        # A line without rows below it has nobody to share with, and nothing to share.
        return
    target = calculation.doctype.tables[step.over].fields[step.into]
    amount = _amount(calculation, step, target, frame)
    if amount is None:
        return
    sharing: list[Row] = []
    weights: list[Decimal] = []
    for row in rows:
        if is_kept(row, step.into):
            continue
        frame["row"] = row
        if step.where is not None and step.where.run(frame) is not True:
            row[step.into] = as_stored(target, _NOTHING)
        elif target.editable and is_typed(row, step.into):
            # Who typed a share has it; the others share what is left.
            amount -= row[step.into] or _NOTHING
        else:
            sharing.append(row)
            weights.append(step.weight.run(frame) or _NOTHING)
    if not sharing:
        if amount:
            name = step.over.removeprefix(step.each).strip(".")
            place = path_of(parent, step.each, name) if step.each else step.over
            sentence = f"{amount} has no line to be shared over."
            hint = "Add a line that takes a share, or leave the amount out."
            calculation.find("distribute.no_rows", place, sentence, hint=hint)
        return
    found = shares(amount, weights, target.scale, step.method)
    for row, share in zip(sharing, found, strict=True):
        row[step.into] = share


def _amount(
    calculation: Calculation, step: DistributeStep, target: Field, frame: dict[str, Any]
) -> Decimal | None:
    """The amount in the unit of the shares; None where it does not fit, which is found."""
    applies = step.when is None or step.when.run(frame) is True
    value = (step.amount.run(frame) if applies else None) or _NOTHING
    amount = as_stored(target, value)
    if amount is not OVERFLOW:
        return Decimal(amount)
    label = target.label
    sentence = f"{label}: {value} is more than the field holds."
    calculation.find("value.too_large", step.over, sentence, hint="Enter a smaller amount.")
    return None
