"""From what a channel sends to typed rows: the only place where input is believed or refused.

Input is a dict as JSON has it (decimals as text or number, dates as ISO text, links as id,
``{"id": …}`` or the business key) or already typed. Nothing is guessed: an unknown or computed
field, a wrong type or too many decimals is a finding with its path.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.catalog.doctypes import ASK, Doctype
from engine.catalog.fields import Field, Table, child_path
from engine.catalog.values import Unreadable, is_id, read_value
from engine.kernel.finding import Finding
from engine.kernel.rows import Row, append_row, copied, linked_ids, new_row

STANDARD = frozenset(
    {
        "id", "number", "state", "stage", "workflow", "version", "typed", "index", "parent", "catalog", "facts",
        "amends", "submitted_by", "created_by", "created_at", "changed_by", "changed_at", "titles", "warnings",
    }
)  # fmt: skip
"""Fields a document carries that nobody types: read back they are taken no notice of."""

MOST_ROWS = 10_000


@dataclass(slots=True)
class Naming:
    """A link given by its business key, still to be found."""

    row: Row
    field: Field
    text: str
    path: str


@dataclass(slots=True)
class Input:
    """One converted document: its rows, what was wrong, and the links to find."""

    row: Row
    findings: list[Finding] = field(default_factory=list)
    names: list[Naming] = field(default_factory=list)
    company: Any = None
    """The company as sent (id, key or None)."""
    before: frozenset[int] = frozenset()
    """Every record that the stored document links to."""
    old: Row | None = None
    """The stored document as it was, where a check of the doctype reads it, or fields may be locked."""


def convert(doctype: Doctype, raw: Any, current: Row | None = None) -> Input:
    """``raw`` laid over ``current`` (a stored document, changed in place) or over an empty document."""
    result = Input(new_row(doctype.head))
    if current is not None:
        result = Input(current, before=linked_ids(doctype, current))
        locks = any(table.lockable for table in doctype.tables.values())
        if locks or any(check.reads_old for check in doctype.checks.values()):
            result.old = copied(doctype, doctype.head, current)
    if not isinstance(raw, Mapping):
        result.findings.append(Finding("input.shape", "", "A document is an object of fields."))
        return result
    raw = dict(raw)
    result.company = raw.pop("company", None)
    _fields(doctype, doctype.head, result, result.row, raw, "")
    return result


def _fields(
    doctype: Doctype, table: Table, result: Input, row: Row, raw: Mapping[str, Any], path: str
) -> None:
    for name, value in raw.items():
        target = table.fields.get(name) or table.formerly.get(name)
        here = child_path(path, name)
        if target is not None and target.name != name and target.name in raw:
            # What was read under both names may be sent back so, unless they say different things.
            if raw[target.name] != value:
                result.findings.append(_two_names(target, name, here))
        elif target is None:
            if name not in STANDARD:
                result.findings.append(_unknown(doctype, table, name, here))
        elif target.type == "table":
            _rows(doctype, table, result, row, target, value, here)
        elif target.type != "back" and _may_write(result, target, value, here):
            _one(result, row, target, value, here)


def _unknown(doctype: Doctype, table: Table, name: str, path: str) -> Finding:
    if not doctype.name.startswith(ASK):
        return Finding("input.unknown_field", path, f"{table.row_type} has no field '{name}'.")
    asked = ", ".join(field.label for field in table.fields.values()) or "nothing"
    message = f"{doctype.label} does not ask for '{name}'."
    return Finding("input.unknown_field", path, message, hint=f"It asks for: {asked}.")


def _two_names(target: Field, former: str, path: str) -> Finding:
    sentence = f"'{former}' is what '{target.name}' was called, and they say different things."
    return Finding("input.two_names", path, sentence, hint=f"Send '{target.name}' only.")


def _may_write(result: Input, target: Field, value: Any, path: str) -> bool:
    if target.writer == "person" and not target.generated:
        return True
    if target.editable:
        return True
    result.findings.append(
        Finding(
            "input.computed_field",
            path,
            f"{target.label} is worked out; it cannot be set.",
            hint="Leave it out.",
        )
    )
    return False


def _one(result: Input, row: Row, target: Field, value: Any, path: str) -> None:
    try:
        read = read_value(target, value)
    except Unreadable as unreadable:
        result.findings.append(
            Finding(unreadable.code, path, f"{target.label}: {unreadable.sentence}")
        )
        return
    if target.type == "link" and isinstance(read, str):
        result.names.append(Naming(row, target, read, path))
        read = None
    row[target.name] = read
    if target.editable:
        _mark_typed(row, target.name, value is not None and value != "")


def _mark_typed(row: Row, name: str, typed: bool) -> None:
    names = {part for part in row["typed"].split(",") if part}
    names = names | {name} if typed else names - {name}
    row["typed"] = ",".join(sorted(names))


def _rows(
    doctype: Doctype,
    table: Table,
    result: Input,
    row: Row,
    target: Field,
    value: Any,
    path: str,
) -> None:
    """Child rows are sent as a whole list; a row that carries the id of a stored one keeps it."""
    child = doctype.tables[child_path(table.path, target.name)]
    if child.generated or target.generated:
        result.findings.append(
            Finding(
                "input.computed_field", path, f"{target.label} is worked out; it cannot be set."
            )
        )
        return
    if value is None:
        value = []
    if not isinstance(value, list) or len(value) > MOST_ROWS:
        sentence = f"{target.label} is a list of at most {MOST_ROWS:,} rows."
        result.findings.append(Finding("input.shape", path, sentence))
        return
    stored = {old["id"]: old for old in row[target.name] if old.get("id") is not None}
    row[target.name] = []
    for position, raw in enumerate(value):
        here = f"{path}[{position}]"
        if not isinstance(raw, Mapping):
            result.findings.append(Finding("input.shape", here, "A row is an object of fields."))
            continue
        kept = stored.pop(raw.get("id"), None) if is_id(raw.get("id")) else None
        if kept is not None:
            kept["index"] = position + 1
            row[target.name].append(kept)
        else:
            kept = append_row(row, target.name, child)
        _fields(doctype, child, result, kept, raw, here)
