"""CSV files of records, and the way from them to documents.

The header of a file names fields; an empty cell leaves its field out; links are business keys.
Records go through ``documents.service`` like anything a person types.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.catalog.doctypes import Doctype
from engine_runtime.access.actor import Actor
from engine_runtime.active.catalog import active
from engine_runtime.documents import service

Record = dict[str, Any]

_WORDS = {"true": True, "false": False}


class RecordsUnreadable(Exception):
    """A file of records is missing or has a column or a cell that fits no field; the text says which."""


def read_rows(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV file in UTF-8, without their empty cells."""
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            return [
                {name: cell for name, cell in row.items() if cell}
                for row in csv.DictReader(lines, strict=True)
            ]
    except FileNotFoundError:
        raise RecordsUnreadable(f"There is no file {file.name} in {file.parent.name}.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise RecordsUnreadable(f"{file.name} is not CSV in UTF-8: {error}.") from None


def as_record(doctype: Doctype, row: Mapping[str, str]) -> Record:
    """A row of text as input for ``doctype``; only conditions need reading, the service does the rest."""
    record: Record = {}
    for name, cell in row.items():
        field = doctype.fields.get(name)
        if field is not None and field.type == "boolean":
            if cell not in _WORDS:
                raise RecordsUnreadable(
                    f"{doctype.label}.{name} is 'true' or 'false', not '{cell}'."
                )
            record[name] = _WORDS[cell]
        else:
            record[name] = cell
    return record


def load_file(
    actor: Actor, name: str, file: Path, extra: Mapping[str, Any] | None = None
) -> list[Record]:
    """Create a record of doctype ``name`` per row of ``file``; returns them as stored, in order.

    ``extra``: fields that every record gets. Raises RecordsUnreadable and what the service raises.
    """
    doctype = active().catalog.doctypes[name]
    rows = [{**as_record(doctype, row), **(extra or {})} for row in read_rows(file)]
    return create_in_waves(actor, doctype, rows)


def create_in_waves(
    actor: Actor, doctype: Doctype, rows: Sequence[Record], stored: Collection[object] = ()
) -> list[Record]:
    """Create ``rows``; those of a tree level by level, because a child names its parent by key.

    ``stored``: keys of parents that are there already.
    """
    if doctype.tree is None or doctype.name_by is None:
        return service.create(actor, doctype.name, rows) if rows else []
    created: list[Record] = []
    waiting, known = list(rows), {None, *stored}
    while waiting:
        ready = [row for row in waiting if row.get(doctype.tree) in known]
        if not ready:
            lost = ", ".join(sorted({str(row[doctype.tree]) for row in waiting}))
            raise RecordsUnreadable(f"{doctype.label}: there is no {lost} to stand below.")
        created += service.create(actor, doctype.name, ready)
        known |= {row[doctype.name_by] for row in ready}
        waiting = [row for row in waiting if row not in ready]
    return created


def by_key(records: Iterable[Record], key: str = "code") -> dict[str, Record]:
    """Records by their business key."""
    return {record[key]: record for record in records}
