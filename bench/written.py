"""What one document wrote: the rows that it inserted and changed, found by comparing the tables before and after.

The yardsticks write exactly these rows again, with fresh ids and numbers, through plain SQL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

Row = tuple[object, ...]
Table = Mapping[object, Row]
"""Primary key → row."""


@dataclass(frozen=True)
class Shape:
    """A table: its columns in order with their types as SQL, and the place of its primary key."""

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    key: int


@dataclass(frozen=True)
class Rows:
    """Rows of one table. ``changed``: they were there before; else they are new."""

    shape: Shape
    rows: tuple[Row, ...]
    changed: bool


@dataclass(frozen=True)
class Written:
    """All rows of one document. ``counter`` is the number series among the changed ones."""

    new: tuple[Rows, ...]
    changed: tuple[Rows, ...]
    counter: Rows | None

    @property
    def row_count(self) -> int:
        groups = (*self.new, *self.changed, *((self.counter,) if self.counter else ()))
        return sum(len(group.rows) for group in groups)

    def describe(self) -> str:
        """`14 tables, 53 rows`, for the report."""
        tables = {group.shape.name for group in (*self.new, *self.changed)}
        return f"{len(tables) + bool(self.counter)} tables, {self.row_count} rows"


Snapshot = Mapping[str, tuple[Shape, Table]]


def difference(before: Snapshot, after: Snapshot, first: Iterable[str]) -> Written:
    """What changed between two snapshots. Tables named in ``first`` are written first."""
    new, changed = [], []
    counter = None
    order = {name: place for place, name in enumerate(first)}
    for name in sorted(after, key=lambda table: (order.get(table, len(order)), table)):
        shape, rows = after[name]
        old = before[name][1]
        added = tuple(row for key, row in rows.items() if key not in old)
        other = tuple(row for key, row in rows.items() if key in old and old[key] != row)
        if added:
            new.append(Rows(shape, added, changed=False))
        if other and name.endswith("numberseries"):
            counter = Rows(shape, other, changed=True)
        elif other:
            changed.append(Rows(shape, other, changed=True))
    return Written(tuple(new), tuple(changed), counter)


class Renewal:
    """Gives a written document fresh ids and a fresh number, so that it can be written again and again.

    Ids are unique over the whole database, so every integer and every part of a key that equals one is replaced.
    """

    def __init__(self, first_id: int) -> None:
        self._next = first_id

    def renew(self, written: Written) -> Written:
        fresh: dict[object, int] = {}
        for group in written.new:
            for row in group.rows:
                if isinstance(row[group.shape.key], int):
                    self._next += 1
                    fresh[row[group.shape.key]] = self._next
        numbers = self._numbers(written)
        change = _changer(fresh, numbers)
        return replace(
            written,
            new=tuple(
                replace(group, rows=tuple(tuple(map(change, row)) for row in group.rows))
                for group in written.new
            ),
        )

    def _numbers(self, written: Written) -> dict[object, str]:
        """Old document number → a new one of the same length, for headers that have one."""
        found: dict[object, str] = {}
        for group in written.new:
            if "number" in group.shape.columns and "state" in group.shape.columns:
                place = group.shape.columns.index("number")
                for row in group.rows:
                    if row[place]:
                        found[row[place]] = f"~{self._next:x}"[-len(str(row[place])) :].rjust(
                            5, "~"
                        )
        return found


def _changer(
    ids: Mapping[object, int], numbers: Mapping[object, str]
) -> Callable[[object], object]:
    texts = {str(old): str(new) for old, new in ids.items()}

    def change(value: object) -> object:
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int):
            return ids.get(value, value)
        if isinstance(value, str):
            if value in numbers:
                return numbers[value]
            if "|" in value and not value.startswith(("{", "[")):
                return re.sub(r"\d+", lambda found: texts.get(found[0], found[0]), value)
        return value

    return change
