"""The columns of a report: groups first, then formulas; their totals, and columns that run on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.catalog.ledgers import Dimension, Ledger
from engine.catalog.reports import Report, ReportColumn
from engine.catalog.whole import Catalog
from engine.expr.types import records_of
from engine.money import round_half_up
from engine_runtime.reports.facts import Facts
from engine_runtime.reports.lines import Line, add

ENTRY_NAMES = {"date": ("Date", "date"), "origin": ("Document", "link")}
"""Keys of entries that every ledger has: label and type."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the answer. ``link``: doctype names a link may lead to (empty: any document)."""

    name: str
    label: str
    type: str
    scale: int = 0
    link: tuple[str, ...] = ()
    total: bool = False


def key_columns(catalog: Catalog, ledger: Ledger, report: Report) -> list[Column]:
    """The columns of the groups, else of the keys; ``line`` shows nowhere, and a formula of the name wins."""
    names = report.group or tuple(name for name in report.by if name != "line")
    found = [_key_column(catalog, ledger, name) for name in names]
    return [c for c in found if c.name not in report.columns]


def _key_column(catalog: Catalog, ledger: Ledger, path: str) -> Column:
    if path in ENTRY_NAMES:
        label, type_ = ENTRY_NAMES[path]
        return Column(path, label, type_)
    first, *rest = path.split(".")
    dimension: Dimension = ledger.dimensions.get(first) or ledger.details[first]
    label, type_, scale, link = dimension.label, dimension.type, 0, dimension.link
    for name in rest:
        field = catalog.doctypes[link[0]].fields[name]
        label, type_, scale, link = field.label, field.type, field.scale, field.link
    return Column(path, label, type_, scale, link)


def formula_columns(report: Report) -> list[Column]:
    """The columns with a formula, in the order declared."""
    return [
        Column(
            c.name,
            c.label,
            c.type,
            c.scale,
            tuple(r.doctype for r in records_of(c.formula.type)),
            c.total != "none",
        )
        for c in report.columns.values()
    ]


def key_value(catalog: Catalog, ledger: Ledger, line: Line, path: str, facts: Facts) -> Any:
    """The value of a group: a key of the line, or a field reached from it over links."""
    first, *rest = path.split(".")
    value = line.keys.get(first)
    dimension = ledger.dimensions.get(first) or ledger.details.get(first)
    targets = dimension.link if dimension else ()
    for name in rest:
        record = next((facts[t][value] for t in targets if value in facts.get(t, {})), None)
        if record is None:
            return None
        targets = tuple(
            link
            for t in targets
            if (field := catalog.doctypes[t].fields.get(name)) is not None
            for link in field.link
        )
        value = record.get(name)
    return value


def cells(columns: Iterable[ReportColumn], line: Line, frame: Mapping[str, Any]) -> dict[str, Any]:
    """The values of ``columns``, rounded as they show; each sees those before it."""
    record = line.record(frame["asked"])
    whole = {**frame, "this": record, "row": record}
    found: dict[str, Any] = {}
    for column in columns:
        found[column.name] = _rounded(column, column.formula.run(whole))
        record[column.name] = found[column.name]
    return found


def _rounded(column: ReportColumn, value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and column.scale:
        value = Decimal(value)
    if not isinstance(value, Decimal):
        return value
    rounded = round_half_up(value, column.scale)
    return int(rounded) if column.type == "integer" else rounded


def opening_cells(
    report: Report, opening: Line | None, frame: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The running columns before the first row; None where nothing runs."""
    running = [c for c in report.columns.values() if c.running]
    if not running:
        return None
    if opening is None:
        return {c.name: _rounded(c, Decimal(0)) for c in running}
    shown = cells(report.columns.values(), opening, frame)
    return {c.name: shown[c.name] for c in running}


def run_on(
    report: Report, rows: Sequence[dict[str, Any]], opening: Mapping[str, Any] | None
) -> dict[str, Any] | None:
    """Add up the running columns in place, from the opening on; what stands after the last row."""
    if opening is None:
        return None
    standing = dict(opening)
    for row in rows:
        for name in standing:
            standing[name] = (standing[name] or Decimal(0)) + (row[name] or Decimal(0))
            row[name] = standing[name]
    return standing


def totals(
    report: Report,
    lines: Sequence[Line],
    rows: Sequence[Mapping[str, Any]],
    measures: list[str],
    frame: Mapping[str, Any],
) -> dict[str, Any]:
    """The totals row: sums of what is shown, or the formula over the summed measures."""
    again = cells(report.columns.values(), add(list(lines), measures), frame)
    found: dict[str, Any] = {}
    for column in report.columns.values():
        if column.running or column.total == "none":
            continue
        if column.total == "recompute":
            found[column.name] = again[column.name]
        else:
            values = [row[column.name] for row in rows if row[column.name] is not None]
            found[column.name] = _rounded(column, sum(values, Decimal(0)))
    return found
