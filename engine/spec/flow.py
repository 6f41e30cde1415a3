"""Documents out of documents (``from``), and what a transition, an action or a schedule sets going."""

from __future__ import annotations

from engine.spec.common import ANYWHERE, WHEN
from engine.spec.kinds import Expression, Flag, Key, ListOf, MapOf, Name, Names, Shape, unbuilt
from engine.spec.sources import source_key

_SEES = ("document", "row")

_FROM = Shape(
    "make from",
    "How a document of this doctype is made out of one of another. Rows take over what rows of both sides have "
    "in common and a person writes; `set` says the rest.",
    {
        "each": source_key(
            "A row per row of this source: a table of the source document, balances, records.",
            "each: items",
        ),
        "into": Key(
            Name("table"),
            "The table that takes the rows; without it the one named as `each`.",
            "into: lines",
        ),
        "quantity": Key(
            Expression("number", ("source", "row")),
            "What is left to take; rows without any are left out.",
            "quantity: 'balance(sales_fulfilment.to_bill, order_line=row)'",
        ),
        "set": Key(
            MapOf(Expression("field", ("source", "row")), keys="field"),
            "Field: expression; of the row where there is `each`, else of the document.",
            "set: {order_line: row}",
        ),
        "copy": Key(
            Names("field"),
            "Fields and whole tables of the head taken over by name.",
            "copy: [customer, currency]",
        ),
        "merge_by": Key(
            Names("field"),
            "Several sources become one document where they are alike in these fields of theirs.",
            "merge_by: [customer, currency]",
        ),
        "prorate": Key(
            Names("field"),
            "Amounts and tables of a row, taken in proportion to its quantity. Over all parts of one source row "
            "they add up exactly; the last part takes what is left.",
            "prorate: [discount_share, taxes]",
        ),
        "once": unbuilt("At most one document for these values, however it is made."),
        "draft": Key(
            Flag(), "It stays a draft, even where an effect says `submit`.", "draft: true"
        ),
        "recalculate": unbuilt("Parts of the original that are worked out again for what is kept."),
        **ANYWHERE,
    },
)

FROM = Key(
    MapOf(_FROM, keys="doctype"),
    "How it is made out of others, or out of the balances of a ledger.",
)

EFFECT = Shape(
    "effect",
    "Something that is set going. Exactly one of the verbs `make`, `go`, `set`, `send` makes it; "
    "`set` beside another verb goes with that verb.",
    {
        "make": Key(
            Name("doctype"),
            "Verb: make a document of this doctype, as its `from` says.",
            "make: Allocation",
        ),
        "go": Key(Name("transition"), "Verb: documents go through this transition.", "go: cancel"),
        "send": Key(
            Name("message"),
            "Verb: hand a message of this name to the outbox, with what `set` says, for whoever listens.",
            "send: Order Confirmed",
        ),
        "set": Key(
            MapOf(Expression("field", _SEES), keys="field"),
            "Verb: give fields that are `after_submit` another value. With `make`: fields of what is made, "
            "over what its `from` fills in. With `send`: what goes along.",
            "set: {next_from: 'add_months(next_from, 1)'}",
        ),
        "each": source_key(
            "Once per row of this source. Of rows that are records of a doctype, what is done is done to those.",
            "each: {doctype: Allocation, match: {payment: this}}",
        ),
        "when": WHEN,
        "submit": Key(Flag(), "What is made is submitted at once.", "submit: true"),
        "company": Key(
            Expression("record", _SEES),
            "It is made in this company, once everything is stored.",
            "company: customer.represents",
        ),
        "once": Key(
            ListOf(Expression("any", _SEES)),
            "At most once for these values, however often it is tried.",
            "once: [row, row.next_from]",
        ),
        **ANYWHERE,
    },
)

EFFECTS = MapOf(EFFECT)

ON = Key(
    MapOf(EFFECTS, keys="transition"),
    "What its transitions set going, after the postings: by transition, then by key.",
    "on: {submit: {allocate: {make: Allocation, each: documents, submit: true}}}",
)
