"""The verb ``rules``: a rule set is asked, its answer written into fields, or its answers into rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from engine.catalog.calculation import RuleStep, TaxStep
from engine.catalog.fields import child_path
from engine.catalog.rules import RuleSet
from engine.catalog.sources import RowSource
from engine.kernel.calculation import Calculation, Kept, store, stored_key
from engine.kernel.finding import path_of
from engine.kernel.periods import SourceRefused
from engine.kernel.rows import Row, is_kept, is_typed
from engine.kernel.rules import Answer, ask, ask_all
from engine.kernel.sources import source_rows


def run_rules(calculation: Calculation, step: RuleStep, rows: Iterable[Row]) -> None:
    """Ask for every one of ``rows``, rows of the step's ``each``."""
    for row in rows:
        if step.into:
            _into_rows(calculation, step, row)
        else:
            _into_fields(calculation, step, row)


def _into_fields(calculation: Calculation, step: RuleStep, row: Row) -> None:
    table = calculation.doctype.tables[step.each]
    frame = calculation.frame(row)
    open_fields = {
        name: expr
        for name, expr in step.set.items()
        if not (step.editable and is_typed(row, name)) and not is_kept(row, name)
    }
    if not open_fields:
        return
    if step.when is not None and step.when.run(frame) is not True:
        for name in open_fields:
            row[name] = None
        return
    given = {name: expr.run(frame) for name, expr in step.given.items()}
    answer = answer_of(calculation, step, row, given, next(iter(step.set)))
    frame["answer"] = answer.values if answer else None
    for name, expr in open_fields.items():
        value = expr.run(frame) if answer is not None else None
        store(calculation, step.each, row, table.fields[name], value)
    why = answer.explain if answer is not None else ""
    if why or calculation.explanations:
        calculation.explain(path_of(row, step.each, next(iter(open_fields))), why)


def _into_rows(calculation: Calculation, step: RuleStep, parent: Row) -> None:
    """A row per answer, of every row of the source (of the row itself where there is none)."""
    name = step.into.rpartition(".")[2]
    if is_kept(parent, name):
        return
    fields = calculation.doctype.tables[step.into].fields
    frame = calculation.frame(parent)
    known = Kept(calculation.doctype.tables[step.into], parent, name, step.identity)
    place = path_of(parent, step.each, name)
    for inner in _asking(calculation, step.source, frame, place):
        if step.when is not None and step.when.run(inner) is not True:
            continue
        given = {key: expr.run(inner) for key, expr in step.given.items()}
        for answer in answers_of(calculation, step, parent, given, name):
            inner["answer"] = answer.values
            values = {key: expr.run(inner) for key, expr in step.set.items()}
            row = known.take(stored_key(fields, step.identity, values))
            for key, value in values.items():
                store(calculation, step.into, row, fields[key], value)
            calculation.explain(path_of(row, step.into), answer.explain)
    known.close()


def _asking(
    calculation: Calculation, source: RowSource | None, frame: dict[str, Any], place: str
) -> Iterable[dict[str, Any]]:
    """A frame per row for which the rule set is asked."""
    if source is None:
        return [frame]
    try:
        return [{**frame, source.name: row} for row in source_rows(source, frame)]
    except SourceRefused as refused:
        calculation.find("rows.too_many", place, str(refused))
        return []


def answers_of(
    calculation: Calculation, step: RuleStep, row: Row, given: dict[str, Any], place: str
) -> Sequence[Answer]:
    """All answers; none, with a finding where the rule set demands one."""
    rules = calculation.catalog.rules[step.rules]
    if rules.pick != "all":
        found = answer_of(calculation, step, row, given, place)
        return [found] if found is not None else []
    if lacks_given(calculation, step, row, given, place):
        return []
    around = {**calculation.around(), "ask": calculation.ask}
    answers = ask_all(rules, given, calculation.facts, calculation.candidates, around)
    if not answers and rules.none == "error":
        _no_answer(calculation, step, row, given, place)
    return answers


def answer_of(
    calculation: Calculation,
    step: RuleStep | TaxStep,
    row: Row,
    given: dict[str, Any],
    place: str,
) -> Answer | None:
    """The answer of the step's rule set; None, with a finding at field ``place`` where it demands one."""
    rules = calculation.catalog.rules[step.rules]
    if lacks_given(calculation, step, row, given, place):
        return None
    around = {**calculation.around(), "ask": calculation.ask}
    answer = ask(rules, given, calculation.facts, calculation.candidates, around)
    if answer is None and rules.none == "error":
        _no_answer(calculation, step, row, given, place)
    return answer


def _no_answer(
    calculation: Calculation,
    step: RuleStep | TaxStep,
    row: Row,
    given: Mapping[str, Any],
    place: str,
) -> None:
    rules = calculation.catalog.rules[step.rules]
    calculation.find(
        "rule.no_answer",
        path_of(row, step.each, place),
        f"{rules.name} has no answer for {_asked(calculation, rules, given)}.",
        hint=f"Type a value, or add what {rules.name} looks for.",
    )


def lacks_given(
    calculation: Calculation,
    step: RuleStep | TaxStep,
    row: Row,
    given: Mapping[str, Any],
    place: str,
) -> bool:
    """Whether something is null that the rule set cannot do without; a line is never left untaxed in silence."""
    rules = calculation.catalog.rules[step.rules]
    empty = [
        n for n, g in rules.given.items() if n in given and given[n] is None and not g.optional
    ]
    if empty and isinstance(step, TaxStep) and not calculation.findings:
        names = ", ".join(name.replace("_", " ") for name in empty)
        path = path_of(row, step.each, place)
        said = f"{rules.name} cannot do without {names}."
        calculation.find("rule.not_given", path, said, hint=f"Fill in {names}.")
    return bool(empty)


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


def table_of(step: TaxStep) -> str:
    """The path of the table that takes the components."""
    return child_path(step.each, step.into)
