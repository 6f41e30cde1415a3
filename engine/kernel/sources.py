"""The rows of a row source. Pure: what stands in ledgers and records is asked of ``frame['read']``.

Rows by source, each with ``index`` (1-based) unless it is a row of the document or an entry:

* table: the rows of the document themselves; posted: the entries in ``frame['posted']``;
* periods: ``start``, ``end`` (dates, both included), ``days``, ``label``;
* ledger: the dimensions ``by``, the measures, ``<money>_worth`` and ``currency`` where the ledger
  keeps currencies (there is then a row per key and currency); with ``show`` also ``opening``,
  ``inward``, ``outward``, ``closing``, dicts of measures. Keys of which everything is 0 have no row;
* doctype, linked: the fields of the record that the expressions read, with ``id``;
* grouped: the keys, the sums, and ``rows``.

Order: as ``order`` says, nulls last; rows that are alike in it stand as they are in the document,
by their keys, or by id. So an answer never depends on the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from engine.catalog.sources import (
    DoctypeSource,
    GroupedSource,
    LedgerSource,
    LinkedSource,
    PeriodsSource,
    PostedSource,
    RowSource,
    TableSource,
)
from engine.expr.program import Expr, RecordQuestion
from engine.kernel.periods import cut
from engine.kernel.rows import Row, rows_at

Frame: TypeAlias = Mapping[str, Any]
_NOTHING = Decimal(0)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LedgerQuestion:
    """The sums of all measures of ``ledger`` for every key ``by``, of the entries that ``match``.

    ``by`` names dimensions, details, ``date``, ``origin`` and ``currency``; ``match`` maps such names
    and ``company`` to a value, a list of values or None (empty); without ``company`` it is the one in
    hand. ``at``: up to that day; ``between``: those days and what lies between; neither: all entries.
    ``side``: only what was added (``in``) or taken (``out``) of each measure.
    The answer: rows with ``by``, every measure, ``<money>_worth`` where worth is kept apart.
    """

    ledger: str
    by: tuple[str, ...]
    match: Mapping[str, Any] = field(default_factory=dict)
    at: date | None = None
    between: tuple[date, date] | None = None
    side: Literal["", "in", "out"] = ""


Question: TypeAlias = LedgerQuestion | RecordQuestion
Reader: TypeAlias = Callable[[Question], Sequence[Row]]


def source_rows(source: RowSource, frame: Frame) -> list[Row]:
    """The rows of ``source`` in their order; ``frame`` is the one around it.

    What decides which rows there are and is null (a day, a record) means that there are none.
    """
    match source:
        case PostedSource(key):
            return list(frame["posted"][key])
        case PeriodsSource():
            return _periods(source, frame)
        case TableSource():
            return _chosen(source, rows_at(frame["this"], source.path), frame)
        case GroupedSource():
            return _grouped(source, frame)
        case LedgerSource():
            return _of_ledger(source, frame)
        case LinkedSource():
            return _linked(source, frame)
        case DoctypeSource():
            narrow = tuple(_narrowing(source, frame))
            asked = RecordQuestion(source.doctype, matched(source.match, frame), narrow=narrow)
            found = sorted(frame["read"](asked), key=lambda row: row["id"])
            return _numbered(_chosen(source, found, frame))


def _narrowing(source: DoctypeSource, frame: Frame) -> Iterator[tuple[str, str, Any]]:
    """What a database may look up by itself; what a value leaves open is decided row by row."""
    for part in source.narrow:
        value = part.value.run(frame)
        if isinstance(value, Decimal) and value == value.to_integral_value():
            value = int(value)
        if type(value) in (str, int, bool, date):
            yield part.field, part.operator, value


def _periods(source: PeriodsSource, frame: Frame) -> list[Row]:
    start, end = source.start.run(frame), source.end.run(frame)
    if start is None or end is None:
        return []
    return _numbered(cut(start, end, source.step, source.first_month))


def _linked(source: LinkedSource, frame: Frame) -> list[Row]:
    found = source.of.run(frame)
    ids = [found] if not isinstance(found, (list, tuple)) else found
    ids = list(dict.fromkeys(_key(one) for one in ids if one is not None))
    if not ids:
        return []
    asked = RecordQuestion(source.doctype, {"parent": ids}, source.path)
    place = {number: position for position, number in enumerate(ids)}
    rows = sorted(frame["read"](asked), key=lambda row: (place[row["parent"]], row["index"]))
    return _chosen(source, rows, frame)


def _grouped(source: GroupedSource, frame: Frame) -> list[Row]:
    rows = rows_at(frame["this"], source.path)
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in source.by), []).append(row)
    made = [
        {
            **dict(zip(source.by, key, strict=True)),
            **{name: _sum(row[name] for row in group) for name in source.sums},
            "rows": group,
        }
        for key, group in groups.items()
    ]
    return _numbered(_chosen(source, made, frame))


def _sum(values: Iterable[Any]) -> Any:
    return sum((value for value in values if value is not None), _NOTHING)


# --- ledgers -------------------------------------------------------------------------------------


def _of_ledger(source: LedgerSource, frame: Frame) -> list[Row]:
    match = matched(source.match, frame)
    by = (*source.by, *source.also)
    at = source.at.run(frame) if source.at is not None else None
    if source.between is None:
        if source.at is not None and at is None:
            return []
        found = frame["read"](LedgerQuestion(source.ledger, by, match, at))
        rows = [dict(row) for row in found]
    else:
        start, end = (bound.run(frame) for bound in source.between)
        if start is None or end is None:
            return []
        rows = _moved(source, frame["read"], LedgerQuestion(source.ledger, by, match), start, end)
    rows.sort(key=lambda row: [_rank(row.get(name)) for name in (*by, "currency")])
    if source.also:
        kept = _merged(_kept(source.where, source.name, rows, frame), source)
        return _numbered(_ordered(source.order, source.name, _there(kept), frame))
    return _numbered(_chosen(source, _there(rows), frame))


def _moved(
    source: LedgerSource, read: Reader, asked: LedgerQuestion, start: date, end: date
) -> list[Row]:
    """What moved from ``start`` to ``end``, with the parts that ``show`` names."""
    plain = LedgerQuestion(asked.ledger, asked.by, asked.match, None, (start, end))
    parts = {
        "opening": LedgerQuestion(asked.ledger, asked.by, asked.match, start - _DAY),
        "inward": LedgerQuestion(asked.ledger, asked.by, asked.match, None, (start, end), "in"),
        "outward": LedgerQuestion(asked.ledger, asked.by, asked.match, None, (start, end), "out"),
        "closing": LedgerQuestion(asked.ledger, asked.by, asked.match, end),
    }
    keys = (*asked.by, "currency")
    found: dict[tuple[Any, ...], Row] = {}
    for row in read(plain):
        found[tuple(row.get(name) for name in keys)] = dict(row)
    for part in source.show:
        for row in read(parts[part]):
            key = tuple(row.get(name) for name in keys)
            own = found.setdefault(key, {n: v if n in keys else _NOTHING for n, v in row.items()})
            own[part] = {name: value for name, value in row.items() if name not in keys}
    for own in found.values():
        none = {
            n: _NOTHING for n, v in own.items() if n not in keys and not isinstance(v, dict)
        }  # fmt: skip
        for part in source.show:
            own.setdefault(part, none)
    return list(found.values())


def _there(rows: list[Row]) -> list[Row]:
    """Without the keys of which everything is 0."""
    return [row for row in rows if any(_counts(value) for value in row.values())]


def _counts(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_counts(inner) for inner in value.values())
    return isinstance(value, Decimal) and value != 0


def _merged(rows: Iterable[Row], source: LedgerSource) -> list[Row]:
    """Rows by more than ``by`` summed up."""
    keys = {*source.by, "currency"}
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        key = tuple(row.get(name) for name in (*source.by, "currency"))
        plain = {name: value for name, value in row.items() if name not in source.also}
        own = found.get(key)
        found[key] = plain if own is None else _added(own, plain, keys)
    return list(found.values())


def _added(one: Row, other: Row, keys: set[str]) -> Row:
    return {
        name: value
        if name in keys
        else _added(value, other[name], keys)
        if isinstance(value, dict)
        else value + other[name]
        for name, value in one.items()
    }


# --- all -----------------------------------------------------------------------------------------


def matched(match: Mapping[str, Expr], frame: Frame) -> dict[str, Any]:
    """What ``match`` asks for in ``frame``; records as their ids."""
    return {name: _key(value.run(frame)) for name, value in match.items()}


def _key(value: Any) -> Any:
    """A record as its id."""
    if value.__class__ is dict:
        return value["id"]
    if isinstance(value, (list, tuple)):
        return [_key(one) for one in value]
    return value


def _chosen(
    source: TableSource | GroupedSource | LedgerSource | LinkedSource | DoctypeSource,
    rows: Iterable[Row],
    frame: Frame,
) -> list[Row]:
    kept = _kept(source.where, source.name, rows, frame)
    return _ordered(source.order, source.name, kept, frame)


def _kept(where: Expr | None, name: str, rows: Iterable[Row], frame: Frame) -> list[Row]:
    if where is None:
        return list(rows)
    inner = dict(frame)
    kept: list[Row] = []
    for row in rows:
        inner[name] = row
        if where.run(inner) is True:
            kept.append(row)
    return kept


def _ordered(order: tuple[Expr, ...], name: str, rows: list[Row], frame: Frame) -> list[Row]:
    if not order:
        return rows
    inner = dict(frame)

    def rank(row: Row) -> list[tuple[bool, Any]]:
        inner[name] = row
        return [_rank(part.run(inner)) for part in order]

    return sorted(rows, key=rank)


def _rank(value: Any) -> tuple[bool, Any]:
    """Nulls last."""
    return (value is None, 0 if value is None else value)


def _numbered(rows: Iterable[Row]) -> list[Row]:
    return [{**row, "index": position} for position, row in enumerate(rows, 1)]
