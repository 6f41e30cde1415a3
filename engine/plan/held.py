"""Fields whose columns hold values already, each with the field that it was before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field, Table
from engine.catalog.whole import Catalog
from engine.plan.renames import Renames
from engine.plan.spec import ColumnSpec, TableSpec
from engine.plan.tables import column_name, stored_tables


@dataclass(frozen=True, slots=True)
class Held:
    """A field of a catalog and the column that it has already; ``was``: the field of before, where that is known."""

    doctype: Doctype
    table: Table
    field: Field
    column: ColumnSpec
    was: Field | None

    @property
    def place(self) -> str:
        """``Sales Order.items.kind``."""
        parts = (self.doctype.name, self.table.path, self.field.name)
        return ".".join(part for part in parts if part)


def held(
    old: Sequence[TableSpec], catalog: Catalog, before: Catalog | None, moves: Renames
) -> Iterator[Held]:
    """The fields of ``catalog`` that have a column.

    ``old``: the tables of the database under their present names; ``before``: the catalog that made them, if known.
    """
    specs = {table.name: table for table in old}
    former = _former(before, moves) if before is not None else {}
    for doctype, table in stored_tables(catalog):
        columns = specs[table.name].by_name if table.name in specs else {}
        for field in table.columns:
            column = columns.get(column_name(field))
            if column is not None:
                yield Held(doctype, table, field, column, former.get((table.name, column.name)))


def _former(before: Catalog, moves: Renames) -> Mapping[tuple[str, str], Field]:
    """Of the catalog ``before``: (present table, present column) → the field that it was of."""
    return {
        (
            moves.tables.get(table.name, table.name),
            moves.columns.get((table.name, column_name(field)), column_name(field)),
        ): field
        for _, table in stored_tables(before)
        for field in table.columns
    }
