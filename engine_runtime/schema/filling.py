# ruff: noqa: S608 - every name is quoted, every value is a parameter
"""Filling columns of rows that are there, in batches, while everybody works on the old catalog.

Every round goes through the rows by id; the last one, in the switch, only through what was changed meanwhile.
A batch is a short transaction of its own, so nobody waits for more than a batch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from engine.plan.fills import Fill, Source
from engine.plan.migration import Conversion, Migration
from engine_runtime.schema.errors import SchemaRefused
from engine_runtime.schema.registry import LABEL, state
from engine_runtime.schema.renaming import inverse_names
from engine_runtime.schema.values import Unconvertible, converted, fitted

BATCHES = {"postgresql": 2000, "sqlite": 500}
"""Rows of a transaction."""
PAUSE = 0.02
MOST_REASONS = 5

Row = dict[str, Any]


@dataclass(slots=True)
class _Work:
    """What is filled in one table."""

    table: str
    fills: list[Fill] = field(default_factory=list)
    conversions: list[Conversion] = field(default_factory=list)

    @property
    def stage(self) -> str | None:
        """The path from a row to its stage where only drafts are filled."""
        if self.conversions or not all(fill.drafts_only for fill in self.fills):
            return None
        return _stage_of(self.fills[0])


def _stage_of(fill: Fill) -> str:
    return "parent_id__" * (len(fill.own) - 1) + "stage"


class Filling:
    """The fills and conversions of a migration. ``said`` is told how many rows are done."""

    def __init__(
        self,
        connection: BaseDatabaseWrapper,
        move: Migration,
        said: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._connection = connection
        self._move = move
        self._said = said
        self._apps = state(move.expanded).apps
        self._specs = {table.name: table for table in move.expanded}
        self._tables, self._columns = inverse_names(move.rewrite.renames)
        self._size = BATCHES[connection.vendor]
        self._reasons: dict[str, int] = {}
        self._empty: dict[str, int] = {}
        """Column → rows for which nothing came out of its backfill."""
        self._work: dict[str, _Work] = {}
        for fill in move.rewrite.fills:
            self._of(fill.table).fills.append(fill)
        for one in move.conversions:
            if not one.in_books:  # entries refuse the publish: there is nothing to fill
                self._of(one.table).conversions.append(one)

    def all(self) -> int:
        """Fill all rows; how many. Raises SchemaRefused where values cannot be converted."""
        count = 0
        for work in self._work.values():
            done = 0
            for ids in self._batches(work):
                self._fill(work, ids)
                done += len(ids)
                self._give_way()
                self._said(f"{work.table}: {done:,} rows filled")
            count += done
        self._refuse()
        for place, empty in self._empty.items():
            self._said(f"{place}: nothing comes out of it for {empty:,} rows")
        return count

    def since(self, moment: datetime) -> int:
        """Fill the rows changed since ``moment``; inside a transaction or not. Raises SchemaRefused."""
        count = 0
        for work in self._work.values():
            ids = self._changed(work.table, moment)
            for place in range(0, len(ids), self._size):
                self._fill(work, ids[place : place + self._size])
            count += len(ids)
        self._refuse()
        return count

    # --- which rows ---

    def _of(self, table: str) -> _Work:
        return self._work.setdefault(table, _Work(table))

    def _physical(self, table: str) -> str:
        return self._tables.get(table, table)

    def _model(self, table: str) -> type[Model]:
        """The model of ``table`` (a present name) as it is in the database."""
        return self._apps.get_model(LABEL, self._physical(table))

    def _column(self, table: str, column: str) -> str:
        return self._columns.get((table, column), column)

    def _batches(self, work: _Work) -> Iterator[list[int]]:
        rows = self._model(work.table)._default_manager.order_by("id")
        if work.stage is not None:
            rows = rows.filter(**{work.stage: "draft"})
        last = -(2**63)
        while True:
            ids = list(rows.filter(id__gt=last).values_list("id", flat=True)[: self._size])
            if not ids:
                return
            yield ids
            last = ids[-1]

    def _changed(self, table: str, moment: datetime) -> list[int]:
        """Rows whose document was saved since ``moment``."""
        spec = self._specs[self._physical(table)]
        if "position" not in spec.by_name:  # a head
            rows = self._model(table)._default_manager
            if "changed_at" not in spec.by_name:
                return list(rows.values_list("id", flat=True))
            return list(rows.exclude(changed_at__lt=moment).values_list("id", flat=True))
        parent = spec.column("parent_id").references or ""
        present = {old: new for new, old in self._tables.items()}.get(parent, parent)
        above = self._changed(present, moment)
        found: list[int] = []
        for place in range(0, len(above), 500):
            below = self._model(table)._default_manager.filter(
                parent_id__in=above[place : place + 500]
            )
            found += below.values_list("id", flat=True)
        return found

    # --- what is written ---

    def _fill(self, work: _Work, ids: Sequence[int]) -> None:
        values: dict[str, list[Any]] = {}
        given: dict[str, dict[int, Any]] = {}
        for fill in work.fills:
            known = given[fill.of.name] = self._worked_out(fill, ids, given)
            values[fill.made_as] = [known.get(number) for number in ids]
        for one in work.conversions:
            values[one.made_as] = self._turned(one, ids)
        # Only what is written holds a lock; what is read may be outdated, and is read again in the next round.
        with transaction.atomic(self._connection.alias):
            self._write(self._physical(work.table), ids, values)

    def _give_way(self) -> None:
        """SQLite has one writer, who is whoever asks in the right moment: leave the others such moments."""
        if self._connection.vendor == "sqlite":
            time.sleep(PAUSE)

    def _worked_out(
        self, fill: Fill, ids: Sequence[int], given: Mapping[str, Mapping[int, Any]]
    ) -> dict[int, Any]:
        """The values of the rows ``ids``. ``given``: field → what a formula finds in it, filled a moment ago."""
        if fill.drafts_only:
            drafts = self._model(fill.table)._default_manager.filter(id__in=ids)
            ids = list(drafts.filter(**{_stage_of(fill): "draft"}).values_list("id", flat=True))
        rows = self._read(fill.own[0], ids)
        for number, row in rows.items() if fill.is_formula else ():
            row |= fill.defaults
            row |= {name: known.get(number) for name, known in given.items() if name in row}
        self._parents(fill.own, rows)
        facts = self._facts(fill, rows.values())
        run = fill.expression.run
        found = {number: run({"this": row, "facts": facts}) for number, row in rows.items()}
        empty = 0 if fill.is_formula else sum(value is None for value in found.values())
        if empty:
            place = f"{fill.table}.{fill.column}"
            self._empty[place] = self._empty.get(place, 0) + empty
        return {number: self._fitted(fill, value) for number, value in found.items()}

    def _fitted(self, fill: Fill, value: Any) -> Any:
        """``value`` as a save would store it; what does not fit is a reason, or nothing where it is a formula's."""
        try:
            return fitted(fill.of, value)
        except Unconvertible as reason:
            if not fill.is_formula:
                self._note(f"{fill.table}.{fill.column} is filled: {reason}")
            return None

    def _note(self, reason: str) -> None:
        self._reasons[reason] = self._reasons.get(reason, 0) + 1

    def _turned(self, one: Conversion, ids: Sequence[int]) -> list[Any]:
        column = self._column(one.table, one.column)
        rows = dict(
            self._model(one.table)._default_manager.filter(id__in=ids).values_list("id", column)
        )
        zone = ZoneInfo(self._move.zone)
        found: list[Any] = []
        for number in ids:
            try:
                found.append(converted(one.before, one.after, rows[number], zone))
            except Unconvertible as reason:
                self._note(f"{one.table}.{one.column} becomes {one.after.kind}: {reason}")
                found.append(None)
        return found

    def _refuse(self) -> None:
        if self._reasons:
            texts = [
                text if count == 1 else f"{text} ({count:,} rows)"
                for text, count in sorted(self._reasons.items())[:MOST_REASONS]
            ]
            left = len(self._reasons) - len(texts)
            more = [f"… and {left} more of the kind."] if left else []
            hint = "Correct these values, or give the new field another name and a 'backfill'."
            raise SchemaRefused([*texts, *more, hint])

    # --- reading ---

    def _read(self, source: Source, ids: Sequence[int]) -> dict[int, Row]:
        """Rows by id, as expressions see them: field → value."""
        spec = self._specs.get(self._physical(source.table))
        if spec is None or not ids:
            return {}
        names = {
            name: self._column(source.table, column) for name, column in source.columns.items()
        }
        names = {name: column for name, column in names.items() if column in spec.by_name}
        wanted = ["id", *(["parent_id"] if "parent_id" in spec.by_name else []), *names.values()]
        found: dict[int, Row] = {}
        for values in (
            self._model(source.table)._default_manager.filter(id__in=ids).values(*set(wanted))
        ):
            row: Row = dict.fromkeys(source.columns)
            row.update({name: values[column] for name, column in names.items()})
            row["id"] = values["id"]
            row["parent_id"] = values.get("parent_id")
            found[values["id"]] = row
        return found

    def _parents(self, own: Sequence[Source], rows: Mapping[int, Row]) -> None:
        below = list(rows.values())
        for source in own[1:]:
            parents = self._read(source, sorted({row["parent_id"] for row in below}))
            for row in below:
                row["parent"] = parents.get(row["parent_id"])
            below = list(parents.values())

    def _facts(self, fill: Fill, rows: Any) -> dict[str, dict[int, Row]]:
        """Records that are linked, and what those link to, as far as the expression reads them."""
        facts: dict[str, dict[int, Row]] = {name: {} for name in fill.facts}
        waiting = self._linked(fill.own, list(rows))
        while waiting:
            doctype, ids = waiting.popitem()
            source = fill.facts.get(doctype)
            fresh = sorted(ids - facts[doctype].keys()) if source is not None else []
            if source is None or not fresh:
                continue
            found = self._read(source, fresh)
            facts[doctype] |= found
            for name, more in self._linked((source,), list(found.values())).items():
                waiting.setdefault(name, set()).update(more - facts.get(name, {}).keys())
        return facts

    @staticmethod
    def _linked(sources: Sequence[Source], rows: Sequence[Row]) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {}
        level = rows
        for source in sources:
            for name, targets in source.links.items():
                ids = {row[name] for row in level if row.get(name) is not None}
                for target in targets:
                    found.setdefault(target, set()).update(ids)
            level = [row["parent"] for row in level if row.get("parent") is not None]
        return {name: ids for name, ids in found.items() if ids}

    # --- writing ---

    def _write(self, table: str, ids: Sequence[int], values: Mapping[str, Sequence[Any]]) -> None:
        """One statement per batch on PostgreSQL, one per row on SQLite, which has no round trips."""
        if not ids or not values:
            return
        model = self._apps.get_model(LABEL, table)
        prepared = []
        types = ["bigint[]"]
        for column, found in values.items():
            one = model._meta.get_field(column)
            prepared.append([one.get_db_prep_save(value, self._connection) for value in found])
            types.append(f"{one.db_type(self._connection)}[]")
        name = self._connection.ops.quote_name
        with self._connection.cursor() as cursor:
            if self._connection.vendor == "postgresql":
                places = ", ".join(f"%s::{kind}" for kind in types)
                names = ", ".join(f"v{place}" for place in range(len(values)))
                sets = ", ".join(f"{name(c)} = v.v{place}" for place, c in enumerate(values))
                cursor.execute(
                    f"UPDATE {name(table)} AS t SET {sets} FROM unnest({places}) AS v (id, {names}) WHERE t.id = v.id",
                    [list(ids), *prepared],
                )
                return
            sets = ", ".join(f"{name(column)} = %s" for column in values)
            cursor.executemany(
                f"UPDATE {name(table)} SET {sets} WHERE id = %s",
                list(zip(*prepared, ids, strict=True)),
            )
