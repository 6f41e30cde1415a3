"""What the language remembers of earlier versions: former names, and what was taken out."""

from __future__ import annotations

from dataclasses import dataclass

from engine.catalog.fieldtypes import FieldType

FORMER_RECORD = "former:"
"""Records that ``backfill`` reads are called ``former:<doctype>|<path>``: a row with what was removed."""


@dataclass(frozen=True, slots=True)
class Former:
    """What something was called: ``names`` from the oldest to the last one before the present.

    ``answers``: outsiders may still use these names, because the pack has not reached ``until``.
    """

    names: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    """Their form in expressions and addresses."""
    routes: tuple[str, ...] = ()
    """Addresses below /api/ of a doctype that was called so."""
    until: str | None = None
    answers: bool = False


UNRENAMED = Former()


@dataclass(frozen=True, slots=True)
class Removed:
    """A field that was taken out. Its values stay in the database, unseen, until ``drop``."""

    name: str
    type: FieldType
    length: int = 0
    scale: int = 0
    precision: int = 0
    link: tuple[str, ...] = ()
    drop: bool = False
