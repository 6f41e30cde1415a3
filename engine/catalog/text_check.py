"""Whether a text is right by the type that a pack declares. Pure functions.

Values are taken as they are: whoever reads input trims it first. ``ui_builder/src/core/textTypes.ts`` does the same.
"""

from __future__ import annotations

import re
from functools import lru_cache

from engine.catalog.text_types import Checksum, Part, TextType


def fault_of(type_: TextType, value: str) -> tuple[str, str] | None:
    """(which check, sentence) of the first check that ``value`` fails; None if it is right.

    Checks in order: ``length``, ``format``, the parts by their names, ``checksum``.
    """
    if not type_.least <= len(value) <= type_.length:
        message = type_.length_message or type_.message
        return "length", _filled(message, value)
    kind = kind_of(type_, value)
    if kind is None or (type_.refused and _compiled(type_.refused).fullmatch(value)):
        return "format", _filled(type_.message, value)
    for part in type_.parts.values():
        text = value[part.start : part.end]
        if part.options and _has(part, kind) and text not in part.options:
            return part.name, _filled(part.message or type_.message, value, text)
    if type_.checksum is not None and check_character(type_.checksum, value[:-1]) != value[-1]:
        return "checksum", _filled(type_.checksum.message, value)
    return None


def kind_of(type_: TextType, value: str) -> str | None:
    """Which of the patterns ``value`` fits: the name of its kind ("" where there is one pattern only)."""
    return next((k for k, p in type_.patterns.items() if _compiled(p).fullmatch(value)), None)


def check_character(sum_: Checksum, first: str) -> str | None:
    """The last character for those before it; None where one of them is not in the alphabet."""
    total = 0
    for position, character in enumerate(first):
        number = sum_.alphabet.find(character)
        if number < 0:
            return None
        product = number * sum_.weights[position % len(sum_.weights)]
        while sum_.fold and product >= sum_.modulus:
            product = product // sum_.modulus + product % sum_.modulus
        total += product
    return sum_.alphabet[-total % sum_.modulus]


def _has(part: Part, kind: str) -> bool:
    return not part.kinds or kind in part.kinds


def _filled(message: str, value: str, part: str = "") -> str:
    filled = message.replace("{value}", value).replace("{length}", str(len(value)))
    return filled.replace("{part}", part)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
