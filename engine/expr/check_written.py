"""Arguments that have to be written out, because they say how and not what: each with its check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from engine.expr.functions import PAGE
from engine.expr.library_dates import READ_FORMAT, WEEKDAYS
from engine.expr.patterns import canonical
from engine.money import ROUNDING_MODES

Refused = tuple[str, str]
"""(sentence, way out)."""


def _one_of(
    words: Mapping[str, object] | tuple[str, ...], what: str
) -> Callable[[str | None], Refused | None]:
    shown = ", ".join(f"'{word}'" for word in words)

    def check(text: str | None) -> Refused | None:
        return None if text in words else (f"This is no {what}.", f"Write one of {shown}.")

    return check


def _pattern(text: str | None) -> Refused | None:
    if text is None:
        return "A pattern is written out.", r"Write matches(code, '[A-Z]{2}\d{4}')."
    sentence = canonical(text)[1]
    return (sentence, f"{PAGE} says what a pattern may have.") if sentence else None


def _date_format(text: str | None) -> Refused | None:
    if text is not None and READ_FORMAT.fullmatch(text):
        return None
    return "This is no form of a date.", "Write one of yyyy, yy, MMM, MM, dd, as 'yyyyMMdd'."


def _weekdays(text: str | None) -> Refused | None:
    names = text.split() if text is not None else ["?"]
    if all(name in WEEKDAYS for name in names) and len(set(names)) == len(names):
        return None
    return "These are no days of the week.", f"Write some of '{' '.join(WEEKDAYS)}'."


WRITTEN: Mapping[str, Callable[[str | None], Refused | None]] = MappingProxyType(
    {
        "rounding": _one_of(ROUNDING_MODES, "way of rounding"),
        "grouping": _one_of(("million",), "way of grouping"),
        "pattern": _pattern,
        "date format": _date_format,
        "weekdays": _weekdays,
    }
)
"""Word of a parameter (see ``functions.py``) → what is wrong with the text; None for what is not written out."""
