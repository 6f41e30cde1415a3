"""Effects: what a transition, an action or a schedule sets going."""

from __future__ import annotations

from engine.spec.common import ANYWHERE, EACH, WHEN
from engine.spec.kinds import Expression, Flag, Key, ListOf, MapOf, Name, Shape

_SEES = ("document", "row")

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
            Name("notification"),
            "Verb: hand this notification, or call of a connector, to the outbox.",
            "send: Order Confirmed",
        ),
        "set": Key(
            MapOf(Expression("field", _SEES), keys="field"),
            "Verb: give fields that are `after_submit` another value. With `make`: fields of what is made, "
            "over what its `from` fills in. With `send`: what goes along.",
            "set: {next_from: 'add_months(next_from, 1)'}",
        ),
        "each": EACH,
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
