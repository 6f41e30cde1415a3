"""The language AS RESOLVED: what the compiler returns and everything else reads.

Every value here is immutable. Names are resolved, expressions are checked and compiled,
`like` and defaults are worked in, so a reader never looks back at YAML.

Words: a *doctype* owns one or more *tables*: its head (path ``""``) and its child tables
(``"items"``, ``"items.taxes"``). A *row* is a plain ``dict`` of one table: field name → typed
value, plus ``id``, ``index`` (1-based) and ``parent`` (the dict it belongs to) on child rows;
child tables hang in it as lists under the table field's name.
A link holds the id of its target (``int``; ids are unique over the whole database).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from engine.expr.program import Expr, Template
from engine.problems.problem import Span

Literals = str | int | bool | None

FieldType = Literal[
    "text", "long_text", "integer", "decimal", "money", "rate", "percent", "quantity",
    "boolean", "date", "datetime", "time", "choice", "link", "table", "back",
    "gstin", "pan", "hsn", "phone", "email", "url", "pincode", "json",
]  # fmt: skip

DOCUMENT = "Document"
"""The link target that takes a document of any doctype."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a table.

    ``scale`` counts decimals of numeric types (money 2, rate 6, quantity 3, percent 4, integer 0),
    ``precision`` all digits. ``link`` names the doctypes it may point to (``("Document",)`` = any;
    ``("Sales Order.items",)`` = a row of a child table). ``table`` is the path of the child table.
    ``writer`` tells who writes it: ``person``, ``formula`` or the key of a calculation step;
    ``editable`` lets a person type over what a formula or step wrote.
    ``stored`` is false for formulas that read only balances or back links: they are computed when asked.
    """

    name: str
    type: FieldType
    label: str
    span: Span
    required: bool = False
    default: Literals = None
    default_expression: Expr | None = None
    formula: Expr | None = None
    writer: str = "person"
    editable: bool = False
    stored: bool = True
    generated: bool = False
    scale: int = 0
    precision: int = 0
    length: int = 0
    minimum: str | None = None
    maximum: str | None = None
    options: tuple[str, ...] = ()
    unique: tuple[str, ...] | None = None
    """None: not unique; (): unique alone; names: unique together with these fields."""
    link: tuple[str, ...] = ()
    where: Expr | None = None
    table: str | None = None
    back: tuple[str, str] | None = None
    """(doctype, its link field) of a ``back`` field."""
    money_in: str | None = None
    """``document`` (the document's currency) or ``company``."""
    unit: Expr | None = None
    after_submit: bool = False
    fixed: bool | None = None
    visible_if: Expr | None = None
    required_if: Expr | None = None
    read_only_if: Expr | None = None
    help: str = ""

    @property
    def is_bounded(self) -> bool:
        """Whether it must be filled in or kept within bounds."""
        return self.required or (self.required_if, self.minimum, self.maximum) != (None,) * 3


_FREE = frozenset(
    {"decimal", "money", "rate", "percent", "quantity", "integer", "boolean", "date", "datetime",
     "time", "json", "long_text"}
)  # fmt: skip
"""Types of which every value is good, unless the field says more."""


@dataclass(frozen=True)
class Table:
    """One physical table: ``name`` in the database; ``row_type``: the doctype that declares its fields."""

    path: str
    name: str
    row_type: str
    fields: Mapping[str, Field]
    parent: str | None = None
    children: tuple[str, ...] = ()
    """Paths of the tables directly below."""
    minimum_rows: int = 0
    generated: bool = False

    @cached_property
    def columns(self) -> tuple[Field, ...]:
        """The fields that have a column: neither child tables, back links nor computed on demand."""
        return tuple(
            f for f in self.fields.values() if f.type not in ("table", "back") and f.stored
        )

    @cached_property
    def constrained(self) -> tuple[Field, ...]:
        """The columns whose value may be refused: required, bounded, of a checked form, or a link."""
        return tuple(f for f in self.columns if f.type not in _FREE or f.is_bounded)


# --- calculation -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FormulaStep:
    """Write ``field`` of every row of table ``path`` with ``formula`` (frame: this = the row)."""

    path: str
    field: str
    formula: Expr
    editable: bool = False


@dataclass(frozen=True, slots=True)
class RuleStep:
    """Ask rule set ``rules`` once per row of ``each`` (``""`` = once) and write ``set`` from ``answer``.

    ``given`` binds each name the rule set is given; frame: this = document, row = the row.
    ``set`` expressions see ``answer`` as well. Rows whose field a person typed over are left alone.
    """

    key: str
    each: str
    rules: str
    given: Mapping[str, Expr]
    set: Mapping[str, Expr]
    when: Expr | None = None
    editable: bool = False


@dataclass(frozen=True, slots=True)
class TaxStep:
    """Ask a case rule set for components; write ``base`` on the row and one row per component into table ``into``."""

    key: str
    each: str
    rules: str
    given: Mapping[str, Expr]
    amount: Expr
    base: str
    into: str
    inclusive: Expr | None = None
    when: Expr | None = None


@dataclass(frozen=True, slots=True)
class DistributeStep:
    """Share ``amount`` over the rows of ``over`` in proportion to ``weight`` into field ``into``; exact."""

    key: str
    amount: Expr
    over: str
    weight: Expr
    into: str
    where: Expr | None = None
    method: str = "largest_remainder"


Step = FormulaStep | RuleStep | TaxStep | DistributeStep


@dataclass(frozen=True, slots=True)
class Check:
    """A validation. ``each`` is a table path or None; ``fields`` are marked ("posting_date", "items.rate")."""

    key: str
    check: Expr
    message: Template
    each: str | None = None
    when: Expr | None = None
    action: Literal["refuse", "warn"] = "refuse"
    fields: tuple[str, ...] = ()


# --- ledgers ---------------------------------------------------------------------------------


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


# --- rule sets -------------------------------------------------------------------------------


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


# --- doctypes --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Series:
    key: str
    text: Template
    counter_width: int
    """``text`` has the single character ``\\x00`` where the counter goes."""
    when: Expr | None = None


@dataclass(frozen=True, slots=True)
class Numbering:
    """``by``: expressions whose values scope the counter. ``reset``: ``fiscal_year`` | ``never``."""

    on: Literal["submit", "create"]
    gapless: bool
    max_length: int
    by: tuple[Expr, ...]
    reset: Literal["fiscal_year", "never"]
    series: Mapping[str, Series]


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
    """Of: read, write, create, delete, submit, cancel, report, export."""


@dataclass(frozen=True, slots=True)
class MakeFrom:
    """How this doctype is made out of a document of ``source``; ``each`` is a child table of the source."""

    source: str
    each: str | None
    into: str | None
    quantity: Expr | None
    set: Mapping[str, Expr]
    """For rows (frame: this = source document, row = source row), or for the head when ``each`` is None."""
    copy: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactPlan:
    """What must be known of other records before the engine is asked.

    ``links``: (table path, link field) → doctypes; their ids are fetched first. ``columns``: doctype → fields to read.
    ``follow``: doctype → its link fields to fetch next. ``rules``: row rule sets whose candidate rows are needed.
    """

    links: Mapping[tuple[str, str], tuple[str, ...]]
    columns: Mapping[str, tuple[str, ...]]
    follow: Mapping[str, tuple[str, ...]]
    rules: tuple[str, ...] = ()


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
    amend: Literal["none", "new"]
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
    tree: str | None = None
    """The link field to itself that makes it a tree."""
    fixed: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Field → (ledger, dimension; '' = any entry): entries there that name the record fix the field."""
    help: str = ""

    @property
    def head(self) -> Table:
        return self.tables[""]

    @property
    def fields(self) -> Mapping[str, Field]:
        return self.tables[""].fields


# --- reports, roles, the whole ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ask:
    """A parameter of a report."""

    name: str
    type: FieldType
    label: str
    required: bool
    link: tuple[str, ...] = ()
    default: Literals = None
    default_expression: Expr | None = None


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """``formula`` frame: this = the result row: keys, measures, and the parts shown (``closing`` …) as records."""

    name: str
    label: str
    type: FieldType
    scale: int
    formula: Expr
    total: Literal["sum", "recompute", "none"] = "sum"
    running: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A question to a ledger: a row per key ``by`` at a date (``at``) or between two (``between``).

    ``by`` names dimensions, or ``date``, ``origin``, ``line`` (then a row per entry line).
    ``show``: of ``opening``, ``inward``, ``outward``, ``closing``.
    """

    name: str
    key: str
    label: str
    module: str
    ledger: str
    by: tuple[str, ...]
    at: Expr | None
    between: tuple[Expr, Expr] | None
    match: Mapping[str, Expr]
    where: Expr | None
    show: tuple[str, ...]
    ask: Mapping[str, Ask]
    group: tuple[str, ...]
    columns: Mapping[str, ReportColumn]
    allow: frozenset[str]
    drill: str | None = None
    """The report that a click on a row opens, with this row's keys as its parameters."""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    name: str
    key: str
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class MenuItem:
    label: str
    kind: Literal["doctype", "report"]
    target: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything a set of packs declares. ``digest`` is the SHA-256 of the sources, in hex."""

    digest: str
    doctypes: Mapping[str, Doctype]
    """By name; children and abstract ones included."""
    ledgers: Mapping[str, Ledger]
    rules: Mapping[str, RuleSet]
    reports: Mapping[str, Report]
    roles: Mapping[str, Role]
    menu: Mapping[str, tuple[MenuItem, ...]]
    by_key: Mapping[str, str]
    """snake key → doctype name."""
