"""Tests of a pack, as resolved: what a story is given, and what must be so after each step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Final, Literal, TypeAlias

from engine.problems.problem import Span

Data: TypeAlias = "str | list[Data] | dict[str, Data] | None"
"""What stands in YAML: texts (numbers too), lists, mappings; ``null`` is None."""

Verb = Literal[
    "make", "change", "rederive", "go", "action", "schedule", "expire", "close", "expect"
]


FIRST_DAY: Final = date(2026, 4, 10)
"""The day a test plays on unless it says another."""

OF_THE_DOCUMENT: Final = frozenset({"state", "tasks", "consents"})
"""What ``then`` may say of a document besides its fields and what it wrote into ledgers."""

RESULTS: Final = OF_THE_DOCUMENT | {"refused", "at", "warned", "made", "balances", "answer"}
"""What ``then`` may say besides ledgers and fields."""

OF_AN_ENTRY: Final = ("rule", "origin", "line", "date", "meant_for")
"""What a line of a ledger may be asked for besides what the ledger declares."""


def made_name(doctype: str, place: int, count: int) -> str:
    """What a document that a step made is called after the step: the one at ``place`` (from 0) of ``count``."""
    name = doctype.lower().replace(" ", "_")
    return f"{name}_{place + 1}" if count > 1 else name


@dataclass(frozen=True, slots=True)
class GivenRecord:
    """A record made before the steps; ``name`` is how the test speaks of it."""

    doctype: str
    name: str
    fields: Mapping[str, Data]
    span: Span


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens.

    ``subject``: the doctype that is made, the transition, the action, the schedule, the ledger whose lots expire.
    ``of``: the step whose document it happens to. ``given``: fields, or the answers to what is asked.
    """

    key: str
    verb: Verb
    subject: str
    span: Span
    of: str | None = None
    source: tuple[str, ...] = ()
    given: Mapping[str, Data] = field(default_factory=dict)
    do: str = "save"
    today: date | None = None
    until: date | None = None
    """Of `close`: the last closed day."""
    by: str | None = None
    roles: tuple[str, ...] | None = None
    stands_in_for: tuple[str, ...] = ()
    confirms: tuple[str, ...] = ()
    """Codes of the problems that the person confirms."""
    passes: Mapping[str, Mapping[str, Data]] = field(default_factory=dict)
    """Limits that the person goes beyond: key → what it asks."""
    company: str | None = None
    issued: str | None = None
    """The number with which what is submitted comes."""
    then: Mapping[str, Data] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Test:
    """A story. ``records`` and ``steps`` include those of the tests it is `with`, which come first."""

    __test__: ClassVar[bool] = False  # no test of pytest

    name: str
    span: Span
    records: tuple[GivenRecord, ...] = ()
    steps: tuple[Step, ...] = ()
    today: date = FIRST_DAY
    company: str | None = None
    pack: str = ""
    is_scene: bool = False
    """It expects nothing, and other tests begin with it: it is played with those, not by itself."""
