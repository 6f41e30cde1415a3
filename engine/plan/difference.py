"""What changes between two sets of tables, and how dangerous each change is.

Pure: whether rows stand in the way is asked by ``engine_runtime.schema`` when it applies the change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.plan.spec import ColumnSpec, TableSpec

Risk = Literal["safe", "needs_data", "destructive"]


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``before`` and ``after`` are both sides of it: None where there is none.

    ``needs_data``: rows that are there may lack what is asked; ``destructive``: values may be lost.
    """

    kind: Literal[
        "add_table", "drop_table", "add_column", "drop_column", "change_column", "change_keys",
        "rename_table", "rename_column", "fill_column", "convert_column", "hide_column", "hide_table",
        "reword", "narrow_options", "lose_state", "move_state", "narrow_bounds",
    ]  # fmt: skip
    risk: Risk
    table: str
    column: str | None
    text: str
    before: ColumnSpec | TableSpec | None = None
    after: ColumnSpec | TableSpec | None = None
    former: str | None = None
    """The name before a renaming."""
    values: tuple[str, ...] = ()
    """What ``column`` may hold and is known no more: rows that hold it refuse the change."""
    kept_as: str | None = None
    """The column in which the values stay that were converted."""


def difference(old: Sequence[TableSpec], new: Sequence[TableSpec]) -> tuple[Change, ...]:
    """The changes from ``old`` to ``new``: tables in the order of ``new``, then those that go."""
    before = {table.name: table for table in old}
    after = {table.name: table for table in new}
    found: list[Change] = []
    for table in new:
        known = before.get(table.name)
        if known is None:
            found.append(
                Change(
                    "add_table", "safe", table.name, None, f"new table {table.name}", None, table
                )
            )
        elif known != table:
            found += _table(known, table)
    for table in old:
        if table.name not in after:
            text = f"the table {table.name} goes, with all its rows"
            found.append(Change("drop_table", "destructive", table.name, None, text, table, None))
    return tuple(found)


def worst(changes: Sequence[Change]) -> Risk:
    """The risk of the most dangerous change; safe when there is none."""
    risks: Mapping[Risk, int] = {"safe": 0, "needs_data": 1, "destructive": 2}
    return max((change.risk for change in changes), key=lambda risk: risks[risk], default="safe")


def _table(old: TableSpec, new: TableSpec) -> Iterator[Change]:
    for column in new.columns:
        known = old.by_name.get(column.name)
        if known is None:
            yield _added(new, column)
        elif known != column:
            yield from _changed(new, known, column)
    for column in old.columns:
        if column.name not in new.by_name:
            text = f"{new.name}.{column.name} goes, with its values"
            yield Change("drop_column", "destructive", new.name, column.name, text, column, None)
    yield from _keys(old, new)


def _added(table: TableSpec, column: ColumnSpec) -> Change:
    where = f"{table.name}.{column.name}"
    if column.null or column.default is not None:
        return Change(
            "add_column", "safe", table.name, column.name, f"new column {where}", None, column
        )
    text = f"new column {where} is required and has no default"
    return Change("add_column", "needs_data", table.name, column.name, text, None, column)


def _changed(table: TableSpec, old: ColumnSpec, new: ColumnSpec) -> Iterator[Change]:
    """One change per column: the most dangerous reason is told first."""
    reasons = [*_lossy(old, new), *_asking(old, new), *_harmless(old, new)]
    if not reasons:
        return
    risk = reasons[0][0]
    text = f"{table.name}.{new.name}: " + ", ".join(reason for _, reason in reasons)
    yield Change("change_column", risk, table.name, new.name, text, old, new)


def _lossy(old: ColumnSpec, new: ColumnSpec) -> Iterator[tuple[Risk, str]]:
    if old.kind != new.kind:
        texts = ("text", "long_text")
        risk: Risk = "safe" if (old.kind, new.kind) == texts else "destructive"
        yield risk, f"{old.kind} becomes {new.kind}"
    elif old.kind == "text" and new.length and (not old.length or new.length < old.length):
        yield "destructive", f"at most {new.length} characters instead of {old.length or 'any'}"
    elif old.kind == "decimal":
        if new.scale < old.scale:
            yield "destructive", f"{new.scale} decimals instead of {old.scale}"
        elif new.precision - new.scale < old.precision - old.scale:
            yield (
                "destructive",
                f"{new.precision - new.scale} digits before the point instead of {old.precision - old.scale}",
            )


def _asking(old: ColumnSpec, new: ColumnSpec) -> Iterator[tuple[Risk, str]]:
    if old.null and not new.null:
        yield ("safe" if new.default is not None else "needs_data"), "becomes required"
    if new.references is not None and new.constraint and old.references != new.references:
        yield "needs_data", f"points to {new.references}"


def _harmless(old: ColumnSpec, new: ColumnSpec) -> Iterator[tuple[Risk, str]]:
    if not old.null and new.null:
        yield "safe", "becomes optional"
    if old.kind == new.kind == "text" and _is_longer(old, new):
        yield "safe", f"up to {new.length or 'any number of'} characters"
    if old.kind == new.kind == "decimal" and (
        new.scale > old.scale or new.precision > old.precision
    ):
        yield "safe", f"{new.precision} digits, {new.scale} decimals"
    if old.default != new.default:
        yield "safe", "another default"
    if old.references is not None and (new.references is None or not new.constraint):
        yield "safe", "no foreign key any more"


def _is_longer(old: ColumnSpec, new: ColumnSpec) -> bool:
    return bool(old.length) and (not new.length or new.length > old.length)


def _keys(old: TableSpec, new: TableSpec) -> Iterator[Change]:
    for columns in new.unique:
        if columns not in old.unique and all(name in old.by_name for name in columns):
            text = f"{new.name}: {', '.join(columns)} must be unique"
            yield Change("change_keys", "needs_data", new.name, None, text, old, new)
    gone = [columns for columns in old.unique if columns not in new.unique]
    if gone or set(old.indexes) != set(new.indexes):
        yield Change("change_keys", "safe", new.name, None, f"{new.name}: other indexes", old, new)
