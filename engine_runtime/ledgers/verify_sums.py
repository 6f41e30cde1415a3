"""What the proofs of the books share: sums of entries, month ends, and how a difference is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.catalog.ledgers import Ledger
from engine_runtime.active.catalog import Active
from engine_runtime.tables.asking import select, totals
from engine_runtime.tables.gateway import Gateway
from engine_runtime.tables.query import Condition, Where

Row = tuple[Any, ...]

_SENTENCES = {
    "document_balances": "debits and credits of this document differ",
    "trial_balance": "the trial balance does not balance",
    "nothing_left": "there is no quantity left, but value",
    "posts": "what this document should have posted does not stand there",
    "other_writer": "a posting wrote an account that another ledger keeps",
    "balance_row": "the balance row is not the sum of its entries",
    "lots": "what is left of this lot would not be found on the day on which it expires",
    "layers": "the cost layers are not the balance",
    "gap": "a number is missing in its series",
    "twice": "a number was given twice",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is wrong. ``check`` is stable, ``subject`` names the document, account or key."""

    check: str
    company: int
    place: str
    """The ledger or doctype."""
    subject: str
    day: date | None
    expected: Any
    found: Any

    def __str__(self) -> str:
        when = f" on {self.day:%d-%m-%Y}" if self.day else ""
        text = _SENTENCES.get(self.check, self.check)
        return f"{self.place}, {self.subject}{when}: {text} ({self.expected} against {self.found})."


@dataclass(frozen=True, slots=True)
class Name:
    """A difference whose document still has no name. ``subject``: (doctype key, id), or a text."""

    check: str
    ledger: Ledger
    subject: tuple[str, int] | str | None
    day: date | None
    expected: Any
    found: Any


@dataclass(frozen=True, slots=True)
class Books:
    """The books of one company up to a day."""

    gateway: Gateway
    live: Active
    company: int
    at: date | None = None

    def column(self, ledger: Ledger, name: str) -> str:
        """The column of a dimension, detail or measure."""
        dimension = ledger.dimensions.get(name) or ledger.details.get(name)
        return f"{name}_id" if dimension is not None and dimension.type == "link" else name

    def worth_column(self, ledger: Ledger, measure: str) -> str:
        """The column that holds a measure in company currency."""
        in_document = ledger.measures[measure].money_in == "document"
        return f"{measure}_worth" if ledger.currency and in_document else measure

    def sums(
        self,
        ledger: Ledger,
        by: Sequence[str],
        measures: Sequence[str],
        where: Sequence[Where] = (),
    ) -> list[Row]:
        """Sums of ``measures`` (columns) of this company's entries for every combination of ``by``."""
        table = self.live.tables[ledger.table]
        within: list[Where] = [Condition("company_id", "=", self.company), *where]
        if self.at is not None:
            within.append(Condition("date", "<=", self.at))
        query = totals(self.gateway, table, by, measures, where=within)
        return self.gateway.fetch_many([query])[0]

    def named(self, names: Iterable[Name]) -> Iterator[Difference]:
        """The differences with the numbers of their documents, one query per doctype."""
        waiting = list(names)
        documents = [name.subject for name in waiting if isinstance(name.subject, tuple)]
        titles = self._numbers(documents)
        for name in waiting:
            subject = name.subject
            text = titles[subject] if isinstance(subject, tuple) else (subject or "all accounts")
            yield Difference(
                name.check, self.company, name.ledger.label, text, name.day,
                name.expected, name.found,
            )  # fmt: skip

    def _numbers(self, documents: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
        kinds: dict[str, set[int]] = {}
        for kind, number in documents:
            kinds.setdefault(kind, set()).add(number)
        found: dict[tuple[str, int], str] = {}
        for kind, ids in kinds.items():
            found |= {(kind, number): f"{kind} #{number}" for number in ids}
            name = self.live.catalog.by_key.get(kind)
            if name is None:
                continue
            doctype = self.live.catalog.doctypes[name]
            table = self.live.tables[doctype.head.name]
            where = [Condition("id", "in", sorted(ids))]
            query = select(self.gateway, table, ("id", "number"), where=where)
            for number, text in self.gateway.fetch_many([query])[0]:
                found[(kind, number)] = f"{doctype.label} {text or '#' + str(number)}"
        return found

    def describe_key(self, ledger: Ledger, names: Sequence[str], values: Sequence[Any]) -> str:
        """``Item Soap, Warehouse Main``: the records of a key by their titles."""
        words = []
        for name, value in zip(names, values, strict=True):
            if value is not None:
                words.append(f"{ledger.dimensions[name].label} {self._title(ledger, name, value)}")
        return ", ".join(words) or "no key"

    def _title(self, ledger: Ledger, name: str, value: Any) -> Any:
        for target in ledger.dimensions[name].link:
            doctype = self.live.catalog.doctypes.get(target)
            if doctype is None:
                continue
            table = self.live.tables[doctype.head.name]
            where = [Condition("id", "=", value)]
            query = select(self.gateway, table, (doctype.title_field,), where=where)
            rows = self.gateway.fetch_many([query])[0]
            if rows:
                return rows[0][0]
        return f"#{value}"


def month_ends(books: Books, rows: Iterable[Row], place: int) -> list[date]:
    """The month ends between the first and the last date (in column ``place``), and the last day."""
    days = [row[place] for row in rows]
    if not days:
        return []
    day, last = min(days), books.at or max(days)
    ends = []
    while day <= last:
        following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        ends.append(min(following - timedelta(days=1), last))
        day = following
    return ends


def running(
    moves: Iterable[tuple[date, tuple[Any, ...]]], ends: Iterable[date]
) -> Iterator[tuple[date, tuple[Any, ...]]]:
    """The totals of ``moves`` up to each of ``ends``."""
    waiting = sorted(moves, key=lambda move: move[0])
    place, sums = 0, None
    for end in ends:
        while place < len(waiting) and waiting[place][0] <= end:
            figures = waiting[place][1]
            sums = (
                figures
                if sums is None
                else tuple(a + b for a, b in zip(sums, figures, strict=True))
            )
            place += 1
        if sums is not None:
            yield end, sums


ZERO = Decimal(0)
