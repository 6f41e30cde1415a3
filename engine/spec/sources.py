"""Row sources: what ``each`` and ``from`` take, everywhere."""

from __future__ import annotations

from dataclasses import replace

from engine.spec.common import ANYWHERE
from engine.spec.kinds import Either, Expression, Key, ListOf, MapOf, Name, Names, Shape

PARTS = ("opening", "inward", "outward", "closing")
STEPS = ("day", "week", "month", "quarter", "year")
_AROUND = ("document", "row")
_INSIDE = ("document", "row", "as")

SOURCE_SHAPE = Shape(
    "row source",
    "Rows to go through. Exactly one of `ledger`, `doctype`, `rows` says of what. A ledger gives a row per key "
    "with its balance or turnover, none where all measures are 0; a doctype its records; `rows` those of a table, "
    "with `by` one per group: the keys, the sums of the numbers, and `.rows`.",
    {
        "ledger": Key(Name("ledger"), "Balances of this ledger.", "ledger: Stock"),
        "doctype": Key(Name("doctype"), "Records of this doctype.", "doctype: Subscription"),
        "rows": Key(
            Expression("rows", _AROUND),
            "A table of the document, or of records that a link leads to.",
            "rows: items",
        ),
        "as": Key(
            Name("new"),
            "What a row is called; without it `row`, which hides an outer one.",
            "as: lot",
        ),
        "by": Key(
            Names("dimension", empty=False),
            "A row per key of these dimensions (or `date`, `origin`, `currency`), or group of these fields.",
            "by: [item, batch]",
        ),
        "match": Key(
            MapOf(Expression("field", _AROUND), keys="dimension or field"),
            "Dimension (or field): what it must be; a list means any of them. The company is the document's.",
            "match: {item: row.item, warehouse: row.warehouse}",
        ),
        "where": Key(
            Expression("condition", _INSIDE),
            "Only rows of which this holds. What a ledger does not group by may be read here where no measure "
            "is: it then chooses entries before they are summed.",
            "where: row.amount > 0",
        ),
        "at": Key(
            Expression("date", _AROUND), "Balances at the end of this day.", "at: posting_date"
        ),
        "between": Key(
            Either((ListOf(Expression("date", _AROUND)), Expression("any", _AROUND))),
            "What moved from one day to another, both included; or a period, as `fiscal_year(date)` gives it.",
            "between: [month_start(posting_date), posting_date]",
        ),
        "show": Key(
            Names("part"),
            "With `between`, also: " + ", ".join(PARTS) + "; each has the measures.",
            "show: [opening, closing]",
        ),
        "order": Key(
            Either((ListOf(Expression("any", _INSIDE)), Expression("any", _INSIDE))),
            "Ascending by this, or by several; nulls last.",
            "order: lot.batch.expiry",
        ),
        **ANYWHERE,
    },
)

MARKED_SOURCE = replace(SOURCE_SHAPE, marks=("ledger", "doctype", "rows"))
"""For a key that takes another mapping besides."""

SOURCE = Either((SOURCE_SHAPE, Expression("rows", _AROUND)))
"""A table or path of tables, ``posted.<key>``, ``periods(start, end, 'month')``, or a mapping."""


def source_key(help_text: str, example: str) -> Key:
    """A key that takes a row source."""
    return Key(SOURCE, help_text, example)
