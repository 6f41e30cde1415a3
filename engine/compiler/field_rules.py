"""Which keys go with which field type, and what literals a field takes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from engine.catalog.fields import FieldType
from engine.compiler import view
from engine.problems.problem import Problem
from engine.problems.suggest import choices
from engine.source.nodes import Mapping, Scalar

NUMERIC = frozenset({"integer", "decimal", "money", "rate", "percent", "quantity"})
TEXTUAL = frozenset({"text", "long_text", "phone", "email", "url"})
ROWS = frozenset({"table", "back"})

SCALES: dict[str, int] = {
    "integer": 0,
    "money": 2,
    "rate": 6,
    "percent": 4,
    "quantity": 3,
    "decimal": 6,
}
PRECISIONS: dict[str, int] = {
    "integer": 18, "money": 18, "rate": 18, "percent": 9, "quantity": 18, "decimal": 18
}  # fmt: skip
"""All digits. Eighteen fit the scaled integers of SQLite."""

LENGTHS: dict[str, int] = {
    "text": 140, "choice": 60, "phone": 20, "email": 254, "url": 500,
}  # fmt: skip

_TAKES: dict[str, frozenset[str]] = {
    "to": frozenset({"link"}),
    "where": frozenset({"link"}),
    "make": frozenset({"link"}),
    "of": ROWS,
    "by": frozenset({"back"}),
    "fields": frozenset({"table"}),
    "generated": frozenset({"table"}),
    "min": NUMERIC | {"table"},
    "max": NUMERIC | {"table"},
    "length": TEXTUAL,
    "scale": frozenset({"decimal"}),
    "options": frozenset({"choice"}),
    "unit": frozenset({"quantity"}),
    "in": frozenset({"money"}),
}
"""Key → the types it goes with; keys that are not here go with all but tables and back links."""

_ON_ROWS = frozenset(
    {"type", "label", "of", "by", "fields", "generated", "min", "max", "after", "after_submit", "help",
     "since", "deprecated", "visible_if", "read_only_if", "renamed_from"}
)  # fmt: skip

_NEEDS: dict[str, tuple[str, str]] = {
    "link": ("to", "to: Customer"),
    "choice": ("options", "options: [goods, service]"),
}


def unfit(node: Mapping, type_: FieldType, name: Scalar) -> Problem | None:
    """The keys that do not go with the type, else what the type cannot be without. A field has one type: which of
    the two is wrong is one question.
    """
    wrong = [entry.key for key, entry in node.entries.items() if not _goes(key, type_)]
    if wrong:
        return _not_going(wrong, type_)
    for key, example in _needed(node, type_):
        if key not in node.entries and key not in node.dropped:
            message = f"The {type_} field '{name.text}' lacks the key '{key}'."
            return Problem("E114", message, name.span, f"For example: {example}")
    return None


def _goes(key: str, type_: FieldType) -> bool:
    return type_ in _TAKES[key] if key in _TAKES else type_ not in ROWS or key in _ON_ROWS


def _not_going(keys: list[Scalar], type_: FieldType) -> Problem:
    names = [f"'{key.text}'" for key in keys]
    first = ", ".join(names[:-1])
    message = f"{first} and {names[-1]} do not go with type {type_}."
    if len(keys) == 1:
        message = f"{names[0]} does not go with type {type_}."
    takes = [_TAKES[key.text] for key in keys if key.text in _TAKES]
    types = frozenset.intersection(*takes) if takes else frozenset()
    of = " or ".join(sorted(types)) if 0 < len(types) < 4 else ""
    pronoun = "It belongs" if len(keys) == 1 else "They belong"
    hint = f"{pronoun} to a field of type {of}." if of else ""
    return Problem("E304", message, keys[0].span, hint, also=tuple(key.span for key in keys[1:]))


def _needed(node: Mapping, type_: FieldType) -> Iterator[tuple[str, str]]:
    """The keys that the type cannot be without, each with an example."""
    if type_ in _NEEDS:
        yield _NEEDS[type_]
    if type_ == "back":
        yield from (("of", "of: Sales Invoice"), ("by", "by: customer"))
    if type_ == "table" and "of" not in node.entries and "fields" not in node.entries:
        yield "of", "of: Trade Line"


def check_writers(node: Mapping) -> Iterator[Problem]:
    """A field that two write."""
    if "formula" in node.entries and "default" in node.entries:
        span = node.entries["default"].key.span
        message = "A field has a formula or a default, not both."
        yield Problem("E304", message, span, "The formula always writes it.")


def check_literal(default: Scalar, type_: FieldType, options: tuple[str, ...]) -> Problem | None:
    """What is wrong with a literal ``default``."""
    text = default.text
    if type_ in NUMERIC and not _is_number(text, whole=type_ == "integer"):
        return _no(default, "a whole number" if type_ == "integer" else "a number")
    if type_ == "boolean" and text not in ("true", "false"):
        return _no(default, "true or false")
    if type_ == "date" and not _is_date(text):
        return _no(default, "a date like 2026-03-31")
    if type_ == "choice" and options and text not in options:
        message = f"'{text}' is none of the options."
        return Problem("E113", message, default.span, choices(text, options))
    if type_ in ("link", "json", "datetime", "time"):
        message = f"A {type_} has no literal default."
        return Problem(
            "E113", message, default.span, "An expression begins with '=', as in =company.currency."
        )
    return None


def check_bounds(node: Mapping, type_: FieldType) -> Iterator[Problem]:
    """Bounds that nothing fits between, and numbers of rows that are none."""
    low, high = view.scalar(node, "min"), view.scalar(node, "max")
    least, most = _number(low), _number(high)
    if least is not None and most is not None and high is not None and least > most:
        message = f"The least is {least}, the greatest {most}: nothing fits."
        yield Problem("E113", message, high.span, "Exchange min and max.")
    for bound in (low, high) if type_ == "table" else ():
        if bound is not None and not _is_number(bound.text, whole=True):
            message = f"{bound.text} is no number of rows."
            yield Problem("E113", message, bound.span, "Write a whole number.")


def _number(node: Scalar | None) -> Decimal | None:
    if node is None or not _is_number(node.text, whole=False):
        return None
    return Decimal(node.text)


def _no(default: Scalar, what: str) -> Problem:
    hint = "An expression begins with '='." if not default.text.startswith("=") else ""
    return Problem("E113", f"The default '{default.text}' is not {what}.", default.span, hint)


def _is_number(text: str, *, whole: bool) -> bool:
    try:
        number = Decimal(text)
    except ArithmeticError:
        return False
    return number.is_finite() and (not whole or number == number.to_integral_value())


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def length_of(node: Mapping, type_: FieldType, options: tuple[str, ...]) -> int:
    """The most characters of a text field; 0 for long texts and what is no text."""
    if type_ == "choice":
        return max([LENGTHS["choice"], *(len(option) for option in options)])
    return view.integer(node, "length", LENGTHS.get(type_, 0))


def scale_of(node: Mapping, type_: FieldType) -> int:
    """Decimals of a number."""
    return view.integer(node, "scale", SCALES.get(type_, 0))
