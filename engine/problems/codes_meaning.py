"""E4xx calculation and rules, E5xx ledgers and postings, E6xx forms, permissions and reports."""

from __future__ import annotations

from types import MappingProxyType

from engine.problems.code import Code

_GENERAL = (
    "ledger: General\ndouble_entry: {debit: debit, credit: credit}\n"
    "dimensions: {account: {type: text, required: true}}\n"
    "measures: {debit: {type: money}, credit: {type: money}}\n---\n"
)
_DOCUMENT = (
    "submittable: true\ndate: on_date\nfields:\n  on_date: {type: date}\n  total: {type: money}\n"
)

CODES = MappingProxyType(
    {
        "E401": Code(
            "Two writers of one field",
            "Every field has one writer: a person, a formula or a step. What is made of two is a third field.",
            "doctype: Bill\nfields:\n  freight: {type: money}\n"
            "  items: {type: table, fields: {amount: {type: money}, share: {type: money, formula: amount * 2}}}\n"
            "calculate:\n  freight: {distribute: freight, over: items, weight: row.amount, into: share}\n",
        ),
        "E402": Code(
            "A circle",
            "What a formula reads is worked out from what it writes. Split the field: one before, one after.",
            "doctype: Bill\nfields:\n  net: {type: money, formula: total - tax}\n"
            "  tax: {type: money, formula: total / 10}\n  total: {type: money, formula: net + tax}\n",
        ),
        "E403": Code(
            "Too early",
            "Steps run in the order they stand in; this one reads what a later one writes. Move it, or the other.",
            "doctype: Bill\nfields:\n  freight: {type: money}\n  packing: {type: money}\n"
            "  items: {type: table, fields: {amount: {type: money}, share: {type: money}, more: {type: money}}}\n"
            "calculate:\n  packing: {distribute: packing, over: items, weight: row.share, into: more}\n"
            "  freight: {distribute: freight, over: items, weight: row.amount, into: share}\n",
        ),
        "E404": Code(
            "A step has one verb",
            "`rules`, `tax` or `distribute`, with the keys that go with it.",
            "doctype: Bill\nfields:\n  rate: {type: rate}\ncalculate:\n  price: {set: {rate: 1}}\n",
        ),
        "E405": Code(
            "A given is missing or unknown",
            "What a rule set is given binds by name from the row, then the document; `with:` says otherwise.",
            "rules: Price\ngiven: {group: text}\ncases: {all: {give: {rate: 1}}}\n---\n"
            "doctype: Bill\nfields:\n  rate: {type: rate}\n"
            "calculate:\n  price: {rules: Price, set: {rate: answer.rate}}\n",
        ),
        "E406": Code(
            "Worked out only when asked",
            "A formula over balances changes with the books, so it is not stored, and nothing that a document "
            "decides or writes may read it.",
            "ledger: Stock\ndimensions: {item: {type: text}}\nmeasures: {quantity: {type: quantity}}\n---\n"
            "doctype: Issue\nfields:\n  item: {type: text}\n"
            '  left: {type: quantity, formula: "balance(stock.quantity, item=item)"}\n'
            "validate:\n  enough: {check: left > 0, message: There is nothing left.}\n",
        ),
        "E407": Code(
            "The tax table lacks a field",
            "The rows of a tax table hold component, rate, base, amount and what the lines of the rule set give.",
            "rules: Tax\ngiven: {value: money}\ncases: {all: {give: [levy]}}\nlines: {levy: {rate: 18}}\n---\n"
            "doctype: Bill\nfields:\n"
            "  items: {type: table, fields: {amount: {type: money}, net: {type: money},"
            " taxes: {type: table, generated: true, fields: {rate: {type: percent}}}}}\n"
            "calculate:\n  tax: {each: items, tax: Tax, amount: row.amount, base: net, into: taxes}\n",
        ),
        "E408": Code(
            "Not a rule set for this verb",
            "`rules` asks cases and rows, `tax` asks a set with lines, roles are asked by role(…).",
            "rules: Price\ngiven: {value: money}\ncases: {all: {give: {rate: 1}}}\n---\n"
            "doctype: Bill\nfields:\n"
            "  items: {type: table, fields: {amount: {type: money}, net: {type: money},"
            " taxes: {type: table, generated: true, fields: {rate: {type: percent}}}}}\n"
            "calculate:\n  tax: {each: items, tax: Price, amount: row.amount, base: net, into: taxes}\n",
        ),
        "E409": Code(
            "A rule set is of one kind",
            "It has `roles`, or `cases`, or `from` with the doctypes whose rows are its cases.",
            "rules: Price\ngiven: {group: text}\npick: first\n",
        ),
        "E410": Code(
            "Unknown line",
            "A case gives lines that the rule set declares under `lines`.",
            "rules: Tax\ngiven: {value: money}\ncases: {all: {give: [igst]}}\nlines: {cgst: {rate: 9}}\n",
        ),
        "E411": Code(
            "A case that is never reached",
            "The first case that holds answers, and one before this always holds.",
            "rules: Price\ngiven: {group: text}\ncases:\n  all: {give: {rate: 1}}\n"
            "  new: {when: group == 'new', give: {rate: 2}}\n",
        ),
        "E412": Code(
            "Read before it is known",
            "Defaults are taken when a record is made, before formulas and steps work anything out. A default reads "
            "what is typed in, other defaults and records that are linked to.",
            "doctype: Bill\nfields:\n  net: {type: money}\n  total: {type: money, formula: net * 2}\n"
            "  limit: {type: money, default: =total}\n",
        ),
        "E501": Code(
            "A required dimension is not given",
            "An entry without it would be refused every time.",
            _GENERAL + "doctype: Bill\n" + _DOCUMENT + "posts:\n"
            "  income: {ledger: General, set: {credit: total}}\n"
            "  cash: {ledger: General, set: {account: \"'cash'\", debit: total}}\n",
        ),
        "E502": Code(
            "This can never balance",
            "A double-entry ledger needs both sides from every document, counting what other ledgers write into it.",
            _GENERAL + "doctype: Bill\n" + _DOCUMENT + "posts:\n"
            "  income: {ledger: General, set: {account: \"'income'\", credit: total}}\n",
        ),
        "E503": Code(
            "Postings wait for one another",
            "A posting is written after those whose entries it reads in `posted`; these form a circle.",
            _GENERAL + "doctype: Bill\n" + _DOCUMENT + "posts:\n"
            "  one: {ledger: General, each: posted.two, set: {account: \"'a'\", debit: row.credit}}\n"
            "  two: {ledger: General, each: posted.one, set: {account: \"'b'\", credit: row.debit}}\n",
        ),
        "E504": Code(
            "Unknown posting",
            "`posted.<key>` names a posting of the same document.",
            _GENERAL + "doctype: Bill\n" + _DOCUMENT + "posts:\n"
            "  one: {ledger: General, each: posted.too, set: {account: \"'a'\", debit: 1}}\n"
            "  two: {ledger: General, set: {account: \"'b'\", debit: total, credit: total}}\n",
        ),
        "E505": Code(
            "A posting that counts nothing",
            "It gives no measure of the ledger.",
            _GENERAL + "doctype: Bill\n" + _DOCUMENT + "posts:\n"
            "  income: {ledger: General, set: {account: \"'income'\"}}\n",
        ),
        "E506": Code(
            "This cannot be carried",
            "Valuation carries money in company currency per another measure, by a method that there is.",
            "ledger: Stock\ndimensions: {item: {type: text}}\n"
            "measures: {quantity: {type: quantity}, value: {type: quantity}}\n"
            "valuation: {of: value, per: quantity, by: [item], method: average}\n",
        ),
        "E507": Code(
            "Numbers that are too long",
            "Worked out from the text, the counter and the lengths of the fields in it.",
            "doctype: Bill\nsubmittable: true\nfields:\n  total: {type: money}\n"
            "number: {max_length: 16, series: {bill: {text: 'INVOICE/2026-27/{counter:6}'}}}\n",
        ),
        "E508": Code(
            "In the wrong place",
            "Rows of other documents and ledger entries do not have this of their own.",
            "doctype: Line\nchild: true\nfields:\n  rate: {type: rate}\n"
            "calculate:\n  price: {rules: Price, set: {rate: 1}}\n",
        ),
        "E509": Code(
            "A number has one counter",
            "`{counter:5}` stands in it once: without it all numbers would be alike.",
            "doctype: Bill\nsubmittable: true\nfields:\n  total: {type: money}\n"
            "number: {series: {bill: {text: 'INV'}}}\n",
        ),
        "E510": Code(
            "Not submittable",
            "Ledgers are written and numbers taken when a document is submitted.",
            _GENERAL
            + "doctype: Bill\ndate: on_date\nfields:\n  on_date: {type: date}\n  total: {type: money}\n"
            "posts:\n  both: {ledger: General, set: {account: \"'a'\", debit: total, credit: total}}\n",
        ),
        "E511": Code(
            "No date",
            "Entries and fiscal years need a date: the key `date` names the field.",
            _GENERAL + "doctype: Bill\nsubmittable: true\nfields:\n  total: {type: money}\n"
            "posts:\n  both: {ledger: General, set: {account: \"'a'\", debit: total, credit: total}}\n",
        ),
        "E512": Code(
            "Ledgers that post in a circle, or one into the next too often",
            "Every entry would write another, without end; nor does one lead through more than five further ledgers.",
            "ledger: One\ndimensions: {a: {type: text}}\nmeasures: {n: {type: integer}}\n"
            "posts: {on: {ledger: Two, set: {a: a, n: n}}}\n---\n"
            "ledger: Two\ndimensions: {a: {type: text}}\nmeasures: {n: {type: integer}}\n"
            "posts: {on: {ledger: One, set: {a: a, n: n}}}\n",
        ),
        "E513": Code(
            "Sides that cannot balance",
            "The two sides of a double-entry ledger are two measures of money.",
            "ledger: General\ndouble_entry: {debit: debit, credit: credit}\n"
            "dimensions: {account: {type: text}}\n"
            "measures: {debit: {type: money}, credit: {type: integer}}\n",
        ),
        "E514": Code(
            "A document that does not balance",
            "Before a pack is published, its postings are tried on made-up documents; one of them would post "
            "more debit than credit. The text shows what it was made of and what each posting would write.",
            "",
        ),
        "E515": Code(
            "Numbers that come twice",
            "Every series, and every value of what is under `by`, counts by itself; a counter that starts again with "
            "the fiscal year does so every year. The text says which it was, or the second document is refused.",
            "doctype: Bill\nsubmittable: true\ndate: day\nfields:\n  day: {type: date, required: true}\n"
            "number: {reset: fiscal_year, series: {bill: {text: 'B{counter:5}'}}}\n",
        ),
        "E516": Code(
            "Numbers that are issued elsewhere",
            "What gives numbers by itself (`issued_by`) counts by itself: `by` names it. The number comes along when "
            "the document is submitted, which waits for nobody: no workflow, and no field called `issued`.",
            "doctype: Till\nname: {by: code}\nfields:\n  code: {type: text, required: true, length: 4}\n---\n"
            "doctype: Bill\nsubmittable: true\nfields:\n  till: {type: link, to: Till, required: true}\n"
            "number: {issued_by: till, series: {bill: {text: '{till.code}/{counter:5}'}}}\n",
        ),
        "E601": Code(
            "Twice in the form",
            "A field stands in one place of the form.",
            "doctype: Bill\nfields:\n  total: {type: money}\nlayout: {One: [total], Two: [total]}\n",
        ),
        "E602": Code(
            "Nothing that a role can do",
            "read, write, create, delete, submit, issue, cancel, report, export; submit, issue and cancel where "
            "documents are.",
            "role: Clerk\n---\ndoctype: Bill\nfields:\n  total: {type: money}\nallow:\n  Clerk: {can: [raed]}\n",
        ),
        "E603": Code(
            "When the report looks",
            "A report shows balances `at` a date, or what happened `between` two dates.",
            "ledger: Stock\ndimensions: {item: {type: text}}\nmeasures: {quantity: {type: quantity}}\n---\n"
            "report: Stock\nfrom: {ledger: Stock, by: [item], at: to_date, between: [to_date, to_date]}\n"
            "ask: {to_date: {type: date}}\ncolumns: {left: {formula: closing.quantity}}\n",
        ),
        "E604": Code(
            "This cannot be taken over",
            "Fields are copied by name and type; rows need `each`.",
            "doctype: Order\nfields:\n  total: {type: money}\n---\n"
            "doctype: Bill\nfields:\n  total: {type: text}\nfrom: {Order: {copy: [total]}}\n",
        ),
    }
)
