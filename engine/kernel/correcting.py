"""The entries that bring the books from what stands to what a changed past says.

Goods: for every movement and day the difference. Journal: for every document concerned, all that follows from the
worth of its goods is worked out as it is known on each of these days, and what stands of it is subtracted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from engine.catalog.ledgers import Ledger
from engine.kernel.amending import difference
from engine.kernel.entries import ZERO, Entry, open_in_worth
from engine.kernel.entries_at_hand import as_row
from engine.kernel.following import follow
from engine.kernel.knowledge import Known, by_day, known_at
from engine.kernel.movements import Movement
from engine.kernel.past import Past
from engine.kernel.posting_case import PostingCase
from engine.kernel.rows import Row


@dataclass(frozen=True, slots=True)
class Revised:
    """A movement, and what it is worth now."""

    movement: Movement
    worth: Known

    def days(self) -> set[date]:
        """The days on which something else is known than stands."""
        return set(self.differences())

    def differences(self) -> dict[date, int]:
        """What is to be entered on which day."""
        new, old = by_day(self.worth), by_day(self.movement.stands) if self.movement.stands else {}
        found = {day: new.get(day, 0) - old.get(day, 0) for day in sorted({*new, *old})}
        return {day: amount for day, amount in found.items() if amount}


def goods(past: Past, revised: Iterable[Revised], cause: int) -> list[Entry]:
    """The differences of movements: no quantity, the day from which they count, what they correct."""
    made = []
    for one in revised:
        ledger = past.catalog.ledgers[one.movement.key[0]]
        row = past.rows[one.movement.id]
        for day, amount in one.differences().items():
            made.append(_correction(ledger, row, day, amount, cause))
    return made


def _correction(ledger: Ledger, row: Row, day: date, amount: int, cause: int) -> Entry:
    valuation = ledger.valuation
    assert valuation is not None
    of = ledger.measures[valuation.of]
    values: Row = {name: row[name] for name in (*ledger.dimensions, *ledger.details)}
    values |= dict.fromkeys(ledger.measures, ZERO)
    values |= {of.name: Decimal(amount).scaleb(-of.scale), "date": day, "meant_for": row["date"]}
    values |= {name: row[name] for name in ("company", "origin", "of_line", "line_table")}
    values["line"] = {"id": row["line"]} if row["line"] is not None else None
    return Entry(
        ledger, row["rule"], values, line_table=row["line_table"], posting=row["posting"], given=True,
        corrects=row["id"], cause=cause, moment=row["moment"], is_whole=True,
    )  # fmt: skip


def journal(
    case: PostingCase, standing: Mapping[str, Sequence[Row]], revised: Sequence[Revised], cause: int
) -> list[Entry]:
    """The differences of what follows from the goods of the document of ``case``.

    ``standing``: ledger name → its live entries, corrections included. Findings go to the case.
    """
    first = {name: [row for row in rows if not row["cause"]] for name, rows in standing.items()}
    made: list[Entry] = []
    for day in sorted({day for one in revised for day in one.days()}):
        known = _stands(case, standing, day)
        known |= {one.movement.id: _amount(case, one, day) for one in revised}
        found = follow(case, first, known)
        for name in sorted({name for name, _ in found.rules}):
            rules = {rule for ledger, rule in found.rules if ledger == name}
            wanted = [entry for entry in found.entries if entry.ledger.name == name]
            made += _differences(case, name, rules, wanted, standing.get(name, ()), made, day)
    for entry in made:
        entry.cause = cause
    _check(case, made)
    return made


def _stands(
    case: PostingCase, standing: Mapping[str, Sequence[Row]], day: date
) -> dict[int, Decimal]:
    """What the goods of a document are worth by ``day``, corrections of before included."""
    found: dict[int, Decimal] = {}
    for name, rows in standing.items():
        ledger = case.catalog.ledgers[name]
        if not ledger.of_goods:
            continue
        assert ledger.valuation is not None
        for row in rows:
            if row["cause"] and row["date"] > day:
                continue
            number = row["corrects"] if row["cause"] else row["id"]
            found[number] = found.get(number, ZERO) + row[ledger.valuation.of]
    return found


def _amount(case: PostingCase, one: Revised, day: date) -> Decimal:
    ledger = case.catalog.ledgers[one.movement.key[0]]
    assert ledger.valuation is not None
    scale = ledger.measures[ledger.valuation.of].scale
    return Decimal(known_at(one.worth, day)).scaleb(-scale)


def _differences(
    case: PostingCase,
    name: str,
    rules: set[str],
    wanted: Sequence[Entry],
    rows: Sequence[Row],
    made: Sequence[Entry],
    day: date,
) -> list[Entry]:
    """What lies between ``wanted`` and what stands by ``day`` of one ledger, dated the day on which it counts."""
    ledger = case.catalog.ledgers[name]
    stood = [
        row for row in rows if row["rule"] in rules and (not row["cause"] or row["date"] <= day)
    ]
    stood += [
        _with_worth(entry) for entry in made if entry.ledger is ledger and entry.rule in rules
    ]
    found = []
    for start in sorted({*(entry.date for entry in wanted), *(_start(row) for row in stood)}):
        own = [entry for entry in wanted if entry.date == start]
        there = [row for row in stood if _start(row) == start]
        for entry in difference(ledger, there, own, max(day, start)):
            entry.values["meant_for"] = start
            found.append(replace(entry, posting=_posting(there)))
    return found


def _start(row: Row) -> date:
    """The day of what a row is or corrects."""
    day = row["meant_for"] if row["cause"] else row["date"]
    assert isinstance(day, date)
    return day


def _posting(rows: Sequence[Row]) -> str | None:
    return next((row["posting"] for row in rows), None)


def _with_worth(entry: Entry) -> Row:
    row = as_row(entry)
    worth = {f"{name}_worth": amount for name, amount in entry.worth.items()}
    return {**row, **worth, "cause": entry.cause or True}


def _check(case: PostingCase, made: Sequence[Entry]) -> None:
    """What a correction writes balances on every day."""
    for day in sorted({entry.date for entry in made}):
        book = [e for e in made if e.date == day and e.ledger.double_entry is not None]
        if open_in_worth(book):
            case.find(
                "posting.unbalanced", None,
                f"What follows from the new cost does not balance on {day:%d-%m-%Y}.",
                "Correct the posting rules of this doctype; nothing was written.",
            )  # fmt: skip
            return
