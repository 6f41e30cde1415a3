"""The construct ``rules``."""

from __future__ import annotations

from engine.spec.common import ANYWHERE, LABEL, LET
from engine.spec.kinds import (
    Choice,
    DateRange,
    Either,
    Expression,
    Integer,
    Key,
    ListOf,
    MapOf,
    Name,
    Names,
    Shape,
    Template,
    Text,
    Value,
)

_SEES = ("given",)

_CASE = Shape(
    "case",
    "One case: the first that holds answers.",
    {
        "when": Key(
            Expression("condition", _SEES),
            "The case holds where this holds.",
            "when: place != branch.state",
        ),
        "valid": Key(
            DateRange(),
            "The dates on which it holds, both included; `-` leaves an end open.",
            "valid: [2024-08-01, 2026-03-31]",
        ),
        "give": Key(
            Either((Names("line"), MapOf(Value("any", _SEES), keys="answer"))),
            "Names of `lines`, or answer: value.",
            "give: [cgst, sgst]",
            required=True,
        ),
        **ANYWHERE,
    },
)

_LINE = Shape(
    "line",
    "A component that a case gives; any further key is a field of its row.",
    {
        "rate": Key(Expression("number", _SEES), "Percent of the base.", "rate: hsn_rate.percent"),
        "amount": Key(Expression("money", _SEES), "A fixed amount.", "amount: value * 0"),
        "base": Key(Name("given"), "The given that is taxed.", "base: value"),
        "round": Key(Integer(0, 6), "Decimals of the amount.", "round: 2"),
        **ANYWHERE,
    },
    others=Expression("any", _SEES),
)

RULES = Shape(
    "rules",
    "A decision as data: a typed function over roles, over cases, or over rows that users edit.",
    {
        "rules": Key(Name("new"), "Its name, in words.", "rules: GST", required=True),
        "label": LABEL,
        "given": Key(
            MapOf(Names("doctype or type", single=True, empty=False)),
            "What it is given: name: doctype, doctypes or type; a child doctype is a row, in brackets the rows.",
            "given: {item: Item, date: date, value: money, items: [Trade Line]}",
            required=True,
        ),
        "optional": Key(Names("given"), "Given names that may be absent.", "optional: [party]"),
        "roles": Key(
            MapOf(ListOf(Expression("record", _SEES))),
            "Account roles: the first that is not null.",
            "roles: {income: [item.income_account, company.income_account]}",
        ),
        "difference": Key(
            Names("role", empty=False),
            "Roles of accounts that are there to take differences: a posting may put a `rest` of any size there.",
            "difference: [exchange_difference, rounding]",
        ),
        "pick": Key(
            Choice(("first", "best", "all")),
            "Which of those that fit; `best` compares rows by `prefer`.",
            "pick: first",
        ),
        "none": Key(
            Either((Value("any", _SEES), MapOf(Value("any", _SEES), keys="answer"))),
            "Where none fits: error, nothing, a value, or a value for each answer.",
            "none: error",
        ),
        "cases": Key(MapOf(_CASE), "The cases, in order."),
        "lines": Key(MapOf(_LINE), "What cases may give."),
        "gives": Key(Text(140), "The child doctype of its answers as rows.", "gives: Tax Line"),
        "from": Key(
            Names("row source", empty=False),
            "Doctypes whose rows are cases, or one field of a given record.",
            "from: [Price List Item, Item.standard_price]",
        ),
        "match": Key(
            MapOf(Expression("any", _SEES), keys="column"),
            "Column: what it must equal, or be among where that is a list; `up_to(x)`: at most; `under(x)`: a node "
            "that x is or stands below; `valid`: the row's dates. An empty cell fits all.",
            "match: {item: item, group: under(item.group), minimum_quantity: up_to(quantity), valid: date}",
        ),
        "prefer": Key(
            Names("preference"),
            "Which row is best: most specific, newest, or columns of which the greater goes first.",
            "prefer: [priority, most specific, newest]",
        ),
        "give": Key(
            MapOf(Value("any", ("given", "row")), keys="answer"),
            "Answer: value, from the row.",
            "give: {rate: =row.rate}",
        ),
        "explain": Key(
            Template(("given", "row")),
            "Why, for the person who asks.",
            "explain: '{row.price_list}'",
        ),
        "let": LET,
        **ANYWHERE,
    },
)
