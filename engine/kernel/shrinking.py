"""Making a failing document smaller: rows are left out and amounts made plain as long as it still fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from engine.catalog.doctypes import Doctype
from engine.catalog.fieldtypes import DECIMAL_TYPES
from engine.kernel.rows import Row, rows_at, tables_in_order

MOST: Final = 300
"""Documents tried at most."""
_PLAIN: Final = (Decimal(0), Decimal(1), Decimal(10))


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: row ``place`` of the table at ``path`` is left out, or its ``field`` set to ``value``."""

    path: str
    place: int
    field: str | None = None
    value: Any = None

    def apply(self, document: Row) -> bool:
        """Change ``document``; False where there is nothing to change."""
        rows = rows_at(document, self.path)
        if self.place >= len(rows):
            return False
        row = rows[self.place]
        if self.field is not None:
            changed = row[self.field] != self.value
            row[self.field] = self.value
            return bool(changed)
        siblings = row["parent"][self.path.rpartition(".")[2]]
        siblings[:] = [other for other in siblings if other is not row]
        for index, other in enumerate(siblings, 1):
            other["index"] = index
        return True


def smallest(doctype: Doctype, make: Callable[[], Row], fails: Callable[[Row], bool]) -> list[Edit]:
    """The edits after which a document of ``make`` (always the same one) still fails and no further one is kept.

    ``fails`` works a document out, so it is given a fresh one each time.
    """
    kept: list[Edit] = []
    tries = 0
    for edit in _edits(doctype, make()):
        if tries == MOST:
            break
        if any(_same_place(edit, other) for other in kept):
            continue  # the plainest value is tried first
        document = edited(make(), kept)
        if not edit.apply(document):
            continue
        tries += 1
        if fails(document):
            kept.append(edit)
    return kept


def _same_place(one: Edit, other: Edit) -> bool:
    return one.field is not None and (one.path, one.place, one.field) == (
        other.path,
        other.place,
        other.field,
    )


def edited(document: Row, edits: list[Edit]) -> Row:
    """``document`` with ``edits`` applied in order."""
    for edit in edits:
        edit.apply(document)
    return document


def _edits(doctype: Doctype, document: Row) -> Iterator[Edit]:
    """Everything that could be left out (the last rows first, so that places stay true), then made plain."""
    tables = tables_in_order(doctype)
    for table in tables[1:]:
        for place in reversed(range(len(rows_at(document, table.path)))):
            yield Edit(table.path, place)
    for table in tables:
        fields = [
            f
            for f in table.columns
            if f.writer == "person" and f.type in DECIMAL_TYPES and f.stored
        ]
        for place in range(len(rows_at(document, table.path))):
            for field in fields:
                for value in _PLAIN:
                    yield Edit(table.path, place, field.name, value)
