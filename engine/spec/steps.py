"""The key ``calculate`` of doctypes: one verb per step."""

from __future__ import annotations

from engine.spec.common import ANYWHERE, EDITABLE, WHEN
from engine.spec.kinds import (
    Choice,
    Either,
    Expression,
    Flag,
    Key,
    ListOf,
    MapOf,
    Name,
    Shape,
    Text,
)
from engine.spec.sources import MARKED_SOURCE, source_key

METHODS = ("largest_remainder", "last_row", "first_row", "biggest_row")
_SEES = ("document", "row")

_PASS = Shape(
    "pass",
    "One pass of a pairing: a condition on one row of either side, or sums of all rows with one reference.",
    {
        "when": Key(
            Expression("condition", (*_SEES, "as")),
            "The rows fit where this holds.",
            "when: book.amount == -line.amount",
        ),
        "only_if_one": Key(
            Flag(), "Only rows that fit one another and nothing else.", "only_if_one: true"
        ),
        "sum": Key(
            Expression("number", (*_SEES, "as")),
            "What is added up on the left.",
            "sum: book.amount",
        ),
        "to": Key(
            Expression("number", (*_SEES, "as")),
            "What it must be on the right.",
            "to: -line.amount",
        ),
        "by": Key(
            Either((ListOf(Expression("any", (*_SEES, "as"))), Expression("any", (*_SEES, "as")))),
            "The reference that makes the groups: of either side alike, or [left, right].",
            "by: line.item.reference",
        ),
        **ANYWHERE,
    },
)

STEP = Shape(
    "step",
    "One step of the calculation. Exactly one of the verbs `rules`, `tax`, `distribute`, `rows`, `pair` makes it.",
    {
        "each": source_key(
            "Once per row: of a table of the document; for `rules` with `into` of any source.",
            "each: items",
        ),
        "when": WHEN,
        "rules": Key(Name("rules"), "Verb: ask this rule set.", "rules: Selling Price"),
        "with": Key(
            Either((MARKED_SOURCE, MapOf(Expression("any", _SEES), keys="given"))),
            "Rules, tax: given name: expression, where the names do not say it already. Pair: the other source.",
            "with: {date: posting_date}",
        ),
        "set": Key(
            MapOf(Expression("field", (*_SEES, "answer", "as", "taken")), keys="field"),
            "Field: expression; rules see `answer`, rows the row of the source and `taken`.",
            "set: {rate: answer.rate}",
        ),
        "editable": EDITABLE,
        "tax": Key(Name("rules"), "Verb: work out tax by this rule set.", "tax: GST"),
        "amount": Key(
            Expression("money", _SEES), "The amount that is taxed.", "amount: row.amount"
        ),
        "inclusive": Key(
            Expression("condition", _SEES),
            "Whether the amount has the tax in it.",
            "inclusive: prices_include_tax",
        ),
        "base": Key(Name("field"), "The field that takes the taxable value.", "base: taxable"),
        "into": Key(
            Name("field"),
            "Distribute: the field of the share. Tax: the table that takes a row per component. Rules: the table "
            "that takes a row per answer. Pair: the table of pairs, with a table below it for the rows of either side.",
            "into: taxes",
        ),
        "round": Key(
            Choice(("line", "document")),
            "Tax: every line by itself (unless said), or the sum of a component over all lines, shared over them.",
            "round: document",
        ),
        "distribute": Key(
            Expression("money", _SEES),
            "Verb: share this amount, exact to the last paisa.",
            "distribute: discount",
        ),
        "over": Key(
            Name("table"), "The rows that share it; with `each` those below its row.", "over: items"
        ),
        "method": Key(
            Choice(METHODS),
            "Who takes what rounding leaves: the largest remainders (unless said), or one row that has a weight.",
            "method: last_row",
        ),
        "weight": Key(Expression("number", _SEES), "In proportion to this.", "weight: row.amount"),
        "where": Key(
            Expression("condition", _SEES), "Only these rows take a share.", "where: row.is_stocked"
        ),
        "rows": Key(
            Name("table"),
            "Verb: make the rows of this table, directly below `each` (or the head).",
            "rows: picks",
        ),
        "from": source_key(
            "The source that the rows are made of, one of its rows each.",
            "from: periods(row.starts, row.ends, 'month')",
        ),
        "want": Key(
            Expression("number", _SEES),
            "Rows: only until so much is taken, in the order of the source. What is missing then is a finding.",
            "want: row.stock_quantity",
        ),
        "take": Key(
            Expression("number", (*_SEES, "as")),
            "With `want`: how much a row of the source has; `set` sees what is taken of it as `taken`. Of a balance "
            "the rows of a document take one after the other, each what those before it left.",
            "take: lot.quantity",
        ),
        "pair": source_key(
            "Verb: match this source with another, every row used once.",
            "pair: {ledger: Unreconciled Bank, as: book, by: [item]}",
        ),
        "passes": Key(
            MapOf(_PASS),
            "From the surest to the least sure; each looks at what the ones before it left.",
            "passes: {exact: {when: book.amount == -line.amount}}",
        ),
        "after": Key(
            Text(60),
            "It stands after this step, of the doctype it is `like` or changes or its own.",
            "after: price",
        ),
        **ANYWHERE,
    },
)

CALCULATE = Key(
    MapOf(STEP),
    "What a person would work out, step by step; formulas run as soon as what they read is known.",
    "calculate: {price: {each: items, rules: Selling Price, set: {rate: answer.rate}}}",
)
