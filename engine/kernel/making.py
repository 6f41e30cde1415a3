"""Documents out of documents: what ``from`` fills in.

Pure: sources are whole documents (dict rows), the frame answers ``balance`` and ``read``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field, Table, child_path
from engine.catalog.flow import MakeFrom
from engine.catalog.sources import ROW
from engine.kernel.rows import Row, append_row, rows_at, worth_at
from engine.kernel.sources import source_rows
from engine.kernel.stored import OVERFLOW, as_stored

QUANTITY = "quantity"


def alike(mapping: MakeFrom, sources: Sequence[Row]) -> list[list[Row]]:
    """``sources`` by the documents they become: one each, or together where ``merge_by`` allows it."""
    if not mapping.merge_by:
        return [[source] for source in sources]
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for source in sources:
        groups.setdefault(tuple(source.get(name) for name in mapping.merge_by), []).append(source)
    return list(groups.values())


def make(
    doctype: Doctype,
    origin: Doctype,
    mapping: MakeFrom,
    sources: Sequence[Row],
    document: Row,
    frame: Mapping[str, Any],
) -> None:
    """Fill the new ``document`` of ``doctype`` out of ``sources`` of ``origin``, which are alike.

    The head comes from the first; every source adds its rows. What a person may type over counts as
    typed over: it is what the source says, not what would be worked out.
    """
    for name in mapping.copy if sources else ():
        _copy(doctype, doctype.head, document, sources[0], name)
    for source in [document] if mapping.of_ledger else sources:
        inner = {**frame, "this": source, "worth": worth_at(origin, source)}
        if mapping.each is None:
            _set(doctype.head, document, mapping, inner)
            continue
        name = getattr(mapping.each, "name", ROW)
        for row in source_rows(mapping.each, inner):
            _add(doctype, mapping, document, row, {**inner, name: row})


def _add(
    doctype: Doctype, mapping: MakeFrom, document: Row, given: Row, frame: Mapping[str, Any]
) -> None:
    """One made row; none where nothing is left."""
    left = mapping.quantity.run(frame) if mapping.quantity is not None else None
    if mapping.quantity is not None and (left is None or left <= 0):
        return
    assert mapping.into is not None
    table = doctype.tables[mapping.into]
    parent = _parent_of(document, mapping.into)
    made = append_row(parent, mapping.into.rpartition(".")[2], table)
    for name in mapping.carried:
        _give(table.fields[name], made, given.get(name))
    if mapping.quantity is not None:
        _give(table.fields[QUANTITY], made, left)
    elif QUANTITY in table.fields and QUANTITY in given and QUANTITY not in mapping.set:
        _give(table.fields[QUANTITY], made, given[QUANTITY])
    _set(table, made, mapping, frame)


def _parent_of(document: Row, path: str) -> Row:
    """The row that takes new rows of the table at ``path``: the last of the table above."""
    above = path.rpartition(".")[0]
    return rows_at(document, above)[-1] if above else document


def _set(table: Table, row: Row, mapping: MakeFrom, frame: Mapping[str, Any]) -> None:
    for name, expression in mapping.set.items():
        _give(table.fields[name], row, expression.run(frame))


def put(doctype: Doctype, document: Row, values: Mapping[str, Any]) -> None:
    """Give fields of the head ``values`` that an effect worked out."""
    for name, value in values.items():
        _give(doctype.head.fields[name], document, value)


def _give(field: Field, row: Row, value: Any) -> None:
    """Write a value as its field holds it; over a worked-out one it counts as typed."""
    stored = as_stored(field, value)
    row[field.name] = None if stored is OVERFLOW else stored
    if field.editable and field.writer != "person" and row[field.name] is not None:
        names = {part for part in row["typed"].split(",") if part} | {field.name}
        row["typed"] = ",".join(sorted(names))


def _copy(doctype: Doctype, table: Table, row: Row, source: Row, name: str) -> None:
    """A field, or a whole table with the rows below it."""
    field = table.fields[name]
    if field.type != "table":
        _give(field, row, source[name])
        return
    child = doctype.tables[child_path(table.path, name)]
    row[name] = []
    for given in source[name]:
        made = append_row(row, name, child)
        for inner, below in child.fields.items():
            if (
                inner in given
                and below.type != "back"
                and (below.writer == "person" or below.editable)
            ):
                _copy(doctype, child, made, given, inner)
