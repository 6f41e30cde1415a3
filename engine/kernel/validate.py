"""Whether a document may be saved: required fields, bounds, checked texts, links, declared checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.catalog.bounds import outside
from engine.catalog.calculation import Check
from engine.catalog.doctypes import Doctype
from engine.catalog.fields import DOCUMENT, Field, Table
from engine.expr.program import Expr
from engine.expr.words import failing
from engine.kernel.defaults import NOTHING
from engine.kernel.finding import NO_SUCH_RECORD, Finding, path_of
from engine.kernel.link_making import is_made
from engine.kernel.rows import VEILED, Facts, Row, rows_at, tables_in_order, worth_at


def validate(
    doctype: Doctype,
    document: Row,
    facts: Facts,
    beside: Mapping[str, Any] = NOTHING,
    old: Row | None = None,
) -> list[Finding]:
    """Every problem of a worked-out document; empty when it may be saved.

    ``beside``: further names in sight; ``old``: the document before the change, None where it is new.
    """
    findings: list[Finding] = []
    for table in tables_in_order(doctype):
        rows = rows_at(document, table.path)
        if table.parent is not None and (table.minimum_rows or table.maximum_rows is not None):
            findings += _number_of_rows(doctype, document, table)
        for row in rows:
            findings += _row(table, row, document, facts, beside)
        if old is not None:
            findings += _locked(table, rows, old, {**beside, "facts": facts})
    return findings + declared(doctype, document, facts, old, beside)


def _locked(
    table: Table, rows: Sequence[Row], old: Row, around: Mapping[str, Any]
) -> Iterator[Finding]:
    """What a person changed although ``read_only_if`` held of the row as it was."""
    if not table.lockable:
        return
    before = {row["id"]: row for row in rows_at(old, table.path) if row.get("id") is not None}
    for row in rows:
        was = before.get(row.get("id"))
        for field in table.lockable if was is not None else ():
            condition = field.read_only_if
            if condition is None or was is None or row[field.name] == was[field.name]:
                continue
            if condition.run({**around, "this": was, "row": None}) is True:
                place = path_of(row, table.path, field.name)
                said = f"{field.label} is locked: it was {_shown(was[field.name])}."
                yield Finding("field.read_only", place, said, hint="Leave it as it was.")


def _shown(value: Any) -> str:
    return "empty" if value is None else str(value)


def declared(
    doctype: Doctype,
    document: Row,
    facts: Facts,
    old: Row | None = None,
    beside: Mapping[str, Any] = NOTHING,
) -> list[Finding]:
    """The declared checks that ``document`` breaks, by themselves; ``beside`` has ``ask`` and ``read``."""
    return [
        finding
        for check in doctype.checks.values()
        for finding in _declared(doctype, check, (document, old), {**beside, "facts": facts})
    ]


def _number_of_rows(doctype: Doctype, document: Row, table: Table) -> Iterator[Finding]:
    name = table.path.rpartition(".")[2]
    assert table.parent is not None
    label = doctype.tables[table.parent].fields[name].label
    least, most = table.minimum_rows, table.maximum_rows
    for parent in rows_at(document, table.parent):
        count, place = len(parent[name]), path_of(parent, table.parent, name)
        if count < least:
            yield Finding("rows.too_few", place, f"{label} needs at least {_rows(least)}.")
        elif most is not None and count > most:
            yield Finding("rows.too_many", place, f"{label} takes {_rows(most)} at most.")


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _row(
    table: Table, row: Row, document: Row, facts: Facts, beside: Mapping[str, Any]
) -> Iterator[Finding]:
    frame: dict[str, Any] = {**beside, "this": row, "row": None, "facts": facts}
    for field in table.constrained:
        value = row[field.name]
        if value is None or value == "":
            needed = field.required or (
                field.required_if is not None and field.required_if.run(frame) is True
            )
            # What is made at submit is not asked for before; a change of what is submitted makes nothing.
            if needed and (document.get("stage") == "submitted" or not is_made(field, frame)):
                yield Finding(
                    "field.required",
                    path_of(row, table.path, field.name),
                    f"{field.label} is required.",
                )
            continue
        place = path_of(row, table.path, field.name)
        message = outside(field, value)
        if message:
            code, sentence = message
            yield Finding(code, place, sentence)
        else:
            yield from _candidate(field, value, frame, (document, facts), place)


def _candidate(
    field: Field, value: Any, frame: dict[str, Any], around: tuple[Row, Facts], place: str
) -> Iterator[Finding]:
    """What is found of a link that points to nothing, to another company, or to what ``where`` rules out."""
    if field.type != "link" or field.link == (DOCUMENT,):
        return
    document, facts = around
    name = next((name for name in field.link if value in facts.get(name, {})), "")
    found = facts[name][value] if name else None
    company = _company_of(name, found, facts) if found is not None else None
    # What belongs to another company is not told from what does not exist.
    if found is None or (company is not None and document.get("company") not in (None, company)):
        names = " or ".join(field.link)
        said = f"{field.label}: there is no {names} {value}."
        yield Finding("link.unknown", place, said, hint=NO_SUCH_RECORD)
    elif field.where is not None and VEILED not in found:
        frame["row"] = found
        if field.where.run(frame) is not True:
            yield not_allowed(field, field.where, frame, place)


def not_allowed(field: Field, where: Expr, frame: Mapping[str, Any], place: str) -> Finding:
    """The refusal of a choice that ``where`` rules out; ``frame['row']`` is the one chosen."""
    names = " or ".join(target.partition(".")[0] for target in field.link)
    sentence = f"{field.label}: this choice is not allowed here: {failing(where, frame)}."
    return Finding("link.not_allowed", place, sentence, hint=f"Choose a {names} that fits.")


def _company_of(name: str, record: Row, facts: Facts) -> Any:
    """The company of a record, or of the document that a row belongs to."""
    owner: Row | None = record
    while "." in name and owner is not None:
        name = name.rpartition(".")[0]
        owner = facts.get(name, {}).get(owner.get("parent") or 0)
    return owner.get("company") if owner is not None else None


def _declared(
    doctype: Doctype, check: Check, both: tuple[Row, Row | None], around: Mapping[str, Any]
) -> Iterator[Finding]:
    document, old = both
    frame: dict[str, Any] = {**around, "this": document, "row": None, "old": old}
    frame["worth"] = worth_at(doctype, document)
    for row in rows_at(document, check.each or ""):
        frame["row"] = row if check.each else None
        if check.when is not None and check.when.run(frame) is not True:
            continue
        if check.check.run(frame) is False:
            yield Finding(
                f"check.{check.key}",
                _marked(check, row),
                check.message.run(frame),
                action=check.action,
            )


def _marked(check: Check, row: Row) -> str:
    """The path of the first field that the check marks, on ``row`` where it is a field of its table."""
    if not check.fields:
        return path_of(row, check.each) if check.each else ""
    table, _, name = check.fields[0].rpartition(".")
    if check.each and table == check.each:
        return path_of(row, check.each, name)
    return check.fields[0]
