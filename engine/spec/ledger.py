"""The construct ``ledger``."""

from __future__ import annotations

from engine.spec.change import RENAMED_FROM
from engine.spec.common import ANYWHERE, IF_DONE, LABEL, VALUE_TYPES, WHEN
from engine.spec.kinds import (
    Choice,
    Expression,
    Flag,
    Integer,
    Key,
    MapOf,
    Name,
    Names,
    Shape,
    Template,
    Value,
    unbuilt,
)
from engine.spec.posting import ENTRY_POSTS

_SEES = ("entry",)

_DIMENSION = Shape(
    "dimension",
    "A key of the balances of a ledger: a link or a plain value.",
    {
        "link": Key(
            Names("doctype", single=True, empty=False),
            "The doctypes it points to; `Document` takes any.",
            "link: [Customer, Supplier]",
        ),
        "type": Key(Choice(VALUE_TYPES), "The type of one that is no link.", "type: date"),
        "label": LABEL,
        "required": Key(
            Value("condition", _SEES, literals=("true", "false")),
            "Whether an entry must have it.",
            "required: =account.is_control",
        ),
        "default": Key(
            Value("any", _SEES),
            "Taken when a posting does not give it.",
            "default: =role(receivable)",
        ),
        "where": Key(
            Expression("condition", (*_SEES, "row")),
            "What the linked record must fulfil.",
            "where: not row.is_group",
        ),
        "length": Key(Integer(1, 2000), "The most characters of a text.", "length: 140"),
        "renamed_from": RENAMED_FROM,
        **ANYWHERE,
    },
)

_MEASURE = Shape(
    "measure",
    "What a ledger counts.",
    {
        "type": Key(
            Choice(("money", "quantity", "integer")),
            "What is counted.",
            "type: money",
            required=True,
        ),
        "label": LABEL,
        "in": Key(Choice(("company", "document")), "The currency of money.", "in: company"),
        "unit": Key(Expression("any", _SEES), "The unit of a quantity.", "unit: item.stock_unit"),
        "renamed_from": RENAMED_FROM,
        **ANYWHERE,
    },
)

_LIMIT = Shape(
    "ledger limit",
    "What a balance may not pass, checked under lock when a document is submitted.",
    {
        "by": Key(
            Names("dimension"),
            "The balance is that of each of these.",
            "by: [item, warehouse]",
            required=True,
        ),
        "measure": Key(
            Expression("number", ("balance",)),
            "The measure that is limited, or an expression over the measures that stand at the key; `balance()` reads "
            "other ledgers at the same key, and is given no dimensions.",
            "measure: quantity - balance(reservations.quantity)",
            required=True,
        ),
        "min": Key(Expression("number", _SEES), "The least balance.", "min: 0"),
        "max": Key(
            Expression("number", _SEES),
            "The greatest balance; null limits nothing.",
            "max: shelf.room",
        ),
        "crosses_zero": Key(
            Flag(), "false: the balance may not change its sign.", "crosses_zero: false"
        ),
        "when": WHEN,
        "unless": Key(
            Expression("condition", _SEES),
            "Not where this holds.",
            "unless: item.allow_negative_stock",
        ),
        "message": Key(
            Template(_SEES),
            "What the person reads instead of the figures.",
            "message: 'The bill {number} of {supplier.name} is entered already.'",
        ),
        "if_done": IF_DONE,
        "action": Key(
            Choice(("refuse", "warn", "confirm")),
            "What happens where it is passed; `confirm`: a person does it knowingly.",
            "action: warn",
        ),
        **ANYWHERE,
    },
)

_VALUATION = Shape(
    "valuation",
    "What is carried at a cost: entries towards zero take the value carried there.",
    {
        "of": Key(
            Name("measure"),
            "The value: a measure in company currency, or the worth of one (`amount.worth`).",
            "of: value",
            required=True,
        ),
        "per": Key(Name("measure"), "What carries it.", "per: quantity", required=True),
        "by": Key(
            Names("dimension"),
            "Each of these has a cost of its own.",
            "by: [item, warehouse]",
            required=True,
        ),
        "method": Key(
            Expression("text", _SEES),
            "`average`, `fifo`, `lifo`, or an expression that gives one of them.",
            "method: item.valuation_method",
            required=True,
        ),
        "residue": Key(
            Expression("record", _SEES),
            "The account that takes a value which is left when nothing is there any more.",
            "residue: role(stock_difference)",
        ),
        **ANYWHERE,
    },
)

_LOTS = Shape(
    "lots",
    "What is there, lot by lot: an entry towards zero takes the lots in order, and their other dimensions along.",
    {
        "by": Key(
            Names("dimension"),
            "The lots of each of these are taken.",
            "by: [party, document]",
            required=True,
        ),
        "order": Key(
            Expression("any", (*_SEES, "row")),
            "The smallest first; without it the oldest.",
            "order: row.due",
        ),
        "expires": Key(
            Expression("date", _SEES),
            "The last day of a lot, kept as the dimension `expires`. What is left of it is taken out by the engine, "
            "dated the day after, and an entry that does not say which lot takes none whose last day is over.",
            "expires: date + days(14)",
        ),
        "residue": Key(
            Expression("record", _SEES),
            "The account that takes the other side where what expires goes out of the books as well: needed where the "
            "ledger posts into one that balances, refused elsewhere.",
            "residue: role(points_lapsed)",
        ),
        **ANYWHERE,
    },
)

LEDGER = Shape(
    "ledger",
    "An append-only book: everything countable is one.",
    {
        "ledger": Key(Name("new"), "Its name, in words.", "ledger: Stock", required=True),
        "label": LABEL,
        "double_entry": Key(
            Shape(
                "double entry",
                "The two sides that balance.",
                {
                    "debit": Key(
                        Name("measure"), "The debit measure.", "debit: debit", required=True
                    ),
                    "credit": Key(
                        Name("measure"), "The credit measure.", "credit: credit", required=True
                    ),
                },
            ),
            "Every document balances in it.",
            "double_entry: {debit: debit, credit: credit}",
        ),
        "currency": Key(
            Flag(),
            "Its money keeps amount, currency and worth in company currency.",
            "currency: true",
        ),
        "dimensions": Key(
            MapOf(_DIMENSION),
            "The keys of its balances.",
            "dimensions: {item: {link: Item, required: true}}",
            required=True,
        ),
        "details": Key(
            MapOf(_DIMENSION),
            "Carried by an entry, no key of a balance.",
            "details: {narration: {type: text}}",
        ),
        "measures": Key(
            MapOf(_MEASURE), "What it counts.", "measures: {amount: {type: money}}", required=True
        ),
        "totals": unbuilt("Period totals are kept for these."),
        "valuation": Key(_VALUATION, "How it is carried at a cost."),
        "limits": Key(MapOf(_LIMIT), "What its balances may not pass."),
        "posts": ENTRY_POSTS,
        "lock": Key(
            Shape(
                "lock",
                "Closed periods.",
                {
                    "area": Key(
                        Choice(("accounts", "sales", "purchase", "stock", "tax")),
                        "The area that is closed together.",
                        "area: stock",
                    ),
                    "late": Key(
                        Choice(("refuse", "next_open")),
                        "What happens to an entry in a closed period: it is refused, or dated on the first "
                        "open day (`meant_for` keeps the day it was meant for).",
                        "late: refuse",
                    ),
                },
            ),
            "How periods are closed.",
            "lock: {area: stock, late: refuse}",
        ),
        "lots": Key(
            _LOTS, "How an entry towards zero that does not say which is split over what is there."
        ),
        "renamed_from": RENAMED_FROM,
        **ANYWHERE,
    },
)
