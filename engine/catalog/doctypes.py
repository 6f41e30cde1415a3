"""Doctypes, as resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.catalog.actions import Action
from engine.catalog.calculation import Check, FormulaStep, Step
from engine.catalog.change import UNRENAMED, Former
from engine.catalog.fields import Field, Table
from engine.catalog.flow import Effect, MakeFrom
from engine.catalog.ledgers import Posting
from engine.catalog.limits import Limit
from engine.catalog.workflow import STANDARD, Workflow
from engine.expr.program import Expr, Template
from engine.problems.problem import Span

Amend = Literal["none", "in_place", "new"]
ISSUED = "issued"
"""What a document says that comes with its number, beside its fields: ``{"issued": {"number": "T1/000123"}}``."""
ASK = "ask:"
"""How the name of a doctype begins that stands for what a transition or action asks; nobody is shown it."""


@dataclass(frozen=True, slots=True)
class Series:
    key: str
    text: Template
    counter_width: int
    """``text`` has the single character ``\\x00`` where the counter goes."""
    when: Expr | None = None


@dataclass(frozen=True, slots=True)
class Numbering:
    """``by``: expressions whose values scope the counter. ``reset``: ``fiscal_year`` | ``never``.

    ``issued_by``: the link field to what gives numbers by itself as well; documents may come with such a number.
    """

    on: Literal["submit", "create"]
    gapless: bool
    max_length: int
    by: tuple[Expr, ...]
    reset: Literal["fiscal_year", "never"]
    series: Mapping[str, Series]
    first_month: int = 1
    """Of the fiscal year."""
    issued_by: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the form. ``show``: rows of fields; a row is fields side by side."""

    title: str
    show: tuple[tuple[str, ...], ...]
    visible_if: Expr | None = None


@dataclass(frozen=True, slots=True)
class Permission:
    role: str
    can: frozenset[str]
    """Of: read, write, create, delete, submit, issue, cancel, rederive, report, export."""


@dataclass(frozen=True, slots=True)
class FactPlan:
    """What must be known of other records before the engine is asked.

    Whose records are meant is a key: a doctype, or a table of one (``Sales Order.items``), whose ``parent`` and
    ``index`` are fields like others.
    ``links``: (table path, link field) → keys; their ids are fetched first. ``columns``: key → fields to read.
    ``follow``: key → its link fields to fetch next. ``rules``: row rule sets whose candidate rows are needed.
    ``rows``: key → its tables and back links that are read, with (the key of their rows, their field that leads
    back: ``parent`` or a link). The field of the fact is then the list of their ids, in order; own records of the
    document whose back links are read have a fact as well.
    """

    links: Mapping[tuple[str, str], tuple[str, ...]]
    columns: Mapping[str, tuple[str, ...]]
    follow: Mapping[str, tuple[str, ...]]
    rules: tuple[str, ...] = ()
    rows: Mapping[str, Mapping[str, tuple[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Doctype:
    name: str
    key: str
    label: str
    plural: str
    module: str
    span: Span
    abstract: bool
    child: bool
    """Only used as rows of other doctypes; has no head table of its own."""
    company: Literal["required", "shared", "none"]
    tables: Mapping[str, Table]
    api: str
    name_by: str | None
    """The field that is its business key (unique), e.g. ``code``."""
    name_series: Series | None
    """Fills an empty business key when the record is created."""
    title: Template | None
    title_field: str
    search: tuple[str, ...]
    date: str | None
    currency: str | None
    rate: str | None
    submittable: bool
    amend: Amend
    """How a submitted document is changed: see ``engine.kernel.posting_again`` for what is then posted."""
    number: Numbering | None
    steps: tuple[Step, ...]
    """Formulas and calculation steps in checked order."""
    computed: tuple[FormulaStep, ...]
    """Formulas that are not stored: run when asked."""
    checks: Mapping[str, Check]
    posts: Mapping[str, Posting]
    """In the order that ``posted`` asks for."""
    layout: tuple[Section, ...]
    list_fields: tuple[str, ...]
    allow: Mapping[str, Permission]
    make_from: Mapping[str, MakeFrom]
    facts: FactPlan
    on: Mapping[str, tuple[Effect, ...]] = field(default_factory=dict)
    """Transition → what it sets going, in order."""
    proof: Mapping[str, Check] = field(default_factory=dict)
    """What must hold once it is posted; balances are those with this document."""
    make_facts: Mapping[str, FactPlan] = field(default_factory=dict)
    """Source doctype → what must be known of a source before a document is made out of it."""
    tree: str | None = None
    """The link field to itself that makes it a tree."""
    fixed: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Field → (ledger, dimension; '' = any entry): entries there that name the record fix the field."""
    workflow: Workflow = STANDARD
    """What its documents go through, where it is submittable."""
    actions: Mapping[str, Action] = field(default_factory=dict)
    former: Former = UNRENAMED
    limits: Mapping[str, Limit] = field(default_factory=dict)
    """Those that apply to it, by key; see ``Limit.at``."""
    help: str = ""
    defaults: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(path of a table, fields of it that are filled in where a person left them empty), in the order in which
    each finds what its default reads; a table may come several times."""
    late: frozenset[str] = frozenset()
    """Fields that may change after submit and that postings read: these get the difference."""

    @property
    def head(self) -> Table:
        return self.tables[""]

    @property
    def fields(self) -> Mapping[str, Field]:
        return self.tables[""].fields
