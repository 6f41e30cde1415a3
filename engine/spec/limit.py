"""The construct ``limit``."""

from __future__ import annotations

from dataclasses import replace

from engine.spec.actions import ANSWER
from engine.spec.common import ANYWHERE, IF_DONE, LABEL, LET
from engine.spec.kinds import (
    Choice,
    Either,
    Expression,
    Key,
    MapOf,
    Name,
    Names,
    Shape,
    Template,
)
from engine.spec.workflow import ASK

_SEES = ("given", "row")
_TOLD = (*_SEES, "measured", "before", "max", "min")

GO = Shape(
    "transition for a limit",
    "The attempt is undone, and the document goes this way instead.",
    {
        "go": Key(Name("transition"), "The transition.", "go: hold", required=True),
        "reason": Key(
            Template(_TOLD), "Why, kept with the transition.", "reason: Credit limit exceeded"
        ),
    },
)
LIMIT_ACTIONS = Either((Choice(("refuse", "warn", "confirm")), GO))

LIMIT = Shape(
    "limit",
    "What a measure over the books may not pass, wherever that might happen; measured under lock, with the document.",
    {
        "limit": Key(Name("new"), "Its name, in words.", "limit: Customer Credit", required=True),
        "label": LABEL,
        "given": Key(
            MapOf(Names("doctype or type", single=True, empty=False)),
            "What it is given, found by name on the row, then on the document.",
            "given: {company: Company, customer: Customer}",
            required=True,
        ),
        "optional": Key(Names("given"), "Given names that may be absent.", "optional: [customer]"),
        "let": LET,
        "at": Key(
            MapOf(Names("transition", empty=False), keys="doctype"),
            "Doctype: the transitions and actions at which it is measured.",
            "at: {Sales Order: [submit]}",
            required=True,
        ),
        "each": Key(Name("table"), "Once per row of this table.", "each: items"),
        "by": Key(
            Names("given"),
            "Givens and names of `let`: two documents that agree in all of these are measured one after the other; "
            "without it, all documents of a company where the books are asked.",
            "by: [company, holder]",
        ),
        "when": Key(
            Expression("condition", _SEES), "Only where this holds.", "when: holder is not null"
        ),
        "unless": Key(
            Expression("condition", _SEES), "Not where this holds.", "unless: customer.is_trusted"
        ),
        "measure": Key(
            Expression("number", _SEES),
            "What is measured. `balance` and `turnover` see the books with what the document writes.",
            'measure: "balance(receivables.amount.worth, party=customer)"',
            required=True,
        ),
        "max": Key(
            Expression("number", _SEES),
            "The most; null limits nothing.",
            "max: holder.credit_limit",
        ),
        "min": Key(Expression("number", _SEES), "The least; null limits nothing.", "min: 0"),
        "action": Key(
            LIMIT_ACTIONS,
            "refuse (unless said), warn, confirm (a person does it knowingly), or {go: transition}.",
            "action: {go: hold, reason: Credit limit exceeded}",
        ),
        "if_done": IF_DONE,
        "pass": Key(
            Shape(
                "pass",
                "Who may go beyond the limit.",
                {
                    "role": Key(
                        Names("role", single=True, empty=False),
                        "The roles that may.",
                        "role: Credit Controller",
                        required=True,
                    ),
                    "ask": replace(
                        ASK,
                        help="What the person is asked for, as fields; history keeps what they said.",
                    ),
                },
            ),
            "Who may go beyond it, saying why. With `go` they are asked first; for others the document goes that way.",
            "pass: {role: Credit Controller, ask: {reason: {type: text, required: true}}}",
        ),
        "message": Key(
            Template(_TOLD),
            "What the person reads instead of the figures.",
            "message: 'Credit of {max} is used up: {measured}.'",
        ),
        "answer": Key(
            ANSWER,
            "What a program is answered to the refusal; sees `measured`, `before`, `max` and `min`.",
            "answer: {error: Credit limit exceeded, details: {available_credit: =max - before}}",
        ),
        **ANYWHERE,
    },
)
