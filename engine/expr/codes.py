"""The problem codes of expressions: code → (title, explanation). Part of the one table of codes."""

from __future__ import annotations

from types import MappingProxyType

CODES = MappingProxyType(
    {
        "E201": (
            "The expression cannot be read",
            "A bracket, a quote or an operand is missing, or two values stand side by side. "
            "Expressions are written as in Python: `quantity * rate`, `a if b else c`.",
        ),
        "E202": (
            "This is not part of the expression language",
            "Expressions know arithmetic, comparisons, `and`, `or`, `not`, `in`, `is null`, "
            "`a if b else c`, paths over links, slices of text, lists and the functions of "
            "docs/reference/functions.md. Everything else of Python is refused.",
        ),
        "E203": (
            "Unknown name",
            "The name is neither a field of the record the expression is about nor a given name.",
        ),
        "E204": ("Unknown field", "The record that the path leads to has no field of this name."),
        "E205": (
            "Types do not go together",
            "An operator, a function or the key that holds the expression gets a value of another "
            "type than it takes.",
        ),
        "E206": ("Unknown function", "The language has no function of this name."),
        "E207": (
            "Wrong arguments",
            "A function gets too few or too many values, a value that has to be written out is "
            "worked out, or a format does not suit the value.",
        ),
        "E208": (
            "Too long or too deep",
            "An expression has at most 2,000 characters, 40 levels of nesting and 100 operands or "
            "values in a row. Split it into several fields.",
        ),
        "E209": (
            "Different currencies or units",
            "Money in two currencies, or quantities in two units, are added, compared or stored "
            "as if they were the same. Convert one of them.",
        ),
        "E210": (
            "The clock cannot be read here",
            "`today`, `now` and `user` may stand in defaults, permissions, reports, schedules and "
            "timers only, never in what decides an amount. Use a date field of the document.",
        ),
        "E211": (
            "Balances cannot be read here",
            "`balance` and `turnover` read ledgers; this key is worked out where no ledger is at "
            "hand.",
        ),
        "E212": (
            "Unknown ledger, measure or dimension",
            "`balance(ledger.measure, dimension=value)` names a ledger in snake case, one of its "
            "measures and its dimensions.",
        ),
        "E213": ("Unknown role", "No rule set declares an account role of this name."),
        "E214": (
            "Unknown option",
            "A choice is compared with a word that is none of its options, so that the comparison "
            "would never hold.",
        ),
        "E232": (
            "Money without a rate",
            "`.worth` is the amount in company currency at the rate of its document. Money in another "
            "currency than the document's has none; `convert` takes a rate by date.",
        ),
        "E233": (
            "This field cannot hold a currency",
            "`in` of money names `company`, `document`, or a field beside it that is a "
            "link to the doctype of currencies.",
        ),
        "E234": (
            "This cannot be converted",
            "`convert` takes money in a known currency, or a quantity in a known unit of which one is the stock "
            "unit, and asks the rule set `exchange_rate` or `unit_ratio` for what one is worth in the other.",
        ),
        "E235": (
            "Not a tree",
            "`under(node)` and `is_under(x, node)` are about records of a doctype with the key `tree`: the "
            "link to the record above.",
        ),
        "E236": (
            "Too much in one expression",
            "With every name of `let` and every step of a role in its place, an expression has at most 2,000 "
            "parts on 120 levels.",
        ),
        "E237": (
            "Loops inside of loops",
            "A `for` goes through the rows of another `for` at most three deep: every level multiplies the "
            "work by the number of rows.",
        ),
        "E238": (
            "Nothing to look for",
            "`find(doctype, key)` names a doctype, in snake case, that is known by a business key "
            "(`name: {by: code}`); it can be used where records can be read.",
        ),
        "E239": (
            "This is no unit",
            "`unit` of a quantity is a path that ends at a link to a unit (`item.stock_unit`), at a choice or at a "
            "text. What units are found through, as the item, is none itself.",
        ),
        "E230": (
            "A name of let means something already",
            "A name under `let` stands beside the givens, the fields and the words of the language; "
            "where it hid one of them, nobody could tell which is meant.",
        ),
        "E231": (
            "An intermediate result builds on itself",
            "The names under `let` may build on each other in any order, but not in a circle.",
        ),
        "E250": (
            "Letters that look like others",
            "Names are written in plain letters. Wide, bold or joined ones, as they come by copying from "
            "elsewhere, look alike and are refused, so that what is read is what is meant.",
        ),
    }
)
