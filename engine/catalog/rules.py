"""Rule sets, as resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.catalog.fields import FieldType
from engine.expr.program import Expr, Template


@dataclass(frozen=True, slots=True)
class Given:
    """What a rule set is given: a value type, or a link to one of ``link``."""

    name: str
    type: FieldType
    link: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """``give``: names of ``lines``, or answer fields. ``valid``: ISO dates (from, to), each may be None."""

    key: str
    when: Expr | None
    lines: tuple[str, ...] = ()
    give: Mapping[str, Expr] = field(default_factory=dict)
    valid: tuple[str | None, str | None] = (None, None)


@dataclass(frozen=True, slots=True)
class TaxLine:
    """A component that a case may give: percent ``rate`` of the base, or a fixed ``amount``; rounded to ``round``."""

    key: str
    rate: Expr | None
    amount: Expr | None
    round: int
    give: Mapping[str, Expr]
    """Other fields of the tax row (``role``, ``collected`` …)."""


@dataclass(frozen=True, slots=True)
class RowSourceMatch:
    """A column of a source doctype against a given: ``equal``, ``up_to`` (column ≤ value) or ``valid`` (dates)."""

    field: str
    kind: Literal["equal", "up_to", "valid"]
    value: Expr


@dataclass(frozen=True, slots=True)
class RuleSource:
    """A doctype whose rows are cases (``field`` None), or one field of a linked record (``Item.standard_price``)."""

    doctype: str
    field: str | None = None
    given: str | None = None
    """For a field source: the given that holds the record."""
    matches: tuple[RowSourceMatch, ...] = ()
    """Only the matches whose column the doctype has; an empty cell fits all."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A typed function over cases or rows. Exactly one of ``roles``, ``cases``, ``sources`` is filled.

    Frame of its expressions: the given names, and ``facts``; ``row`` in ``give`` of a row rule set.
    """

    name: str
    key: str
    given: Mapping[str, Given]
    pick: Literal["first", "best", "all"] = "first"
    none: str = "error"
    """``error``, ``nothing`` or a literal."""
    roles: Mapping[str, tuple[Expr, ...]] = field(default_factory=dict)
    cases: Mapping[str, Case] = field(default_factory=dict)
    lines: Mapping[str, TaxLine] = field(default_factory=dict)
    sources: tuple[RuleSource, ...] = ()
    prefer: tuple[str, ...] = ()
    give: Mapping[str, Expr] = field(default_factory=dict)
    gives: str | None = None
    explain: Template | None = None
