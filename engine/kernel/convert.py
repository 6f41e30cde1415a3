"""From what a channel sends to typed rows: the only place where input is believed or refused.

Input is a dict as JSON has it (decimals as text or number, dates as ISO text, links as id,
``{"id": …}`` or the business key) or already typed. Nothing is guessed and nothing is passed over: an
unknown field, one that something else writes, a wrong type or too many decimals is a finding with its path.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.catalog.calculation import FormulaStep, writes_of
from engine.catalog.doctypes import ASK, Doctype
from engine.catalog.fields import Field, Table, child_path
from engine.catalog.values import Unreadable, is_id, read_value
from engine.kernel.finding import Finding
from engine.kernel.issuing import take_issued
from engine.kernel.rows import Row, append_row, copied, linked_ids, new_row
from engine.problems.problem import Span
from engine.problems.suggest import did_you_mean

STANDARD = frozenset(
    {
        "id", "number", "state", "stage", "workflow", "version", "typed", "index", "parent", "catalog", "facts",
        "amends", "submitted_by", "created_by", "created_at", "changed_by", "changed_at", "titles", "warnings",
    }
)  # fmt: skip
"""Fields a document carries that nobody types: read back as they stand they are taken no notice of."""

_TOLD: Mapping[str, str] = {
    "number": "it is given when the document is submitted",
    "state": "it changes by transitions",
    "stage": "it changes by transitions",
    "amends": "it is known of a document that was made in place of another",
} | dict.fromkeys(("submitted_by", "created_by", "created_at"), "the engine notes it")
"""Those of them that say something of a document, and who writes them: another value is refused. Who changed it
last and when is another with every change anyway."""

COMPUTED = "input.computed_field"
"""The code of a value for what something else writes."""
_MOMENT = Field("", "datetime", "", Span("", 0, 0))

MOST_ROWS = 10_000


@dataclass(slots=True)
class Naming:
    """A link given by its business key, still to be found."""

    row: Row
    field: Field
    text: str
    path: str
    claimed: str | None = None
    """The doctype (key or name) that it is said to be of."""


@dataclass(frozen=True, slots=True)
class Said:
    """A value that somebody sent for a field that is a part of another row's where its row knows that one.

    ``rows``: of a table the rows sent, each with the fields that it says.
    """

    row: Row
    field: Field
    path: str
    value: Any = None
    rows: tuple[tuple[Row, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A link that says of which doctype (key or name) its record is."""

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
    claims: list[Claim] = field(default_factory=list)
    parted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Path of a table → its fields that may be parts of another row's."""
    said: list[Said] = field(default_factory=list)
    company: Any = None
    """The company as sent (id, key or None)."""
    before: frozenset[int] = frozenset()
    """Every record that the stored document links to."""
    old: Row | None = None
    """The stored document as it was, where a check of the doctype reads it, or fields may be locked."""
    issued: str | None = None
    """The number that the document comes with."""


def convert(doctype: Doctype, raw: Any, current: Row | None = None) -> Input:
    """``raw`` laid over ``current`` (a stored document, changed in place) or over an empty document."""
    parted = _parted(doctype)
    result = Input(new_row(doctype.head), parted=parted)
    if current is not None:
        result = Input(current, before=linked_ids(doctype, current), parted=parted)
        locks = any(table.lockable for table in doctype.tables.values())
        if locks or any(check.reads_old for check in doctype.checks.values()):
            result.old = copied(doctype, doctype.head, current)
    if not isinstance(raw, Mapping):
        result.findings.append(Finding("input.shape", "", "A document is an object of fields."))
        return result
    raw = dict(raw)
    result.company = raw.pop("company", None)
    result.issued, wrong = take_issued(doctype, raw)
    if wrong is not None:
        result.findings.append(wrong)
    _fields(doctype, doctype.head, result, result.row, raw, "")
    return result


def _parted(doctype: Doctype) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for mapping in doctype.make_from.values():
        if mapping.prorate and mapping.into is not None:
            found[mapping.into] = found.get(mapping.into, frozenset()).union(mapping.prorate)
    return found


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
            result.findings += _standard(doctype, table, row, name, value, here)
        elif target.type == "table":
            _rows(doctype, table, result, row, target, value, here)
        elif _may_write(doctype, table, result, target, value, here):
            _one(result, row, target, value, here)
            if target.name in result.parted.get(table.path, ()):
                result.said.append(Said(row, target, here, row[target.name]))


def _standard(
    doctype: Doctype, table: Table, row: Row, name: str, value: Any, path: str
) -> list[Finding]:
    """What is wrong with a value for what is no field: an unknown name, or one that only the engine writes."""
    if name not in STANDARD or (table.path and name in _TOLD and value is not None):
        return [_unknown(doctype, table, name, path)]
    if name not in _TOLD or value is None or _stands(row.get(name), value):
        return []
    if doctype.name.startswith(ASK):
        return [_unknown(doctype, table, name, path)]
    sentence = f"'{name}' cannot be set: {_TOLD[name]}."
    return [Finding(COMPUTED, path, sentence, hint="Leave it out.")]


def _stands(known: Any, value: Any) -> bool:
    """Whether ``value`` is what is ``known``, as JSON has it."""
    if isinstance(known, datetime) and isinstance(value, str):
        try:
            return bool(read_value(_MOMENT, value) == known)
        except Unreadable:
            return False
    return bool(known == value)


def _unknown(doctype: Doctype, table: Table, name: str, path: str) -> Finding:
    if not doctype.name.startswith(ASK):
        hint = did_you_mean(name, table.fields) or "Leave it out."
        said = f"{table.row_type} has no field '{name}'."
        return Finding("input.unknown_field", path, said, hint=hint)
    asked = ", ".join(field.label for field in table.fields.values()) or "nothing"
    message = f"{doctype.label} does not ask for '{name}'."
    return Finding("input.unknown_field", path, message, hint=f"It asks for: {asked}.")


def _two_names(target: Field, former: str, path: str) -> Finding:
    sentence = f"'{former}' is what '{target.name}' was called, and they say different things."
    return Finding("input.two_names", path, sentence, hint=f"Send '{target.name}' only.")


def _may_write(
    doctype: Doctype, table: Table, result: Input, target: Field, value: Any, path: str
) -> bool:
    is_back = target.type == "back"
    if not is_back and (target.editable or (target.writer == "person" and not target.generated)):
        return True
    if not is_back or value is not None:
        result.findings.append(_computed(doctype, table, target, path))
    return False


def _computed(doctype: Doctype, table: Table, target: Field, path: str) -> Finding:
    """The refusal of a value for a field that a person does not write; it names who does."""
    place = (table.path, target.name)
    step = next((step for step in doctype.steps if place in writes_of(step)), None)
    who = "is worked out"
    if target.back is not None:
        who = f"is what {target.back[0]} says"
    elif target.formula is not None:
        who = "is worked out by its formula"
    elif step is not None and not isinstance(step, FormulaStep):
        who = f"is worked out by the step '{step.key}'"
    sentence = f"{target.label} {who}; it cannot be set."
    return Finding(COMPUTED, path, sentence, hint="Leave it out.")


def _one(result: Input, row: Row, target: Field, value: Any, path: str) -> None:
    try:
        read = read_value(target, value)
    except Unreadable as unreadable:
        result.findings.append(
            Finding(unreadable.code, path, f"{target.label}: {unreadable.sentence}")
        )
        return
    if target.type == "link" and read is not None:
        read = _linked(result, row, target, (value, read), path)
    row[target.name] = read
    if target.editable:
        mark_typed(row, target.name, value is not None and value != "")


def _linked(result: Input, row: Row, target: Field, both: tuple[Any, Any], path: str) -> int | None:
    """The id of a link; None where it has a key still to be found. A doctype that is said is noted."""
    value, read = both
    claimed = value.get("doctype") if isinstance(value, Mapping) else None
    if claimed is not None and not isinstance(claimed, str):
        sentence = f"{target.label}: 'doctype' is the name of a doctype."
        result.findings.append(Finding("value.type", path, sentence))
    elif claimed is not None:
        result.claims.append(Claim(row, target, claimed, path))
    if isinstance(read, str):
        result.names.append(Naming(row, target, read, path, claimed))
        return None
    return int(read)


def mark_typed(row: Row, name: str, typed: bool) -> None:
    """Remember whether a person typed over the field ``name``."""
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
        result.findings.append(_computed(doctype, table, target, path))
        return
    if value is None:
        value = []
    if not isinstance(value, list) or len(value) > MOST_ROWS:
        sentence = f"{target.label} is a list of at most {MOST_ROWS:,} rows."
        result.findings.append(Finding("input.shape", path, sentence))
        return
    stored = {old["id"]: old for old in row[target.name] if old.get("id") is not None}
    row[target.name] = []
    sent: list[tuple[Row, tuple[str, ...]]] = []
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
        sent.append((kept, tuple(name for name in raw if name in child.fields)))
    if target.name in result.parted.get(table.path, ()):
        result.said.append(Said(row, target, path, rows=tuple(sent)))
