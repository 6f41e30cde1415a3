"""What depends on what in a calculation: every step with what it reads, seen from its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.catalog.calculation import (
    FormulaStep,
    Step,
    TaxStep,
    each_of,
    expressions_of_step,
    writes_of,
)
from engine.catalog.doctypes import Doctype
from engine.catalog.sources import GroupedSource, RowSource, TableSource
from engine.expr.program import Expr
from engine.expr.reach import From, Reach, reach

Place = tuple[str, str]
"""(table path, field)."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step: the table that it goes through, and what it reads. ``whole``: it runs for all rows or none."""

    step: Step
    path: str
    reads: tuple[Reach, ...]
    whole: bool


class Graph:
    """What depends on what in one doctype; keep it as long as the catalog."""

    def __init__(self, doctype: Doctype) -> None:
        self.doctype = doctype
        self.stages = tuple(_stage(doctype, step) for step in doctype.steps)


def _stage(doctype: Doctype, step: Step) -> Stage:
    path = each_of(step)
    whole = isinstance(step, TaxStep) and step.round == "document"
    found: set[Reach] = set()
    for expression in expressions_of_step(step):
        found |= reads_of(doctype, step, expression)
    for source in _sources(step):
        found |= set(_of_source(source))
    # Rows have to be there, and what is no longer typed over is worked out again.
    found |= {Reach(*place, near=True) for place in (*_way(path), *writes_of(step))}
    return Stage(step, path, tuple(sorted(found, key=repr)), whole)


def reads_of(doctype: Doctype, step: Step, expression: Expr) -> frozenset[Reach]:
    """What an expression of ``step`` reads of the document, seen from the rows that the step goes through."""
    names: dict[str, From] = {"this": "row"}
    if not isinstance(step, FormulaStep):
        names = {"this": "above" if each_of(step) else "row", "row": "row"}
        for source in _sources(step):
            names[source.name] = "any"
    return reach(expression.tree, doctype.name, names)


def _sources(step: Step) -> Iterator[RowSource]:
    for name in ("source", "left", "right"):
        source = getattr(step, name, None)
        if source is not None:
            yield source


def _of_source(source: RowSource) -> Iterator[Reach]:
    """The rows of a table that a source goes through, and what it groups and sums."""
    if isinstance(source, (TableSource, GroupedSource)):
        for place in _way(source.path):
            yield Reach(*place, near=False)
    if isinstance(source, GroupedSource):
        for name in (*source.by, *source.sums):
            yield Reach(source.path, name, near=False)


def _way(path: str) -> Iterator[Place]:
    while path:
        parent, _, name = path.rpartition(".")
        yield parent, name
        path = parent
