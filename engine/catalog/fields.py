"""Fields and tables of a doctype, as resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from engine.catalog.change import UNRENAMED, Former, Removed
from engine.catalog.fieldtypes import FieldType as FieldType
from engine.catalog.text_types import TextType
from engine.expr.program import Expr
from engine.problems.problem import Span

Literals = str | int | bool | None


DOCUMENT = "Document"
"""The link target that takes a document of any doctype."""


@dataclass(frozen=True, slots=True)
class LinkMaking:
    """A record of ``doctype`` that is made at submit where a link to it is empty and ``when`` holds.

    Frame of its expressions: ``this`` = the row with the link.
    """

    doctype: str
    when: Expr | None
    set: Mapping[str, Expr]
    by: str | None
    """The field whose text names the record, where ``set`` gives it: one that has it already is linked."""


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
    make: LinkMaking | None = None
    table: str | None = None
    back: tuple[str, str] | None = None
    """(doctype, its link field) of a ``back`` field."""
    money_in: str | None = None
    """``document`` (the document's currency), ``company``, or the field beside it that links to the currency."""
    unit: Expr | None = None
    after_submit: bool = False
    fixed: bool | None = None
    visible_if: Expr | None = None
    required_if: Expr | None = None
    read_only_if: Expr | None = None
    former: Former = UNRENAMED
    renamed_options: Mapping[str, str] = field(default_factory=dict)
    """Former option → present one."""
    backfill: Expr | None = None
    """What rows get that are there when the field is published; frame: this = the row as it was."""
    help: str = ""
    column: str = ""
    """What its column is called, without what links append: ``crates_on_loan__grade`` where a pack brought it to a
    doctype of another; empty: as the field."""
    form: TextType | None = None
    """The checked kind of text it holds, where it is one that a pack declares; ``type`` is then ``text``."""
    pack: str = ""
    """The pack that brought it: a field is ``pack/doctype.field``."""

    @property
    def stored_as(self) -> str:
        """The name of its column, without what links append."""
        return self.column or self.name

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
    maximum_rows: int | None = None
    generated: bool = False
    removed: Mapping[str, Removed] = field(default_factory=dict)

    @cached_property
    def formerly(self) -> Mapping[str, Field]:
        """Former name → field, of those that outsiders may still call so."""
        return {
            name: f for f in self.fields.values() if f.former.answers for name in f.former.names
        }

    @cached_property
    def columns(self) -> tuple[Field, ...]:
        """The fields that have a column: neither child tables, back links nor computed on demand."""
        return tuple(
            f for f in self.fields.values() if f.type not in ("table", "back") and f.stored
        )

    @cached_property
    def lockable(self) -> tuple[Field, ...]:
        """What a person fills in until a condition locks it."""
        return tuple(f for f in self.columns if f.read_only_if is not None and f.writer == "person")

    @cached_property
    def constrained(self) -> tuple[Field, ...]:
        """The columns whose value may be refused: required, bounded, of a checked form, or a link."""
        return tuple(f for f in self.columns if f.type not in _FREE or f.is_bounded)


def child_path(path: str, name: str) -> str:
    """The path of child table ``name`` below the table at ``path``."""
    return f"{path}.{name}" if path else name
