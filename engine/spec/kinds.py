"""The kinds of things a key can take. A key takes one kind (LANGUAGE.md section 0).

Pure data: ``engine.compiler.shape`` checks sources against it, ``reference`` and ``json_schema``
write it down for people and editors.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Expects = Literal[
    "condition", "number", "integer", "money", "text", "date", "record", "rows", "any", "field"
]
"""What an expression must give; ``field``: whatever the field it is written into takes."""


@dataclass(frozen=True, slots=True)
class Name:
    """One name. ``of`` tells of what: ``doctype``, ``field``, ``ledger``, ``table`` … or ``new``."""

    of: str


@dataclass(frozen=True, slots=True)
class Names:
    """A list of names; ``single`` allows one name without brackets, ``empty`` no name at all."""

    of: str
    single: bool = False
    empty: bool = True


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression: always worked out. ``sees`` names what it may read."""

    expects: Expects = "any"
    sees: tuple[str, ...] = ("document",)


@dataclass(frozen=True, slots=True)
class Template:
    """Text with ``{expression:format}`` in it."""

    sees: tuple[str, ...] = ("document",)


@dataclass(frozen=True, slots=True)
class Value:
    """A literal, or an expression after ``=``."""

    expects: Expects = "any"
    sees: tuple[str, ...] = ("document",)
    literals: tuple[str, ...] = ()
    """The only literals allowed; () = any."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words as they are."""

    longest: int = 2000


@dataclass(frozen=True, slots=True)
class Flag:
    """``true`` or ``false``."""


@dataclass(frozen=True, slots=True)
class Integer:
    least: int = 0
    most: int = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal number, written out."""


@dataclass(frozen=True, slots=True)
class DateRange:
    """``[from, to]`` as ISO dates; ``-`` leaves an end open."""


@dataclass(frozen=True, slots=True)
class Data:
    """What a person would send: texts, lists and mappings of any form, read when it is used."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words. ``unbuilt`` are known and refused with a text of their own."""

    options: tuple[str, ...]
    unbuilt: tuple[str, ...] = ()
    declared: str = ""
    """The names of all constructs of this kind are options as well."""


@dataclass(frozen=True, slots=True)
class MapOf:
    """Keys in the order written. ``keys`` tells what a key is: ``field``, ``role`` …; ``new`` ones are snake case."""

    of: Kind
    keys: str = "new"


@dataclass(frozen=True, slots=True)
class ListOf:
    of: Kind


@dataclass(frozen=True, slots=True)
class Either:
    """The first of ``kinds`` whose outer form (text, list, mapping) fits."""

    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a shape. ``built`` is false for what the language has and this version lacks."""

    kind: Kind
    help: str
    example: str = ""
    required: bool = False
    built: bool = True
    since: str = "0.1"


@dataclass(frozen=True, slots=True)
class Shape:
    """A mapping with known keys. ``others``: what any further key takes (None: there are none).

    ``required`` keys may come by ``like``; a shape is complete only after the merge.
    """

    name: str
    help: str
    keys: dict[str, Key] = field(default_factory=dict)
    others: Kind | None = None
    marks: tuple[str, ...] = ()
    """Where an ``Either`` has several mappings: it is this one where one of these keys stands."""


Kind = (
    Name | Names | Expression | Template | Value | Text | Flag | Integer | Number | DateRange
    | Data | Choice | MapOf | ListOf | Either | Shape
)  # fmt: skip


def unbuilt(help_text: str) -> Key:
    """A key that LANGUAGE.md has and this version does not carry out yet."""
    return Key(Text(), help_text, built=False)
