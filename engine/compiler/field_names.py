"""What a field may be called, and its column."""

from __future__ import annotations

from collections.abc import Iterator

from engine.compiler.names import is_snake, key_of, label_of
from engine.compiler.own_fields import APART, full_name
from engine.compiler.packs import Packs
from engine.problems.problem import Problem
from engine.source.nodes import Entry, Scalar
from engine.spec.common import GIVEN_WORDS, PYTHON_WORDS, STANDARD_FIELDS, SYSTEM_COLUMNS

LONGEST_NAME = 56
"""Field names leave room for ``_type`` and ``_id`` in the 63 characters of PostgreSQL."""

_OTHER_WORDS = {
    "from": "source", "class": "category", "for": "purpose", "is": "equals", "in": "within",
    "import": "imported", "with": "together", "or": "either", "and": "both", "not": "excluded",
    "state": "status", "number": "reference", "company": "company_name", "id": "code",
    "version": "edition", "parent": "parent_record", "row": "line", "user": "person",
    "today": "on_date", "now": "at_time", "index": "line_number", "position": "place",
}  # fmt: skip


def check_name(entry: Entry, packs: Packs) -> Iterator[Problem]:
    """A field name that expressions could not read, or tables not hold."""
    name, text = entry.key, entry.key.text
    why = _taken_by(text)
    wrong = too_long(text, name, "The name")
    if why:
        other = _OTHER_WORDS.get(text)
        hint = f"Call it '{other}', and say label: {label_of(text)}." if other else ""
        message = f"No field can be called '{text}': it is {why}."
        yield Problem("E117", message, name.span, hint or "Choose another name.")
    elif wrong is not None:
        yield wrong
    elif APART in text and is_snake(text) and not _is_own(entry, packs):
        message = f"'{text}' has two underscores in a row, which stand between packs and tables."
        yield Problem("E116", message, name.span, "Write one underscore.")


def too_long(text: str, name: Scalar, what: str) -> Problem | None:
    """``text``, by which ``name`` is stored, where databases cannot hold it; ``what`` it is, as a sentence begins."""
    if len(text) <= LONGEST_NAME:
        return None
    message = f"{what} '{text[:20]}…' has {len(text)} characters; {LONGEST_NAME} are allowed."
    return Problem("E313", message, name.span, "Shorten it, and give it a label.")


def column_of(entry: Entry, owner: str, packs: Packs) -> str:
    """The column of a field, where it is not called as the field.

    Where a pack brings a field to a doctype of another, ``owner``, its column is called after the pack too, from the
    first day on: what a later pack brings under the same name never renames it.
    """
    pack = packs.of(entry.declared)
    if not pack or not owner or packs.sees(owner, pack) or APART in entry.key.text:
        return ""
    return full_name(pack, entry.key.text)


def _is_own(entry: Entry, packs: Packs) -> bool:
    """Whether it was called after its pack, because others have a field of that name."""
    pack, _, field = entry.key.text.partition(APART)
    return bool(field) and pack == key_of(packs.of(entry.declared))


def _taken_by(name: str) -> str:
    """What has the name already; empty where a field can have it."""
    if name in STANDARD_FIELDS:
        return "a standard field of every record"
    if name in PYTHON_WORDS or name in GIVEN_WORDS:
        return "a word of the expression language"
    return "a column that PostgreSQL has in every table" if name in SYSTEM_COLUMNS else ""
