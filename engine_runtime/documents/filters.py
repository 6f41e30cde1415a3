"""Filters of lists: (path, operator, value) as conditions, with the value read as its field's type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast, get_args

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field
from engine.catalog.values import Unreadable, read_value
from engine.kernel.finding import Finding
from engine_runtime.documents.errors import InputMalformed
from engine_runtime.documents.paths import Path, resolve_path
from engine_runtime.posting.session import Session
from engine_runtime.tables.query import AnyOf, Condition, Operator, Where

OPERATORS = get_args(Operator)
MOST_FILTERS = 20
MOST_VALUES = 500
_IN_TEXTS = ("contains", "starts")
_TEXT_TYPES = ("text", "long_text", "choice", "phone", "email", "url")


def conditions(
    session: Session, doctype: Doctype, filters: Sequence[tuple[str, str, Any]]
) -> list[Where]:
    """The conditions of ``filters``. Raises InputMalformed."""
    if len(filters) > MOST_FILTERS:
        raise InputMalformed(f"A list takes at most {MOST_FILTERS} filters.")
    return [_condition(session, doctype, *part) for part in filters]


def _condition(
    session: Session, doctype: Doctype, name: str, operator: str, value: Any
) -> Condition:
    path = resolve_path(session, doctype, name)
    if operator not in OPERATORS:
        raise _bad(name, f"'{operator}' is no operator; take one of {', '.join(OPERATORS)}")
    if not path.column:
        raise _bad(name, "it is worked out when asked and cannot be filtered by")
    if operator == "is_null":
        if not isinstance(value, bool):
            raise _bad(name, "is_null takes true or false")
        return Condition(path.column, "is_null", value)
    if value is None:
        return Condition(path.column, "is_null", operator != "!=")
    if path.field.type == "json":
        raise _bad(name, "of what holds JSON one asks only whether it is there, by is_null")
    return Condition(path.column, cast("Operator", operator), _value(path, operator, value))


def _value(path: Path, operator: str, value: Any) -> Any:
    if operator == "in":
        if not isinstance(value, list | tuple) or len(value) > MOST_VALUES:
            raise _bad(path.name, f"'in' takes a list of at most {MOST_VALUES} values")
        return [_read(path, path.field, item) for item in value]
    if operator in _IN_TEXTS:
        if not isinstance(value, str) or path.field.type not in _TEXT_TYPES:
            raise _bad(path.name, f"'{operator}' looks for a text in a field that holds texts")
        if "\x00" in value:
            raise _bad(path.name, "it holds a character that no text has (NUL)")
        return value
    return _read(path, path.field, value)


def _read(path: Path, field: Field, value: Any) -> Any:
    try:
        read = read_value(field, value)
    except Unreadable as unreadable:
        raise _bad(path.name, unreadable.sentence.rstrip(".")) from None
    if read is None or (field.type == "link" and isinstance(read, str)):
        raise _bad(path.name, "a link is compared with an id")
    return read


def _bad(name: str, why: str) -> InputMalformed:
    sentence = f"The filter on '{name}' cannot be used: {why}."
    return InputMalformed(sentence, [Finding("list.bad_filter", name, sentence)])


def search_condition(session: Session, doctype: Doctype, text: str) -> Where:
    """One of the doctype's search fields contains ``text``."""
    names = [*doctype.search, *(["number"] if doctype.submittable else [])]
    parts: list[Where] = []
    for name in names or [doctype.title_field]:
        try:
            path = resolve_path(session, doctype, name)
        except InputMalformed:  # a linked doctype that this reader may not read is not searched
            continue
        if path.column and path.field.type in _TEXT_TYPES:
            parts.append(Condition(path.column, "contains", text[:140]))
    return AnyOf(tuple(parts))
