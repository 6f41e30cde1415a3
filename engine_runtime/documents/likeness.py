"""What to tell of a record that is like another one where they must differ."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.utils import IntegrityError

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field, Table
from engine.kernel.finding import Finding, path_of
from engine.kernel.issuing import taken
from engine.kernel.rows import Row, rows_at
from engine_runtime.documents.difference import plain
from engine_runtime.documents.lookups import column_of
from engine_runtime.documents.prepare import prefixed
from engine_runtime.posting.session import Session

_ANOTHER = "Enter another, or use the one that is there."


def not_unique(
    session: Session, doctype: Doctype, documents: Sequence[Row], error: IntegrityError
) -> Finding:
    """The finding of a broken unique constraint. Any other integrity error is raised again."""
    violation = session.gateway.violated(error, session.tables)
    if violation is None or violation.kind != "unique":
        raise error
    table = next((t for t in doctype.tables.values() if t.name == violation.table), None)
    if table is None:
        raise error
    columns = {column_of(field): field for field in table.columns}
    fields = [columns[name] for name in violation.columns if name in columns]
    label = doctype.label if table.parent is None else f"Row of {doctype.label}"
    if not fields:
        numbers = [row["number"] for row in documents if row.get("number") is not None]
        if len(numbers) == 1:
            return taken(doctype, numbers[0])
        said = f"{label} with one of these numbers exists already."
        return Finding("number.taken", "number", said, hint=_ANOTHER)
    rows = [row for document in documents for row in rows_at(document, table.path)]
    row = _culprit(rows, fields)
    if row is None:
        words = " and ".join(field.label for field in fields)
        sentence = f"{label} with the {words} of one of these exists already."
        return Finding("field.not_unique", fields[0].name, sentence, hint=_ANOTHER)
    words = " and ".join(f"the {f.label} {_shown(session, f, row)}" for f in fields)
    path = _path(doctype, table, documents, row, fields[0])
    said = f"{label} with {words} exists already."
    return Finding("field.not_unique", path, said, hint=_ANOTHER)


def _culprit(rows: Sequence[Row], fields: Sequence[Field]) -> Row | None:
    """The row that is like another: the only one, or the second of two alike; None where it is not known."""
    if len(rows) == 1:
        return rows[0]
    seen = set()
    for row in rows:
        values = tuple(row[field.name] for field in fields)
        if None not in values and values in seen:
            return row
        seen.add(values)
    return None


def _shown(session: Session, field: Field, row: Row) -> str:
    value = row[field.name]
    for target in field.link:
        record = session.facts.get(target, {}).get(value)
        if record is not None:
            value = record.get(session.catalog.doctypes[target].title_field) or value
    return f'"{plain(value)}"'


def _path(doctype: Doctype, table: Table, documents: Sequence[Row], row: Row, field: Field) -> str:
    for index, document in enumerate(documents):
        if any(each is row for each in rows_at(document, table.path)):
            return prefixed(index, len(documents), path_of(row, table.path, field.name))
    return field.name
