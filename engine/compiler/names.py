"""How names turn into keys and labels."""

from __future__ import annotations

import re

_SNAKE = re.compile(r"[a-z][a-z0-9_]*\Z")
_APART = re.compile(r"[^a-z0-9]+")
_VOWELS = "aeiou"


def is_snake(name: str) -> bool:
    """Whether ``name`` is lower case letters, digits and underscores, a letter first."""
    return _SNAKE.match(name) is not None


def key_of(name: str) -> str:
    """``Sales Invoice`` → ``sales_invoice``."""
    return _APART.sub("_", name.lower()).strip("_")


def label_of(name: str) -> str:
    """``due_date`` → ``Due date``."""
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def plural_of(name: str) -> str:
    """The English plural of the last word: ``Company`` → ``Companies``, ``Batch`` → ``Batches``."""
    low = name.lower()
    if low.endswith("y") and low[-2:-1] not in _VOWELS:
        return name[:-1] + "ies"
    if low.endswith(("s", "x", "z", "ch", "sh")):
        return name + "es"
    return name + "s"
