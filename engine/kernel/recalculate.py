"""Working out again what a change reaches, and nothing else.

``engine.catalog.graph.Graph`` is made once per doctype. Every step knows what it reads (``engine.expr.reach``); what it
wrote otherwise than before is a change for the steps after it. The outcome is that of ``calculate``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from engine.catalog.calculation import DistributeStep, writes_of
from engine.catalog.doctypes import Doctype
from engine.catalog.fields import child_path
from engine.catalog.graph import Graph, Place, Stage
from engine.kernel.calculate import run_step
from engine.kernel.calculation import Calculation
from engine.kernel.finding import Finding
from engine.kernel.rows import Row, rows_at, rows_below

Change: TypeAlias = tuple[str, Row, str]
"""(table path, row, field) that changed; for rows that came or went: the row above and its table."""


# --- running -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Changes:
    """What is different now: place → the rows where, with the path at which they stand."""

    doctype: Doctype
    places: dict[Place, dict[int, tuple[str, Row]]] = field(default_factory=dict)

    def add(self, path: str, row: Row, name: str) -> None:
        self.places.setdefault((path, name), {})[id(row)] = (path, row)
        target = self.doctype.tables[path].fields.get(name)
        if target is not None and target.type == "table":
            self._rows(child_path(path, name), path, row)

    def _rows(self, table: str, path: str, row: Row) -> None:
        """Rows came or went below ``row``: everything in them is a change, seen from there."""
        for name in (*self.doctype.tables[table].fields, "index", "id"):
            self.places.setdefault((table, name), {})[id(row)] = (path, row)
        for child in self.doctype.tables[table].children:
            self._rows(child, path, row)


def recalculate(calculation: Calculation, graph: Graph, changed: Iterable[Change]) -> list[Finding]:
    """Run what depends on ``changed`` in a document that was worked out before; returns what these steps find."""
    changes = _Changes(calculation.doctype)
    for path, row, name in changed:
        changes.add(path, row, name)
    for stage in graph.stages:
        rows = _reached(calculation.document, stage, changes)
        if rows:
            _run(calculation, stage, rows, changes)
    return calculation.findings


def _reached(document: Row, stage: Stage, changes: _Changes) -> list[Row]:
    """The rows of the step's table that a change reaches, in their order."""
    found: dict[int, Row] = {}
    for read in stage.reads:
        where = changes.places.get((read.path, read.field))
        if not where:
            continue
        if stage.whole or not read.near:
            return rows_at(document, stage.path)
        for path, row in where.values():
            for one in _on_line(row, path, stage.path):
                found[id(one)] = one
    if len(found) < 2:
        return list(found.values())
    return [row for row in rows_at(document, stage.path) if id(row) in found]


def _on_line(row: Row, path: str, wanted: str) -> list[Row]:
    """The rows at ``wanted`` on the line of ``row``: the one it belongs to, or those below it."""
    if path == wanted:
        return [row]
    if not wanted or path.startswith(f"{wanted}."):
        depth = _depth(path) - _depth(wanted)
        for _ in range(depth):
            row = row["parent"]
        return [row]
    if not path or wanted.startswith(f"{path}."):
        return rows_below(row, path, wanted)
    return []


def _depth(path: str) -> int:
    return path.count(".") + 1 if path else 0


def _run(calculation: Calculation, stage: Stage, rows: list[Row], changes: _Changes) -> None:
    places = [(path, name, _written(stage, path)) for path, name in writes_of(stage.step)]
    before = [
        (path, name, row, row[name])
        for path, name, below in places
        for parent in rows
        for row in (rows_below(parent, stage.path, path) if below else (parent,))
    ]
    run_step(calculation, stage.step, rows)
    for path, name, row, old in before:
        # Rows that were made again may have changed in any field; a value is the same or not.
        if isinstance(old, list) or row[name] != old:
            changes.add(path, row, name)


def _written(stage: Stage, path: str) -> bool:
    """Whether a step writes rows below those that it goes through."""
    return isinstance(stage.step, DistributeStep) and path != stage.path
