"""Made-up documents of a doctype, with made-up facts: what its rules are tried on before they run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import DOCUMENT, Field, Table, child_path
from engine.catalog.fieldtypes import DECIMAL_TYPES
from engine.catalog.whole import Catalog
from engine.expr.types import COMPANY_DOCTYPE
from engine.kernel.borders import Borders
from engine.kernel.rows import Facts, Row, append_row, new_row

_T = TypeVar("_T")

COMPANY: Final = 1
DAY: Final = date(2026, 5, 4)
"""Around which made-up documents are dated."""
_RECORDS: Final = 2
"""Made-up records of each doctype."""


class Dice:
    """A stream of numbers that depends on its seed alone (engine reads no entropy): a Lehmer generator."""

    def __init__(self, seed: int) -> None:
        self._state = seed * 7_919 + 104_729

    def between(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        self._state = self._state * 48_271 % 2_147_483_647
        return least + self._state % (most - least + 1)

    def one_of(self, choices: Sequence[_T]) -> _T:
        """One of ``choices``."""
        return choices[self.between(0, len(choices) - 1)]

    def falls(self, tenths: int) -> bool:
        """True in ``tenths`` of ten throws."""
        return self.between(1, 10) <= tenths


@dataclass(slots=True)
class Specimens:
    """Makes documents of ``doctype``; the same ``seed`` makes the same ones."""

    catalog: Catalog
    doctype: Doctype
    seed: int
    facts: Facts = field(default_factory=dict)
    """Those that are there already are taken as they are; the others are made up."""
    borders: Borders = field(default_factory=Borders)
    """What values are now and then taken from, on either side."""
    _dice: Dice = field(init=False)
    _places: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self._dice = Dice(self.seed)
        self._places = {name: place for place, name in enumerate(sorted(self.catalog.doctypes))}
        names = [*self.doctype.facts.columns, *self._targets()]
        for name in dict.fromkeys(names):
            if name.partition(".")[0] in self.catalog.doctypes and name not in self.facts:
                self.facts[name] = {i: self._fact(name, i) for i in self._ids(name)}

    def document(self) -> Row:
        """One document: filled in at random within what its fields allow."""
        head = new_row(self.doctype.head)
        head |= {
            "id": 999_999,
            "company": COMPANY,
            "state": "draft",
            "stage": "draft",
            "number": None,
            "version": 1,
        }
        self._fill(self.doctype.head, head)
        self._exchange(head)
        return head

    def _exchange(self, head: Row) -> None:
        """The company's own currency has the rate 1."""
        currency, rate = self.doctype.currency, self.doctype.rate
        own = self.facts.get(COMPANY_DOCTYPE, {}).get(COMPANY, {}).get("currency")
        if currency is not None and self._dice.falls(7):
            head[currency] = own
        if currency is not None and rate is not None and head[currency] in (own, None):
            head[rate] = Decimal("1.000000")

    def candidates(self) -> Mapping[str, list[Row]]:
        """One row of every source of rules, with empty conditions, so that it fits everything."""
        found: dict[str, list[Row]] = {}
        for name in self.doctype.facts.rules:
            rules = self.catalog.rules[name]
            for source in rules.sources:
                if source.field is None:
                    matched = {match.field for match in source.matches}
                    row = self._record(self.catalog.doctypes[source.doctype], 1)
                    empty = {*matched, "valid_from", "valid_to"}
                    found[source.doctype] = [row | dict.fromkeys(empty & row.keys())]
        return found

    def _targets(self) -> list[str]:
        return [target for targets in self.doctype.facts.links.values() for target in targets]

    def _ids(self, name: str) -> range:
        """Ids of the made-up records of a doctype; they differ between doctypes."""
        if name == COMPANY_DOCTYPE:
            return range(COMPANY, COMPANY + 1)
        place = self._places[name.partition(".")[0]]
        return range(10 * (place + 1), 10 * (place + 1) + _RECORDS)

    def _fact(self, name: str, number: int) -> Row:
        owner, _, path = name.partition(".")
        return self._record(self.catalog.doctypes[owner], number, path)

    def _record(self, doctype: Doctype, number: int, path: str = "") -> Row:
        row: Row = {f.name: self._value(f) for f in doctype.tables[path].columns}
        return row | {
            "id": number,
            "company": COMPANY,
            "state": "submitted",
            "stage": "submitted",
            "number": "N1",
        }

    def _fill(self, table: Table, row: Row) -> None:
        for f in table.fields.values():
            if f.type == "table":
                child = self.doctype.tables[child_path(table.path, f.name)]
                for _ in range(0 if child.generated else self._dice.between(1, 3)):
                    made = append_row(row, f.name, child)
                    made["id"] = self._dice.between(10**6, 10**9)
                    self._fill(child, made)
            elif f.writer == "person" and f.stored and f.type != "back":
                given = f.required or f.type == "boolean" or self._dice.falls(7)
                row[f.name] = self._value(f) if given else None

    def _value(self, f: Field) -> Any:
        if f.type in DECIMAL_TYPES:
            return self._number(f)
        if f.type == "link":
            return self._link(f)
        if f.type == "choice" and f.options:
            return self._dice.one_of(f.options)
        return self._plain(f)

    def _number(self, f: Field) -> Decimal:
        """Numbers as they occur: percents to 28, quantities to 20, amounts to 5,000; or at a border."""
        least = Decimal(f.minimum) if f.minimum is not None else Decimal(0)
        step = Decimal(1).scaleb(-f.scale)
        if self._at_border(self.borders.numbers):
            value = self._dice.one_of(self.borders.numbers)
            value += self._dice.one_of((-step, Decimal(0), step, value))
        else:
            most = {"percent": 28, "quantity": 20, "integer": 60}.get(f.type, 5000)
            value = Decimal(self._dice.between(0, most * 100)).scaleb(-2)
        value = max(value, least)
        if f.maximum is not None:
            value = min(value, Decimal(f.maximum))
        return value.quantize(step)

    def _at_border(self, known: Sequence[object]) -> bool:
        """Whether the next value is to be one that some rule compares with, or its neighbour."""
        return bool(known) and self._dice.falls(3)

    def _link(self, f: Field) -> int | None:
        names = [name for name in f.link if name != DOCUMENT and name in self.catalog.doctypes]
        if not names:
            return None
        return self._dice.one_of(self._ids(self._dice.one_of(names)))

    def _plain(self, f: Field) -> Any:
        if f.type == "boolean":
            return self._dice.falls(5)
        if f.type == "integer":
            return int(self._number(f))
        if f.type == "date":
            near = self._at_border(self.borders.days)
            day = self._dice.one_of(self.borders.days) if near else DAY
            return day + timedelta(days=self._dice.between(*((-1, 1) if near else (-30, 30))))
        if f.type == "text" and self._at_border(self.borders.texts):
            return self._dice.one_of(self.borders.texts)[: f.length or None]
        if f.type == "datetime":
            return datetime(2026, 5, 4, tzinfo=UTC)
        return {"time": time(12), "json": {}}.get(f.type, "X")
