"""The rows that users edit as cases of a rule set: which of them fit, found through an index.

The index is built once per set of rows. Rows are grouped by which of the compared cells are filled
(an empty cell fits all); within a group a dictionary leads from the filled cells to the rows. So a
question looks once into each group, however many rows there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from engine.catalog.rules import RowSourceMatch, RuleSet, RuleSource
from engine.kernel.rows import Facts, Row

Frame: TypeAlias = Mapping[str, Any]
Asked: TypeAlias = Mapping[str, tuple[RowSourceMatch, Any]]
"""Column → the match and the value it is compared with."""

MOST_GROUPS = 32
"""Groups looked into per question; columns that would make more are compared row by row."""

MOST_LEVELS = 64
"""How far up a tree is walked: deeper ones, and circles, end there."""

FEW_ROWS = 8
"""So few are compared one by one."""


class RuleRows(Sequence[Row]):
    """The rows of one doctype, with the indexes that rule sets made over them."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._indexes: dict[tuple[str, ...], _Index] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: Any) -> Any:
        return self._rows[place]

    def near(self, asked: Asked) -> Iterator[Row]:
        """The rows that may fit: every one that does is among them."""
        columns = tuple(sorted(n for n, (m, _) in asked.items() if m.kind == "equal"))
        if not columns or len(self._rows) <= FEW_ROWS:
            return iter(self._rows)
        index = self._indexes.get(columns)
        if index is None:
            index = self._indexes[columns] = _Index(columns, self._rows)
        return index.near(asked)


class _Index:
    """Rows by their filled cells in the most telling of ``columns``."""

    def __init__(self, columns: Sequence[str], rows: Sequence[Row]) -> None:
        self._columns = _telling(columns, rows)
        groups: dict[tuple[str, ...], dict[tuple[Any, ...], list[Row]]] = {}
        for row in rows:
            filled = tuple(name for name in self._columns if row[name] is not None)
            cells = tuple([row[name] for name in filled])
            groups.setdefault(filled, {}).setdefault(cells, []).append(row)
        self._groups = tuple(groups.items())

    def near(self, asked: Asked) -> Iterator[Row]:
        for filled, found in self._groups:
            yield from found.get(tuple([asked[name][1] for name in filled]), ())


def _telling(columns: Sequence[str], rows: Sequence[Row]) -> tuple[str, ...]:
    """Those with the most different cells first, as long as the groups stay few."""
    ordered = sorted(columns, key=lambda name: (-len({row[name] for row in rows}), name))
    chosen: list[str] = []
    for name in ordered:
        trial = [*chosen, name]
        if len({tuple([row[n] is None for n in trial]) for row in rows}) <= MOST_GROUPS:
            chosen = trial
    return tuple(chosen)


def fitting(source: RuleSource, rows: Sequence[Row], frame: Frame) -> list[Row]:
    """The rows of ``source`` that fit what ``frame`` gives, in the order of ``rows``."""
    facts = frame["facts"]
    asked: dict[str, tuple[RowSourceMatch, Any]] = {}
    for match in source.matches:
        value = match.value.run(frame)
        if match.kind == "under" and match.tree is not None:
            value = path_up(facts, match.tree, value)
        asked[match.field] = (match, value)
    near = rows.near(asked) if isinstance(rows, RuleRows) else rows
    tests = tuple(asked.values())
    return [row for row in near if all(_fits(row, match, value) for match, value in tests)]


def path_up(facts: Facts, tree: tuple[str, str], node: Any) -> dict[int, int]:
    """The node and all above it → how far up each is; as far as the facts go."""
    doctype, above = tree
    known, found = facts.get(doctype, {}), dict[int, int]()
    while node is not None and node not in found and len(found) < MOST_LEVELS:
        found[node] = len(found)
        node = known.get(node, {}).get(above)
    return found


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
    if value is None:
        return False
    if match.kind == "equal":
        return bool(cell == value)
    if match.kind == "up_to":
        return bool(cell <= value)
    return cell in value


def ranked(rules: RuleSet, source: RuleSource, rows: list[Row], frame: Frame) -> list[Row]:
    """``rows`` by what ``prefer`` names, in its order; where all else is equal the newest record first."""
    if len(rows) < 2:
        return rows
    if rules.pick == "first":
        return sorted(rows, key=lambda row: row["id"])
    paths = {
        match.field: path_up(frame["facts"], match.tree, match.value.run(frame))
        for match in source.matches
        if match.tree is not None
    }
    order = rules.prefer or ("most specific", "newest")
    return sorted(
        rows,
        key=lambda row: (*(_rank(source, paths, row, name) for name in order), row["id"]),
        reverse=True,
    )


def _rank(
    source: RuleSource, paths: Mapping[str, Mapping[int, int]], row: Row, name: str
) -> tuple[Any, ...]:
    if name == "most specific":
        return _specific(source, paths, row)
    if name == "newest":
        return (row.get("valid_from") or date.min,)
    value = row[name]
    return (value is not None, value) if value is not None else (False,)


def _specific(
    source: RuleSource, paths: Mapping[str, Mapping[int, int]], row: Row
) -> tuple[Any, ...]:
    """Filled cells, then nearer nodes of trees, then larger thresholds."""
    filled, near, reached = 0, [], []
    for match in source.matches:
        if match.kind == "valid":
            continue
        cell = row[match.field]
        filled += cell is not None
        if match.kind == "under":
            near.append(-paths[match.field].get(cell, MOST_LEVELS))
        elif match.kind == "up_to":
            reached.append(cell if cell is not None else Decimal(0))
    return filled, tuple(near), tuple(reached)
