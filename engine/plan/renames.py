"""What is called otherwise than in the database: tables, columns, and words that rows hold.

Public: ``renames(old, catalog)``. Only what the database has under a former name, and not yet under the
present one, is renamed: a publish that is done twice does nothing the second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field, Table
from engine.catalog.ledgers import Ledger
from engine.catalog.whole import Catalog
from engine.plan.spec import TableSpec
from engine.plan.tables import column_name, stored_tables, worths

Word = tuple[str, str, str]
"""(where, former, present)."""


@dataclass(frozen=True, slots=True)
class Renames:
    """``tables``: former → present. ``columns``: (former table, former column) → present column.

    The others are words that rows hold: ``doctypes`` (keys), ``names`` (of doctypes), ``roles``, ``options`` (table,
    column, former, present), ``paths`` (doctype key, former, present), ``typed`` and ``dimensions`` (table, former,
    present). Tables, columns and doctypes in words are present ones.
    """

    tables: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[tuple[str, str], str] = field(default_factory=dict)
    doctypes: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    options: tuple[tuple[str, str, str, str], ...] = ()
    paths: tuple[Word, ...] = ()
    typed: tuple[Word, ...] = ()
    dimensions: tuple[Word, ...] = ()

    @property
    def any(self) -> bool:
        """Whether anything is called otherwise."""
        return self != NO_RENAMES

    def apply(self, tables: Iterable[TableSpec]) -> tuple[TableSpec, ...]:
        """``tables`` under their present names."""
        return tuple(self._table(table) for table in tables)

    def _table(self, table: TableSpec) -> TableSpec:
        def name(column: str) -> str:
            return self.columns.get((table.name, column), column)

        def group(columns: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(name(column) for column in columns)

        sides = table.double_entry
        return replace(
            table,
            name=self.tables.get(table.name, table.name),
            columns=tuple(
                replace(
                    c, name=name(c.name), references=self.tables.get(c.references or "", c.references)
                )
                for c in table.columns
            ),
            unique=tuple(group(columns) for columns in table.unique),
            indexes=tuple(group(columns) for columns in table.indexes),
            double_entry=(name(sides[0]), name(sides[1])) if sides else None,
        )  # fmt: skip

    def former_place(self, table: str, column: str) -> tuple[str, str]:
        """What ``column`` of ``table`` (present names) was called."""
        former = next((old for old, new in self.tables.items() if new == table), table)
        columns = (old for (t, old), new in self.columns.items() if (t, new) == (former, column))
        return former, next(columns, column)

    def inverse(self) -> Renames:
        """The way back. Raises ValueError where two options became one: nobody knows which was which."""
        present = {(t, c, new) for t, c, _, new in self.options}
        if len(present) < len(self.options):
            raise ValueError(_MERGED)
        tables = {new: old for old, new in self.tables.items()}
        keys = {new: old for old, new in self.doctypes.items()}
        columns = {
            (self.tables.get(t, t), new): old for (t, old), new in self.columns.items()
        }  # fmt: skip
        word = self.former_place
        return Renames(
            tables=tables,
            columns=columns,
            doctypes=keys,
            names={new: old for old, new in self.names.items()},
            roles={new: old for old, new in self.roles.items()},
            options=tuple((*word(t, c), new, old) for t, c, old, new in self.options),
            paths=tuple((keys.get(key, key), new, old) for key, old, new in self.paths),
            typed=tuple((tables.get(t, t), new, old) for t, old, new in self.typed),
            dimensions=tuple((tables.get(t, t), new, old) for t, old, new in self.dimensions),
        )


NO_RENAMES = Renames()
_MERGED = "Options that became one cannot be told apart again."


def way_back(forth: Renames, earlier: Catalog) -> Renames:
    """From the names that ``forth`` led to back to those of ``earlier``.

    Options that ``earlier`` does not know stay as they are called now. Raises ValueError where two became one.
    """
    known = {
        (table.name, column_name(field)): field.options
        for _, table in stored_tables(earlier)
        for field in table.columns
    }
    options: list[tuple[str, str, str, str]] = []
    for table, column, old, new in forth.options:
        had = known.get(forth.former_place(table, column), ())
        if old in had and new in had:
            raise ValueError(_MERGED)
        if old in had:
            options.append((table, column, old, new))
    return replace(forth, options=tuple(options)).inverse()


def renames(old: Sequence[TableSpec], catalog: Catalog, before: Catalog | None = None) -> Renames:
    """From the tables of the database to the names of ``catalog``. ``before``: the catalog that made them, if known."""
    return _Finder(old, catalog, before).find()


class _Finder:
    def __init__(self, old: Sequence[TableSpec], catalog: Catalog, before: Catalog | None) -> None:
        self._old = {table.name: table for table in old}
        self._catalog = catalog
        self._before = before
        self._tables: dict[str, str] = {}
        self._columns: dict[tuple[str, str], str] = {}
        self._doctypes: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._paths: list[Word] = []
        self._typed: list[Word] = []
        self._options: list[tuple[str, str, str, str]] = []
        self._dimensions: list[Word] = []

    def find(self) -> Renames:
        for doctype, table in stored_tables(self._catalog):
            self._document(doctype, table)
        for ledger in self._catalog.ledgers.values():
            self._ledger(ledger)
        return Renames(
            self._tables, self._columns, self._doctypes, self._names, self._roles(),
            tuple(self._options), tuple(self._paths), tuple(self._typed), tuple(self._dimensions),
        )  # fmt: skip

    # --- documents ---

    def _document(self, doctype: Doctype, table: Table) -> None:
        old = self._old.get(table.name)
        if old is None:
            old = self._former_table(doctype, table)
        if old is None:
            return
        for declared in table.columns:
            self._field(old, table, declared)

    def _former_table(self, doctype: Doctype, table: Table) -> TableSpec | None:
        keys = [doctype.key, *reversed(doctype.former.keys)]
        steps = table.path.split(".") if table.path else []
        names = [_present_first(name, self._step(doctype, steps[:place], name))
                 for place, name in enumerate(steps)]  # fmt: skip
        for key, *path in product(keys, *names):
            former = "__".join((f"doc_{key}", *path))
            if former in self._old and former not in self._tables:
                self._tables[former] = table.name
                if not path and key != doctype.key:
                    self._doctypes[key] = doctype.key
                    former_name = dict(zip(doctype.former.keys, doctype.former.names, strict=True))
                    self._names[former_name[key]] = doctype.name
                if path != steps:
                    self._paths.append((doctype.key, ".".join(path), table.path))
                return self._old[former]
        return None

    @staticmethod
    def _step(doctype: Doctype, above: list[str], name: str) -> Field | None:
        return doctype.tables[".".join(above)].fields.get(name)

    def _field(self, old: TableSpec, table: Table, declared: Field) -> None:
        column = column_name(declared)
        is_link = declared.type == "link"
        if column not in old.by_name:
            prefix = declared.stored_as.removesuffix(declared.name)
            for name in reversed(declared.former.names):
                former = prefix + name
                before = f"{former}_id" if is_link else former
                if before in old.by_name and not _is_taken(table, before):
                    self._columns[old.name, before] = column
                    if f"{former}_type" in old.by_name and is_link:
                        self._columns[old.name, f"{former}_type"] = f"{declared.stored_as}_type"
                    if declared.editable:
                        self._typed.append((table.name, name, declared.name))
                    break
            else:
                return
        for former, present in declared.renamed_options.items():
            if self._may_hold(table, declared, former):
                self._options.append((table.name, column, former, present))

    def _may_hold(self, table: Table, declared: Field, option: str) -> bool:
        """Whether rows may hold ``option`` still: not if it was renamed by the catalog of before already.

        Where that catalog had no such field, because its pack was out, or is not known, they may.
        """
        if self._before is None:
            return True
        names = {declared.name, *declared.former.names}
        found = [
            known
            for _, before in stored_tables(self._before)
            if self._tables.get(before.name, before.name) == table.name
            for known in before.fields.values()
            if known.name in names
        ]
        return all(option not in known.renamed_options for known in found)

    # --- ledgers and roles ---

    def _ledger(self, ledger: Ledger) -> None:
        former = ledger.table
        if former not in self._old:
            names = (f"led_{key}" for key in reversed(ledger.former.keys))
            former = next((name for name in names if name in self._old), "")
        if not former:
            return
        for suffix in (
            ("", "__balance", "__layer", "__consumption") if former != ledger.table else ()
        ):
            if former + suffix in self._old:
                self._tables[former + suffix] = ledger.table + suffix
        for old_column, column in _ledger_columns(ledger):
            for name in (former, f"{former}__balance"):
                spec = self._old.get(name)
                if spec and old_column in spec.by_name and column not in spec.by_name:
                    self._columns[name, old_column] = column
        for dimension in ledger.dimensions.values():
            for old_name in dimension.former.names:
                column = f"{old_name}_id" if dimension.type == "link" else old_name
                if (former, column) in self._columns:
                    self._dimensions.append((ledger.table, old_name, dimension.name))

    def _roles(self) -> dict[str, str]:
        """Former role → present one."""
        before = self._before.roles if self._before is not None else None
        return {
            former: role.name
            for role in self._catalog.roles.values()
            for former in role.former.names
            if before is None or former in before
        }


def _present_first(name: str, declared: Field | None) -> list[str]:
    return [name, *reversed(declared.former.names)] if declared is not None else [name]


def _is_taken(table: Table, column: str) -> bool:
    return any(column_name(field) == column for field in table.columns)


def _ledger_columns(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """(former column, present column) of dimensions, details and measures."""
    for carried in ledger.carried:
        for former in reversed(carried.former.names):
            if carried.type == "link":
                yield f"{former}_id", f"{carried.name}_id"
                yield f"{former}_type", f"{carried.name}_type"
            else:
                yield former, carried.name
    with_worth = worths(ledger)
    for measure in ledger.measures.values():
        for former in reversed(measure.former.names):
            yield former, measure.name
            if measure.name in with_worth:
                yield f"{former}_worth", f"{measure.name}_worth"
