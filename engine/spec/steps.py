"""The key ``calculate`` of doctypes: one verb per step."""

from __future__ import annotations

from engine.spec.common import ANYWHERE, EDITABLE, WHEN
from engine.spec.kinds import Expression, Key, MapOf, Name, Shape, unbuilt
from engine.spec.sources import source_key

_SEES = ("document", "row")

STEP = Shape(
    "step",
    "One step of the calculation. Exactly one of the verbs `rules`, `tax`, `distribute`, `rows` makes it.",
    {
        "each": Key(Name("table"), "Once per row of this table.", "each: items"),
        "when": WHEN,
        "rules": Key(Name("rules"), "Verb: ask this rule set.", "rules: Selling Price"),
        "with": Key(
            MapOf(Expression("any", _SEES), keys="given"),
            "Given name: expression, where the names do not say it already.",
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
            "Tax: the table that takes a row per component. Distribute: the field of the share.",
            "into: taxes",
        ),
        "distribute": Key(
            Expression("money", _SEES),
            "Verb: share this amount, exact to the last paisa.",
            "distribute: discount",
        ),
        "over": Key(Name("table"), "The rows that share it.", "over: items"),
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
            "With `want`: how much a row of the source has; `set` sees what is taken of it as `taken`.",
            "take: lot.quantity",
        ),
        "pair": unbuilt("Verb: match two sources."),
        "passes": unbuilt("The passes of a pairing."),
        **ANYWHERE,
    },
)

CALCULATE = Key(
    MapOf(STEP),
    "What a person would work out, step by step; formulas run as soon as what they read is known.",
    "calculate: {price: {each: items, rules: Selling Price, set: {rate: answer.rate}}}",
)
