"""Changing what is submitted: the entries that lie between what stands and what is wanted, and the draft that
takes the place of a cancelled document.

Expressions are worked out whole on the new values; what stands is subtracted (REPOSTING, journal):
the rounded share of a difference is not the difference of the rounded shares.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Table
from engine.catalog.ledgers import Ledger
from engine.kernel.convert import mark_typed
from engine.kernel.entries import ZERO, Entry, merged
from engine.kernel.mirroring import mirror
from engine.kernel.recalculate import Change
from engine.kernel.rows import Row, append_row, is_typed, new_row, rows_at

_Key = tuple[Any, ...]


def difference(
    ledger: Ledger, standing: Sequence[Row], wanted: Iterable[Entry], day: date
) -> list[Entry]:
    """The entries of ``ledger`` that turn ``standing`` into ``wanted``, dated ``day``.

    ``standing``: the document's live entries as ``EntriesQuestion`` answers; ``wanted``: what it would
    post now. Lines that agree in rule, dimensions, details, currency and day of meaning are compared by
    their sums; where nothing differs nothing is written. Nothing that stands is touched.
    """
    found: dict[_Key, Entry] = {}
    for entry in wanted:
        if entry.ledger is ledger:
            _take(found, replace(entry, values=dict(entry.values), worth=dict(entry.worth)), day)
    for row in standing:
        back = mirror(ledger, row, day)
        del back.values["reverses"]
        _take(found, back, day)
    return [entry for entry in merged(list(found.values())) if not entry.is_empty()]


def _take(found: dict[_Key, Entry], entry: Entry, day: date) -> None:
    """Add an entry to the line that it is of."""
    entry.values["date"] = entry.values["meant_for"] = day
    # What it corrects stands already: nothing further follows from the difference by itself.
    entry.is_whole = True
    names = (*entry.ledger.dimensions, *entry.ledger.details)
    line = entry.values["line"]
    place = line["id"] if line is not None and entry.ledger.valuation is not None else None
    key = (entry.rule, place, entry.currency, *(entry.values[name] for name in names))
    known = found.setdefault(key, entry)
    if known is entry:
        return
    for name in entry.ledger.measures:
        known.values[name] = _sum(known.values[name], entry.values[name])
    for name, worth in entry.worth.items():
        known.worth[name] = _sum(known.worth.get(name), worth)


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal:
    return (one if one is not None else ZERO) + (other if other is not None else ZERO)


# --- what a person changed -----------------------------------------------------------------------


def changes_between(doctype: Doctype, before: Row, after: Row) -> list[Change]:
    """Every field of ``after`` that is not as in ``before``, and every table whose rows came or went.

    Both are whole documents; rows are the same where their ids are.
    """
    return list(_changed(doctype, doctype.head, before, after))


def _changed(doctype: Doctype, table: Table, before: Row, after: Row) -> Iterator[Change]:
    for field in table.columns:
        name = field.name
        if before[name] != after[name] or is_typed(before, name) != is_typed(after, name):
            yield table.path, after, name
    for path in table.children:
        name = path.rpartition(".")[2]
        known = {row["id"]: row for row in before[name]}
        if [row["id"] for row in before[name]] != [row.get("id") for row in after[name]]:
            yield table.path, after, name
        for row in after[name]:
            if row.get("id") in known:
                yield from _changed(doctype, doctype.tables[path], known[row["id"]], row)


# --- under the rules of today --------------------------------------------------------------------


def keep_said(doctype: Doctype, was: Doctype, document: Row) -> None:
    """Let what a person said in ``document`` by the rules of ``was`` stay where it is worked out by now.

    It does where a person may type it over; elsewhere today's rules have the word.
    """
    for path, table in doctype.tables.items():
        then = was.tables.get(path)
        said = {
            field.stored_as
            for field in (then.columns if then is not None else ())
            if field.writer == "person" and not field.generated
        }
        names = [f.name for f in table.columns if f.editable and f.stored_as in said]
        for row in rows_at(document, path) if names else ():
            for name in names:
                if row[name] is not None:
                    mark_typed(row, name, typed=True)


# --- another document in its place ---------------------------------------------------------------


def copy_of(doctype: Doctype, document: Row) -> Row:
    """A new document with all that a person said in ``document``: what is worked out, generated, or came after
    the submit is left out."""
    found = _copied(doctype, doctype.head, document, new_row(doctype.head))
    found["id"] = None
    found["company"] = document.get("company")
    return found


def _copied(doctype: Doctype, table: Table, row: Row, into: Row) -> Row:
    typed = {field.name for field in table.columns if field.editable and is_typed(row, field.name)}
    for field in table.columns:
        said = field.writer == "person" and not field.generated and not field.after_submit
        if not table.path and field.name == doctype.name_by:
            continue
        if said or field.name in typed:
            into[field.name] = row[field.name]
            if f"{field.name}_type" in row:
                into[f"{field.name}_type"] = row[f"{field.name}_type"]
    into["typed"] = ",".join(sorted(typed))
    for path in table.children:
        below, name = doctype.tables[path], path.rpartition(".")[2]
        if below.generated or table.fields[name].generated:
            continue
        for child in row[name]:
            _copied(doctype, below, child, append_row(into, name, below))
    return into
