"""From a catalog to the tables that hold it: documents, their rows, ledgers with balances and cost layers.

Public: ``tables(catalog)``. Names are those of the catalog; ``engine_runtime.schema`` builds them.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import DOCUMENT, Field, Literals, Table
from engine.catalog.ledgers import Dimension, Ledger
from engine.catalog.whole import Catalog
from engine.expr.types import COMPANY_DOCTYPE
from engine.plan.spec import ColumnKind, ColumnSpec, TableSpec

ID = ColumnSpec("id", "id")

_KINDS: dict[str, ColumnKind] = {
    "integer": "integer", "decimal": "decimal", "money": "decimal", "rate": "decimal",
    "percent": "decimal", "quantity": "decimal", "boolean": "boolean", "date": "date",
    "datetime": "datetime", "time": "time", "long_text": "long_text", "json": "json",
    "link": "link",
}  # fmt: skip
"""Field type → column kind; every other type is text of a length."""

_NUMBER_LENGTH = 60
_STATE_LENGTH = 60
_STAGE_LENGTH = 20
_TYPED_LENGTH = 0
_KEY_LENGTH = 60
_RULE_LENGTH = 120
_PATH_LENGTH = 120
_BALANCE_LENGTH = 255
_LOT_LENGTH = 2000
"""Of a key that has every dimension in it."""

OPEN_UNTIL = "open_until"
"""The column of a balance row that says until when a lot is open."""


def tables(catalog: Catalog) -> tuple[TableSpec, ...]:
    """Every physical table of ``catalog``: doctypes in their order, then ledgers."""
    found = [document_table(catalog, *one) for one in stored_tables(catalog)]
    for ledger in catalog.ledgers.values():
        found += _of_ledger(catalog, ledger)
    return tuple(found)


# --- documents -----------------------------------------------------------------------------------


def stored_tables(catalog: Catalog) -> Iterator[tuple[Doctype, Table]]:
    """The heads and rows that have a table, with their doctypes."""
    for doctype in catalog.doctypes.values():
        if not doctype.abstract and not doctype.child:
            for table in doctype.tables.values():
                yield doctype, table


def document_table(catalog: Catalog, doctype: Doctype, table: Table) -> TableSpec:
    """The table of a head or of child rows."""
    standard = _rows(doctype, table) if table.parent is not None else _head(catalog, doctype)
    if any(field.editable for field in table.columns):
        standard.append(ColumnSpec("typed", "text", length=_TYPED_LENGTH, default=""))
    declared = [column for field in table.columns for column in _columns(catalog, field)]
    is_head = table.parent is None
    return TableSpec(
        name=table.name,
        columns=(*standard, *declared),
        unique=_unique(doctype, table) if is_head else tuple(_unique_fields(table)),
        indexes=(*(_indexes(doctype) if is_head else ()), *_open_links(table)),
    )


def _head(catalog: Catalog, doctype: Doctype) -> list[ColumnSpec]:
    columns = [ID]
    if doctype.company == "required":
        columns.append(_reference(catalog, "company", (COMPANY_DOCTYPE,)))
    if doctype.submittable or doctype.number is not None:
        columns.append(ColumnSpec("number", "text", null=True, length=_NUMBER_LENGTH))
    if doctype.submittable:
        columns.append(ColumnSpec("state", "text", length=_STATE_LENGTH, default="draft"))
        stage = ColumnSpec(
            "stage", "text", length=_STAGE_LENGTH, default="draft", copied_from="state"
        )
        columns.append(stage)
    columns.append(ColumnSpec("version", "integer", default=1))
    if doctype.submittable and doctype.workflow.declared:
        columns.append(ColumnSpec("workflow", "integer", null=True))
    if doctype.submittable and doctype.workflow.keeps_submitter:
        columns.append(ColumnSpec("submitted_by", "integer", null=True))
    if doctype.amend == "new":
        columns.append(ColumnSpec("amends", "integer", null=True))
    if doctype.submittable:
        columns.append(ColumnSpec("catalog", "integer", null=True))
        columns.append(ColumnSpec("facts", "json", null=True))
    columns += [
        ColumnSpec("created_at", "datetime", null=True),
        ColumnSpec("created_by", "integer", null=True),
        ColumnSpec("changed_at", "datetime", null=True),
        ColumnSpec("changed_by", "integer", null=True),
    ]
    return columns


def _rows(doctype: Doctype, table: Table) -> list[ColumnSpec]:
    parent = doctype.tables[table.parent or ""]
    return [
        ID,
        ColumnSpec("parent_id", "link", references=parent.name),
        ColumnSpec("position", "integer"),
    ]


def _columns(catalog: Catalog, field: Field) -> Iterator[ColumnSpec]:
    """One column, or two for a link to several doctypes."""
    if field.type != "link":
        yield _plain(field)
        return
    yield _reference(catalog, field.stored_as, field.link, null=not field.required)
    if has_type_column(field.link):
        name = f"{field.stored_as}_type"
        yield ColumnSpec(name, "text", null=not field.required, length=_KEY_LENGTH)


def _plain(field: Field) -> ColumnSpec:
    kind = column_kind(field.type)
    return ColumnSpec(
        name=field.stored_as,
        kind=kind,
        null=not field.required,
        length=field.length if kind == "text" else 0,
        precision=field.precision if kind == "decimal" else 0,
        scale=field.scale if kind == "decimal" else 0,
        default=_default(field, kind),
    )


def column_kind(type_: str) -> ColumnKind:
    """The column kind of a field type."""
    return _KINDS.get(type_, "text")


def _default(field: Field, kind: ColumnKind) -> Literals:
    """What rows that are there already get: the literal default, no for a condition, else nothing."""
    if field.default is None or field.formula is not None:
        return False if kind == "boolean" and field.formula is None else None
    if kind == "boolean":
        return field.default in ("true", True)
    if kind == "integer":
        return int(field.default)
    return str(field.default)


def has_type_column(link: tuple[str, ...]) -> bool:
    """Whether the doctype is kept beside the id, because a link may point to several."""
    return len(link) > 1 or link == (DOCUMENT,)


def _reference(
    catalog: Catalog,
    name: str,
    link: tuple[str, ...],
    *,
    null: bool = False,
    constraint: bool = True,
) -> ColumnSpec:
    """The column of a link; a foreign key where it points to one table."""
    target = None if has_type_column(link) else _table_of(catalog, link[0])
    return ColumnSpec(
        f"{name}_id",
        "link",
        null=null,
        references=target,
        constraint=constraint and target is not None,
    )


def _table_of(catalog: Catalog, target: str) -> str | None:
    """The table behind ``Item`` or ``Sales Order.items``."""
    name, _, path = target.partition(".")
    doctype = catalog.doctypes.get(name)
    table = doctype.tables.get(path) if doctype is not None else None
    return table.name if table is not None else None


def _unique(doctype: Doctype, table: Table) -> tuple[tuple[str, ...], ...]:
    """Unique fields, and the business key: per company where records belong to one."""
    found = list(_unique_fields(table))
    scope = ("company_id",) if doctype.company == "required" else ()
    if doctype.submittable or doctype.number is not None:
        found.append((*scope, "number"))
    by = table.fields.get(doctype.name_by or "")
    if by is not None:
        key = (column_name(by),)
        found.append(("company_id", *key) if doctype.company == "required" else key)
    return tuple(dict.fromkeys(found))


def _unique_fields(table: Table) -> Iterator[tuple[str, ...]]:
    for field in table.columns:
        if field.unique is not None:
            others = (_column_of(table, name) for name in field.unique)
            yield (column_name(field), *others)


def column_name(field: Field) -> str:
    """The column of a stored field."""
    return f"{field.stored_as}_id" if field.type == "link" else field.stored_as


def _column_of(table: Table, name: str) -> str:
    field = table.fields.get(name)
    if field is not None:
        return column_name(field)
    return "company_id" if name == "company" else name


def _indexes(doctype: Doctype) -> Iterator[tuple[str, ...]]:
    """Lists are sorted by date within a company."""
    scope = ("company_id",) if doctype.company == "required" else ()
    if doctype.date is not None and doctype.date in doctype.fields:
        yield (*scope, column_name(doctype.fields[doctype.date]))


def _open_links(table: Table) -> Iterator[tuple[str, ...]]:
    """Links to several doctypes have no foreign key that would index them."""
    for field in table.columns:
        if field.type == "link" and has_type_column(field.link):
            yield (column_name(field),)


# --- ledgers -------------------------------------------------------------------------------------


def _of_ledger(catalog: Catalog, ledger: Ledger) -> Iterator[TableSpec]:
    yield _entries(catalog, ledger)
    if ledger.keepers:
        yield _balances(catalog, ledger)
    if ledger.valuation is not None:
        yield _layers(ledger)
        yield _consumption(ledger)


def _entries(catalog: Catalog, ledger: Ledger) -> TableSpec:
    columns = [
        ID,
        _reference(catalog, "company", (COMPANY_DOCTYPE,), constraint=False),
        ColumnSpec("date", "date"),
        ColumnSpec("meant_for", "date"),
        ColumnSpec("moment", "datetime"),
        ColumnSpec("recorded_at", "datetime"),
        ColumnSpec("origin_type", "text", length=_KEY_LENGTH),
        ColumnSpec("origin_id", "link"),
        ColumnSpec("line_table", "text", null=True, length=_PATH_LENGTH),
        ColumnSpec("line_id", "link", null=True),
        ColumnSpec("rule", "text", length=_RULE_LENGTH),
        ColumnSpec("catalog", "integer"),
        ColumnSpec("reverses", "link", null=True),
        ColumnSpec("corrects", "link", null=True),
        ColumnSpec("posting", "text", null=True, length=_RULE_LENGTH),
        # The document that changed the past, where the entry is the difference that this makes.
        ColumnSpec("cause_id", "link", null=True),
    ]
    if ledger.valuation is not None:
        # The row of another document whose cost an entry carries back or corrects.
        columns.append(ColumnSpec("of_line", "link", null=True))
        # How it found its worth, and how many postings of its document came before it.
        columns.append(ColumnSpec("how", "text", null=True, length=8))
        columns.append(ColumnSpec("level", "integer", null=True))
    for dimension in (*ledger.dimensions.values(), *ledger.details.values()):
        columns += _dimension(catalog, dimension)
    if ledger.currency:
        columns.append(_reference(catalog, "currency", ("Currency",), null=True, constraint=False))
    columns += _figures(ledger)
    return TableSpec(
        name=ledger.table,
        columns=tuple(columns),
        indexes=tuple(_ledger_indexes(ledger)),
        append_only=True,
        double_entry=_sides(ledger),
    )


def _dimension(catalog: Catalog, dimension: Dimension) -> Iterator[ColumnSpec]:
    required = dimension.required
    if dimension.type == "link":
        yield _reference(
            catalog, dimension.name, dimension.link, null=not required, constraint=False
        )
        if has_type_column(dimension.link):
            yield ColumnSpec(
                f"{dimension.name}_type", "text", null=not required, length=_KEY_LENGTH
            )
        return
    kind = column_kind(dimension.type)
    yield ColumnSpec(
        dimension.name, kind, null=not required, length=dimension.length if kind == "text" else 0,
        precision=18 if kind == "decimal" else 0, scale=6 if kind == "decimal" else 0,
    )  # fmt: skip


def _figures(ledger: Ledger) -> Iterator[ColumnSpec]:
    """The measures, and beside money of the document's currency its worth in the company's."""
    for measure in ledger.measures.values():
        kind: ColumnKind = "integer" if measure.type == "integer" else "decimal"
        precision = measure.precision if kind == "decimal" else 0
        yield ColumnSpec(measure.name, kind, precision=precision, scale=measure.scale)
    for name in worths(ledger):
        measure = ledger.measures[name]
        yield ColumnSpec(
            f"{name}_worth", "decimal", precision=measure.precision, scale=measure.scale
        )


def worths(ledger: Ledger) -> tuple[str, ...]:
    """The measures that have a worth beside them."""
    if not ledger.currency:
        return ()
    return tuple(m.name for m in ledger.measures.values() if m.money_in == "document")


def _sides(ledger: Ledger) -> tuple[str, str] | None:
    """The columns that must balance: in company currency."""
    if ledger.double_entry is None:
        return None
    kept = worths(ledger)
    debit, credit = (f"{s}_worth" if s in kept else s for s in ledger.double_entry)
    return debit, credit


def _ledger_indexes(ledger: Ledger) -> Iterator[tuple[str, ...]]:
    """Balances as of a date by each dimension, entries of a document, entries that reverse one."""
    yield ("company_id", "date")
    yield ("origin_id",)
    if ledger.valuation is not None:
        yield ("of_line",)
        yield ("line_id",)
    for dimension in ledger.dimensions.values():
        name = f"{dimension.name}_id" if dimension.type == "link" else dimension.name
        yield ("company_id", name, "date")


def _balances(catalog: Catalog, ledger: Ledger) -> TableSpec:
    columns = [
        ID,
        _reference(catalog, "company", (COMPANY_DOCTYPE,), constraint=False),
        ColumnSpec("key", "text", length=_LOT_LENGTH if ledger.by_lot else _BALANCE_LENGTH),
        *_figures(ledger),
    ]
    if ledger.valuation is not None:
        columns += [
            _like(ledger, ledger.valuation.per, "layer_quantity"),
            _like(ledger, ledger.valuation.of, "layer_value"),
        ]
    columns += [
        ColumnSpec("last_moment", "datetime", null=True),
        ColumnSpec("last_entry", "link", null=True),
        ColumnSpec("version", "integer", default=0),
    ]
    indexes: tuple[tuple[str, ...], ...] = ()
    if ledger.by_lot:
        # The last day of a lot of which something is left: who looks for what is over reads no other row.
        columns.append(ColumnSpec(OPEN_UNTIL, "date", null=True))
        indexes = ((OPEN_UNTIL,),)
    return TableSpec(f"{ledger.table}__balance", tuple(columns), (("key",),), indexes)


def _like(ledger: Ledger, measure: str, name: str) -> ColumnSpec:
    """A column for figures of a measure."""
    of = ledger.measures[measure]
    return ColumnSpec(name, "decimal", precision=of.precision, scale=of.scale)


def _layers(ledger: Ledger) -> TableSpec:
    """Cost layers: what came in, and what has gone out of it. ``is_open``: something is left."""
    assert ledger.valuation is not None
    quantity, value = ledger.valuation.per, ledger.valuation.of
    return TableSpec(
        f"{ledger.table}__layer",
        (
            ID,
            ColumnSpec("key", "text", length=255),
            ColumnSpec("entry_id", "link"),
            _like(ledger, quantity, "quantity_in"),
            _like(ledger, value, "value_in"),
            _like(ledger, quantity, "quantity_out"),
            _like(ledger, value, "value_out"),
            ColumnSpec("is_open", "boolean", default=True),
            ColumnSpec("moment", "datetime"),
        ),
        indexes=(("key", "is_open", "moment"), ("entry_id",)),
    )


def _consumption(ledger: Ledger) -> TableSpec:
    """What each issue took out of which layer."""
    assert ledger.valuation is not None
    return TableSpec(
        f"{ledger.table}__consumption",
        (
            ID,
            ColumnSpec("entry_id", "link"),
            ColumnSpec("layer_id", "link"),
            _like(ledger, ledger.valuation.per, "quantity"),
            _like(ledger, ledger.valuation.of, "value"),
        ),
        indexes=(("entry_id",), ("layer_id",)),
    )
