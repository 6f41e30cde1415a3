"""Actions of a doctype: further things that a person or a program can do with its documents."""

from __future__ import annotations

from engine.spec.common import ANYWHERE, LABEL
from engine.spec.flow import EFFECTS
from engine.spec.kinds import (
    Choice,
    Either,
    Expression,
    Flag,
    Integer,
    Key,
    MapOf,
    Name,
    Names,
    Shape,
    Value,
)
from engine.spec.workflow import ASK, CHECK, CONFIRM, NOT, ROLE, WHO

_SEES = ("document", "asked", "results")

DEEPEST = 5
"""How many objects an answer may have inside one another."""


def _object(depth: int) -> Shape:
    """An object of an answer; its values may be such objects again."""
    value = Value("any", (*_SEES, "row"))
    return Shape(
        "object of an answer",
        "A list, by `each` and `give`, or a further object: key: value.",
        {
            "each": Key(Name("table"), "Once per row of this table: a list.", "each: items"),
            "where": Key(
                Expression("condition", (*_SEES, "row")),
                "Only these rows of `each`.",
                "where: row.quantity > 0",
            ),
            "give": Key(
                MapOf(Either((value, _object(depth - 1))) if depth else value, keys="answer"),
                "What each row gives; goes with `each`.",
                "give: {line_number: =row.index}",
            ),
        },
        others=Either((value, _object(depth - 1))) if depth else value,
    )


ANSWER = MapOf(Either((Value("any", _SEES), _object(DEEPEST))), keys="answer")
"""A declared JSON object."""

ERROR = Shape(
    "error",
    "The answer to what is refused, where a program expects a form of its own.",
    {
        "for": Key(
            Names("problem code", empty=False),
            "The problems it answers: `limit.credit`, `action.not_offered`; a part (`limit`) stands for all below it.",
            "for: [limit.credit]",
            required=True,
        ),
        "status": Key(Integer(400, 499), "The HTTP status; 422 unless said.", "status: 400"),
        "answer": Key(
            ANSWER,
            "What is answered; `problem.message`, `problem.code` and `problem.path` say what was wrong.",
            "answer: {error: Credit limit exceeded, details: {message: =problem.message}}",
            required=True,
        ),
    },
)

ACTION = Shape(
    "action",
    "A thing to do with a document: a button, and an address of the API.",
    {
        "label": LABEL,
        "role": ROLE,
        "who": WHO,
        "not": NOT,
        "when": Key(
            Expression("condition", ("document", "user", "today")),
            "Offered only where this holds.",
            "when: outstanding > 0",
        ),
        "check": Key(MapOf(CHECK), "What must hold, each with its message; sees what was asked."),
        "ask": ASK,
        "do": Key(
            EFFECTS,
            "What it does, in order; a later effect, and the answer, read what an earlier one made by its key.",
            "do: {pay: {make: Payment, submit: true}}",
        ),
        "answer": Key(
            ANSWER,
            "What a program is answered: key: value; `{each, give}` for a list. Effects are read by their keys.",
            "answer: {message: Payment recorded, payment_id: =pay.id}",
        ),
        "errors": Key(MapOf(ERROR), "Answers of its own to what is refused."),
        "confirm": CONFIRM,
        "bulk": Key(
            Flag(),
            "It may be done with many documents in one call, each for itself, with a result per document.",
            "bulk: true",
        ),
        "async": Key(
            Flag(),
            "It is done in the background: the call answers with an address that tells how far it is.",
            "async: true",
        ),
        "method": Key(Choice(("post", "put")), "How the API is called.", "method: put"),
        "api": Key(
            Name("route"), "Its address behind that of the document; without it its key.",
            "api: payment",
        ),
        **ANYWHERE,
    },
)  # fmt: skip

ACTIONS = Key(
    MapOf(ACTION),
    "Further things a person or a program can do with it.",
    "actions: {record_payment: {ask: {amount: {type: money}}, do: {pay: {make: Payment, submit: true}}}}",
)
