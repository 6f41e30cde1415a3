"""The verb ``pair``: two sources matched by passes, every row used once.

A bank statement against the books, a GSTR-2B against the bills. Passes go from the surest to the
least sure; a pass looks only at what the ones before it left. Sums are compared only within a group
that a reference makes (decision 0035): nothing is searched for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.catalog.calculation import PairStep, Pass
from engine.catalog.fields import child_path
from engine.kernel.calculation import Calculation, Kept, store
from engine.kernel.finding import path_of
from engine.kernel.periods import SourceRefused
from engine.kernel.rows import Row
from engine.kernel.sources import source_rows

MOST_IN_A_GROUP = 100
"""A reference that more rows share is none."""
_NOTHING = Decimal(0)


@dataclass(slots=True)
class _Pair:
    left: list[Row]
    right: list[Row]
    found_by: str


@dataclass(slots=True)
class _Pool:
    """What is not used yet, in the order of the sources."""

    left: list[Row]
    right: list[Row]
    pairs: list[_Pair] = field(default_factory=list)

    def use(self, left: Sequence[Row], right: Sequence[Row], found_by: str) -> None:
        """Pair these rows; nobody else has them any more."""
        self.pairs.append(_Pair(list(left), list(right), found_by))
        self.left = _without(self.left, left)
        self.right = _without(self.right, right)


def run_pair(calculation: Calculation, step: PairStep, rows: Iterable[Row]) -> None:
    """Pair once for the document."""
    for document in rows:
        _pair(calculation, step, document)


def _pair(calculation: Calculation, step: PairStep, document: Row) -> None:
    frame = calculation.frame(document)
    kept = [row for row in document[step.into] if step.editable and _is_typed(row, step)]
    try:
        sources = [source_rows(source, frame) for source in (step.left, step.right)]
    except SourceRefused as refused:
        calculation.find("rows.too_many", path_of(document, "", step.into), str(refused))
        sources = [[], []]
    pool = _Pool(sources[0], sources[1])
    for row in kept:
        pool.left = _not_used(pool.left, row[step.left_into], step.left_identity)
        pool.right = _not_used(pool.right, row[step.right_into], step.right_identity)
    if step.when is None or step.when.run(frame) is True:
        for one in step.passes:
            _Passing(step, one, frame).run(pool)
    _write(calculation, step, document, kept, pool.pairs)


def _is_typed(row: Row, step: PairStep) -> bool:
    below = (*row[step.left_into], *row[step.right_into])
    return bool(row["typed"]) or any(child["typed"] for child in below)


def _not_used(rows: list[Row], used: Sequence[Row], identity: tuple[str, ...]) -> list[Row]:
    taken = [tuple(row[name] for name in identity) for row in used]
    return [row for row in rows if tuple(row.get(name) for name in identity) not in taken]


def _without(rows: list[Row], used: Sequence[Row]) -> list[Row]:
    gone = {id(row) for row in used}
    return [row for row in rows if id(row) not in gone]


class _Passing:
    """One pass over what is left."""

    def __init__(self, step: PairStep, one: Pass, frame: dict[str, Any]) -> None:
        self._step = step
        self._pass = one
        self._frame = dict(frame)

    def run(self, pool: _Pool) -> None:
        """Pair what this pass finds."""
        if self._pass.sums is not None:
            self._by_reference(pool)
        elif self._pass.only_if_one:
            self._only_pairs(pool)
        else:
            self._first_pairs(pool)

    def _fits(self, left: Row, right: Row) -> bool:
        frame = self._frame
        frame[self._step.left.name], frame[self._step.right.name] = left, right
        when = self._pass.when
        return when is not None and when.run(frame) is True

    def _first_pairs(self, pool: _Pool) -> None:
        """Every row with the first on the other side that fits."""
        for left in list(pool.left):
            right = next((row for row in pool.right if self._fits(left, row)), None)
            if right is not None:
                pool.use([left], [right], self._pass.key)

    def _only_pairs(self, pool: _Pool) -> None:
        """Rows that fit one another and nothing else."""
        fitting = {
            index: [place for place, right in enumerate(pool.right) if self._fits(left, right)]
            for index, left in enumerate(pool.left)
        }
        wanted: dict[int, int] = {}
        for places in fitting.values():
            for place in places:
                wanted[place] = wanted.get(place, 0) + 1
        lefts, rights = pool.left, pool.right
        for index, places in fitting.items():
            if len(places) == 1 and wanted[places[0]] == 1:
                pool.use([lefts[index]], [rights[places[0]]], self._pass.key)

    def _by_reference(self, pool: _Pool) -> None:
        """All rows of a reference against all of the other side, else against the one that has their sum."""
        for left, right in self._groups(pool):
            total = sum((self._left_sum(row) for row in left), _NOTHING)
            sums = [self._right_sum(row) for row in right]
            if total == sum(sums, _NOTHING):
                pool.use(left, right, self._pass.key)
                continue
            equal = [row for row, own in zip(right, sums, strict=True) if own == total]
            if equal:
                pool.use(left, equal[:1], self._pass.key)

    def _groups(self, pool: _Pool) -> Iterator[tuple[list[Row], list[Row]]]:
        left = self._grouped(pool.left, 0)
        right = self._grouped(pool.right, 1)
        for reference, rows in left.items():
            others = right.get(reference, [])
            if others and len(rows) <= MOST_IN_A_GROUP and len(others) <= MOST_IN_A_GROUP:
                yield rows, others

    def _grouped(self, rows: Sequence[Row], side: int) -> dict[Any, list[Row]]:
        """By reference; one that is written once, for either side, finds the row under both names."""
        found: dict[Any, list[Row]] = {}
        for row in rows:
            self._frame[self._step.left.name] = self._frame[self._step.right.name] = row
            reference = self._pass.by[side].run(self._frame)
            if reference is not None:
                found.setdefault(reference, []).append(row)
        return found

    def _left_sum(self, row: Row) -> Decimal:
        assert self._pass.sums is not None
        self._frame[self._step.left.name] = row
        return self._pass.sums[0].run(self._frame) or _NOTHING

    def _right_sum(self, row: Row) -> Decimal:
        assert self._pass.sums is not None
        self._frame[self._step.right.name] = row
        return self._pass.sums[1].run(self._frame) or _NOTHING


# --- writing -------------------------------------------------------------------------------------


def _write(
    calculation: Calculation,
    step: PairStep,
    document: Row,
    kept: Sequence[Row],
    pairs: Sequence[_Pair],
) -> None:
    tables = calculation.doctype.tables
    table = tables[step.into]
    free = [row for row in document[step.into] if not any(row is own for own in kept)]
    document[step.into] = free
    known = Kept(table, document, step.into, ())
    made: list[Row] = []
    for pair in pairs:
        row = known.take(())
        made.append(row)
        for name, rows, identity in (
            (step.left_into, pair.left, step.left_identity),
            (step.right_into, pair.right, step.right_identity),
        ):
            _write_side(calculation, child_path(step.into, name), row, rows, identity)
        if step.found_by is not None:
            store(calculation, step.into, row, table.fields[step.found_by], pair.found_by)
    document[step.into] = [*kept, *made]
    for index, row in enumerate(document[step.into], 1):
        row["index"] = index


def _write_side(
    calculation: Calculation,
    path: str,
    parent: Row,
    rows: Sequence[Row],
    identity: tuple[str, ...],
) -> None:
    table = calculation.doctype.tables[path]
    known = Kept(table, parent, path.rpartition(".")[2], identity)
    for source in rows:
        row = known.take(tuple(source.get(name) for name in identity))
        for name, target in table.fields.items():
            if name in source and target.type != "table":
                store(calculation, path, row, target, source[name])
    known.close()
