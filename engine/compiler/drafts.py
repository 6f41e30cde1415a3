"""Doctypes half-way: names and types are known, expressions are not compiled yet."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.catalog.change import Removed
from engine.catalog.doctypes import Amend
from engine.catalog.fields import FieldType, child_path
from engine.catalog.text_types import TextType
from engine.expr.types import Quantity, Type
from engine.problems.problem import Span
from engine.source.nodes import Construct, Mapping


@dataclass(slots=True)
class FieldDraft:
    """A field whose type is settled. ``link`` holds concrete doctypes."""

    name: str
    type: FieldType
    node: Mapping
    span: Span
    label: str
    link: tuple[str, ...] = ()
    scale: int = 0
    precision: int = 0
    length: int = 0
    money_in: str | None = None
    table: str | None = None
    back: tuple[str, str] | None = None
    quantity: Quantity = field(default_factory=Quantity)
    """Its type, where it is a quantity."""
    writer: str = "person"
    editable: bool = False
    column: str = ""
    form: TextType | None = None
    declared: Span | None = None
    """Where it was declared, where ``span`` is the place that changed it."""


@dataclass(slots=True)
class TableDraft:
    """One table of a doctype. ``dropped`` names fields that were declared wrongly and reported."""

    path: str
    row_type: str
    fields: dict[str, FieldDraft]
    parent: str | None
    dropped: frozenset[str] = frozenset()
    children: list[str] = field(default_factory=list)
    minimum_rows: int = 0
    maximum_rows: int | None = None
    generated: bool = False
    maker: str | None = None
    """The step that makes its rows."""
    removed: dict[str, Removed] = field(default_factory=dict)


@dataclass(slots=True)
class DoctypeDraft:
    """A doctype with all its tables. ``quiet``: what is wrong in it is reported where it is used."""

    name: str
    key: str
    construct: Construct
    tables: dict[str, TableDraft]
    company: str
    abstract: bool = False
    child: bool = False
    submittable: bool = False
    numbered: bool = False
    date: str | None = None
    currency: str | None = None
    rate: str | None = None
    quiet: bool = False
    release: str | None = None
    """The version of its pack."""
    amend: Amend = "none"
    """How a submitted document is changed."""
    states: tuple[str, ...] = ()
    """What ``state`` may be, where that is known."""
    standard: dict[str, Type] = field(default_factory=dict)
    """The fields every head has, with their types."""

    def first_unknown(self, path: str) -> str:
        """The first name of a path over its tables that leads nowhere; the last name where all lead on."""
        table = ""
        for name in path.split("."):
            below = child_path(table, name)
            if below not in self.tables:
                return name
            table = below
        return path.rpartition(".")[2]

    @property
    def node(self) -> Mapping:
        """The merged source."""
        return self.construct.node

    @property
    def broken(self) -> bool:
        """Whether its source is too damaged to be looked at."""
        return self.construct.broken
