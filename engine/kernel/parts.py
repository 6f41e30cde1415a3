"""Rows that are parts of rows of other documents: a return takes its share of the amounts of then.

Pure: ``originals`` and ``standing`` are rows of whole stored documents, the frame answers ``balance``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field, Table, child_path
from engine.catalog.flow import MakeFrom
from engine.kernel.convert import COMPUTED, Input, Said
from engine.kernel.finding import Finding
from engine.kernel.making import QUANTITY
from engine.kernel.rows import Row, append_row, is_kept, rows_at

ZERO = Decimal(0)


def originals_wanted(doctype: Doctype, document: Row) -> dict[str, dict[str, set[int]]]:
    """Source doctype → table → ids of the rows that rows of ``document`` are parts of."""
    found: dict[str, dict[str, set[int]]] = {}
    for mapping in doctype.make_from.values():
        if not mapping.prorate or mapping.into is None or mapping.table is None:
            continue
        assert mapping.line is not None
        ids = {row[mapping.line] for row in rows_at(document, mapping.into)} - {None}
        if ids:
            found.setdefault(mapping.source, {}).setdefault(mapping.table, set()).update(ids)
    return found


def parts_among(
    doctype: Doctype, documents: Sequence[Row], own: int | None
) -> dict[int, list[Row]]:
    """Id of an original row → its parts in ``documents`` of ``doctype`` that stand, the document ``own`` left out."""
    found: dict[int, list[Row]] = {}
    for mapping in doctype.make_from.values():
        if not mapping.prorate or mapping.into is None or mapping.line is None:
            continue
        for document in documents:
            if document["id"] == own or document.get("stage") != "submitted":
                continue
            for row in rows_at(document, mapping.into):
                if row[mapping.line] is not None:
                    found.setdefault(row[mapping.line], []).append(row)
    return found


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of ``original``: from ``before`` to ``after`` of its quantity.

    ``given``: the rows that took the stretch before, where they are all known; else None.
    """

    original: Row
    before: Decimal
    after: Decimal
    given: Sequence[Row] | None

    def amount(self, total: Decimal | None, given: Decimal | None, places: int) -> Decimal | None:
        """The share of ``total``, of which ``given`` was taken by the rows before (None: unknown)."""
        whole = self.original[QUANTITY]
        if given is None or total is None:
            return share(total, (self.before, self.after, whole), places)
        left = share(total, (ZERO, self.after, whole), places)
        assert left is not None
        return max(left - given, ZERO) if total >= 0 else min(left - given, ZERO)


def prorate(
    doctype: Doctype,
    document: Row,
    originals: Mapping[int, Row],
    standing: Mapping[int, Sequence[Row]],
    frame: Mapping[str, Any],
) -> None:
    """Work out the parts of rows that know the row they are of; before everything else is calculated.

    ``originals``: id → row of a whole source document; ``standing``: id → its parts in other documents of
    this doctype that stand (``parts_among``). What is written here is ``kept``: no step or formula writes it
    again. Parts of one row add up exactly, whoever took the earlier ones, and whichever were taken back.
    """
    for mapping in doctype.make_from.values():
        if not mapping.prorate or mapping.into is None or mapping.line is None:
            continue
        taken: dict[int, list[Row]] = {}
        for row in rows_at(document, mapping.into):
            original = originals.get(row[mapping.line] or 0)
            if original is None:
                row.pop("kept", None)
                continue
            here = taken.setdefault(original["id"], [])
            part = _part(mapping, row, original, (standing.get(original["id"], ()), here), frame)
            for name in mapping.prorate:
                _take(doctype, doctype.tables[mapping.into], row, name, part)
            row["kept"] = frozenset(mapping.prorate)
            here.append(row)


def replaced(doctype: Doctype, given: Input) -> list[Finding]:
    """The values of ``given`` that somebody sent and ``prorate`` has put others in the place of."""
    lines = {mapping.line for mapping in doctype.make_from.values() if mapping.prorate}
    return [
        _refusal(said, lines)
        for said in given.said
        if is_kept(said.row, said.field.name) and not _is_the_part(said)
    ]


def _is_the_part(said: Said) -> bool:
    now = said.row[said.field.name]
    if said.field.type != "table":
        return bool(said.value is None or said.value == now)
    if not said.rows:
        return True
    return len(said.rows) == len(now) and all(
        sent[name] == made[name]
        for (sent, names), made in zip(said.rows, now, strict=True)
        for name in names
    )


def _refusal(said: Said, lines: set[str | None]) -> Finding:
    line = next(name for name in lines if name is not None and said.row.get(name) is not None)
    of = f"the part that this row is of the one that '{line}' names"
    now = "" if said.field.type == "table" else f": {said.row[said.field.name]}"
    sentence = f"{said.field.label} is {of}{now}; it cannot be set."
    return Finding(COMPUTED, said.path, sentence, hint="Leave it out.")


def _part(
    mapping: MakeFrom,
    row: Row,
    original: Row,
    others: tuple[Sequence[Row], Sequence[Row]],
    frame: Mapping[str, Any],
) -> _Part:
    """Which stretch ``row`` takes. ``others``: the parts that stand, and those above it in its document."""
    stored, here = others
    whole = original[QUANTITY]
    inner = {**frame, "this": _head(original), "row": original}
    left = mapping.quantity.run(inner) if mapping.quantity is not None else whole
    gone = whole - left
    before = gone + _quantity(here)
    # What others than these parts took is told by its quantity alone.
    is_known = _quantity(stored) == gone
    return _Part(
        original, before, before + (row[QUANTITY] or ZERO), [*stored, *here] if is_known else None
    )


def _quantity(rows: Sequence[Row]) -> Decimal:
    return sum((row[QUANTITY] or ZERO for row in rows), ZERO)


def _head(row: Row) -> Row:
    while "parent" in row:
        row = row["parent"]
    return row


def _take(doctype: Doctype, table: Table, row: Row, name: str, part: _Part) -> None:
    field = table.fields[name]
    if field.type != "table":
        row[name] = _amount(field, part.original, part.given, part)
        return
    child = doctype.tables[child_path(table.path, name)]
    known = row[name]
    row[name] = []
    for position, given in enumerate(part.original[name]):
        made = append_row(row, name, child)
        if position < len(known):
            made["id"] = known[position].get("id")
        same = _at(part.given, name, position)
        for inner, below in child.fields.items():
            if inner not in given or below.type in ("table", "back"):
                continue
            parted = below.type in ("money", "quantity")
            made[inner] = _amount(below, given, same, part) if parted else given[inner]
        made["kept"] = frozenset(child.fields)


def _at(rows: Sequence[Row] | None, name: str, position: int) -> list[Row] | None:
    """Of every one of ``rows`` the row of its table ``name`` at ``position``."""
    if rows is None:
        return None
    return [row[name][position] for row in rows if position < len(row[name])]


def _amount(field: Field, total: Row, given: Sequence[Row] | None, part: _Part) -> Decimal | None:
    name = field.name
    taken = None if given is None else sum((row[name] or ZERO for row in given), ZERO)
    return part.amount(total[name], taken, field.scale)


def share(
    total: Decimal | None, stretch: tuple[Decimal, Decimal, Decimal], places: int
) -> Decimal | None:
    """The part of ``total`` that belongs to the stretch (from, to, of all), in units of ``places``.

    Both ends are rounded, half away from zero, and subtracted: parts that follow one another add up
    to the total, and the last takes what is left.
    """
    if total is None:
        return None
    start, end, whole = stretch
    if not whole:
        return Decimal(0).scaleb(-places)
    return _upto(total, end, whole, places) - _upto(total, start, whole, places)


def _upto(total: Decimal, end: Decimal, whole: Decimal, places: int) -> Decimal:
    exact = Fraction(total) * Fraction(end) / Fraction(whole) * 10**places
    units = abs(exact)
    rounded = int(units + Fraction(1, 2))
    return Decimal(rounded if exact >= 0 else -rounded).scaleb(-places)
