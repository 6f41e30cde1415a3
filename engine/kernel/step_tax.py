"""The verb ``tax``: a row per component, and what of the amount is taxable.

Rounded line by line, or (``round: document``) per component and rate over all lines, each line
taking its share of the rounded sum: lines then add up to what the document's total says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from engine.catalog.calculation import TaxStep
from engine.kernel.calculation import Calculation, Kept, store
from engine.kernel.distribute import parted, rounded
from engine.kernel.finding import path_of
from engine.kernel.rows import Row, is_kept, is_typed
from engine.kernel.step_rules import answer_of, table_of
from engine.kernel.tax import Component, NoBase, base_of, components


@dataclass(slots=True)
class _Taxed:
    """One line: ``amount`` None is not taxed for want of one."""

    row: Row
    amount: Decimal | None
    inclusive: bool
    components: list[Component]


def run_tax(calculation: Calculation, step: TaxStep, rows: Iterable[Row]) -> None:
    """Tax ``rows``, rows of the step's ``each``; all of them where the document is rounded as a whole."""
    taxed = [
        _worked_out(calculation, step, row)
        for row in rows
        if not is_kept(row, step.base) and not is_kept(row, step.into)
    ]
    if step.round == "document":
        _round_together(taxed)
    for one in taxed:
        _write(calculation, step, one)


def _worked_out(calculation: Calculation, step: TaxStep, row: Row) -> _Taxed:
    frame = calculation.frame(row)
    amount = step.amount.run(frame)
    applies = step.when is None or step.when.run(frame) is True
    if amount is None or not applies:
        return _Taxed(row, amount, False, [])
    given = {name: expr.run(frame) for name, expr in step.given.items()}
    answer = answer_of(calculation, step, row, {**given, "value": amount}, step.base)
    inclusive = step.inclusive is not None and step.inclusive.run(frame) is True
    if answer is None or not answer.lines:
        return _Taxed(row, amount, inclusive, [])
    rules = calculation.catalog.rules[step.rules]
    try:
        found = components(
            rules,
            answer.lines,
            given,
            calculation.facts,
            amount=amount,
            inclusive=inclusive,
        )
    except NoBase:
        message = f"{rules.name}: rates of -100 % in all leave no amount before tax."
        hint = f"Correct the rates in {rules.name}, or enter the price without tax."
        calculation.find("tax.no_base", path_of(row, step.each, step.base), message, hint=hint)
        return _Taxed(row, amount, inclusive, [])
    if answer.explain:
        calculation.explain(path_of(row, step.each, step.base), answer.explain)
    return _Taxed(row, amount, inclusive, found)


def _round_together(taxed: list[_Taxed]) -> None:
    """Round the sum of every component and rate, and share it over the lines it came from."""
    groups: dict[tuple[str, Decimal], list[tuple[_Taxed, int]]] = {}
    for one in taxed:
        for index, component in enumerate(one.components):
            groups.setdefault((component.key, component.rate), []).append((one, index))
    for members in groups.values():
        exact = [one.components[index].exact for one, index in members]
        places = members[0][0].components[members[0][1]].places
        total = rounded(sum(exact, Fraction(0)), places)
        for (one, index), share in zip(members, parted(total, exact, places), strict=True):
            one.components[index] = replace(one.components[index], amount=share)


def _write(calculation: Calculation, step: TaxStep, one: _Taxed) -> None:
    path = table_of(step)
    into = calculation.doctype.tables[path]
    if step.editable:
        _name_typed(one, step.into)
    known = Kept(into, one.row, step.into, ("component",))
    made: list[Component] = []
    rows = [known.take((component.key,)) for component in one.components]
    known.close()
    for component, row in zip(one.components, rows, strict=True):
        if step.editable and is_typed(row, "amount") and row["amount"] is not None:
            component = replace(component, amount=row["amount"])
        made.append(component)
    base = one.amount
    if one.inclusive and one.amount is not None:
        base = base_of(one.amount, made)
    target = calculation.doctype.tables[step.each].fields[step.base]
    store(calculation, step.each, one.row, target, base)
    for component, row in zip(made, rows, strict=True):
        _write_component(calculation, path, row, component, base)


def _name_typed(one: _Taxed, into: str) -> None:
    """Rows that a person sent without their component stand for the component in their place."""
    for row, component in zip(one.row[into], one.components, strict=False):
        if row["component"] is None:
            row["component"] = component.key


def _write_component(
    calculation: Calculation, path: str, row: Row, component: Component, base: Decimal | None
) -> None:
    fields = calculation.doctype.tables[path].fields
    values: dict[str, Any] = {
        "component": component.key,
        "rate": component.rate,
        "base": base,
        "amount": component.amount,
        **component.given(base),
    }
    for name, value in values.items():
        store(calculation, path, row, fields[name], value)
