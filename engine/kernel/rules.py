"""Asking a rule set: the answers of cases, of rows that users edit, or of a field of a given record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.catalog.rules import Case, RuleSet, RuleSource
from engine.catalog.whole import Catalog
from engine.kernel.rows import Facts, Row
from engine.kernel.rule_rows import fitting, ranked

Candidates = Mapping[str, Sequence[Row]]
"""Doctype name → rows of it that may match (a superset is fine); ``RuleRows`` are looked up by an index."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``values`` by name; ``lines`` names the tax lines of a case; ``explain`` says why.

    ``case``: the case, or the doctype and id of the row (``Item Price 12``), that gave it.
    """

    values: dict[str, Any]
    lines: tuple[str, ...] = ()
    explain: str = ""
    case: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """What the rule set was given: with the version of the catalog, all that the answer hangs on."""


def ask(
    rules: RuleSet,
    given: Mapping[str, Any],
    facts: Facts,
    candidates: Candidates,
    around: Mapping[str, Any] | None = None,
) -> Answer | None:
    """The answer of ``rules`` for ``given`` (name → value), or None where nothing applies.

    A case set answers with its first case that holds on the given ``date``; a row set with the
    row that ``prefer`` puts first, looking in its sources in their order. Where nothing fits, ``none``
    may be a value. ``around``: what its expressions may ask besides (``balance``, ``read``, ``ask``).
    """
    frame = _frame(rules, given, facts, around)
    for answer in _answers(rules, frame, candidates):
        return answer
    return _none(rules, frame)


def ask_all(
    rules: RuleSet,
    given: Mapping[str, Any],
    facts: Facts,
    candidates: Candidates,
    around: Mapping[str, Any] | None = None,
) -> list[Answer]:
    """Every answer, of ``pick: all``: cases in their order, rows as ``prefer`` orders them.

    A set of another ``pick`` has one answer at most.
    """
    if rules.pick != "all":
        answer = ask(rules, given, facts, candidates, around)
        return [answer] if answer is not None else []
    frame = _frame(rules, given, facts, around)
    found = list(_answers(rules, frame, candidates))
    none = _none(rules, frame) if not found else None
    return found or ([none] if none is not None else [])


Asker = Callable[[str, Mapping[str, Any]], "Mapping[str, Any] | None"]
"""What ``frame['ask']`` is: (key of a rule set, what it is given) → its answers by name."""


def asker(
    catalog: Catalog,
    facts: Facts,
    candidates: Candidates,
    around: Mapping[str, Any] | None = None,
    unanswered: Callable[[RuleSet], None] | None = None,
) -> Asker:
    """The ``ask`` of a frame: rule sets called as functions in expressions.

    Null where a given that is not optional is null, and where the rule set has no answer;
    ``unanswered`` is told where it demands one. ``around`` as in ``ask``.
    """
    by_key = {rules.key: rules for rules in catalog.rules.values()}
    inner: dict[str, Any] = dict(around or {})

    def answer(key: str, given: Mapping[str, Any]) -> Mapping[str, Any] | None:
        rules = by_key[key]
        if any(given.get(n) is None and not each.optional for n, each in rules.given.items()):
            return None
        found = ask(rules, given, facts, candidates, inner)
        if found is None and rules.none == "error" and unanswered is not None:
            unanswered(rules)
        return None if found is None else found.values

    inner["ask"] = answer
    return answer


def _frame(
    rules: RuleSet, given: Mapping[str, Any], facts: Facts, around: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The frame of its expressions: an optional given that is absent is null."""
    absent = {name: None for name, each in rules.given.items() if each.optional}
    return {**(around or {}), **absent, **given, "facts": facts, "let": {}}


def _answers(rules: RuleSet, frame: dict[str, Any], candidates: Candidates) -> Iterator[Answer]:
    if rules.cases:
        yield from _of_cases(rules, frame)
        return
    for source in rules.sources:
        yield from _of_source(rules, source, frame, candidates)


def _of_cases(rules: RuleSet, frame: dict[str, Any]) -> Iterator[Answer]:
    for case in rules.cases.values():
        if is_valid(case, frame.get("date")) and (
            case.when is None or case.when.run(frame) is True
        ):
            values = {name: give.run(frame) for name, give in case.give.items()}
            inputs = {name: frame[name] for name in rules.given if name in frame}
            yield Answer(values, case.lines, f"{rules.name}: {case.key}", case.key, inputs)


def is_valid(case: Case, on: date | None) -> bool:
    """Whether the case holds on that day; one without dates always does."""
    start, end = case.valid
    if start is None and end is None:
        return True
    if on is None:
        return False
    return (start is None or date.fromisoformat(start) <= on) and (
        end is None or on <= date.fromisoformat(end)
    )


def _of_source(
    rules: RuleSet, source: RuleSource, frame: dict[str, Any], candidates: Candidates
) -> Iterator[Answer]:
    if source.field is not None:
        row = _field_row(source, frame)
        rows = [row] if row is not None else []
    else:
        found = fitting(source, candidates.get(source.doctype, ()), frame)
        rows = ranked(rules, source, found, frame)
    for row in rows:
        answer = _of_row(rules, source, row, frame)
        if answer is not None:
            yield answer


def _of_row(rules: RuleSet, source: RuleSource, row: Row, frame: dict[str, Any]) -> Answer | None:
    """What the row gives; None where that is nothing at all."""
    seen = {**frame, "row": row}
    values = {name: give.run(seen) for name, give in rules.give.items()}
    if all(value is None for value in values.values()):
        return None
    explain = rules.explain.run(seen) if rules.explain else source.doctype
    case = f"{source.doctype} {row['id']}" if source.field is None else source.doctype
    inputs = {name: frame[name] for name in rules.given if name in frame}
    return Answer(values, explain=explain, case=case, inputs=inputs)


def _none(rules: RuleSet, frame: dict[str, Any]) -> Answer | None:
    """The value of ``none``, if it has one."""
    if rules.none != "value":
        return None
    values = {name: give.run(frame) for name, give in rules.none_give.items()}
    inputs = {name: frame[name] for name in rules.given if name in frame}
    return Answer(values, explain=f"{rules.name}: nothing fits", case="none", inputs=inputs)


def _field_row(source: RuleSource, frame: dict[str, Any]) -> Row | None:
    """``Item.standard_price`` as a source: the record's field stands for every field that ``give`` reads."""
    record = frame["facts"].get(source.doctype, {}).get(frame.get(source.given or ""))
    if record is None or record.get(source.field) is None:
        return None
    return _OneValue(record[source.field])


class _OneValue(dict[str, Any]):
    """A row whose every field is the one value of a field source."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value

    def __missing__(self, name: str) -> Any:
        return self.value
