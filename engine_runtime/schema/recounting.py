# ruff: noqa: S608 - every name is quoted, every value is a parameter
"""Balance rows of what is kept from now on, summed up from the entries: part of the switch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from engine.catalog.ledgers import EXPIRES, Ledger
from engine.kernel.entries import balance_key
from engine.plan.kept import Recount
from engine.plan.spec import ColumnSpec, TableSpec
from engine.plan.tables import OPEN_UNTIL, worths

BLOCK = 1000
"""Rows written at once: as many as one step of the sequence of ids."""


def recount(
    editor: BaseDatabaseSchemaEditor, tables: Iterable[TableSpec], wanted: Iterable[Recount]
) -> None:
    """Sum up what each of ``wanted`` says. ``tables``: as the database has them now."""
    specs = {table.name: table for table in tables}
    for one in wanted:
        balance = specs.get(f"{one.ledger.table}__balance")
        if balance is None:
            continue
        _forget(editor, balance, one)
        for by in one.fresh:
            rows = _sums(editor, specs[one.ledger.table], one.ledger, by)
            _write(editor, balance, one.ledger, rows)


def _forget(editor: BaseDatabaseSchemaEditor, balance: TableSpec, one: Recount) -> None:
    """Rows by what is kept no more would never move again, and those of ``fresh`` may be of an earlier time."""
    kept = [",".join(by) + "|" for by in one.ledger.keepers if by not in one.fresh]
    mine = " AND ".join(["substr(key, 1, %s) <> %s"] * len(kept)) or "1 = 1"
    values = [value for name in kept for value in (len(name), name)]
    editor.execute(f"DELETE FROM {editor.quote_name(balance.name)} WHERE {mine}", values)


def _sums(
    editor: BaseDatabaseSchemaEditor, entries: TableSpec, ledger: Ledger, by: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """A balance row, without its id, for every key that has entries."""
    figures = [*ledger.measures, *(f"{name}_worth" for name in worths(ledger))]
    columns = [_column(entries, ledger, name) for name in by]
    groups = ["company_id", *(column.name for column in columns)]
    asked = [editor.quote_name(name) for name in groups]
    asked += [f"sum({editor.quote_name(name)})" for name in figures]
    sql = (
        f"SELECT {', '.join(asked)}, max(moment), max(id) FROM {editor.quote_name(entries.name)}"
        f" GROUP BY {', '.join(asked[: len(groups)])}"
    )
    with editor.connection.cursor() as cursor:
        cursor.execute(sql)
        found = cursor.fetchall()
    for company, *values in found:
        key = dict(zip(by, map(_plain, columns, values), strict=False))
        sums = dict(zip(figures, values[len(by) :], strict=False))
        moment, last = values[-2:]
        row = {"company_id": company, "key": balance_key(by, company, key), **sums}
        row |= {"last_moment": moment, "last_entry": last, "version": 0}
        if tuple(by) == ledger.by_lot:
            row[OPEN_UNTIL] = key[EXPIRES] if any(sums.values()) else None
        yield row


def _column(entries: TableSpec, ledger: Ledger, name: str) -> ColumnSpec:
    is_link = ledger.dimensions[name].type == "link"
    return entries.column(f"{name}_id" if is_link else name)


def _plain(column: ColumnSpec, value: Any) -> Any:
    """A value as entries name it in their keys: SQLite keeps decimals as whole numbers."""
    if column.kind == "decimal" and isinstance(value, int):
        return Decimal(value).scaleb(-column.scale)
    return bool(value) if column.kind == "boolean" and value is not None else value


def _write(
    editor: BaseDatabaseSchemaEditor,
    balance: TableSpec,
    ledger: Ledger,
    rows: Iterator[dict[str, Any]],
) -> None:
    names = [c.name for c in balance.columns if c.name not in ("layer_quantity", "layer_value")]
    if not ledger.by_lot and OPEN_UNTIL in names:
        names.remove(OPEN_UNTIL)  # unseen since nothing expires any more
    carried = [c.name for c in balance.columns if c.name in ("layer_quantity", "layer_value")]
    places = ", ".join([*["%s"] * len(names), *["0"] * len(carried)])
    written = ", ".join(editor.quote_name(name) for name in (*names, *carried))
    sql = f"INSERT INTO {editor.quote_name(balance.name)} ({written}) VALUES ({places})"
    with editor.connection.cursor() as cursor:
        while block := list(islice(rows, BLOCK)):
            first = _first_id(editor)
            for place, row in enumerate(block):
                row["id"] = first + place
            cursor.executemany(sql, [[row.get(name) for name in names] for row in block])


def _first_id(editor: BaseDatabaseSchemaEditor) -> int:
    """The first of ``BLOCK`` ids that nobody else gets."""
    sql = "SELECT nextval('bahi_ids')"
    if editor.connection.vendor == "sqlite":
        sql = f"UPDATE bahi_ids SET next = next + {BLOCK} RETURNING next - {BLOCK}"
    with editor.connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
