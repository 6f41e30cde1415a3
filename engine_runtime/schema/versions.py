"""Versions of the tables: bring the database to a new one while everybody works, and record it.

Three stages. *Fill*: columns whose values must be worked out are made beside the others and filled in batches; the
catalog that is live knows nothing of them. *Switch*: one short transaction, alone with the catalog lock, fills what
was changed meanwhile, renames, alters and records the version; whoever wrote by the catalog of before has finished,
and whoever comes next reads the new version. What is declared no more stays in the database, unseen.
If anything fails, the columns of the first stage are taken away again and the old catalog is what it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.utils import OperationalError
from django.utils import timezone

from engine.plan.migration import NO_REWRITE, Migration, Rewrite
from engine.plan.spec import TableSpec
from engine_runtime.active.models import AppliedCatalog, ComingCatalog
from engine_runtime.schema import (
    additions,
    counting,
    difference,
    locks,
    recounting,
    renaming,
    safety,
    stored,
    triggers,
    workflows,
)
from engine_runtime.schema.errors import SchemaRefused
from engine_runtime.schema.filling import Filling

Rewriter = Callable[[Sequence[TableSpec], AppliedCatalog | None], Rewrite]
"""From the tables of the database and the version they are of to what must be rewritten."""

MARGIN = timedelta(seconds=5)
"""How far the clocks of machines may differ: rows changed so long before a round are looked at again."""


def _nothing(old: Sequence[TableSpec], live: AppliedCatalog | None) -> Rewrite:
    return NO_REWRITE


def _silent(text: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Manner:
    """``said`` is told what is going on. ``notice``: seconds that serving processes have at least to compile ahead."""

    said: Callable[[str], None] = _silent
    notice: float = 0.0


QUIETLY = Manner()


def bring(
    wanted: Sequence[TableSpec],
    digest: str,
    sources: Mapping[str, str],
    *,
    drop_data: bool = False,
    allow_destructive: bool = False,
    rewriter: Rewriter = _nothing,
    restores: int | None = None,
    manner: Manner = QUIETLY,
) -> int:
    """Bring the database to the tables ``wanted`` and record the catalog they belong to; its version.

    If the newest version has this digest and these tables, nothing happens and it is the answer.
    ``allow_destructive`` lets go what is said to go, ``drop_data`` all that is declared no more.
    ``restores``: the version whose sources these are.
    Raises SchemaRefused (PublishBusy) with the old catalog whole; RuntimeError inside a transaction.
    """
    if connection.in_atomic_block:
        raise RuntimeError(
            "Tables are altered in a transaction of their own, not inside another one."
        )
    version = None if drop_data else _unchanged(digest, wanted)
    if version is not None:
        return version
    with locks.publishing(connection):
        version = None if drop_data else _unchanged(digest, wanted)
        if version is not None:
            return version
        live = newest()
        old = stored.from_json(live.tables) if live else ()
        move = Migration(old, tuple(wanted), rewriter(old, live), drop_data=drop_data)
        _refuse_at_once(move, allow_destructive=allow_destructive or drop_data)
        _tell(move, manner.said)
        number = live.version + 1 if live else 1
        record = AppliedCatalog(
            version=number, digest=digest, sources=dict(sources), restores=restores
        )
        with _announced(record, live, manner.notice) as announced:
            return _Bringing(move, record, manner.said, announced).run()


@contextmanager
def _announced(
    record: AppliedCatalog, live: AppliedCatalog | None, notice: float
) -> Iterator[Callable[[], None]]:
    """Tell everybody what is coming; gives what waits until they had their time."""
    if live is None or not notice:
        yield lambda: None
        return
    ComingCatalog.objects.all().delete()
    coming = ComingCatalog(digest=record.digest, sources=record.sources, since=_now())
    coming.save(force_insert=True)
    ready = time.monotonic() + notice
    try:
        yield lambda: time.sleep(max(0.0, ready - time.monotonic()))
    finally:
        coming.delete()


def newest() -> AppliedCatalog | None:
    """The newest version, which is the live one."""
    return AppliedCatalog.objects.order_by("-version").first()


def _unchanged(digest: str, wanted: Sequence[TableSpec]) -> int | None:
    """The newest version if it is this catalog with these tables: another engine might derive others."""
    live = newest()
    if live is None or live.digest != digest:
        return None
    made = {table.name: table for table in stored.from_json(live.tables)}
    for table in wanted:
        known = made.get(table.name)
        if known is None or any(c.name not in known.by_name for c in table.columns):
            return None
        if stored.narrowed(known, table) != table:
            return None
    return int(live.version)


def _refuse_at_once(move: Migration, *, allow_destructive: bool) -> None:
    """Every reason that can be seen before anything is altered."""
    reasons = []
    if not allow_destructive:
        reasons = [
            f"{table}.{column} is said to go, with its values: publish with --allow-destructive."
            for table, column in sorted(move.rewrite.drops)
        ]
    turned = {(one.table, one.column) for one in move.conversions}
    filled = {(fill.table, fill.column) for fill in move.rewrite.fills}
    tables, columns = renaming.inverse_names(move.rewrite.renames)
    reasons += safety.reasons(
        connection,
        {table.name: _without(table, turned) for table in move.renamed},
        {table.name: _without(table, turned | filled) for table in move.physical},
        names=safety.PhysicalNames(tables, columns),
    )
    seen = [one for one in move.rewrite.narrowed if (one.table, one.column) not in turned | filled]
    reasons += counting.strays(connection, seen, safety.PhysicalNames(tables, columns))
    reasons += counting.entries(move.conversions, safety.PhysicalNames(tables, columns))
    if reasons:
        raise SchemaRefused(reasons)


def _tell(move: Migration, said: Callable[[str], None]) -> None:
    """What refuses nothing, and somebody will have to see to."""
    names = safety.PhysicalNames(*renaming.inverse_names(move.rewrite.renames))
    for bound in move.rewrite.bounds:
        count = counting.beyond(connection, bound, names)
        if count:
            said(bound.held(count))


def _without(table: TableSpec, places: set[tuple[str, str]]) -> TableSpec:
    gone = {column for name, column in places if name == table.name}
    return difference.without(table, gone) if gone else table


class _Bringing:
    """One migration on its way."""

    def __init__(
        self,
        move: Migration,
        record: AppliedCatalog,
        said: Callable[[str], None],
        wait: Callable[[], None],
    ) -> None:
        self._wait = wait
        self._move = move
        self._record = record
        self._said = said
        self._filling: Filling | None = None
        self._since = timezone.now()

    def run(self) -> int:
        made = self._move.expanded != self._move.old
        try:
            if made:
                self._fill()
            self._wait()
            self._retried(self._switch)
        except BaseException:
            if made:
                self._take_back()
            raise
        return int(self._record.version)

    # --- the first stage ---

    def _fill(self) -> None:
        self._retried(self._expand)
        self._filling = Filling(connection, self._move, self._said)
        begun = timezone.now()
        self._filling.all()
        # A second round, so that little is left for the switch.
        self._since = timezone.now()
        self._filling.since(begun - MARGIN)

    def _expand(self) -> None:
        with connection.schema_editor() as editor:
            locks.be_brief(editor)
            difference.execute(editor, self._move.old, self._move.expanded)
            self._note(self._move.expanded)

    def _take_back(self) -> None:
        """Without success nothing is left over. If this fails too, the next publish does it."""

        def shrink() -> None:
            with connection.schema_editor() as editor:
                locks.be_brief(editor)
                now = newest()
                if now is not None and now.version < self._record.version:
                    difference.execute(editor, self._move.expanded, self._move.old)
                    self._note(self._move.old)

        self._retried(shrink)

    def _note(self, tables: Sequence[TableSpec]) -> None:
        """Tell the next publish what the tables are."""
        live = AppliedCatalog.objects.filter(version=self._record.version - 1)
        live.update(tables=stored.to_json(tables))

    # --- the switch ---

    def _switch(self) -> None:
        move = self._move
        with connection.schema_editor() as editor:
            locks.stand_alone(editor)
            if self._filling is not None:
                self._filling.since(self._since - MARGIN)
            altered = self._altered()
            for table in move.expanded:
                if table.name in altered:
                    triggers.drop(editor, table.name)
            renaming.rename(editor, move.expanded, move.moves)
            self._check()
            with_defaults = additions.add(editor, move.current, move.physical)
            difference.execute(editor, with_defaults, move.physical)
            renaming.reword(editor, move.physical, move.moves)
            workflows.carry_over(editor, move.rewrite.moved)
            recounting.recount(editor, move.physical, move.rewrite.recounts)
            difference.settle(editor)
            for table in move.physical:
                triggers.create(editor, table)
            self._write_down()

    def _altered(self) -> set[str]:
        """The tables (as they are called now) that must be without triggers for a while."""
        move = self._move
        tables, _ = renaming.inverse_names(move.moves)
        wanted = {table.name: table for table in move.physical}
        names = {table.name for table in move.current if wanted.get(table.name) != table}
        names |= {table.name for table in renaming.tables_with_words(move.moves, move.physical)}
        names |= set(move.moves.tables.values())
        names |= {move.moves.tables.get(table, table) for table, _ in move.moves.columns}
        return {tables.get(name, name) for name in names}

    def _check(self) -> None:
        """What was written since the first look may stand in the way."""
        reasons = safety.reasons(
            connection,
            {table.name: table for table in self._move.current},
            {table.name: table for table in self._move.physical},
        )
        found = self._move.rewrite
        reasons += counting.strays(connection, found.narrowed)
        reasons += counting.entries(self._move.conversions)
        reasons += workflows.stranded(found.lost, found.renames.tables)
        if reasons:
            raise SchemaRefused(reasons)

    def _write_down(self) -> None:
        self._record.tables = stored.to_json(self._move.physical)
        self._record.applied_at = _now()
        self._record.save(force_insert=True)

    def _retried(self, work: Callable[[], None]) -> None:
        """``work``, again and again while somebody's lock is in the way."""
        for left in reversed(range(locks.TRIES)):
            try:
                work()
                return
            except OperationalError as error:
                if not left or not locks.is_in_the_way(error):
                    raise
                self._said("Somebody is at work on these tables; trying again.")
                time.sleep(locks.PAUSE)


def _now() -> datetime:
    return timezone.now()
