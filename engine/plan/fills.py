"""What is written into rows that are there, and what of them must be read for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.catalog.change import FORMER_RECORD, Removed
from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field, Table
from engine.catalog.whole import Catalog
from engine.expr.program import Expr
from engine.plan.spec import TableSpec
from engine.plan.tables import column_name

LONGEST = 63
_STANDARD = {
    "id": "id", "index": "position", "company": "company_id", "number": "number", "state": "state",
    "version": "version", "amends": "amends", "created_at": "created_at", "created_by": "created_by",
    "changed_at": "changed_at", "changed_by": "changed_by",
}  # fmt: skip


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
    """``expression`` (frame: this = the row as it was) is written into ``column`` of rows that are there.

    ``own``: the row itself, then what it belongs to, up to the head. ``facts``: doctype → what is read of records
    that are linked.
    """

    table: str
    column: str
    expression: Expr
    own: tuple[Source, ...]
    facts: Mapping[str, Source]

    @property
    def made_as(self) -> str:
        """The name under which the values are made while the old catalog is live."""
        return beside(self.column, "new")


def fills_of(catalog: Catalog, doctype: Doctype, table: Table, spec: TableSpec) -> Iterator[Fill]:
    """The fills of the fields that are new in ``spec``, the table as it is, under its present name."""
    for declared in table.columns:
        column = column_name(declared)
        if declared.backfill is not None and column not in spec.by_name:
            own, facts = _sources(catalog, doctype, table, declared.backfill)
            yield Fill(table.name, column, declared.backfill, own, facts)


def _sources(
    catalog: Catalog, doctype: Doctype, table: Table, expression: Expr
) -> tuple[tuple[Source, ...], dict[str, Source]]:
    chain = [table]
    while chain[-1].parent is not None:
        chain.append(doctype.tables[chain[-1].parent])
    own = {one.path: Source(one.name) for one in chain}
    facts: dict[str, Source] = {}
    for read in expression.reads:
        name = read.record.doctype
        if name.startswith(FORMER_RECORD):
            path = name.rpartition("|")[2]
            _read(own[path], doctype.tables[path], read.field)
        elif name in catalog.doctypes:
            target = catalog.doctypes[name].tables.get(read.record.path)
            if target is not None:
                _read(facts.setdefault(name, Source(target.name)), target, read.field)
    return tuple(own.values()), facts


def _read(source: Source, table: Table, name: str) -> None:
    declared: Field | Removed | None = table.fields.get(name) or table.removed.get(name)
    if declared is None:
        if name in _STANDARD:
            source.columns[name] = _STANDARD[name]
        return
    if declared.type in ("table", "back"):
        return
    if isinstance(declared, Field):
        source.columns[name] = column_name(declared)
    else:
        source.columns[name] = f"{name}_id" if declared.type == "link" else name
    if declared.type == "link":
        source.links[name] = declared.link
