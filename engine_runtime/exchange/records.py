"""Files of records, and the way from them to documents.

The header of a file names fields; an empty cell leaves its field out; links are business keys.
Records go through ``documents.service`` like anything a person types.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.problems.render import Sources, as_text
from engine.source.records import read_lines
from engine_runtime.access.actor import Actor
from engine_runtime.documents import service

Record = dict[str, Any]


class RecordsUnreadable(Exception):
    """A file of records is missing or cannot be read, or its records stand below one another; the text says which."""


def read_rows(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV or YAML file in UTF-8, without their empty cells. Raises RecordsUnreadable."""
    lines, problems = read_lines(file)
    if problems:
        raise RecordsUnreadable("\n".join(as_text(problem, Sources()) for problem in problems))
    return [line.cells for line in lines]


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
