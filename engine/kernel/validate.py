"""Whether a document may be saved: required fields, bounds, checked texts, links, declared checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from engine.catalog.calculation import Check
from engine.catalog.doctypes import Doctype
from engine.catalog.fields import DOCUMENT, Field, Table
from engine.catalog.text_check import fault_of
from engine.kernel.defaults import NOTHING
from engine.kernel.finding import Finding, path_of
from engine.kernel.link_making import is_made
from engine.kernel.rows import VEILED, Facts, Row, rows_at, tables_in_order, worth_at
from engine.kernel.text_types import CHECKED, check_text


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
        if table.parent is not None and table.minimum_rows:
            findings += _enough_rows(doctype, document, table)
        for row in rows:
            findings += _row(table, row, document, facts, beside)
    return findings + declared(doctype, document, facts, old, beside)


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


def _enough_rows(doctype: Doctype, document: Row, table: Table) -> Iterator[Finding]:
    name = table.path.rpartition(".")[2]
    assert table.parent is not None
    for parent in rows_at(document, table.parent):
        if len(parent[name]) < table.minimum_rows:
            label = doctype.tables[table.parent].fields[name].label
            yield Finding(
                "rows.too_few",
                path_of(parent, table.parent, name),
                f"{label} needs at least {table.minimum_rows} row(s).",
            )


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
        message = fault_of_value(field, value) or _candidate(field, value, frame, document, facts)
        if message:
            code, sentence = message
            yield Finding(code, path_of(row, table.path, field.name), sentence)


def fault_of_value(field: Field, value: Any) -> tuple[str, str] | None:
    """(code, sentence) where a value breaks its field's bounds."""
    if field.minimum is not None and value < Decimal(field.minimum):
        return "field.too_small", f"{field.label} is {value}; the least is {field.minimum}."
    if field.maximum is not None and value > Decimal(field.maximum):
        return "field.too_large", f"{field.label} is {value}; the most is {field.maximum}."
    if field.options and value not in field.options:
        allowed = ", ".join(field.options)
        return "field.option", f"{field.label} is '{value}'; it takes one of: {allowed}."
    if field.length and isinstance(value, str) and len(value) > field.length:
        return "field.too_long", f"{field.label} takes {field.length} characters at most."
    if field.form is not None:
        fault = fault_of(field.form, value)
        return ("field.format", f"{field.label}: {fault[1]}") if fault else None
    if field.type in CHECKED:
        sentence = check_text(field.type, value)
        return ("field.format", f"{field.label}: {sentence}") if sentence else None
    return None


def _candidate(
    field: Field, value: Any, frame: dict[str, Any], document: Row, facts: Facts
) -> tuple[str, str] | None:
    """(code, sentence) where a link points to nothing, to another company, or to what ``where`` rules out."""
    if field.type != "link" or field.link == (DOCUMENT,):
        return None
    name = next((name for name in field.link if value in facts.get(name, {})), "")
    found = facts[name][value] if name else None
    company = _company_of(name, found, facts) if found is not None else None
    # What belongs to another company is not told from what does not exist.
    if found is None or (company is not None and document.get("company") not in (None, company)):
        names = " or ".join(field.link)
        return "link.unknown", f"{field.label}: there is no {names} {value}."
    if field.where is not None and VEILED not in found:
        frame["row"] = found
        if field.where.run(frame) is False:
            return "link.not_allowed", f"{field.label}: this choice is not allowed here."
    return None


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
