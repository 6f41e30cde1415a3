"""The way from the tables of a database to those of a catalog: what is renamed, filled, converted, hidden, dropped.

Pure. Nothing that holds values goes by itself: a column or table that is declared no more stays, unseen and
optional, until ``drop: true`` or ``--drop-data`` says that it goes.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, count

from engine.catalog.fields import Field
from engine.catalog.whole import Catalog
from engine.plan.bounds import Bound, bounds
from engine.plan.difference import Change, Risk, difference
from engine.plan.fills import Fill, beside, fills_of, unfit
from engine.plan.formulas import formulas
from engine.plan.kept import Recount, recounts
from engine.plan.options import Narrowed, narrowed
from engine.plan.renames import NO_RENAMES, Renames, renames
from engine.plan.spec import ColumnSpec, TableSpec, converts
from engine.plan.tables import column_name, stored_tables, tables
from engine.plan.workflows import LostState, MovedState, lost_states, moved_states
from engine.problems.problem import Problem

_OTHER_NAME = "Keep the type, or give what is of the new type another name."


@dataclass(frozen=True, slots=True)
class Conversion:
    """Values of ``column`` become those of another kind: from ``before`` (kept as ``kept_as``, unseen) to ``after``."""

    table: str
    column: str
    before: ColumnSpec
    after: ColumnSpec
    kept_as: str
    in_books: bool = False
    """Its table is a ledger's: it becomes another kind as long as nothing stands there."""

    @property
    def text(self) -> str:
        """What a plan says of it."""
        become = f"{self.table}.{self.column}: {self.before.kind} becomes {self.after.kind}"
        if self.in_books:
            return f"{become}; entries that stand there refuse the publish. {_OTHER_NAME}"
        return f"{become}, value by value; the old ones stay as {self.kept_as}"

    def held(self, count: int) -> str:
        """Why entries refuse a publish."""
        stand = "1 entry stands" if count == 1 else f"{count:,} entries stand"
        return (
            f"{self.table}.{self.column} is {self.before.kind} and cannot become {self.after.kind}: "
            f"{stand} there, and what is in the books is never rewritten. {_OTHER_NAME}"
        )

    @property
    def made_as(self) -> str:
        """The name under which the new values are made while the old ones are in use."""
        return beside(self.column, "new")


@dataclass(frozen=True)
class Rewrite:
    """What cannot be read off two sets of tables."""

    renames: Renames = NO_RENAMES
    fills: tuple[Fill, ...] = ()
    drops: frozenset[tuple[str, str]] = frozenset()
    """(table, column) that is said to go."""
    later: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(table, column) of what is worked out but cannot be filled → when it is: the end of a sentence."""
    unfit: tuple[Problem, ...] = ()
    """What is wrong with its backfills, over these tables: it cannot be carried out."""
    narrowed: tuple[Narrowed, ...] = ()
    bounds: tuple[Bound, ...] = ()
    lost: tuple[LostState, ...] = ()
    moved: tuple[MovedState, ...] = ()
    recounts: tuple[Recount, ...] = ()


NO_REWRITE = Rewrite()


def rewrite(old: Sequence[TableSpec], catalog: Catalog, before: Catalog | None = None) -> Rewrite:
    """What ``catalog`` says of its past, as far as it concerns the tables ``old``."""
    found = renames(old, catalog, before)
    known = {table.name: table for table in found.apply(old)}
    fills: list[Fill] = []
    wrong: list[Problem] = []
    for doctype, table in stored_tables(catalog):
        made = list(fills_of(catalog, doctype, table, known))
        wrong += (one for fill in made for one in unfit(catalog, doctype, fill, known))
        fills += made
    at_hand, later = formulas(catalog, known, fills)
    return replace(
        found_of(old, catalog, before, found),
        fills=(*fills, *at_hand),
        later=later,
        unfit=tuple(wrong),
        drops=frozenset(_drops(catalog, known)),
    )


def _drops(catalog: Catalog, known: Mapping[str, TableSpec]) -> Iterator[tuple[str, str]]:
    """(table, column) of what is removed and said to go."""
    for _, table in stored_tables(catalog):
        spec = known.get(table.name)
        for removed in table.removed.values() if spec is not None else ():
            for column in (removed.name, f"{removed.name}_id", f"{removed.name}_type"):
                held = spec is not None and column in spec.by_name
                if removed.drop and held and column not in _columns(table.columns):
                    yield table.name, column


def found_of(
    old: Sequence[TableSpec], catalog: Catalog, before: Catalog | None, found: Renames
) -> Rewrite:
    """``found``, and what rows may hold that ``catalog`` knows no more; nothing is filled and nothing goes."""
    return Rewrite(
        found,
        narrowed=tuple(narrowed(found.apply(old), catalog, before, found)),
        bounds=tuple(bounds(found.apply(old), catalog, before, found)),
        lost=tuple(lost_states(before, catalog)) if before is not None else (),
        moved=tuple(moved_states(before, catalog)),
        recounts=tuple(recounts(found.apply(old), catalog, before, found)),
    )


def _columns(fields: Iterable[Field]) -> frozenset[str]:
    return frozenset(column_name(one) for one in fields)


@dataclass(frozen=True)
class Migration:
    """From ``old`` (as recorded) to ``wanted`` (of a catalog). Everything else follows."""

    old: tuple[TableSpec, ...]
    wanted: tuple[TableSpec, ...]
    rewrite: Rewrite = NO_REWRITE
    drop_data: bool = False
    declared: tuple[TableSpec, ...] = ()
    """The tables of the catalog of before, where it is known: what was unseen already is not told again."""
    zone: str = "UTC"
    """Whose clock tells the day of a moment."""

    @cached_property
    def renamed(self) -> tuple[TableSpec, ...]:
        """``old`` under the present names."""
        return self.rewrite.renames.apply(self.old)

    @cached_property
    def conversions(self) -> tuple[Conversion, ...]:
        """Columns whose values become those of another kind."""
        found: list[Conversion] = []
        before = {table.name: table for table in self.renamed}
        for table in self.wanted:
            known = before.get(table.name)
            if known is None:
                continue
            taken = {*known.by_name, *table.by_name}
            for column in table.columns:
                old = known.by_name.get(column.name)
                if old is not None and converts(old.kind, column.kind):
                    kept = _free(column.name, old.kind, taken)
                    taken.add(kept)
                    books = known.append_only
                    found.append(Conversion(table.name, column.name, old, column, kept, books))
        return tuple(found)

    @cached_property
    def expanded(self) -> tuple[TableSpec, ...]:
        """``old`` with the columns that are filled while the old catalog is live, under the names of ``old``."""
        made: dict[str, list[ColumnSpec]] = {}
        wanted = {table.name: table for table in self.wanted}
        for fill in self.rewrite.fills:
            column = replace(wanted[fill.table].column(fill.column), name=fill.made_as)
            made.setdefault(fill.table, []).append(hidden(column))
        for one in self.conversions:
            made.setdefault(one.table, []).append(hidden(replace(one.after, name=one.made_as)))
        now = self.rewrite.renames.tables
        return tuple(
            replace(
                table, columns=_over(table.columns, made.get(now.get(table.name, table.name), ()))
            )
            for table in self.old
        )

    @cached_property
    def moves(self) -> Renames:
        """All that is renamed when the new catalog becomes the live one."""
        former = {new: old for old, new in self.rewrite.renames.tables.items()}
        columns = dict(self.rewrite.renames.columns)
        present = {
            (self.rewrite.renames.tables.get(t, t), new): old for (t, old), new in columns.items()
        }
        for fill in self.rewrite.fills:
            columns[former.get(fill.table, fill.table), fill.made_as] = fill.column
        for one in self.conversions:
            table = former.get(one.table, one.table)
            columns[table, present.get((one.table, one.column), one.column)] = one.kept_as
            columns[table, one.made_as] = one.column
        return replace(self.rewrite.renames, columns=columns)

    @cached_property
    def current(self) -> tuple[TableSpec, ...]:
        """``expanded`` under the present names: where the switch begins."""
        return self.moves.apply(self.expanded)

    @cached_property
    def physical(self) -> tuple[TableSpec, ...]:
        """``wanted``, and unseen what is declared no more: what the database will have."""
        kept = {table.name: table for table in self.current}
        found: list[TableSpec] = []
        for table in self.wanted:
            before = kept.pop(table.name, None)
            columns = () if before is None else self._unseen(before, table)
            found.append(replace(table, columns=(*table.columns, *columns)))
        if not self.drop_data:
            found += (_unseen_table(table) for table in kept.values())
        return tuple(found)

    def _unseen(self, before: TableSpec, wanted: TableSpec) -> Iterator[ColumnSpec]:
        for column in before.columns:
            dropped = self.drop_data or (before.name, column.name) in self.rewrite.drops
            half_made = column.name.endswith("__new")
            if column.name not in wanted.by_name and not dropped and not half_made:
                yield hidden(column)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Every step, in order, with its risk."""
        return (
            *_renamings(self.rewrite.renames),
            *_unknown(self.rewrite),
            *self._filled(),
            *self._steps(),
        )

    def _filled(self) -> Iterator[Change]:
        wanted = {table.name: table for table in self.wanted}
        for fill in self.rewrite.fills:
            after = wanted[fill.table].column(fill.column)
            risk: Risk = "safe" if fill.is_formula else "needs_data"
            yield Change("fill_column", risk, fill.table, fill.column, fill.text, None, after)
        for one in self.conversions:
            yield Change(
                "convert_column", "needs_data", one.table, one.column, one.text, one.before, one.after,
                kept_as=one.kept_as,
            )  # fmt: skip

    def _steps(self) -> Iterator[Change]:
        filled = {(fill.table, fill.column) for fill in self.rewrite.fills}
        physical = {table.name: table for table in self.physical}
        before = self.rewrite.renames.apply(self.declared)
        declared = {(table.name, column.name) for table in before for column in table.columns}
        turned = {(one.table, one.kept_as) for one in self.conversions}
        turned |= {(one.table, one.column) for one in self.conversions}
        for change in difference(self.current, self.wanted):
            place = (change.table, change.column or "")
            if place in turned or place in filled:
                continue
            table = physical.get(change.table)
            if change.kind == "drop_table" and table is not None:
                if table.name in {t.name for t in before} or table != _before(
                    self.current, table.name
                ):
                    text = _hides(table)
                    yield replace(change, kind="hide_table", risk="safe", text=text, after=table)
            elif change.kind == "drop_column" and table and place[1] in table.by_name:
                after = table.column(place[1])
                if after != change.before or place in declared:
                    text = f"{change.table}.{change.column} is used no more; its values stay"
                    yield replace(change, kind="hide_column", risk="safe", text=text, after=after)
            elif change.kind == "add_column" and place in self.rewrite.later:
                yield replace(change, text=f"{change.text}, {self.rewrite.later[place]}")
            else:
                yield change


def _free(column: str, kind: str, taken: Container[str]) -> str:
    """The name beside ``column`` for values of ``kind``: numbered where those of an earlier conversion have it."""
    names = (beside(column, f"{kind}{number}") for number in chain([""], count(2)))
    return next(name for name in names if name not in taken)


def _hides(table: TableSpec) -> str:
    text = f"the table {table.name} is used no more; its rows stay"
    if "origin_id" in table.by_name:
        text += ", and documents that wrote them cannot be cancelled meanwhile"
    return text


def _before(tables: Iterable[TableSpec], name: str) -> TableSpec | None:
    return next((table for table in tables if table.name == name), None)


def hidden(column: ColumnSpec) -> ColumnSpec:
    """``column`` as it stays when no field has it: optional, and bound to nothing."""
    if column.kind == "id":
        return column
    return replace(column, null=True, default=None, references=None, constraint=True)


def _unseen_table(table: TableSpec) -> TableSpec:
    return replace(
        table,
        columns=tuple(hidden(column) for column in table.columns),
        append_only=table.append_only,
        double_entry=None,
    )


def _over(columns: Iterable[ColumnSpec], more: Iterable[ColumnSpec]) -> tuple[ColumnSpec, ...]:
    """``more`` added, or in place of those of their names."""
    return tuple(({c.name: c for c in columns} | {c.name: c for c in more}).values())


def migration(
    old: Sequence[TableSpec],
    catalog: Catalog,
    before: Catalog | None = None,
    *,
    drop_data: bool = False,
) -> Migration:
    """From ``old`` to the tables of ``catalog``."""
    return Migration(
        tuple(old),
        tables(catalog),
        rewrite(old, catalog, before),
        drop_data=drop_data,
        declared=tables(before) if before is not None else (),
        zone=catalog.country.time_zone,
    )


def _unknown(found: Rewrite) -> Iterator[Change]:
    """What rows may hold that is known no more: whether they do is asked when it is carried out."""
    for one in found.narrowed:
        yield Change(
            "narrow_options", "needs_data", one.table, one.column, one.text, values=one.gone
        )
    for bound in found.bounds:
        yield Change("narrow_bounds", "needs_data", bound.table, bound.column, bound.text)
    for lost in found.lost:
        table = found.renames.tables.get(lost.table, lost.table)
        values = (lost.state,)
        yield Change("lose_state", "needs_data", table, "state", lost.text, values=values)
    for moved in (one for one in found.moved if one.is_news):
        values = (moved.state,)
        yield Change("move_state", "safe", moved.table, "state", moved.text, values=values)


def _renamings(found: Renames) -> Iterator[Change]:
    for old, new in found.tables.items():
        yield Change(
            "rename_table", "safe", new, None, f"the table {old} becomes {new}", former=old
        )
    for (table, old), new in found.columns.items():
        name = found.tables.get(table, table)
        yield Change("rename_column", "safe", name, new, f"{name}.{old} becomes {new}", former=old)
    for old, new in found.doctypes.items():
        text = f"documents and entries of '{old}' are of '{new}' from now on"
        yield Change("reword", "safe", f"doc_{new}", None, text)
    for table, column, old, new in found.options:
        yield Change("reword", "safe", table, column, f"{table}.{column}: '{old}' becomes '{new}'")
    for old, new in found.roles.items():
        yield Change("reword", "safe", "", None, f"who is '{old}' is '{new}'")
