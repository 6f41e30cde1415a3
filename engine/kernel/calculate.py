"""Working a document out: formulas and steps in the order that the compiler has checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine.catalog.calculation import (
    DistributeStep,
    FormulaStep,
    RowsStep,
    RuleStep,
    Step,
    TaxStep,
)
from engine.catalog.rules import RuleSet
from engine.expr.errors import RoleUnresolved
from engine.kernel.calculation import Calculation, store
from engine.kernel.distribute import largest_remainder
from engine.kernel.finding import Finding, path_of
from engine.kernel.rows import Row, child_path, is_kept, is_typed, rows_at, worth_at
from engine.kernel.rules import Answer, ask
from engine.kernel.step_rows import Kept, make_rows
from engine.kernel.stored import as_stored
from engine.kernel.tax import Component, components


def calculate(calculation: Calculation) -> list[Finding]:
    """Run every step of the doctype on the document, writing into its rows; returns the findings.

    Fields that a person typed over (``typed``) are left alone. A value that does not fit its field
    is left out and found as ``value.too_large``.
    """
    for step in calculation.doctype.steps:
        _run(calculation, step)
    return calculation.findings


def _run(calculation: Calculation, step: Step) -> None:
    if isinstance(step, FormulaStep):
        _formula(calculation, step)
    elif isinstance(step, RuleStep):
        _rules(calculation, step)
    elif isinstance(step, TaxStep):
        _tax(calculation, step)
    elif isinstance(step, RowsStep):
        make_rows(calculation, step)
    else:
        _distribute(calculation, step)


def _formula(calculation: Calculation, step: FormulaStep) -> None:
    target = calculation.doctype.tables[step.path].fields[step.field]
    run, name = step.formula.run, step.field
    frame: dict[str, Any] = {
        "this": None,
        "facts": calculation.facts,
        "worth": worth_at(calculation.doctype, calculation.document),
        "balance": calculation.balance,
        "ask": calculation.ask,
    }
    for row in rows_at(calculation.document, step.path):
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


def _rules(calculation: Calculation, step: RuleStep) -> None:
    table = calculation.doctype.tables[step.each]
    for row in rows_at(calculation.document, step.each):
        frame = calculation.frame(row)
        open_fields = {
            name: expr
            for name, expr in step.set.items()
            if not (step.editable and is_typed(row, name)) and not is_kept(row, name)
        }
        if not open_fields:
            continue
        if step.when is not None and step.when.run(frame) is not True:
            for name in open_fields:
                row[name] = None
            continue
        given = {name: expr.run(frame) for name, expr in step.given.items()}
        answer = _answer(calculation, step, row, given)
        frame["answer"] = answer.values if answer else None
        for name, expr in open_fields.items():
            value = expr.run(frame) if answer is not None else None
            store(calculation, step.each, row, table.fields[name], value)
        if answer is not None and answer.explain:
            path = path_of(row, step.each, next(iter(open_fields)))
            calculation.explanations[path] = answer.explain


def _answer(
    calculation: Calculation, step: RuleStep | TaxStep, row: Row, given: dict[str, Any]
) -> Answer | None:
    """The answer of the step's rule set; None, with a finding where the rule set demands an answer."""
    rules = calculation.catalog.rules[step.rules]
    empty = [
        n for n, g in rules.given.items() if n in given and given[n] is None and not g.optional
    ]
    if empty:
        if isinstance(step, TaxStep) and not calculation.findings:
            # A line is never left untaxed in silence.
            names = ", ".join(name.replace("_", " ") for name in empty)
            place = path_of(row, step.each, step.base)
            calculation.find("rule.not_given", place, f"{rules.name} cannot do without {names}.")
        return None
    around = {**calculation.around(), "ask": calculation.ask}
    answer = ask(rules, given, calculation.facts, calculation.candidates, around)
    if answer is None and rules.none == "error":
        place = next(iter(step.set)) if isinstance(step, RuleStep) else step.base
        calculation.find(
            "rule.no_answer",
            path_of(row, step.each, place),
            f"{rules.name} has no answer for {_asked(calculation, rules, given)}.",
            hint=f"Type a value, or add what {rules.name} looks for.",
        )
    return answer


def _asked(calculation: Calculation, rules: RuleSet, given: Mapping[str, Any]) -> str:
    """``Item Chair, Unit BOX, on 01-01-2016``: what a rule set was given, as people know it.

    A record that was not looked up (a default leads to it) is left out: its id would tell nobody anything.
    """
    words: list[str] = []
    for name, declared in rules.given.items():
        value = given.get(name)
        if value is None:
            continue
        for target in declared.link:
            kind = calculation.catalog.doctypes[target]
            title = calculation.facts.get(target, {}).get(value, {}).get(kind.title_field)
            if title is not None:
                label = kind.label if name == kind.key else name.replace("_", " ")
                words.append(f"{label} {title}")
        if isinstance(value, date):
            words.append(f"on {value:%d-%m-%Y}")
        elif not declared.link:
            words.append(f"{name.replace('_', ' ')} {value}")
    return ", ".join(words) or "this line"


def _tax(calculation: Calculation, step: TaxStep) -> None:
    rules = calculation.catalog.rules[step.rules]
    table = calculation.doctype.tables[step.each]
    into = calculation.doctype.tables[child_path(step.each, step.into)]
    for row in rows_at(calculation.document, step.each):
        if is_kept(row, step.base) or is_kept(row, step.into):
            continue
        frame = calculation.frame(row)
        amount = step.amount.run(frame)
        applies = step.when is None or step.when.run(frame) is True
        lines: tuple[str, ...] = ()
        if amount is not None and applies:
            given = {name: expr.run(frame) for name, expr in step.given.items()}
            answer = _answer(calculation, step, row, {**given, "value": amount})
            lines = answer.lines if answer else ()
        known = Kept(into, row, step.into, ("component",))
        if not lines:
            known.close()
            store(calculation, step.each, row, table.fields[step.base], amount)
            continue
        inclusive = step.inclusive is not None and step.inclusive.run(frame) is True
        base, found = components(
            rules, lines, given, calculation.facts, amount=amount, inclusive=inclusive
        )
        store(calculation, step.each, row, table.fields[step.base], base)
        for component in found:
            _write_component(calculation, into.path, known.take((component.key,)), component)
        known.close()


def _write_component(calculation: Calculation, path: str, row: Row, component: Component) -> None:
    fields = calculation.doctype.tables[path].fields
    values = {
        "component": component.key,
        "rate": component.rate,
        "base": component.base,
        "amount": component.amount,
        **component.give,
    }
    for name, value in values.items():
        store(calculation, path, row, fields[name], value)


def _distribute(calculation: Calculation, step: DistributeStep) -> None:
    frame = calculation.frame()
    table = calculation.doctype.tables[step.over]
    target = table.fields[step.into]
    amount = as_stored(target, step.amount.run(frame) or Decimal(0))
    rows: list[Row] = []
    weights: list[Decimal] = []
    for row in rows_at(calculation.document, step.over):
        frame["row"] = row
        if is_kept(row, step.into):
            continue
        if step.where is not None and step.where.run(frame) is not True:
            row[step.into] = as_stored(target, Decimal(0))
            continue
        rows.append(row)
        weights.append(step.weight.run(frame) or Decimal(0))
    if not rows:
        if amount:
            calculation.find(
                "distribute.no_rows", step.over, f"{amount} has no line to be shared over."
            )
        return
    for row, share in zip(rows, largest_remainder(amount, weights, target.scale), strict=True):
        row[step.into] = share
