"""What is written into rows that are there, and what of them must be read for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.catalog.change import FORMER_RECORD, Removed
from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field, Table
from engine.catalog.whole import Catalog
from engine.expr.program import Expr, Read
from engine.expr.types import COMPANY_DOCTYPE, Record
from engine.plan.spec import TableSpec
from engine.plan.tables import column_name
from engine.problems.problem import Problem

LONGEST = 63
STANDARD = {
    "id": "id", "index": "position", "company": "company_id", "number": "number", "state": "state",
    "stage": "stage", "version": "version", "amends": "amends", "created_at": "created_at",
    "created_by": "created_by", "changed_at": "changed_at", "changed_by": "changed_by",
}  # fmt: skip
"""Field that nobody declares → its column."""


def beside(column: str, word: str) -> str:
    """A name beside ``column`` that no field can have: two underscores."""
    return f"{column[: LONGEST - 2 - len(word)]}__{word}"


@dataclass(slots=True)
class Source:
    """What is read of one table: ``columns``: field → column; ``links``: field → doctypes it may point to."""

    table: str
    columns: dict[str, str] = field(default_factory=dict)
    links: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fill:
    """``expression`` (frame: this = the row as it was) is written into the column of ``of``, in rows that are there.

    ``own``: the row itself, then what it belongs to, up to the head. ``facts``: key of linked records (`Record.key`)
    → what is read of them.
    """

    table: str
    of: Field
    expression: Expr
    own: tuple[Source, ...]
    facts: Mapping[str, Source]
    is_formula: bool = False
    """It is the formula of the field: what a save would write."""
    drafts_only: bool = False
    """Submitted documents stay as they are."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """What a formula sees in fields of the row that are new as well: field → what rows get there."""

    @property
    def column(self) -> str:
        """The column that is filled."""
        return column_name(self.of)

    @property
    def made_as(self) -> str:
        """The name under which the values are made while the old catalog is live."""
        return beside(self.column, "new")

    @property
    def text(self) -> str:
        """What a plan says of it."""
        place = f"{self.table}.{self.column}"
        if not self.is_formula:
            return f"{place} is filled: {self.expression.source}"
        if not self.drafts_only:
            return f"{place} is worked out: {self.expression.source}"
        return (
            f"{place} is worked out for drafts: {self.expression.source}; "
            "submitted documents stay as they are"
        )


def fills_of(
    catalog: Catalog, doctype: Doctype, table: Table, specs: Mapping[str, TableSpec]
) -> Iterator[Fill]:
    """The backfills of the fields that are new in ``specs``, the tables as they are, under their present names."""
    for declared in table.columns:
        if declared.backfill is not None and is_new(table, declared, specs):
            own, facts = sources(catalog, doctype, table, declared.backfill)
            yield Fill(table.name, declared, declared.backfill, own, facts)


def is_new(table: Table, declared: Field, specs: Mapping[str, TableSpec]) -> bool:
    """Whether ``table`` is there in ``specs``, and has no column of ``declared`` yet."""
    spec = specs.get(table.name)
    return spec is not None and column_name(declared) not in spec.by_name


def unfit(
    catalog: Catalog, doctype: Doctype, fill: Fill, specs: Mapping[str, TableSpec]
) -> Iterator[Problem]:
    """What is wrong with a backfill where it reads fields that no old record has, because they are new themselves."""
    for read in sorted(fill.expression.reads, key=lambda read: read.field):
        table = table_of(catalog, doctype, read)
        declared = table.fields.get(read.field) if table is not None else None
        if table is None or declared is None or declared.type in ("table", "back"):
            continue
        if declared.stored and is_new(table, declared, specs):
            message = (
                f"'{read.field}' is new itself: 'backfill' sees records as they were, without it."
            )
            hint = f"Read what was there, or publish '{read.field}' first and '{fill.of.name}' after it."
            yield Problem("E708", message, fill.expression.span, hint)


def table_of(catalog: Catalog, doctype: Doctype, read: Read) -> Table | None:
    """The table that ``read`` reads of: of ``doctype`` itself, or of records that are linked."""
    name = read.record.doctype
    if name.startswith(FORMER_RECORD):
        return doctype.tables[name.rpartition("|")[2]]
    if is_own(doctype, read):
        return doctype.tables.get(read.record.path)
    if read.record.own or name not in catalog.doctypes:
        return None
    return catalog.doctypes[name].tables.get(read.record.path)


def is_own(doctype: Doctype, read: Read) -> bool:
    """Whether ``read`` is of the record itself, or of what it belongs to."""
    name = read.record.doctype
    return name.startswith(FORMER_RECORD) or (read.record.own and name == doctype.name)


def chain(doctype: Doctype, table: Table) -> list[Table]:
    """``table`` and what its rows belong to, up to the head."""
    found = [table]
    while found[-1].parent is not None:
        found.append(doctype.tables[found[-1].parent])
    return found


def sources(
    catalog: Catalog, doctype: Doctype, table: Table, expression: Expr
) -> tuple[tuple[Source, ...], dict[str, Source]]:
    """What must be read for ``expression`` over rows of ``table``: of themselves and above, and of linked records."""
    own = {one.path: Source(one.name) for one in chain(doctype, table)}
    facts: dict[str, Source] = {}
    for read in expression.reads:
        target = table_of(catalog, doctype, read)
        if target is None:
            continue
        if not is_own(doctype, read):
            linked = facts.setdefault(read.record.key, Source(target.name))
            _read(linked, target, read.field)
            if read.field == "parent" and target.parent is not None:
                linked.columns["parent"] = "parent_id"
                linked.links["parent"] = (Record(read.record.doctype, target.parent).key,)
        elif target.path in own:
            _read(own[target.path], target, read.field)
    return tuple(own.values()), facts


def _read(source: Source, table: Table, name: str) -> None:
    declared: Field | Removed | None = table.fields.get(name) or table.removed.get(name)
    if declared is None:
        if name in STANDARD:
            source.columns[name] = STANDARD[name]
        if name == "company":
            source.links[name] = (COMPANY_DOCTYPE,)
        return
    if declared.type in ("table", "back"):
        return
    if isinstance(declared, Field):
        source.columns[name] = column_name(declared)
    else:
        source.columns[name] = f"{name}_id" if declared.type == "link" else name
    if declared.type == "link":
        source.links[name] = declared.link
