"""Asking a rule set: the answer of cases, of rows that users edit, or of a chain of roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from engine.catalog.rules import Case, RowSourceMatch, RuleSet, RuleSource
from engine.kernel.rows import Facts, Row

Candidates = Mapping[str, Sequence[Row]]
"""Doctype name → rows of it that may match (a superset is fine)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``values`` by name; ``lines`` names the tax lines of a case; ``explain`` says why."""

    values: dict[str, Any]
    lines: tuple[str, ...] = ()
    explain: str = ""


def ask(
    rules: RuleSet, given: Mapping[str, Any], facts: Facts, candidates: Candidates
) -> Answer | None:
    """The answer of ``rules`` for ``given`` (name → value), or None where nothing applies.

    A case set answers with its first case that holds on the given ``date``; a row set with the
    row that ``prefer`` puts first, looking in its sources in their order.
    """
    frame: dict[str, Any] = {**given, "facts": facts, "let": {}}
    if rules.cases:
        return _from_cases(rules, frame)
    return _from_rows(rules, frame, candidates)


def _from_cases(rules: RuleSet, frame: dict[str, Any]) -> Answer | None:
    for case in rules.cases.values():
        if _is_valid(case, frame.get("date")) and (
            case.when is None or case.when.run(frame) is True
        ):
            values = {name: give.run(frame) for name, give in case.give.items()}
            return Answer(values, case.lines, f"{rules.name}: {case.key}")
    return None


def _is_valid(case: Case, on: date | None) -> bool:
    start, end = case.valid
    if start is None and end is None:
        return True
    if on is None:
        return False
    return (start is None or date.fromisoformat(start) <= on) and (
        end is None or on <= date.fromisoformat(end)
    )


def _from_rows(rules: RuleSet, frame: dict[str, Any], candidates: Candidates) -> Answer | None:
    for source in rules.sources:
        if source.field is not None:
            row = _field_row(source, frame)
        else:
            row = _best(rules, source, frame, candidates.get(source.doctype, ()))
        if row is not None:
            seen = {**frame, "row": row}
            values = {name: give.run(seen) for name, give in rules.give.items()}
            if all(value is None for value in values.values()):
                continue
            explain = rules.explain.run(seen) if rules.explain else source.doctype
            return Answer(values, explain=explain)
    return None


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


def _best(
    rules: RuleSet, source: RuleSource, frame: dict[str, Any], rows: Sequence[Row]
) -> Row | None:
    wanted = [(match, match.value.run(frame)) for match in source.matches]
    fitting = [row for row in rows if all(_fits(row, match, value) for match, value in wanted)]
    if not fitting:
        return None
    if rules.pick == "first":
        return min(fitting, key=lambda row: row["id"])
    return max(fitting, key=lambda row: _rank(rules, source, row))


def _fits(row: Row, match: RowSourceMatch, value: Any) -> bool:
    if match.kind == "valid":
        start, end = row["valid_from"], row["valid_to"]
        return (
            value is not None
            and (start is None or start <= value)
            and (end is None or value <= end)
        )
    cell = row[match.field]
    if cell is None:
        return True
    if match.kind == "up_to":
        return value is not None and cell <= value
    return bool(cell == value)


def _rank(rules: RuleSet, source: RuleSource, row: Row) -> tuple[Any, ...]:
    """By what ``prefer`` names, in its order; the newest row where all else is equal."""
    ranks = {"most specific": _specific(source, row), "newest": row.get("valid_from") or date.min}
    return *(ranks[name] for name in rules.prefer or tuple(ranks)), row["id"]


def _specific(source: RuleSource, row: Row) -> tuple[Any, ...]:
    """Filled cells, then larger thresholds."""
    filled = sum(
        1 for match in source.matches if match.kind != "valid" and row[match.field] is not None
    )
    reached = tuple(
        row[match.field] if row[match.field] is not None else Decimal(0)
        for match in source.matches
        if match.kind == "up_to"
    )
    return filled, reached
