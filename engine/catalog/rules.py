"""Rule sets, as resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.catalog.fields import FieldType
from engine.expr.program import Expr, Template


@dataclass(frozen=True, slots=True)
class Given:
    """What a rule set or limit is given: a value type, a link to one of ``link``, rows or a row of others."""

    name: str
    type: FieldType
    link: tuple[str, ...] = ()
    optional: bool = False
    row: bool = False
    """Type ``table``: the rows of a table of ``link[0]``; with ``row`` (type ``link``): one such row."""


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
    """A column of a source doctype against what is given; an empty cell fits all.

    ``equal``; ``among``: the value is a list that has the cell; ``up_to``: cell ≤ value; ``valid``: the
    date lies between valid_from and valid_to; ``under``: the record is the cell or stands below it in ``tree``.
    """

    field: str
    kind: Literal["equal", "among", "up_to", "valid", "under"]
    value: Expr
    tree: tuple[str, str] | None = None
    """(doctype, its link to the node above) of ``under``."""
    givens: frozenset[str] = frozenset()
    """The names of the frame that ``value`` reads."""


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

    Frame of its expressions: the given names and those of ``let``, ``facts``, ``balance``, ``read``,
    ``ask``; ``row`` in ``give`` and ``explain`` of a row rule set.
    """

    name: str
    key: str
    given: Mapping[str, Given]
    pick: Literal["first", "best", "all"] = "first"
    none: Literal["error", "nothing", "value"] = "error"
    none_give: Mapping[str, Expr] = field(default_factory=dict)
    """What it answers where nothing fits, for ``value``: answer → value over the givens."""
    roles: Mapping[str, tuple[Expr, ...]] = field(default_factory=dict)
    cases: Mapping[str, Case] = field(default_factory=dict)
    lines: Mapping[str, TaxLine] = field(default_factory=dict)
    sources: tuple[RuleSource, ...] = ()
    prefer: tuple[str, ...] = ()
    give: Mapping[str, Expr] = field(default_factory=dict)
    gives: str | None = None
    explain: Template | None = None
    asks: tuple[str, ...] = ()
    """Keys of the rule sets that its expressions ask."""
    reads_balances: bool = False
    """What it decides depends on ledgers: it is asked again under lock when a document is submitted."""

    @property
    def answers(self) -> tuple[str, ...]:
        """The names of what it answers; for ``lines`` none."""
        found = dict.fromkeys(self.give)
        for case in self.cases.values():
            found |= dict.fromkeys(case.give)
        return tuple(found)
