"""Ledgers and postings, as resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from engine.catalog.change import UNRENAMED, Former
from engine.catalog.fields import FieldType
from engine.expr.program import Expr, Template


@dataclass(frozen=True, slots=True)
class Dimension:
    """A key of a ledger's balances (or, in ``details``, something an entry only carries)."""

    name: str
    type: FieldType
    label: str
    link: tuple[str, ...] = ()
    required: bool = False
    required_if: Expr | None = None
    default_expression: Expr | None = None
    where: Expr | None = None
    """What the linked record must fulfil; frame: this = entry, row = candidate."""
    length: int = 0
    former: Former = UNRENAMED
    help: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """What a ledger counts: ``money`` (``money_in`` document | company), ``quantity`` or ``integer``."""

    name: str
    type: FieldType
    label: str
    scale: int
    precision: int
    money_in: str | None = None
    unit: Expr | None = None
    former: Former = UNRENAMED


@dataclass(frozen=True, slots=True)
class Valuation:
    """Measure ``of`` is carried per measure ``per`` at the keys ``by``.

    ``method`` (frame: this = entry) yields one of ``average``, ``fifo``.
    """

    of: str
    per: str
    by: tuple[str, ...]
    method: Expr


@dataclass(frozen=True, slots=True)
class LedgerLimit:
    """A floor (``minimum``) or ``crosses_zero: false`` for a measure at the keys ``by``."""

    key: str
    by: tuple[str, ...]
    measure: str
    minimum: Expr | None = None
    crosses_zero: bool = True
    when: Expr | None = None
    unless: Expr | None = None
    message: Template | None = None
    """Said instead of the figures; frame: this = entry."""


@dataclass(frozen=True, slots=True)
class Posting:
    """What is written into ``ledger``. ``each``: None (once), a table path, or ``posted.<key>``.

    Frame in a doctype: this = document, row = the row; in a ledger: this = the entry that is written.
    ``posted`` rows are entries: their dimensions and measures by name, ``line`` (the row they came from).
    ``set`` names dimensions, details and measures of the ledger.
    """

    key: str
    ledger: str
    set: Mapping[str, Expr]
    each: str | None = None
    when: Expr | None = None
    reads_posted: tuple[str, ...] = ()
    """Keys of the postings of this document whose entries it reads."""
    help: str = ""


@dataclass(frozen=True)
class Ledger:
    """An append-only book. Balances are kept for every distinct ``by`` of valuation and limits (``keepers``)."""

    name: str
    key: str
    label: str
    table: str
    dimensions: Mapping[str, Dimension]
    details: Mapping[str, Dimension]
    measures: Mapping[str, Measure]
    currency: bool = False
    """Its document-currency money keeps amount, worth and currency: columns ``<m>``, ``<m>_worth``, ``currency_id``."""
    double_entry: tuple[str, str] | None = None
    """(debit measure, credit measure)."""
    valuation: Valuation | None = None
    limits: Mapping[str, LedgerLimit] = field(default_factory=dict)
    posts: Mapping[str, Posting] = field(default_factory=dict)
    lock_area: str = "accounts"
    totals: tuple[str, ...] = ()
    former: Former = UNRENAMED
    help: str = ""

    @cached_property
    def keepers(self) -> tuple[tuple[str, ...], ...]:
        """The distinct key sets (company is always part of a key) for which a balance row is kept, in order."""
        found: dict[tuple[str, ...], None] = {}
        if self.valuation:
            found[self.valuation.by] = None
        for limit in self.limits.values():
            found[limit.by] = None
        return tuple(found)

    @cached_property
    def carried(self) -> tuple[Dimension, ...]:
        """Dimensions and details: all that an entry says besides its measures."""
        return (*self.dimensions.values(), *self.details.values())
