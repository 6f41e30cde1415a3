"""The key ``posts`` of doctypes and ledgers."""

from __future__ import annotations

from engine.spec.common import ANYWHERE
from engine.spec.kinds import Choice, Expression, Key, MapOf, Name, Names, Shape
from engine.spec.sources import source_key

_SEES = ("document", "row", "posted")

_SET = Key(
    MapOf(Expression("field", _SEES), keys="field"),
    "What an entry says: dimensions, details and measures of the ledger.",
    "set: {item: row.item, quantity: -row.quantity}",
)
_LEDGER = Key(Name("ledger"), "The ledger that is written.", "ledger: Stock")
_WHEN = Key(
    Expression("condition", _SEES),
    "It is written only where this holds.",
    "when: row.item.is_stocked",
)
_WORTH = Key(
    Expression("money", _SEES),
    "What the amount is worth in company currency, instead of amount times rate.",
    "worth: row.difference",
)

POSTING = Shape(
    "posting",
    "What a document writes into a ledger when it is submitted, or at another transition.",
    {
        "ledger": _LEDGER,
        "each": source_key(
            "Once per row of this source: a table, `posted.<key>`, periods, or what a ledger or a doctype has.",
            "each: items",
        ),
        "when": _WHEN,
        "set": _SET,
        "on": Key(
            Name("transition"),
            "The transition that writes it, instead of submit.",
            "on: clear",
        ),
        "date": Key(
            Expression("date", _SEES),
            "The day of the entries, instead of the document's date.",
            "date: cleared_on",
        ),
        "rate": Key(
            Expression("number", _SEES),
            "The exchange rate of the entries, instead of the document's.",
            "rate: row.rate",
        ),
        "worth": _WORTH,
        "cost_of": Key(
            Expression("record", _SEES),
            "The row of another document whose goods come back, at the cost at which they left: in proportion, "
            "batch by batch, and the last part takes what is left to the paisa.",
            "cost_of: row.original",
        ),
        "corrects": Key(
            Expression("record", _SEES),
            "The row of another document whose receipt is worth more or less: a value without quantity, carried "
            "where those goods lie.",
            "corrects: row.receipt_line",
        ),
        "distribute": Key(
            Expression("money", ("document", "posted")),
            "An amount that is shared over the rows, exact to the paisa; with `weight` and `into`.",
            "distribute: -sum(posted.used.value)",
        ),
        "weight": Key(
            Expression("number", _SEES),
            "A row's share is in proportion to this.",
            "weight: row.share",
        ),
        "into": Key(Name("measure"), "The measure that takes the share.", "into: value"),
        "rest": Key(
            Choice(("worth", "amount")),
            "It takes what is missing to balance: `worth` in company currency, `amount` in the document's.",
            "rest: worth",
        ),
        "at_most": Key(
            Expression("money", _SEES),
            "The largest rest that is accepted. Needed, unless the account is a role named under `difference`.",
            "at_most: till.most_difference",
        ),
        "reverse_on": Key(
            Expression("date", _SEES),
            "The day on which the same is written with the other sign, together with the document.",
            "reverse_on: closing_date + days(1)",
        ),
        "undo": Key(
            Names("posting", empty=False),
            "Postings of this document: what they wrote and nobody took back yet is reversed.",
            "undo: [credit, in_hand]",
        ),
        **ANYWHERE,
    },
)

ENTRY_POSTING = Shape(
    "posting",
    "What every entry of a ledger writes into another.",
    {"ledger": _LEDGER, "when": _WHEN, "set": _SET, "worth": _WORTH, **ANYWHERE},
)

POSTS = Key(
    MapOf(POSTING),
    "What is written into ledgers. Every posting has a key, so that another pack can change it.",
    "posts: {goods: {ledger: Stock, each: items, set: {item: row.item, quantity: -row.quantity}}}",
)

ENTRY_POSTS = Key(
    MapOf(ENTRY_POSTING),
    "What every entry writes into other ledgers, so that both cannot disagree.",
    "posts: {asset: {ledger: General, set: {account: role(inventory), debit: value}}}",
)
