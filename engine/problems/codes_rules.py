"""E46x and E47x: rule sets as typed functions, and limits."""

from __future__ import annotations

from types import MappingProxyType

from engine.problems.code import Code

_PRICES = "doctype: Price\nfields:\n  code: {type: text}\n  rate: {type: rate}\n---\n"

CODES = MappingProxyType(
    {
        "E460": Code(
            "Given without a type",
            "What is given has a type: one of the plain types, one or several doctypes, a row of a child doctype, "
            "or in brackets the rows of one child doctype. Json has none.",
            "rules: Fee\ngiven: {order: json}\ncases: {all: {give: {fee: 1}}}\n",
        ),
        "E461": Code(
            "A pick that does not suit",
            "`best` compares rows by `prefer`; cases stand in order. Lines of a tax come from one case, "
            "and a role is the first of its accounts.",
            "rules: Fee\ngiven: {code: text}\npick: best\ncases: {all: {give: {fee: 1}}}\n",
        ),
        "E462": Code(
            "Answers that the rows do not take",
            "`gives` names a child doctype; every answer is one of its fields.",
            "doctype: Fee Row\nchild: true\nfields: {fee: {type: decimal}}\n---\n"
            "rules: Fee\ngiven: {code: text}\ncases: {all: {give: {fees: 1}}}\ngives: Fee Row\n",
        ),
        "E463": Code(
            "A value of none that does not fit",
            "Where nothing fits a rule set gives an error, nothing, or a value for each of its answers.",
            "rules: Fee\ngiven: {code: text}\nnone: 0\ncases: {a: {when: code == 'a', give: {fee: 1, tax: 2}}}\n",
        ),
        "E464": Code(
            "Rule sets that ask each other in a circle, or too many in a row",
            "A rule set may ask others, but none that asks it again; and at most twenty may ask, each the next.",
            "rules: Fee\ngiven: {code: text}\ncases: {all: {give: {fee: =fee(code)}}}\n",
        ),
        "E465": Code(
            "Cases that hold at the same time",
            "Two cases with the same condition are valid on the same days, so the second never answers then.",
            "rules: Fee\ngiven: {date: date}\ncases:\n"
            "  old: {valid: [2024-01-01, 2025-01-31], give: {fee: 1}}\n"
            "  new: {valid: [2025-01-01, -], give: {fee: 2}}\n",
        ),
        "E467": Code(
            "No function",
            "A rule set is called by its key where it has one answer: `certificate_rate(pan, section, date)`.",
            "rules: Fee\ngiven: {code: text}\ncases: {all: {give: {fee: 1, tax: 2}}}\n---\n"
            "doctype: Bill\nfields:\n  code: {type: text}\n  due:  {type: decimal, formula: fee(code)}\n",
        ),
        "E469": Code(
            "Unknown transition or action",
            "`at` names transitions of the doctype's workflow and its actions; without a workflow there are submit and "
            "cancel. `go` names a transition, `action` of a test an action of the doctype.",
            "doctype: Bill\nsubmittable: true\nfields:\n  total: {type: money}\n---\n"
            "limit: Size\ngiven: {total: money}\nat: {Bill: [sbmit]}\nmeasure: total\nmax: 100\n",
        ),
        "E471": Code(
            "A limit over ledgers that do not meet",
            "A ledger's limit reads other ledgers at its own key: they have every dimension of `by`, and "
            "`balance()` is given none.",
            "ledger: Held\ndimensions: {shelf: {type: text}}\nmeasures: {quantity: {type: integer}}\n---\n"
            "ledger: Stock\ndimensions: {item: {type: text}}\nmeasures: {quantity: {type: integer}}\n"
            "limits: {free: {by: [item], measure: quantity - balance(held.quantity), min: 0}}\n",
        ),
        "E473": Code(
            "Under what is no tree",
            "`under(x)` takes a column that links to a doctype with the key `tree`: the row fits where `x` is its node "
            "or stands below it.",
            _PRICES
            + "rules: Rate\ngiven: {code: text}\nfrom: [Price]\nmatch: {code: under(code)}\n"
            "give: {rate: =row.rate}\n",
        ),
    }
)
