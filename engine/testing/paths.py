"""What a story calls records and rows by: their names, and paths such as ``sold.items.1``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.catalog.fields import child_path
from engine.kernel.finding import Finding
from engine.kernel.rows import Row
from engine.testing.stage import Refused, Stage

Known = Mapping[str, tuple[str, int]]
"""Name → (doctype, id)."""


def id_of(stage: Stage, known: Known, text: str) -> Any:
    """The id of a record by its name, or of a row by its path; any other text as it is: it may be a business key.

    Raises Refused for a path that leads from a record to nothing.
    """
    parts = text.split(".")
    for length in range(len(parts), 0, -1):
        name, rest = ".".join(parts[:length]), parts[length:]
        if name in known:
            # "order. It is late" is an answer that begins with a name.
            is_path = all(part.isidentifier() or part.isdecimal() for part in rest)
            return _below(stage, known, name, rest) if is_path else text
    return text


def document_of(known: Known, name: str) -> tuple[str, int]:
    """The document that a record or a step is. Raises Refused for one that is not there, with what is."""
    if name in known:
        return known[name]
    step = name.partition(".")[0]
    raise unknown(name, f"'{step}' made {_made(known, step) or 'nothing that is told of'}")


def unknown(name: str, there: str) -> Refused:
    """That something is not there, and what is."""
    return Refused([Finding("story.unknown", "", f"there is no '{name}'; {there}")])


def _below(stage: Stage, known: Known, name: str, parts: Sequence[str]) -> Any:
    """The id of the row that ``parts`` (tables and numbers, in turn) lead to; without any, of the record itself."""
    if not parts:
        return known[name][1]
    kind = stage.catalog.doctypes[known[name][0]]
    row: Row = stage.document(*known[name])
    path, here = "", name
    whole = ".".join((name, *parts))
    for table, number in zip(parts[::2], [*parts[1::2], ""], strict=False):
        tables = [field.name for field in kind.tables[path].fields.values() if field.table]
        if table not in tables:
            raise unknown(whole, f"'{here}' has {_listed('table', tables)}{_beside(known, here)}")
        path, here = child_path(path, table), f"{here}.{table}"
        rows = {str(place): below for place, below in enumerate(row[table], 1)}
        if number not in rows:
            raise unknown(whole, f"'{here}' has {_listed('row', list(rows))}")
        row, here = rows[number], f"{here}.{number}"
    return row["id"]


def _listed(what: str, names: Sequence[str]) -> str:
    if len(names) < 2:
        return f"the {what} {names[0]}" if names else f"no {what}"
    return f"the {what}s {', '.join(names)}"


def _beside(known: Known, name: str) -> str:
    made = _made(known, name)
    return f", and made {made}" if made else ""


def _made(known: Known, step: str) -> str:
    return ", ".join(name for name in known if name.startswith(f"{step}."))
