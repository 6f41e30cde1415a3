"""Ledgers and postings, as resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from engine.catalog.change import UNRENAMED, Former
from engine.catalog.fields import FieldType
from engine.catalog.sources import RowSource, expressions_of
from engine.expr.program import Expr, Template

EXPIRES = "expires"
"""The dimension that keeps the last day of a lot."""

SUBMIT = "submit"
"""The transition at which a posting is written that says no other."""

MOST_POSTS_IN_A_ROW = 5
"""How many ledgers an entry may lead through, each posting into the next."""


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

    ``method`` (frame: this = entry) yields one of ``average``, ``fifo``, ``lifo``. ``worth``: what is carried
    is the worth of ``of`` in company currency (``of: amount.worth``: open items and foreign money).
    ``residue`` (frame: this = entry) is the account that takes a value left over at quantity 0.
    """

    of: str
    per: str
    by: tuple[str, ...]
    method: Expr
    worth: bool = False
    residue: Expr | None = None

    @property
    def column(self) -> str:
        """The figure of an entry or a balance that carries the value."""
        return f"{self.of}_worth" if self.worth else self.of


@dataclass(frozen=True, slots=True)
class Lots:
    """An entry towards zero of the keys ``by`` that does not say which lot is split over what is there.

    ``order`` (frame: this and row = a lot: its dimensions and what is left of it) sorts the lots, the
    smallest first. ``expires`` (frame: this = entry) is the last day of a lot; it is kept in the
    dimension of that name, and what is left the day after is taken out. ``residue`` (frame: this = the entry
    that takes it out) is the account of the other side of what that entry writes into the books.
    """

    by: tuple[str, ...]
    order: Expr | None = None
    expires: Expr | None = None
    residue: Expr | None = None


@dataclass(frozen=True, slots=True)
class IfDone:
    """What has happened already may pass a limit: a task of anybody of ``roles``; without any, of who brought it."""

    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerLimit:
    """A floor (``minimum``), a ceiling (``maximum``) or ``crosses_zero: false`` for a measure at the keys ``by``.

    ``expression``: in place of one ``measure``, over the measures that stand at the key and, by ``balance()``,
    those of the ledgers ``others`` at the same key; it is checked when any of them is written.
    """

    key: str
    by: tuple[str, ...]
    measure: str
    minimum: Expr | None = None
    crosses_zero: bool = True
    when: Expr | None = None
    unless: Expr | None = None
    message: Template | None = None
    """Said instead of the figures; frame: this = entry."""
    maximum: Expr | None = None
    action: Literal["refuse", "warn", "confirm"] = "refuse"
    expression: Expr | None = None
    others: tuple[str, ...] = ()
    if_done: IfDone | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """What is written into ``ledger``. ``each``: the rows it goes through; None: once.

    Frame in a doctype: this = document, ``row`` (or the name of the source) = the row; in a ledger: this = the entry
    that is written. ``posted`` rows are entries: their dimensions and measures by name, ``line`` (the row they
    came from). ``set`` names dimensions, details and measures of the ledger.

    ``on``: the transition that writes it. ``date``, ``rate``, ``worth``: other than the document's.
    ``cost_of``: the row of another document whose cost comes back; ``corrects``: the row whose value is
    corrected (no quantity moves). ``distribute`` is shared over the rows by ``weight`` into the measure
    ``into``. ``rest``: what is missing to balance, at most ``at_most`` where that is said.
    ``reverse_on``: a second set of entries on that day, mirrored. ``undo``: takes back what these
    postings of the document wrote, and writes nothing else (``ledger`` is then empty).
    """

    key: str
    ledger: str
    set: Mapping[str, Expr]
    each: RowSource | None = None
    when: Expr | None = None
    reads_posted: tuple[str, ...] = ()
    """Keys of the postings of this document whose entries it reads."""
    help: str = ""
    on: str = SUBMIT
    date: Expr | None = None
    rate: Expr | None = None
    worth: Expr | None = None
    cost_of: Expr | None = None
    corrects: Expr | None = None
    distribute: Expr | None = None
    weight: Expr | None = None
    into: str | None = None
    rest: Literal["worth", "amount"] | None = None
    at_most: Expr | None = None
    reverse_on: Expr | None = None
    undo: tuple[str, ...] = ()
    currency: Expr | None = None
    """Where the amounts that it sets bring a currency of their own: the record of that currency."""
    keeps_key: bool = False
    """Whether its entries keep its key, and so stay apart from others': another posting of the document may take them
    back, or another transition than the submit writes them."""

    @property
    def row_name(self) -> str:
        """What a row is called in its expressions."""
        return self.each.name if self.each is not None else "row"

    def expressions(self) -> tuple[Expr, ...]:
        """All expressions that it works out."""
        single = (
            self.when, self.date, self.rate, self.worth, self.cost_of, self.corrects,
            self.distribute, self.weight, self.at_most, self.reverse_on, self.currency,
        )  # fmt: skip
        rows = expressions_of(self.each) if self.each is not None else ()
        return (*self.set.values(), *(found for found in single if found is not None), *rows)


@dataclass(frozen=True)
class Ledger:
    """An append-only book.

    Balances are kept for every distinct ``by`` of valuation, limits and lots, and for every lot that expires
    (``keepers``).
    """

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
    beside: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(other ledger, by): limits over both, whose balances at these keys are locked whichever is written."""
    posts: Mapping[str, Posting] = field(default_factory=dict)
    lock_area: str = "accounts"
    late: Literal["refuse", "next_open"] = "refuse"
    """An entry of a closed day is refused, or dated on the first open day (``meant_for`` keeps the day)."""
    lots: Lots | None = None
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
        for _, by in self.beside:
            found[by] = None
        if self.lots:
            found[self.lots.by] = None
        if self.by_lot:
            found[self.by_lot] = None
        return tuple(found)

    @property
    def of_goods(self) -> bool:
        """Whether it carries goods at a cost: what moves later depends on what moved before."""
        return self.valuation is not None and not self.valuation.worth

    @cached_property
    def by_lot(self) -> tuple[str, ...]:
        """What tells every lot from all others, where lots expire; else nothing."""
        return tuple(self.dimensions) if self.lots and self.lots.expires else ()

    @cached_property
    def carried(self) -> tuple[Dimension, ...]:
        """Dimensions and details: all that an entry says besides its measures."""
        return (*self.dimensions.values(), *self.details.values())
