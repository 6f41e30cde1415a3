"""What an expression may see: given by the compiler, asked by the checker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from engine.expr.country import Country
from engine.expr.program import Expr
from engine.expr.types import Record, Type


@dataclass(frozen=True, slots=True)
class LedgerShape:
    """A ledger as ``balance()`` needs it. Measures of two currencies are ``amount``, ``amount_worth``."""

    name: str
    measures: Mapping[str, Type]
    dimensions: Mapping[str, Type]


@dataclass(frozen=True, slots=True)
class RoleChain:
    """A role: the first of ``steps`` that is not null. Steps see the names in ``given`` only."""

    role: str
    steps: tuple[Expr, ...]
    given: Mapping[str, Type]
    optional: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RuleShape:
    """A rule set as a function: ``given`` in order. ``answer`` names its one answer, of type ``gives``.

    ``why_not``: why it cannot be called, where it cannot. ``reads_balances``: it needs the books.
    """

    name: str
    key: str
    given: Mapping[str, Type]
    optional: frozenset[str]
    answer: str
    gives: Type
    why_not: str = ""
    reads_balances: bool = False


class Schema(Protocol):
    """The compiler's answers about doctypes, ledgers and roles."""

    @property
    def country(self) -> Country:
        """What the packs say of fiscal years and large numbers."""
        ...

    def field(self, record: Record, name: str) -> Type | None:
        """The type of a field; links are ``Record(own=False)``, tables ``Rows`` as own as ``record``."""
        ...

    def names(self, record: Record) -> Sequence[str]:
        """All fields of a record, for "did you mean"."""
        ...

    def options(self, record: Record, name: str) -> Sequence[str]:
        """The words that a choice takes; () for any other field."""
        ...

    def money(self, record: Record) -> tuple[str, str] | None:
        """The fields of a document that hold its currency and its rate; None when it has none."""
        ...

    def unit(self, record: Record, name: str) -> str | None:
        """The path that tells the unit of a quantity, as it is written: ``item.stock_unit``."""
        ...

    def tree(self, record: Record) -> str | None:
        """The link of a doctype to the record above, where its records form a tree."""
        ...

    def business_keys(self) -> Mapping[str, tuple[str, str]]:
        """Snake-case key of every doctype that has a business key → (its name, the field)."""
        ...

    def ledger(self, key: str) -> LedgerShape | None:
        """A ledger by its snake-case key."""
        ...

    def ledger_names(self) -> Sequence[str]:
        """The names of all ledgers, as they are declared."""
        ...

    def rule(self, key: str) -> RuleShape | None:
        """A rule set by its snake-case key."""
        ...

    def rule_names(self) -> Sequence[str]: ...

    def takes_rows(self, expects: Type, given: Type) -> bool:
        """Whether rows (or a row) ``given`` are of the doctype that is expected, or of one like it."""
        ...

    def role(self, name: str) -> RoleChain | None: ...

    def role_names(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class Scope:
    """``names``: frame key → type. ``bare``: the key of the record whose fields are bare names.

    ``bound``: given name → compiled expression that ``role()`` binds first (a posting's dimensions).
    ``let``: named intermediate results, each an expression whose tree is its ``Let`` node; see
    ``engine.compiler.let``.
    ``own``: what the names of the reader's own fields begin with, where others have fields of that name.
    ``clock`` allows today, now and user; ``balances`` allows balance() and turnover().
    ``rules`` allows rule sets as functions: ``ask`` is in the frame.
    """

    names: Mapping[str, Type]
    bare: str | None
    schema: Schema
    bound: Mapping[str, Expr] = field(default_factory=lambda: MappingProxyType({}))
    let: Mapping[str, Expr] = field(default_factory=lambda: MappingProxyType({}))
    clock: bool = False
    balances: bool = False
    own: str = ""
    rules: bool = False
