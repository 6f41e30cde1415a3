"""Formulas of fields that are new: worked out for rows that are there, where the row itself is enough for it.

What was submitted is a fact and stays as it is; drafts, and records that are not submitted, would get the value at
their next save. What needs more than the row (its rows, ledgers, rules) waits for that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from engine.catalog.calculation import FormulaStep
from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field, Table
from engine.catalog.whole import Catalog
from engine.expr.program import Read
from engine.expr.walk import is_of_one_row
from engine.plan.fills import STANDARD, Fill, chain, is_new, is_own, sources, table_of
from engine.plan.spec import TableSpec
from engine.plan.tables import column_name, document_table, stored_tables

Place = tuple[str, str]
_AT_HAND = STANDARD.keys() - {"amends"} | {"parent"}
"""Fields that nobody declares and that a row that is there has."""


def formulas(
    catalog: Catalog, specs: Mapping[str, TableSpec], fills: Sequence[Fill]
) -> tuple[tuple[Fill, ...], Mapping[Place, str]]:
    """The fills of new formulas, in the order of their steps, and when the others are worked out (`Rewrite.later`).

    ``specs``: the tables as they are, under their present names; ``fills``: the backfills.
    """
    found: list[Fill] = []
    later: dict[Place, str] = {}
    for doctype in {id(d): d for d, _ in stored_tables(catalog)}.values():
        filled = {(fill.table, fill.column) for fill in fills}
        for table, step in _new_steps(doctype, specs):
            fill = _Formula(catalog, doctype, table, step, specs, filled).fill()
            if fill is not None:
                found.append(fill)
                filled.add((fill.table, fill.column))
        for table in doctype.tables.values():
            for field in table.columns:
                place = (table.name, column_name(field))
                if field.writer != "person" and place not in filled and is_new(table, field, specs):
                    later[place] = _when(doctype)
    return tuple(found), later


def _when(doctype: Doctype) -> str:
    if doctype.submittable:
        return "worked out when a draft is saved; submitted documents stay as they are"
    return "worked out when a record is saved"


def _new_steps(
    doctype: Doctype, specs: Mapping[str, TableSpec]
) -> Iterator[tuple[Table, FormulaStep]]:
    for step in doctype.steps:
        if isinstance(step, FormulaStep):
            table = doctype.tables[step.path]
            field = table.fields[step.field]
            if field.stored and field.backfill is None and is_new(table, field, specs):
                yield table, step


class _Formula:
    """One new formula. ``filled``: (table, column) of what rows are given before it."""

    def __init__(
        self,
        catalog: Catalog,
        doctype: Doctype,
        table: Table,
        step: FormulaStep,
        specs: Mapping[str, TableSpec],
        filled: set[Place],
    ) -> None:
        self._catalog = catalog
        self._doctype = doctype
        self._table = table
        self._field = table.fields[step.field]
        self._formula = step.formula
        self._specs = specs
        self._filled = filled
        self._defaults: dict[str, Any] = {}

    def fill(self) -> Fill | None:
        """How rows that are there get its value; None where they must be saved for it."""
        reads = self._formula.reads
        if not self._may_be_filled() or not is_of_one_row(self._formula.tree):
            return None
        if not all(self._is_at_hand(read) for read in reads):
            return None
        own, facts = sources(self._catalog, self._doctype, self._table, self._formula)
        return Fill(
            self._table.name, self._field, self._formula, own, facts, is_formula=True,
            drafts_only=self._doctype.submittable, defaults=self._defaults,
        )  # fmt: skip

    def _may_be_filled(self) -> bool:
        """Whether rows may have it and rows may lack it; and whether it is known which are drafts."""
        name = self._field.name
        unique = any(
            other.unique is not None and (other is self._field or name in other.unique)
            for other in self._table.columns
        )
        head = self._specs.get(self._doctype.head.name)
        staged = not self._doctype.submittable or (head is not None and "stage" in head.by_name)
        bound = self._field.required or unique or name == self._doctype.name_by
        return staged and not bound

    def _is_at_hand(self, read: Read) -> bool:
        table = table_of(self._catalog, self._doctype, read)
        if table is None:
            return False
        own = is_own(self._doctype, read)
        if own and table.path not in {one.path for one in chain(self._doctype, self._table)}:
            return False
        field = table.fields.get(read.field)
        if field is None:
            return read.field in _AT_HAND
        if field.type in ("table", "back") or not field.stored or table.name not in self._specs:
            return False
        if not is_new(table, field, self._specs):
            return True
        return own and table.path == self._table.path and self._is_given(field)

    def _is_given(self, field: Field) -> bool:
        """Whether it is known what a field of the row that is new itself will hold."""
        if (self._table.name, column_name(field)) in self._filled:
            return True
        if field.writer != "person":
            return False
        table = document_table(self._catalog, self._doctype, self._table)
        column = table.column(column_name(field))
        if column.default is None:
            self._defaults[field.name] = None
        elif column.kind == "decimal":
            self._defaults[field.name] = Decimal(str(column.default))
        elif column.kind in ("text", "long_text", "integer", "boolean"):
            self._defaults[field.name] = column.default
        return field.name in self._defaults
