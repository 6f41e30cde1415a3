"""What is asked of the gateway: writes, reads and locks as plain values.

Rows are sequences of typed values in the order of the named columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.plan.spec import ColumnSpec, TableSpec

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Number:
    """A number to be taken: counter ``series`` goes up by one, the text is prefix + counter of ``width`` + suffix."""

    series: str
    prefix: str
    width: int
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Insert ``rows``.

    ``numbers``, one per row, fills column ``number``, which is not among ``columns``; it needs the column `id`.
    """

    table: TableSpec
    columns: tuple[str, ...]
    rows: Sequence[Row]
    numbers: Sequence[Number] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Update the rows that have ``key``: a row holds the values of the key's columns, then those of ``columns``.

    A column may stand in both, e.g. `version` to check and to count up. ``exact``: fewer rows found raise RowsChanged.
    ``numbers`` as in `Batch`; the first key column must then be `id`.
    """

    table: TableSpec
    key: tuple[str, ...]
    columns: tuple[str, ...]
    rows: Sequence[Row]
    numbers: Sequence[Number] = ()
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Removal:
    """Delete the rows whose ``column`` has one of ``values``."""

    table: TableSpec
    column: str
    values: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Counters:
    """Counters that have come at least as far as ``lasts`` say (series → number): numbers were given elsewhere.

    They are locked in the order of their keys until the transaction ends, as those are that numbers are taken from.
    """

    lasts: Mapping[str, int]


Statement = Batch | Change | Removal | Counters


@dataclass(frozen=True, slots=True)
class Written:
    """The outcome of one statement: rows written, and the numbers taken, in the order of the rows."""

    count: int
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ById:
    """Read ``columns`` of the rows whose ``by`` is one of ``values``; the usual look-up, with its SQL kept ready.

    ``lock``: in the order of ``by``, and nobody else changes them until the transaction ends.
    """

    table: TableSpec
    columns: tuple[str, ...]
    values: Sequence[Any]
    by: str = "id"
    lock: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """SQL made by the query builder. ``columns`` describe the result, and ``parameters`` are in the database's form."""

    sql: str
    parameters: tuple[Any, ...]
    columns: tuple[ColumnSpec, ...]


@dataclass(frozen=True, slots=True)
class Lock:
    """Balance rows to be locked: ``keys`` maps the text of a key to its company; missing rows are made, all zero."""

    table: TableSpec
    keys: Mapping[str, int]
