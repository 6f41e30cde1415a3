"""The key ``posts`` of doctypes and ledgers."""

from __future__ import annotations

from engine.spec.common import ANYWHERE, EACH, SET, WHEN
from engine.spec.kinds import Key, MapOf, Name, Shape, unbuilt

POSTING = Shape(
    "posting",
    "What a document writes into a ledger when it is submitted, or an entry of one ledger into another.",
    {
        "ledger": Key(
            Name("ledger"), "The ledger that is written.", "ledger: Stock", required=True
        ),
        "each": EACH,
        "when": WHEN,
        "set": SET,
        "on": unbuilt("The transition that writes it, instead of submit."),
        "date": unbuilt("Another date than the document's."),
        "rate": unbuilt("Another exchange rate than the document's."),
        "worth": unbuilt("The amount in company currency, instead of amount times rate."),
        "cost_of": unbuilt("The row whose cost comes back."),
        "corrects": unbuilt("The row whose value is corrected."),
        "distribute": unbuilt("An amount shared over the rows."),
        "weight": unbuilt("In proportion to this."),
        "into": unbuilt("The measure that takes the share."),
        "rest": unbuilt("What is missing to balance."),
        "at_most": unbuilt("The largest rest."),
        "reverse_on": unbuilt("The date on which it is reversed."),
        "undo": unbuilt("Postings whose entries it reverses."),
        **ANYWHERE,
    },
)

POSTS = Key(
    MapOf(POSTING),
    "What is written into ledgers. Every posting has a key, so that another pack can change it.",
    "posts: {goods: {ledger: Stock, each: items, set: {item: row.item, quantity: -row.quantity}}}",
)
