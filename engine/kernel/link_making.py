"""Links that are empty when a document is submitted, and what is made for them (``make`` on a link)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field, LinkMaking
from engine.kernel.finding import path_of
from engine.kernel.rows import Row, rows_at


@dataclass(frozen=True, slots=True)
class Lacking:
    """A link of ``row`` that is to be filled: ``values`` are of the record, field → value."""

    row: Row
    field: Field
    making: LinkMaking
    path: str
    values: Mapping[str, Any]

    @property
    def key(self) -> Any:
        """The key that the record is to have, where ``set`` gives it."""
        return self.values[self.making.by] if self.making.by is not None else None


def is_made(field: Field, frame: Mapping[str, Any]) -> bool:
    """Whether the engine fills an empty link at submit; ``frame``: ``this`` = the row that has it."""
    making = field.make
    return making is not None and (making.when is None or making.when.run(frame) is True)


def makes_links(doctype: Doctype) -> bool:
    """Whether documents of ``doctype`` have links that may be filled at submit."""
    return any(f.make is not None for t in doctype.tables.values() for f in t.fields.values())


def lacking(doctype: Doctype, document: Row, around: Mapping[str, Any]) -> Iterator[Lacking]:
    """What is to be made for a worked-out ``document``; ``around``: what its expressions see beside the row."""
    for table in doctype.tables.values():
        fields = [field for field in table.fields.values() if field.make is not None]
        for row in rows_at(document, table.path) if fields else ():
            frame = {**around, "this": row, "row": None}
            for field in fields:
                if row[field.name] is None and field.make is not None and is_made(field, frame):
                    values = {name: value.run(frame) for name, value in field.make.set.items()}
                    path = path_of(row, table.path, field.name)
                    yield Lacking(row, field, field.make, path, values)
